//! One year laid out for reading: the days off in ranges, the worked weekends, totals; computes no periods.

use super::days::Calendar;
use super::source::{Layer, Source, is_weekend};
use chrono::{Datelike, NaiveDate};

/// Days off in a row under one name from one source.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NamedRange {
    /// The festival or the reason.
    pub name: String,
    /// First day off.
    pub from: NaiveDate,
    /// Last day off.
    pub to: NaiveDate,
    /// How many days.
    pub days: i64,
    /// The layer that says so.
    pub layer: Layer,
    /// Index into [`YearTable::sources`].
    pub source: usize,
}

/// A worked day that its weekday would not tell.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WorkedDay {
    /// The day.
    pub date: NaiveDate,
    /// On a Saturday or Sunday; otherwise a weekday put back to work by a local file.
    pub weekend: bool,
    /// A name, if the file gives one.
    pub name: Option<String>,
    /// The layer that says so.
    pub layer: Layer,
    /// Index into [`YearTable::sources`].
    pub source: usize,
}

/// One year as the layers leave it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct YearTable {
    /// The year.
    pub year: i32,
    /// Its notice is here.
    pub complete: bool,
    /// Its days are the statute's, no notice being here.
    pub provisional: bool,
    /// Its last three days may still be moved by the next year's notice, or the year has none of its own.
    pub settled: bool,
    /// The notices and files that a day in it comes from, the year's own first.
    pub sources: Vec<Source>,
    /// Days off, also those that the year's notice puts into the December before.
    pub holidays: Vec<NamedRange>,
    /// Worked days likewise.
    pub workdays: Vec<WorkedDay>,
    /// Days off by name, in the ranges above.
    pub days_off: i64,
    /// Working days from 1 January to 31 December.
    pub working_days: i64,
}

impl Calendar {
    /// The table of one year, 1 to 9999; outside them an empty one.
    pub fn year_table(&self, year: i32) -> YearTable {
        let mut order: Vec<usize> = Vec::new();
        let mut slot = |index: usize| {
            order.iter().position(|i| *i == index).unwrap_or_else(|| {
                order.push(index);
                order.len() - 1
            })
        };
        for (index, source) in self.sources.iter().enumerate().rev() {
            if source.year == Some(year) && !source.replaced {
                slot(index);
            }
        }
        let (mut holidays, mut workdays): (Vec<NamedRange>, Vec<WorkedDay>) = (Vec::new(), Vec::new());
        for mark in self.marks.iter() {
            let Some(date) = NaiveDate::from_num_days_from_ce_opt(mark.day) else { continue };
            let source = &self.sources[mark.source as usize];
            let own = source.year == Some(year);
            if !own && date.year() != year {
                continue;
            }
            let (layer, index, name) = (source.layer, slot(mark.source as usize), self.names[mark.name as usize].to_string());
            if !mark.off {
                let name = (mark.name != 0).then_some(name);
                workdays.push(WorkedDay { date, weekend: is_weekend(mark.day), name, layer, source: index });
                continue;
            }
            match holidays.last_mut() {
                Some(last) if last.name == name && last.source == index && last.to.succ_opt() == Some(date) => {
                    last.to = date;
                    last.days += 1;
                }
                _ => holidays.push(NamedRange { name, from: date, to: date, days: 1, layer, source: index }),
            }
        }
        let year_end = |y: i32| NaiveDate::from_ymd_opt(y, 12, 31);
        let (first, last) = (year.checked_sub(1).and_then(year_end), year_end(year));
        let working_days = first.zip(last).map_or(0, |(a, b)| self.working_days_between(a, b));
        YearTable {
            year,
            complete: self.has_notice(year),
            provisional: !self.has_notice(year) && self.has_block(year),
            settled: last.is_some_and(|d| self.is_settled(d)),
            sources: order.iter().map(|i| self.sources[*i].clone()).collect(),
            days_off: holidays.iter().map(|h| h.days).sum(),
            holidays,
            workdays,
            working_days,
        }
    }
}
