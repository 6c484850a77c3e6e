//! A counted period: for people, as JSON, as rows of a table.

use crate::calendar::{Anchor, Due, Line, LineKind, weekday};
use crate::text::{Lang, Text, pad};
use anyhow::Result;
use chrono::Datelike;
use serde_json::{Value, json};
use std::io::Write;

/// For people: both dates always, whether they are settled, why not and what to do.
pub fn print(out: &mut dyn Write, due: &Due, lines: Option<&[Line]>, lang: Lang) -> Result<()> {
    if let Some(lines) = lines {
        let cells = lines.iter().map(|l| [l.date.to_string(), l.verdict().get(lang).to_string()]).collect::<Vec<_>>();
        let wide = |column: usize| cells.iter().map(|c| crate::text::width(&c[column])).max().unwrap_or(0) + 2;
        let (first, second) = (wide(0), wide(1));
        for (line, [date, verdict]) in lines.iter().zip(&cells) {
            writeln!(out, "{}{}{}", pad(date, first), pad(verdict, second), why(line, lang))?;
        }
        writeln!(out)?;
    }
    let words = due.rule.describe();
    let mut rows: Vec<(Text, String)> = vec![
        (Text::new("起算", "from"), day(due.anchor, lang)),
        (Text::new("期限", "period"), format!("{}{}", due.rule, aside(words.get(lang), lang))),
        (Text::new("推算期满", "nominal"), day(due.nominal, lang)),
        (Text::new("实际截止", "due"), day(due.due, lang)),
    ];
    if let Some(moved) = &due.moved {
        rows.push((Text::new("说明", "moved"), moved.get(lang).to_string()));
    }
    let state = settled(due.settled);
    let state = match &due.reason {
        Some(reason) if lang == Lang::Zh => format!("{}：{}", state.zh, reason.zh),
        Some(reason) => format!("{}: {}", state.en, reason.en),
        None => state.get(lang).to_string(),
    };
    rows.push((Text::new("状态", "state"), state));
    if let Some(help) = &due.help {
        rows.push((Text::new("办法", "remedy"), help.get(lang).to_string()));
    }
    for (label, text) in rows {
        writeln!(out, "{}{text}", pad(label.get(lang), 10))?;
    }
    Ok(())
}

/// 确定 or 暂定.
pub fn settled(settled: bool) -> Text {
    if settled { Text::new("确定", "settled") } else { Text::new("暂定", "provisional") }
}

/// A date with its weekday.
pub fn day(at: Anchor, lang: Lang) -> String {
    format!("{at}{}", aside(weekday(at.date.weekday()).get(lang), lang))
}

fn aside(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("（{text}）"),
        Lang::En => format!(" ({text})"),
    }
}

/// Why, and whether the day can still change.
fn why(line: &Line, lang: Lang) -> String {
    let why = line.why.get(lang);
    match (line.settled, lang) {
        (true, _) => why.to_string(),
        (false, Lang::Zh) => format!("{why}（暂定）"),
        (false, Lang::En) => format!("{why} (provisional)"),
    }
}

/// One object; with lines, the days that were looked at.
pub fn json(due: &Due, lines: Option<&[Line]>, lang: Lang) -> Value {
    let text = |t: &Option<Text>| t.as_ref().map(|t| t.get(lang).to_string());
    let mut value = json!({
        "anchor": due.anchor,
        "rule": due.rule,
        "roll": due.roll.code(),
        "nominal": due.nominal,
        "due": due.due,
        "settled": due.settled,
        "moved": text(&due.moved),
        "reason": text(&due.reason),
        "help": text(&due.help),
    });
    if let Some(lines) = lines {
        let days: Vec<Value> = lines
            .iter()
            .map(|l| {
                json!({
                    "date": l.date,
                    "kind": kind(l.kind),
                    "number": number(l.kind),
                    "why": l.why.get(lang),
                    "layer": l.layer,
                    "notice": l.notice.as_ref().map(|n| n.get(lang)),
                    "settled": l.settled,
                })
            })
            .collect();
        value["days"] = Value::Array(days);
    }
    value
}

fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Anchor => "anchor",
        LineKind::Counted(_) => "counted",
        LineKind::Skipped => "skipped",
        LineKind::Step => "step",
        LineKind::Rolled => "rolled",
        LineKind::Landed => "landed",
    }
}

fn number(kind: LineKind) -> Option<u32> {
    match kind {
        LineKind::Counted(n) => Some(n),
        _ => None,
    }
}

/// The days that were looked at, a row each.
pub fn lines_csv(out: &mut dyn Write, lines: &[Line], lang: Lang) -> Result<()> {
    let rows = lines.iter().map(|l| {
        vec![
            l.date.to_string(),
            kind(l.kind).to_string(),
            number(l.kind).map(|n| n.to_string()).unwrap_or_default(),
            l.why.get(lang).to_string(),
            l.notice.as_ref().map(|n| n.get(lang).to_string()).unwrap_or_default(),
            l.settled.to_string(),
        ]
    });
    super::csv::write(out, &["date", "kind", "number", "why", "notice", "settled"], rows)
}

/// One row of a table of periods: as given, and what came of it.
#[derive(Clone, Debug)]
pub struct Row {
    given: [String; 3],
    found: Option<(Anchor, Anchor, bool)>,
}

impl Row {
    /// `due` is none where the row could not be counted.
    pub fn of(anchor: &str, rule: &str, roll: &str, due: Option<&Due>) -> Row {
        Row { given: [anchor, rule, roll].map(str::to_string), found: due.map(|d| (d.nominal, d.due, d.settled)) }
    }
}

/// Rows without a byte order mark and with plain line ends: dates and rules that go on through other programs.
pub fn csv(out: &mut dyn Write, rows: &[Row]) -> Result<()> {
    writeln!(out, "anchor,rule,roll,nominal,due,settled")?;
    for row in rows {
        let given: Vec<String> = row.given.iter().map(|c| super::csv::cell(c)).collect();
        let found = row.found.map_or(",,".to_string(), |(nominal, due, settled)| format!("{nominal},{due},{settled}"));
        writeln!(out, "{},{found}", given.join(","))?;
    }
    Ok(())
}

/// The same as a list of objects; null where a row could not be counted.
pub fn rows_json(out: &mut dyn Write, rows: &[Row]) -> Result<()> {
    let list = rows.iter().map(|row| {
        let [anchor, rule, roll] = &row.given;
        let (nominal, due, settled) = (row.found.map(|f| f.0), row.found.map(|f| f.1), row.found.map(|f| f.2));
        json!({ "anchor": anchor, "rule": rule, "roll": roll, "nominal": nominal, "due": due, "settled": settled })
    });
    super::json::write(out, &Value::Array(list.collect()))
}
