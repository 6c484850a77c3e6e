//! The date by which: from its event by its period; knows nothing of what is due.

use super::model::Due;
use super::sight::{Sight, param};
use crate::calendar::{self, Anchor, Roll, Rule};
use crate::procedure::DueRule;
use crate::procedure::compile::{CompiledDue, Period};
use crate::rule::ParamValue;
use crate::say;
use crate::text::Text;

/// What became of a due rule.
pub enum Counted {
    /// Counted; without dates where the event has not happened.
    Due(Box<Due>),
    /// The office has not set this parameter.
    Unset(usize),
    /// The period leads nowhere: beyond the calendar, or into its own opening.
    Failed(Text),
}

/// Counts the date. `rule` is as the procedure writes it, for showing.
pub fn count(sight: &Sight<'_>, c: &CompiledDue, rule: &DueRule) -> Counted {
    let shown = match (&rule.rule, &rule.opens, &rule.closes) {
        (Some(r), ..) => r.text.clone(),
        (None, Some(o), Some(c)) => format!("{}..{}", o.text, c.text),
        (None, Some(o), None) => format!("{}..", o.text),
        (None, None, Some(c)) => c.text.clone(),
        _ => String::new(),
    };
    // Of several events, and of an event of several cases, the earliest starts a limit; a window opens with the last.
    let happened: Vec<(usize, super::events::EventDate)> = c.from.iter().filter_map(|e| sight.event_date(*e).map(|d| (*e, d))).collect();
    let first = happened.iter().min_by_key(|(_, d)| (d.first.date, d.first.time));
    let last = happened.iter().max_by_key(|(_, d)| (d.last.date, d.last.time));
    let mut due = Due {
        from: first.map(|(e, _)| *e).or(c.from.first().copied()),
        from_date: first.map(|(_, d)| d.first),
        rule: shown,
        opens: None,
        nominal: None,
        due: None,
        settled: true,
        reason: None,
    };
    if let Some(opens) = &c.opens {
        let from = last.filter(|(_, d)| d.everywhere).map(|(_, d)| d.last);
        match end(sight, opens, from, Some(Roll::None)) {
            Ok(Some((nominal, ..))) => due.opens = Some(nominal.date),
            Ok(None) => {}
            Err(e) => return e,
        }
        if c.rule.is_none() && c.closes.is_none() {
            due.from_date = from;
        }
    }
    if let Some(closing) = c.rule.as_ref().or(c.closes.as_ref()) {
        match end(sight, closing, due.from_date, c.roll) {
            Ok(Some((nominal, in_force, settled, reason, rule))) => {
                due.nominal = Some(nominal);
                due.due = Some(in_force);
                due.settled = settled;
                due.reason = reason;
                if let Some(rule) = rule {
                    due.rule = rule;
                }
            }
            Ok(None) => {}
            Err(e) => return e,
        }
    }
    Counted::Due(Box::new(due))
}

type End = (Anchor, Anchor, bool, Option<Text>, Option<String>);

fn end(sight: &Sight<'_>, period: &Period, from: Option<Anchor>, roll: Option<Roll>) -> Result<Option<End>, Counted> {
    let (rule, shown) = match period {
        Period::Day(day) => return Ok(Some((*day, *day, true, None, None))),
        Period::Rule(rule) => (rule.clone(), None),
        Period::Param(i) => {
            let Some(ParamValue::Duration(text)) = param(sight.ground, *i) else { return Err(Counted::Unset(*i)) };
            match Rule::parse(&text) {
                Ok(rule) => (rule, Some(text.to_string())),
                Err(_) => return Err(Counted::Unset(*i)),
            }
        }
    };
    let Some(from) = from else { return Ok(None) };
    match calendar::due(sight.ground.calendar, from, &rule, roll) {
        Ok(d) => {
            let moved = if d.settled { d.moved } else { d.reason };
            Ok(Some((d.nominal, d.due, d.settled, moved, shown)))
        }
        Err(e) => Err(Counted::Failed(e.message)),
    }
}

/// How many calendar days are left, in words.
pub fn left(days: i64) -> Text {
    match days {
        0 => say!("今天到期", "due today"),
        d if d > 0 => say!("还有{d}天", "{d} days left"),
        d => {
            let n = -d;
            say!("已逾期{n}天", "{n} days overdue")
        }
    }
}
