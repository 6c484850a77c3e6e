//! The table that is built in, day by day against its file read by other code.

use super::d;
use crate::calendar::{Calendar, DayKind, Layer};
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../../templates/calendar/china-holidays.toml");

fn date(value: &toml::Value) -> NaiveDate {
    d(&value.as_datetime().expect("a date").to_string())
}

/// The file read a second time, by other code than the generator's.
fn file() -> (toml::Table, BTreeMap<NaiveDate, (bool, String, i32)>) {
    let table: toml::Table = FILE.parse().expect("the file is TOML");
    let mut days = BTreeMap::new();
    for block in table["year"].as_array().expect("years") {
        let year = block["year"].as_integer().expect("a year") as i32;
        for holiday in block["holidays"].as_array().expect("holidays") {
            let (from, to) = (date(&holiday["from"]), date(&holiday["to"]));
            for day in from.iter_days().take_while(|d| *d <= to) {
                days.insert(day, (true, holiday["name"].as_str().expect("a name").to_string(), year));
            }
        }
        for day in block["workdays"].as_array().expect("workdays") {
            assert!(days.insert(date(day), (false, String::new(), year)).is_none(), "{day:?} is both");
        }
    }
    (table, days)
}

#[test]
fn the_table_is_the_file_day_by_day() {
    let (_, days) = file();
    let calendar = Calendar::builtin();
    assert_eq!(calendar.marks.len(), days.len());
    for date in d("2006-01-01").iter_days().take_while(|x| *x <= d("2028-12-31")) {
        let day = calendar.day(date);
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        assert_eq!(day.working, calendar.is_working(date));
        match days.get(&date) {
            None => assert_eq!((day.working, day.layer), (!weekend, None), "{date}"),
            Some((true, name, year)) => {
                assert_eq!((day.working, day.kind, day.name.as_deref()), (false, DayKind::Holiday, Some(name.as_str())), "{date}");
                assert_eq!(source_year(&calendar, date), *year);
            }
            Some((false, _, year)) => {
                assert_eq!((day.working, day.kind, day.layer), (true, DayKind::Makeup, Some(Layer::Builtin)), "{date}");
                assert_eq!(source_year(&calendar, date), *year);
            }
        }
    }
}

fn source_year(calendar: &Calendar, date: NaiveDate) -> i32 {
    let mark = calendar.mark(date.num_days_from_ce()).expect("a mark");
    calendar.sources()[mark.source as usize].year.expect("a year")
}

#[test]
fn what_is_settled_agrees_with_the_file() {
    let (table, _) = file();
    let calendar = Calendar::builtin();
    let (from, through) = (date(&table["from"]), date(&table["settled_through"]));
    assert_eq!(Calendar::builtin_range(), Some((from, through)));
    assert_eq!(calendar.settled_through(), Some(through));
    for day in d("2006-06-01").iter_days().take_while(|x| *x <= d("2028-06-01")) {
        assert_eq!(calendar.is_settled(day), from <= day && day <= through, "{day}");
    }
}

#[test]
fn the_file_is_a_calendar_file_too() {
    let (blocks, findings) = crate::calendar::layer::read(FILE, "calendar/china.toml");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(blocks.len(), 21);
    assert!(blocks.iter().filter(|b| b.source.complete).count() == 20);
}

#[test]
fn notices_keep_their_numbers_and_amendments() {
    let calendar = Calendar::builtin();
    let label = calendar.day(d("2020-09-27")).notice.expect("a notice");
    assert_eq!(label.zh, "国办发明电〔2019〕16号，内置，经国办发明电〔2020〕1号调整");
    assert!(calendar.day(d("2020-09-27")).why.zh.contains("调休上班"));
    assert!(calendar.day(d("2027-02-08")).why.zh.contains("暂按法定节假日推算"));
    let table = calendar.year_table(2019);
    assert_eq!(table.sources[0].superseded.len(), 1);
}

#[test]
fn a_year_as_a_table() {
    let calendar = Calendar::builtin();
    let table = calendar.year_table(2019);
    assert_eq!((table.holidays[0].from, table.holidays[0].to, table.holidays[0].days), (d("2018-12-30"), d("2019-01-01"), 3));
    assert_eq!(table.workdays[0].date, d("2018-12-29"));
    assert_eq!((table.workdays.len(), table.complete, table.settled), (7, true, true));
    let count = d("2019-01-01").iter_days().take(365).filter(|x| calendar.is_working(*x)).count() as i64;
    assert_eq!(table.working_days, count);
    let table = calendar.year_table(2018);
    assert!(table.holidays.iter().any(|h| h.from == d("2018-12-30") && h.to == d("2018-12-31")), "days that 2019's notice moves are shown");
    let table = calendar.year_table(2027);
    assert!(table.provisional && !table.complete && !table.settled);
    for year in [i32::MIN, 0, 1, 9999, i32::MAX] {
        assert!(!calendar.year_table(year).complete);
    }
}

#[test]
fn the_reminder_comes_in_october() {
    let calendar = Calendar::builtin();
    assert!(calendar.next_year_missing(d("2026-09-30")).is_none());
    let text = calendar.next_year_missing(d("2026-10-01")).expect("a reminder");
    assert!(text.zh.contains("2027年放假安排未收录") && !text.zh.contains('\n'));
    assert!(calendar.next_year_missing(d("2025-11-01")).is_none());
    assert!(calendar.next_year_missing(d("2027-03-01")).expect("a reminder").zh.contains("2026-12-29"));
}
