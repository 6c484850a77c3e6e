//! Whether a rule fails only because fields are not filled in: half a record, and not a wrong one; knows no spelling.

use super::eval::{Machine, missing};
use super::ir::{At, Loop, Op};
use super::value::{Missing, Stop, Why};

impl<'a> Machine<'_, 'a> {
    /// For a rule that is not met: the fields for want of which alone it is not. False where anything that is filled in breaks it.
    pub fn only_absent(&mut self, op: &Op, out: &mut Vec<Missing<'a>>) -> Result<bool, Stop<'a>> {
        self.step(1)?;
        match op {
            Op::Has(of) if filled_in(of) => match self.field_of(of) {
                Err(Stop::Missing(m)) => {
                    let field = m.field().is_some();
                    out.push(*m);
                    Ok(field)
                }
                Err(stop) => Err(stop),
                Ok(()) => Ok(false),
            },
            Op::And(all) => self.each_absent(all, true, out),
            Op::Or(all) => self.each_absent(all, false, out),
            Op::Loop(Loop::All, slot, two) => {
                let list = self.eval(&two.0)?;
                let slot = *slot as usize;
                let mut only = list.is_list();
                self.walk(&list, &mut |m, item| {
                    m.vars.truncate(slot);
                    m.vars.push(item?);
                    only = matches!(m.bool(&two.1), Ok(true)) || m.only_absent(&two.1, out)?;
                    Ok(only)
                })?;
                self.vars.truncate(slot);
                Ok(only)
            }
            Op::If(three) => match self.bool(&three.0)? {
                true => self.only_absent(&three.1, out),
                false => self.only_absent(&three.2, out),
            },
            _ => match self.bool(op) {
                Err(Stop::Missing(m)) => {
                    let field = m.field().is_some();
                    out.push(*m);
                    Ok(field)
                }
                Err(stop) => Err(stop),
                Ok(_) => Ok(false),
            },
        }
    }

    /// Whether a field is filled in, and if not, what is missing.
    fn field_of(&mut self, op: &Op) -> Result<(), Stop<'a>> {
        let part = self.part(op)?;
        match (part.filled(), op) {
            (false, Op::Field(_, At::One(shape, index))) => missing(Some(part), Why::Field(*shape, *index)),
            (false, _) => missing(Some(part), Why::Empty),
            (true, _) => Ok(()),
        }
    }

    /// Of several conditions: each that is not met, for want of fields; where `met` is false, all of them.
    fn each_absent(&mut self, all: &[Op], met: bool, out: &mut Vec<Missing<'a>>) -> Result<bool, Stop<'a>> {
        for op in all {
            if met && matches!(self.bool(op), Ok(true)) {
                continue;
            }
            if !self.only_absent(op, out)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether it is a field of a record or of a part of one, and nothing worked out.
fn filled_in(op: &Op) -> bool {
    match op {
        Op::Field(of, _) => matches!(**of, Op::It | Op::Record | Op::Var(_)) || filled_in(of),
        Op::Follow(of, _) => filled_in(of),
        _ => false,
    }
}
