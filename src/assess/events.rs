//! When an event happened: recorded as a milestone, else derived from other records; both, where they differ, is reported.

use super::sight::{Sight, Spot};
use crate::calendar::Anchor;
use crate::finding::{Finding, Place};
use crate::kind::{KindId, Part, Record, Val};
use crate::procedure::Scope;
use crate::procedure::compile::Source;
use crate::rule::{Value, World};
use crate::say;
use chrono::NaiveDate;

/// When an event happened; seen from above its scope, the first and the last of several.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDate {
    /// The first.
    pub first: Anchor,
    /// The last.
    pub last: Anchor,
    /// Whether it has happened everywhere below, not only somewhere.
    pub everywhere: bool,
    /// Where it is recorded.
    pub place: Option<Place>,
}

/// The date of the event seen from `sight`.
pub fn date(sight: &Sight<'_>, index: usize) -> Option<EventDate> {
    let event = &sight.ground.program.procedure.events[index];
    let here = sight.scope();
    // An event of a wider scope is looked up there; one of a narrower scope is summed up from below.
    match event.scope {
        Scope::Casebook | Scope::Round if matches!(here, Scope::Team | Scope::Case) => sight.round_view().event_date(index),
        // A case without a team has nobody to ask: the round would only ask its cases again.
        Scope::Team if here == Scope::Case && sight.team().is_some() => sight.team_view().event_date(index),
        Scope::Case | Scope::Team if here < event.scope => below(sight, index),
        _ => own(sight, index),
    }
}

fn below(sight: &Sight<'_>, index: usize) -> Option<EventDate> {
    let views = sight.case_views();
    let dates: Vec<EventDate> = views.iter().filter_map(|v| v.event_date(index)).collect();
    let first = dates.iter().map(|d| d.first).min_by_key(|a| (a.date, a.time))?;
    let last = dates.iter().map(|d| d.last).max_by_key(|a| (a.date, a.time))?;
    let everywhere = dates.len() == views.len() && dates.iter().all(|d| d.everywhere);
    Some(EventDate { first, last, everywhere, place: dates.into_iter().find_map(|d| d.place) })
}

fn own(sight: &Sight<'_>, index: usize) -> Option<EventDate> {
    let found = recorded(sight, index).or_else(|| derived(sight, index));
    if found.is_none() {
        super::unread::milestone(sight);
    }
    found
}

/// The milestones that record the event at this very level.
pub fn milestones<'a>(sight: &Sight<'a>, index: usize) -> Vec<(&'a Record, Part<'a>, Anchor)> {
    let g = sight.ground;
    let Some(kind) = g.known.milestone else { return Vec::new() };
    let event = &g.program.procedure.events[index];
    let names = |r: &Record| text_of(sight, r, "event").is_some_and(|t| t == event.id || t == event.title.zh);
    let mut out: Vec<_> =
        noted(sight, kind).filter(|r| names(r)).filter_map(|r| g.part(r, "date").and_then(|p| anchor(p).map(|a| (r, p, a)))).collect();
    out.sort_by_key(|(r, _, a)| (a.date, a.time, r.id.clone()));
    out
}

/// The milestones of this very level. A team has no folder: its own stand in the round, naming it, or in one of its cases.
fn noted<'a>(sight: &Sight<'a>, kind: KindId) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let g = sight.ground;
    match sight.spot {
        Spot::Case(i) => Box::new(g.round.cases[i].folder.of(kind).iter()),
        Spot::Team(_) => Box::new(sight.list(kind).iter().copied().collect::<Vec<_>>().into_iter()),
        _ => Box::new(g.round.folder.of(kind).iter()),
    }
}

fn recorded(sight: &Sight<'_>, index: usize) -> Option<EventDate> {
    let (record, part, on) = milestones(sight, index).into_iter().next()?;
    let place = Place::at(&record.file, record.tree.span(part.node));
    Some(EventDate { first: on, last: on, everywhere: true, place: Some(place) })
}

fn derived(sight: &Sight<'_>, index: usize) -> Option<EventDate> {
    let program = sight.ground.program;
    let event = &program.procedure.events[index];
    let mut found: Vec<(Anchor, Option<Place>)> = Vec::new();
    for source in &program.event(index).0 {
        let before = found.len();
        match source {
            Source::Event(i) => found.extend(sight.event_date(*i).map(|e| (if event.last { e.last } else { e.first }, e.place))),
            Source::Path(path) => {
                for part in path.select(sight) {
                    let place = Place::at(&part.record.file, part.record.tree.span(part.node));
                    found.extend(anchor(part).map(|a| (a, Some(place))));
                }
            }
            Source::Expr(e) => {
                if let Ok(v) = e.eval(sight, None) {
                    match v {
                        // A day worked out from another has come, or has not.
                        Value::Date(d) => found.extend((d <= sight.ground.today).then_some((Anchor::day(d), None))),
                        Value::Time(d, t) => found.extend((d <= sight.ground.today).then_some((Anchor { date: d, time: Some(t) }, None))),
                        list => found.extend(list.dates().into_iter().filter(|d| *d <= sight.ground.today).map(|d| (Anchor::day(d), None))),
                    }
                }
            }
        }
        if event.whole && found.len() == before {
            return None;
        }
    }
    found.sort_by_key(|(a, _)| (a.date, a.time));
    let (on, place) = if event.last { found.pop()? } else { found.into_iter().next()? };
    Some(EventDate { first: on, last: on, everywhere: true, place })
}

/// A date or time in a record.
pub fn anchor(part: Part<'_>) -> Option<Anchor> {
    match part.val() {
        Val::Date(d) => Some(Anchor::day(d)),
        Val::Time(d, t) => Some(Anchor { date: d, time: Some(t) }),
        _ => None,
    }
}

/// Milestones that contradict each other or the records.
pub fn conflicts(sight: &Sight<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let p = sight.ground.program.procedure;
    for (index, event) in p.events.iter().enumerate() {
        let mine = match sight.spot {
            Spot::Case(_) => event.scope == Scope::Case || (event.scope == Scope::Team && sight.team().is_none()),
            Spot::Team(_) => event.scope == Scope::Team,
            _ => matches!(event.scope, Scope::Round | Scope::Casebook),
        };
        if !mine {
            continue;
        }
        let recorded = milestones(sight, index);
        let Some((first, _, on)) = recorded.first() else { continue };
        let (zh, en) = (&event.title.zh, &event.title.en);
        for (record, part, other) in &recorded[1..] {
            if other != on {
                let file = &first.file;
                out.push(
                    Finding::warning(
                        "event-conflict",
                        Place::at(&record.file, record.tree.span(part.node)),
                        say!("“{zh}”记了两个日期：{on} 与 {other}", "“{en}” has two dates: {on} and {other}"),
                    )
                    .help(say!(
                        "以较早的一条计算；核实后删去一条（另一条在 {file}）",
                        "the earlier one counts; find out which is right and delete the other ({file})"
                    )),
                );
            }
        }
        if let Some(d) = derived(sight, index).filter(|d| d.first.date != on.date) {
            let (record, part, _) = &recorded[0];
            let other = d.first;
            let where_from = d.place.map_or_else(String::new, |p| p.file);
            out.push(
                Finding::warning(
                    "event-conflict",
                    Place::at(&record.file, record.tree.span(part.node)),
                    say!("“{zh}”记为 {on}，而记录推出 {other}", "“{en}” is recorded as {on}, the records give {other}"),
                )
                .help(say!("以节点记录的日期计算；请核对 {where_from}", "the milestone counts; compare {where_from}")),
            );
        }
    }
    if !matches!(sight.spot, Spot::Team(_)) {
        out.extend(unknown(sight));
        out.extend(entered_twice(sight));
    }
    out
}

/// A stage that was entered on two days, as when two people went on with the same case.
fn entered_twice(sight: &Sight<'_>) -> Vec<Finding> {
    let (g, Spot::Case(case)) = (sight.ground, sight.spot) else { return Vec::new() };
    let Some(kind) = g.known.milestone else { return Vec::new() };
    let mut first: Vec<(&str, &Record, NaiveDate)> = Vec::new();
    let mut out = Vec::new();
    for record in g.round.cases[case].folder.of(kind).iter().filter(|r| g.text(r, "event") == Some(super::stage::ADVANCE)) {
        let (Some(stage), Some(part)) = (g.part(record, "stage"), g.part(record, "date")) else { continue };
        let stage = match stage.val() {
            Val::Enum(e, i) => g.book.schema.en(e).values[i as usize].code.as_str(),
            _ => stage.str().trim(),
        };
        let Some(on) = anchor(part).map(|a| a.date) else { continue };
        let Some((_, other, day)) = first.iter().find(|(s, ..)| *s == stage).filter(|(_, _, day)| *day != on) else {
            first.push((stage, record, on));
            continue;
        };
        let title = g.program.procedure.stage(stage).map(|s| &g.program.procedure.stages[s].title);
        let (zh, en) = title.map_or((stage, stage), |t| (t.zh.as_ref(), t.en.as_ref()));
        let (place, file) = (Place::at(&record.file, record.tree.span(part.node)), &other.file);
        let message = say!("进入“{zh}”记了两个日期：{day} 与 {on}", "“{en}” was entered on two dates: {day} and {on}");
        out.push(Finding::warning("event-conflict", place, message).help(say!(
            "阶段只进入一次；核实后删去一条（另一条在 {file}）",
            "a stage is entered once; find out which is right and delete the other ({file})"
        )));
    }
    out
}

/// Milestones of events that the procedure does not know, or that it derives at another level.
fn unknown(sight: &Sight<'_>) -> Vec<Finding> {
    let g = sight.ground;
    let Some(kind) = g.known.milestone else { return Vec::new() };
    let folder = match sight.spot {
        Spot::Case(i) => &g.round.cases[i].folder,
        _ => &g.round.folder,
    };
    let p = g.program.procedure;
    let mut out = Vec::new();
    for record in folder.of(kind) {
        let Some(part) = g.part(record, "event") else { continue };
        let name = part.str().trim();
        if name == super::stage::ADVANCE || p.event(name).is_some() {
            continue;
        }
        let near = crate::text::nearest(name, p.events.iter().flat_map(|e| [e.id.as_str(), e.title.zh.as_ref()]));
        let mut f = Finding::error(
            "unknown-event",
            Place::at(&record.file, record.tree.span(part.node)),
            say!("规程里没有事件 `{name}`", "the procedure has no event `{name}`"),
        );
        f.help = near.map(crate::text::meant);
        out.push(f);
    }
    out
}

fn text_of<'r>(sight: &Sight<'_>, record: &'r Record, key: &str) -> Option<&'r str> {
    let index = sight.ground.book.schema.shape(record.shape).find(key)?;
    record.root().field(index).filter(|p| p.filled()).map(|p| p.str().trim())
}
