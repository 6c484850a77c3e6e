//! The state of every day, laid together from the layers; knows how to answer for one day, not how to count a period.

use super::layer::Block;
use super::source::{Amendment, Layer, Source, festival_en, is_weekend, weekday};
use super::table::{self, Mark};
use crate::finding::Finding;
use crate::say;
use crate::text::Text;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

/// What kind of day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// Monday to Friday, worked.
    Weekday,
    /// Saturday or Sunday, off.
    Weekend,
    /// Off by a notice, the statute or a calendar file.
    Holiday,
    /// Worked by a notice or a calendar file.
    Makeup,
}

/// Everything known about one day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// Whether state organs work.
    pub working: bool,
    /// What kind of day.
    pub kind: DayKind,
    /// The name of the days off it belongs to, or of a make-up day if its file gives one.
    pub name: Option<String>,
    /// Why it is worked or not, in words.
    pub why: Text,
    /// The layer that decided, if one did.
    pub layer: Option<Layer>,
    /// The notice or file that decided, in words.
    pub notice: Option<Text>,
    /// Whether published notices cover the day.
    pub settled: bool,
}

/// The days of all layers, ready to be asked.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub(super) marks: Cow<'static, [Mark]>,
    pub(super) names: Vec<Cow<'static, str>>,
    pub(super) sources: Vec<Source>,
    /// Years whose notice is here, sorted.
    pub(super) known: Vec<i32>,
}

impl Calendar {
    /// The built-in notices alone.
    pub fn builtin() -> Calendar {
        let date = |n: i32| if n == 0 { None } else { NaiveDate::from_num_days_from_ce_opt(n) };
        let sources: Vec<Source> = table::NOTICES
            .iter()
            .map(|n| Source {
                layer: Layer::Builtin,
                file: None,
                year: Some(n.year),
                replaced: false,
                complete: n.complete,
                provisional: n.provisional,
                title: n.title.into(),
                number: n.number.into(),
                issued: date(n.issued),
                url: n.source.into(),
                gov: n.gov.into(),
                statute: n.statute.into(),
                amended: n
                    .amended
                    .iter()
                    .map(|(title, number, issued)| Amendment {
                        title: title.to_string(),
                        number: number.to_string(),
                        issued: date(*issued),
                    })
                    .collect(),
                superseded: n.superseded.iter().map(|s| s.to_string()).collect(),
            })
            .collect();
        let names = table::NAMES.iter().map(|n| Cow::Borrowed(*n)).collect();
        let known = known(&sources);
        Calendar { marks: Cow::Borrowed(table::DAYS), names, sources, known }
    }

    /// The first and the last day that the built-in notices settle; what the data file itself says of them.
    pub fn builtin_range() -> Option<(NaiveDate, NaiveDate)> {
        NaiveDate::from_num_days_from_ce_opt(table::FROM).zip(NaiveDate::from_num_days_from_ce_opt(table::SETTLED_THROUGH))
    }

    /// The built-in notices under the calendar files of `dir`: year files first, then local overlays, each in order of name.
    ///
    /// `rel` is what findings put before a file's name (`calendar/`). A folder that does not exist has no files; a file with
    /// an error is reported and left out whole, and never stops the others.
    pub fn load(dir: &Path, rel: &str) -> (Calendar, Vec<Finding>) {
        let mut calendar = Calendar::builtin();
        let mut findings = Vec::new();
        for (layer, file, block) in super::folder::read_dir(dir, rel, &mut findings) {
            calendar.lay(layer, file, block);
        }
        (calendar, findings)
    }

    /// Lays one block over what is there. A complete year takes the place of the same year's earlier block; any other block
    /// decides day by day.
    pub(super) fn lay(&mut self, layer: Layer, file: String, block: Block) {
        let Block { source: about, holidays, workdays, .. } = block;
        let source = self.sources.len() as u32;
        let marks = self.marks.to_mut();
        if about.complete && about.year.is_some() {
            let gone: BTreeSet<u32> =
                self.sources.iter().enumerate().filter(|(_, s)| s.year == about.year).map(|(i, _)| i as u32).collect();
            marks.retain(|m| !gone.contains(&m.source));
            for index in gone {
                self.sources[index as usize].replaced = true;
            }
        }
        let mut fresh = std::collections::BTreeMap::new();
        for holiday in holidays {
            let name = intern(&mut self.names, holiday.name);
            for day in holiday.from.num_days_from_ce()..=holiday.to.num_days_from_ce() {
                fresh.insert(day, Mark { day, off: true, name, source });
            }
        }
        for workday in workdays {
            let name = workday.name.map_or(0, |n| intern(&mut self.names, n));
            let day = workday.date.num_days_from_ce();
            fresh.insert(day, Mark { day, off: false, name, source });
        }
        marks.retain(|m| !fresh.contains_key(&m.day));
        marks.extend(fresh.into_values());
        marks.sort_unstable_by_key(|m| m.day);
        self.sources.push(Source { layer, file: Some(file), ..about });
        self.known = known(&self.sources);
    }

    /// The days that local overlays decide.
    pub(super) fn local_marks(&self) -> Vec<Mark> {
        self.marks.iter().filter(|m| self.sources[m.source as usize].layer == Layer::Local).copied().collect()
    }

    /// Lays days of overlays over what has come in beneath them.
    pub(super) fn put_back(&mut self, local: Vec<Mark>) {
        let days: BTreeSet<i32> = local.iter().map(|m| m.day).collect();
        let marks = self.marks.to_mut();
        marks.retain(|m| !days.contains(&m.day));
        marks.extend(local);
        marks.sort_unstable_by_key(|m| m.day);
    }

    /// Whether state organs work on that day.
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.works(date.num_days_from_ce())
    }

    pub(super) fn works(&self, day: i32) -> bool {
        match self.mark(day) {
            Some(mark) => !mark.off,
            None => !is_weekend(day),
        }
    }

    pub(super) fn mark(&self, day: i32) -> Option<Mark> {
        let (first, last) = (self.marks.first()?.day, self.marks.last()?.day);
        if day < first || day > last {
            return None;
        }
        self.marks.binary_search_by_key(&day, |m| m.day).ok().map(|i| self.marks[i])
    }

    /// Whether published notices cover the day: its year's, and for the last three days of December the next year's too.
    pub fn is_settled(&self, date: NaiveDate) -> bool {
        self.missing_for(date).is_none()
    }

    /// The year whose notice is still wanted for that day.
    pub(super) fn missing_for(&self, date: NaiveDate) -> Option<i32> {
        let year = date.year();
        if !self.has_notice(year) {
            Some(year)
        } else if date.month() == 12 && date.day() >= 29 && !self.has_notice(year + 1) {
            // Five notices of twenty (2007, 2008, 2012, 2019, 2023) moved days of the December before, none before the 29th.
            Some(year + 1)
        } else {
            None
        }
    }

    /// The years whose notices are wanted for every day of the range.
    pub(super) fn missing(&self, from: NaiveDate, to: NaiveDate) -> BTreeSet<i32> {
        let mut years = BTreeSet::new();
        for year in from.year()..=to.year() {
            if !self.has_notice(year) {
                years.insert(year);
            }
            let late = NaiveDate::from_ymd_opt(year, 12, 29).zip(NaiveDate::from_ymd_opt(year, 12, 31));
            if late.is_some_and(|(a, b)| from <= b && to >= a) && self.has_notice(year) && !self.has_notice(year + 1) {
                years.insert(year + 1);
            }
        }
        years
    }

    /// Whether the notice for that year is here.
    pub fn has_notice(&self, year: i32) -> bool {
        self.known.binary_search(&year).is_ok()
    }

    /// Whether days off are known for that year at all, be it by statute only.
    pub(super) fn has_block(&self, year: i32) -> bool {
        self.sources.iter().any(|s| s.year == Some(year))
    }

    /// The last day of the first unbroken run of notices after which nothing is settled.
    pub fn settled_through(&self) -> Option<NaiveDate> {
        let first = *self.known.first()?;
        let last = (first..).find(|y| !self.has_notice(y + 1))?;
        NaiveDate::from_ymd_opt(last, 12, 28)
    }

    /// The first and the last year whose notice is here.
    pub fn known_years(&self) -> Option<(i32, i32)> {
        Some((*self.known.first()?, *self.known.last()?))
    }

    /// The notices and files, in the order they were laid.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Everything known about one day.
    pub fn day(&self, date: NaiveDate) -> Day {
        let number = date.num_days_from_ce();
        let settled = self.is_settled(date);
        let week = weekday(date.weekday());
        let (zh, en) = (&week.zh, &week.en);
        let Some(mark) = self.mark(number) else {
            let working = !is_weekend(number);
            let (kind, why) = if working {
                (DayKind::Weekday, say!("{zh}，工作日", "{en}, a working day"))
            } else {
                (DayKind::Weekend, say!("{zh}，周末休息", "{en}, weekend"))
            };
            return Day { date, working, kind, name: None, why, layer: None, notice: None, settled };
        };
        let source = &self.sources[mark.source as usize];
        let name = &self.names[mark.name as usize];
        let name_en = festival_en(name);
        let label = source.label();
        let (by_zh, by_en) = (&label.zh, &label.en);
        let (kind, why) = if mark.off {
            let why = if source.provisional {
                say!("{zh}，{name}放假（暂按法定节假日推算：{by_zh}）", "{en}, day off for {name_en} (provisional, by statute: {by_en})")
            } else {
                say!("{zh}，{name}放假（{by_zh}）", "{en}, day off for {name_en} ({by_en})")
            };
            (DayKind::Holiday, why)
        } else if is_weekend(number) {
            (DayKind::Makeup, say!("{zh}，调休上班（{by_zh}）", "{en}, worked as a make-up day ({by_en})"))
        } else {
            (DayKind::Makeup, say!("{zh}，照常上班（{by_zh}）", "{en}, worked ({by_en})"))
        };
        let name = (mark.off || mark.name != 0).then(|| name.to_string());
        Day { date, working: !mark.off, kind, name, why, layer: Some(source.layer), notice: Some(label), settled }
    }

    /// Working days from `a` to `b`: those after `a` up to and with `b`, negative if `b` comes first. What is left, or how late.
    pub fn working_days_between(&self, a: NaiveDate, b: NaiveDate) -> i64 {
        if b < a {
            return -self.working_days_between(b, a);
        }
        let (from, to) = (a.num_days_from_ce(), b.num_days_from_ce());
        let range = |day: i32| self.marks.partition_point(|m| m.day <= day);
        let moved: i64 = self.marks[range(from)..range(to)]
            .iter()
            .map(|m| match (m.off, is_weekend(m.day)) {
                (true, false) => -1,
                (false, true) => 1,
                _ => 0,
            })
            .sum();
        weekdays_through(to) - weekdays_through(from) + moved
    }

    /// The days that are worked in one of the two calendars and off in the other, in order.
    pub fn changes(&self, other: &Calendar) -> Vec<NaiveDate> {
        let days: BTreeSet<i32> = self.marks.iter().chain(other.marks.iter()).map(|m| m.day).collect();
        days.into_iter().filter(|d| self.works(*d) != other.works(*d)).filter_map(NaiveDate::from_num_days_from_ce_opt).collect()
    }

    /// From October on, that next year's notice is missing; in any month, that this year's is. One line.
    pub fn next_year_missing(&self, today: NaiveDate) -> Option<Text> {
        let year = today.year();
        let (missing, from) = if !self.has_notice(year) && self.known.last().is_some_and(|last| *last < year) {
            (year, self.settled_through()?.succ_opt()?)
        } else if today.month() >= 10 && self.has_notice(year) && !self.has_notice(year + 1) {
            (year + 1, NaiveDate::from_ymd_opt(year, 12, 29)?)
        } else {
            return None;
        };
        Some(say!(
            "{missing}年放假安排未收录，{from}起的工作日期限为暂定；通知公布后运行 xuncha calendar import 通知.txt",
            "the holiday notice for {missing} is missing: working-day dates from {from} on are provisional; once it is out, run xuncha calendar import NOTICE.txt"
        ))
    }
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar::builtin()
    }
}

fn known(sources: &[Source]) -> Vec<i32> {
    let years: BTreeSet<i32> = sources.iter().filter(|s| s.complete && !s.provisional).filter_map(|s| s.year).collect();
    years.into_iter().collect()
}

fn intern(names: &mut Vec<Cow<'static, str>>, name: String) -> u32 {
    let at = names.iter().position(|n| *n == name).unwrap_or_else(|| {
        names.push(name.into());
        names.len() - 1
    });
    at as u32
}

/// Mondays to Fridays from day 1 to `day`.
fn weekdays_through(day: i32) -> i64 {
    let (weeks, rest) = (day.div_euclid(7), day.rem_euclid(7));
    i64::from(weeks) * 5 + i64::from(rest.min(5))
}
