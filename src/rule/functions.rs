//! What the functions of the language give; knows no spelling.

use super::equal::{number, order};
use super::eval::{Given, Machine, missing};
use super::ir::{Mark, MarkKind, OfList, Op, Period};
use super::value::{Stop, Str, Value, ValueSet, Who, Why};
use crate::calendar::{Anchor, Roll, Rule, RuleError, due};
use crate::kind::{Part, Val};
use chrono::{Datelike, NaiveDate};
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

/// Reads a period; one without a sign, as durations are written in records, counts forward.
pub(super) fn read_period(text: &str) -> Result<Rule, RuleError> {
    let text = text.trim();
    Rule::parse(text).or_else(|e| match text.starts_with(|c: char| c.is_ascii_digit()) {
        true => Rule::parse(&format!("+{text}")).map_err(|_| e),
        false => Err(e),
    })
}

impl<'a> Machine<'_, 'a> {
    pub fn function(&mut self, op: &Op) -> Given<'a> {
        match op {
            Op::Covers(two) => {
                let (all, some) = (self.eval(&two.0)?, self.eval(&two.1)?);
                self.covers(&all, &some).map(Value::Bool)
            }
            Op::OfList(what, of) => {
                let list = self.eval(of)?;
                if !list.is_list() {
                    return self.unfit(list);
                }
                self.of_list(*what, &list)
            }
            Op::Mark(mark) => self.mark(&mark.0, &mark.1, &mark.2),
            Op::Add(of, period) => {
                let from = self.eval(of)?;
                self.add(from, period)
            }
            Op::Days(two) => {
                let (a, b) = (self.day(&two.0)?, self.day(&two.1)?);
                Ok(Value::Int((b - a).num_days()))
            }
            Op::Workdays(two) => {
                let (a, b) = (self.day(&two.0)?, self.day(&two.1)?);
                self.step((b - a).num_days().unsigned_abs() as usize / 4)?;
                Ok(Value::Int(self.world.calendar().working_days_between(a, b)))
            }
            Op::Year(of) => Ok(Value::Int(self.day(of)?.year().into())),
            Op::Draw(three) => {
                let mut numbers = [0u64; 3];
                for (n, op) in numbers.iter_mut().zip(three.iter()) {
                    let value = self.eval(op)?;
                    let Value::Int(whole) = value else { return self.unfit(value) };
                    let Ok(whole) = u64::try_from(whole) else { return missing(None, Why::Range) };
                    *n = whole;
                }
                let [size, n, seed] = numbers;
                self.step(usize::try_from(n.min(size)).unwrap_or(usize::MAX))?;
                let places = crate::draw::draw(size, n, seed);
                Ok(Value::List(places.into_iter().filter_map(|p| i64::try_from(p).ok()).map(Value::Int).collect()))
            }
            Op::Contains(two) => {
                let (text, part) = (self.text(&two.0)?, self.text(&two.1)?);
                Ok(Value::Bool(text.contains(&*part)))
            }
            Op::StartsWith(two) => {
                let (text, part) = (self.text(&two.0)?, self.text(&two.1)?);
                Ok(Value::Bool(text.starts_with(&*part)))
            }
            other => {
                debug_assert!(false, "not a function: {other:?}");
                missing(None, Why::Null)
            }
        }
    }

    fn day(&mut self, op: &Op) -> Result<NaiveDate, Stop<'a>> {
        let value = self.eval(op)?;
        value.date().map_or_else(|| self.unfit(value), Ok)
    }

    fn text(&mut self, op: &Op) -> Result<Str<'a>, Stop<'a>> {
        match self.eval(op)? {
            Value::Text(s) => {
                self.step(s.len() / 64)?;
                Ok(s)
            }
            other => self.unfit(other),
        }
    }

    fn covers(&mut self, all: &Value<'a>, some: &Value<'a>) -> Result<bool, Stop<'a>> {
        for list in [all, some] {
            if !list.is_list() {
                return self.unfit(list.clone());
            }
        }
        let (mut out, mut undecided) = (true, None);
        self.walk(some, &mut |m, item| {
            match item.and_then(|item| m.holds(all, &item)) {
                Ok(there) => out = there,
                Err(Stop::TooLong) => return Err(Stop::TooLong),
                Err(stop) => {
                    undecided.get_or_insert(stop);
                }
            }
            Ok(out)
        })?;
        match undecided {
            Some(stop) if out => Err(stop),
            _ => Ok(out),
        }
    }

    fn of_list(&mut self, what: OfList, list: &Value<'a>) -> Given<'a> {
        let items = self.items(list)?;
        let at = if let Value::Part(part) = list { Some(*part) } else { None };
        let out = match what {
            OfList::First => items.into_iter().next(),
            OfList::Last => items.into_iter().next_back(),
            OfList::Min | OfList::Max => {
                let keep = if what == OfList::Min { Ordering::Less } else { Ordering::Greater };
                let mut best: Option<Value<'a>> = None;
                for item in items {
                    let better = match &best {
                        Some(best) => self.order(&item, best)? == keep,
                        None => true,
                    };
                    if better {
                        best = Some(item);
                    }
                }
                best
            }
            OfList::Ordered => {
                let mut out = true;
                for two in items.windows(2) {
                    out &= self.order(&two[0], &two[1])? != Ordering::Greater;
                }
                Some(Value::Bool(out))
            }
            OfList::Sum => return self.sum(items),
            OfList::Distinct => {
                let mut out: Vec<Value<'a>> = Vec::new();
                for item in items {
                    let mut seen = false;
                    for other in &out {
                        seen = seen || self.equal(other, &item)?;
                    }
                    if !seen {
                        out.push(item);
                    }
                }
                Some(Value::List(Rc::from(out)))
            }
            OfList::Flat => {
                let mut out = Vec::new();
                for item in &items {
                    out.append(&mut self.items(item)?);
                }
                Some(Value::List(Rc::from(out)))
            }
        };
        out.map_or_else(|| missing(at, Why::Item), Ok)
    }

    fn sum(&mut self, items: Vec<Value<'a>>) -> Given<'a> {
        let (mut whole, mut broken, mut exact) = (0i64, 0f64, true);
        for item in items {
            match item {
                Value::Int(n) => {
                    broken += n as f64;
                    whole = match whole.checked_add(n) {
                        Some(sum) => sum,
                        None => return missing(None, Why::Range),
                    };
                }
                other => match number(&other) {
                    Some(n) => {
                        broken += n;
                        exact = false;
                    }
                    None => return self.unfit(other),
                },
            }
        }
        Ok(if exact { Value::Int(whole) } else { Value::Number(broken) })
    }

    fn add(&mut self, from: Value<'a>, period: &Period) -> Given<'a> {
        let Some(date) = from.date() else { return self.unfit(from) };
        let read;
        let rule = match period {
            Period::Fixed(rule) => rule.as_ref(),
            Period::Of(op) => {
                let text = self.text(op)?;
                read = read_period(&text);
                match &read {
                    Ok(rule) => rule,
                    Err(_) => return missing(None, Why::Period((*text).into())),
                }
            }
        };
        let cost: u64 = rule.steps().iter().map(|s| u64::from(s.n.unsigned_abs()) / 4).sum();
        self.step(usize::try_from(cost).unwrap_or(usize::MAX))?;
        match due(self.world.calendar(), Anchor { date, time: from.time() }, rule, Some(Roll::None)) {
            Ok(end) => Ok(match end.nominal.time {
                Some(time) => Value::Time(end.nominal.date, time),
                None => Value::Date(end.nominal.date),
            }),
            Err(_) => missing(None, Why::Range),
        }
    }

    /// The greatest date among the marks of somebody.
    fn mark(&mut self, of: &Op, who: &Op, mark: &Mark) -> Given<'a> {
        let list = match (&mark.list, self.eval(of)?) {
            (None, value) => value,
            (Some(at), base) => {
                let base = match base {
                    Value::Part(part) => part,
                    Value::Record(record) => record.root(),
                    other => return self.unfit(other),
                };
                Value::of(self.field(base, at)?)?
            }
        };
        let who = self.eval(who)?;
        // One whose author or decision is left blank says nothing; one that agrees without a date leaves the question open.
        let mut undated = None;
        let schema = self.world.schema();
        let (mut seen, mut taken_back, mut count): (Vec<Agreed<'a>>, Vec<Undone>, usize) = (Vec::new(), Vec::new(), 0);
        let mut look = |m: &mut Self, entry: Part<'a>| -> Result<(), Stop<'a>> {
            if entry.val() != Val::Map(mark.shape) {
                return Ok(());
            }
            if let Some((field, of, agreed)) = mark.decision
                && entry.field(field).map(|p| p.val()) != Some(Val::Enum(of, agreed))
            {
                let said = entry.field(field).map(|p| p.val());
                let undoes = matches!(said, Some(Val::Enum(e, i)) if matches!(schema.en(e).values[i as usize].code.as_str(), "returned" | "rejected"));
                if undoes {
                    // What a role returns or rejects, it no longer agrees to.
                    count += 1;
                    taken_back.push((entry.field(mark.who).map(|p| p.val()), date_in(entry, mark.date), count));
                }
                return Ok(());
            }
            let Some(actor) = entry.field(mark.who).and_then(|p| Value::of(p).ok()) else { return Ok(()) };
            let same = if who.is_list() { m.holds(&who, &actor) } else { m.equal(&actor, &who) };
            match same {
                Ok(true) => {}
                Err(Stop::TooLong) => return Err(Stop::TooLong),
                _ => return Ok(()),
            }
            match entry.field(mark.date).filter(|p| p.filled()) {
                Some(part) => {
                    let date = Value::of(part)?;
                    count += 1;
                    seen.push(Agreed { by: entry.field(mark.who).map(|p| p.val()), on: date.date(), date, at: count });
                }
                None => undated = Some(entry),
            }
            Ok(())
        };
        match &list {
            Value::Part(part) if part.val() == Val::List => {
                for entry in part.items() {
                    self.step(2)?;
                    look(self, entry)?;
                }
            }
            Value::Part(part) => look(self, *part)?,
            other if other.is_list() => {
                for item in self.items(other)? {
                    if let Value::Part(part) = item {
                        look(self, part)?;
                    }
                }
            }
            _ => return self.unfit(list),
        }
        let mut best: Option<Value<'a>> = None;
        for s in seen.into_iter().filter(|s| !taken_back.iter().any(|u| s.undone_by(u))) {
            if best.as_ref().is_none_or(|b| order(&s.date, b) == Some(Ordering::Greater)) {
                best = Some(s.date);
            }
        }
        let at = undated.or(if let Value::Part(part) = list { Some(part) } else { None });
        match best {
            Some(date) => Ok(date),
            None => {
                let who = whose(&who);
                missing(
                    at,
                    match mark.what {
                        MarkKind::Approval => Why::Approval(who),
                        MarkKind::Signature => Why::Signature(who),
                        MarkKind::Filing => Why::Filing(who),
                    },
                )
            }
        }
    }
}

/// A dated agreement, signature or filing: by whom, when.
struct Agreed<'a> {
    by: Option<Val>,
    on: Option<NaiveDate>,
    date: Value<'a>,
    at: usize,
}

/// Who took an agreement back, when, and the how manieth entry of the list it is.
type Undone = (Option<Val>, Option<NaiveDate>, usize);

impl Agreed<'_> {
    /// Whether the same role took it back later: by the days, else by the order in which they stand.
    fn undone_by(&self, (by, on, at): &Undone) -> bool {
        let later = match (self.on, *on) {
            (Some(agreed), Some(undone)) if agreed != undone => undone > agreed,
            _ => *at > self.at,
        };
        self.by == *by && later
    }
}

fn date_in(entry: Part<'_>, field: u16) -> Option<NaiveDate> {
    entry.field(field).and_then(|p| Value::of(p).ok()).and_then(|v| v.date())
}

fn whose(who: &Value<'_>) -> Who {
    match who {
        Value::Set(set) => Who::Any(set.clone()),
        Value::Enum(of, index) => Who::Any(Arc::new(ValueSet { of: *of, values: vec![*index] })),
        Value::Text(name) => Who::Name((**name).into()),
        Value::Ref(part) => Who::Name(part.str().into()),
        list => {
            let names: Vec<String> = list
                .items()
                .iter()
                .filter_map(|v| match v {
                    Value::Text(s) => Some(s.to_string()),
                    Value::Ref(p) => Some(p.str().to_string()),
                    _ => None,
                })
                .collect();
            Who::Name(names.join("、").into())
        }
    }
}
