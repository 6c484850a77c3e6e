//! Reads calendar files of a casebook and says what is wrong in them; does not decide how layers are laid together.
//!
//! A file in `calendar/` holds one block flat, or several as `[[year]]` tables, in the form of the built-in table:
//!
//! ```toml
//! year = 2027                        # left out in a local overlay
//! notice = "国务院办公厅关于2027年部分节假日安排的通知"
//! number = "国办发明电〔2026〕0号"
//! issued = 2026-11-01
//! complete = true                    # every sentence of the notice is here; the default where `notice` is given
//! holidays = [
//!   { name = "元旦", from = 2027-01-01, to = 2027-01-03 },
//!   2027-07-20,                      # or a bare day
//! ]
//! workdays = [
//!   2027-01-09,                      # a Saturday or Sunday, 调休上班
//!   { date = 2027-07-19, weekday_ok = true, name = "恢复上班" },
//! ]
//! ```
//!
//! `weekday_ok = true` lets a worked day stand on a weekday (a day off taken back); it may also be given once for a block.
//! Also read: `schema`, `country`, `compiled`, `first_date`, `from`, `settled_through` at the top, and `provisional`, `source`,
//! `gov`, `statute`, `note`, `amended_by`, `superseded` in a block. `calendar/<year>.toml` is the casebook's layer, any other
//! name a local overlay. A file with an error is left out whole.

use super::source::{Amendment, Layer, Source};
use crate::finding::{Finding, Place};
use crate::say;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const MAX_RANGE: i64 = 366;

/// A range of days off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The festival or the reason.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// A worked day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workday {
    /// The day.
    pub date: NaiveDate,
    /// A name, if there is one.
    pub name: Option<String>,
}

/// One block as read; a complete year takes the place of the same year's earlier block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the block says of itself; layer and file are filled in when it is laid.
    pub source: Source,
    /// Days off.
    pub holidays: Vec<Holiday>,
    /// Worked days.
    pub workdays: Vec<Workday>,
}

pub(super) fn refused() -> crate::text::Text {
    crate::text::Text::new("改正之前，整个文件不采用", "until that is mended the whole file is left out")
}

/// The blocks of one file, or none and what is wrong with it.
pub fn read(text: &str, file: &str) -> (Vec<Block>, Vec<Finding>) {
    let skip = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { file, skip, findings: Vec::new() };
    let (root, errors) = DeTable::parse_recoverable(&text[skip..]);
    for error in &errors {
        reader.syntax(&text[skip..], error.span());
    }
    let blocks = if errors.is_empty() { reader.root(root.get_ref(), root.span()) } else { Vec::new() };
    let blocks = if reader.findings.is_empty() { blocks } else { Vec::new() };
    (blocks, reader.findings)
}

const TOP: &[&str] = &["schema", "country", "compiled", "first_date", "from", "settled_through", "year"];
const BLOCK: &[&str] = &[
    "year",
    "complete",
    "provisional",
    "notice",
    "number",
    "issued",
    "source",
    "gov",
    "statute",
    "note",
    "amended_by",
    "superseded",
    "holidays",
    "workdays",
    "weekday_ok",
];

type Value<'a> = Spanned<DeValue<'a>>;

struct Reader<'f> {
    file: &'f str,
    skip: usize,
    findings: Vec<Finding>,
}

/// Days of one file, by date, with where they stand, to find a day that is both.
#[derive(Default)]
struct Seen {
    off: BTreeMap<NaiveDate, Range<usize>>,
    worked: BTreeMap<NaiveDate, Range<usize>>,
    years: Vec<i32>,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, range: Range<usize>, message: crate::text::Text) {
        let range = range.start + self.skip..range.end + self.skip;
        self.findings.push(Finding::error(code, Place::at(self.file, range), message).help(refused()));
    }

    fn syntax(&mut self, text: &str, span: Option<Range<usize>>) {
        let mut span = span.unwrap_or(0..text.len());
        if span.is_empty() {
            let next = text[span.start..].chars().next().map_or(0, char::len_utf8);
            span = span.start..span.start + next;
        }
        let line = text[..span.start].rfind('\n').map_or(0, |i| i + 1);
        let end = text[span.start..].find('\n').map_or(text.len(), |i| span.start + i);
        let wide = text[line..end].split('#').next().unwrap_or("").chars().find(|c| "“”‘’,=:【】[]{}。".contains(*c) && !c.is_ascii());
        let message = match wide {
            Some(c) => say!(
                "不是合法的TOML：此行有全角符号 {c} ，应改为半角",
                "not valid TOML: the line has the full-width sign \"{c}\" where ASCII is wanted"
            ),
            None => say!(
                "不是合法的TOML：检查括号、引号、逗号、键是否重复和日期是否存在",
                "not valid TOML: check brackets, quotes, commas, keys given twice and dates that do not exist"
            ),
        };
        self.wrong("calendar-syntax", span, message);
    }

    fn root(&mut self, root: &DeTable<'_>, span: Range<usize>) -> Vec<Block> {
        let mut seen = Seen::default();
        let blocks = match root.get("year").map(|v| (v.get_ref(), v.span())) {
            Some((DeValue::Array(items), _)) => {
                self.unknown(root, TOP);
                let mut blocks = Vec::new();
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::Table(table) => blocks.extend(self.block(table, item.span(), &mut seen)),
                        _ => self.kind(item, "[[year]] 表", "a [[year]] table"),
                    }
                }
                blocks
            }
            _ => {
                let keys: Vec<&str> = TOP.iter().chain(BLOCK).copied().collect();
                self.unknown(root, &keys);
                self.block(root, span, &mut seen).into_iter().collect()
            }
        };
        for (date, range) in &seen.worked {
            if seen.off.contains_key(date) {
                self.wrong("calendar-conflict", range.clone(), say!("{date}既放假又上班", "{date} is both off and worked"));
            }
        }
        blocks
    }

    fn unknown(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            if keys.contains(&name) {
                continue;
            }
            let shown: String = crate::text::safe(name).chars().take(40).collect();
            let near = if name == "makeup_workdays" { Some("workdays") } else { crate::text::nearest(name, keys.iter().copied()) };
            let message = match near {
                Some(near) => say!("不认识的键“{shown}”，是否为“{near}”？", "unknown key \"{shown}\"; is \"{near}\" meant?"),
                None => say!("不认识的键“{shown}”", "unknown key \"{shown}\""),
            };
            self.wrong("calendar-unknown-key", key.span(), message);
        }
    }

    fn block(&mut self, table: &DeTable<'_>, span: Range<usize>, seen: &mut Seen) -> Option<Block> {
        let year = match table.get("year") {
            None => None,
            Some(value) => match value.get_ref().as_integer().and_then(|n| i32::from_str_radix(n.as_str(), n.radix()).ok()) {
                Some(year) if (1..=9999).contains(&year) => Some(year),
                _ => {
                    self.kind(value, "1至9999的年份", "a year from 1 to 9999");
                    None
                }
            },
        };
        if let Some(year) = year {
            if seen.years.contains(&year) {
                let at = table.get("year").map_or(span, |v| v.span());
                self.wrong("calendar-year", at, say!("{year}年出现两次", "the year {year} is given twice"));
            }
            seen.years.push(year);
        }
        let title = self.string(table, "notice");
        let provisional = self.flag(table, "provisional").unwrap_or(false);
        let complete = self.flag(table, "complete").unwrap_or(!title.is_empty()) && !provisional;
        let weekday_ok = self.flag(table, "weekday_ok").unwrap_or(false);
        let source = Source {
            layer: Layer::Casebook,
            file: None,
            year,
            replaced: false,
            complete,
            provisional,
            title: title.into(),
            number: self.string(table, "number").into(),
            issued: table.get("issued").and_then(|v| self.date(v)),
            url: self.string(table, "source").into(),
            gov: self.string(table, "gov").into(),
            statute: self.string(table, "statute").into(),
            amended: self.amendments(table),
            superseded: self.items(table, "superseded").iter().filter_map(|v| v.get_ref().as_str().map(String::from)).collect(),
        };
        let mut holidays = Vec::new();
        for item in self.items(table, "holidays") {
            if let Some(holiday) = self.holiday(item) {
                for date in [holiday.from, holiday.to] {
                    self.fits(year, date, item.span());
                }
                seen.off.extend(holiday.from.iter_days().take_while(|d| *d <= holiday.to).map(|d| (d, item.span())));
                holidays.push(holiday);
            }
        }
        let mut workdays = Vec::new();
        for item in self.items(table, "workdays") {
            if let Some(workday) = self.workday(item, weekday_ok) {
                self.fits(year, workday.date, item.span());
                seen.worked.insert(workday.date, item.span());
                workdays.push(workday);
            }
        }
        Some(Block { source, holidays, workdays })
    }

    fn fits(&mut self, year: Option<i32>, date: NaiveDate, at: Range<usize>) {
        let Some(year) = year else { return };
        if date.year() != year && !(date.year() == year - 1 && date.month() == 12) {
            let before = year - 1;
            let message = say!(
                "{date}不属于{year}年的安排（{year}年内或{before}年12月）",
                "{date} does not belong to the arrangement for {year} (that year, or December {before})"
            );
            self.wrong("calendar-year", at, message);
        }
    }

    fn holiday(&mut self, item: &Value<'_>) -> Option<Holiday> {
        let DeValue::Table(table) = item.get_ref() else {
            return self.date(item).map(|date| Holiday { name: "放假".into(), from: date, to: date });
        };
        self.unknown(table, &["name", "from", "to"]);
        let Some(first) = table.get("from") else {
            self.wrong("calendar-value", item.span(), say!("假期缺少 from", "the days off lack `from`"));
            return None;
        };
        let from = self.date(first)?;
        let to = table.get("to").map_or(Some(from), |v| self.date(v))?;
        let name = self.string(table, "name");
        let name = if name.is_empty() { "放假".to_string() } else { name };
        if to < from {
            self.wrong("calendar-range", item.span(), say!("结束日{to}早于开始日{from}", "the last day {to} is before the first, {from}"));
            return None;
        }
        if (to - from).num_days() >= MAX_RANGE {
            self.wrong("calendar-range", item.span(), say!("一段假期超过{MAX_RANGE}天", "more than {MAX_RANGE} days off in one range"));
            return None;
        }
        Some(Holiday { name, from, to })
    }

    fn workday(&mut self, item: &Value<'_>, weekday_ok: bool) -> Option<Workday> {
        let (date, name, allowed) = match item.get_ref() {
            DeValue::Table(table) => {
                self.unknown(table, &["date", "name", "weekday_ok"]);
                let Some(date) = table.get("date") else {
                    self.wrong("calendar-value", item.span(), say!("上班日缺少 date", "the worked day lacks `date`"));
                    return None;
                };
                let name = Some(self.string(table, "name")).filter(|n| !n.is_empty());
                (self.date(date)?, name, self.flag(table, "weekday_ok").unwrap_or(weekday_ok))
            }
            _ => (self.date(item)?, None, weekday_ok),
        };
        if !allowed && !super::source::is_weekend(date.num_days_from_ce()) {
            let week = super::source::weekday(date.weekday());
            let (zh, en) = (&week.zh, &week.en);
            let message = say!(
                "调休上班日{date}是{zh}，不在周末；确需如此时写 {{ date = {date}, weekday_ok = true }}",
                "the make-up day {date} is a {en}, not on a weekend; if that is meant, write {{ date = {date}, weekday_ok = true }}"
            );
            self.wrong("calendar-workday", item.span(), message);
            return None;
        }
        Some(Workday { date, name })
    }

    fn date(&mut self, value: &Value<'_>) -> Option<NaiveDate> {
        let date = value.get_ref().as_datetime().filter(|d| d.time.is_none()).and_then(|d| d.date);
        let date = date.and_then(|d| NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)));
        if date.is_none_or(|d| d.year() < 1) {
            self.kind(value, "日期，写作 2027-01-01，不加引号", "a date, written 2027-01-01 without quotes");
            return None;
        }
        date
    }

    fn kind(&mut self, value: &Value<'_>, zh: &str, en: &str) {
        self.wrong("calendar-value", value.span(), say!("此处应为{zh}", "expected {en}"));
    }

    fn string(&mut self, table: &DeTable<'_>, key: &str) -> String {
        let Some(value) = table.get(key) else { return String::new() };
        match value.get_ref().as_str() {
            Some(text) => text.to_string(),
            None => {
                self.kind(value, "带引号的文字", "a text in quotes");
                String::new()
            }
        }
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.kind(value, "true 或 false", "true or false");
        }
        flag
    }

    fn items<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> &'t [Value<'i>] {
        match table.get(key) {
            None => &[],
            Some(value) => match value.get_ref() {
                DeValue::Array(items) => items,
                _ => {
                    self.kind(value, "方括号中的列表", "a list in square brackets");
                    &[]
                }
            },
        }
    }

    fn amendments(&mut self, table: &DeTable<'_>) -> Vec<Amendment> {
        let mut amendments = Vec::new();
        for item in self.items(table, "amended_by") {
            let DeValue::Table(entry) = item.get_ref() else {
                self.kind(item, "{ notice, number, issued }", "{ notice, number, issued }");
                continue;
            };
            self.unknown(entry, &["notice", "number", "issued", "source", "gov"]);
            let issued = entry.get("issued").and_then(|v| self.date(v));
            amendments.push(Amendment { title: self.string(entry, "notice"), number: self.string(entry, "number"), issued });
        }
        amendments
    }
}
