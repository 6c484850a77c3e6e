//! The day that a subject bears, the day on which enough were there, and where a day stands.

use super::Work;
use crate::assess::demand::latest;
use crate::assess::events;
use crate::assess::flaw::{Flaw, place_of};
use crate::assess::sight::Sight;
use crate::assess::subject::{self, Subjects};
use crate::finding::Place;
use crate::kind::{Part, Type, Val};
use crate::procedure::compile::Compiled;
use crate::procedure::{Obligation, Subject};
use crate::say;
use chrono::NaiveDate;

impl<'a> Work<'_, 'a> {
    /// The day that a subject bears.
    pub(super) fn date_of(&self, part: Part<'a>) -> Option<(NaiveDate, Place)> {
        subject::date_of(self.sight, self.c, part)
    }

    /// What is to be said of a subject that bears no day.
    pub(super) fn without_date(&self, part: Part<'a>) -> Flaw {
        let schema = &self.sight.ground.book.schema;
        let chain = match (&self.c.date, part.node == part.record.tree.root()) {
            (Some(chain), _) => chain.clone(),
            (None, true) => schema.kind(part.record.kind).date.into_iter().collect(),
            (None, false) => Vec::new(),
        };
        let mut shape = match part.val() {
            Val::Map(shape) => Some(shape),
            _ => None,
        };
        let mut label = say!("日期", "the date");
        for index in &chain {
            let Some(field) = shape.map(|s| &schema.shape(s).fields[*index as usize]) else { break };
            label = field.label.clone();
            shape = match field.ty {
                Type::Map(inner) => Some(inner),
                _ => None,
            };
        }
        let (zh, en) = (&label.zh, &label.en);
        let misread = part.misread_along(&chain) || part.record.root().misread_along(&chain);
        let waits = Some(part.record.file.as_str()).filter(|_| misread);
        Flaw::lacking(place_of(part, &chain), say!("没有写明“{zh}”", "“{en}” is not given")).waiting(waits)
    }

    /// The day on which enough subjects were there: the last of those that are demanded, all of `each`.
    pub(super) fn dates(&mut self, s: &Subjects<'a>) {
        let mut on: Vec<NaiveDate> = s.parts.iter().filter_map(|p| self.date_of(*p)).map(|(d, _)| d).collect();
        on.sort();
        let enough = match self.o.subject {
            Subject::Artifact(_) if self.o.per.is_none() && s.wanted > 0 => on.get(s.wanted as usize - 1).copied(),
            _ => on.last().copied(),
        };
        self.done = self.done.max(enough);
    }

    pub(super) fn done_place(&self) -> Place {
        let parts = subject::select(self.sight, self.o, self.c).parts;
        if let Some(on) = self.done.filter(|_| self.c.done.is_some()) {
            // Where an expression gave the day, the record's own date is not it.
            let whole = || self.out.file.clone().map_or_else(|| self.stand.place.clone(), Place::file);
            let around = || parts.iter().find_map(|p| dated(p.record.root(), on));
            let elsewhere = || self.c.at.iter().find_map(|t| t.records(self.sight).into_iter().find_map(|r| dated(r, on)));
            return parts.iter().find_map(|p| dated(*p, on)).or_else(around).or_else(elsewhere).unwrap_or_else(whole);
        }
        if let Some(place) = self.c.event.filter(|_| parts.is_empty()).and_then(|e| self.sight.event_date(e)?.place) {
            return place;
        }
        let all: Vec<(NaiveDate, Place)> = parts.iter().filter_map(|p| self.date_of(*p)).collect();
        // Of more than are demanded, the last that was needed made it late.
        let needed = all.iter().find(|(d, _)| Some(*d) == self.done).cloned();
        let last = needed.or_else(|| all.into_iter().max_by_key(|(d, _)| *d));
        last.map(|(_, place)| place).or_else(|| self.out.file.clone().map(Place::file)).unwrap_or_else(|| self.stand.place.clone())
    }
}

/// The place of a date inside a subject.
fn dated(part: Part<'_>, on: NaiveDate) -> Option<Place> {
    let tree = &part.record.tree;
    let inside = tree.span(part.node);
    let nodes =
        (0..tree.len() as u32).map(crate::yaml::NodeId).filter(|n| inside.start <= tree.span(*n).start && tree.span(*n).end <= inside.end);
    let mut parts = nodes.map(|node| Part { record: part.record, node });
    let found = parts.rfind(|p| events::anchor(*p).is_some_and(|a| a.date == on))?;
    Some(Place::at(&part.record.file, tree.span(found.node)))
}

/// The day on which it was done, by the rule that says so: the latest over the subjects.
pub(super) fn done_on<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, done: &crate::rule::Expr) -> Option<NaiveDate> {
    let value = |it: Option<Part<'a>>| done.eval(sight, it).ok().and_then(|v| latest(&v));
    match o.subject {
        Subject::Scope => value(None),
        _ => {
            let parts = subject::select(sight, o, c).parts;
            if parts.is_empty() {
                return value(None);
            }
            // Each must be done: one that is not leaves the whole undone.
            parts.iter().map(|p| value(Some(*p))).collect::<Option<Vec<_>>>()?.into_iter().max()
        }
    }
}
