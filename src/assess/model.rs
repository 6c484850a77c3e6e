//! What an assessment says: an obligation laid on one instance of its scope; the one result that every command is a view of.

use crate::calendar::{Anchor, Cycle};
use crate::casebook::names::Where;
use crate::finding::Finding;
use crate::procedure::{Obligation, Procedure, Scope};
use crate::text::{Lang, Text};
use chrono::NaiveDate;

/// How an obligation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A record breaks it.
    Violated,
    /// Its date has passed and it is not done.
    Overdue,
    /// It was done after its date.
    Late,
    /// Its date is near.
    DueSoon,
    /// To be done.
    Open,
    /// The event from which it runs has not happened.
    Waiting,
    /// Done.
    Met,
    /// A person said so.
    Confirmed,
    /// A recorded deviation.
    Waived,
    /// It does not apply here.
    NotApplicable,
}

impl State {
    /// The name in both languages.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            State::Violated => ("不符", "violated"),
            State::Overdue => ("逾期未办", "overdue"),
            State::Late => ("逾期办理", "late"),
            State::DueSoon => ("临近到期", "due soon"),
            State::Open => ("待办", "open"),
            State::Waiting => ("未起算", "waiting"),
            State::Met => ("已办", "met"),
            State::Confirmed => ("已确认", "confirmed"),
            State::Waived => ("已豁免", "waived"),
            State::NotApplicable => ("不适用", "not applicable"),
        };
        Text::new(zh, en)
    }

    /// The code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            State::Violated => "violated",
            State::Overdue => "overdue",
            State::Late => "late",
            State::DueSoon => "due_soon",
            State::Open => "open",
            State::Waiting => "waiting",
            State::Met => "met",
            State::Confirmed => "confirmed",
            State::Waived => "waived",
            State::NotApplicable => "not_applicable",
        }
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, State::Violated | State::Overdue | State::DueSoon | State::Open)
    }
}

/// The date by which, as counted.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Due {
    /// The event's index in the procedure; none for a fixed date.
    pub from: Option<usize>,
    /// The event's day, if it has happened.
    pub from_date: Option<Anchor>,
    /// The period as the procedure gives it.
    pub rule: String,
    /// The window's first day.
    pub opens: Option<NaiveDate>,
    /// Before a day off was moved.
    pub nominal: Option<Anchor>,
    /// In force.
    pub due: Option<Anchor>,
    /// Whether every day counted is covered by a published notice.
    pub settled: bool,
    /// Why not, or why the date was moved.
    pub reason: Option<Text>,
}

impl Due {
    /// The last day of a period, where the obligation gives no date of its own.
    pub fn end_of(period: Cycle) -> Due {
        let end = Anchor::day(period.to());
        Due {
            from: None,
            from_date: None,
            rule: period.to_string(),
            opens: Some(period.from),
            nominal: Some(end),
            due: Some(end),
            settled: true,
            reason: None,
        }
    }
}

/// What one obligation is laid on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Instance {
    /// The scope.
    pub scope: Scope,
    /// `ROUND/UNIT`, `ROUND`, or empty.
    pub case: String,
    /// The team's id, in the scope of a team.
    pub team: Option<String>,
    /// The period, of an obligation that comes back with each.
    pub period: Option<Cycle>,
    /// What a command names to reach it: of several teams, each through one of its cases.
    pub reach: String,
}

impl Instance {
    /// Where it stands, in words: case or round, team, period.
    pub fn place(&self, lang: Lang) -> String {
        let period = self.period.map(|p| p.title().get(lang).to_string());
        let parts = [Some(self.case.clone()), self.team.clone(), period];
        parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// One obligation on one instance.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Assessment {
    /// The obligation's index in the procedure.
    pub obligation: usize,
    /// What it is laid on.
    pub instance: Instance,
    /// How it stands.
    pub state: State,
    /// The date by which, if it has one.
    pub due: Option<Due>,
    /// The day it was done.
    pub done_on: Option<NaiveDate>,
    /// The file that shows it, or in which it is to be mended.
    pub file: Option<String>,
    /// What is wrong; empty where nothing is, or where it is waived.
    pub findings: Vec<Finding>,
    /// What is still lacking, in words; shown by `next` and at a shut gate.
    pub lacking: Vec<Text>,
    /// Whether something that must exist is not there at all.
    pub missing: bool,
    /// Fields of what is to be added that are already known: key and value.
    pub given: Vec<(String, String)>,
    /// Of what a record is to be added, where it is not the subject: a path.
    pub adds: Option<String>,
    /// The event that it waits for.
    pub awaits: Option<usize>,
    /// An office's own number that it needs and that is not set.
    pub unset: Option<usize>,
    /// Whether a person's confirmation is what is lacking.
    pub wants_confirmation: bool,
    /// How many findings a waiver keeps back.
    pub waived: usize,
    /// The file that cannot be read, where it is open only for want of that.
    pub waits: Option<String>,
}

/// A recorded deviation: from a waiver, or from the head of the record that deviates.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Waived {
    /// The obligation's id, as written.
    pub obligation: String,
    /// `ROUND/UNIT`, `ROUND`, or empty for the casebook.
    pub case: String,
    /// The record that it is limited to, if any.
    pub record: Option<String>,
    /// Who approved it, in words.
    pub by: Option<Text>,
    /// When.
    pub date: Option<NaiveDate>,
    /// Why.
    pub reason: String,
    /// The file that says so.
    pub file: String,
}

/// How far a case is in one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Not yet begun.
    Ahead,
    /// Being worked in.
    Here,
    /// Left.
    Left,
}

/// An event's date in a case.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Happened {
    /// The event's index in the procedure.
    pub event: usize,
    /// When.
    pub on: Anchor,
}

/// One case, assessed.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CaseReport {
    /// Its folder's name.
    pub name: String,
    /// The inspected organisation's name.
    pub title: String,
    /// The team's id.
    pub team: Option<String>,
    /// Its stages, by index in the procedure.
    pub stages: Vec<Progress>,
    /// What has happened, by date.
    pub events: Vec<Happened>,
}

impl CaseReport {
    /// The stages being worked in.
    pub fn here(&self) -> impl Iterator<Item = usize> {
        self.stages.iter().enumerate().filter(|(_, p)| **p == Progress::Here).map(|(i, _)| i)
    }
}

/// One round, assessed: everything that the commands show. The records themselves are gone.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RoundReport {
    /// Its folder's name.
    pub name: String,
    /// Its procedure, by index in [`Report::procedures`].
    pub procedure: usize,
    /// Its cases, by name.
    pub cases: Vec<CaseReport>,
    /// Every obligation on every instance, in the procedure's order.
    pub assessments: Vec<Assessment>,
    /// What is wrong in files, apart from obligations.
    pub findings: Vec<Finding>,
    /// Recorded deviations, by case and obligation.
    pub waivers: Vec<Waived>,
    /// How many records were read.
    pub records: usize,
    /// Files of its records, and of those above it, of which nothing could be read.
    pub unread: Vec<String>,
}

impl RoundReport {
    /// The case of that name.
    pub fn case(&self, name: &str) -> Option<&CaseReport> {
        self.cases.iter().find(|c| c.name == name)
    }

    /// The cases that an instance is about: one, a team's, or all.
    pub fn cases_of(&self, i: &Instance) -> Vec<&CaseReport> {
        let of = |c: &&CaseReport| match i.scope {
            Scope::Case => i.case.split_once('/').is_some_and(|(_, unit)| unit == c.name),
            Scope::Team => c.team == i.team,
            Scope::Round | Scope::Casebook => true,
        };
        self.cases.iter().filter(of).collect()
    }

    /// Whether an assessment belongs to a place.
    fn holds(&self, a: &Assessment, place: &Where, above: bool) -> bool {
        match place {
            Where::Book => true,
            _ if a.instance.scope == Scope::Casebook => false,
            Where::Round(r) => *r == self.name,
            Where::Case(r, c) if *r == self.name => match a.instance.scope {
                Scope::Case => a.instance.case.split_once('/').is_some_and(|(_, unit)| unit == c),
                _ => above && self.cases_of(&a.instance).iter().any(|case| case.name == *c),
            },
            Where::Case(..) => false,
        }
    }
}

/// What was asked, assessed.
pub struct Report {
    /// The procedures in use.
    pub procedures: Vec<Procedure>,
    /// The rounds, by name.
    pub rounds: Vec<RoundReport>,
    /// What is wrong above the rounds: settings, kinds, calendar, units, persons, procedures.
    pub findings: Vec<Finding>,
    /// How many records were read above the rounds.
    pub records: usize,
    /// Files of records of which nothing could be read.
    pub unread: Vec<String>,
}

impl Report {
    /// All findings, in the order of their files, with those that wait for a file; what a person is shown gives [`super::unread::shown`].
    pub fn all_findings(&self) -> Vec<&Finding> {
        let rounds = self.rounds.iter().flat_map(|r| r.findings.iter().chain(r.assessments.iter().flat_map(|a| a.findings.iter())));
        let mut all: Vec<&Finding> = self.findings.iter().chain(rounds).collect();
        all.sort_by(|a, b| a.key().cmp(&b.key()));
        all.dedup();
        all
    }

    /// The assessments of some places; with `above`, those of a case's team and round belong to the case.
    pub fn within<'r>(&'r self, places: &'r [Where], above: bool) -> impl Iterator<Item = Entry<'r>> {
        self.assessments().filter(move |e| places.iter().any(|p| e.round.holds(e.assessment, p, above)))
    }

    /// All assessments with the procedure of each.
    pub fn assessments(&self) -> impl Iterator<Item = Entry<'_>> {
        self.rounds.iter().flat_map(|round| {
            let procedure = &self.procedures[round.procedure];
            round.assessments.iter().map(move |assessment| Entry { procedure, round, assessment })
        })
    }
}

/// An assessment of a report, with what it was judged by and where.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'r> {
    /// The procedure.
    pub procedure: &'r Procedure,
    /// The round.
    pub round: &'r RoundReport,
    /// The assessment.
    pub assessment: &'r Assessment,
}

impl<'r> Entry<'r> {
    /// The obligation.
    pub fn obligation(&self) -> &'r Obligation {
        &self.procedure.obligations[self.assessment.obligation]
    }
}
