//! From flaws to findings, and what a waiver keeps back of them.

use super::Work;
use crate::assess::flaw::place_of;
use crate::assess::model::State;
use crate::assess::subject;
use crate::finding::{Finding, Place, Severity};
use crate::procedure::Strength;
use crate::say;
use crate::text::Text;

impl<'a> Work<'_, 'a> {
    /// Turns flaws into findings: what is wrong at once, what is lacking when it is due, or its stage is over.
    pub(super) fn report(&mut self, overdue: bool, undone: bool) {
        let over = self.sight.period.is_some_and(|p| p.to() < self.sight.ground.today);
        let asked = self.stage_left() || overdue || over;
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
            self.push(code, flaw.place, message, flaw.waits);
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
            self.push("overdue", place, message, self.waits.map(str::to_string));
        }
        if self.out.wants_confirmation {
            let who = self.o.confirm.clone().unwrap_or_default();
            let title = crate::procedure::compile::actor_title(self.sight.ground.program.procedure, &self.sight.ground.book.schema, &who);
            let (zh, en) = (&title.zh, &title.en);
            let message = say!("待{zh}确认", "to be confirmed by {en}");
            self.out.lacking.push(message.clone());
            let over = self.sight.period.is_some_and(|p| p.to() < self.sight.ground.today);
            if self.stage_left() || over {
                self.push("unconfirmed", self.stand.place.clone(), message, self.unsaid.map(str::to_string));
            }
        }
    }

    pub(super) fn push(&mut self, code: &'static str, place: Place, message: Text, waits: Option<String>) {
        let message = match self.sight.period {
            Some(period) => {
                let name = period.title();
                Text::new(format!("{}：{}", name.zh, message.zh), format!("{}: {}", name.en, message.en))
            }
            None => message,
        };
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
            waits,
        });
    }

    pub(super) fn cite(&self) -> Text {
        let (title, cite) = (&self.sight.ground.program.procedure.title, &self.o.cite);
        let (zh, en) = (&title.zh, &title.en);
        Text::new(format!("{zh}{cite}"), format!("{en} {cite}"))
    }

    pub(super) fn remedy(&self, code: &str, id: &str) -> Text {
        let (zh, en) = (&self.o.text.zh, &self.o.text.en);
        match code {
            "unconfirmed" => {
                let case = if self.stand.instance.reach.is_empty() { "." } else { &self.stand.instance.reach };
                let by = self.o.confirm.as_deref().unwrap_or("");
                let period = self.sight.period.map(|p| format!(" --period {p}")).unwrap_or_default();
                say!(
                    "{zh}。核实后运行 `xuncha confirm {case} {id} --by {by}{period}`",
                    "{en}. Once verified: `xuncha confirm {case} {id} --by {by}{period}`"
                )
            }
            _ => say!("要求：{zh}", "demanded: {en}"),
        }
    }

    /// What only follows from a file that cannot be read is not called wrong or overdue: it waits, and stays open.
    pub(super) fn hold(&mut self, waits: Option<String>) {
        self.out.waits = waits.filter(|_| self.out.state.is_open() || self.out.state == State::Late);
        let held = !self.out.findings.is_empty() && self.out.findings.iter().all(|f| f.waits.is_some());
        if held && matches!(self.out.state, State::Violated | State::Overdue | State::Late) {
            self.out.state = State::Open;
        }
    }

    /// Keeps back what a waiver covers; it stays counted.
    pub(super) fn waive(&mut self) {
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
        self.out.findings.retain(|f| !crate::assess::folders::waived_in_header(g, &f.place.file, &id));
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

/// Whether a file is the record that a waiver names, by id or path.
fn names(file: &str, id: &str) -> bool {
    let id = id.trim().trim_end_matches(".yaml");
    let file = file.trim_end_matches(".yaml");
    file == id || file.strip_suffix(id).is_some_and(|head| head.ends_with('/'))
}
