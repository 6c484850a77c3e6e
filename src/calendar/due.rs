//! When a period ends, by the Civil Code's way of counting (articles 200-204); knows days and rules, not what is due.

use super::Anchor;
use super::days::Calendar;
use super::line::{Line, LineKind, step_text};
use super::rule::{Rule, RuleError, Step, Unit};
use super::source::weekday;
use crate::say;
use crate::text::Text;
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use std::collections::BTreeSet;

/// What happens to a period that ends on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Roll {
    /// It ends on the first working day after (民法典 article 203, by analogy).
    Next,
    /// It stays.
    None,
    /// It moves to the last working day before, so that a notice given in advance is not shortened.
    Prev,
}

impl Roll {
    /// Reads `next`, `none`, `prev`.
    pub fn parse(text: &str) -> Option<Roll> {
        match text.trim() {
            "next" => Some(Roll::Next),
            "none" => Some(Roll::None),
            "prev" => Some(Roll::Prev),
            _ => None,
        }
    }

    /// The code, as it is typed.
    pub fn code(self) -> &'static str {
        match self {
            Roll::Next => "next",
            Roll::None => "none",
            Roll::Prev => "prev",
        }
    }

    /// What a rule does when nothing else is said; its last step decides. Days, months and years forward (and `0d`) roll on,
    /// backward ones roll back, working days and hours never move.
    pub fn default_for(rule: &Rule) -> Roll {
        match rule.steps().last() {
            Some(Step { unit: Unit::WorkingDay | Unit::Hour, .. }) | None => Roll::None,
            Some(step) if step.n < 0 => Roll::Prev,
            Some(_) => Roll::Next,
        }
    }
}

/// The end of a period: both dates, and whether they can still move.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    /// Counted from.
    pub anchor: Anchor,
    /// The rule counted.
    pub rule: Rule,
    /// The roll in force, `none` where the rule is not affected by one.
    pub roll: Roll,
    /// The end by counting alone.
    pub nominal: Anchor,
    /// The end in force: `nominal`, rolled.
    pub due: Anchor,
    /// Why the two differ, if they do.
    pub moved: Option<Text>,
    /// 确定: every day the count looked at is covered by a published notice. Otherwise 暂定.
    pub settled: bool,
    /// Why it is not settled: `2027年放假安排未收录`.
    pub reason: Option<Text>,
    /// What was assumed instead, and what to do.
    pub help: Option<Text>,
}

/// Counts `rule` from `anchor`. `roll` of `None` takes the rule's own default.
///
/// Fails, with a range in the rule, if hours are counted from a date without one or a date falls outside the years 1 to 9999.
/// Takes a time bounded by the rule's working days (at most 20,000), whatever is given.
pub fn due(calendar: &Calendar, anchor: Anchor, rule: &Rule, roll: Option<Roll>) -> Result<Due, RuleError> {
    count(calendar, anchor, rule, roll, None)
}

/// Counts like [`due`] and accounts for every day looked at; the account is made only when asked for.
pub fn explain(calendar: &Calendar, anchor: Anchor, rule: &Rule, roll: Option<Roll>) -> Result<(Due, Vec<Line>), RuleError> {
    let mut lines = Vec::new();
    let due = count(calendar, anchor, rule, roll, Some(&mut lines))?;
    Ok((due, lines))
}

fn count(
    calendar: &Calendar,
    anchor: Anchor,
    rule: &Rule,
    roll: Option<Roll>,
    mut lines: Option<&mut Vec<Line>>,
) -> Result<Due, RuleError> {
    let mut missing = BTreeSet::new();
    let mut now = anchor;
    if let Some(lines) = lines.as_deref_mut() {
        lines.push(Line::new(
            calendar,
            now,
            LineKind::Anchor,
            say!("起算之日不计入（民法典第二百零一条）", "the day of the event is not counted (Civil Code art. 201)"),
        ));
    }
    for step in rule.steps() {
        let from = now;
        now = match step.unit {
            Unit::WorkingDay => {
                let date = working_days(calendar, now.date, step.n, lines.as_deref_mut()).ok_or_else(|| out_of_range(step))?;
                let (a, b) = if step.n > 0 { (now.date.succ_opt(), Some(date)) } else { (Some(date), now.date.pred_opt()) };
                if let Some((a, b)) = a.zip(b) {
                    missing.append(&mut calendar.missing(a, b));
                }
                Anchor { date, time: now.time }
            }
            Unit::Hour => {
                let Some(time) = now.time else {
                    let message = say!(
                        "按小时计的期限须从时刻起算，起点应写作 {now}T12:00 的形式",
                        "a period in hours needs an hour to count from: write {now}T12:00 or the like"
                    );
                    return Err(RuleError { message, range: step.range.clone(), suggestion: None });
                };
                let end = now.date.and_time(time).checked_add_signed(TimeDelta::hours(i64::from(step.n)));
                let end = end.filter(|e| in_range(e.date())).ok_or_else(|| out_of_range(step))?;
                Anchor { date: end.date(), time: Some(end.time()) }
            }
            _ => {
                let date = match step.unit {
                    Unit::Month => month_add(now.date, step.n),
                    Unit::Year => step.n.checked_mul(12).and_then(|n| month_add(now.date, n)),
                    Unit::HalfMonth => day_add(now.date, i64::from(step.n) * 15),
                    _ => day_add(now.date, i64::from(step.n)),
                };
                Anchor { date: date.ok_or_else(|| out_of_range(step))?, time: now.time }
            }
        };
        if let Some(lines) = lines.as_deref_mut()
            && step.unit != Unit::WorkingDay
        {
            lines.push(Line::new(calendar, now, LineKind::Step, step_text(from, now, step)));
        }
    }
    let nominal = now;
    let fixed = matches!(rule.steps().last(), Some(Step { unit: Unit::WorkingDay, .. }) | None);
    let roll = if fixed { Roll::None } else { roll.unwrap_or(Roll::default_for(rule)) };
    let date =
        rolled(calendar, nominal, roll, lines).ok_or_else(|| rule.steps().last().map_or_else(|| out_of_range(&NO_STEP), out_of_range))?;
    if roll != Roll::None {
        missing.append(&mut calendar.missing(nominal.date.min(date), nominal.date.max(date)));
    }
    let due = Anchor { date, time: nominal.time };
    let moved = (due != nominal).then(|| moved_text(calendar, nominal.date, date));
    let (reason, help) = match provisional(calendar, &missing) {
        Some((reason, help)) => (Some(reason), Some(help)),
        None => (None, None),
    };
    Ok(Due { anchor, rule: rule.clone(), roll, nominal, due, moved, settled: reason.is_none(), reason, help })
}

const NO_STEP: Step = Step { n: 0, unit: Unit::Day, range: 0..0 };

fn working_days(calendar: &Calendar, from: NaiveDate, n: i32, mut lines: Option<&mut Vec<Line>>) -> Option<NaiveDate> {
    let direction = n.signum();
    let mut day = from.num_days_from_ce();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?.num_days_from_ce();
    let mut counted = 0;
    while counted < n.abs() {
        day += direction;
        if day < 1 || day > last {
            return None;
        }
        let works = calendar.works(day);
        counted += i32::from(works);
        if let Some(lines) = lines.as_deref_mut() {
            let date = Anchor::day(NaiveDate::from_num_days_from_ce_opt(day)?);
            let kind = if works { LineKind::Counted(counted.unsigned_abs()) } else { LineKind::Skipped };
            let why = calendar.day(date.date).why;
            lines.push(Line::new(calendar, date, kind, why));
        }
    }
    NaiveDate::from_num_days_from_ce_opt(day)
}

fn rolled(calendar: &Calendar, nominal: Anchor, roll: Roll, mut lines: Option<&mut Vec<Line>>) -> Option<NaiveDate> {
    let mut date = nominal.date;
    while roll != Roll::None && !calendar.is_working(date) {
        if let Some(lines) = lines.as_deref_mut() {
            lines.push(Line::new(calendar, Anchor::day(date), LineKind::Rolled, calendar.day(date).why));
        }
        date = if roll == Roll::Next { date.succ_opt()? } else { date.pred_opt()? };
        if !in_range(date) {
            return None;
        }
    }
    if let Some(lines) = lines
        && roll != Roll::None
    {
        lines.push(Line::new(calendar, Anchor { date, ..nominal }, LineKind::Landed, calendar.day(date).why));
    }
    Some(date)
}

/// `date` and so many months: the corresponding day, or the last of that month if it has none (民法典 article 202); not sticky to
/// month ends. `None` outside the years 1 to 9999.
pub fn month_add(date: NaiveDate, months: i32) -> Option<NaiveDate> {
    let total = i64::from(date.year()) * 12 + i64::from(date.month0()) + i64::from(months);
    let (year, month) = (i32::try_from(total.div_euclid(12)).ok()?, total.rem_euclid(12) as u32 + 1);
    if !(1..=9999).contains(&year) {
        return None;
    }
    (1..=date.day()).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

/// The days of a stay, both ends counted, as offices publish it (`共计35天`); `None` if it ends before it begins.
pub fn stay(from: NaiveDate, to: NaiveDate) -> Option<i64> {
    (from <= to).then(|| (to - from).num_days() + 1)
}

fn day_add(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let shift = Days::new(days.unsigned_abs());
    let end = if days < 0 { date.checked_sub_days(shift) } else { date.checked_add_days(shift) };
    end.filter(|d| in_range(*d))
}

fn in_range(date: NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}

fn out_of_range(step: &Step) -> RuleError {
    let message = say!("算出的日期超出公元1年至9999年", "the date falls outside the years 1 to 9999");
    RuleError { message, range: step.range.clone(), suggestion: None }
}

fn moved_text(calendar: &Calendar, nominal: NaiveDate, due: NaiveDate) -> Text {
    let why = calendar.day(nominal).why;
    let week = weekday(due.weekday());
    let (why_zh, why_en, week_zh, week_en) = (&why.zh, &why.en, &week.zh, &week.en);
    if due > nominal {
        say!(
            "{nominal}为{why_zh}，顺延至{due}（{week_zh}；参照民法典第二百零三条）",
            "{nominal} is off ({why_en}); moved on to {due} ({week_en}; Civil Code art. 203 by analogy)"
        )
    } else {
        say!(
            "{nominal}为{why_zh}，提前至{due}（{week_zh}；顺延会缩短提前量）",
            "{nominal} is off ({why_en}); moved back to {due} ({week_en}; rolling on would shorten the notice)"
        )
    }
}

/// The reason and the remedy for a date that rests on years without a notice; `None` if there are none.
fn provisional(calendar: &Calendar, missing: &BTreeSet<i32>) -> Option<(Text, Text)> {
    if missing.is_empty() {
        return None;
    }
    let years: Vec<i32> = missing.iter().copied().collect();
    let zh: Vec<String> = runs(&years).iter().map(|(a, b)| if a == b { format!("{a}年") } else { format!("{a}年至{b}年") }).collect();
    let en: Vec<String> = runs(&years).iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") }).collect();
    let (zh, en) = (zh.join("、"), en.join(", "));
    let first = calendar.known_years().map_or(i32::MIN, |(a, _)| a);
    if years.iter().all(|y| *y < first) {
        let reason =
            say!("{zh}放假安排未收录（收录自{first}年起）", "the holiday notice for {en} is not included (they begin with {first})");
        let help = Text::new(
            "只按周末推算；可在 calendar/ 中补充当年的放假安排文件",
            "only weekends were left out; add that year's arrangement as a file in calendar/",
        );
        return Some((reason, help));
    }
    let reason = say!("{zh}放假安排未收录", "the holiday notice for {en} is not included");
    let bare: Vec<i32> = years.iter().copied().filter(|y| !calendar.has_block(*y)).collect();
    let help = match bare.first() {
        None => Text::new(
            "暂按法定节假日推算；通知公布后用 xuncha calendar import 通知.txt 收录",
            "counted by the statute's days; once the notice is out, add it with xuncha calendar import NOTICE.txt",
        ),
        Some(year) => say!(
            "{year}年连法定节假日也未收录，只按周末推算；通知公布后用 xuncha calendar import 通知.txt 收录",
            "for {year} not even the statute's days are included and only weekends were left out; once the notice is out, add it with xuncha calendar import NOTICE.txt"
        ),
    };
    Some((reason, help))
}

fn runs(years: &[i32]) -> Vec<(i32, i32)> {
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for year in years {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *year => *last = *year,
            _ => runs.push((*year, *year)),
        }
    }
    runs
}
