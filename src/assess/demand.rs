//! What an obligation demands of one subject: rule, sections, approvals, signatures, copies, recipients.

use super::sight::Sight;
use super::target::rule_place;
use crate::finding::Place;
use crate::kind::{EnumId, Part, Val};
use crate::procedure::Obligation;
use crate::procedure::compile::{Compiled, OneOf, titles};
use crate::rule::{Missing, Stop, Value, Why, World};
use crate::say;
use crate::text::Text;
use chrono::NaiveDate;

/// Something that is not as demanded.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: Text,
    /// Whether it is only not there yet, and may wait for its date or the end of its stage.
    pub lacking: bool,
    /// The event that it waits for, if that is why.
    pub event: Option<usize>,
    /// The office's own number that is not set, if that is why.
    pub param: Option<usize>,
}

impl Flaw {
    /// Something wrong in what exists.
    pub fn wrong(place: Place, message: Text) -> Flaw {
        Flaw { place, message, lacking: false, event: None, param: None }
    }

    /// Something that is not there yet.
    pub fn lacking(place: Place, message: Text) -> Flaw {
        Flaw { place, message, lacking: true, event: None, param: None }
    }
}

/// Lays every demand but dates on one subject. `None` is the scope itself.
pub fn check<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, it: Option<Part<'a>>, scope_place: &Place) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    // What a rule finds missing and a demand below asks for by itself is said once, by the demand.
    let mut marked: Option<(Why, Flaw)> = None;
    if let Some(rule) = &c.require {
        match rule.holds(sight, it) {
            Ok(true) => {}
            Ok(false) => {
                let place = rule_place(sight, c, it, scope_place, rule);
                flaws.push(Flaw::wrong(place, broken(sight, o, c, it)));
            }
            // What is sealed is there, and is not to be read: the paper answers for it.
            Err(Stop::Missing(m)) if matches!(m.why, Why::Sealed) => {}
            Err(stop) => {
                let flaw = undecided(sight, &stop, rule_place(sight, c, it, scope_place, rule));
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
        sections(sight, o, it, chain, &mut flaws);
    }
    let start = flaws.len();
    if let Some((chain, roles)) = &c.approvals {
        approvals(sight, c, it, chain, roles, &mut flaws);
    }
    let approved = flaws.len();
    if let Some((chain, roles)) = &c.signatures {
        signatures(sight, it, chain, roles, &mut flaws);
    }
    let signed = flaws.len();
    if let Some((chain, holders)) = &c.copies {
        copies(sight, o, it, chain, holders, &mut flaws);
    }
    let copied = flaws.len();
    for (chain, to) in &c.recipients {
        recipients(sight, it, chain, to, &mut flaws);
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

/// The place of a field, or of the nearest that is there on the way to it.
pub fn place_of(it: Part<'_>, chain: &[u16]) -> Place {
    let mut at = it;
    for index in chain {
        match at.field(*index) {
            Some(next) => at = next,
            None => break,
        }
    }
    let tree = &at.record.tree;
    let span = tree.span(at.node);
    let mut end = span.end;
    if matches!(tree.shape(at.node), crate::yaml::Shape::Map | crate::yaml::Shape::Seq) {
        end = tree.text()[span.start..span.end].find('\n').map_or(span.end, |i| span.start + i);
    }
    Place::at(&at.record.file, span.start..end)
}

/// The node at the end of a chain; from the record's root where the chain was resolved there.
pub fn follow<'a>(it: Part<'a>, chain: &[u16]) -> Option<Part<'a>> {
    let mut at = it;
    for index in chain {
        at = at.field(*index)?;
    }
    at.filled().then_some(at)
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

/// One approval of a list.
struct Approval<'a> {
    part: Part<'a>,
    who: Option<(EnumId, u16)>,
    agreed: bool,
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
            let agreed = match field(part, "decision").map(|p| p.val()) {
                Some(Val::Enum(e, i)) => schema.en(e).values[i as usize].code == "agreed",
                Some(Val::Text) | None => false,
                _ => false,
            };
            let date = field(part, "date").and_then(|p| super::events::anchor(p)).map(|a| a.date);
            Approval { part, who, agreed, date }
        })
        .collect()
}

fn approvals<'a>(sight: &Sight<'a>, c: &Compiled, it: Part<'a>, chain: &[u16], roles: &[OneOf], flaws: &mut Vec<Flaw>) {
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
        let Some(agreed) = mine.iter().rev().find(|a| a.agreed) else {
            let mut flaw = match mine.last() {
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

fn signatures<'a>(sight: &Sight<'a>, it: Part<'a>, chain: &[u16], roles: &[OneOf], flaws: &mut Vec<Flaw>) {
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
