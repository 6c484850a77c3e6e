//! The moment a period is counted from or ends at: a date, with an hour if one was given; knows no calendar.

use crate::say;
use crate::text::Text;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use std::fmt;

/// A date, and the hour if one was given; printed as `2025-08-22` or `2025-08-22T12:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Anchor {
    /// The day.
    pub date: NaiveDate,
    /// The hour of the day, if the source names one.
    pub time: Option<NaiveTime>,
}

/// Why a text is no date: the message, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorError {
    /// What is wrong.
    pub message: Text,
    /// What to type instead.
    pub suggestion: Option<String>,
}

impl Anchor {
    /// A day without an hour.
    pub fn day(date: NaiveDate) -> Anchor {
        Anchor { date, time: None }
    }

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS` (a space may stand for the T); years 0001 to 9999.
    pub fn parse(text: &str) -> Result<Anchor, AnchorError> {
        let trimmed = text.trim();
        let shown: String = crate::text::safe(trimmed).chars().take(40).collect();
        if let Some(anchor) = strict(trimmed) {
            return anchor.ok_or_else(|| AnchorError {
                message: say!("日历上没有“{shown}”这一天或这一时刻", "there is no such day or hour as \"{shown}\""),
                suggestion: None,
            });
        }
        let suggestion = guess(trimmed);
        let message = say!(
            "“{shown}”不是日期，应写作 2025-08-22 或 2025-08-22T12:00",
            "\"{shown}\" is no date; write 2025-08-22 or 2025-08-22T12:00"
        );
        Err(AnchorError { message, suggestion })
    }
}

impl From<NaiveDate> for Anchor {
    fn from(date: NaiveDate) -> Anchor {
        Anchor::day(date)
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.date.year(), self.date.month(), self.date.day())?;
        match self.time {
            None => Ok(()),
            Some(t) if t.second() == 0 => write!(f, "T{:02}:{:02}", t.hour(), t.minute()),
            Some(t) => write!(f, "T{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second()),
        }
    }
}

impl std::str::FromStr for Anchor {
    type Err = AnchorError;
    fn from_str(s: &str) -> Result<Anchor, AnchorError> {
        Anchor::parse(s)
    }
}

impl fmt::Display for AnchorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.message.zh, self.message.en)
    }
}

impl std::error::Error for AnchorError {}

impl serde::Serialize for Anchor {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Anchor {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Anchor, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(d)?;
        Anchor::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// `None`: not of the form at all; `Some(None)`: of the form, but no such day.
fn strict(text: &str) -> Option<Option<Anchor>> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let part = bytes.get(from..to)?;
        part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let date = NaiveDate::from_ymd_opt(year as i32, month, day).filter(|d| d.year() >= 1);
    if bytes.len() == 10 {
        return Some(date.map(Anchor::day));
    }
    if !matches!(bytes[10], b'T' | b't' | b' ') || !matches!(bytes.len(), 16 | 19) || bytes[13] != b':' {
        return None;
    }
    let second = if bytes.len() == 19 {
        if bytes[16] != b':' {
            return None;
        }
        number(17, 19)?
    } else {
        0
    };
    let time = NaiveTime::from_hms_opt(number(11, 13)?, number(14, 16)?, second);
    Some(date.zip(time).map(|(date, time)| Anchor { date, time: Some(time) }))
}

/// The date meant by `2025.8.22`, `2025年8月22日12时`, `20250822` or full-width digits, if there is exactly one reading.
fn guess(text: &str) -> Option<String> {
    let mut numbers: Vec<String> = vec![String::new()];
    for c in text.chars().take(60) {
        let c = super::suggest::half_width(c);
        if c.is_ascii_digit() {
            numbers.last_mut()?.push(c);
        } else if !numbers.last()?.is_empty() {
            numbers.push(String::new());
        }
    }
    numbers.retain(|n| !n.is_empty());
    if let [one] = numbers.as_slice()
        && one.len() == 8
    {
        numbers = vec![one[..4].to_string(), one[4..6].to_string(), one[6..].to_string()];
    }
    if numbers.len() < 3 || numbers.len() > 5 || numbers[0].len() != 4 || numbers[1..].iter().any(|n| n.len() > 2) {
        return None;
    }
    let mut out = format!("{}-{:0>2}-{:0>2}", numbers[0], numbers[1], numbers[2]);
    if let Some(hour) = numbers.get(3) {
        out.push_str(&format!("T{:0>2}:{:0>2}", hour, numbers.get(4).map_or("00", |m| m.as_str())));
    }
    strict(&out).flatten().map(|a| a.to_string())
}
