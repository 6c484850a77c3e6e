//! One obligation on one instance: from what it demands and what the records show to a state with findings.

mod dates;
mod deadline;
mod look;
mod order;
mod report;

pub use deadline::rule_words;

use super::cycles;
use super::demand;
use super::events;
use super::flaw::Flaw;
use super::model::*;
use super::sight::Sight;
use super::stage;
use crate::calendar::Cycle;
use crate::finding::{Place, Severity};
use crate::procedure::compile::Compiled;
use crate::procedure::{Gate, Obligation, Origin, Strength, Subject};
use crate::rule::{Stop, Why};
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
    let mut w = Work {
        sight,
        o,
        c,
        stand,
        out: blank(index, stand, sight.period),
        flaws: Vec::new(),
        done: None,
        exists: false,
        subjects: 0,
        waits: None,
        unsaid: None,
    };
    w.run();
    Some(w.finish())
}

fn blank(obligation: usize, stand: &Stand, period: Option<Cycle>) -> Assessment {
    Assessment {
        obligation,
        instance: Instance { period, ..stand.instance.clone() },
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
        waits: None,
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
    /// The file that cannot be read and may be what is not there, or show when it was done.
    waits: Option<&'a str>,
    /// The file that cannot be read and may be the confirmation.
    unsaid: Option<&'a str>,
}

impl<'a> Work<'_, 'a> {
    /// Whether the stage whose end waits for it is over; of a period that still runs nothing is asked yet.
    fn stage_left(&self) -> bool {
        if self.sight.period.is_some_and(|p| self.sight.ground.today <= p.to()) {
            return false;
        }
        let p = self.sight.ground.program.procedure;
        let over = |s: usize| stage::over(p, self.stand.progress, s, || cycles::ended(self.sight));
        match self.o.gate {
            Gate::Stage(s) => over(s),
            // No gate waits for it: at the latest the last stage does.
            Gate::None => (0..p.stages.len()).filter(|s| p.stages[*s].next.is_empty()).any(|s| {
                let entered = self.stand.progress[s] == Progress::Here && !p.before(s).is_empty();
                entered || over(s)
            }),
        }
    }

    fn run(&mut self) {
        if let Some(when) = &self.c.when {
            let (answer, waits) = self.sight.apart(|| when.holds(self.sight, None));
            match answer {
                Ok(true) => {}
                Ok(false) => {
                    self.out.state = State::NotApplicable;
                    return;
                }
                Err(stop) => return self.cannot_tell(&stop, waits),
            }
        }
        if let Some(period) = self.sight.period.filter(|p| p.from > self.sight.ground.today) {
            self.out.due = (self.c.due.is_none()).then(|| Due::end_of(period));
            self.out.state = State::Waiting;
            return;
        }
        self.look();
        self.order();
        self.deadline();
        self.confirm();
    }

    /// Whether it applies cannot be decided: it waits for an event, or a record is half filled.
    fn cannot_tell(&mut self, stop: &Stop<'a>, waits: Option<&'a str>) {
        let flaw = demand::undecided(self.sight, stop, self.stand.place.clone()).waiting(waits);
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
                self.done = g.part(record, "date").and_then(events::anchor).map(|a| a.date);
            }
            self.out.file.get_or_insert_with(|| record.file.clone());
            return;
        }
        // Nothing to confirm where nothing of the kind has happened, and never a duty where the text only permits.
        let (_, unsaid) = self.sight.apart(|| self.sight.unread_about(g.known.confirmation, &self.o.id));
        self.unsaid = unsaid;
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
        let (_, waived) = self.sight.apart(|| self.sight.unread_about(self.sight.ground.known.waiver, &self.o.id));
        if waived.is_some() {
            // The deviation is on record, and may be this one.
            self.flaws.iter_mut().for_each(|f| f.waits = waived.map(str::to_string));
            (self.waits, self.unsaid) = (waived, waived);
        }
        let lost = |f: &Flaw| f.waits.is_none();
        let whole = !self.flaws.iter().any(lost) && (!self.out.wants_confirmation || self.unsaid.is_some());
        let first = self.flaws.iter().find_map(|f| f.waits.clone()).or_else(|| self.waits.or(self.unsaid).map(str::to_string));
        self.report(overdue, undone);
        self.waive();
        self.hold(first.filter(|_| whole));
        self.out
    }
}
