//! What an obligation looks at, and whether what must exist exists.

use super::Work;
use crate::assess::begin;
use crate::assess::demand;
use crate::assess::flaw::{Flaw, place_of};
use crate::assess::subject::{self, Subjects};
use crate::finding::Place;
use crate::kind::Part;
use crate::procedure::{Strength, Subject};
use crate::say;
use crate::text::Text;

impl<'a> Work<'_, 'a> {
    pub(super) fn look(&mut self) {
        let (o, c) = (self.o, self.c);
        if let Some(event) = c.event {
            let (date, waits) = self.sight.apart(|| self.sight.event_date(event));
            match date.filter(|d| d.first.date <= self.sight.ground.today) {
                Some(d) => {
                    self.exists = true;
                    self.done = Some(d.last.date);
                    self.out.file = d.place.map(|p| p.file);
                }
                None => {
                    let title = &self.sight.ground.program.procedure.events[event].title;
                    let (zh, en) = (&title.zh, &title.en);
                    let message = say!("“{zh}”还没有记录", "“{en}” is not recorded");
                    self.flaws.push(Flaw::lacking(self.stand.place.clone(), message).waiting(waits));
                    self.waits = waits;
                }
            }
        }
        match &o.subject {
            Subject::Scope => {
                if c.require.is_some() {
                    let mut flaws = demand::check(self.sight, o, c, None, &self.stand.place);
                    if self.sight.period.is_some_and(|p| self.sight.ground.today <= p.to()) {
                        // Until the period is over it may still come right.
                        flaws.iter_mut().for_each(|f| f.lacking = true);
                    }
                    self.exists |= flaws.is_empty();
                    let (file, adds) = begin::of_scope(self.sight, o, c, &flaws);
                    self.out.file = file.or(self.out.file.take());
                    self.out.adds = adds;
                    self.flaws.extend(flaws);
                } else if c.event.is_none() {
                    self.exists |= o.due.is_none() && o.confirm.is_none();
                }
            }
            Subject::Artifact(_) | Subject::Each(_) => {
                let subjects = subject::select(self.sight, o, c);
                self.subjects = subjects.parts.len();
                if matches!(o.subject, Subject::Artifact(_)) {
                    self.waits = subjects.waits.or(self.waits);
                }
                let mut flawed = false;
                for part in &subjects.parts {
                    let flaws = demand::check(self.sight, o, c, Some(*part), &self.stand.place);
                    // The first record with something to mend is the one to show: the one in which it is lacking, if that is another.
                    if self.out.file.is_none() || (!flawed && !flaws.is_empty()) {
                        let lacks = flaws.first().filter(|f| f.lacking).and_then(|f| begin::record_file(&f.place.file));
                        self.out.file = Some(lacks.unwrap_or_else(|| part.record.file.clone()));
                    }
                    flawed |= !flaws.is_empty();
                    if let (Some(path), true) = (&c.mend, flaws.iter().any(|f| !f.lacking)) {
                        let (file, adds) = begin::elsewhere(self.sight, o, path, c.path.as_ref());
                        self.out.file = file.or(self.out.file.take());
                        self.out.adds = adds;
                    }
                    self.flaws.extend(flaws);
                }
                self.dates(&subjects);
                self.presence(&subjects);
            }
        }
    }

    /// Whether what must exist exists.
    pub(super) fn presence(&mut self, s: &Subjects<'a>) {
        if matches!(self.o.subject, Subject::Each(_)) {
            self.exists = !s.parts.is_empty();
            return;
        }
        if let Some(stop) = &s.stop {
            let flaw = demand::undecided(self.sight, stop, self.stand.place.clone()).waiting(s.waits);
            self.out.file = begin::record_file(&flaw.place.file).or(self.out.file.take());
            self.flaws.push(flaw);
            return;
        }
        self.exists = s.missing == 0;
        if s.missing == 0 || self.o.strength == Strength::May {
            return;
        }
        let (n, wanted, have) = (s.missing, s.wanted, s.parts.len());
        let what = self.artifact_title();
        let (zh, en) = (&what.zh, &what.en);
        if let Some(bare) = s.unreasoned {
            let place = place_of(bare, &[]);
            self.flaws.push(Flaw::lacking(place, say!("{zh}记为“无此情形”，但没有说明理由", "recorded as nil without a reason: {en}")));
            return;
        }
        let message = if !s.missing_for.is_empty() {
            let names: Vec<&str> = s.missing_for.iter().map(|t| t.zh.as_ref()).filter(|t| !t.is_empty()).take(12).collect();
            let names_en: Vec<&str> = s.missing_for.iter().map(|t| t.en.as_ref()).filter(|t| !t.is_empty()).take(12).collect();
            let (list, list_en) = (names.join("、"), names_en.join(", "));
            say!("缺{n}份{zh}：{list}", "{n} missing ({en}): {list_en}")
        } else if wanted > 1 {
            say!("缺{n}份{zh}（应有{wanted}份，现有{have}份）", "{n} missing ({en}): there should be {wanted}, there are {have}")
        } else {
            say!("缺{zh}", "missing: {en}")
        };
        // A field of a record that is there is missing in that record.
        let fixed = begin::fixed(self.sight, self.c);
        let whole = self.c.path.as_ref().is_some_and(|p| p.fields().is_empty());
        let nearest = match s.missing_in {
            Some(record) => Some(place_of(record.root(), &[])),
            None => self.nearest_record(s).or_else(|| begin::nearest_record(self.sight, self.c, &fixed)),
        };
        self.out.missing = !(whole && s.missing_in.is_some());
        self.out.given = begin::given(self.sight, self.c, fixed, s.missing_value.as_deref());
        if let Some(place) = &nearest {
            if s.missing_in.is_some() && self.flaws.is_empty() {
                self.out.file = Some(place.file.clone());
            }
            self.out.file.get_or_insert_with(|| place.file.clone());
        }
        self.flaws.push(Flaw::lacking(nearest.unwrap_or_else(|| self.stand.place.clone()), message).waiting(s.waits));
    }

    /// The record in which to mend it: the one that is missing by name, else the first that has nothing of what is asked for.
    pub(super) fn nearest_record(&self, s: &Subjects<'a>) -> Option<Place> {
        let path = self.c.path.as_ref()?;
        let records = path.records(self.sight);
        let named = records.iter().find(|r| s.missing_for.iter().any(|m| m.zh == r.record.id));
        if path.fields().is_empty() {
            return named.map(|r| place_of(*r, &[]));
        }
        // Whose it is may be said of the record alone, whatever it holds: `by = "record.unit"`.
        let whose = |r: &&Part<'a>| {
            let of = self.c.by.as_ref().and_then(|by| by.eval(self.sight, Some(**r)).ok());
            of.map(|v| subject::name(self.sight, &v)).is_some_and(|name| !name.is_empty() && s.missing_for.contains(&name))
        };
        let without = || records.iter().find(|r| !s.parts.iter().any(|p| std::ptr::eq(p.record, r.record)));
        named.or_else(|| records.iter().find(whose)).or_else(without).or(records.first()).map(|r| place_of(*r, &[]))
    }

    pub(super) fn artifact_title(&self) -> Text {
        match &self.c.path {
            Some(path) => subject::title(&self.sight.ground.book.schema, path),
            None => self.o.text.clone(),
        }
    }
}
