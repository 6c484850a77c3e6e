//! What a person does about an assessment: the command or the file, what is urgent, what waits; knows no output.

use super::model::{Assessment, Entry, Progress, Report, RoundReport, State};
use super::stage;
use crate::calendar::Cycle;
use crate::casebook::names::Where;
use crate::kind::{KindId, Level, Schema};
use crate::procedure::{Maker, Obligation, Procedure, Scope, Subject};
use crate::rule::Path;
use crate::text::Lang;
use chrono::NaiveDate;
use std::collections::BTreeMap;

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
    /// A record comes out of a command of its own.
    Make {
        /// The command.
        by: Maker,
        /// `ROUND/UNIT`.
        at: String,
    },
    /// A person confirms.
    Confirm {
        /// `ROUND/UNIT`, `ROUND`, or a full stop for the casebook.
        at: String,
        /// The obligation's id.
        obligation: String,
        /// The period, where it comes back with each.
        period: Option<Cycle>,
        /// Who confirms.
        by: String,
    },
    /// A deviation that cannot be undone is recorded, with who allowed it and why.
    Waive {
        /// `ROUND/UNIT`, `ROUND`, or a full stop for the casebook.
        at: String,
        /// The obligation's id.
        obligation: String,
        /// The period, where it comes back with each.
        period: Option<Cycle>,
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
            Act::Make { by, .. } => by.code(),
            Act::Confirm { .. } => "confirm",
            Act::Waive { .. } => "waive",
            Act::Event { .. } => "event",
            Act::Edit { .. } => "edit",
            Act::Explain { .. } => "explain",
        }
    }

    /// The command line; none where a file is edited. What only the user knows stands as `YYYY-MM-DD`, `ROLE`, `LIST`.
    pub fn command(&self) -> Option<String> {
        Some(match self {
            Act::Add { kind, at, fields } => {
                let mut words = vec!["xuncha add".to_string(), kind.clone(), at.clone()];
                words.extend(fields.iter().map(|(k, v)| format!("{k}={v}")));
                words.retain(|w| !w.is_empty());
                words.join(" ")
            }
            Act::Make { by, at } => by.command(at, Lang::En),
            Act::Confirm { at, obligation, period, by } => format!("xuncha confirm {at} {obligation} --by {by}{}", option(*period)),
            Act::Waive { at, obligation, period } => {
                format!("xuncha waive {at} {obligation} --by ROLE --reason TEXT{}", option(*period))
            }
            Act::Event { at, event } => format!("xuncha event {at} {event} YYYY-MM-DD"),
            Act::Explain { obligation } => format!("xuncha explain {obligation}"),
            Act::Edit { .. } => return None,
        })
    }

    /// The same as it is printed for people: what only the user knows is named in the reader's language.
    pub fn shown(&self, lang: Lang) -> Option<String> {
        let command = self.command()?;
        Some(match (self, lang) {
            (Act::Waive { .. }, Lang::Zh) => command.replace("--by ROLE --reason TEXT", "--by 角色 --reason 理由"),
            (Act::Make { by, at }, Lang::Zh) => by.command(at, lang),
            (Act::Event { .. }, Lang::Zh) => command.replace("YYYY-MM-DD", "日期"),
            _ => command,
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
pub fn act(p: &Procedure, schema: &Schema, round: &RoundReport, a: &Assessment) -> Act {
    let o = &p.obligations[a.obligation];
    let explain = Act::Explain { obligation: o.id.clone() };
    if a.state == State::Late {
        return Act::Waive { at: at(round, a), obligation: o.id.clone(), period: a.instance.period };
    }
    if a.missing
        && let Subject::Artifact(path) = &o.subject
    {
        return match (make(p, schema, &path.text, a), o.made_by) {
            (Some(Act::Add { at, .. }), Some(by)) => Act::Make { by, at },
            (act, _) => act.unwrap_or(explain),
        };
    }
    let event = o.event.as_ref().filter(|_| a.done_on.is_none());
    if let Some(event) = event.and_then(|e| p.event(&e.text)) {
        return happen(p, schema, round, event, a, 8).unwrap_or(explain);
    }
    let records = a.lacking.len() > usize::from(a.wants_confirmation) || a.findings.iter().any(|f| f.code != "unconfirmed");
    if records {
        if let Some(path) = &a.adds {
            return make(p, schema, path, &Assessment { file: None, given: Vec::new(), ..a.clone() }).unwrap_or(explain);
        }
        let about = match &o.subject {
            Subject::Artifact(path) | Subject::Each(path) => Path::parse(&path.text, schema).ok().map(|p| p.kind()),
            Subject::Scope => None,
        };
        // A rule that is mended elsewhere names its file itself.
        let found = a.findings.iter().map(|f| &f.place.file).find(|f| o.mend.is_none() && about.is_some() && kind_of(schema, f) == about);
        if let Some(file) = found.or(a.file.as_ref()) {
            return Act::Edit { file: file.clone() };
        }
    }
    match &o.confirm {
        Some(by) if a.wants_confirmation && !records => {
            Act::Confirm { at: at(round, a), obligation: o.id.clone(), period: a.instance.period, by: by.clone() }
        }
        _ => explain,
    }
}

/// How a command names a period.
fn option(period: Option<Cycle>) -> String {
    period.map(|p| format!(" --period {p}")).unwrap_or_default()
}

/// How a command names an instance: a team by one of its cases, the casebook by a full stop.
fn at(round: &RoundReport, a: &Assessment) -> String {
    let case = &a.instance.case;
    match a.instance.scope {
        Scope::Casebook => ".".to_string(),
        Scope::Team => round.cases_of(&a.instance).first().map_or_else(|| case.clone(), |c| format!("{case}/{}", c.name)),
        _ => case.clone(),
    }
}

/// Makes what a path is about: a record of that kind and type, or a field of one that is there.
fn make(p: &Procedure, schema: &Schema, text: &str, a: &Assessment) -> Option<Act> {
    let path = Path::parse(text, schema).ok()?;
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
    let common = common(p, schema, &path);
    let at = match scope {
        Scope::Case if has(Level::Case) && !(common && has(Level::Round)) => a.instance.case.clone(),
        Scope::Case | Scope::Round | Scope::Team if has(Level::Round) => round.to_string(),
        _ if has(Level::Workspace) => String::new(),
        _ => return None,
    };
    // A single record of the level exists with its folder: it is filled in, not added.
    if kind.single && ["round", "case"].contains(&kind.id.as_str()) {
        return Some(Act::Edit { file: format!("rounds/{at}/{}.yaml", kind.id) });
    }
    if let Some(team) = a.instance.team.as_ref().filter(|_| scope == Scope::Team && !common && !at.is_empty()) {
        fields.push(("team".to_string(), team.clone()));
    }
    for (key, value) in &a.given {
        if !fields.iter().any(|(k, _)| k == key) {
            fields.push((key.clone(), value.clone()));
        }
    }
    Some(Act::Add { kind: kind.id.clone(), at, fields })
}

/// Whether a paper of this kind and type is the whole round's: an event of the round is read from it, or the round's own obligations look at each.
fn common(p: &Procedure, schema: &Schema, path: &Path) -> bool {
    let Some(ty) = path.type_filter() else { return false };
    let same = |text: &str| Path::parse(text, schema).is_ok_and(|o| o.kind() == path.kind() && o.type_filter() == Some(ty));
    let read = p.events.iter().filter(|e| e.scope == Scope::Round).flat_map(|e| &e.from).any(|f| same(&f.text));
    let looked = |o: &Obligation| o.scope == Scope::Round && matches!(&o.subject, Subject::Each(each) if same(&each.text));
    read || p.obligations.iter().any(looked)
}

/// Makes an event known: records it, or adds the record from which its date is read.
fn happen(p: &Procedure, schema: &Schema, round: &RoundReport, event: usize, a: &Assessment, depth: u8) -> Option<Act> {
    let event = &p.events[event];
    let at = match event.scope {
        Scope::Case if a.instance.scope != Scope::Case => return None,
        Scope::Case => a.instance.case.clone(),
        Scope::Team => at(round, a),
        Scope::Round => round_of(&a.instance.case).to_string(),
        Scope::Casebook => return None,
    };
    let Some(from) = event.from.first() else { return Some(Act::Event { at, event: event.id.clone() }) };
    match p.event(&from.text) {
        Some(other) if depth > 0 => happen(p, schema, round, other, a, depth - 1),
        Some(_) => None,
        None => {
            let bare = Assessment { file: None, given: Vec::new(), ..a.clone() };
            make(p, schema, &from.text, &bare).or(Some(Act::Event { at, event: event.id.clone() }))
        }
    }
}

/// What makes the event known for which an assessment waits; none where it follows from other records by a rule.
pub fn awaited(e: Entry, schema: &Schema) -> Option<Act> {
    let (p, a) = (e.procedure, e.assessment);
    happen(p, schema, e.round, a.awaits?, a, 8).filter(|act| match act {
        Act::Event { event, .. } => p.events.iter().any(|e| e.id == *event && e.from.is_empty()),
        _ => true,
    })
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
    /// The assessment that asks for it.
    pub entry: Entry<'r>,
    /// What does it.
    pub act: Act,
}

impl Todo<'_> {
    /// The due date, if it is counted.
    pub fn due(&self) -> Option<NaiveDate> {
        self.entry.assessment.due_date()
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

    /// Whether it only waits for its period to begin.
    pub fn is_ahead(&self) -> bool {
        self.state == State::Waiting && self.instance.period.is_some() && self.awaits.is_none()
    }

    /// Whether it carries a date, or a window, that still has to be kept.
    pub fn is_pending(&self) -> bool {
        let Some(due) = &self.due else { return false };
        let dated = due.due.is_some() || due.opens.is_some();
        match self.state {
            // A period that has not begun asks for nothing yet.
            State::Waiting => dated && !self.is_ahead(),
            _ => self.state.is_open() && !self.is_done(),
        }
    }
}

/// How far an instance is: the case's own progress, or that of all it is about.
pub fn progress(e: Entry) -> Vec<Progress> {
    let (p, round, a) = (e.procedure, e.round, e.assessment);
    let cases = round.cases_of(&a.instance);
    match (a.instance.scope, cases.as_slice()) {
        (Scope::Casebook, _) => vec![Progress::Here; p.stages.len()],
        (Scope::Case, [one]) => one.stages.clone(),
        _ => stage::of_all(p, &cases.iter().map(|c| c.stages.clone()).collect::<Vec<_>>()),
    }
}

/// What is to be done now in some places: what is open in a stage begun, and what is due or wrong in any.
/// Overdue first, then what is wrong, then by due date, then in the order of the procedure; what was done late comes last.
pub fn list<'r>(report: &'r Report, schema: &Schema, places: &'r [Where]) -> Vec<Todo<'r>> {
    let mut out: Vec<Todo<'r>> = report
        .within(places, true)
        // What cannot be judged before a file is read is not asked for: the file is to be mended.
        .filter(|e| e.assessment.waits.is_none())
        .filter(|e| match e.assessment.state {
            State::Overdue | State::DueSoon | State::Violated => true,
            State::Open => {
                e.assessment.findings.iter().any(|f| f.code == "lacking") || progress(*e)[e.obligation().stage] != Progress::Ahead
            }
            // What was done late is past mending; while its gate is ahead it has to be waived.
            State::Late => keeps_shut(*e),
            _ => false,
        })
        .map(|entry| Todo { entry, act: act(entry.procedure, schema, entry.round, entry.assessment) })
        .collect();
    out.sort_by(|x, y| key(x).cmp(&key(y)));
    out
}

/// What would be asked for, had a file been read: how many, by file.
pub fn held<'r>(report: &'r Report, places: &'r [Where]) -> BTreeMap<&'r str, usize> {
    let mut out = BTreeMap::new();
    for e in report.within(places, true) {
        let now = e.assessment.state != State::Open || progress(e)[e.obligation().stage] != Progress::Ahead;
        if let Some(file) = e.assessment.waits.as_deref().filter(|_| now) {
            *out.entry(file).or_default() += 1;
        }
    }
    out
}

/// Whether the gate of a stage being worked in waits for it.
fn keeps_shut(e: Entry) -> bool {
    let o = e.obligation();
    progress(e).iter().enumerate().any(|(s, at)| *at == Progress::Here && o.blocks(s))
}

fn key<'r>(t: &Todo<'r>) -> impl Ord + use<'r> {
    let rank = match t.entry.assessment.state {
        State::Overdue => 0,
        State::Violated => 1,
        // It is done; nobody has to hurry.
        State::Late => 3,
        _ => 2,
    };
    let Entry { round, assessment, .. } = t.entry;
    (rank, t.due().unwrap_or(NaiveDate::MAX), &round.name, assessment.obligation, &assessment.instance)
}

/// What waits in a stage being worked in for an event that has not happened.
pub fn waiting<'r>(report: &'r Report, places: &'r [Where]) -> Vec<Entry<'r>> {
    report
        .within(places, true)
        .filter(|e| {
            e.assessment.state == State::Waiting && !e.assessment.is_ahead() && progress(*e)[e.obligation().stage] == Progress::Here
        })
        .collect()
}
