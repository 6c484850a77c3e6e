//! When two values are equal, which comes first, what is in a list; knows no expressions.

use super::eval::Machine;
use super::value::{Stop, Value};
use crate::kind::{Part, Record};
use std::cmp::Ordering;

/// A number of either sort.
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Number(n) => Some(*n),
        _ => None,
    }
}

/// Numbers by size; dates by day, and by the hour where both have one. Nothing else has an order.
pub(super) fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Time(d, t), Value::Time(e, u)) => Some((d, t).cmp(&(e, u))),
        _ => match (a.date(), b.date()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => number(a)?.partial_cmp(&number(b)?),
        },
    }
}

impl<'a> Machine<'_, 'a> {
    pub fn equal(&mut self, a: &Value<'a>, b: &Value<'a>) -> Result<bool, Stop<'a>> {
        self.step(1)?;
        if let Some(order) = order(a, b) {
            return Ok(order == Ordering::Equal);
        }
        Ok(match (a, b) {
            (Value::Sealed(_), _) => return self.unfit(a.clone()),
            (_, Value::Sealed(_)) => return self.unfit(b.clone()),
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => {
                self.step(a.len() / 64)?;
                **a == **b
            }
            (Value::Enum(e, i), Value::Enum(f, j)) if e == f => i == j,
            (Value::Enum(e, i), Value::Enum(f, j)) => {
                let schema = self.world.schema();
                schema.en(*e).values.get(*i as usize).map(|v| &v.code) == schema.en(*f).values.get(*j as usize).map(|v| &v.code)
            }
            (Value::Enum(e, i), Value::Text(t)) | (Value::Text(t), Value::Enum(e, i)) => {
                self.world.schema().en(*e).find(t.trim()) == Some(*i)
            }
            (Value::Kind(a), Value::Kind(b)) => a == b,
            (Value::Record(a), Value::Record(b)) => std::ptr::eq(*a, *b),
            (Value::Ref(part), Value::Record(record)) | (Value::Record(record), Value::Ref(part)) => {
                match self.follow(Value::Ref(*part), &[record.kind]) {
                    Ok(Value::Record(named)) => std::ptr::eq(named, *record),
                    Ok(_) => false,
                    // It names a record of another kind, and so not this one; only what names nothing stays undecided.
                    Err(stop) => match self.world.resolve(part.record, &[], part.str().trim()) {
                        Some(_) => false,
                        None => return Err(stop),
                    },
                }
            }
            (Value::Ref(part), Value::Text(text)) | (Value::Text(text), Value::Ref(part)) => {
                let id = part.str().trim();
                id == &**text || id.rsplit('/').next() == Some(&**text)
            }
            (Value::Ref(a), Value::Ref(b)) => self.same_reference(*a, *b),
            _ if a.is_list() && b.is_list() => {
                let (a, b) = (self.items(a)?, self.items(b)?);
                if a.len() != b.len() {
                    return Ok(false);
                }
                let mut undecided = None;
                for (a, b) in a.iter().zip(&b) {
                    match self.equal(a, b) {
                        Ok(true) => {}
                        Ok(false) => return Ok(false),
                        Err(Stop::TooLong) => return Err(Stop::TooLong),
                        Err(stop) => {
                            undecided.get_or_insert(stop);
                        }
                    }
                }
                return undecided.map_or(Ok(true), Err);
            }
            (Value::Part(_), _) => return self.unfit(a.clone()),
            (_, Value::Part(_)) => return self.unfit(b.clone()),
            _ => false,
        })
    }

    /// By id; where an id says in which case it stands, by the record it names.
    fn same_reference(&mut self, a: Part<'a>, b: Part<'a>) -> bool {
        let (x, y) = (a.str().trim(), b.str().trim());
        if !x.contains('/') && !y.contains('/') {
            return x == y;
        }
        let named = |m: &Self, p: Part<'a>| -> Option<&'a Record> { m.world.resolve(p.record, &[], p.str().trim()) };
        match (named(self, a), named(self, b)) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            _ => x == y,
        }
    }

    /// The items of a list, a step each; the first that cannot be read makes the list missing.
    pub fn items(&mut self, list: &Value<'a>) -> Result<Vec<Value<'a>>, Stop<'a>> {
        let mut out = Vec::new();
        self.walk(list, &mut |_, item| {
            out.push(item?);
            Ok(true)
        })?;
        Ok(out)
    }

    /// Whether a list holds an item, or a map of free names the name.
    pub fn holds(&mut self, list: &Value<'a>, item: &Value<'a>) -> Result<bool, Stop<'a>> {
        if let (Value::Part(part), Value::Text(name)) = (list, item)
            && !list.is_list()
        {
            return Ok(part.named(self.world.schema(), name).is_some_and(|p| p.filled()));
        }
        if !list.is_list() {
            return self.unfit(list.clone());
        }
        let (mut found, mut undecided) = (false, None);
        self.walk(list, &mut |m, other| {
            match other.and_then(|other| m.equal(&other, item)) {
                Ok(same) => found = same,
                Err(Stop::TooLong) => return Err(Stop::TooLong),
                Err(stop) => {
                    undecided.get_or_insert(stop);
                }
            }
            Ok(!found)
        })?;
        match undecided {
            Some(stop) if !found => Err(stop),
            _ => Ok(found),
        }
    }
}
