//! `init` and `new-round`: what they write, what they refuse, and that a refusal leaves nothing behind.

mod common;

use common::{Book, Ran, files};
use std::fs;

const TODAY: &str = "2020-07-01";

fn names(book: &Book) -> Vec<String> {
    let all = files(book.path()).into_iter();
    let rel = all.map(|p| p.strip_prefix(book.path()).unwrap().to_string_lossy().replace('\\', "/"));
    rel.filter(|p| !p.starts_with(".xuncha/")).collect()
}

fn fresh(lang: &str) -> Book {
    let book = Book::new("none");
    let ran = book.run(&["--lang", lang, "init", "--office", "兴海县委巡察办"], TODAY);
    assert_eq!(ran.code, 0, "{ran:?}");
    book
}

fn refused(ran: &Ran, words: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    assert!(ran.err.contains(words), "{}", ran.err);
}

#[test]
fn a_new_casebook_and_its_first_round() {
    for lang in ["zh", "en"] {
        let book = Book::new("none");
        let init = book.run(&["--lang", lang, "init", "书", "--office", "兴海县委巡察办"], TODAY);
        let round = book.run(&["-C", "书", "new-round", "2020-2", "--unit", "jiaoyuju=教育局", "--unit", "caizheng=财政局"], TODAY);
        insta::assert_snapshot!(format!("init-{lang}"), format!("{}\n---\n{}\n---\n{}\n---\n{}", init.out, init.err, round.out, round.err));
        let checked = book.run(&["-C", "书", "check", "--format", "json"], TODAY);
        let findings: Vec<serde_json::Value> = serde_json::from_str(&checked.out).unwrap();
        let codes = ["missing-field", "procedure-not-pinned"];
        let wrong: Vec<_> =
            findings.iter().filter(|f| f["obligation"].is_null() && !codes.contains(&f["code"].as_str().unwrap())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let case = fs::read_to_string(book.path().join("书/rounds/2020-2/jiaoyuju/case.yaml")).unwrap();
        assert!(case.contains(if lang == "zh" { "被巡察单位: jiaoyuju" } else { "unit: jiaoyuju" }), "{case}");
    }
}

#[test]
fn a_draft_is_no_paper_until_it_is_filled_in() {
    let book = fresh("zh");
    book.run(&["new-round", "2020-2", "--unit", "jiaoyuju=教育局"], TODAY);
    let lacks = |book: &Book| {
        let ran = book.run(&["advance", "2020-2/jiaoyuju", "--format", "json"], TODAY);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let of = |b: &&serde_json::Value| b["obligation"] == "XH-01-1f";
        let said = report["blocking"].as_array().unwrap().iter().find(of).expect("the plan is not whole yet")["lacking"].to_string();
        said.contains("缺“任务分工方案”")
    };
    assert!(lacks(&book));
    let rel = "rounds/2020-2/plan/task_assignment.yaml";
    let ran = book.run(&["add", "plan", "2020-2", "type=task_assignment"], TODAY);
    assert_eq!((ran.code, ran.out.trim()), (0, rel), "the draft is offered, none is made beside it");
    let text = fs::read_to_string(book.path().join(rel)).unwrap();
    let filled = text.replace("日期:  #", "日期: 2020-07-08  #");
    book.write(rel, &filled);
    assert!(lacks(&book));
    let codes: Vec<String> = common::findings(&book, TODAY, "zh").iter().map(|f| f["code"].as_str().unwrap().to_string()).collect();
    assert!(codes.contains(&"filled-draft".to_string()), "{codes:?}");
    book.write(rel, filled.replace("草稿: 是\n", ""));
    assert!(!lacks(&book));
}

#[test]
fn init_touches_nothing_that_is_there() {
    let book = Book::new("none");
    book.write("README.md", "mine\n");
    let ran = book.run(&["init"], TODAY);
    assert_eq!(ran.code, 0);
    assert_eq!(fs::read_to_string(book.path().join("README.md")).unwrap(), "mine\n");
    let before = names(&book);
    refused(&book.run(&["init"], TODAY), "已经是案卷");
    refused(&book.run(&["init", "unit"], TODAY), "里面");
    refused(&book.run(&["init", "sub/sub", "--procedure", "xinghai"], TODAY), "里面");
    assert_eq!(names(&book), before);
    let none = Book::new("none");
    refused(&none.run(&["init", "--procedure", "xinghai-2021"], TODAY), "xinghai-2020");
    assert!(names(&none).is_empty());
}

#[test]
fn everything_wrong_is_said_and_nothing_is_written() {
    let book = fresh("zh");
    book.run(&["new-round", "2020-1", "--unit", "jiaoyuju=教育局"], TODAY);
    let before = names(&book);
    let args =
        ["--unit", "interview=谈话局", "--unit", "a/b=甲", "--unit", "caizheng=财政局", "--unit", "CaiZheng=财政局", "--unit", "xinren"];
    let mut all = vec!["new-round", "2020-1"];
    all.extend(args);
    let ran = book.run(&all, TODAY);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    insta::assert_snapshot!("refused", ran.err);
    refused(&book.run(&["new-round", "2020/2", "--unit", "a=甲"], TODAY), "round-name");
    refused(&book.run(&["new-round", "2020-2"], TODAY), "--from");
    refused(&book.run(&["new-round", "2020-2", "--from", "nix.csv"], TODAY), "不存在");
    book.write("g.csv", b"id,name\na,\xbd\xcc\xd3\xfd\xbe\xd6\n");
    refused(&book.run(&["new-round", "2020-2", "--from", "g.csv"], TODAY), "CSV UTF-8");
    book.write("w.csv", "id,name,level\na,甲,村庄\n");
    refused(&book.run(&["new-round", "2020-2", "--from", "w.csv"], TODAY), "w.csv:2");
    book.write("p.csv", "id,name,parent\njia,甲,jiaoyuj\n");
    refused(&book.run(&["new-round", "2020-2", "--from", "p.csv"], TODAY), "jiaoyuju");
    for f in ["g.csv", "w.csv", "p.csv"] {
        book.remove(f);
    }
    assert_eq!(names(&book), before);
}

#[test]
fn two_hundred_villages_from_a_spreadsheet() {
    let book = fresh("zh");
    let mut list = String::from("\u{feff}编号,名称,层级,类别,上级单位\r\nqinghe,青河镇,乡镇,乡镇,\r\n");
    for i in 1..=200 {
        list.push_str(&format!("cun{i:03},\"第{i}村,本级\",村,,qinghe\r\n"));
    }
    book.write("list.csv", list);
    let ran = book.run(&["new-round", "2021-1", "--from", "list.csv"], TODAY);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("201 个案卷"), "{}", ran.out);
    let unit = fs::read_to_string(book.path().join("unit/cun007.yaml")).unwrap();
    assert!(unit.contains("单位名称: 第7村,本级") && unit.contains("单位层级: 村") && unit.contains("上级单位: qinghe"), "{unit}");
    assert!(fs::read_dir(book.path().join("rounds")).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().starts_with('.')));
    // Units that the register has need no name.
    let again = book.run(&["new-round", "2021-2", "--unit", "cun007", "--unit", "cun008=别名"], TODAY);
    assert_eq!(again.code, 0);
    assert!(again.err.contains("第8村,本级"), "{}", again.err);
}

#[test]
fn a_case_is_added_to_a_round_that_is_there() {
    let book = fresh("zh");
    book.run(&["new-round", "2020-2", "--unit", "jiaoyuju=教育局"], TODAY);
    let before = fs::read_to_string(book.path().join("rounds/2020-2/jiaoyuju/case.yaml")).unwrap();
    let ran = book.run(&["new-round", "2020-2", "--unit", "caizheng=财政局"], TODAY);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("轮次 2020-2 已有，加入 1 个案卷") && ran.out.contains("rounds/2020-2/caizheng/case.yaml"), "{}", ran.out);
    let of = |case: &str| {
        names(&book).iter().filter_map(|n| n.strip_prefix(&format!("rounds/2020-2/{case}/")).map(str::to_string)).collect::<Vec<_>>()
    };
    assert_eq!(of("jiaoyuju"), of("caizheng"), "the same papers");
    assert_eq!(fs::read_to_string(book.path().join("rounds/2020-2/jiaoyuju/case.yaml")).unwrap(), before);
    let round = fs::read_to_string(book.path().join("rounds/2020-2/round.yaml")).unwrap();
    assert!(round.contains("  - jiaoyuju\n  - caizheng\n"), "{round}");
    // One that is there is never touched, and nothing else is written beside it.
    let old = names(&book);
    refused(&book.run(&["new-round", "2020-2", "--unit", "caizheng", "--unit", "shuiwu=水务局"], TODAY), "case-exists");
    refused(&book.run(&["new-round", "2020-2", "--procedure", "other", "--unit", "shuiwu=水务局"], TODAY), "已固定规程");
    assert_eq!(names(&book), old);
}

#[test]
fn a_name_that_stands_apart_from_its_unit_is_joined_to_it() {
    let book = fresh("zh");
    refused(&book.run(&["new-round", "2020-2", "--unit", "jyj", "教育局"], TODAY), "--unit jyj=教育局");
}
