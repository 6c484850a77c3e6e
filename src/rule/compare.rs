//! Comparing, ordering and reckoning with values, and the items of lists.

use super::equal::{number, order};
use super::eval::{Given, Machine, missing};
use super::ir::{Cmp, Op, Sum};
use super::value::{Stop, Value, Why};
use std::cmp::Ordering;

impl<'a> Machine<'_, 'a> {
    pub(super) fn index(&mut self, of: &Op, index: &Op) -> Given<'a> {
        let base = self.eval(of)?;
        match self.eval(index)? {
            Value::Int(n) => {
                let (mut found, mut seen) = (None, 0i64);
                base.each(&mut |item| {
                    found = (seen == n).then_some(item);
                    seen += 1;
                    found.is_none()
                });
                self.step(seen as usize)?;
                let part = if let Value::Part(part) = base { Some(part) } else { self.it };
                found.unwrap_or_else(|| missing(part, Why::Item))
            }
            Value::Text(name) => match &base {
                Value::Part(part) => match part.named(self.world.schema(), &name).filter(|p| p.filled()) {
                    Some(found) => Value::of(found),
                    None => missing(Some(*part), Why::Name((*name).into())),
                },
                _ => self.unfit(base),
            },
            other => self.unfit(other),
        }
    }

    pub(super) fn compare(&mut self, cmp: Cmp, a: &Op, b: &Op) -> Result<bool, Stop<'a>> {
        let (a, b) = (self.eval(a)?, self.eval(b)?);
        Ok(match cmp {
            Cmp::Eq => self.equal(&a, &b)?,
            Cmp::Ne => !self.equal(&a, &b)?,
            Cmp::Lt => self.order(&a, &b)? == Ordering::Less,
            Cmp::Le => self.order(&a, &b)? != Ordering::Greater,
            Cmp::Gt => self.order(&a, &b)? == Ordering::Greater,
            Cmp::Ge => self.order(&a, &b)? != Ordering::Less,
        })
    }

    /// Dates by day, and by the hour where both have one; numbers.
    pub fn order(&self, a: &Value<'a>, b: &Value<'a>) -> Result<Ordering, Stop<'a>> {
        if let Some(order) = order(a, b) {
            return Ok(order);
        }
        let odd = if a.date().is_some() || matches!(a, Value::Int(_) | Value::Number(_)) { b } else { a };
        self.unfit(odd.clone())
    }

    pub(super) fn reckon(&self, sum: Sum, a: Value<'a>, b: Value<'a>) -> Given<'a> {
        let out = match (&a, &b) {
            (Value::Int(a), Value::Int(b)) => match sum {
                Sum::Add => a.checked_add(*b).map(Value::Int),
                Sum::Sub => a.checked_sub(*b).map(Value::Int),
                Sum::Mul => a.checked_mul(*b).map(Value::Int),
                Sum::Rem => a.checked_rem(*b).map(Value::Int),
                Sum::Div if *b == 0 => None,
                Sum::Div => Some(Value::Number(*a as f64 / *b as f64)),
            },
            _ => {
                let Some(x) = number(&a) else { return self.unfit(a) };
                let Some(y) = number(&b) else { return self.unfit(b) };
                let n = match sum {
                    Sum::Add => x + y,
                    Sum::Sub => x - y,
                    Sum::Mul => x * y,
                    Sum::Div => x / y,
                    Sum::Rem => x % y,
                };
                n.is_finite().then_some(Value::Number(n))
            }
        };
        out.map_or_else(|| missing(self.it, Why::Range), Ok)
    }
}
