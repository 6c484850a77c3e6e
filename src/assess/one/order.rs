//! The order against events: not later, not earlier, on the day.

use super::Work;
use crate::assess::flaw::Flaw;
use crate::assess::subject;
use crate::finding::Place;
use crate::procedure::Subject;
use crate::say;
use chrono::NaiveDate;

impl<'a> Work<'_, 'a> {
    /// Orders against events: not later, not earlier, on the day.
    pub(super) fn order(&mut self) {
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
}
