//! Due dates as a table: anchor, rule, roll, and the days they give.

use super::d;
use crate::calendar::{Anchor, Bound, Calendar, LineKind, Roll, Rule, Window, due, explain, month_add, stay};

fn run(anchor: &str, rule: &str, roll: Option<Roll>) -> crate::calendar::Due {
    let rule = Rule::parse(rule).expect("a rule");
    due(&Calendar::builtin(), Anchor::parse(anchor).expect("a date"), &rule, roll).expect("a date")
}

fn gives(anchor: &str, rule: &str, roll: Option<Roll>, nominal: &str, end: &str) {
    let due = run(anchor, rule, roll);
    assert_eq!((due.nominal.to_string(), due.due.to_string()), (nominal.to_string(), end.to_string()), "{anchor} {rule}");
}

#[test]
fn working_days_by_notice() {
    for (anchor, rule, end) in [
        ("2020-09-18", "+10wd", "2020-10-09"),
        ("2020-09-25", "+10wd", "2020-10-15"),
        ("2020-12-25", "+10wd", "2021-01-11"),
        ("2021-02-05", "+5wd", "2021-02-18"),
        ("2021-04-20", "+15wd", "2021-05-12"),
        ("2021-09-15", "+10wd", "2021-09-29"),
        ("2023-09-15", "+10wd", "2023-10-07"),
        ("2023-09-22", "+5wd", "2023-10-07"),
        ("2024-02-02", "+15wd", "2024-02-28"),
        ("2021-10-08", "-5wd", "2021-09-26"),
        ("2011-09-02", "+10wd", "2011-09-19"),
        ("2011-11-08", "-5wd", "2011-11-01"),
    ] {
        for roll in [None, Some(Roll::Next), Some(Roll::None), Some(Roll::Prev)] {
            gives(anchor, rule, roll, end, end);
        }
        assert!(run(anchor, rule, None).settled, "{anchor} {rule}");
    }
}

#[test]
fn months_end_on_the_corresponding_day() {
    gives("2021-01-31", "+1m", Some(Roll::None), "2021-02-28", "2021-02-28");
    gives("2021-01-31", "+1m", Some(Roll::Next), "2021-02-28", "2021-03-01");
    gives("2021-01-31", "+1m", Some(Roll::Prev), "2021-02-28", "2021-02-26");
    gives("2023-12-31", "+2m", Some(Roll::None), "2024-02-29", "2024-02-29");
    gives("2020-09-02", "+1m", None, "2020-10-02", "2020-10-09");
    gives("2020-09-02", "+1m", Some(Roll::Prev), "2020-10-02", "2020-09-30");
    gives("2011-09-02", "+2m,+hm", Some(Roll::None), "2011-11-17", "2011-11-17");
    assert_eq!(month_add(d("2021-02-28"), 1), Some(d("2021-03-28")), "not sticky to month ends");
    assert_eq!(month_add(d("2024-02-29"), 12), Some(d("2025-02-28")));
    assert_eq!(month_add(d("2024-03-31"), -1), Some(d("2024-02-29")));
    assert_eq!(month_add(d("9999-12-31"), 1), None);
    gives("2021-12-31", "+2m", Some(Roll::None), "2022-02-28", "2022-02-28");
    gives("2021-12-31", "+1m,+1m", Some(Roll::None), "2022-02-28", "2022-02-28");
    gives("2022-12-31", "+1m,+1m", Some(Roll::None), "2023-02-28", "2023-02-28");
    gives("2021-01-30", "+1m,+1m", Some(Roll::None), "2021-03-28", "2021-03-28");
    gives("2021-01-30", "+2m", Some(Roll::None), "2021-03-30", "2021-03-30");
}

#[test]
fn published_rounds() {
    assert_eq!(stay(d("2025-07-10"), d("2025-09-12")), Some(65));
    gives("2025-09-12", "+10wd", None, "2025-09-26", "2025-09-26");
    gives("2025-09-12", "+1m", None, "2025-10-12", "2025-10-13");
    gives("2025-10-21", "+10wd", None, "2025-11-04", "2025-11-04");
    gives("2025-10-21", "+15wd", None, "2025-11-11", "2025-11-11");
    gives("2025-10-21", "+1m", None, "2025-11-21", "2025-11-21");
    gives("2025-10-21", "+2m", None, "2025-12-21", "2025-12-22");
    gives("2025-10-21", "+3m", None, "2026-01-21", "2026-01-21");
    assert_eq!(stay(d("2025-04-02"), d("2025-05-30")), Some(59));
    gives("2025-05-30", "+10wd", None, "2025-06-16", "2025-06-16");
    gives("2025-05-30", "+21d", None, "2025-06-20", "2025-06-20");
    gives("2025-06-20", "+3m", None, "2025-09-20", "2025-09-22");
    gives("2025-06-20", "+6m", None, "2025-12-20", "2025-12-22");
    assert_eq!(stay(d("2025-07-14"), d("2025-08-22")), Some(40));
    gives("2025-08-22", "+10wd", None, "2025-09-05", "2025-09-05");
    gives("2025-08-22", "+1m", None, "2025-09-22", "2025-09-22");
    assert_eq!(stay(d("2022-03-01"), d("2022-04-04")), Some(35));
    assert_eq!(stay(d("2022-03-02"), d("2022-03-01")), None);
}

#[test]
fn backward_rules_roll_back() {
    gives("2021-10-17", "-10d", None, "2021-10-07", "2021-09-30");
    gives("2021-10-17", "-10d", Some(Roll::Next), "2021-10-07", "2021-10-08");
    gives("2024-05-10", "-1d", None, "2024-05-09", "2024-05-09");
    gives("2024-05-09", "0d", None, "2024-05-09", "2024-05-09");
    gives("2024-03-15", "-hm", Some(Roll::None), "2024-02-29", "2024-02-29");
    assert_eq!(run("2024-02-04", "+1m,-10d", None).roll, Roll::Prev);
    assert_eq!(run("2024-02-04", "+1m,-10wd", Some(Roll::Next)).roll, Roll::None);
}

#[test]
fn hours_are_kept_and_counted() {
    gives("2025-08-22T12:00", "+1m", None, "2025-09-22T12:00", "2025-09-22T12:00");
    gives("2025-08-22T12:00", "+10wd", None, "2025-09-05T12:00", "2025-09-05T12:00");
    gives("2025-08-22T17:30", "+12h", None, "2025-08-23T05:30", "2025-08-23T05:30");
    gives("2025-08-22T17:30", "+12h", Some(Roll::Next), "2025-08-23T05:30", "2025-08-25T05:30");
    gives("2025-08-22T00:30", "-1h", None, "2025-08-21T23:30", "2025-08-21T23:30");
    let error = due(&Calendar::builtin(), Anchor::day(d("2025-08-22")), &Rule::parse("+1d, +12h").unwrap(), None).unwrap_err();
    assert_eq!(error.range, 5..9);
}

#[test]
fn settled_or_provisional() {
    let settled = |anchor: &str, rule: &str, roll| run(anchor, rule, roll).settled;
    assert!(settled("2026-12-18", "+5wd", None));
    assert!(settled("2026-12-21", "+5wd", None), "2026-12-28");
    assert!(!settled("2026-12-22", "+5wd", None), "2026-12-29 can still be moved");
    assert!(!settled("2026-12-24", "+5d", None));
    assert!(settled("2026-12-24", "+5d", Some(Roll::None)), "a count of days that never looks is settled");
    assert!(settled("2026-12-24", "+5m", Some(Roll::None)));
    assert!(settled("2026-12-24", "+4d", None));
    assert!(!settled("2026-12-20", "+1m", None));
    assert!(!settled("2027-02-20", "-5wd", None));
    assert!(settled("2027-01-04", "+1d", Some(Roll::None)));
    assert!(!settled("2007-01-05", "-5wd", None));
    let due = run("2026-12-25", "+10wd", None);
    assert_eq!(due.reason.as_ref().unwrap().zh, "2027年放假安排未收录");
    assert!(due.help.as_ref().unwrap().zh.contains("xuncha calendar import 通知.txt"));
}

#[test]
fn the_statute_stands_in_for_a_missing_notice() {
    // 5 to 10 February 2027 are off by statute and in lieu; bare weekdays would give the 8th.
    gives("2027-01-25", "+10wd", None, "2027-02-12", "2027-02-12");
    let due = run("2027-12-20", "+10wd", None);
    assert_eq!(due.reason.unwrap().zh, "2027年至2028年放假安排未收录");
    assert!(due.help.unwrap().zh.contains("2028年连法定节假日也未收录"));
    let due = run("2006-03-01", "+10wd", None);
    assert!(due.reason.unwrap().zh.contains("2006年放假安排未收录"));
    assert!(due.help.unwrap().zh.contains("周末"));
}

#[test]
fn the_ends_of_time_are_errors() {
    let calendar = Calendar::builtin();
    for (anchor, rule) in
        [("9999-12-20", "+30d"), ("9999-12-01", "+100wd"), ("0001-01-05", "-10wd"), ("2020-01-01", "+9000y"), ("9999-12-31", "+1m")]
    {
        let error = due(&calendar, Anchor::parse(anchor).unwrap(), &Rule::parse(rule).unwrap(), None).unwrap_err();
        assert_eq!(error.range, 0..rule.len());
    }
    for rule in ["+99999999y", "-99999999y", "+99999999m", "+99999999d", "-99999999d", "+hm,-99999999m"] {
        assert!(due(&calendar, Anchor::day(d("2020-01-01")), &Rule::parse(rule).unwrap(), None).is_err(), "{rule}");
    }
    assert!(due(&calendar, Anchor::parse("2020-01-01T00:00").unwrap(), &Rule::parse("-99999999h").unwrap(), None).is_err());
    assert!(due(&calendar, Anchor::day(d("9999-12-31")), &Rule::parse("0d").unwrap(), None).is_ok());
    assert_eq!(due(&calendar, Anchor::day(d("2020-01-01")), &Rule::parse("+20000wd").unwrap(), None).unwrap().due.date, d("2097-01-09"));
}

#[test]
fn every_day_is_accounted_for() {
    let calendar = Calendar::builtin();
    let (due, lines) = explain(&calendar, Anchor::day(d("2020-09-18")), &Rule::parse("+10wd").unwrap(), None).unwrap();
    assert_eq!(due.due.date, d("2020-10-09"));
    assert_eq!(lines.len(), 22);
    let json = serde_json::to_value(&due).unwrap();
    assert_eq!((&json["rule"], &json["roll"], &json["due"]), (&"+10wd".into(), &"none".into(), &"2020-10-09".into()));
    let makeup = lines.iter().find(|l| l.date.date == d("2020-09-27")).unwrap();
    assert_eq!(makeup.kind, LineKind::Counted(6));
    assert!(makeup.text().zh.contains("调休上班") && makeup.text().zh.contains("国办发明电〔2019〕16号"));
    let off = lines.iter().find(|l| l.date.date == d("2020-10-05")).unwrap();
    assert_eq!(off.kind, LineKind::Skipped);
    assert!(off.text().zh.contains("国庆节、中秋节放假"));
    let (_, lines) = explain(&calendar, Anchor::parse("2025-10-12T17:00").unwrap(), &Rule::parse("-7d").unwrap(), None).unwrap();
    assert_eq!(lines.last().unwrap().date.to_string(), "2025-09-30T17:00");
    assert!(lines[1].text().zh.contains("往前7日") && lines[2].text().en.contains("National Day and Mid-Autumn Festival"));
    let (_, lines) = explain(&calendar, Anchor::day(d("2021-01-31")), &Rule::parse("+1m").unwrap(), None).unwrap();
    let kinds: Vec<LineKind> = lines.iter().map(|l| l.kind).collect();
    assert_eq!(kinds, [LineKind::Anchor, LineKind::Step, LineKind::Rolled, LineKind::Landed]);
    assert!(lines[1].text().zh.contains("没有31日"));
    let json = serde_json::to_value(&lines).unwrap();
    assert_eq!((&json[2]["date"], &json[2]["kind"], &json[2]["settled"]), (&"2021-02-28".into(), &"rolled".into(), &true.into()));
    for text in lines.iter().map(|l| l.text().zh) {
        assert!(!text.replace("调休上班", "").replace("调休放假", "").contains("调休"));
    }
}

#[test]
fn windows() {
    let calendar = Calendar::builtin();
    let window = Window { opens: Bound::parse("+2m").unwrap(), closes: Bound::parse("+2m,+hm").unwrap() };
    let due = window.due(&calendar, Anchor::day(d("2011-09-02")), None).unwrap();
    assert_eq!((due.opens.date, due.closes.date, due.settled), (d("2011-11-02"), d("2011-11-17"), true));
    let fixed = Window { opens: Bound::parse("2010-11-01").unwrap(), closes: Bound::parse("2011-03-31").unwrap() };
    let due = fixed.due(&calendar, Anchor::day(d("2010-06-01")), None).unwrap();
    assert_eq!((due.opens.date, due.closes.date, due.closes_by), (d("2010-11-01"), d("2011-03-31"), None));
    let reversed = Window { opens: Bound::parse("+2m").unwrap(), closes: Bound::parse("+1m").unwrap() };
    assert!(reversed.due(&calendar, Anchor::day(d("2011-09-02")), None).is_err());
    assert!(Bound::parse("2010-13-01").is_err() && Bound::parse("2m").is_err());
}
