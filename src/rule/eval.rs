//! Evaluation: a checked expression laid on records, three-valued and bounded; knows no spelling and no types.

use super::ir::{At, Lit, Op};
use super::value::{Missing, Stop, Str, Value, Why, is_none_list};
use super::world::{OfPeriod, ParamValue, World};
use crate::kind::{KindId, Part, Val};

/// The steps an expression may take.
pub(super) const BUDGET: u32 = 1_000_000;

pub(super) type Given<'a> = Result<Value<'a>, Stop<'a>>;

/// One evaluation.
pub(super) struct Machine<'w, 'a> {
    pub world: &'w dyn World<'a>,
    pub(super) it: Option<Part<'a>>,
    /// The variables of the loops around.
    pub vars: Vec<Value<'a>>,
    left: u32,
}

pub(super) fn missing<'a, T>(part: Option<Part<'a>>, why: Why) -> Result<T, Stop<'a>> {
    Err(Missing { part, why }.into())
}

impl<'w, 'a> Machine<'w, 'a> {
    pub fn new(world: &'w dyn World<'a>, it: Option<Part<'a>>) -> Self {
        Machine { world, it, vars: Vec::new(), left: BUDGET }
    }

    /// Takes `n` steps, or stops.
    pub fn step(&mut self, n: usize) -> Result<(), Stop<'a>> {
        match u32::try_from(n).ok().and_then(|n| self.left.checked_sub(n)) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Stop::TooLong)
            }
        }
    }

    pub fn bool(&mut self, op: &Op) -> Result<bool, Stop<'a>> {
        match op {
            Op::Or(all) => self.any(all, true),
            Op::And(all) => self.any(all, false),
            _ => match self.eval(op)? {
                Value::Bool(b) => Ok(b),
                other => self.unfit(other),
            },
        }
    }

    /// A value that is not what the check promised: a sealed one, or one that was bound to another type.
    pub fn unfit<T>(&self, value: Value<'a>) -> Result<T, Stop<'a>> {
        match value {
            Value::Sealed(part) => missing(Some(part), Why::Sealed),
            Value::Part(part) | Value::Ref(part) => missing(Some(part), Why::Unreadable),
            _ => missing(self.it, Why::Unreadable),
        }
    }

    /// `||` looks for true and `&&` for false: what decides decides, whatever else is missing.
    fn any(&mut self, all: &[Op], decides: bool) -> Result<bool, Stop<'a>> {
        let mut undecided = None;
        let met = self.world.met();
        let before = met.and_then(|m| m.take());
        for op in all {
            self.step(1)?;
            let others = met.and_then(|m| m.take());
            let answer = self.bool(op);
            match answer {
                Ok(b) if b == decides => {
                    // What decides by itself does not wait for the others.
                    met.inspect(|m| m.put(before));
                    return Ok(decides);
                }
                _ => met.map_or((), |m| m.put(others)),
            }
            match answer {
                Ok(_) => {}
                Err(Stop::TooLong) => return Err(Stop::TooLong),
                Err(stop) => {
                    undecided.get_or_insert(stop);
                }
            }
        }
        met.inspect(|m| m.put(before));
        undecided.map_or(Ok(!decides), Err)
    }

    /// Notes the file of a part whose field is there and cannot be read.
    fn misread(&self, missing: &Missing<'a>) {
        if let (Some(part), Some(met)) = (missing.part.filter(|_| missing.misread()), self.world.met()) {
            met.note(&part.record.file);
        }
    }

    pub fn eval(&mut self, op: &Op) -> Given<'a> {
        self.step(1)?;
        match op {
            Op::Lit(lit) => self.lit(lit),
            Op::It => match self.it {
                Some(part) => Value::of(part),
                None => missing(None, Why::Empty),
            },
            Op::Record => match self.it {
                Some(part) => Ok(Value::Record(part.record)),
                None => missing(None, Why::Empty),
            },
            Op::Var(slot) => Ok(self.vars[*slot as usize].clone()),
            Op::Current(which) => match self.world.current(*which) {
                Some(record) => Ok(Value::Record(record)),
                None => missing(None, Why::Current(*which)),
            },
            Op::Single(kind) => match self.world.single(*kind) {
                Some(record) => Ok(Value::Record(record)),
                None => missing(None, Why::Single(*kind)),
            },
            Op::Kind(kind) => Ok(Value::Records(self.world.list(*kind))),
            Op::Group(which) => Ok(Value::Records(self.world.group(*which))),
            Op::Past(which) => Ok(Value::Pasts(self.world.past(*which))),
            Op::Event(index) => match self.world.event(*index) {
                Some((date, Some(time))) => Ok(Value::Time(date, time)),
                Some((date, None)) => Ok(Value::Date(date)),
                None => missing(None, Why::Event(*index)),
            },
            Op::Param(index) => match self.world.param(*index) {
                Some(ParamValue::Int(n)) => Ok(Value::Int(n)),
                Some(ParamValue::Number(n)) => Ok(Value::Number(n)),
                Some(ParamValue::Bool(b)) => Ok(Value::Bool(b)),
                Some(ParamValue::Date(d)) => Ok(Value::Date(d)),
                Some(ParamValue::Duration(s) | ParamValue::Text(s)) => Ok(Value::Text(Str::Own(s))),
                None => missing(None, Why::Param(*index)),
            },
            Op::Today => Ok(Value::Date(self.world.today())),
            Op::OfPeriod(what) => match (self.world.period(), what) {
                (Some(p), OfPeriod::From) => Ok(Value::Date(p.from)),
                (Some(p), OfPeriod::To) => Ok(Value::Date(p.to())),
                (Some(p), OfPeriod::Name) => Ok(Value::Text(Str::Own(p.to_string().into()))),
                (None, _) => missing(None, Why::NoPeriod),
            },
            Op::Field(..) | Op::Name(..) => Value::of(self.part(op)?),
            Op::Follow(of, kinds) => {
                let reference = self.eval(of)?;
                self.follow(reference, kinds)
            }
            Op::PastField(of, which) => match self.eval(of)? {
                Value::Past(past) => {
                    let record = match which {
                        super::Current::Round => past.round,
                        super::Current::Team => past.team,
                        _ => past.case,
                    };
                    record.map_or_else(|| missing(None, Why::Current(*which)), |r| Ok(Value::Record(r)))
                }
                other => self.unfit(other),
            },
            Op::Below(of, which) => match self.eval(of)? {
                Value::Record(record) => {
                    let below = self.world.below(record, *which);
                    self.step(below.len())?;
                    Ok(Value::Records(below))
                }
                other => self.unfit(other),
            },
            Op::RecordId(of) => match self.eval(of)? {
                Value::Record(record) => Ok(Value::Text(Str::Of(&record.id))),
                other => self.unfit(other),
            },
            Op::RecordKind(of) => match self.eval(of)? {
                Value::Record(record) => Ok(Value::Kind(record.kind)),
                other => self.unfit(other),
            },
            Op::Index(of, index) => self.index(of, index),
            Op::List(items) => {
                self.step(items.len())?;
                let items: Vec<Value<'a>> = items.iter().map(|i| self.eval(i)).collect::<Result<_, _>>()?;
                Ok(Value::List(items.into()))
            }
            Op::Or(all) => self.any(all, true).map(Value::Bool),
            Op::And(all) => self.any(all, false).map(Value::Bool),
            Op::Not(inner) => Ok(Value::Bool(!self.bool(inner)?)),
            Op::Neg(inner) => match self.eval(inner)? {
                Value::Int(n) => n.checked_neg().map_or_else(|| missing(self.it, Why::Range), |n| Ok(Value::Int(n))),
                Value::Number(n) => Ok(Value::Number(-n)),
                other => self.unfit(other),
            },
            Op::If(three) => match self.bool(&three.0)? {
                true => self.eval(&three.1),
                false => self.eval(&three.2),
            },
            Op::Cmp(cmp, two) => self.compare(*cmp, &two.0, &two.1).map(Value::Bool),
            Op::In(two) => {
                let (item, list) = (self.eval(&two.0)?, self.eval(&two.1)?);
                self.holds(&list, &item).map(Value::Bool)
            }
            Op::Sum(sum, two) => {
                let (a, b) = (self.eval(&two.0)?, self.eval(&two.1)?);
                self.reckon(*sum, a, b)
            }
            Op::Has(of) => self.has(of).map(Value::Bool),
            Op::Size(of) => self.size(of),
            Op::Loop(what, slot, two) => self.go_through(*what, *slot as usize, &two.0, &two.1),
            _ => self.function(op),
        }
    }

    fn lit(&self, lit: &Lit) -> Given<'a> {
        Ok(match lit {
            Lit::Null => return missing(None, Why::Null),
            Lit::Bool(b) => Value::Bool(*b),
            Lit::Int(n) => Value::Int(*n),
            Lit::Number(n) => Value::Number(*n),
            Lit::Text(s) => Value::Text(Str::Own(s.clone())),
            Lit::Date(d) => Value::Date(*d),
            Lit::Time(d, t) => Value::Time(*d, *t),
            Lit::Enum(e, i) => Value::Enum(*e, *i),
            Lit::Kind(k) => Value::Kind(*k),
            Lit::Set(set) => Value::Set(set.clone()),
        })
    }

    /// The node of a field or free name; missing where it is absent or empty.
    pub fn part(&mut self, op: &Op) -> Result<Part<'a>, Stop<'a>> {
        match op {
            Op::Field(of, at) => {
                let base = self.base(of)?;
                self.field(base, at)
            }
            Op::Name(of, name) => {
                let base = self.base(of)?;
                match base.named(self.world.schema(), name).filter(|p| p.filled()) {
                    Some(part) => Ok(part),
                    None => missing(Some(base), Why::Name(name.clone())),
                }
            }
            _ => match self.eval(op)? {
                Value::Part(part) => Ok(part),
                Value::Record(record) => Ok(record.root()),
                other => self.unfit(other),
            },
        }
    }

    /// The map or record that a field is read from.
    fn base(&mut self, op: &Op) -> Result<Part<'a>, Stop<'a>> {
        self.step(1)?;
        match (op, self.it) {
            (Op::It, Some(part)) => Ok(part),
            (Op::Record, Some(part)) => Ok(part.record.root()),
            (Op::Var(slot), _) => match &self.vars[*slot as usize] {
                Value::Part(part) => Ok(*part),
                Value::Record(record) => Ok(record.root()),
                other => self.unfit(other.clone()),
            },
            _ => self.part(op),
        }
    }

    pub fn field(&self, base: Part<'a>, at: &At) -> Result<Part<'a>, Stop<'a>> {
        let (shape, index) = match at {
            At::One(shape, index) => (*shape, *index),
            At::Kinds(all) => match all.iter().find(|(kind, ..)| *kind == base.record.kind) {
                Some((_, shape, index)) => (*shape, *index),
                None => return missing(Some(base), Why::NoSuchField(base.record.kind)),
            },
        };
        match base.val() {
            Val::Map(is) if is == shape => {}
            Val::Map(_) => return missing(Some(base), Why::NoSuchField(base.record.kind)),
            Val::Sealed => return missing(Some(base), Why::Sealed),
            Val::Empty => return missing(Some(base), Why::Field(shape, index)),
            _ => return missing(Some(base), Why::Unreadable),
        }
        match base.field(index).filter(|p| p.filled() || is_none_list(*p)) {
            Some(part) => Ok(part),
            None => missing(Some(base), Why::Field(shape, index)),
        }
    }

    pub fn follow(&mut self, reference: Value<'a>, kinds: &[KindId]) -> Given<'a> {
        self.step(4)?;
        match reference {
            Value::Ref(part) => match self.world.resolve(part.record, kinds, part.str().trim()) {
                Some(record) => Ok(Value::Record(record)),
                None => missing(Some(part), Why::Reference),
            },
            Value::Record(record) => Ok(Value::Record(record)),
            other => self.unfit(other),
        }
    }

    /// Whether something is there and filled in; never undecided.
    fn has(&mut self, op: &Op) -> Result<bool, Stop<'a>> {
        let found = match op {
            // Asked most often, and mostly of what is not there: no need to say what is missing.
            Op::Field(of, At::One(shape, index)) => self.base(of).map(|base| {
                let there = base.val() == Val::Map(*shape) && base.field(*index).is_some_and(|p| p.filled());
                if !there && !base.record.slips.is_empty() {
                    self.misread(&Missing { part: Some(base), why: Why::Field(*shape, *index) });
                }
                there
            }),
            Op::Field(..) | Op::Name(..) => self.part(op).map(|p| p.filled()),
            _ => self.eval(op).map(|value| match &value {
                Value::Text(s) => !s.trim().is_empty(),
                Value::Part(part) => part.filled(),
                list if list.is_list() => {
                    let mut any = false;
                    list.each(&mut |_| {
                        any = true;
                        false
                    });
                    any
                }
                _ => true,
            }),
        };
        match found {
            Err(Stop::Missing(m)) => {
                self.misread(&m);
                Ok(false)
            }
            other => other,
        }
    }
}
