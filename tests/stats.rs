//! Numbers added up from records: the counts of the first round of `examples/huaian-2017`, groups that add up, own measures, public tables.

mod common;

use common::Book;
use serde_json::Value;
use std::collections::BTreeMap;

const TODAY: &str = "2017-03-10";

fn rows(book: &Book, args: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["stats", "--format", "json"].iter().chain(args).copied().collect();
    let ran = book.run(&all, TODAY);
    let value: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
    value["rows"].as_array().unwrap().clone()
}

/// The numbers of a measure as a whole, by group; the group that holds all has the empty name.
fn whole(rows: &[Value], measure: &str) -> BTreeMap<String, i64> {
    let of = rows.iter().filter(|r| r["measure"] == measure && r["by"].is_null());
    of.map(|r| (r["group"].as_str().unwrap().to_string(), r["value"].as_i64().unwrap())).collect()
}

#[test]
fn the_reported_counts_of_the_first_round_come_out_of_its_records() {
    let book = Book::example("huaian-2017");
    let ran = book.run(&["stats", "2017-1", "--text"], TODAY);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("2017-1：谈话约谈96人次，发放问卷105份，召开座谈会2次，受理信访3件次，发现问题0个、问题线索2条。\n", "")
    );
    let en = book.run(&["stats", "2017-1", "--text", "--lang", "en"], TODAY).out;
    assert!(en.contains("96 person-times of talks, 105 questionnaires issued, 2 symposia, 3 petitions"), "{en}");
    // They are counted, not typed: one talk of five more changes the number.
    book.write("rounds/2017-1/nongji/interview/2017-03-01-x.yaml", "谈话日期: 2017-03-01\n谈话人次: 5\n");
    assert!(book.run(&["stats", "2017-1", "--text"], TODAY).out.contains("谈话约谈101人次"));
}

#[test]
fn cases_make_up_teams_teams_rounds_rounds_years_and_terms() {
    let book = Book::example("huaian-2017");
    let expected = [("interviews", 96), ("questionnaires_issued", 105), ("petitions", 3), ("symposia", 2), ("clues", 2), ("cases", 4)];
    for by in ["case", "team", "round", "year", "term"] {
        let rows = rows(&book, &["--by", by]);
        for (measure, all) in expected {
            let mut groups = whole(&rows, measure);
            assert_eq!(groups.remove(""), Some(all), "{by} {measure}");
            assert_eq!(groups.values().sum::<i64>(), all, "{by} {measure}: {groups:?}");
        }
    }
    let teams = whole(&rows(&book, &["--by", "team"]), "interviews");
    assert_eq!(teams["2017-1/team-1"], 24);
    assert_eq!(whole(&rows(&book, &["--by", "term"]), "cases")["2016-2021"], 4);
    assert_eq!(whole(&rows(&book, &["2017-1/nongji"]), "interviews"), BTreeMap::from([("2017-1/nongji".to_string(), 23)]));
}

#[test]
fn a_class_and_its_classes_add_up_and_a_common_issue_is_one_of_two_targets() {
    let book = Book::example("huaian-2017");
    let issue = |case: &str, id: &str, category: &str| {
        let text = format!(
            "问题编号: {id}\n问题概述: paper:问-{id}\n问题类别: {category}\n个性或普遍性: 个性问题\n重要问题: 否\n问题来源: 信访\n"
        );
        book.write(&format!("rounds/2017-1/{case}/issue/wt-{id}.yaml"), text);
    };
    issue("nongji", "1", "作风建设");
    issue("nongji", "2", "作风建设");
    issue("nongji", "3", "选人用人");
    issue("nongkai", "4", "作风建设");
    let rows = rows(&book, &["2017-1", "--only", "issues,common_issues"]);
    let of = |measure: &str, class: &str| {
        rows.iter().find(|r| r["measure"] == measure && r["class"] == class).map(|r| r["value"].as_i64().unwrap())
    };
    assert_eq!((of("issues", "work_style"), of("issues", "appointments")), (Some(3), Some(1)));
    assert_eq!((of("common_issues", "work_style"), of("common_issues", "appointments")), (Some(2), None));
}

#[test]
fn what_cannot_be_counted_is_said() {
    let book = Book::example("huaian-2017");
    let ran = book.run(&["stats", "--only", "questionnaires_recovered"], TODAY);
    assert!(ran.err.contains("“回收问卷”有 4 条记录缺少所需内容，没有计入"), "{}", ran.err);
}

#[test]
fn an_office_adds_a_measure_replaces_one_and_strikes_one() {
    let book = Book::example("huaian-2017");
    let own = r#"
strike = ["visits"]
[[measure]]
id = "long_talks"
title = { zh = "多人谈话", en = "Talks with several" }
unit = { zh = "次", en = "talks" }
each = "interview"
where = "it.persons >= 6"
persons = false
[[measure]]
id = "symposia"
title = { zh = "会议", en = "Meetings" }
each = "meeting"
persons = false
by = [{ id = "type", value = "it.type" }]
"#;
    book.write("stats.toml", own);
    let rows = rows(&book, &["2017-1"]);
    assert_eq!(whole(&rows, "long_talks")["2017-1"], 10);
    assert_eq!(whole(&rows, "symposia")["2017-1"], 4);
    assert!(whole(&rows, "visits").is_empty());
    book.write("stats.toml", own.replace("it.persons >= 6", "it.person >= 6").replace("\"visits\"", "\"visit\""));
    let ran = book.run(&["stats", "2017-1"], TODAY);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("stats.toml:") && ran.err.contains("是否指 `persons`？") && ran.err.contains("是否指 `visits`？"),
        "{}",
        ran.err
    );
    let ran = book.run(&["stats", "--only", "谈话约读"], TODAY);
    assert!(ran.code == 2 && ran.err.contains("是否指 `谈话约谈`？"), "{}", ran.err);
}

/// Petitions by channel in four cases of two teams: what stands as `*` must not follow from what is shown.
#[test]
fn no_small_number_follows_from_a_public_table_however_it_is_cut() {
    let book = Book::example("huaian-2017");
    let counts = [("nongwei", [9, 1, 7]), ("nongji", [6, 6, 2]), ("nongkai", [8, 0, 8]), ("nonggong", [12, 5, 7])];
    for (case, channels) in counts {
        let dir = format!("rounds/2017-1/{case}/petition");
        book.remove(&dir);
        let mut no = 0;
        for (channel, n) in ["来信", "来电", "来访"].iter().zip(channels) {
            for _ in 0..n {
                no += 1;
                book.write(&format!("{dir}/p-{no}.yaml"), format!("信访编号: {no}\n受理日期: 2017-02-20\n信访渠道: {channel}\n"));
            }
        }
    }
    for by in ["case", "team", "round"] {
        let open = rows(&book, &["--by", by, "--only", "petitions"]);
        let public = rows(&book, &["--by", by, "--only", "petitions", "--public"]);
        let shown: BTreeMap<(String, String), Option<i64>> = public
            .iter()
            .filter(|r| r["by"] == "channel")
            .map(|r| ((r["group"].as_str().unwrap().into(), r["class"].as_str().unwrap().into()), r["value"].as_i64()))
            .collect();
        for r in open.iter().filter(|r| r["by"] == "channel") {
            let (group, class, value) = (r["group"].as_str().unwrap(), r["class"].as_str().unwrap(), r["value"].as_i64().unwrap());
            let known = shown.get(&(group.to_string(), class.to_string())).copied().flatten();
            assert!(known.is_none_or(|k| k == value), "{by} {group} {class}: what is shown is true");
            assert!(!(1..5).contains(&value) || known.is_none(), "{by} {group} {class}: {value} is withheld");
        }
        // In a row or column with something withheld, at least two are.
        for group in shown.keys().map(|(g, _)| g) {
            let hidden = shown.iter().filter(|((g, _), v)| g == group && v.is_none()).count();
            assert_ne!(hidden, 1, "{by} {group}: {shown:?}");
        }
        for class in shown.keys().map(|(_, c)| c) {
            let hidden = shown.iter().filter(|((_, c), v)| c == class && v.is_none()).count();
            assert!(by == "round" || hidden != 1, "{by} {class}: {shown:?}");
        }
    }
    let ran = book.run(&["stats", "--public", "--only", "petitions"], TODAY);
    assert!(ran.err.contains("小于 5 的数值"), "{}", ran.err);
    book.write("xuncha.toml", "[defaults]\nprocedure = \"huaian-2017\"\nlanguage = \"zh\"\n[stats]\nmask_below = 1\n");
    assert!(!book.run(&["stats", "--public", "--only", "petitions", "--by", "case"], TODAY).out.contains('*'));
}

#[test]
fn tables_in_both_languages_and_other_forms() {
    let book = Book::example("huaian-2017");
    insta::assert_snapshot!("round_zh", book.run(&["stats", "2017-1"], TODAY).out);
    insta::assert_snapshot!("team_public_en", book.run(&["stats", "--by", "team", "--public", "--lang", "en"], TODAY).out);
    let demo = Book::new("demo");
    insta::assert_snapshot!(
        "demo_md",
        demo.run(&["stats", "--format", "md", "--only", "petitions,clues,rules_made,money_recovered"], "2021-02-01").out
    );
    let csv = demo.run(&["stats", "--format", "csv", "--only", "petitions"], "2021-02-01").out;
    assert!(
        csv.starts_with("\u{feff}分组编号,") && csv.contains("2020-r2,2020-r2,petitions.channel,受理信访·信访渠道,letter,来信,4,件次"),
        "{csv}"
    );
}
