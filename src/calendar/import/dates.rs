//! Reads the dates of a sentence: lists and ranges, month and year carried over, weekdays in brackets checked; knows no verbs.

use super::super::source::weekday;
use crate::say;
use crate::text::Text;
use chrono::{Datelike, NaiveDate, Weekday};

/// The most dates in one list; the longest so far has three.
const MAX_DATES: usize = 40;

/// One date or range of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// What is carried from one date to the next within a clause.
#[derive(Clone, Debug)]
pub(super) struct Carry {
    /// The year of the notice's title.
    pub year: i32,
    last: Option<(i32, u32)>,
    explicit: Vec<(u32, i32)>,
}

impl Carry {
    pub fn new(year: i32) -> Carry {
        Carry { year, last: None, explicit: Vec::new() }
    }
}

/// A reading head over the characters of a segment.
pub(super) struct Scan<'a> {
    pub chars: &'a [char],
    pub at: usize,
}

impl Scan<'_> {
    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub fn eat(&mut self, word: &str) -> bool {
        let n = word.chars().count();
        let there = self.chars.len() >= self.at + n && word.chars().eq(self.chars[self.at..self.at + n].iter().copied());
        if there {
            self.at += n;
        }
        there
    }

    pub fn number(&mut self) -> Option<u32> {
        let start = self.at;
        let mut n: u32 = 0;
        while let Some(d) = self.peek().and_then(|c| c.to_digit(10)) {
            n = n.checked_mul(10)?.checked_add(d)?;
            self.at += 1;
        }
        (self.at > start).then_some(n)
    }

    /// A list of dates and ranges; empty if the segment does not begin with one. Weekdays that do not fit go into `wrong`.
    pub fn dates(&mut self, carry: &mut Carry, wrong: &mut Vec<Text>) -> Result<Vec<Span>, Text> {
        let mut spans = Vec::new();
        loop {
            let start = self.at;
            let Some(from) = self.date(carry)? else {
                self.at = start;
                return Ok(spans);
            };
            self.notes(from, wrong)?;
            let mut span = Span { from, to: from };
            let before = self.at;
            if self.eat("至") || self.eat("到") {
                match self.date(carry)? {
                    Some(to) => {
                        self.notes(to, wrong)?;
                        span.to = to;
                    }
                    None => self.at = before,
                }
            }
            if span.to < span.from {
                let Span { from, to } = span;
                return Err(say!("起止颠倒：{from}至{to}", "the range runs backwards: {from} to {to}"));
            }
            if spans.len() == MAX_DATES {
                return Err(say!("一处列出超过{MAX_DATES}个日期", "more than {MAX_DATES} dates in one place"));
            }
            spans.push(span);
            let before = self.at;
            let joined = ["、", "和", "及", "与"].iter().any(|w| self.eat(w));
            if !joined || !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                self.at = before;
                return Ok(spans);
            }
        }
    }

    fn date(&mut self, carry: &mut Carry) -> Result<Option<NaiveDate>, Text> {
        let start = self.at;
        let mut parts: [Option<u32>; 3] = [None; 3];
        for (slot, unit) in ["年", "月", "日"].iter().enumerate() {
            let before = self.at;
            match self.number() {
                Some(n) if self.eat(unit) => parts[slot] = Some(n),
                _ => self.at = before,
            }
        }
        let [year, month, Some(day)] = parts else {
            self.at = start;
            return Ok(None);
        };
        let (year, month) = match (year, month) {
            (Some(year), Some(month)) => {
                let year = i32::try_from(year).unwrap_or(0);
                carry.explicit.push((month, year));
                (year, month)
            }
            (None, Some(month)) => {
                let said = carry.explicit.iter().rev().find(|(m, _)| *m == month).map(|(_, y)| *y);
                (said.unwrap_or(carry.year), month)
            }
            (None, None) => carry.last.ok_or_else(|| say!("“{day}日”前没有月份", "day {day} has no month before it"))?,
            (Some(year), None) => return Err(say!("“{year}年{day}日”缺少月份", "year {year}, day {day}: the month is missing")),
        };
        let date = NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| say!("没有{year}年{month}月{day}日这一天", "there is no day {year}-{month}-{day}"))?;
        let title = carry.year;
        if year != title && !(year == title - 1 && month == 12) {
            let before = title - 1;
            return Err(say!(
                "{date}与标题年份{title}不符（只能在{title}年内或{before}年12月）",
                "{date} does not fit the title's year {title} (only that year, or December {before})"
            ));
        }
        carry.last = Some((year, month));
        Ok(Some(date))
    }

    /// Brackets after a date: a weekday, checked, and names of the lunar calendar, passed over.
    fn notes(&mut self, date: NaiveDate, wrong: &mut Vec<Text>) -> Result<(), Text> {
        while self.peek() == Some('（') {
            let Some(length) = self.chars[self.at..].iter().position(|c| *c == '）') else {
                return Err(Text::new("括号没有闭合", "a bracket is not closed"));
            };
            let inner: String = self.chars[self.at + 1..self.at + length].iter().collect();
            self.at += length + 1;
            for part in inner.split(['、', '，']) {
                let named = ["星期", "礼拜", "周"].iter().find_map(|w| part.strip_prefix(w));
                let Some(name) = named else {
                    if part.contains(|c: char| c.is_ascii_digit()) {
                        return Err(say!("括号中的“{part}”无法识别", "\"{part}\" in the brackets cannot be read"));
                    }
                    continue;
                };
                let said = match name {
                    "一" => Weekday::Mon,
                    "二" => Weekday::Tue,
                    "三" => Weekday::Wed,
                    "四" => Weekday::Thu,
                    "五" => Weekday::Fri,
                    "六" => Weekday::Sat,
                    "日" | "天" => Weekday::Sun,
                    _ => return Err(say!("没有“{part}”这个星期", "\"{part}\" is no weekday")),
                };
                if said != date.weekday() {
                    let (is, printed) = (weekday(date.weekday()), weekday(said));
                    let (is_zh, is_en, printed_zh, printed_en) = (&is.zh, &is.en, &printed.zh, &printed.en);
                    wrong.push(say!("{date}是{is_zh}，文中写的是{printed_zh}", "{date} is a {is_en}, the text says {printed_en}"));
                }
            }
        }
        Ok(())
    }
}
