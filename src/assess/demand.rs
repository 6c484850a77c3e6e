//! What an obligation demands of one subject: rule, sections, approvals, signatures, copies, recipients.

use super::flaw::{Flaw, follow, place_of};
use super::sight::Sight;
use super::signed::{approvals, signatures};
use super::target::rule_place;
use crate::finding::Place;
use crate::kind::{Part, Val};
use crate::procedure::Obligation;
use crate::procedure::compile::{Compiled, OneOf, titles};
use crate::rule::{Missing, Stop, Value, Why, World};
use crate::say;
use crate::text::Text;
use chrono::NaiveDate;

/// Lays every demand but dates on one subject. `None` is the scope itself.
pub fn check<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, it: Option<Part<'a>>, scope_place: &Place) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    // What a rule finds missing and a demand below asks for by itself is said once, by the demand.
    let mut marked: Option<(Why, Flaw)> = None;
    if let Some(rule) = &c.require {
        let (answer, waits) = sight.apart(|| rule.holds(sight, it));
        match answer {
            Ok(true) => {}
            Ok(false) => {
                let place = rule_place(sight, c, it, scope_place, rule);
                // What is not filled in is no breach: it is asked for, and wanted when its date or its stage is over.
                let absent = rule.absent(sight, it);
                let flaw = match absent.is_empty() {
                    true => Flaw::wrong(place, broken(sight, o, c, it)),
                    false => Flaw::lacking(place, unfilled(sight, o, c, it, &absent)),
                };
                flaws.push(flaw.waiting(waits));
            }
            // What is sealed is there, and is not to be read: the paper answers for it.
            Err(Stop::Missing(m)) if matches!(m.why, Why::Sealed) => {}
            Err(stop) => {
                let flaw = undecided(sight, &stop, rule_place(sight, c, it, scope_place, rule)).waiting(waits);
                match stop {
                    Stop::Missing(m) if matches!(m.why, Why::Approval(_) | Why::Signature(_) | Why::Filing(_)) => {
                        marked = Some((m.why, flaw))
                    }
                    _ => flaws.push(flaw),
                }
            }
        }
    }
    let Some(it) = it else {
        flaws.extend(marked.map(|(_, flaw)| flaw));
        return flaws;
    };
    if let Some(chain) = &c.sections {
        since(&mut flaws, it, chain, |flaws| sections(sight, o, it, chain, flaws));
    }
    let start = flaws.len();
    if let Some((chain, roles)) = &c.approvals {
        since(&mut flaws, it, chain, |flaws| approvals(sight, c, it, chain, roles, flaws));
    }
    let approved = flaws.len();
    if let Some((chain, roles)) = &c.signatures {
        since(&mut flaws, it, chain, |flaws| signatures(sight, it, chain, roles, flaws));
    }
    let signed = flaws.len();
    if let Some((chain, holders)) = &c.copies {
        since(&mut flaws, it, chain, |flaws| copies(sight, o, it, chain, holders, flaws));
    }
    let copied = flaws.len();
    for (chain, to) in &c.recipients {
        since(&mut flaws, it, chain, |flaws| recipients(sight, it, chain, to, flaws));
    }
    if let Some((why, flaw)) = marked {
        let said = match why {
            Why::Approval(_) => approved > start,
            Why::Signature(_) => signed > approved,
            _ => flaws.len() > copied,
        };
        if !said {
            flaws.push(flaw);
        }
    }
    flaws
}

/// Asks for what stands along a chain; where something there cannot be read, the flaws that are found wait for it.
fn since(flaws: &mut Vec<Flaw>, it: Part<'_>, chain: &[u16], ask: impl FnOnce(&mut Vec<Flaw>)) {
    let before = flaws.len();
    ask(flaws);
    if flaws.len() > before && it.misread_along(chain) {
        flaws[before..].iter_mut().for_each(|f| f.waits = Some(it.record.file.clone()));
    }
}

/// What to say of a broken rule: its own words with the numbers, else the obligation's text.
fn broken<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, it: Option<Part<'a>>) -> Text {
    match &c.says {
        Some((zh, en)) => Text::new(zh.render(sight, it, crate::text::Lang::Zh), en.render(sight, it, crate::text::Lang::En)),
        None => {
            let (zh, en) = (&o.text.zh, &o.text.en);
            say!("不符合：{zh}", "not as demanded: {en}")
        }
    }
}

/// What to say of a rule that only lacks fields: its own words, else the fields by name.
fn unfilled<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, it: Option<Part<'a>>, absent: &[Missing<'a>]) -> Text {
    if c.says.is_some() {
        return broken(sight, o, c, it);
    }
    let mut what: Vec<Text> = absent.iter().map(|m| m.what(sight)).collect();
    what.dedup();
    let zh = what.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("、");
    let en = what.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(", ");
    say!("缺少{zh}", "missing: {en}")
}

/// A rule that cannot be decided because something is missing.
pub fn undecided<'a>(sight: &Sight<'a>, stop: &Stop<'a>, fallback: Place) -> Flaw {
    match stop {
        Stop::Missing(m) => {
            let what = m.what(sight);
            let place = missing_place(m).unwrap_or(fallback);
            let (zh, en) = (what.zh, what.en);
            let mut flaw = Flaw::lacking(place, say!("缺少{zh}", "missing: {en}"));
            flaw.event = m.event();
            flaw.param = m.param();
            flaw
        }
        Stop::TooLong => Flaw::wrong(fallback, say!("规则计算超过上限，没有算完", "the rule took too many steps and was stopped")),
    }
}

fn missing_place(m: &Missing<'_>) -> Option<Place> {
    let part = m.part?;
    let tree = &part.record.tree;
    let mut range = tree.span(part.node);
    // A whole record stands for its first line.
    let line = tree.text()[range.start..range.end].find('\n').map_or(range.end, |i| range.start + i);
    if part.node == tree.root() || tree.shape(part.node) != crate::yaml::Shape::Plain {
        range.end = line;
    }
    Some(Place::at(&part.record.file, range))
}

fn sections(sight: &Sight<'_>, o: &Obligation, it: Part<'_>, chain: &[u16], flaws: &mut Vec<Flaw>) {
    let held = follow(it, chain);
    let named = |name: &str| {
        let held = held?;
        match held.val() {
            Val::Map(shape) => sight.ground.book.schema.shape(shape).find(name).and_then(|i| held.field(i)),
            _ => held.named(&sight.ground.book.schema, name),
        }
    };
    let missing: Vec<&str> = o.sections.iter().map(String::as_str).filter(|s| !named(s).is_some_and(|p| p.filled())).collect();
    if !missing.is_empty() {
        let titles: Vec<Text> = missing.iter().map(|m| sight.ground.book.schema.value_label(crate::kind::bind::PART_NAMES, m)).collect();
        let zh = titles.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("、");
        let en = titles.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(", ");
        let n = missing.len();
        flaws.push(Flaw::lacking(place_of(it, chain), say!("缺少{n}部分内容：{zh}", "{n} of its parts not filled in: {en}")));
    }
}

fn copies<'a>(sight: &Sight<'a>, o: &Obligation, it: Part<'a>, chain: &[u16], holders: &[OneOf], flaws: &mut Vec<Flaw>) {
    let g = sight.ground;
    let schema = g.book.schema.as_ref();
    let place = place_of(it, chain);
    let want = o.copies.as_ref().and_then(|c| c.total);
    let Some(part) = follow(it, chain) else {
        let n = want.unwrap_or(holders.len() as i64);
        flaws.push(Flaw::lacking(place, say!("没有写明份数（应为{n}份）", "the number of copies is not given (there should be {n})")));
        return;
    };
    let (total, list) = match part.val() {
        Val::Int(n) => (Some(n), None),
        Val::Map(shape) => {
            let field = |key: &str| schema.shape(shape).find(key).and_then(|i| part.field(i));
            let total = field("total").and_then(|p| match p.val() {
                Val::Int(n) => Some(n),
                _ => None,
            });
            (total, field("holders"))
        }
        _ => (None, None),
    };
    if let Some(want) = want
        && total != Some(want)
    {
        let message = match total {
            Some(n) => say!("应为{want}份，现为{n}份", "there should be {want} copies, there are {n}"),
            None => say!("没有写明份数（应为{want}份）", "the number of copies is not given (there should be {want})"),
        };
        let flaw = if total.is_some() { Flaw::wrong(place.clone(), message) } else { Flaw::lacking(place.clone(), message) };
        flaws.push(flaw);
    }
    for holder in holders {
        let held = list.is_some_and(|l| l.items().any(|i| matches_one(i, holder)));
        if !held {
            let who = titles(g.program.procedure, schema, holder);
            let (zh, en) = (&who.zh, &who.en);
            flaws.push(Flaw::lacking(place.clone(), say!("没有写明{zh}留存一份", "no copy is noted as held by {en}")));
        }
    }
}

fn recipients<'a>(sight: &Sight<'a>, it: Part<'a>, chain: &[u16], to: &[OneOf], flaws: &mut Vec<Flaw>) {
    let g = sight.ground;
    let schema = g.book.schema.as_ref();
    let found = follow(it, chain);
    let items: Vec<Part<'a>> = match found {
        Some(p) if p.val() == Val::List => p.items().collect(),
        Some(p) => vec![p],
        None => Vec::new(),
    };
    for one in to {
        let who = titles(g.program.procedure, schema, one);
        let (zh, en) = (&who.zh, &who.en);
        let hit = items.iter().find(|i| match i.val() {
            Val::Map(shape) => ["to", "body", "class", "role", "receiver"]
                .iter()
                .any(|k| schema.shape(shape).find(k).and_then(|f| i.field(f)).is_some_and(|p| matches_one(p, one))),
            _ => matches_one(**i, one),
        });
        match hit {
            None => flaws.push(Flaw::lacking(place_of(it, chain), say!("没有报送（抄送）给{zh}的记录", "not recorded as sent to {en}"))),
            Some(i) => {
                if let Val::Map(shape) = i.val() {
                    let dates: Vec<u16> = ["date", "sent_on"].iter().filter_map(|k| schema.shape(shape).find(k)).collect();
                    if !dates.is_empty() && !dates.iter().any(|d| i.field(*d).is_some_and(|p| p.filled())) {
                        flaws.push(Flaw::lacking(
                            place_of(*i, &[]),
                            say!("报送（抄送）给{zh}没有日期", "the day on which it was sent to {en} is not given"),
                        ));
                    }
                }
            }
        }
    }
}

/// Whether a value is one of the alternatives: by enumeration, or by its text.
fn matches_one(part: Part<'_>, one: &OneOf) -> bool {
    match part.val() {
        Val::Enum(e, i) => one.values.contains(&(e, i)),
        Val::Text | Val::Ref => one.names.iter().any(|n| n == part.str().trim()),
        _ => false,
    }
}

/// The latest day in a value.
pub fn latest(v: &Value<'_>) -> Option<NaiveDate> {
    v.dates().into_iter().max()
}

/// A world's view of one value, so that callers need not name the trait.
pub fn today(sight: &Sight<'_>) -> NaiveDate {
    World::today(sight)
}
