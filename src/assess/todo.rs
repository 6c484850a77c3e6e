//! What a person does about an assessment: the command or the file, what is urgent, what waits; knows no output.

use super::model::{Assessment, Progress, Report, RoundReport, State};
use super::stage;
use crate::casebook::names::Where;
use crate::kind::{KindId, Level, Schema};
use crate::procedure::{Obligation, Procedure, Scope, Subject};
use crate::rule::Path;
use chrono::NaiveDate;

/// What does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A record is added.
    Add {
        /// Its kind.
        kind: String,
        /// `ROUND/UNIT`, `ROUND`, or empty for the casebook.
        at: String,
        /// Fields that are already known: key and value.
        fields: Vec<(String, String)>,
    },
    /// A person confirms.
    Confirm {
        /// `ROUND/UNIT`, `ROUND`, or a full stop for the casebook.
        at: String,
        /// The obligation's id.
        obligation: String,
        /// Who confirms.
        by: String,
    },
    /// An event is recorded.
    Event {
        /// `ROUND/UNIT` or `ROUND`.
        at: String,
        /// The event's id.
        event: String,
    },
    /// A record is completed or mended.
    Edit {
        /// Its file, relative to the casebook.
        file: String,
    },
    /// No one command does it.
    Explain {
        /// The obligation's id.
        obligation: String,
    },
}

impl Act {
    /// The name in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Act::Add { .. } => "add",
            Act::Confirm { .. } => "confirm",
            Act::Event { .. } => "event",
            Act::Edit { .. } => "edit",
            Act::Explain { .. } => "explain",
        }
    }

    /// The command line; none where a file is edited. A date that only the user knows stands as `YYYY-MM-DD`.
    pub fn command(&self) -> Option<String> {
        Some(match self {
            Act::Add { kind, at, fields } => {
                let mut words = vec!["xuncha add".to_string(), kind.clone(), at.clone()];
                words.extend(fields.iter().map(|(k, v)| format!("{k}={v}")));
                words.retain(|w| !w.is_empty());
                words.join(" ")
            }
            Act::Confirm { at, obligation, by } => format!("xuncha confirm {at} {obligation} --by {by}"),
            Act::Event { at, event } => format!("xuncha event {at} {event} YYYY-MM-DD"),
            Act::Explain { obligation } => format!("xuncha explain {obligation}"),
            Act::Edit { .. } => return None,
        })
    }

    /// The file to edit.
    pub fn file(&self) -> Option<&str> {
        match self {
            Act::Edit { file } => Some(file),
            _ => None,
        }
    }
}

/// What does it, for an assessment that is open.
pub fn act(p: &Procedure, schema: &Schema, a: &Assessment) -> Act {
    let o = &p.obligations[a.obligation];
    let explain = Act::Explain { obligation: o.id.clone() };
    if a.missing
        && let Subject::Artifact(path) = &o.subject
    {
        return make(schema, &path.text, a).unwrap_or(explain);
    }
    let event = o.event.as_ref().filter(|_| a.done_on.is_none());
    if let Some(event) = event.and_then(|e| p.event(&e.text)) {
        return happen(p, schema, event, a, 8).unwrap_or(explain);
    }
    let records = a.lacking.len() > usize::from(a.wants_confirmation) || a.findings.iter().any(|f| f.code != "unconfirmed");
    if records && !matches!(o.subject, Subject::Scope) {
        let about = match &o.subject {
            Subject::Artifact(path) | Subject::Each(path) => Path::parse(&path.text, schema).ok().map(|p| p.kind()),
            Subject::Scope => None,
        };
        let mut files = a.findings.iter().map(|f| &f.place.file).chain(&a.file);
        if let Some(file) = files.find(|f| kind_of(schema, f) == about) {
            return Act::Edit { file: file.clone() };
        }
    }
    match &o.confirm {
        Some(by) if a.wants_confirmation && !records => {
            // A full stop names the casebook itself.
            let at = if a.instance.reach.is_empty() { ".".to_string() } else { a.instance.reach.clone() };
            Act::Confirm { at, obligation: o.id.clone(), by: by.clone() }
        }
        _ => explain,
    }
}

/// Makes what a path is about: a record of that kind and type, or a field of one that is there.
fn make(schema: &Schema, path: &str, a: &Assessment) -> Option<Act> {
    let path = Path::parse(path, schema).ok()?;
    let field = !path.fields().is_empty();
    if let Some(file) = a.file.as_ref().filter(|f| field && kind_of(schema, f) == Some(path.kind())) {
        return Some(Act::Edit { file: file.clone() });
    }
    let kind = schema.kind(path.kind());
    let mut fields = Vec::new();
    if let Some((_, set, value)) = path.type_filter() {
        fields.push(("type".to_string(), schema.en(set).values[value as usize].code.clone()));
    }
    let has = |level: Level| kind.levels.contains(&level);
    let (round, scope) = (round_of(&a.instance.case), a.instance.scope);
    let at = match scope {
        Scope::Case if has(Level::Case) => a.instance.case.clone(),
        Scope::Case | Scope::Round | Scope::Team if has(Level::Round) => round.to_string(),
        _ if has(Level::Workspace) => String::new(),
        _ => return None,
    };
    // A single record of the level exists with its folder: it is filled in, not added.
    if kind.single && ["round", "case"].contains(&kind.id.as_str()) {
        return Some(Act::Edit { file: format!("rounds/{at}/{}.yaml", kind.id) });
    }
    if let Some(team) = a.instance.team.as_ref().filter(|_| scope == Scope::Team && !at.is_empty()) {
        fields.push(("team".to_string(), team.clone()));
    }
    Some(Act::Add { kind: kind.id.clone(), at, fields })
}

/// Makes an event known: records it, or adds the record from which its date is read.
fn happen(p: &Procedure, schema: &Schema, event: usize, a: &Assessment, depth: u8) -> Option<Act> {
    let event = &p.events[event];
    let at = match event.scope {
        Scope::Case if a.instance.scope != Scope::Case => return None,
        Scope::Case => a.instance.case.clone(),
        Scope::Casebook => return None,
        Scope::Team => a.instance.reach.clone(),
        Scope::Round => round_of(&a.instance.case).to_string(),
    };
    let Some(from) = event.from.first() else { return Some(Act::Event { at, event: event.id.clone() }) };
    match p.event(&from.text) {
        Some(other) if depth > 0 => happen(p, schema, other, a, depth - 1),
        Some(_) => None,
        None => make(schema, &from.text, &Assessment { file: None, ..a.clone() }).or(Some(Act::Event { at, event: event.id.clone() })),
    }
}

/// The kind of a record, by its place: its folder, or its own name where there is one of it.
fn kind_of(schema: &Schema, file: &str) -> Option<KindId> {
    let mut names = file.rsplit('/');
    let own = names.next().and_then(|n| n.strip_suffix(".yaml").or_else(|| n.strip_suffix(".yml")));
    let single = own.and_then(|n| schema.find_kind(n)).filter(|k| schema.kind(*k).single);
    single.or_else(|| names.next().and_then(|folder| schema.find_kind(folder)))
}

fn round_of(case: &str) -> &str {
    case.split('/').next().unwrap_or(case)
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Todo<'r> {
    /// The procedure.
    pub procedure: &'r Procedure,
    /// The round.
    pub round: &'r RoundReport,
    /// The assessment.
    pub assessment: &'r Assessment,
    /// What does it.
    pub act: Act,
}

impl<'r> Todo<'r> {
    /// The obligation.
    pub fn obligation(&self) -> &'r Obligation {
        &self.procedure.obligations[self.assessment.obligation]
    }

    /// The due date, if it is counted.
    pub fn due(&self) -> Option<NaiveDate> {
        self.assessment.due_date()
    }
}

impl Assessment {
    /// The due date, if it is counted.
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.due.as_ref().and_then(|d| d.due).map(|d| d.date)
    }

    /// Whether its date has been met in fact, with at most a confirmation to come.
    pub fn is_done(&self) -> bool {
        let settled = matches!(self.state, State::Met | State::Late | State::Confirmed | State::Waived);
        settled || (self.done_on.is_some() && !self.missing && self.lacking.len() <= usize::from(self.wants_confirmation))
    }

    /// Whether it carries a date, or a window, that still has to be kept.
    pub fn is_pending(&self) -> bool {
        let Some(due) = &self.due else { return false };
        let dated = due.due.is_some() || due.opens.is_some();
        match self.state {
            State::Waiting => dated,
            _ => self.state.is_open() && !self.is_done(),
        }
    }
}

/// How far an instance is: the case's own progress, or that of all it is about.
pub fn progress(p: &Procedure, round: &RoundReport, a: &Assessment) -> Vec<Progress> {
    let cases = round.cases_of(&a.instance);
    match (a.instance.scope, cases.as_slice()) {
        (Scope::Casebook, _) => vec![Progress::Here; p.stages.len()],
        (Scope::Case, [one]) => one.stages.clone(),
        _ => stage::of_all(p, &cases.iter().map(|c| c.stages.clone()).collect::<Vec<_>>()),
    }
}

/// What is to be done now in some places: what is open in a stage begun, and what is due or wrong in any.
/// Overdue first, then what is wrong, then by due date, then in the order of the procedure.
pub fn list<'r>(report: &'r Report, schema: &Schema, places: &'r [Where]) -> Vec<Todo<'r>> {
    let mut out: Vec<Todo<'r>> = report
        .within(places, true)
        .filter(|(p, round, a)| match a.state {
            State::Overdue | State::DueSoon | State::Violated => true,
            State::Open => progress(p, round, a)[p.obligations[a.obligation].stage] != Progress::Ahead,
            _ => false,
        })
        .map(|(procedure, round, assessment)| Todo { procedure, round, assessment, act: act(procedure, schema, assessment) })
        .collect();
    out.sort_by(|x, y| key(x).cmp(&key(y)));
    out
}

fn key<'r>(t: &Todo<'r>) -> impl Ord + use<'r> {
    let rank = match t.assessment.state {
        State::Overdue => 0,
        State::Violated => 1,
        _ => 2,
    };
    (rank, t.due().unwrap_or(NaiveDate::MAX), &t.round.name, t.assessment.obligation, &t.assessment.instance)
}

/// What waits in a stage being worked in for an event that has not happened.
pub fn waiting<'r>(report: &'r Report, places: &'r [Where]) -> Vec<(&'r Procedure, &'r Assessment)> {
    report
        .within(places, true)
        .filter(|(p, round, a)| a.state == State::Waiting && progress(p, round, a)[p.obligations[a.obligation].stage] == Progress::Here)
        .map(|(p, _, a)| (p, a))
        .collect()
}
