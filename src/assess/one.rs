//! One obligation on one instance: from what it demands and what the records show to a state with findings.

use super::begin;
use super::demand::{self, Flaw, follow, latest, place_of};
use super::due::{Counted, count};
use super::model::*;
use super::sight::Sight;
use super::subject::{self, Subjects};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Part, Type, Val};
use crate::procedure::compile::Compiled;
use crate::procedure::{Gate, Obligation, Origin, Strength, Subject};
use crate::rule::{Stop, Why};
use crate::say;
use crate::text::Text;
use chrono::NaiveDate;

/// What the assessor knows of an instance besides the records: how far it is, and from when a date is near.
pub struct Stand<'s> {
    /// Progress in each stage.
    pub progress: &'s [Progress],
    /// From how many days before.
    pub due_soon: i64,
    /// Where findings about the instance itself point.
    pub place: Place,
    /// The instance.
    pub instance: Instance,
}

/// Assesses one obligation; `None` where the procedure itself is broken there, which is reported with the procedure.
pub fn assess<'a>(sight: &Sight<'a>, index: usize, stand: &Stand) -> Option<Assessment> {
    let program = sight.ground.program;
    let o = &program.procedure.obligations[index];
    let (c, faults) = program.obligation(index);
    if faults.iter().any(|f| f.severity == Severity::Error) {
        return None;
    }
    let mut w = Work { sight, o, c, stand, out: blank(index, stand), flaws: Vec::new(), done: None, exists: false, subjects: 0 };
    w.run();
    Some(w.finish())
}

fn blank(obligation: usize, stand: &Stand) -> Assessment {
    Assessment {
        obligation,
        instance: stand.instance.clone(),
        state: State::Open,
        due: None,
        done_on: None,
        file: None,
        findings: Vec::new(),
        lacking: Vec::new(),
        missing: false,
        given: Vec::new(),
        adds: None,
        awaits: None,
        unset: None,
        wants_confirmation: false,
        waived: 0,
    }
}

struct Work<'w, 'a> {
    sight: &'w Sight<'a>,
    o: &'a Obligation,
    c: &'a Compiled,
    stand: &'w Stand<'w>,
    out: Assessment,
    flaws: Vec<Flaw>,
    done: Option<NaiveDate>,
    exists: bool,
    subjects: usize,
}

impl<'a> Work<'_, 'a> {
    /// Whether the stage whose end waits for it has been left.
    fn stage_left(&self) -> bool {
        match self.o.gate {
            Gate::Stage(g) => self.stand.progress[g] == Progress::Left,
            Gate::None => self
                .stand
                .progress
                .iter()
                .zip(&self.sight.ground.program.procedure.stages)
                .any(|(p, s)| s.next.is_empty() && *p == Progress::Here),
        }
    }

    fn run(&mut self) {
        if let Some(when) = &self.c.when {
            match when.holds(self.sight, None) {
                Ok(true) => {}
                Ok(false) => {
                    self.out.state = State::NotApplicable;
                    return;
                }
                Err(stop) => return self.cannot_tell(&stop),
            }
        }
        self.look();
        self.order();
        self.deadline();
        self.confirm();
    }

    /// Whether it applies cannot be decided: it waits for an event, or a record is half filled.
    fn cannot_tell(&mut self, stop: &Stop<'a>) {
        let flaw = demand::undecided(self.sight, stop, self.stand.place.clone());
        if let Some(param) = flaw.param {
            self.out.unset = Some(param);
            self.out.state = State::NotApplicable;
            return;
        }
        let absent = matches!(stop, Stop::Missing(m) if matches!(m.why, Why::Single(_) | Why::Event(_) | Why::Current(_)));
        self.out.awaits = flaw.event;
        self.out.state = if absent { State::Waiting } else { State::Open };
        if !absent {
            self.flaws.push(flaw);
        }
    }

    fn look(&mut self) {
        let (o, c) = (self.o, self.c);
        if let Some(event) = c.event {
            match self.sight.event_date(event).filter(|d| d.first.date <= self.sight.ground.today) {
                Some(d) => {
                    self.exists = true;
                    self.done = Some(d.last.date);
                    self.out.file = d.place.map(|p| p.file);
                }
                None => {
                    let title = &self.sight.ground.program.procedure.events[event].title;
                    let (zh, en) = (&title.zh, &title.en);
                    self.flaws.push(Flaw::lacking(self.stand.place.clone(), say!("“{zh}”还没有记录", "“{en}” is not recorded")));
                }
            }
        }
        match &o.subject {
            Subject::Scope => {
                if c.require.is_some() {
                    let flaws = demand::check(self.sight, o, c, None, &self.stand.place);
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
    fn presence(&mut self, s: &Subjects<'a>) {
        if matches!(self.o.subject, Subject::Each(_)) {
            self.exists = !s.parts.is_empty();
            return;
        }
        if let Some(stop) = &s.stop {
            let flaw = demand::undecided(self.sight, stop, self.stand.place.clone());
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
        self.flaws.push(Flaw::lacking(nearest.unwrap_or_else(|| self.stand.place.clone()), message));
    }

    /// The record in which to mend it: the one that is missing by name, else the first that has nothing of what is asked for.
    fn nearest_record(&self, s: &Subjects<'a>) -> Option<Place> {
        let path = self.c.path.as_ref()?;
        let records = path.records(self.sight);
        let named = records.iter().find(|r| s.missing_for.iter().any(|m| m.zh == r.record.id));
        if path.fields().is_empty() {
            return named.map(|r| place_of(*r, &[]));
        }
        let without = || records.iter().find(|r| !s.parts.iter().any(|p| std::ptr::eq(p.record, r.record)));
        named.or_else(without).or(records.first()).map(|r| place_of(*r, &[]))
    }

    fn artifact_title(&self) -> Text {
        match &self.c.path {
            Some(path) => subject::title(&self.sight.ground.book.schema, path),
            None => self.o.text.clone(),
        }
    }

    /// The day that a subject bears.
    fn date_of(&self, part: Part<'a>) -> Option<(NaiveDate, Place)> {
        let schema = &self.sight.ground.book.schema;
        let found = match &self.c.date {
            Some(chain) => follow(part, chain).or_else(|| follow(part.record.root(), chain)),
            None => match part.val() {
                Val::Map(shape) if part.node != part.record.tree.root() => {
                    let fields = &schema.shape(shape).fields;
                    let dated = |i: &usize| matches!(fields[*i].ty, Type::Date | Type::Time);
                    (0..fields.len()).filter(dated).find_map(|i| part.field(i as u16).filter(|p| p.filled()))
                }
                Val::Date(_) | Val::Time(..) => Some(part),
                _ => schema.kind(part.record.kind).date.and_then(|i| part.record.root().field(i)),
            },
        }?;
        let on = super::events::anchor(found)?.date;
        Some((on, Place::at(&part.record.file, part.record.tree.span(found.node))))
    }

    /// What is to be said of a subject that bears no day.
    fn without_date(&self, part: Part<'a>) -> Flaw {
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
        Flaw::lacking(place_of(part, &chain), say!("没有写明“{zh}”", "“{en}” is not given"))
    }

    /// The day on which enough subjects were there: the last of those that are demanded, all of `each`.
    fn dates(&mut self, s: &Subjects<'a>) {
        let mut on: Vec<NaiveDate> = s.parts.iter().filter_map(|p| self.date_of(*p)).map(|(d, _)| d).collect();
        on.sort();
        let enough = match self.o.subject {
            Subject::Artifact(_) if self.o.per.is_none() && s.wanted > 0 => on.get(s.wanted as usize - 1).copied(),
            _ => on.last().copied(),
        };
        self.done = self.done.max(enough);
    }

    /// Orders against events: not later, not earlier, on the day.
    fn order(&mut self) {
        let (c, today) = (self.c, self.sight.ground.today);
        if c.before.is_empty() && c.after.is_empty() && c.same_day.is_empty() {
            return;
        }
        let p = self.sight.ground.program.procedure;
        let (mut wanted, mut undated) = (usize::MAX, Vec::new());
        let dated: Vec<(NaiveDate, Place)> = match &self.o.subject {
            Subject::Scope => self.done.map(|d| (d, self.stand.place.clone())).into_iter().collect(),
            _ if self.o.dateless => Vec::new(),
            _ => {
                let s = subject::select(self.sight, self.o, c);
                if matches!(self.o.subject, Subject::Artifact(_)) && self.o.per.is_none() {
                    wanted = s.wanted.max(0) as usize;
                }
                if matches!(self.o.subject, Subject::Artifact(_)) {
                    undated = s.parts.iter().filter(|part| self.date_of(**part).is_none()).map(|part| self.without_date(*part)).collect();
                }
                s.parts.iter().filter_map(|part| self.date_of(*part)).collect()
            }
        };
        let mut forced = false;
        let mut wrong: Vec<Vec<Flaw>> = vec![Vec::new(); dated.len()];
        for (events, what) in [(&c.before, 0), (&c.after, 1), (&c.same_day, 2)] {
            for event in events {
                let Some(date) = self.sight.event_date(*event) else { continue };
                let title = &p.events[*event].title;
                let (zh, en) = (&title.zh, &title.en);
                let (first, last) = (date.first.date, date.last.date);
                forced |= what != 1 && first <= today;
                for (i, (on, place)) in dated.iter().enumerate() {
                    let message = match what {
                        0 if *on > first => say!("{on} 晚于“{zh}”（{first}）", "{on} is after “{en}” ({first})"),
                        1 if *on < last => say!("{on} 早于“{zh}”（{last}）", "{on} is before “{en}” ({last})"),
                        2 if *on != first && *on != last => {
                            say!("{on} 不是“{zh}”当天（{first}）", "{on} is not the day of “{en}” ({first})")
                        }
                        _ => continue,
                    };
                    wrong[i].push(Flaw::wrong(place.clone(), message));
                }
            }
        }
        // Where so many are demanded and so many are in order, one more at another time breaks nothing.
        let in_order = wrong.iter().filter(|w| w.is_empty()).count();
        if in_order >= wanted {
            wrong.clear();
            undated.clear();
        }
        // Without its day nothing shows that it stands in this order; a rule that asks for the same field has said so.
        undated.retain(|u| !self.flaws.iter().any(|f| f.lacking && f.place == u.place));
        self.flaws.extend(undated);
        if forced {
            // What it must precede has happened: what is lacking is no longer only to come.
            for flaw in &mut self.flaws {
                flaw.lacking &= flaw.event.is_some() || flaw.param.is_some();
            }
        }
        self.flaws.extend(wrong.into_iter().flatten());
    }

    fn deadline(&mut self) {
        let (Some(c), Some(rule)) = (&self.c.due, &self.o.due) else { return };
        if let Some(done) = &self.c.done {
            self.done = done_on(self.sight, self.o, self.c, done);
            if rule.done.is_some() && matches!(self.o.subject, Subject::Scope) && self.c.require.is_none() {
                self.exists = self.done.is_some();
            }
        }
        match count(self.sight, c, rule) {
            Counted::Unset(param) => {
                self.out.unset = Some(param);
            }
            Counted::Failed(message) => self.flaws.push(Flaw::wrong(self.stand.place.clone(), message)),
            Counted::Due(due) => self.out.due = Some(*due),
        }
    }

    fn confirm(&mut self) {
        if self.o.confirm.is_none() {
            return;
        }
        let g = self.sight.ground;
        let said = self.sight.confirmations(&self.o.id);
        if let Some(record) = said.first().copied() {
            self.out.state = State::Confirmed;
            // A date alone looks at no record: the confirmation itself shows when it was done.
            let only_said =
                matches!(self.o.subject, Subject::Scope) && self.c.require.is_none() && self.c.event.is_none() && self.c.done.is_none();
            if only_said {
                self.exists = true;
                self.done = g.part(record, "date").and_then(super::events::anchor).map(|a| a.date);
            }
            self.out.file.get_or_insert_with(|| record.file.clone());
            return;
        }
        // Nothing to confirm where nothing of the kind has happened, and never a duty where the text only permits.
        let idle = matches!(self.o.subject, Subject::Each(_)) && self.subjects == 0;
        self.out.wants_confirmation = !idle && self.o.strength != Strength::May;
    }

    fn finish(mut self) -> Assessment {
        if self.out.state == State::NotApplicable || self.out.state == State::Waiting {
            return self.out;
        }
        let today = self.sight.ground.today;
        let confirmed = self.out.state == State::Confirmed;
        if let Some(param) = self.flaws.iter().find_map(|f| f.param) {
            self.out.unset = Some(param);
            self.flaws.retain(|f| f.param.is_none());
            if self.flaws.is_empty() {
                self.out.state = State::NotApplicable;
                return self.out;
            }
        }
        // An office's own limit that is not set skips a rule of the office's; what the text itself demands still stands.
        if self.out.unset.is_some() && self.flaws.is_empty() && self.o.origin == Origin::Local {
            self.out.state = State::NotApplicable;
            return self.out;
        }
        let due = self.out.due.as_ref().and_then(|d| d.due);
        let lacks = self.flaws.iter().any(|f| f.lacking);
        let wrong = self.flaws.iter().any(|f| !f.lacking);
        let done = self.done.filter(|_| !lacks && self.exists);
        self.out.done_on = done.or(self.done.filter(|_| self.exists));
        let waits = self.out.due.as_ref().is_some_and(|d| d.from_date.is_none() && (d.due.is_none() && d.opens.is_none()));
        let undone = lacks
            || (!self.exists && matches!(self.o.subject, Subject::Artifact(_)) && self.o.strength != Strength::May)
            || (self.out.due.is_some() && done.is_none() && self.needs_doing());
        let overdue = undone && due.is_some_and(|d| today > d.date);
        self.late(done, due);
        self.early(done);
        let wrong = wrong || self.flaws.iter().any(|f| !f.lacking);
        let is_late = done.is_some() && due.is_some_and(|d| done.is_some_and(|on| on > d.date));
        let only_events = lacks && self.flaws.iter().filter(|f| f.lacking).all(|f| f.event.is_some());
        self.out.state = match () {
            () if wrong && !(is_late && self.flaws.iter().filter(|f| !f.lacking).count() == 1) => State::Violated,
            () if is_late => State::Late,
            () if overdue => State::Overdue,
            () if undone && (waits || only_events) && !self.stage_left() => State::Waiting,
            () if undone || self.out.wants_confirmation => match due {
                Some(d) if undone && (d.date - today).num_days() <= self.stand.due_soon && !waits => State::DueSoon,
                _ => State::Open,
            },
            () if confirmed => State::Confirmed,
            () if !self.exists && matches!(self.o.subject, Subject::Each(_)) => State::NotApplicable,
            () if self.o.strength == Strength::May && !self.exists => State::NotApplicable,
            () => State::Met,
        };
        if self.out.state == State::Waiting {
            let start = self.out.due.as_ref().filter(|d| d.from_date.is_none()).and_then(|d| d.from);
            self.out.awaits = start.or(self.flaws.iter().find_map(|f| f.event));
        }
        self.report(overdue, undone);
        self.waive();
        self.out
    }

    /// Whether its due date waits for something to be done, and not only for what may happen.
    fn needs_doing(&self) -> bool {
        match self.o.subject {
            Subject::Each(_) => self.subjects > 0,
            _ => self.o.strength != Strength::May,
        }
    }

    fn late(&mut self, done: Option<NaiveDate>, due: Option<crate::calendar::Anchor>) {
        let (Some(on), Some(due)) = (done, due) else { return };
        if on <= due.date {
            return;
        }
        let days = (on - due.date).num_days();
        let d = self.out.due.as_ref().expect("there is a due date");
        let from = self.start_words();
        let (zh, en) = (&from.zh, &from.en);
        let (rule, date) = (rule_words(&d.rule), due.date);
        let (rule_zh, rule_en) = (&rule.zh, &rule.en);
        let place = self.done_place();
        let message = if zh.is_empty() {
            say!("办结日期 {on} 晚于期限 {date}，迟{days}天", "done on {on}, {days} days after its date {date}")
        } else {
            say!(
                "办结日期 {on} 晚于期限 {date}（{zh}{rule_zh}），迟{days}天",
                "done on {on}, {days} days after its date {date} ({rule_en} from {en})"
            )
        };
        self.flaws.push(Flaw::wrong(place, message));
    }

    fn early(&mut self, done: Option<NaiveDate>) {
        let Some((on, opens)) = done.zip(self.out.due.as_ref().and_then(|d| d.opens)) else { return };
        if on < opens {
            let place = self.done_place();
            self.flaws.push(Flaw::wrong(place, say!("日期 {on} 早于窗口起始日 {opens}", "{on} is before the window opens on {opens}")));
        }
    }

    fn start_words(&self) -> Text {
        let p = self.sight.ground.program.procedure;
        match self.out.due.as_ref().and_then(|d| d.from.map(|e| (e, d.from_date))) {
            Some((e, on)) => {
                let t = &p.events[e].title;
                let (zh, en) = (&t.zh, &t.en);
                match on {
                    Some(on) => say!("{zh}{on}起", "{en} {on}"),
                    None => say!("{zh}起", "{en}"),
                }
            }
            None => Text::default(),
        }
    }

    fn done_place(&self) -> Place {
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

    /// Turns flaws into findings: what is wrong at once, what is lacking when it is due, or its stage is over.
    fn report(&mut self, overdue: bool, undone: bool) {
        let asked = self.stage_left() || overdue;
        let flaws = std::mem::take(&mut self.flaws);
        let late = self.out.state == State::Late;
        let mut said = false;
        for flaw in flaws {
            if flaw.lacking {
                self.out.lacking.push(flaw.message.clone());
                if !asked || (flaw.event.is_some() && !self.stage_left()) {
                    continue;
                }
            }
            let code = match () {
                () if !flaw.lacking && late => "late",
                () if flaw.lacking && overdue => "overdue",
                () if flaw.lacking => "lacking",
                () => "violated",
            };
            said |= flaw.lacking;
            let message = match self.out.due.as_ref().and_then(|d| d.due).filter(|_| code == "overdue") {
                Some(due) => {
                    let (zh, en, date) = (&flaw.message.zh, &flaw.message.en, due.date);
                    let days = (self.sight.ground.today - date).num_days();
                    say!("{zh}（期限 {date} 已过{days}天）", "{en} (its date {date} passed {days} days ago)")
                }
                None => flaw.message,
            };
            self.push(code, flaw.place, message);
        }
        if overdue && undone && !said {
            let d = self.out.due.as_ref().and_then(|d| d.due).expect("overdue has a date");
            let days = (self.sight.ground.today - d.date).num_days();
            let from = self.start_words();
            let (zh, en) = (&from.zh, &from.en);
            let date = d.date;
            let parts = subject::select(self.sight, self.o, self.c).parts;
            let undated = parts.into_iter().find(|p| self.date_of(*p).is_none()).map(|p| place_of(p, &[]));
            let whole = || self.out.file.clone().map_or_else(|| self.stand.place.clone(), Place::file);
            let place = undated.unwrap_or_else(whole);
            let message = if zh.is_empty() {
                say!("期限 {date} 已过{days}天，没有办结记录", "its date {date} passed {days} days ago and nothing shows that it was done")
            } else {
                say!(
                    "期限 {date}（{zh}）已过{days}天，没有办结记录",
                    "its date {date} ({en}) passed {days} days ago and nothing shows that it was done"
                )
            };
            self.push("overdue", place, message);
        }
        if self.out.wants_confirmation {
            let who = self.o.confirm.clone().unwrap_or_default();
            let title = crate::procedure::compile::actor_title(self.sight.ground.program.procedure, &self.sight.ground.book.schema, &who);
            let (zh, en) = (&title.zh, &title.en);
            let message = say!("待{zh}确认", "to be confirmed by {en}");
            self.out.lacking.push(message.clone());
            if self.stage_left() {
                self.push("unconfirmed", self.stand.place.clone(), message);
            }
        }
    }

    fn push(&mut self, code: &'static str, place: Place, message: Text) {
        let mut severity = self.o.severity();
        if self.o.strength == Strength::May {
            // Where a permission is used, its form binds.
            severity = Severity::Warning;
        }
        let id = &self.o.id;
        let help = self.o.help.clone().unwrap_or_else(|| self.remedy(code, id));
        self.out.findings.push(Finding {
            code: code.into(),
            severity,
            obligation: Some(id.clone()),
            cite: Some(self.cite()),
            case: Some(self.stand.instance.case.clone()).filter(|c| !c.is_empty()),
            place,
            message,
            help: Some(help),
        });
    }

    fn cite(&self) -> Text {
        let (title, cite) = (&self.sight.ground.program.procedure.title, &self.o.cite);
        let (zh, en) = (&title.zh, &title.en);
        Text::new(format!("{zh}{cite}"), format!("{en} {cite}"))
    }

    fn remedy(&self, code: &str, id: &str) -> Text {
        let (zh, en) = (&self.o.text.zh, &self.o.text.en);
        match code {
            "unconfirmed" => {
                let case = if self.stand.instance.reach.is_empty() { "." } else { &self.stand.instance.reach };
                let by = self.o.confirm.as_deref().unwrap_or("");
                say!(
                    "{zh}。核实后运行 `xuncha confirm {case} {id} --by {by}`",
                    "{en}. Once verified: `xuncha confirm {case} {id} --by {by}`"
                )
            }
            _ => say!("要求：{zh}", "demanded: {en}"),
        }
    }

    /// Keeps back what a waiver covers; it stays counted.
    fn waive(&mut self) {
        if self.out.findings.is_empty() && !self.out.state.is_open() {
            return;
        }
        let g = self.sight.ground;
        let waivers = self.sight.waivers(&self.o.id);
        let before = self.out.findings.len();
        let mut whole = false;
        for waiver in waivers {
            match g.text(waiver, "record") {
                Some(id) => self.out.findings.retain(|f| !names(&f.place.file, id)),
                None => {
                    whole = true;
                    self.out.findings.clear();
                }
            }
        }
        let id = self.o.id.clone();
        self.out.findings.retain(|f| !super::waived_in_header(g, &f.place.file, &id));
        self.out.waived = before - self.out.findings.len();
        if self.out.waived > 0 && self.out.state == State::Violated && !self.out.findings.iter().any(|f| f.code == "violated") {
            // What was wrong is waived; what is left is only lacking.
            self.out.state = State::Open;
        }
        if whole || (self.out.waived > 0 && self.out.findings.is_empty()) {
            self.out.state = State::Waived;
            self.out.lacking.clear();
            self.out.wants_confirmation = false;
        }
    }
}

/// The place of a date inside a subject.
fn dated(part: Part<'_>, on: NaiveDate) -> Option<Place> {
    let tree = &part.record.tree;
    let inside = tree.span(part.node);
    let nodes =
        (0..tree.len() as u32).map(crate::yaml::NodeId).filter(|n| inside.start <= tree.span(*n).start && tree.span(*n).end <= inside.end);
    let mut parts = nodes.map(|node| Part { record: part.record, node });
    let found = parts.rfind(|p| super::events::anchor(*p).is_some_and(|a| a.date == on))?;
    Some(Place::at(&part.record.file, tree.span(found.node)))
}

/// Whether a file is the record that a waiver names, by id or path.
fn names(file: &str, id: &str) -> bool {
    let id = id.trim().trim_end_matches(".yaml");
    let file = file.trim_end_matches(".yaml");
    file == id || file.strip_suffix(id).is_some_and(|head| head.ends_with('/'))
}

/// The day on which it was done, by the rule that says so: the latest over the subjects.
fn done_on<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled, done: &crate::rule::Expr) -> Option<NaiveDate> {
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

/// A period in words: `+10wd` is 10个工作日内; of a window, its end.
pub fn rule_words(rule: &str) -> Text {
    let (rule, opens) = match rule.split_once("..") {
        Some((opens, "")) => (opens, true),
        Some((_, closes)) => (closes, false),
        None => (rule, false),
    };
    let Ok(period) = crate::calendar::Rule::parse(rule) else { return Text::same(rule) };
    let words = period.describe();
    let (zh, en) = (words.zh, words.en.replace(" after", ""));
    match period.steps() {
        [step] if step.n == 0 => Text::new(zh, en),
        _ if opens => say!("{zh}后", "after {en}"),
        [step] if step.n < 0 => Text::new(zh, en),
        _ => say!("{zh}内", "within {en}"),
    }
}
