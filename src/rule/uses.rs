//! What a checked expression looks at; knows no values.

use super::ir::{At, Op, Period};
use crate::kind::KindId;

/// What an expression looks at, each once, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Fields of `it`, from the outside in, by index; up to a list, a reference or a sealed field.
    pub fields: Vec<Vec<u16>>,
    /// Events, by index.
    pub events: Vec<usize>,
    /// Parameters, by index.
    pub params: Vec<usize>,
    /// Whether the period is asked for that the obligation is laid on.
    pub period: bool,
    /// Kinds whose records are listed.
    pub kinds: Vec<KindId>,
    /// Kinds whose records are reached through a reference.
    pub follows: Vec<KindId>,
}

pub(super) fn of(op: &Op) -> Uses {
    let mut uses = Uses::default();
    walk(op, &mut uses);
    uses
}

fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// The fields from `it` to this node, if it is nothing but fields of fields of `it`.
fn chain(op: &Op) -> Option<Vec<u16>> {
    match op {
        Op::It => Some(Vec::new()),
        Op::Field(inner, At::One(_, index)) => {
            let mut fields = chain(inner)?;
            fields.push(*index);
            Some(fields)
        }
        _ => None,
    }
}

fn walk(op: &Op, uses: &mut Uses) {
    if let Some(fields) = chain(op) {
        if !fields.is_empty() {
            note(&mut uses.fields, fields);
        }
        return;
    }
    match op {
        Op::Event(index) => note(&mut uses.events, *index),
        Op::Param(index) => note(&mut uses.params, *index),
        Op::OfPeriod(_) => uses.period = true,
        Op::Kind(kind) | Op::Single(kind) => note(&mut uses.kinds, *kind),
        Op::Lit(_) | Op::It | Op::Record | Op::Var(_) | Op::Current(_) | Op::Group(_) | Op::Past(_) | Op::Today => {}
        Op::Follow(a, kinds) => {
            kinds.iter().for_each(|k| note(&mut uses.follows, *k));
            walk(a, uses);
        }
        Op::Field(a, _) | Op::Name(a, _) | Op::PastField(a, _) | Op::Below(a, _) | Op::RecordId(a) | Op::RecordKind(a) => walk(a, uses),
        Op::Not(a) | Op::Neg(a) | Op::Has(a) | Op::Size(a) | Op::OfList(_, a) | Op::Year(a) => walk(a, uses),
        Op::Index(a, b) => {
            walk(a, uses);
            walk(b, uses);
        }
        Op::List(all) | Op::Or(all) | Op::And(all) => all.iter().for_each(|o| walk(o, uses)),
        Op::If(three) => {
            walk(&three.0, uses);
            walk(&three.1, uses);
            walk(&three.2, uses);
        }
        Op::Draw(three) => three.iter().for_each(|o| walk(o, uses)),
        Op::Cmp(_, two) | Op::In(two) | Op::Sum(_, two) | Op::Loop(_, _, two) | Op::Covers(two) => both(two, uses),
        Op::Days(two) | Op::Workdays(two) | Op::Contains(two) | Op::StartsWith(two) => both(two, uses),
        Op::Mark(mark) => {
            match (&mark.2.list, chain(&mark.0)) {
                (Some(At::One(_, index)), Some(mut fields)) => {
                    fields.push(*index);
                    note(&mut uses.fields, fields);
                }
                _ => walk(&mark.0, uses),
            }
            walk(&mark.1, uses);
        }
        Op::Add(a, period) => {
            walk(a, uses);
            if let Period::Of(p) = period {
                walk(p, uses);
            }
        }
    }
}

fn both(two: &(Op, Op), uses: &mut Uses) {
    walk(&two.0, uses);
    walk(&two.1, uses);
}
