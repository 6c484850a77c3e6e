//! What holds of every date and rule: forwards and backwards, by counting day by day.

use crate::calendar::{Anchor, Calendar, Roll, Rule, due, explain, month_add};
use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;

fn date() -> impl Strategy<Value = NaiveDate> {
    (0u64..8400).prop_map(|n| NaiveDate::from_ymd_opt(2006, 1, 1).expect("a date") + Days::new(n))
}

fn end(calendar: &Calendar, anchor: NaiveDate, rule: &str, roll: Roll) -> NaiveDate {
    due(calendar, Anchor::day(anchor), &Rule::parse(rule).expect("a rule"), Some(roll)).expect("a date").due.date
}

/// Working days after `a` up to `b`, one by one.
fn between(calendar: &Calendar, a: NaiveDate, b: NaiveDate) -> i64 {
    a.iter_days().skip(1).take_while(|d| *d <= b).filter(|d| calendar.is_working(*d)).count() as i64
}

proptest! {
    #[test]
    fn forward_working_days(anchor in date(), n in 1i64..120) {
        let calendar = Calendar::builtin();
        let due = end(&calendar, anchor, &format!("+{n}wd"), Roll::Next);
        prop_assert!(calendar.is_working(due));
        prop_assert_eq!(between(&calendar, anchor, due), n);
        prop_assert_eq!(calendar.working_days_between(anchor, due), n);
        prop_assert_eq!(calendar.working_days_between(due, anchor), -n);
    }

    #[test]
    fn backward_working_days_mirror(anchor in date(), n in 1i64..120) {
        let calendar = Calendar::builtin();
        let due = end(&calendar, anchor, &format!("-{n}wd"), Roll::Prev);
        prop_assert!(calendar.is_working(due) && due < anchor);
        let strictly = due.iter_days().take_while(|d| *d < anchor).filter(|d| calendar.is_working(*d)).count() as i64;
        prop_assert_eq!(strictly, n);
        if calendar.is_working(anchor) {
            prop_assert_eq!(end(&calendar, due, &format!("+{n}wd"), Roll::None), anchor);
        }
    }

    #[test]
    fn chains_are_one_step_after_the_other(anchor in date(), m in 1i32..15, n in 1i64..30, k in 0u64..60) {
        let calendar = Calendar::builtin();
        let middle = month_add(anchor, m).expect("a date");
        let whole = end(&calendar, anchor, &format!("+{m}m,+{n}wd"), Roll::Next);
        prop_assert_eq!(whole, end(&calendar, middle, &format!("+{n}wd"), Roll::Next));
        let days = end(&calendar, anchor, &format!("+{m}m,+{k}d"), Roll::None);
        prop_assert_eq!(days, middle + Days::new(k));
        prop_assert_eq!(end(&calendar, anchor, &format!("+{m}m,+hm"), Roll::None), middle + Days::new(15));
    }

    #[test]
    fn rolling_finds_the_nearest_working_day(anchor in date(), n in 0u64..400) {
        let calendar = Calendar::builtin();
        let plain = anchor + Days::new(n);
        let (next, prev) = (end(&calendar, anchor, &format!("+{n}d"), Roll::Next), end(&calendar, anchor, &format!("+{n}d"), Roll::Prev));
        prop_assert!(prev <= plain && plain <= next && calendar.is_working(next) && calendar.is_working(prev));
        prop_assert_eq!(next == plain, calendar.is_working(plain));
        prop_assert!(plain.iter_days().take_while(|d| *d < next).all(|d| !calendar.is_working(d)));
        prop_assert!(prev.iter_days().skip(1).take_while(|d| *d <= plain).all(|d| !calendar.is_working(d)));
    }

    #[test]
    fn months_never_leave_their_month(anchor in date(), m in -200i32..200) {
        let end = month_add(anchor, m).expect("a date");
        let months = |d: NaiveDate| d.year() * 12 + d.month0() as i32;
        prop_assert_eq!(months(end) - months(anchor), m);
        prop_assert!(end.day() == anchor.day() || (end.day() < anchor.day() && end.succ_opt().is_some_and(|d| d.day() == 1)));
    }

    #[test]
    fn settled_means_that_no_notice_is_wanted(anchor in date(), n in 1i64..60) {
        let calendar = Calendar::builtin();
        let rule = Rule::parse(&format!("+{n}wd")).expect("a rule");
        let (due, lines) = explain(&calendar, Anchor::day(anchor), &rule, None).expect("a date");
        prop_assert_eq!(due.settled, lines.iter().skip(1).all(|l| l.settled));
    }

    #[test]
    fn counting_days_agrees_with_walking(a in date(), n in 0u64..900) {
        let calendar = Calendar::builtin();
        let b = a + Days::new(n);
        prop_assert_eq!(calendar.working_days_between(a, b), between(&calendar, a, b));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        for error in [Rule::parse(&text).err()].into_iter().flatten() {
            prop_assert!(text.get(error.range.clone()).is_some());
            if let Some(suggestion) = error.suggestion {
                prop_assert!(Rule::parse(&suggestion).is_ok());
            }
        }
        let _ = Anchor::parse(&text);
        let _ = crate::calendar::layer::read(&text, "x.toml");
        prop_assert!(crate::calendar::import::parse(&text).is_err());
    }

    #[test]
    fn any_rule_ends_in_time(n in -1_000_000i64..1_000_000, unit in "wd|d|m|y|h|hm", anchor in date()) {
        if let Ok(rule) = Rule::parse(&format!("{n:+}{unit}")) {
            let _ = due(&Calendar::builtin(), Anchor::day(anchor), &rule, None);
        }
    }

    #[test]
    fn a_mangled_notice_never_panics(at in 0usize..900, with in "[0-9月日至、，。（）周上班放假]{0,6}", cut in 0usize..12) {
        let text = include_str!("../../../tests/data/notices/2026.txt");
        let chars: Vec<char> = text.chars().collect();
        let at = at.min(chars.len());
        let mangled: String = chars[..at].iter().copied().chain(with.chars()).chain(chars[(at + cut).min(chars.len())..].iter().copied()).collect();
        match crate::calendar::import::parse(&mangled) {
            Ok(year) => prop_assert_eq!(year.year, 2026),
            Err(errors) => prop_assert!(errors.iter().all(|e| mangled.get(e.range.clone()).is_some())),
        }
    }
}
