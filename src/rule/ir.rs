//! A checked expression: names are indices, types are settled; knows no spelling.

use super::value::ValueSet;
use super::world::{Below, Current, Group, OfPeriod, Past};
use crate::calendar::Rule;
use crate::kind::{EnumId, KindId, ShapeId};
use chrono::{NaiveDate, NaiveTime};
use std::sync::Arc;

/// A value that stands in the rule.
#[derive(Debug, Clone)]
pub(super) enum Lit {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(Arc<str>),
    Date(NaiveDate),
    Time(NaiveDate, NaiveTime),
    Enum(EnumId, u16),
    Kind(KindId),
    Set(Arc<ValueSet>),
}

/// Where a field stands in the shapes that a value may have.
#[derive(Debug, Clone)]
pub(super) enum At {
    /// One shape.
    One(ShapeId, u16),
    /// By the record's kind, where a reference may go to several.
    Kinds(Box<[(KindId, ShapeId, u16)]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sum {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// The functions that go through a list with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loop {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// Functions of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfList {
    Distinct,
    Min,
    Max,
    Sum,
    First,
    Last,
    Flat,
    Ordered,
}

/// Fields of an approval, a signature or a filing: who, the decision with the value that agrees, when.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// Which of the three it is.
    pub what: MarkKind,
    /// The list's field in the record, where the whole record was given.
    pub list: Option<At>,
    pub who: u16,
    pub decision: Option<(u16, EnumId, u16)>,
    pub date: u16,
    pub shape: ShapeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    Approval,
    Signature,
    Filing,
}

/// A period that stands in the rule, or one that is worked out.
#[derive(Debug, Clone)]
pub(super) enum Period {
    Fixed(Box<Rule>),
    Of(Box<Op>),
}

#[derive(Debug, Clone)]
pub(super) enum Op {
    Lit(Lit),
    It,
    Record,
    Var(u16),
    Current(Current),
    Single(KindId),
    Kind(KindId),
    Group(Group),
    Past(Past),
    Event(usize),
    Param(usize),
    Today,
    /// Of the period that the obligation is laid on.
    OfPeriod(OfPeriod),
    /// A field of a map or record.
    Field(Box<Op>, At),
    /// The record that a reference names.
    Follow(Box<Op>, Box<[KindId]>),
    /// A free name.
    Name(Box<Op>, Arc<str>),
    PastField(Box<Op>, Current),
    Below(Box<Op>, Below),
    RecordId(Box<Op>),
    RecordKind(Box<Op>),
    Index(Box<Op>, Box<Op>),
    List(Box<[Op]>),
    Or(Box<[Op]>),
    And(Box<[Op]>),
    Not(Box<Op>),
    Neg(Box<Op>),
    If(Box<(Op, Op, Op)>),
    Cmp(Cmp, Box<(Op, Op)>),
    In(Box<(Op, Op)>),
    Sum(Sum, Box<(Op, Op)>),
    Has(Box<Op>),
    Size(Box<Op>),
    Loop(Loop, u16, Box<(Op, Op)>),
    Covers(Box<(Op, Op)>),
    OfList(OfList, Box<Op>),
    Mark(Box<(Op, Op, Mark)>),
    Add(Box<Op>, Period),
    Days(Box<(Op, Op)>),
    Workdays(Box<(Op, Op)>),
    Year(Box<Op>),
    Draw(Box<[Op; 3]>),
    Contains(Box<(Op, Op)>),
    StartsWith(Box<(Op, Op)>),
}
