//! What sort of thing an expression is: yes or no, a day, a list of what, how deep; says nothing itself.

use crate::kind::{Field, Schema, Type};
use crate::rule::ir::{At, Lit, Loop, OfList as Of, Op};
use crate::rule::world::OfPeriod;
use crate::say;
use crate::text::Lang;

/// Whether an expression says yes or no.
pub(super) fn is_clause(op: &Op, schema: &Schema) -> bool {
    match op {
        Op::Or(_)
        | Op::And(_)
        | Op::Not(_)
        | Op::Cmp(..)
        | Op::In(_)
        | Op::Has(_)
        | Op::Covers(_)
        | Op::Contains(_)
        | Op::StartsWith(_) => true,
        Op::Loop(l, ..) => matches!(l, Loop::All | Loop::Exists | Loop::ExistsOne),
        Op::OfList(of, _) => *of == Of::Ordered,
        Op::Lit(Lit::Bool(_)) => true,
        Op::If(three) => is_clause(&three.1, schema) || is_clause(&three.2, schema),
        Op::Field(_, at) => field(schema, at).is_some_and(|f| f.ty == Type::Bool),
        _ => false,
    }
}

/// Whether it gives a day, so that “earlier” is said and not “less”.
pub(super) fn is_dated(op: &Op, schema: &Schema) -> bool {
    match op {
        Op::Event(_)
        | Op::OfPeriod(OfPeriod::From | OfPeriod::To)
        | Op::Today
        | Op::Mark(_)
        | Op::Add(..)
        | Op::Lit(Lit::Date(_) | Lit::Time(..)) => true,
        Op::Field(_, at) => field(schema, at).is_some_and(|f| {
            let mut ty = &f.ty;
            while let Type::List(inner) = ty {
                ty = inner;
            }
            matches!(ty, Type::Date | Type::Time)
        }),
        Op::OfList(_, list) => is_dated(list, schema),
        Op::Loop(Loop::Map, _, two) => is_dated(&two.1, schema),
        Op::If(three) => is_dated(&three.1, schema) || is_dated(&three.2, schema),
        _ => false,
    }
}

/// What one item of a list is called where it must be told apart.
pub(super) fn short(list: &Op, schema: &Schema, lang: Lang) -> String {
    let title = match list {
        Op::Kind(k) | Op::Single(k) => schema.kind(*k).title.clone(),
        Op::Group(g) => schema.find_kind(g.kind()).map(|k| schema.kind(k).title.clone()).unwrap_or_default(),
        Op::Past(_) => say!("案卷", "case"),
        Op::Below(_, b) => schema.find_kind(b.kind()).map(|k| schema.kind(k).title.clone()).unwrap_or_default(),
        Op::Field(_, at) => field(schema, at).map(|f| f.label.clone()).unwrap_or_default(),
        Op::Loop(Loop::Filter, _, two) => return short(&two.0, schema, lang),
        Op::Loop(Loop::Map, _, two) => return short(&two.1, schema, lang),
        Op::OfList(_, list) => return short(list, schema, lang),
        _ => say!("项", "item"),
    };
    if lang == Lang::Zh { title.zh.to_string() } else { title.en.to_lowercase() }
}

/// How many loops lie in one another.
pub(super) fn loops(op: &Op) -> usize {
    match op {
        Op::Loop(_, _, two) => loops(&two.0).max(1 + loops(&two.1)),
        Op::And(all) | Op::Or(all) => all.iter().map(loops).max().unwrap_or(0),
        Op::List(all) => all.iter().map(loops).max().unwrap_or(0),
        Op::Not(a) | Op::Has(a) | Op::Size(a) | Op::OfList(_, a) | Op::Field(a, _) | Op::Follow(a, _) => loops(a),
        Op::Cmp(_, two) | Op::In(two) | Op::Covers(two) | Op::Sum(_, two) => loops(&two.0).max(loops(&two.1)),
        Op::If(three) => loops(&three.0).max(loops(&three.1)).max(loops(&three.2)),
        _ => 0,
    }
}

pub(super) fn field<'s>(schema: &'s Schema, at: &At) -> Option<&'s Field> {
    let (shape, index) = match at {
        At::One(shape, index) => (*shape, *index),
        At::Kinds(all) => all.first().map(|(_, s, i)| (*s, *i))?,
    };
    schema.shape(shape).fields.get(index as usize)
}
