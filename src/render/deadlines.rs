//! Due dates in order: for people, programs, spreadsheets, documents and calendars.

use super::due::settled;
use super::ics::{Alarm, Event, Span};
use crate::assess::{Due, Entry, State, due, rule_words};
use crate::calendar::Rule;
use crate::say;
use crate::text::{Lang, Text};
use anyhow::Result;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use std::io::Write;

/// One deadline.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// What it is about; it has a due date or window.
    pub entry: Entry<'r>,
    /// The day of the run.
    pub today: NaiveDate,
    /// Whether the day on which it was done, a record's own, is withheld.
    pub public: bool,
}

impl<'r> Row<'r> {
    fn due(&self) -> Option<&'r Due> {
        self.entry.assessment.due.as_ref()
    }

    /// The day that counts: the due date, else the day on which a window opens.
    pub fn date(&self) -> Option<NaiveDate> {
        self.entry.assessment.due_date().or_else(|| self.due().and_then(|d| d.opens))
    }

    /// The order: by date, those without one last.
    pub fn key(&self) -> impl Ord + use<'r> {
        let a = self.entry.assessment;
        (self.date().unwrap_or(NaiveDate::MAX), &self.entry.round.name, &a.instance.case, a.obligation, &a.instance)
    }

    /// Whether its date has passed and it is not done.
    pub fn is_overdue(&self) -> bool {
        let a = self.entry.assessment;
        a.state == State::Overdue || (a.state == State::Violated && !a.is_done() && a.due_date().is_some_and(|d| d < self.today))
    }

    fn done_on(&self) -> Option<NaiveDate> {
        self.entry.assessment.done_on.filter(|_| !self.public)
    }

    /// Calendar days left; negative where it has passed; none where it is done or not counted.
    fn days_left(&self) -> Option<i64> {
        if self.entry.assessment.is_done() {
            return None;
        }
        Some((self.entry.assessment.due_date()? - self.today).num_days())
    }

    fn left(&self) -> Text {
        if self.entry.assessment.is_done() {
            return self.done_on().map_or_else(Text::default, |d| say!("{d} 办结", "done {d}"));
        }
        match (self.days_left(), self.due().and_then(|d| d.opens)) {
            (Some(n), _) => due::left(n),
            (None, Some(opens)) => say!("{opens} 起可办", "from {opens} on"),
            (None, None) => say!("未起算", "not started"),
        }
    }

    /// `2021-02-28 → 2021-03-01（暂定）`: both dates where they differ.
    fn dates(&self, lang: Lang) -> String {
        let Some(d) = self.due() else { return String::new() };
        let mut text = match (d.nominal, d.due, d.opens) {
            (_, Some(due), Some(opens)) => format!("{opens} — {due}"),
            (Some(nominal), Some(due), None) if nominal != due => match lang {
                Lang::Zh => format!("{due}（{nominal}）"),
                Lang::En => format!("{due} ({nominal})"),
            },
            (_, Some(due), None) => due.to_string(),
            (_, None, Some(opens)) => format!("{opens} —"),
            _ => String::from("—"),
        };
        if !d.settled {
            let state = settled(false);
            text = format!("{text} {}", state.get(lang));
        }
        text
    }

    /// From what, by which rule: `反馈 2020-11-02 起2个月内`.
    fn from(&self, lang: Lang) -> String {
        let Some(d) = self.due() else { return String::new() };
        let period = self.entry.assessment.instance.period;
        if d.from.is_none() && period.is_some_and(|p| p.to_string() == d.rule) {
            // The period stands with the case.
            return String::new();
        }
        let rule = match d.rule.split_once("..") {
            Some((opens, "")) => after(opens),
            Some((opens, closes)) => {
                let (a, b) = (after(opens), rule_words(closes));
                Text::new(format!("{}、{}", a.zh, b.zh), format!("{}, {}", a.en, b.en))
            }
            None => rule_words(&d.rule),
        };
        let event = d.from.map(|e| self.entry.procedure.events[e].title.get(lang)).unwrap_or_default();
        let on = d.from_date.map(|a| a.to_string()).unwrap_or_default();
        [event, on.as_str(), rule.get(lang)].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    fn place(&self, lang: Lang) -> String {
        self.entry.assessment.instance.place(lang)
    }
}

/// The opening of a window: after a period, or from a day.
fn after(opens: &str) -> Text {
    match Rule::parse(opens) {
        Ok(rule) => {
            let words = rule.describe();
            let (zh, en) = (words.zh, words.en);
            say!("{zh}后", "{en}")
        }
        Err(_) => say!("{opens}起", "from {opens}"),
    }
}

fn head(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Zh => ["期限（推算期满）", "还剩", "案卷", "依据", "事项", "起算", "状态"],
        Lang::En => ["due (nominal)", "left", "case", "cite", "obligation", "counted from", "state"],
    }
}

const CASE: usize = 2;
const TITLE: usize = 4;
const FROM: usize = 5;

fn cells(r: &Row, lang: Lang) -> Vec<String> {
    let o = r.entry.obligation();
    vec![
        r.dates(lang),
        r.left().get(lang).to_string(),
        r.place(lang),
        o.cite.clone(),
        o.text.get(lang).to_string(),
        r.from(lang),
        r.entry.assessment.state.title().get(lang).to_string(),
    ]
}

/// For people.
pub fn print(out: &mut dyn Write, rows: &[Row], lang: Lang, width: usize) -> Result<()> {
    if rows.is_empty() {
        writeln!(out, "{}", say!("没有未办的期限", "nothing is due").get(lang))?;
        return Ok(());
    }
    // What is the same in every row, and on a narrow screen how a date was counted, would only take the room of the text.
    let one = rows.iter().all(|r| r.place(lang) == rows[0].place(lang));
    if one {
        let place = rows[0].place(lang);
        writeln!(out, "{}", say!("案卷 {place}", "case {place}").get(lang))?;
    }
    let kept: Vec<usize> = (0..7)
        .filter(|c| match *c {
            CASE => !one,
            FROM => width >= 100 && rows.iter().any(|r| !r.from(lang).is_empty()),
            _ => true,
        })
        .collect();
    let pick = |r: &Row| -> Vec<String> {
        let mut all = cells(r, lang);
        if let Some(period) = r.entry.assessment.instance.period {
            let name = period.title();
            all[CASE] = all[CASE].replacen(&format!(" {}", name.get(lang)), &format!("\n{}", name.get(lang)), 1);
        }
        kept.iter().map(|c| all[*c].clone()).collect()
    };
    let head: Vec<&str> = kept.iter().map(|c| head(lang)[*c]).collect();
    let whole: Vec<usize> = (0..kept.len()).filter(|i| ![TITLE, FROM].contains(&kept[*i])).collect();
    writeln!(out, "{}", super::table::folding(&head, rows.iter().map(pick), width, &whole))?;
    let (n, overdue) = (rows.len(), rows.iter().filter(|r| r.is_overdue()).count());
    let open = rows.iter().filter(|r| r.entry.assessment.due.as_ref().is_some_and(|d| !d.settled)).collect::<Vec<_>>();
    let mut line = say!("{n}项期限，逾期{overdue}项", "{n} deadlines, {overdue} overdue");
    if let Some(reason) = open.iter().find_map(|r| r.entry.assessment.due.as_ref()?.reason.clone()) {
        let (n, zh, en) = (open.len(), reason.zh, reason.en);
        let (a, b) = (line.zh, line.en);
        line = say!(
            "{a}，暂定{n}项（{zh}；通知公布后用 xuncha calendar import 通知.txt 收录）",
            "{b}, {n} provisional ({en}; once it is out, xuncha calendar import NOTICE.txt)"
        );
    }
    writeln!(out, "{}", line.get(lang))?;
    Ok(())
}

/// For documents.
pub fn md(out: &mut dyn Write, rows: &[Row], lang: Lang) -> Result<()> {
    super::md::write(out, &head(lang), rows.iter().map(|r| cells(r, lang)))
}

/// The keys of the contract; the last only where an obligation comes back with each period.
const KEYS: [&str; 15] = [
    "obligation",
    "cite",
    "case",
    "title",
    "from",
    "from_date",
    "rule",
    "nominal",
    "due",
    "settled",
    "state",
    "done_on",
    "days_left",
    "file",
    "period",
];

fn values(r: &Row, lang: Lang) -> [Value; 15] {
    let (a, o) = (r.entry.assessment, r.entry.obligation());
    let d = r.due();
    [
        json!(o.id),
        json!(o.cite),
        json!(a.instance.case),
        json!(o.text.get(lang)),
        json!(d.and_then(|d| d.from).map(|e| &r.entry.procedure.events[e].id)),
        json!(d.and_then(|d| d.from_date)),
        json!(d.map(|d| &d.rule)),
        json!(d.and_then(|d| d.nominal)),
        json!(d.and_then(|d| d.due)),
        json!(d.map(|d| d.settled)),
        json!(a.state.code()),
        json!(r.done_on()),
        json!(r.days_left()),
        json!(a.file),
        json!(a.instance.period.map(|p| p.to_string())),
    ]
}

/// How many of the keys are used.
fn width(rows: &[Row]) -> usize {
    let periods = rows.iter().any(|r| r.entry.assessment.instance.period.is_some());
    KEYS.len() - usize::from(!periods)
}

/// A list of objects.
pub fn json(out: &mut dyn Write, rows: &[Row], lang: Lang) -> Result<()> {
    let n = width(rows);
    let list: Vec<Value> =
        rows.iter().map(|r| Value::Object(KEYS[..n].iter().map(|k| k.to_string()).zip(values(r, lang)).collect())).collect();
    super::json::write(out, &Value::Array(list))
}

/// The same as rows.
pub fn csv(out: &mut dyn Write, rows: &[Row], lang: Lang) -> Result<()> {
    let cell = |v: Value| match v {
        Value::Null => String::new(),
        Value::String(s) => s,
        other => other.to_string(),
    };
    let n = width(rows);
    super::csv::write(out, &KEYS[..n], rows.iter().map(|r| values(r, lang).into_iter().take(n).map(cell).collect()))
}

/// Entries for a calendar: one all-day entry a deadline, a window from its first to its last day; an alarm so many days before.
pub fn ics(out: &mut dyn Write, rows: &[Row], alarm: i64, lang: Lang) -> Result<()> {
    let events: Vec<Event> = rows.iter().filter_map(|r| entry(r, alarm, lang)).collect();
    let name = say!("巡察期限", "Inspection deadlines");
    let stamp = rows.first().map(|r| r.today).unwrap_or_default();
    super::ics::write(out, name.get(lang), stamp, &events)
}

fn entry(r: &Row, alarm: i64, lang: Lang) -> Option<Event> {
    let (a, o) = (r.entry.assessment, r.entry.obligation());
    let d = r.due()?;
    let last = d.due.map(|x| x.date).or(d.opens)?;
    let first = d.opens.unwrap_or(last).min(last);
    let span = match d.due.and_then(|x| x.time) {
        Some(time) if d.opens.is_none() => Span::At(last, time),
        _ => Span::Days(first, last.checked_add_days(Days::new(1))?),
    };
    let title = o.text.get(lang);
    let opens = if d.due.is_none() { say!("（起可办）", " (may begin)") } else { Text::default() };
    let firm = if d.settled { Text::default() } else { say!("（暂定）", " (provisional)") };
    let done = if a.is_done() { say!("（已办）", " (done)") } else { Text::default() };
    let nominal = d.nominal.filter(|n| Some(*n) != d.due).map(|n| say!("推算期满：{n}", "nominal: {n}"));
    let lines: Vec<String> = [
        Some(format!("{} {}", o.id, o.cite)),
        Some(r.from(lang)).filter(|f| !f.is_empty()),
        nominal.map(|n| n.get(lang).to_string()),
        d.reason.as_ref().map(|n| n.get(lang).to_string()),
        Some(a.state.title().get(lang).to_string()),
        a.file.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let summary = format!("{}{}{}{} {}", title, opens.get(lang), firm.get(lang), done.get(lang), r.place(lang));
    Some(Event {
        uid: [Some(o.id.clone()), Some(a.instance.case.clone()), a.instance.team.clone(), a.instance.period.map(|p| p.to_string())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("/"),
        span,
        summary: summary.clone(),
        description: lines.join("\n"),
        categories: vec![r.place(lang)],
        tentative: !d.settled,
        alarm: (!a.is_done()).then_some(Alarm { days: alarm, text: summary }),
    })
}
