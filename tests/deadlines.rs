//! Due dates: what is listed, in which order, in which forms.

mod common;

use common::Book;
use serde_json::Value;

/// The example casebook on the way: feedback given, nothing rectified, nothing archived.
fn running() -> Book {
    let book = Book::new("demo");
    for gone in ["rectification.yaml", "archive.yaml", "rectification_item", "evaluation.yaml"] {
        book.remove(&format!("rounds/2020-r2/zhixiao/{gone}"));
    }
    book
}

fn json(book: &Book, args: &[&str], today: &str) -> Vec<Value> {
    let all: Vec<&str> = ["deadlines", "--format", "json"].iter().chain(args).copied().collect();
    let ran = book.run(&all, today);
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

#[test]
fn what_is_open_is_listed_by_date() {
    let book = running();
    let rows = json(&book, &[], "2020-11-06");
    let dates: Vec<&str> = rows.iter().map(|r| r["due"].as_str().unwrap()).collect();
    assert!(dates.is_sorted() && dates.len() > 3, "{dates:?}");
    assert!(rows.iter().all(|r| ["open", "due_soon", "overdue"].contains(&r["state"].as_str().unwrap())));
    let keys: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "obligation",
            "cite",
            "case",
            "title",
            "from",
            "from_date",
            "rule",
            "nominal",
            "due",
            "settled",
            "state",
            "done_on",
            "days_left",
            "file",
        ]
    );
    let report = rows.iter().find(|r| r["obligation"] == "XH-42-1a").unwrap();
    assert_eq!(
        (&report["from"], &report["from_date"], &report["rule"], &report["due"], &report["days_left"]),
        (&"feedback".into(), &"2020-10-29".into(), &"+2m".into(), &"2020-12-29".into(), &53.into())
    );
    assert!(json(&book, &["--all"], "2020-11-06").len() > rows.len());
    assert!(json(&Book::new("demo"), &[], "2021-02-01").is_empty());
}

#[test]
fn tables_in_both_languages() {
    let book = running();
    insta::assert_snapshot!("zh", book.run(&["deadlines", "--within", "60d"], "2020-11-20").out);
    insta::assert_snapshot!("en", book.run(&["deadlines", "--within", "60d", "--lang", "en"], "2020-11-20").out);
    assert_eq!(Book::new("demo").run(&["deadlines"], "2021-02-01").out, "没有未办的期限\n");
}

#[test]
fn within_a_time() {
    let book = running();
    let due = |within: &str| json(&book, &["--within", within], "2020-11-10").iter().map(|r| r["due"].as_str().unwrap().to_string()).max();
    assert_eq!(due("2d").as_deref(), Some("2020-11-12"));
    assert_eq!(due("1wd"), None);
    assert_eq!(due("2m").as_deref(), Some("2020-12-29"));
    let ran = book.run(&["deadlines", "--within", "10天"], "2020-11-10");
    assert!(ran.code == 2 && ran.err.contains("是否指 10d？"), "{}", ran.err);
    assert_eq!(book.run(&["deadlines", "--within", "-3d"], "2020-11-10").code, 2);
}

#[test]
fn what_is_overdue_may_fail_a_run() {
    let book = running();
    assert_eq!(book.run(&["deadlines", "--fail-overdue"], "2020-11-12").code, 0);
    assert_eq!(book.run(&["deadlines"], "2020-11-13").code, 0);
    assert_eq!(book.run(&["deadlines", "--fail-overdue"], "2020-11-13").code, 1);
}

#[test]
fn a_provisional_date_is_marked() {
    let book = running();
    for file in common::files(&book.path().join("rounds/2020-r2/zhixiao")) {
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("2020-10-29", "2026-12-20")).unwrap();
    }
    let rows = json(&book, &[], "2026-12-21");
    let archive = rows.iter().find(|r| r["obligation"] == "XH-47-0a").unwrap();
    assert_eq!(archive["settled"], false);
    let ran = book.run(&["deadlines", "--strict"], "2026-12-21");
    assert!(ran.code == 1 && ran.out.contains("暂定") && ran.out.contains("xuncha calendar import"), "{}", ran.out);
    let ics = book.run(&["deadlines", "--format", "ics"], "2026-12-21").out;
    assert!(ics.contains("STATUS:TENTATIVE"));
}

#[test]
fn a_case_a_round_a_mistake() {
    let book = running();
    let case = json(&book, &["2020-r2/zhixiao"], "2020-11-06");
    assert!(!case.is_empty() && case.iter().all(|r| r["case"] == "2020-r2/zhixiao"));
    assert!(json(&book, &["2020-r2", "--all"], "2020-11-06").len() >= json(&book, &["zhixiao", "--all"], "2020-11-06").len());
    let ran = book.run(&["deadlines", "2020-r2/zhixia"], "2020-11-06");
    assert!(ran.code == 2 && ran.err.contains("zhixiao"), "{}", ran.err);
    assert_eq!(book.run(&["deadlines", "--format", "sarif"], "2020-11-06").code, 2);
}

#[test]
fn calendar_entries_are_well_formed_and_stable() {
    let book = running();
    let ics = book.run(&["deadlines", "--format", "ics"], "2020-11-20").out;
    assert_eq!(ics, book.run(&["deadlines", "--format", "ics"], "2020-11-20").out);
    assert!(ics.split("\r\n").all(|l| l.len() <= 75 && !l.contains('\n')));
    let plain = ics.replace("\r\n ", "");
    let uids: Vec<&str> = plain.lines().filter(|l| l.starts_with("UID:") && !l.contains("alarm")).collect();
    let mut distinct = uids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(uids.len(), distinct.len());
    assert_eq!(uids.len(), json(&book, &[], "2020-11-20").len());
    // The end is the day after, and not part of the entry.
    assert!(plain.contains("DTSTART;VALUE=DATE:20201229\r\nDTEND;VALUE=DATE:20201230\r\n"), "{plain}");
    let other = book.run(&["deadlines", "--format", "ics"], "2020-11-21").out.replace("\r\n ", "");
    assert_eq!(uids, other.lines().filter(|l| l.starts_with("UID:") && !l.contains("alarm")).collect::<Vec<_>>());
}

#[test]
fn spreadsheets_and_documents() {
    let book = running();
    let csv = book.run(&["deadlines", "--format", "csv"], "2020-11-20").out;
    assert!(csv.starts_with("\u{feff}obligation,cite,case,title,from,from_date,rule,nominal,due,settled,state,done_on,days_left,file\r\n"));
    let md = book.run(&["deadlines", "--format", "md", "--lang", "en"], "2020-11-20").out;
    assert!(md.starts_with("| due (nominal) | left |"), "{md}");
}
