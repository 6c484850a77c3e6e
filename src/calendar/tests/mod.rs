//! Tests of the calendar: the table against its file, the counting against vectors, rules, layers, notices, properties.

mod cycle;
mod layers;
mod notices;
mod properties;
mod rules;
mod table;
mod vectors;

use chrono::NaiveDate;

/// The date written `YYYY-MM-DD`.
fn d(text: &str) -> NaiveDate {
    super::Anchor::parse(text).expect("a date").date
}
