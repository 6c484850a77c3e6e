//! The pool of people: who may not go where and why, what came again, and teams that keep every hard rule or say which one is in the way.

mod common;

use common::{Book, Ran};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const TODAY: &str = "2017-06-05";

fn value(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

/// The pool of 170 and a second round to so many townships, from 2017-06-01 on.
fn book(units: usize) -> Book {
    let book = Book::example("huaian-2017");
    let names: Vec<String> = (1..=units).map(|n| format!("xz-{n:02}")).collect();
    let mut args = vec!["new-round", "2017-2"];
    names.iter().for_each(|n| args.extend(["--unit", n.as_str()]));
    let ran = book.run(&args, TODAY);
    assert_eq!(ran.code, 0, "{}", ran.err);
    edit(&book, "rounds/2017-2/round.yaml", "  起:", "  起: 2017-06-01 #");
    book
}

fn read(book: &Book, rel: &str) -> String {
    fs::read_to_string(book.path().join(rel)).unwrap_or_else(|e| panic!("{rel}: {e}"))
}

fn edit(book: &Book, rel: &str, from: &str, to: &str) {
    let text = read(book, rel);
    assert!(text.contains(from), "{rel}: no {from}");
    book.write(rel, text.replacen(from, to, 1));
}

fn more(book: &Book, person: &str, text: &str) {
    let rel = format!("person/{person}.yaml");
    let old = read(book, &rel);
    book.write(&rel, format!("{old}{text}\n"));
}

fn assign(book: &Book, more: &[&str]) -> (u8, Value) {
    let args = [&["assign", "2017-2", "--format", "json"], more].concat();
    let ran = book.run(&args, TODAY);
    (ran.code, value(&ran))
}

fn bars(book: &Book, unit: &str) -> Vec<(String, String, bool)> {
    let all = value(&book.run(&["people", "--for", unit, "--format", "json"], TODAY));
    let text = |v: &Value| v.as_str().unwrap().to_string();
    all["bars"].as_array().unwrap().iter().map(|b| (text(&b["person"]), text(&b["rule"]), b["hard"] == true)).collect()
}

#[test]
fn facts_decide_who_may_not_go() {
    let book = book(2);
    let tie = |person: &str, tie: &str| more(&book, person, &format!("回避关系:\n  - {{ {tie} }}"));
    tie("gz-101", "关系: 配偶, 相关单位: xz-01");
    tie("gz-102", "关系: 直系亲属, 相关单位: xz-01");
    // Left three years and a day before, after less than three years: better not, no more.
    tie("gz-103", "关系: 本人, 相关单位: xz-01, 起始日期: 2012-01-01, 终止日期: 2014-06-04");
    tie("gz-104", "关系: 本人, 相关单位: xz-01, 起始日期: 2012-01-01, 终止日期: 2014-06-06");
    tie("gz-105", "关系: 本人, 相关单位: xz-01, 起始日期: 2001-01-01, 终止日期: 2004-01-02");
    tie("gz-106", "关系: 本人, 相关单位: xz-01");
    // For leaders and deputies only.
    tie("gz-107", "关系: 师生, 相关单位: xz-01");
    tie("zz-11", "关系: 师生, 相关单位: xz-01");
    tie("zz-12", "关系: 就读, 相关单位: xz-01");
    tie("zz-15", "关系: 上下级, 相关单位: xz-01, 起始日期: 2010-01-01, 终止日期: 2015-01-01");
    tie("zz-16", "关系: 上下级, 相关单位: xz-01, 起始日期: 2008-01-01, 终止日期: 2010-01-01");
    tie("gz-108", "关系: 配偶, 相关单位: xz-02");
    tie("gz-109", "关系: 其他事项, 地域: 乡镇01");
    edit(&book, "person/gz-110.yaml", "所在单位: caizheng", "所在单位: xz-01");
    let recusal = |who: &str, more: &str| {
        let text = format!("申报人: {who}\n涉及单位: xz-01\n回避情形: 其他事项\n无回避情形: 否\n申报日期: 2017-06-02\n{more}\n");
        book.write(&format!("rounds/2017-2/recusal/2017-06-02-{who}.yaml"), text);
    };
    recusal("gz-111", "");
    recusal("gz-112", "提出方: 被巡察单位");
    recusal("gz-113", "处理决定: { 处理结果: 不作调整, 决定人: 巡察办, 决定日期: 2017-06-03 }");
    let met = bars(&book, "xz-01");
    let wanted = [
        ("gz-101", "spouse", true),
        ("gz-102", "kin", true),
        ("gz-103", "old_post", false),
        ("gz-104", "post", true),
        ("gz-105", "post", true),
        ("gz-106", "post", true),
        ("gz-109", "place", true),
        ("gz-110", "home", true),
        ("gz-111", "declared", true),
        ("gz-112", "objected", true),
        ("zz-11", "teacher", true),
        ("zz-12", "degree", true),
        ("zz-15", "superior", true),
    ];
    assert_eq!(met, wanted.map(|(p, r, h)| (p.to_string(), r.to_string(), h)));
    // Each says the file.
    let all = value(&book.run(&["people", "--for", "xz-01", "--format", "json"], TODAY));
    for bar in all["bars"].as_array().unwrap() {
        assert!(book.path().join(bar["file"].as_str().unwrap()).is_file(), "{bar}");
    }
    insta::assert_snapshot!("people_for_zh", book.run(&["people", "--for", "xz-01"], TODAY).out);
    insta::assert_snapshot!("people_for_en", book.run(&["people", "--for", "xz-01", "--format", "md", "--lang", "en"], TODAY).out);
}

#[test]
fn the_same_leader_or_team_to_the_same_unit_is_seen() {
    let book = book(1);
    assert_eq!(value(&book.run(&["people", "--rotation", "--format", "json"], TODAY))["repeats"], Value::Array(vec![]));
    let case = read(&book, "rounds/2017-2/xz-01/case.yaml");
    let case = case.replace("被巡察单位: xz-01", "被巡察单位: nongwei").replace("巡察组:  #", "巡察组: team-1 #");
    book.write("rounds/2017-2/xz-01/case.yaml", case);
    let team = read(&book, "rounds/2017-1/team/team-1.yaml");
    book.write("rounds/2017-2/team/team-1.yaml", team);
    let ran = book.run(&["people", "--rotation", "--format", "json"], TODAY);
    let seen: Vec<String> = value(&ran)["repeats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {} {}", r["what"], r["who"], r["unit"]).replace('"', ""))
        .collect();
    assert_eq!(seen, ["leader_unit zz-01 nongwei", "leader_running zz-01 ", "team_unit 1 nongwei"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("people_rotation", book.run(&["people", "--rotation"], TODAY).out);
}

#[test]
fn turns_refusals_and_trainings_are_counted() {
    let book = book(1);
    edit(
        &book,
        "rounds/2017-1/team/team-1.yaml",
        "组序号: 1",
        "组序号: 1\n人员调整:\n  - { 人员: gz-020, 日期: 2017-01-20, 调整原因: 推辞, 接替人员: gz-003 }",
    );
    let all = value(&book.run(&["people", "--format", "json"], TODAY));
    let of = |id: &str| all["people"].as_array().unwrap().iter().find(|p| p["person"] == id).unwrap().clone();
    assert_eq!((&of("gz-020")["declined"], &of("gz-020")["rounds"]), (&1.into(), &0.into()));
    assert_eq!(of("gz-020")["changes"][0]["replacement"], "gz-003");
    let zz = of("zz-01");
    assert_eq!((&zz["rounds"], &zz["rounds_ago"], &zz["trainings"][0]["on"]), (&1.into(), &2.into(), &"2017-01-12".into()));
    assert_eq!(zz["served"][0]["units"], serde_json::json!(["nongwei", "linye", "nongji-tuiguang"]));
    assert_eq!((&all["pools"]["leader"], &all["pools"]["staff"]), (&20.into(), &150.into()));
    assert_eq!(all["difficulties"]["borrowed"], 4);
}

#[test]
fn the_same_seed_gives_the_same_teams_and_another_others() {
    let book = book(4);
    let one = assign(&book, &["--seed", "7"]);
    assert_eq!(one, assign(&book, &["--seed", "7"]));
    assert_ne!(one, assign(&book, &["--seed", "8"]));
}

#[test]
fn systems_and_ages_are_spread() {
    let book = book(5);
    let systems = ["审计", "财政", "组织", "信访", "其他"];
    for n in 1..=150 {
        let rel = format!("person/gz-{n:03}.yaml");
        edit(&book, &rel, "来源系统: 其他", &format!("来源系统: {}\n出生年份: {}", systems[n % 5], 1960 + n % 30));
    }
    let (code, all) = assign(&book, &["--size", "13"]);
    assert_eq!(code, 0);
    for team in all["teams"].as_array().unwrap() {
        let members: Vec<&Value> = team["members"].as_array().unwrap().iter().filter(|m| m["role"] == "member").collect();
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        members.iter().for_each(|m| *count.entry(m["system"].as_str().unwrap()).or_default() += 1);
        assert!(count.len() == 5 && count.values().all(|n| *n == 2), "{count:?}");
        let young = members.iter().filter(|m| m["birth_year"].as_i64().unwrap() >= 1975).count();
        assert!((4..=6).contains(&young), "{young} of 10");
    }
}

#[test]
fn what_is_impossible_is_named() {
    let book = book(6);
    // All leaders but two do not qualify.
    for n in 1..=20 {
        let rel = format!("person/zz-{n:02}.yaml");
        let text = read(&book, &rel);
        let at = text.find("所在单位: ").unwrap();
        let line = text[at..].lines().next().unwrap();
        let to = if n > 2 { "胜任: 否\n所在单位: caizheng" } else { line };
        book.write(&rel, text.replacen(line, to, 1));
    }
    let (code, why) = assign(&book, &[]);
    assert_eq!((code, &why["possible"]), (1, &Value::Bool(false)));
    assert_eq!(why["relax"], serde_json::json!([["qualified"], ["pool"]]));
    let rule = &why["rules"][0];
    assert_eq!((&rule["rule"], &rule["empty_without"], rule["removes"].as_array().unwrap().len()), (&"qualified".into(), &0.into(), 18));
    insta::assert_snapshot!("assign_impossible_zh", book.run(&["assign", "2017-2"], TODAY).out);
    insta::assert_snapshot!("assign_impossible_en", book.run(&["assign", "2017-2", "--lang", "en", "--format", "md"], TODAY).out);
    // Too few people, whatever is dropped.
    let (code, why) = assign(&book, &["--size", "100"]);
    assert_eq!((code, &why["relax"]), (1, &serde_json::json!([])));
}

#[test]
fn teams_are_written_once_and_nothing_is_written_over() {
    let book = book(2);
    let ran = book.run(&["assign", "2017-2", "--write"], TODAY);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let first = read(&book, "rounds/2017-2/team/team-1.yaml");
    assert!(first.contains("组序号: 1") && first.matches("人员:").count() >= 5, "{first}");
    let found = common::findings(&book, TODAY, "en");
    let bad: Vec<&Value> = found.iter().filter(|f| f["severity"] == "error" && f["file"] == "rounds/2017-2/team/team-1.yaml").collect();
    assert!(bad.iter().all(|f| f["code"] == "missing-field"), "{bad:?}");
    // The cases name them, and nothing else in them has changed.
    for unit in ["xz-01", "xz-02"] {
        let case = read(&book, &format!("rounds/2017-2/{unit}/case.yaml"));
        assert!(case.contains("巡察组: team-") && case.contains("# 巡察组的编号"), "{case}");
    }
    let ran = book.run(&["assign", "2017-2", "--write"], TODAY);
    assert!(ran.code == 2 && ran.err.contains("--again"), "{}", ran.err);
    assert_eq!(first, read(&book, "rounds/2017-2/team/team-1.yaml"));
}

#[test]
fn teams_that_are_there_are_made_anew_only_when_asked() {
    let book = book(2);
    let write = |more: &[&str]| book.run(&[&["assign", "2017-2", "--write"], more].concat(), TODAY);
    let team = "rounds/2017-2/team/team-1.yaml";
    assert_eq!(write(&[]).code, 0);
    let (first, case) = (read(&book, team), read(&book, "rounds/2017-2/xz-01/case.yaml"));
    // The same seed finds the same: whoever sits there is as free as everybody else.
    assert_eq!(write(&["--again"]).code, 0);
    assert_eq!(first, read(&book, team));
    // What bars somebody from now on takes them out, and the file stays as it was otherwise: its language, its number, the case.
    let leader = first.lines().find_map(|l| l.trim().strip_prefix("- 人员: ")).expect("a leader").to_string();
    more(&book, &leader, "回避关系:\n  - { 关系: 配偶, 相关单位: xz-01 }\n  - { 关系: 配偶, 相关单位: xz-02 }");
    assert_eq!(write(&["--again"]).code, 0);
    let second = read(&book, team);
    assert!(second.starts_with("组序号: 1\n") && !second.contains(&leader), "{second}");
    assert_eq!(case, read(&book, "rounds/2017-2/xz-01/case.yaml"));
    // Duties are more than a proposal: nothing is replaced, in no team.
    let fuller = format!("{}\n职责分工:\n  - {{ 职责: 保密, 人员: zz-01 }}\n", second.trim_end());
    book.write("rounds/2017-2/team/team-2.yaml", fuller.clone());
    let ran = write(&["--again", "--seed", "9"]);
    assert!(ran.code == 2 && ran.err.contains("“职责分工”"), "{}", ran.err);
    assert_eq!((second, fuller), (read(&book, team), read(&book, "rounds/2017-2/team/team-2.yaml")));
}

#[test]
fn a_proposal_is_written_whole_or_not_at_all() {
    let book = book(2);
    // A draft of one of the teams stands in the way.
    book.write("rounds/2017-2/team/team-2.yaml", "草稿: 是\n组序号: 2\n");
    let cases = || ["xz-01", "xz-02"].map(|u| read(&book, &format!("rounds/2017-2/{u}/case.yaml")));
    let before = cases();
    let ran = book.run(&["assign", "2017-2", "--write"], TODAY);
    assert!(ran.code == 2 && ran.err.contains("team-2.yaml"), "{}", ran.err);
    assert!(!book.path().join("rounds/2017-2/team/team-1.yaml").exists());
    assert_eq!(before, cases());
}

#[test]
fn a_recorded_training_binds() {
    let book = book(2);
    let list: Vec<String> = (5..=20).map(|n| format!("zz-{n:02}")).chain((20..=40).map(|n| format!("gz-{n:03}"))).collect();
    let text = format!("培训类型: 集中培训\n日期: 2017-06-03\n培训内容: [业务学习]\n参训人员: [{}]\n", list.join(", "));
    book.write("rounds/2017-2/training/2017-06-03-jizhong.yaml", text);
    let (code, all) = assign(&book, &[]);
    assert_eq!(code, 0);
    for m in all["teams"].as_array().unwrap().iter().flat_map(|t| t["members"].as_array().unwrap()) {
        assert!(list.iter().any(|p| m["person"] == p.as_str()), "{m}");
    }
}

#[test]
fn own_rules_stand_over_ours() {
    let book = book(2);
    more(&book, "gz-101", "回避关系:\n  - { 关系: 配偶, 相关单位: xz-01 }");
    book.write("people.toml", "strike = [\"spouse\"]\nsize = 7\n");
    assert!(bars(&book, "xz-01").is_empty());
    let (_, all) = assign(&book, &[]);
    assert_eq!(all["teams"][0]["members"].as_array().unwrap().len(), 7);
    book.write("people.toml", "strike = [\"spose\"]\nsize = 0\n");
    let ran = book.run(&["assign", "2017-2"], TODAY);
    assert!(ran.code == 2 && ran.err.contains("`spose`") && ran.err.contains("`spouse`"), "{}", ran.err);
}

/// What may be wrong with a person.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    Gone,
    Unfit,
    Spouse,
    Kin,
    Post,
    Home,
    Objected,
}

const FLAWS: [Flaw; 7] = [Flaw::Gone, Flaw::Unfit, Flaw::Spouse, Flaw::Kin, Flaw::Post, Flaw::Home, Flaw::Objected];

fn spoil(book: &Book, person: &str, flaw: Flaw, unit: &str) {
    let rel = format!("person/{person}.yaml");
    let tie = |relation: &str, dates: &str| more(book, person, &format!("回避关系:\n  - {{ 关系: {relation}, 相关单位: {unit}{dates} }}"));
    match flaw {
        Flaw::Gone => edit(book, &rel, "在库: 是", "在库: 否"),
        Flaw::Unfit => more(book, person, "胜任: 否"),
        Flaw::Spouse => tie("配偶", ""),
        Flaw::Kin => tie("直系亲属", ""),
        Flaw::Post => tie("本人", ", 起始日期: 2016-01-01"),
        Flaw::Home => edit(book, &rel, "所在单位: caizheng", &format!("所在单位: {unit}")),
        Flaw::Objected => {
            let text = format!(
                "申报人: {person}\n涉及单位: {unit}\n回避情形: 其他事项\n提出方: 被巡察单位\n无回避情形: 否\n申报日期: 2017-06-02\n"
            );
            book.write(&format!("rounds/2017-2/recusal/2017-06-02-{person}.yaml"), text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Worked out from what was written into the records, not by the program's own rules.
    #[test]
    fn every_proposal_keeps_the_hard_rules(
        units in 1usize..7,
        size in 3usize..9,
        seed in 0u64..1000,
        leaders in prop::collection::btree_map(1usize..=20, (0usize..7, 1usize..7), 0..19),
        staff in prop::collection::btree_map(1usize..=150, (0usize..7, 1usize..7), 0..40),
    ) {
        let book = book(units);
        let name = |unit: usize| format!("xz-{unit:02}");
        let mut flaws: BTreeMap<String, (Flaw, String)> = BTreeMap::new();
        for (n, (f, u)) in leaders {
            flaws.insert(format!("zz-{n:02}"), (FLAWS[f], name(u)));
        }
        for (n, (f, u)) in staff {
            flaws.insert(format!("gz-{n:03}"), (FLAWS[f], name(u)));
        }
        for (person, (flaw, unit)) in &flaws {
            spoil(&book, person, *flaw, unit);
        }
        let (size, seed) = (size.to_string(), seed.to_string());
        let args = ["--size", size.as_str(), "--seed", seed.as_str()];
        let (code, all) = assign(&book, &args);
        if code == 1 {
            // Without the rules that it names there are teams.
            let relax = all["relax"].as_array().unwrap();
            prop_assert!(!relax.is_empty());
            for rules in relax {
                book.write("people.toml", format!("strike = {rules}\n"));
                prop_assert_eq!(assign(&book, &args).0, 0, "without {}", rules);
            }
            return Ok(());
        }
        prop_assert_eq!(code, 0);
        let mut seen = BTreeSet::new();
        let teams = all["teams"].as_array().unwrap();
        prop_assert_eq!(teams.len(), units);
        for team in teams {
            let members = team["members"].as_array().unwrap();
            prop_assert_eq!(members.len().to_string(), size.clone());
            let roles: Vec<&str> = members.iter().map(|m| m["role"].as_str().unwrap()).collect();
            prop_assert_eq!(&roles[..3], &["leader", "deputy", "liaison"]);
            prop_assert!(roles[3..].iter().all(|r| *r == "member"));
            for m in members {
                let (person, role) = (m["person"].as_str().unwrap(), m["role"].as_str().unwrap());
                prop_assert!(seen.insert(person.to_string()), "{} sits twice", person);
                let pool = match role {
                    "leader" => person.starts_with("zz-"),
                    "deputy" => person.starts_with("zz-") || person.starts_with("fz-"),
                    "liaison" => person.starts_with("ban-") || person.starts_with("gz-"),
                    _ => person.starts_with("gz-"),
                };
                prop_assert!(pool, "{} as {}", person, role);
                if let Some((flaw, unit)) = flaws.get(person) {
                    let anywhere = matches!(flaw, Flaw::Gone | Flaw::Unfit);
                    let there = team["units"].as_array().unwrap().iter().any(|u| u == unit.as_str());
                    prop_assert!(!anywhere && !there, "{} has {:?} at {} and sits in {}", person, flaw, unit, team);
                }
            }
        }
    }
}
