//! Calendar entries (RFC 5545): lines folded at 75 bytes, CRLF, escaped text; knows no obligations.

use anyhow::Result;
use chrono::{NaiveDate, NaiveTime};
use std::io::Write;

/// When an entry is.
#[derive(Clone, Copy, Debug)]
pub enum Span {
    /// Whole days; the second is the day after the last.
    Days(NaiveDate, NaiveDate),
    /// A moment of local time.
    At(NaiveDate, NaiveTime),
}

/// A reminder at nine o'clock, so many days before the last day.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Days before.
    pub days: i64,
    /// What it says.
    pub text: String,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same from run to run, different for every entry.
    pub uid: String,
    /// When.
    pub span: Span,
    /// The title.
    pub summary: String,
    /// More, with line breaks.
    pub description: String,
    /// Groups.
    pub categories: Vec<String>,
    /// Whether the date may still move.
    pub tentative: bool,
    /// A reminder.
    pub alarm: Option<Alarm>,
}

/// A whole calendar; `stamp` is the day of the run.
pub fn write(out: &mut dyn Write, name: &str, stamp: NaiveDate, events: &[Event]) -> Result<()> {
    let mut line = |text: String| fold(out, &text);
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xuncha//deadlines//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        line(text.to_string())?;
    }
    line(format!("X-WR-CALNAME:{}", escape(name)))?;
    for e in events {
        line("BEGIN:VEVENT".into())?;
        line(format!("UID:{}@xuncha", escape(&e.uid)))?;
        line(format!("DTSTAMP:{}T000000Z", stamp.format("%Y%m%d")))?;
        let before = match e.span {
            Span::Days(first, end) => {
                line(format!("DTSTART;VALUE=DATE:{}", first.format("%Y%m%d")))?;
                line(format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")))?;
                // Counted from the end, midnight after the last day, so that a window reminds of its close.
                ("RELATED=END", 24 * 60)
            }
            Span::At(day, time) => {
                line(format!("DTSTART:{}T{}", day.format("%Y%m%d"), time.format("%H%M%S")))?;
                ("RELATED=START", time.signed_duration_since(NaiveTime::MIN).num_minutes())
            }
        };
        line(format!("SUMMARY:{}", escape(&e.summary)))?;
        line(format!("DESCRIPTION:{}", escape(&e.description)))?;
        line(format!("CATEGORIES:{}", e.categories.iter().map(|c| escape(c)).collect::<Vec<_>>().join(",")))?;
        line(format!("STATUS:{}", if e.tentative { "TENTATIVE" } else { "CONFIRMED" }))?;
        line("TRANSP:TRANSPARENT".into())?;
        if let Some(alarm) = &e.alarm {
            let minutes = alarm.days * 24 * 60 + before.1 - 9 * 60;
            let sign = if minutes < 0 { "" } else { "-" };
            line("BEGIN:VALARM".into())?;
            line(format!("UID:{}/alarm@xuncha", escape(&e.uid)))?;
            line("ACTION:DISPLAY".into())?;
            line(format!("TRIGGER;{}:{sign}PT{}M", before.0, minutes.abs()))?;
            line(format!("DESCRIPTION:{}", escape(&alarm.text)))?;
            line("END:VALARM".into())?;
        }
        line("END:VEVENT".into())?;
    }
    line("END:VCALENDAR".into())
}

/// A line in pieces of at most 75 bytes, never inside a character; each further piece begins with a space.
fn fold(out: &mut dyn Write, text: &str) -> Result<()> {
    let mut rest = text;
    let mut room = 75;
    loop {
        let mut end = rest.len().min(room);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        write!(out, "{}\r\n", &rest[..end])?;
        rest = &rest[end..];
        if rest.is_empty() {
            return Ok(());
        }
        write!(out, " ")?;
        room = 74;
    }
}

/// Backslash, semicolon, comma and line break escaped; other control characters left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if crate::text::is_unsafe_char(c) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_fold_between_characters() {
        let mut out = Vec::new();
        fold(&mut out, &format!("SUMMARY:{}", "整改".repeat(40))).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with("\r\n") && text.lines().count() > 2);
        assert!(text.split("\r\n").all(|l| l.len() <= 75));
        assert_eq!(text.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "整改".repeat(40)));
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
    }
}
