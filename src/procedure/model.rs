//! The model of a procedure: stages, events, roles, sets, parameters, obligations, as the data file says them; expressions are kept as text.

use super::{CopiesRule, Maker, Recipients, SignaturesRule};
use crate::calendar::Every;
use crate::finding::{Place, Severity};
use crate::text::Text;
use std::collections::HashMap;

/// A piece of the data file with its place: an expression, a path, a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Src {
    /// The text.
    pub text: String,
    /// The file, as findings name it.
    pub file: std::sync::Arc<str>,
    /// Its bytes in the file, without the quotes.
    pub range: (usize, usize),
}

impl Src {
    /// The place of a byte range inside the text.
    pub fn place(&self, inner: std::ops::Range<usize>) -> Place {
        let start = self.range.0 + inner.start;
        Place { file: self.file.to_string(), range: Some((start, (self.range.0 + inner.end).min(self.range.1).max(start))) }
    }

    /// The place of the whole.
    pub fn whole(&self) -> Place {
        Place { file: self.file.to_string(), range: Some(self.range) }
    }
}

/// How strongly the source words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// 应、须、不得: not to do it is an error.
    Must,
    /// 一般应、原则上、优先: a warning.
    Should,
    /// 可、视情: for information.
    May,
}

/// On what a rule rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The document says so.
    Binding,
    /// It follows from the document.
    Derived,
    /// The office says so.
    Local,
}

/// What there is one instance for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The casebook: a term.
    Casebook,
    /// A round.
    Round,
    /// A team of a round.
    Team,
    /// A case.
    Case,
}

/// A stage of a case.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The stages that may follow, by index; several run side by side.
    pub next: Vec<usize>,
    /// The kinds of record that belong to it.
    pub kinds: Vec<Src>,
}

/// A dated thing that happens.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// What it happens to.
    pub scope: Scope,
    /// Paths, other events, or an expression that give its date; none for one that is only recorded.
    pub from: Vec<Src>,
    /// Whether the last date counts, not the first.
    pub last: bool,
    /// Whether it is known only when every source has a date.
    pub whole: bool,
}

/// Who acts, beyond the roles and bodies of the kinds.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
}

/// A named list of enumeration values.
#[derive(Clone, Debug)]
pub struct Set {
    /// Its id.
    pub id: String,
    /// The enumeration.
    pub of: Src,
    /// The values' codes.
    pub values: Vec<Src>,
    /// Its name.
    pub title: Text,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    /// A period such as `7d`.
    Duration,
    /// A number.
    Number,
    /// A word.
    Text,
}

/// An office's own number.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Its type.
    pub ty: ParamType,
    /// The value, where the procedure itself sets one.
    pub value: Option<String>,
    /// What others use; not in force.
    pub suggest: Option<String>,
}

/// The date by which.
#[derive(Clone, Debug, Default)]
pub struct DueRule {
    /// Events; the earliest counts.
    pub from: Vec<Src>,
    /// A period such as `+10wd`, or `param.NAME`.
    pub rule: Option<Src>,
    /// A window's opening: a period or a date.
    pub opens: Option<Src>,
    /// A window's end: a period or a date.
    pub closes: Option<Src>,
    /// How a day off is moved; the period's own way where it is not given.
    pub roll: Option<String>,
    /// The day it was done, where the subject's date is not it.
    pub done: Option<Src>,
}

/// What an obligation looks at.
#[derive(Clone, Debug, Default)]
pub enum Subject {
    /// The scope itself.
    #[default]
    Scope,
    /// Something that must exist.
    Artifact(Src),
    /// Everything that exists.
    Each(Src),
}

/// When an obligation's gate waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// At the end of this stage, by index.
    Stage(usize),
    /// Never.
    None,
}

/// One thing that the procedure demands.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Its id in the register.
    pub id: String,
    /// Its place in the source.
    pub cite: String,
    /// Its stage, by index.
    pub stage: usize,
    /// What it demands.
    pub text: Text,
    /// How strongly.
    pub strength: Strength,
    /// On what it rests.
    pub origin: Origin,
    /// What there is one instance for.
    pub scope: Scope,
    /// One instance for each such period that the scope's time touches.
    pub every: Option<Every>,
    /// Who acts: a role's or body's code.
    pub actor: String,
    /// Which gate waits for it.
    pub gate: Gate,
    /// Where it applies.
    pub when: Option<Src>,
    /// How to mend it.
    pub help: Option<Text>,
    /// What it looks at.
    pub subject: Subject,
    /// Filters the subjects.
    pub filter: Option<Src>,
    /// How many there must be.
    pub count: Option<Src>,
    /// One for each of this list.
    pub per: Option<Src>,
    /// Whose a subject is.
    pub by: Option<Src>,
    /// Where a broken rule is mended, if not in the subject: a path.
    pub mend: Option<Src>,
    /// The command that makes its records, where `add` does not.
    pub made_by: Option<Maker>,
    /// Whether a recorded none will do.
    pub nil: bool,
    /// Whether it bears no day: for an order only that it is there counts.
    pub dateless: bool,
    /// An event that must have happened.
    pub event: Option<Src>,
    /// A rule over the subject.
    pub require: Option<Src>,
    /// The fields at which a finding points: of the subject, or paths to other records.
    pub at: Vec<Src>,
    /// What is wrong, with its numbers: Chinese and English templates.
    pub says: Option<(Src, Src)>,
    /// Names in `sections_at` that are filled.
    pub sections: Vec<String>,
    /// The field with the sections.
    pub sections_at: String,
    /// Approvals in order; alternatives of one stand together.
    pub approvals: Vec<Vec<String>>,
    /// The field with the approvals.
    pub approvals_at: String,
    /// The field that the last approval must not be later than.
    pub approved_by: Option<Src>,
    /// Signatures.
    pub signatures: Option<SignaturesRule>,
    /// Copies.
    pub copies: Option<CopiesRule>,
    /// Filings and recipients.
    pub recipients: Vec<Recipients>,
    /// The field that dates the subject.
    pub date: Option<Src>,
    /// Events that the subject's date must not be later than.
    pub before: Vec<Src>,
    /// Events that it must not be earlier than.
    pub after: Vec<Src>,
    /// Events on whose day it must be.
    pub same_day: Vec<Src>,
    /// The date by which.
    pub due: Option<DueRule>,
    /// Who confirms what no record shows.
    pub confirm: Option<String>,
    /// The archive list and number it stands for.
    pub archive: Option<(String, i64)>,
    /// Where it stands in the data file.
    pub place: Place,
    /// Where the names of roles and bodies stand in it, by key.
    pub names_at: Vec<(&'static str, Src)>,
}

impl Obligation {
    /// Where the value of a key stands; the whole where that was not kept.
    pub fn at_key(&self, key: &str) -> Src {
        let whole = || Src { text: String::new(), file: self.place.file.as_str().into(), range: self.place.range.unwrap_or_default() };
        self.names_at.iter().find(|(k, _)| *k == key).map_or_else(whole, |(_, src)| src.clone())
    }

    /// The severity of its breach: never more than a warning where it does not rest on the document itself.
    pub fn severity(&self) -> Severity {
        match (self.strength, self.origin) {
            (Strength::Must, Origin::Binding) => Severity::Error,
            (Strength::May, _) => Severity::Info,
            _ => Severity::Warning,
        }
    }

    /// Whether the gate of `stage` waits for it.
    pub fn blocks(&self, stage: usize) -> bool {
        self.gate == Gate::Stage(stage) && self.severity() == Severity::Error
    }

    /// Whether a program looks at records for it, or only a person confirms it.
    pub fn looks_at_records(&self) -> bool {
        !matches!(self.subject, Subject::Scope) || self.require.is_some() || self.event.is_some() || self.due.is_some()
    }
}

/// A procedure.
#[derive(Clone, Debug, Default)]
pub struct Procedure {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Who issued it.
    pub issuer: String,
    /// When, ISO.
    pub issued: String,
    /// What it rests on.
    pub basis: Vec<String>,
    /// What has taken its place, if anything.
    pub superseded: Option<Text>,
    /// The procedure it extends.
    pub extends: Option<String>,
    /// Fields that their kinds require and this procedure does not: `case.team`.
    pub not_required: Vec<Src>,
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// Who acts.
    pub roles: Vec<Role>,
    /// Named lists.
    pub sets: Vec<Set>,
    /// The office's own numbers.
    pub params: Vec<Param>,
    /// Events in order.
    pub events: Vec<Event>,
    /// Obligations in order.
    pub obligations: Vec<Obligation>,
    /// Event id or Chinese title to event.
    pub event_names: HashMap<String, usize>,
    /// Obligation id to obligation.
    pub obligation_names: HashMap<String, usize>,
    /// The file it was read from.
    pub file: String,
}

impl Procedure {
    /// The event of that id or Chinese title.
    pub fn event(&self, name: &str) -> Option<usize> {
        self.event_names.get(name).copied()
    }

    /// The obligation of that id, upper or lower case.
    pub fn obligation(&self, id: &str) -> Option<&Obligation> {
        let found = self
            .obligation_names
            .get(id)
            .or_else(|| self.obligation_names.iter().find(|(k, _)| k.eq_ignore_ascii_case(id)).map(|(_, v)| v));
        found.map(|i| &self.obligations[*i])
    }

    /// The stage of that id or title.
    pub fn stage(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.id == name || s.title.zh == name || s.title.en.eq_ignore_ascii_case(name))
    }

    /// The stages that must be behind a case before `stage` begins.
    pub fn before(&self, stage: usize) -> Vec<usize> {
        (0..self.stages.len()).filter(|s| self.stages[*s].next.contains(&stage)).collect()
    }

    /// The last stage: nothing follows it.
    pub fn is_end(&self, stage: usize) -> bool {
        self.stages[stage].next.is_empty()
    }
}
