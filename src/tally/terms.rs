//! The terms of a casebook: the periods of its coverage plans; to which of them a round belongs.

use super::fold::{self, RoundOf};
use crate::casebook::{Casebook, Folder};
use crate::kind::{Home, Level, Record};
use chrono::{Datelike, NaiveDate};

/// A term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The id of its plan.
    pub id: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

impl Term {
    /// Whether a round belongs to it: by the round's first day, else by its year's first day within it.
    pub fn holds(&self, round: &RoundOf) -> bool {
        match (round.from, round.year) {
            (Some(day), _) => self.from <= day && day <= self.to,
            (None, Some(year)) => self.from.year() as i64 <= year && year <= self.to.year() as i64,
            (None, None) => false,
        }
    }
}

/// The term of a plan; none where its period is not filled in or ends before it begins.
pub fn of_plan(book: &Casebook, plan: &Record) -> Option<Term> {
    let day = |key| fold::date(&book.schema, plan, "period", key);
    let (from, to) = (day("from")?, day("to")?);
    (from <= to).then(|| Term { id: plan.id.clone(), from, to })
}

/// All terms, by their first day.
pub fn all(book: &Casebook) -> Vec<Term> {
    let Some(kind) = book.schema.find_kind("coverage_plan") else { return Vec::new() };
    let folder: Folder = book.read_folder("", Level::Workspace, &Home::default(), Some(&[kind]));
    let mut out: Vec<Term> = folder.of(kind).iter().filter_map(|p| of_plan(book, p)).collect();
    out.sort_by(|a, b| (a.from, a.to, &a.id).cmp(&(b.from, b.to, &b.id)));
    out
}
