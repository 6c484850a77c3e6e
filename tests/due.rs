//! The period calculator, as people and as programs call it.

mod common;

use common::{Book, root};
use std::io::Write;
use std::process::{Command, Stdio};

const TODAY: &str = "2026-11-23";

fn due(args: &[&str]) -> common::Ran {
    let all: Vec<&str> = std::iter::once("due").chain(args.iter().copied()).collect();
    Book::new("none").run(&all, TODAY)
}

/// One run of the program itself, for what comes in through standard input.
fn piped(args: &[&str], input: &[u8]) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xuncha"))
        .args(args)
        .current_dir(root())
        .env("XUNCHA_TODAY", TODAY)
        .env("LC_ALL", "zh_CN.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads its input");
    let done = child.wait_with_output().expect("it ends");
    let text = |b: Vec<u8>| String::from_utf8(b).expect("UTF-8");
    (text(done.stdout), text(done.stderr), done.status.code().expect("a code"))
}

#[test]
fn both_dates_are_shown_in_both_languages() {
    insta::assert_snapshot!("zh", due(&["2021-01-31", "+1m"]).out);
    insta::assert_snapshot!("en", due(&["2021-01-31", "+1m", "--lang", "en"]).out);
}

#[test]
fn a_provisional_date_says_why_and_what_to_do() {
    let ran = due(&["2026-12-20", "+10wd"]);
    assert!(ran.out.contains("暂定：2027年放假安排未收录") && ran.out.contains("xuncha calendar import"), "{}", ran.out);
    assert_eq!(ran.code, 0);
    assert_eq!(due(&["2026-12-20", "+10wd", "--strict"]).code, 1);
    assert_eq!(due(&["2020-09-18", "+10wd", "--strict"]).code, 0);
}

#[test]
fn every_day_is_accounted_for() {
    insta::assert_snapshot!("explain_zh", due(&["2021-10-08", "-5wd", "--explain"]).out);
    insta::assert_snapshot!("explain_en", due(&["2020-09-29", "+2wd", "--explain", "--lang", "en"]).out);
}

#[test]
fn json_and_csv_hold_the_same() {
    let json: serde_json::Value = serde_json::from_str(&due(&["2020-09-18", "+10wd", "--format", "json"]).out).unwrap();
    assert_eq!((&json["nominal"], &json["due"], &json["settled"]), (&"2020-10-09".into(), &"2020-10-09".into(), &true.into()));
    let csv = due(&["2020-09-18", "+10wd", "--format", "csv"]).out;
    assert_eq!(csv, "anchor,rule,roll,nominal,due,settled\n2020-09-18,+10wd,none,2020-10-09,2020-10-09,true\n");
    let days: serde_json::Value = serde_json::from_str(&due(&["2020-09-18", "+1wd", "--explain", "--format", "json"]).out).unwrap();
    assert_eq!(days["days"].as_array().unwrap().last().unwrap()["number"], 1);
}

#[test]
fn what_was_meant_is_suggested() {
    for (args, said) in [
        (["2020年9月18日", "+10wd"], "是否指 2020-09-18？"),
        (["2020-09-18", "10个工作日"], "是否指 +10wd？"),
        (["2020-02-30", "+1d"], "没有“2020-02-30”这一天"),
        (["2020-09-18", "+3h"], "起点应写作 2020-09-18T12:00"),
        (["9999-12-31", "+1y"], "超出公元1年至9999年"),
    ] {
        let ran = due(&args);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(said), "{args:?}: {} {}", ran.code, ran.err);
    }
}

#[test]
fn a_casebook_brings_its_own_days() {
    let book = Book::new("none");
    book.write("xuncha.toml", "");
    book.write("calendar/local.toml", "holidays = [2020-09-21]\n");
    assert!(book.run(&["due", "2020-09-18", "+1wd"], TODAY).out.contains("2020-09-22"));
    book.write("calendar/broken.toml", "holidays = 3\n");
    let ran = book.run(&["due", "2020-09-18", "+1wd"], TODAY);
    assert!(ran.out.contains("2020-09-22") && ran.err.contains("calendar/broken.toml"), "{} {}", ran.out, ran.err);
}

#[test]
fn a_table_comes_and_goes() {
    let input = "\u{feff}anchor,rule,roll\r\n2020-09-18,+10wd,\r\n\r\n2021-01-31,+1m,next\r\n2011-09-02,\"+2m,+hm\",none\r\n";
    let (out, err, code) = piped(&["due", "--stdin"], input.as_bytes());
    let want = "anchor,rule,roll,nominal,due,settled\n2020-09-18,+10wd,,2020-10-09,2020-10-09,true\n\
                2021-01-31,+1m,next,2021-02-28,2021-03-01,true\n2011-09-02,\"+2m,+hm\",none,2011-11-17,2011-11-17,true\n";
    assert_eq!((out.as_str(), err.as_str(), code), (want, "", 0));
    // What was printed can be read again.
    assert_eq!(piped(&["due", "--stdin"], out.as_bytes()), (out.clone(), String::new(), 0));
}

#[test]
fn a_bad_row_keeps_its_place_and_stops_none() {
    let (out, err, code) =
        piped(&["due", "--stdin"], b"2020-09-18,+10wd\nx,+1d\n2011-09-02,+2m,+hm\n2020-09-18 +1d\n2026-12-20,+10wd,sideways\n");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "2020-09-18,+10wd,,2020-10-09,2020-10-09,true",
            "x,+1d,,,,",
            "2011-09-02,+2m,+hm,,,",
            "2020-09-18 +1d,,,,,",
            "2026-12-20,+10wd,sideways,,,",
        ]
    );
    for said in ["第2行：“x”不是日期", "第3行：", "加引号", "第4行：只有一栏", "第5行：第三栏", "5行中有4行"]
    {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert_eq!(code, 2);
}

#[test]
fn a_table_that_is_no_text_is_refused_with_the_remedy() {
    let (out, err, code) = piped(&["due", "--stdin"], b"anchor,rule\n\xc6\xf0\xcb\xe3,+1d\n");
    assert!(out.is_empty() && code == 2 && err.contains("第2行") && err.contains("UTF-8"), "{err}");
}

#[test]
fn provisional_rows_show_under_strict() {
    assert_eq!(piped(&["due", "--stdin", "--strict"], b"2026-12-20,+10wd\n").2, 1);
    assert_eq!(
        piped(&["due", "--stdin", "--strict", "--roll", "none"], b"2021-01-31,+1m\n"),
        ("anchor,rule,roll,nominal,due,settled\n2021-01-31,+1m,,2021-02-28,2021-02-28,true\n".into(), String::new(), 0)
    );
}
