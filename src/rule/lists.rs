//! Going through lists: sizes, `all`, `exists`, `filter`, `map`; knows no types.

use super::eval::{Given, Machine};
use super::ir::{Loop, Op};
use super::value::{Stop, Value};
use crate::kind::{Part, Val};
use std::rc::Rc;

/// What is done with each item; whether to go on.
pub(super) type Visit<'f, 'w, 'a> = dyn FnMut(&mut Machine<'w, 'a>, Given<'a>) -> Result<bool, Stop<'a>> + 'f;

impl<'w, 'a> Machine<'w, 'a> {
    pub fn size(&mut self, op: &Op) -> Given<'a> {
        let value = self.eval(op)?;
        let size = match &value {
            Value::Text(s) => {
                let n = s.chars().count();
                self.step(n / 16)?;
                n
            }
            Value::Part(part) if matches!(part.val(), Val::Map(_) | Val::Texts) => {
                let record = part.record;
                record.tree.entries(part.node).filter(|e| Part { record, node: e.value }.filled()).count()
            }
            Value::Records(l) => l.len(),
            Value::Pasts(l) => l.len(),
            Value::List(l) => l.len(),
            list if list.is_list() => {
                let mut n = 0;
                list.each(&mut |_| {
                    n += 1;
                    true
                });
                self.step(n)?;
                n
            }
            _ => return self.unfit(value),
        };
        Ok(Value::Int(size as i64))
    }

    /// Gives the items of a list to `f` until it says no, a step each; where `f` fails, that is the result.
    pub fn walk(&mut self, list: &Value<'a>, f: &mut Visit<'_, 'w, 'a>) -> Result<(), Stop<'a>> {
        let mut failed = None;
        list.each(&mut |item| match self.step(1).and_then(|()| f(self, item)) {
            Ok(more) => more,
            Err(stop) => {
                failed = Some(stop);
                false
            }
        });
        failed.map_or(Ok(()), Err)
    }

    pub fn go_through(&mut self, what: Loop, slot: usize, list: &Op, body: &Op) -> Given<'a> {
        let met = self.world.met();
        let before = met.and_then(|m| m.take());
        let list = self.eval(list)?;
        if !list.is_list() {
            return self.unfit(list);
        }
        let mut others = met.and_then(|m| m.take());
        let (mut undecided, mut hits, mut refuted, mut out) = (None, 0usize, false, Vec::new());
        self.walk(&list, &mut |m, item| {
            let answer = item.and_then(|item| {
                // What is noted of one item counts only where that item decides, or none does.
                if let Some(met) = met {
                    let noted = met.take();
                    others = others.or(noted);
                }
                m.vars.truncate(slot);
                m.vars.push(item);
                match what {
                    Loop::Map => m.eval(body),
                    _ => m.bool(body).map(Value::Bool),
                }
            });
            match answer {
                Err(Stop::TooLong) => return Err(Stop::TooLong),
                Err(stop) => {
                    undecided.get_or_insert(stop);
                    // Nothing can decide these any more.
                    return Ok(!matches!(what, Loop::Filter | Loop::Map));
                }
                Ok(Value::Bool(true)) if what != Loop::Map => {
                    hits += 1;
                    if what == Loop::Filter {
                        out.extend(m.vars.get(slot).cloned());
                    }
                    return Ok(!(what == Loop::Exists || what == Loop::ExistsOne && hits > 1));
                }
                Ok(Value::Bool(false)) if what == Loop::All => {
                    refuted = true;
                    return Ok(false);
                }
                Ok(value) if what == Loop::Map => out.push(value),
                Ok(_) => {}
            }
            Ok(true)
        })?;
        self.vars.truncate(slot);
        let decided = match what {
            Loop::Exists => hits > 0,
            Loop::ExistsOne => hits > 1,
            Loop::All => refuted,
            _ => false,
        };
        met.inspect(|m| {
            if !decided {
                m.put(others);
            }
            m.put(before);
        });
        match undecided {
            Some(stop) if !decided => Err(stop),
            _ => Ok(match what {
                Loop::All => Value::Bool(!refuted),
                Loop::Exists => Value::Bool(hits > 0),
                Loop::ExistsOne => Value::Bool(hits == 1),
                Loop::Filter | Loop::Map => Value::List(Rc::from(out)),
            }),
        }
    }
}
