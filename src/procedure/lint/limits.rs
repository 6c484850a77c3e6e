//! Limits that no record could keep: a count below zero, a window that closes before it opens, bounds that shut each other out.

use crate::calendar::{Bound, Rule, Unit};
use crate::finding::Finding;
use crate::procedure::{Obligation, Procedure, Src};
use crate::say;

/// All of an obligation.
pub(super) fn of(p: &Procedure, o: &Obligation) -> Vec<Finding> {
    let rules = [&o.when, &o.filter, &o.count, &o.per, &o.require].into_iter().flatten();
    let mut out: Vec<Finding> = rules.filter_map(clash).collect();
    out.extend(o.count.as_ref().and_then(count));
    out.extend(window(p, o));
    out.into_iter().map(|f| Finding { obligation: Some(o.id.clone()), ..f }).collect()
}

/// Bounds of a rule of which one shuts the other out.
fn clash(src: &Src) -> Option<Finding> {
    let e = crate::rule::clash(&src.text)?;
    let place = src.place(e.range);
    Some(Finding { help: e.help, ..Finding::error("procedure-limits", place, e.message) })
}

/// A fixed number that nothing can have.
fn count(src: &Src) -> Option<Finding> {
    let n: i64 = src.text.trim().parse().ok().filter(|n| *n < 0)?;
    let message = say!("count 是 {n}，数目不会是负的", "the count is {n}, but no number of things is below zero");
    let help = say!("写应有几份；不要求数目的用 each", "give how many there must be; use each where no number is asked for");
    Some(Finding::error("procedure-limits", src.whole(), message).help(help))
}

/// A window of which the last day comes before the first, whatever day it is counted from.
fn window(p: &Procedure, o: &Obligation) -> Option<Finding> {
    let due = o.due.as_ref()?;
    let (opens, closes) = (due.opens.as_ref()?, due.closes.as_ref().or(due.rule.as_ref())?);
    let shut = match (bound(p, opens)?, bound(p, closes)?) {
        (Bound::Date(first), Bound::Date(last)) => last.date < first.date,
        (Bound::Rule(first), Bound::Rule(last)) => days(&last).1 < days(&first).0,
        _ => false,
    };
    let (first, last) = (&opens.text, &closes.text);
    let message = say!("期限还没有开始（{first}）就已截止（{last}）", "the window closes ({last}) before it opens ({first})");
    let help = say!("opens 写先到的，closes 写后到的", "opens is the earlier, closes the later");
    shut.then(|| Finding::error("procedure-limits", closes.whole(), message).help(help))
}

/// A period as written, or as the procedure's own value of a parameter says.
fn bound(p: &Procedure, src: &Src) -> Option<Bound> {
    let text = match src.text.strip_prefix("param.") {
        Some(name) => p.params.iter().find(|x| x.id == name)?.value.clone()?,
        None => src.text.clone(),
    };
    let signed = if text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('-') { format!("+{text}") } else { text };
    Bound::parse(&signed).ok()
}

/// The fewest and the most calendar days that a period can last, on any day and in any year.
fn days(rule: &Rule) -> (i64, i64) {
    let most = |n: i64, unit| match unit {
        // Five working days a week, and two long holidays with the weekends around them.
        Unit::WorkingDay => n * 7 / 5 + 24,
        Unit::Day | Unit::Hour => n,
        Unit::HalfMonth => 15 * n,
        Unit::Month => 31 * n,
        Unit::Year => 366 * n,
    };
    let least = |n: i64, unit| match unit {
        Unit::WorkingDay | Unit::Day => n,
        Unit::Hour => 0,
        Unit::HalfMonth => 15 * n,
        Unit::Month => 28 * n,
        Unit::Year => 365 * n,
    };
    rule.steps().iter().fold((0, 0), |(low, high), s| {
        let n = i64::from(s.n).abs();
        if s.n < 0 { (low - most(n, s.unit), high - least(n, s.unit)) } else { (low + least(n, s.unit), high + most(n, s.unit)) }
    })
}
