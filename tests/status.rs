//! Where every case stands.

mod common;

use common::Book;
use serde_json::Value;

fn json(book: &Book, args: &[&str]) -> Value {
    let all: Vec<&str> = ["status", "--format", "json"].iter().chain(args).copied().collect();
    let ran = book.run(&all, "2021-02-01");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

/// The example casebook without its rectification, and with two deviations that were approved.
fn waived() -> Book {
    let book = Book::new("demo");
    book.remove("rounds/2020-r2/zhixiao/evaluation.yaml");
    book.write(
        "rounds/2020-r2/zhixiao/waiver/w1.yaml",
        "obligation: XH-34-4a\nby: head\ndate: 2020-11-01\nreason: 疫情期间不组织现场测评\n",
    );
    book
}

#[test]
fn all_cases_in_both_languages() {
    let book = waived();
    insta::assert_snapshot!("all_zh", book.run(&["status"], "2021-02-01").out);
    insta::assert_snapshot!("all_en", book.run(&["status", "--lang", "en"], "2021-02-01").out);
    let rows = json(&book, &[]);
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["case"].as_str().unwrap()).collect();
    assert_eq!(names, ["2020-r2", "2020-r2/zhixiao"]);
    let counted: u64 =
        rows.as_array().unwrap().iter().flat_map(|r| r["counts"].as_object().unwrap().values()).map(|n| n.as_u64().unwrap()).sum();
    assert!(counted > 300, "{counted}");
}

#[test]
fn one_case_with_its_waivers() {
    let book = waived();
    insta::assert_snapshot!("case_zh", book.run(&["status", "2020-r2/zhixiao"], "2021-02-01").out);
    let one = json(&book, &["2020-r2/zhixiao"]);
    assert_eq!(one["waivers"][0]["reason"], "疫情期间不组织现场测评");
    assert_eq!((&one["counts"]["waived"], &one["stages"][0]), (&1.into(), &"closed".into()));
    let dates: Vec<&str> = one["events"].as_array().unwrap().iter().map(|e| e["date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted() && dates.len() > 20);
}

#[test]
fn other_forms() {
    let book = waived();
    let csv = book.run(&["status", "--format", "csv"], "2021-02-01").out;
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let md = book.run(&["status", "2020-r2/zhixiao", "--format", "md"], "2021-02-01").out;
    assert!(md.contains("| 疫情期间不组织现场测评 |"), "{md}");
    let empty = Book::new("none");
    empty.write("xuncha.toml", "");
    assert!(empty.run(&["status"], "2021-02-01").out.contains("还没有轮次"));
}
