//! What an obligation, its date and an event mean once compiled: data only.

use crate::calendar;
use crate::kind::{EnumId, KindId, Part};
use crate::rule::{Expr, Path, Template, World};

/// A field, or a field of a field, by index in each shape.
pub type Chain = Vec<u16>;

/// Where a finding may point.
#[derive(Debug)]
pub enum Target {
    /// A field of the subject.
    Field(Chain),
    /// Records of another kind, or a field of them.
    Records(Path),
}

impl Target {
    /// The records of another kind at which it points.
    pub fn records<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        match self {
            Target::Field(_) => Vec::new(),
            Target::Records(path) => path.records(world),
        }
    }
}

/// Those whose approval, signature or copy will do: role or body values.
#[derive(Clone, Debug, Default)]
pub struct OneOf {
    /// By enumeration and index.
    pub values: Vec<(EnumId, u16)>,
    /// As the procedure names them, for messages.
    pub names: Vec<String>,
}

/// What an obligation's parts mean.
#[derive(Debug, Default)]
pub struct Compiled {
    /// What it looks at.
    pub path: Option<Path>,
    /// The kind of the records it looks at.
    pub kind: Option<KindId>,
    /// Applicability.
    pub when: Option<Expr>,
    /// Which of the subjects.
    pub filter: Option<Expr>,
    /// How many.
    pub count: Option<Expr>,
    /// One for each of.
    pub per: Option<Expr>,
    /// Whose.
    pub by: Option<Expr>,
    /// Where a broken rule is mended, if not in the subject.
    pub mend: Option<Path>,
    /// The rule.
    pub require: Option<Expr>,
    /// When it was done.
    pub done: Option<Expr>,
    /// What to say: Chinese, English.
    pub says: Option<(Template, Template)>,
    /// Where a finding points: the first of these that the broken part of the rule reads.
    pub at: Vec<Target>,
    /// The field that dates the subject.
    pub date: Option<Chain>,
    /// The field with the sections.
    pub sections: Option<Chain>,
    /// The field with the approvals, and who, in order.
    pub approvals: Option<(Chain, Vec<OneOf>)>,
    /// The field that the last approval must not be later than.
    pub approved_by: Option<Chain>,
    /// The field with the signatures, and whose.
    pub signatures: Option<(Chain, Vec<OneOf>)>,
    /// The field with the copies, and who holds them.
    pub copies: Option<(Chain, Vec<OneOf>)>,
    /// Fields with recipients, and who.
    pub recipients: Vec<(Chain, Vec<OneOf>)>,
    /// Event that must have happened.
    pub event: Option<usize>,
    /// Orders.
    pub before: Vec<usize>,
    /// Orders.
    pub after: Vec<usize>,
    /// Orders.
    pub same_day: Vec<usize>,
    /// The date by which.
    pub due: Option<CompiledDue>,
}

/// A period of the procedure, or one that the office may set.
#[derive(Clone, Debug)]
pub enum Period {
    /// Fixed.
    Rule(calendar::Rule),
    /// A fixed day.
    Day(calendar::Anchor),
    /// A parameter, by index.
    Param(usize),
}

/// The date by which.
#[derive(Clone, Debug, Default)]
pub struct CompiledDue {
    /// Events, the earliest counts; none where the dates are fixed.
    pub from: Vec<usize>,
    /// The period.
    pub rule: Option<Period>,
    /// A window's opening.
    pub opens: Option<Period>,
    /// A window's end.
    pub closes: Option<Period>,
    /// How a day off is moved.
    pub roll: Option<calendar::Roll>,
}

/// Where an event's date comes from.
#[derive(Debug)]
pub enum Source {
    /// Dates in records.
    Path(Path),
    /// Another event.
    Event(usize),
    /// An expression that gives a date or dates.
    Expr(Box<Expr>),
}
