//! What an expression is evaluated against: the records in sight, the events, the day; knows not how they are found.

use crate::calendar::{Calendar, Cycle};
use crate::kind::{KindId, Record, Schema};
use crate::text::Text;
use chrono::{NaiveDate, NaiveTime};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// One of the case's own records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Current {
    /// `case`.
    Case,
    /// `round`.
    Round,
    /// `team`: the case's team, or the team that is looked at.
    Team,
    /// `unit`: the inspected unit.
    Unit,
}

impl Current {
    /// The kind of the record, which is also its name in rules.
    pub fn kind(self) -> &'static str {
        match self {
            Current::Case => "case",
            Current::Round => "round",
            Current::Team => "team",
            Current::Unit => "unit",
        }
    }
}

/// A group of records that does not depend on the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// `cases`: all of the round.
    Cases,
    /// `teams`: all of the round.
    Teams,
    /// `units`: all of the casebook.
    Units,
    /// `persons`: all of the casebook.
    Persons,
    /// `rounds`: all of the casebook, in their order.
    Rounds,
}

impl Group {
    /// The kind of its records.
    pub fn kind(self) -> &'static str {
        match self {
            Group::Cases => "case",
            Group::Teams => "team",
            Group::Units => "unit",
            Group::Persons => "person",
            Group::Rounds => "round",
        }
    }
}

/// What stands below a round or a case, of whatever round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Below {
    /// `.cases` of a round: the cases' own records.
    Cases,
    /// `.teams` of a round.
    Teams,
    /// `.milestones` of a round, its cases' with them, or of a case.
    Milestones,
}

impl Below {
    /// What this name means behind a record of this kind.
    pub fn of(kind: &str, name: &str) -> Option<Below> {
        match (kind, name) {
            ("round", "cases") => Some(Below::Cases),
            ("round", "teams") => Some(Below::Teams),
            ("round" | "case", "milestones") => Some(Below::Milestones),
            _ => None,
        }
    }

    /// The kind of its records.
    pub fn kind(self) -> &'static str {
        match self {
            Below::Cases => "case",
            Below::Teams => "team",
            Below::Milestones => "milestone",
        }
    }
}

/// Cases of other rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Past {
    /// `earlier`: earlier cases of the same unit.
    Earlier,
    /// `previous`: all cases of the round before.
    Previous,
}

/// What can be asked of the period that an obligation is laid on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfPeriod {
    /// `period.from`: its first day.
    From,
    /// `period.to`: its last day.
    To,
    /// `period.name`: `2010Q3`.
    Name,
}

/// A case of another round.
#[derive(Clone, Copy, Debug)]
pub struct PastCase<'a> {
    /// Its round.
    pub round: Option<&'a Record>,
    /// The case.
    pub case: Option<&'a Record>,
    /// Its team.
    pub team: Option<&'a Record>,
}

/// The type of an office's own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamType {
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// A period such as `7d`.
    Duration,
    /// A text.
    Text,
}

/// The value of an office's own number; a whole number may stand where a number is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Date(NaiveDate),
    /// A period.
    Duration(Arc<str>),
    /// A text.
    Text(Arc<str>),
}

/// Something that only the procedure can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// The event with this index in [`Env::events`](super::Env::events).
    Event(usize),
    /// The parameter with this index in [`Env::params`](super::Env::params).
    Param(usize),
}

/// What an expression sees: one instance of a scope. All records are borrowed from one casebook. Lists are asked for often: keep them.
pub trait World<'a> {
    /// The kinds, the same that expressions were compiled against.
    fn schema(&self) -> &'a Schema;
    /// The visible records of a kind; of a single kind all that are in sight.
    fn list(&self, kind: KindId) -> Rc<[&'a Record]>;
    /// The record of a single kind.
    fn single(&self, kind: KindId) -> Option<&'a Record>;
    /// One of the case's own records.
    fn current(&self, which: Current) -> Option<&'a Record>;
    /// A group of records.
    fn group(&self, which: Group) -> Rc<[&'a Record]>;
    /// What stands below a round or a case of the casebook.
    fn below(&self, of: &'a Record, which: Below) -> Rc<[&'a Record]>;
    /// Cases of other rounds.
    fn past(&self, which: Past) -> Rc<[PastCase<'a>]>;
    /// The record that the text of a reference in `from` names; `kinds` are those that it may be of, empty for any.
    fn resolve(&self, from: &'a Record, kinds: &[KindId], id: &str) -> Option<&'a Record>;
    /// The date of the event with this index, if it has happened.
    fn event(&self, index: usize) -> Option<(NaiveDate, Option<NaiveTime>)>;
    /// The value of the parameter with this index, if the office has set it.
    fn param(&self, index: usize) -> Option<ParamValue>;
    /// The period that is looked at, of an obligation that comes back with each.
    fn period(&self) -> Option<Cycle>;
    /// The day of the run.
    fn today(&self) -> NaiveDate;
    /// The working days.
    fn calendar(&self) -> &'a Calendar;
    /// The name of an event or parameter, for messages.
    fn title(&self, named: Named) -> Text;
    /// What was met that cannot be read, where the world keeps note of it.
    fn met(&self) -> Option<&Met<'a>> {
        None
    }
}

/// The first file that was looked into and that could not be read, or not wholly: what was said without it may be wrong.
#[derive(Debug, Default)]
pub struct Met<'a>(Cell<Option<&'a str>>);

impl<'a> Met<'a> {
    /// Notes a file, if none is noted yet.
    pub fn note(&self, file: &'a str) {
        self.0.set(self.0.get().or(Some(file)));
    }

    /// What is noted; afterwards nothing is.
    pub fn take(&self) -> Option<&'a str> {
        self.0.take()
    }

    /// Puts back what was taken, before what was noted since.
    pub fn put(&self, before: Option<&'a str>) {
        self.0.set(before.or(self.0.get()));
    }

    /// Forgets what was noted since, for what was taken before.
    pub fn reset(&self, before: Option<&'a str>) {
        self.0.set(before);
    }
}
