//! A year's days off and make-up days, and what an imported notice changes.

use super::Sources;
use super::due::settled;
use crate::assess::moved::Moved;
use crate::calendar::{Calendar, Day, DayKind, Source, YearTable, festival_en, import, weekday};
use crate::finding::Finding;
use crate::say;
use crate::text::{Lang, Text, safe};
use anyhow::Result;
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use std::io::Write;

/// One row: days off in a run, or a worked day.
struct Row {
    off: bool,
    name: String,
    from: NaiveDate,
    to: NaiveDate,
    days: i64,
    weekend: bool,
    layer: Text,
    source: usize,
}

fn rows(t: &YearTable) -> Vec<Row> {
    let off = t.holidays.iter().map(|h| Row {
        off: true,
        name: h.name.clone(),
        from: h.from,
        to: h.to,
        days: h.days,
        weekend: false,
        layer: h.layer.title(),
        source: h.source,
    });
    let worked = t.workdays.iter().map(|w| Row {
        off: false,
        name: w.name.clone().unwrap_or_default(),
        from: w.date,
        to: w.date,
        days: 1,
        weekend: w.weekend,
        layer: w.layer.title(),
        source: w.source,
    });
    let mut rows: Vec<Row> = off.chain(worked).collect();
    rows.sort_by_key(|r| r.from);
    rows
}

impl Row {
    /// Never bare 调休: readers take it both ways.
    fn what(&self) -> Text {
        match (self.off, self.weekend) {
            (true, _) => say!("放假", "off"),
            (false, true) => say!("调休上班", "worked (make-up day)"),
            (false, false) => say!("照常上班", "worked"),
        }
    }

    fn name(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.name.clone(),
            Lang::En => festival_en(&self.name),
        }
    }

    fn dates(&self, lang: Lang) -> String {
        let name = |d: NaiveDate| weekday(d.weekday()).get(lang).to_string();
        let (from, to) = (self.from, self.to);
        match (from == to, lang) {
            (true, Lang::Zh) => format!("{from}（{}）", name(from)),
            (true, Lang::En) => format!("{from} ({})", name(from)),
            (false, Lang::Zh) => format!("{from}（{}）至 {to}（{}）", name(from), name(to)),
            (false, Lang::En) => format!("{from} ({}) to {to} ({})", name(from), name(to)),
        }
    }
}

fn head(lang: Lang) -> [&'static str; 5] {
    match lang {
        Lang::Zh => ["日期", "安排", "名称", "天数", "来源"],
        Lang::En => ["dates", "arrangement", "name", "days", "layer"],
    }
}

fn cells(row: &Row, lang: Lang) -> Vec<String> {
    vec![row.dates(lang), row.what().get(lang).to_string(), row.name(lang), row.days.to_string(), row.layer.get(lang).to_string()]
}

/// What the year rests on, and its totals.
fn summary(t: &YearTable) -> Vec<Text> {
    let (year, off, worked, working) = (t.year, t.days_off, t.workdays.iter().filter(|w| w.weekend).count(), t.working_days);
    let mut out = vec![match (t.complete, t.provisional) {
        (true, _) => say!("{year}年放假安排：有通知", "{year}: the notice is here"),
        (false, true) => say!("{year}年放假安排：通知未收录，暂按法定节假日推算", "{year}: no notice yet, the statute's days stand in"),
        (false, false) => say!("{year}年放假安排：未收录，只按周末推算", "{year}: no notice, weekends only"),
    }];
    for source in &t.sources {
        out.push(source_line(source));
    }
    out.push(say!(
        "放假{off}天，调休上班{worked}天，全年工作日{working}天",
        "{off} days off by name, {worked} make-up days worked, {working} working days in the year"
    ));
    if t.complete && !t.settled {
        let next = year + 1;
        out.push(say!(
            "12月29日至31日为暂定：{next}年的通知可能调整",
            "29 to 31 December are provisional: the notice for {next} may move them"
        ));
    }
    out
}

fn source_line(s: &Source) -> Text {
    let layer = s.layer.title();
    let (zh, en) = (layer.zh, layer.en);
    let mut parts: Vec<String> =
        [s.title.as_ref(), s.number.as_ref(), s.statute.as_ref()].iter().filter(|p| !p.is_empty()).map(|p| p.to_string()).collect();
    parts.extend(s.issued.map(|d| d.to_string()));
    parts.extend(s.file.clone());
    let url = if s.gov.is_empty() { &s.url } else { &s.gov };
    if !url.is_empty() {
        parts.push(url.to_string());
    }
    let amended: Vec<String> = s.amended.iter().map(|a| format!("{}{}", a.title, a.number)).collect();
    let (body, body_en) = (parts.join("，"), parts.join(", "));
    if amended.is_empty() {
        return say!("{zh}：{body}", "{en}: {body_en}");
    }
    let (by, by_en) = (amended.join("、"), amended.join(", "));
    say!("{zh}：{body}（经{by}调整）", "{en}: {body_en} (amended by {by_en})")
}

/// For people.
pub fn print(out: &mut dyn Write, t: &YearTable, lang: Lang, width: usize) -> Result<()> {
    for line in summary(t) {
        writeln!(out, "{}", safe(line.get(lang)))?;
    }
    let rows = rows(t);
    if !rows.is_empty() {
        writeln!(out, "{}", super::table::table(&head(lang), rows.iter().map(|r| cells(r, lang)), width))?;
    }
    Ok(())
}

/// For documents.
pub fn md(out: &mut dyn Write, t: &YearTable, lang: Lang) -> Result<()> {
    for line in summary(t) {
        writeln!(out, "{}\n", line.get(lang))?;
    }
    super::md::write(out, &head(lang), rows(t).iter().map(|r| cells(r, lang)))
}

/// A row for each run of days off and each worked day.
pub fn csv(out: &mut dyn Write, t: &YearTable, lang: Lang) -> Result<()> {
    let rows = rows(t);
    let cells = rows.iter().map(|r| {
        let source = &t.sources[r.source];
        vec![
            if r.off { "off" } else { "worked" }.to_string(),
            r.name(lang),
            r.from.to_string(),
            r.to.to_string(),
            r.days.to_string(),
            r.layer.get(lang).to_string(),
            source.title.to_string(),
            source.number.to_string(),
            source.issued.map(|d| d.to_string()).unwrap_or_default(),
            source.file.clone().unwrap_or_default(),
        ]
    });
    super::csv::write(out, &["state", "name", "from", "to", "days", "layer", "notice", "number", "issued", "file"], cells)
}

/// The table as it is.
pub fn json(t: &YearTable, _lang: Lang) -> Value {
    serde_json::to_value(t).unwrap_or_default()
}

/// A notice that was read: what it changes.
pub struct Import<'i> {
    /// The notice.
    pub year: &'i import::Year,
    /// The present calendar.
    pub old: &'i Calendar,
    /// The calendar with the notice.
    pub new: &'i Calendar,
    /// Deadlines that move, or become settled.
    pub moved: &'i [Moved<'i>],
    /// Dates in records that are touched.
    pub announced: &'i [Finding],
    /// The year's file.
    pub file: &'i str,
    /// Whether it was written.
    pub written: bool,
}

/// The state of a day in a few words.
fn state(day: &Day) -> Text {
    let name = day.name.as_deref().unwrap_or_default();
    let name_en = festival_en(name);
    match day.kind {
        DayKind::Weekday => say!("工作日", "working day"),
        DayKind::Weekend => say!("周末休息", "weekend"),
        DayKind::Holiday => say!("{name}放假", "off ({name_en})"),
        DayKind::Makeup => say!("调休上班", "worked (make-up day)"),
    }
}

impl Import<'_> {
    /// For people.
    pub fn print(&self, out: &mut dyn Write, sources: &mut Sources, lang: Lang, color: bool, width: usize) -> Result<()> {
        let year = self.year;
        let off: i64 = year.holidays.iter().map(|h| (h.to - h.from).num_days() + 1).sum();
        let (title, worked) = (&year.title, year.workdays.len());
        let about: Vec<String> = year.number.iter().cloned().chain(year.issued.map(|d| d.to_string())).collect();
        let (zh, en) = (about.join("，"), about.join(", "));
        let line = match about.is_empty() {
            true => say!("{title}：放假{off}天，调休上班{worked}天", "{title}: {off} days off, {worked} make-up days worked"),
            false => {
                say!("{title}（{zh}）：放假{off}天，调休上班{worked}天", "{title} ({en}): {off} days off, {worked} make-up days worked")
            }
        };
        writeln!(out, "{}", safe(line.get(lang)))?;
        self.days(out, lang, width)?;
        self.deadlines(out, lang, width)?;
        for finding in self.announced {
            writeln!(out, "{}\n", super::findings::one(finding, sources, lang, color))?;
        }
        let file = self.file;
        if self.written {
            writeln!(out, "{}", say!("已写入 {file}", "written: {file}").get(lang))?;
        }
        Ok(())
    }

    fn days(&self, out: &mut dyn Write, lang: Lang, width: usize) -> Result<()> {
        let days = self.old.changes(self.new);
        if days.is_empty() {
            writeln!(
                out,
                "{}",
                say!(
                    "与现有日历相比，没有哪一天由上班变放假或由放假变上班",
                    "against the present calendar no day changes between worked and off"
                )
                .get(lang)
            )?;
            return Ok(());
        }
        let n = days.len();
        writeln!(out, "{}", say!("与现有日历相比，{n}天改变：", "{n} days change against the present calendar:").get(lang))?;
        let head = match lang {
            Lang::Zh => ["日期", "原为", "改为"],
            Lang::En => ["day", "was", "becomes"],
        };
        let rows = days.iter().map(|d| {
            let day = super::due::day((*d).into(), lang);
            vec![day, state(&self.old.day(*d)).get(lang).to_string(), state(&self.new.day(*d)).get(lang).to_string()]
        });
        writeln!(out, "{}", super::table::table(&head, rows, width))?;
        Ok(())
    }

    fn deadlines(&self, out: &mut dyn Write, lang: Lang, width: usize) -> Result<()> {
        let moved: Vec<&Moved> = self.moved.iter().filter(|m| m.is_new_day()).collect();
        let n = moved.len();
        if n == 0 {
            writeln!(out, "{}", say!("没有期限因此移动", "no deadline moves").get(lang))?;
        } else {
            writeln!(out, "{}", say!("{n}项期限移动：", "{n} deadlines move:").get(lang))?;
            let head = match lang {
                Lang::Zh => ["原期限", "新期限", "案卷", "依据", "事项"],
                Lang::En => ["was", "becomes", "case", "cite", "obligation"],
            };
            let rows = moved.iter().map(|m| {
                let o = m.obligation();
                let now = m.after.due.as_ref().map(|d| settled(d.settled)).unwrap_or_default();
                let date = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
                let to = match lang {
                    Lang::Zh => format!("{}（{}）", date(m.after.due_date()), now.zh),
                    Lang::En => format!("{} ({})", date(m.after.due_date()), now.en),
                };
                vec![date(m.before.due_date()), to, m.before.instance.case.clone(), o.cite.clone(), o.text.get(lang).to_string()]
            });
            writeln!(out, "{}", super::table::folding(&head, rows, width, &[0, 1, 2, 3]))?;
        }
        let firm = self.moved.iter().filter(|m| !m.is_new_day() && m.after.due.as_ref().is_some_and(|d| d.settled)).count();
        if firm > 0 {
            writeln!(
                out,
                "{}",
                say!("另有{firm}项期限日期不变，由暂定转为确定", "{firm} more keep their date and become settled").get(lang)
            )?;
        }
        Ok(())
    }

    /// For programs.
    pub fn json(&self, sources: &mut Sources, lang: Lang) -> Value {
        let days: Vec<Value> = self
            .old
            .changes(self.new)
            .iter()
            .map(|d| {
                let (was, is) = (self.old.day(*d), self.new.day(*d));
                json!({ "date": d, "was": was.kind, "becomes": is.kind, "name": is.name })
            })
            .collect();
        let moved: Vec<Value> = self
            .moved
            .iter()
            .map(|m| {
                let date = |a: &crate::assess::Assessment| a.due.as_ref().and_then(|d| d.due);
                let firm = |a: &crate::assess::Assessment| a.due.as_ref().map(|d| d.settled);
                json!({
                    "obligation": m.obligation().id,
                    "cite": m.obligation().cite,
                    "case": m.before.instance.case,
                    "title": m.obligation().text.get(lang),
                    "was": date(m.before),
                    "becomes": date(m.after),
                    "was_settled": firm(m.before),
                    "settled": firm(m.after),
                })
            })
            .collect();
        let announced: Vec<Value> = self.announced.iter().map(|f| super::json::finding(f, sources, lang)).collect();
        json!({
            "year": self.year.year,
            "notice": self.year.title,
            "number": self.year.number,
            "issued": self.year.issued,
            "file": self.file,
            "written": self.written,
            "days": days,
            "deadlines": moved,
            "announced": announced,
        })
    }
}
