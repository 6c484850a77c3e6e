//! Periods that come back: which a span touches, how they are named and read.

use crate::calendar::{Cycle, Every};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn names(every: Every, from: &str, to: &str) -> Vec<String> {
    Cycle::touching(every, day(from), day(to)).iter().map(Cycle::to_string).collect()
}

#[test]
fn a_span_touches_every_period_it_has_a_day_of() {
    assert_eq!(names(Every::Quarter, "2010-03-31", "2010-10-01"), ["2010Q1", "2010Q2", "2010Q3", "2010Q4"]);
    assert_eq!(names(Every::HalfYear, "2013-07-01", "2014-06-30"), ["2013H2", "2014H1"]);
    assert_eq!(names(Every::Year, "2016-12-31", "2018-01-01"), ["2016", "2017", "2018"]);
    assert_eq!(names(Every::Month, "2016-01-31", "2016-02-01"), ["2016-01", "2016-02"]);
}

#[test]
fn a_span_that_ends_before_it_begins_has_none_and_a_mistyped_year_stops() {
    assert!(names(Every::Quarter, "2010-10-01", "2010-03-31").is_empty());
    assert_eq!(names(Every::Month, "2010-01-01", "9999-12-31").len(), 1200);
    assert!(!Cycle::touching(Every::Year, NaiveDate::MAX, NaiveDate::MAX).is_empty());
}

#[test]
fn its_last_day_is_the_day_before_the_next() {
    let last = |text: &str| Cycle::parse(text).unwrap().to().to_string();
    assert_eq!(["2012-02", "2010Q4", "2010H1", "2010"].map(last), ["2012-02-29", "2010-12-31", "2010-06-30", "2010-12-31"]);
}

#[test]
fn names_are_read_as_they_are_written_in_either_language() {
    for text in ["2010", "2010H2", "2010Q3", "2010-07"] {
        assert_eq!(Cycle::parse(text).unwrap().to_string(), text);
    }
    let read = |text: &str| Cycle::parse(text).map(|c| c.to_string());
    assert_eq!(read("2010年第3季度").as_deref(), Some("2010Q3"));
    assert_eq!(read("2010年第三季度").as_deref(), Some("2010Q3"));
    assert_eq!(read("2010年下半年").as_deref(), Some("2010H2"));
    assert_eq!(read("2010年").as_deref(), Some("2010"));
    assert_eq!(read("2010年7月").as_deref(), Some("2010-07"));
    for text in ["", "20", "2010Q5", "2010Q0", "2010-13", "二〇一〇年", "2010H3", "年2010"] {
        assert_eq!(read(text), None, "{text}");
    }
}
