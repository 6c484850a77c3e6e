//! A year's days off, and what an imported notice does to a casebook.

mod common;

use common::{Book, root};

fn notice(year: i32) -> String {
    std::fs::read_to_string(root().join(format!("tests/data/notices/{year}.txt"))).expect("a notice")
}

/// The example casebook, its feedback moved to just before the Spring Festival of 2021, its rectification not yet begun.
fn running() -> Book {
    let book = Book::new("demo");
    for gone in ["rectification.yaml", "archive.yaml", "rectification_item"] {
        book.remove(&format!("rounds/2020-r2/zhixiao/{gone}"));
    }
    for file in common::files(&book.path().join("rounds/2020-r2/zhixiao")) {
        let text = std::fs::read_to_string(&file).expect("text");
        if text.contains("2020-10-29") {
            std::fs::write(&file, text.replace("2020-10-29", "2021-02-05")).expect("written");
        }
    }
    book
}

/// The notice for 2021 with another make-up day.
fn amended() -> String {
    let text = notice(2021);
    assert!(text.contains("2月20日（星期六）"));
    text.replace("2月20日（星期六）", "2月27日（星期六）")
}

#[test]
fn a_year_is_shown() {
    let book = Book::new("none");
    insta::assert_snapshot!("show_zh", book.run(&["calendar", "show", "2025"], "2025-03-01").out);
    insta::assert_snapshot!("show_md_en", book.run(&["calendar", "show", "2025", "--format", "md", "--lang", "en"], "2025-03-01").out);
    let json: serde_json::Value =
        serde_json::from_str(&book.run(&["calendar", "show", "2025", "--format", "json"], "2025-03-01").out).unwrap();
    assert_eq!((&json["days_off"], &json["working_days"]), (&28.into(), &248.into()));
    let csv = book.run(&["calendar", "show", "2025", "--format", "csv"], "2025-03-01").out;
    assert!(csv.starts_with('\u{feff}') && csv.contains("worked,,2025-01-26,2025-01-26,1"), "{csv}");
    assert_eq!(book.run(&["calendar", "show", "二零二五"], "2025-03-01").code, 2);
    assert!(book.run(&["calendar", "show", "2045"], "2025-03-01").out.contains("只按周末推算"));
}

#[test]
fn an_import_lists_the_deadlines_that_move_and_the_dates_that_were_announced() {
    let book = running();
    book.write("n.txt", amended());
    // A date in a record that was the old due date, and one that becomes a day off.
    book.write("rounds/2020-r2/zhixiao/milestone/told.yaml", "event: incident\ndate: 2021-02-24\n");
    book.write("rounds/2020-r2/zhixiao/milestone/visit.yaml", "event: petition_incident\ndate: 2021-02-20\n");
    let before = book.run(&["deadlines", "--format", "json"], "2021-02-06");
    let ran = book.run(&["calendar", "import", "n.txt"], "2021-02-06");
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("import_zh", ran.out);
    assert!(book.path().join("calendar/2021.toml").is_file());
    let after = book.run(&["deadlines", "--format", "json"], "2021-02-06");
    let due = |text: &str| -> Vec<String> {
        let rows: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        rows.iter().filter(|r| r["obligation"] == "XH-47-0a").map(|r| r["due"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!((due(&before.out), due(&after.out)), (vec!["2021-02-24".to_string()], vec!["2021-02-25".to_string()]));
}

#[test]
fn a_year_is_not_overwritten_unasked() {
    let book = Book::new("none");
    book.write("xuncha.toml", "");
    book.write("n.txt", notice(2021));
    book.write("calendar/2021.toml", "year = 2021\nholidays = [2021-03-03]\n");
    let ran = book.run(&["calendar", "import", "n.txt"], "2021-02-06");
    assert!(ran.code == 2 && ran.err.contains("--replace"), "{}", ran.err);
    assert!(std::fs::read_to_string(book.path().join("calendar/2021.toml")).unwrap().contains("2021-03-03"));
    let dry = book.run(&["calendar", "import", "n.txt", "--dry-run", "--format", "json"], "2021-02-06");
    let json: serde_json::Value = serde_json::from_str(&dry.out).unwrap();
    assert_eq!((&json["written"], &json["days"][0]["date"]), (&false.into(), &"2021-03-03".into()));
    assert_eq!(book.run(&["calendar", "import", "n.txt", "--replace"], "2021-02-06").code, 0);
    assert!(!std::fs::read_to_string(book.path().join("calendar/2021.toml")).unwrap().contains("2021-03-03"));
}

#[test]
fn what_cannot_be_read_is_quoted_and_nothing_is_written() {
    let book = Book::new("none");
    book.write("xuncha.toml", "");
    book.write("n.txt", notice(2021).replace("2月20日（星期六）", "2月20日（星期三）"));
    let ran = book.run(&["calendar", "import", "n.txt"], "2021-02-06");
    assert!(ran.code == 1 && ran.out.contains("2月20日（星期三）") && ran.out.contains("n.txt:"), "{}", ran.out);
    assert!(!book.path().join("calendar").exists());
    let ran = book.run(&["calendar", "import", "none.txt"], "2021-02-06");
    assert!(ran.code == 2 && ran.err.contains("none.txt"), "{}", ran.err);
}

#[test]
fn an_overlay_stays_above_an_imported_year() {
    let book = Book::new("none");
    book.write("xuncha.toml", "");
    book.write("calendar/local.toml", "workdays = [{ date = 2021-02-20, name = \"照旧\" }]\n");
    book.write("n.txt", amended());
    let dry = book.run(&["calendar", "import", "n.txt", "--format", "json"], "2021-02-06");
    let json: serde_json::Value = serde_json::from_str(&dry.out).unwrap();
    let days: Vec<&str> = json["days"].as_array().unwrap().iter().map(|d| d["date"].as_str().unwrap()).collect();
    assert_eq!(days, ["2021-02-27"]);
    // What was foretold is what the files then give.
    assert!(book.run(&["due", "2021-02-19", "+1wd"], "2021-02-06").out.contains("2021-02-20"));
}
