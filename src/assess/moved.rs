//! What a changed calendar does to a casebook: the deadlines that move, and the dates in records that it touches; changes nothing.

use super::model::{Assessment, Report};
use crate::calendar::Calendar;
use crate::casebook::{Casebook, Folder};
use crate::finding::{Finding, Place};
use crate::kind::{Record, Val};
use crate::procedure::{Obligation, Procedure};
use crate::say;
use crate::text::Text;
use crate::yaml::NodeId;
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A deadline that is not the same under two calendars.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'r> {
    /// The procedure.
    pub procedure: &'r Procedure,
    /// Under the present calendar.
    pub before: &'r Assessment,
    /// Under the new one.
    pub after: &'r Assessment,
}

impl<'r> Moved<'r> {
    /// The obligation.
    pub fn obligation(&self) -> &'r Obligation {
        &self.procedure.obligations[self.before.obligation]
    }

    /// Whether the day itself moves, and not only its being settled.
    pub fn is_new_day(&self) -> bool {
        self.before.due_date() != self.after.due_date()
    }
}

/// The deadlines of two assessments of one casebook that differ: those still to be kept, and those whose keeping looks different.
pub fn between<'r>(before: &'r Report, after: &'r Report) -> Vec<Moved<'r>> {
    let mut out = Vec::new();
    for (old, new) in before.assessments().zip(after.assessments()) {
        let (a, b) = (old.assessment, new.assessment);
        let (Some(x), Some(y)) = (&a.due, &b.due) else { continue };
        let same = (x.due, x.nominal, x.opens, x.settled) == (y.due, y.nominal, y.opens, y.settled);
        if !same && (a.is_pending() || b.is_pending() || a.state != b.state) {
            out.push(Moved { procedure: old.procedure, before: a, after: b });
        }
    }
    out.sort_by(|x, y| {
        let key = |m: &Moved<'r>| (m.before.due_date(), m.before.instance.clone(), m.before.obligation);
        key(x).cmp(&key(y))
    });
    out
}

/// The dates from today on that records name and that the new calendar touches: days that are worked or off anew, and old due dates.
pub fn announced(book: &Casebook, old: &Calendar, new: &Calendar, moved: &[Moved<'_>], today: NaiveDate) -> Vec<Finding> {
    let days: Vec<NaiveDate> = old.changes(new).into_iter().filter(|d| *d >= today).collect();
    let mut due: BTreeMap<NaiveDate, Vec<&Moved>> = BTreeMap::new();
    for m in moved.iter().filter(|m| m.is_new_day() && m.before.is_pending()) {
        if let Some(on) = m.before.due_date().filter(|on| *on >= today) {
            due.entry(on).or_default().push(m);
        }
    }
    if days.is_empty() && due.is_empty() {
        return Vec::new();
    }
    let touched = Touched { new, days, due };
    let mut out: Vec<Finding> = book
        .rounds()
        .par_iter()
        .flat_map_iter(|name| {
            let round = book.read_round(name, None);
            let mut found = touched.in_folder(&round.folder, name);
            for case in &round.cases {
                found.extend(touched.in_folder(&case.folder, &format!("{name}/{}", case.name)));
            }
            found
        })
        .collect();
    out.sort_by(|a, b| a.key().cmp(&b.key()));
    out
}

struct Touched<'m, 'r> {
    new: &'m Calendar,
    days: Vec<NaiveDate>,
    due: BTreeMap<NaiveDate, Vec<&'m Moved<'r>>>,
}

impl Touched<'_, '_> {
    fn in_folder(&self, folder: &Folder, case: &str) -> Vec<Finding> {
        folder.records.iter().flat_map(|r| self.in_record(r, case)).collect()
    }

    fn in_record(&self, record: &Record, case: &str) -> Vec<Finding> {
        let mut out = Vec::new();
        for (index, val) in record.vals.iter().enumerate() {
            let (Val::Date(day) | Val::Time(day, _)) = *val else { continue };
            let place = || Place::at(&record.file, record.tree.span(NodeId(index as u32)));
            if self.days.binary_search(&day).is_ok() {
                let worked = self.new.is_working(day);
                let (zh, en) = if worked { ("上班日", "a working day") } else { ("休息日", "a day off") };
                let message = say!("记录里的 {day} 按新的安排改为{zh}", "{day}, named here, becomes {en}");
                out.push(self.finding(place(), message, case));
            }
            out.extend(self.old_due(day, case).map(|message| self.finding(place(), message, case)));
        }
        out
    }

    /// What to say of a day that was the due date of something in this case.
    fn old_due(&self, day: NaiveDate, case: &str) -> Option<Text> {
        let round = case.split('/').next().unwrap_or(case);
        let near = |m: &&&Moved| m.before.instance.case == case || m.before.instance.case == round || case == round;
        let mine: Vec<&&Moved> = self.due.get(&day)?.iter().filter(near).collect();
        let to = mine.first()?.after.due_date()?;
        let n = mine.len();
        let ids: Vec<&str> = mine.iter().take(3).map(|m| m.obligation().id.as_str()).collect();
        let (zh, en) = (ids.join("、"), ids.join(", "));
        Some(match n > 3 {
            false => say!(
                "记录里的 {day} 也是 {zh} 原来的期限，按新的安排为 {to}",
                "{day}, named here, was the due date of {en}, which is now {to}"
            ),
            true => say!(
                "记录里的 {day} 也是 {zh} 等{n}项原来的期限，按新的安排为 {to}",
                "{day}, named here, was the due date of {n} obligations ({en} …), which is now {to}"
            ),
        })
    }

    fn finding(&self, place: Place, message: Text, case: &str) -> Finding {
        let mut f = Finding::warning("announced-date", place, message).help(say!(
            "记录不会自动改动；这个日期若已通知被巡察单位，请核对后另行告知",
            "no record is changed; if the unit has been told this date, check it and let them know"
        ));
        f.case = Some(case.to_string());
        f
    }
}
