//! The date by which, and what is said when it was missed.

use super::Work;
use super::dates::done_on;
use crate::assess::due::{Counted, count};
use crate::assess::flaw::Flaw;
use crate::assess::model::Due;
use crate::procedure::{Strength, Subject};
use crate::say;
use crate::text::Text;
use chrono::NaiveDate;

impl<'a> Work<'_, 'a> {
    pub(super) fn deadline(&mut self) {
        let (Some(c), Some(rule)) = (&self.c.due, &self.o.due) else {
            // What comes back with each period is to be there by its end; what a subject must be like is asked at once,
            // and that a period was in order is said when it is over.
            let only_said = matches!(self.o.subject, Subject::Scope) && self.c.require.is_none() && self.c.event.is_none();
            if !only_said && !matches!(self.o.subject, Subject::Each(_)) {
                self.out.due = self.sight.period.map(Due::end_of);
            }
            return;
        };
        if let Some(done) = &self.c.done {
            let (on, waits) = self.sight.apart(|| done_on(self.sight, self.o, self.c, done));
            self.done = on;
            self.waits = waits.or(self.waits);
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

    /// Whether its due date waits for something to be done, and not only for what may happen.
    pub(super) fn needs_doing(&self) -> bool {
        match self.o.subject {
            Subject::Each(_) => self.subjects > 0,
            // A rule of the period holds or is broken; nothing else is to be done by its end.
            Subject::Scope if self.o.due.is_none() => !self.exists && self.flaws.is_empty() && self.o.strength != Strength::May,
            _ => self.o.strength != Strength::May,
        }
    }

    pub(super) fn late(&mut self, done: Option<NaiveDate>, due: Option<crate::calendar::Anchor>) {
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

    pub(super) fn early(&mut self, done: Option<NaiveDate>) {
        let Some((on, opens)) = done.zip(self.out.due.as_ref().and_then(|d| d.opens)) else { return };
        if on < opens {
            let place = self.done_place();
            self.flaws.push(Flaw::wrong(place, say!("日期 {on} 早于窗口起始日 {opens}", "{on} is before the window opens on {opens}")));
        }
    }

    pub(super) fn start_words(&self) -> Text {
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
}

/// A period in words: `+10wd` is 10个工作日内; of a window, its end.
pub fn rule_words(rule: &str) -> Text {
    let (rule, opens) = match rule.split_once("..") {
        Some((opens, "")) => (opens, true),
        Some((_, closes)) => (closes, false),
        None => (rule, false),
    };
    if let Some(cycle) = crate::calendar::Cycle::parse(rule) {
        return cycle.title();
    }
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
