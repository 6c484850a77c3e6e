//! A line of the account of a count: what was counted, what was not, and who said so.

use super::Anchor;
use super::days::Calendar;
use super::rule::{Step, Unit};
use super::source::{Layer, weekday};
use crate::say;
use crate::text::Text;
use chrono::Datelike;

/// What a line says of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "number")]
pub enum LineKind {
    /// The day counted from.
    Anchor,
    /// The nth working day.
    Counted(u32),
    /// A day off, not counted.
    Skipped,
    /// The end of a step of days, months, years or hours.
    Step,
    /// A day off on which the period would have ended.
    Rolled,
    /// The working day on which it ends.
    Landed,
}

/// One line of the account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// The day.
    pub date: Anchor,
    /// What became of it.
    #[serde(flatten)]
    pub kind: LineKind,
    /// Why.
    pub why: Text,
    /// The layer that decided the day's state, if one did.
    pub layer: Option<Layer>,
    /// The notice or file that decided it.
    pub notice: Option<Text>,
    /// Whether published notices cover the day.
    pub settled: bool,
}

impl Line {
    pub(super) fn new(calendar: &Calendar, date: Anchor, kind: LineKind, why: Text) -> Line {
        let day = calendar.day(date.date);
        Line { date, kind, why, layer: day.layer, notice: day.notice, settled: day.settled }
    }

    /// What became of the day, in words: `第3个工作日`, `不计`.
    pub fn verdict(&self) -> Text {
        match self.kind {
            LineKind::Anchor => Text::new("起算", "start"),
            LineKind::Counted(n) => say!("第{n}个工作日", "working day {n}"),
            LineKind::Skipped => Text::new("不计", "not counted"),
            LineKind::Step => Text::new("期满", "end by counting"),
            LineKind::Rolled => Text::new("移动", "moved off"),
            LineKind::Landed => Text::new("截止", "due"),
        }
    }

    /// The whole line: date, verdict, reason.
    pub fn text(&self) -> Text {
        let (date, verdict) = (self.date, self.verdict());
        let (zh, en, why_zh, why_en) = (&verdict.zh, &verdict.en, &self.why.zh, &self.why.en);
        say!("{date} {zh}：{why_zh}", "{date} {en}: {why_en}")
    }
}

/// Why a step ends where it does.
pub(super) fn step_text(from: Anchor, to: Anchor, step: &Step) -> Text {
    let week = weekday(to.date.weekday());
    let (week_zh, week_en) = (&week.zh, &week.en);
    let n = step.n.unsigned_abs();
    let (way_zh, way_en) = if step.n < 0 { ("往前", "before") } else { ("往后", "after") };
    match step.unit {
        Unit::Month | Unit::Year if from.date.day() != to.date.day() => {
            let day = from.date.day();
            say!(
                "{week_zh}，自{from}起算，该月没有{day}日，止于月末（民法典第二百零二条）",
                "{week_en}, from {from}; the month has no day {day}, so its last day (Civil Code art. 202)"
            )
        }
        Unit::Month | Unit::Year => {
            say!(
                "{week_zh}，自{from}起算的对应日（民法典第二百零二条）",
                "{week_en}, the corresponding day from {from} (Civil Code art. 202)"
            )
        }
        Unit::HalfMonth => say!("{week_zh}，自{from}{way_zh}，半个月按15日计", "{week_en}, half a month {way_en} {from}, taken as 15 days"),
        Unit::Hour => say!("{week_zh}，自{from}{way_zh}{n}小时", "{week_en}, {n} hours {way_en} {from}"),
        _ if n == 0 => say!("{week_zh}，当日", "{week_en}, the same day"),
        _ => say!("{week_zh}，自{from}{way_zh}{n}日，逐日计", "{week_en}, {n} days {way_en} {from}, every day counted"),
    }
}
