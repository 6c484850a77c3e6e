//! Approvals and signatures of a record: by whom, agreed or taken back, when, in which order.

use super::flaw::{Flaw, follow, place_of};
use super::sight::Sight;
use crate::kind::{EnumId, Part, Val};
use crate::procedure::compile::{Compiled, OneOf, titles};
use crate::say;
use chrono::NaiveDate;

/// One approval of a list.
struct Approval<'a> {
    part: Part<'a>,
    who: Option<(EnumId, u16)>,
    agreed: bool,
    /// Whether it takes back what the same role agreed to before.
    undoes: bool,
    date: Option<NaiveDate>,
}

fn entries<'a>(sight: &Sight<'a>, list: Part<'a>) -> Vec<Approval<'a>> {
    let schema = sight.ground.book.schema.as_ref();
    let field = |p: Part<'a>, key: &str| match p.val() {
        Val::Map(shape) => schema.shape(shape).find(key).and_then(|i| p.field(i)),
        _ => None,
    };
    let items: Vec<Part<'a>> = if list.val() == Val::List { list.items().collect() } else { vec![list] };
    items
        .into_iter()
        .map(|part| {
            let who = field(part, "role").or_else(|| field(part, "by")).and_then(|p| match p.val() {
                Val::Enum(e, i) => Some((e, i)),
                _ => None,
            });
            let said = match field(part, "decision").map(|p| p.val()) {
                Some(Val::Enum(e, i)) => Some(schema.en(e).values[i as usize].code.as_str()),
                _ => None,
            };
            let date = field(part, "date").and_then(|p| super::events::anchor(p)).map(|a| a.date);
            Approval { part, who, agreed: said == Some("agreed"), undoes: matches!(said, Some("returned" | "rejected")), date }
        })
        .collect()
}

/// Approvals by these roles, in this order, none after the day by which they must be there.
pub fn approvals<'a>(sight: &Sight<'a>, c: &Compiled, it: Part<'a>, chain: &[u16], roles: &[OneOf], flaws: &mut Vec<Flaw>) {
    let g = sight.ground;
    let place = place_of(it, chain);
    let list = follow(it, chain).map(|p| entries(sight, p)).unwrap_or_default();
    let deadline = c
        .approved_by
        .as_ref()
        .and_then(|f| follow(it, f).or_else(|| follow(it.record.root(), f)))
        .and_then(super::events::anchor)
        .map(|a| a.date);
    let mut last: Option<NaiveDate> = None;
    for role in roles {
        let who = titles(g.program.procedure, &g.book.schema, role);
        let (zh, en) = (&who.zh, &who.en);
        let mine: Vec<&Approval> = list.iter().filter(|a| a.who.is_some_and(|w| role.values.contains(&w))).collect();
        // What was agreed and then returned by the same role is not agreed.
        let undone = |i: usize, a: &Approval| {
            let later = |j: usize, b: &Approval| match (a.date, b.date) {
                (Some(a), Some(b)) if a != b => b > a,
                _ => j > i,
            };
            mine.iter().enumerate().any(|(j, b)| b.undoes && b.who == a.who && later(j, b))
        };
        let Some((_, agreed)) = mine.iter().enumerate().rev().find(|(i, a)| a.agreed && !undone(*i, a)) else {
            let mut flaw = match mine.iter().rev().find(|a| a.undoes).or(mine.last()) {
                Some(a) => Flaw::lacking(place_of(a.part, &[]), say!("{zh}没有同意", "{en} has not agreed")),
                None => Flaw::lacking(place.clone(), say!("没有{zh}的审批", "no approval by {en}")),
            };
            // What it must precede has happened: it is no longer only to come.
            flaw.lacking = deadline.is_none();
            flaws.push(flaw);
            continue;
        };
        let Some(date) = agreed.date else {
            flaws.push(Flaw::lacking(place_of(agreed.part, &[]), say!("{zh}的审批没有日期", "the approval by {en} has no date")));
            continue;
        };
        if let Some(before) = last.filter(|l| date < *l) {
            flaws.push(Flaw::wrong(
                place_of(agreed.part, &[]),
                say!(
                    "{zh}的审批（{date}）早于前一道（{before}），顺序不对",
                    "the approval by {en} ({date}) is before the one it should follow ({before})"
                ),
            ));
        }
        if let Some(limit) = deadline.filter(|d| date > *d) {
            flaws.push(Flaw::wrong(
                place_of(agreed.part, &[]),
                say!("{zh}的审批（{date}）晚于 {limit}", "the approval by {en} ({date}) is later than {limit}"),
            ));
        }
        last = Some(date);
    }
}

/// Dated signatures by these roles.
pub fn signatures<'a>(sight: &Sight<'a>, it: Part<'a>, chain: &[u16], roles: &[OneOf], flaws: &mut Vec<Flaw>) {
    let g = sight.ground;
    let list = follow(it, chain).map(|p| entries(sight, p)).unwrap_or_default();
    for role in roles {
        let who = titles(g.program.procedure, &g.book.schema, role);
        let (zh, en) = (&who.zh, &who.en);
        match list.iter().find(|a| a.who.is_some_and(|w| role.values.contains(&w))) {
            None => flaws.push(Flaw::lacking(place_of(it, chain), say!("没有{zh}签字", "not signed by {en}"))),
            Some(s) if s.date.is_none() => {
                flaws.push(Flaw::lacking(place_of(s.part, &[]), say!("{zh}签字没有日期", "the signature of {en} has no date")))
            }
            Some(_) => {}
        }
    }
}
