//! What a checked expression fixes about a record, so that one can be begun with it: `it.type == 'speech' && it.generic` fixes two fields.

use super::Expr;
use super::ir::{At, Cmp, Lit, Op};
use crate::kind::Schema;

impl Expr {
    /// The fields that must hold one value, by index in the record's shape, with the value as it is typed. `whole` where `it` is the record itself,
    /// else what is said of `record` counts. Of alternatives the first is taken.
    pub fn fixed(&self, schema: &Schema, whole: bool) -> Vec<(u16, String)> {
        let mut out = Vec::new();
        walk(&self.op, schema, whole, &mut out);
        out
    }

    /// Whether it is the record itself, or its id.
    pub fn is_record(&self, whole: bool) -> bool {
        match &self.op {
            Op::RecordId(inner) => is_record(inner, whole),
            op => is_record(op, whole),
        }
    }

    /// The field of the record that it is: `it.person`, `it.issue.id`, of an item of a list the list's.
    pub fn plain_field(&self, whole: bool) -> Option<u16> {
        plain(&self.op, whole)
    }
}

fn plain(op: &Op, whole: bool) -> Option<u16> {
    match op {
        Op::Field(base, At::One(_, index)) if is_record(base, whole) => Some(*index),
        Op::Follow(inner, _) | Op::RecordId(inner) => plain(inner, whole),
        _ => None,
    }
}

fn is_record(op: &Op, whole: bool) -> bool {
    matches!((op, whole), (Op::It, true) | (Op::Record, _))
}

fn walk(op: &Op, schema: &Schema, whole: bool, out: &mut Vec<(u16, String)>) {
    match op {
        Op::And(all) => all.iter().for_each(|o| walk(o, schema, whole, out)),
        Op::Or(all) => all.iter().take(1).for_each(|o| walk(o, schema, whole, out)),
        Op::Cmp(Cmp::Eq, two) => {
            let value = match (&two.0, &two.1) {
                (field, Op::Lit(lit)) | (Op::Lit(lit), field) => plain(field, whole).zip(text(lit, schema)),
                _ => None,
            };
            note(out, value);
        }
        Op::Field(..) => note(out, plain(op, whole).map(|i| (i, "true".to_string()))),
        _ => {}
    }
}

fn note(out: &mut Vec<(u16, String)>, value: Option<(u16, String)>) {
    if let Some((index, value)) = value
        && !out.iter().any(|(i, _)| *i == index)
    {
        out.push((index, value));
    }
}

/// A value as it is typed on a command line; none for one that would need quotes.
fn text(lit: &Lit, schema: &Schema) -> Option<String> {
    match lit {
        Lit::Bool(b) => Some(b.to_string()),
        Lit::Int(n) => Some(n.to_string()),
        Lit::Enum(e, i) => Some(schema.en(*e).values[*i as usize].code.clone()),
        Lit::Text(t) if !t.is_empty() && !t.contains(char::is_whitespace) => Some(t.to_string()),
        _ => None,
    }
}
