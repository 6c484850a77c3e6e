//! One numbered clause of a notice, sentence by sentence: what is off, what is worked, and whether it agrees with itself.

use super::super::layer::Holiday;
use super::super::source::is_weekend;
use super::super::suggest::chinese_number;
use super::dates::{Carry, Scan, Span};
use crate::say;
use crate::text::Text;
use chrono::{Datelike, NaiveDate};

/// What a clause arranges.
pub(super) struct Clause {
    pub name: String,
    pub off: Vec<Span>,
    pub worked: Vec<NaiveDate>,
    /// Advice (`鼓励…`), which makes no day off.
    pub advice: Vec<usize>,
    carry: Carry,
    total: Option<(i64, usize)>,
    legal: Vec<(NaiveDate, usize)>,
    rest: Vec<(NaiveDate, usize)>,
    moved: Vec<(Vec<NaiveDate>, Vec<NaiveDate>, usize)>,
    weekend: Vec<(usize, usize)>,
}

/// The most days between a worked day and its festival; the notices so far stay within 20.
const NEAR: i64 = 40;
/// Far more sentences than any clause has.
const MAX_SENTENCES: usize = 100;

impl Clause {
    pub fn new(name: String, year: i32) -> Clause {
        Clause {
            name,
            off: Vec::new(),
            worked: Vec::new(),
            advice: Vec::new(),
            carry: Carry::new(year),
            total: None,
            legal: Vec::new(),
            rest: Vec::new(),
            moved: Vec::new(),
            weekend: Vec::new(),
        }
    }

    /// Reads one sentence, number `index`, without its full stop.
    pub fn sentence(&mut self, chars: &[char], index: usize) -> Vec<Text> {
        let text: String = chars.iter().collect();
        if text.starts_with("鼓励") {
            self.advice.push(index);
            return Vec::new();
        }
        let mut wrong = Vec::new();
        if index >= MAX_SENTENCES {
            return vec![say!("一条之内超过{MAX_SENTENCES}句", "more than {MAX_SENTENCES} sentences in one clause")];
        }
        for segment in segments(&text).iter().take(MAX_SENTENCES) {
            let chars: Vec<char> = segment.chars().collect();
            if let Err(message) = self.segment(&chars, index, &mut wrong) {
                wrong.push(message);
            }
        }
        wrong
    }

    fn segment(&mut self, chars: &[char], index: usize, wrong: &mut Vec<Text>) -> Result<(), Text> {
        let shown: String = chars.iter().collect();
        let unread = || say!("“{shown}”无法识别", "\"{shown}\" cannot be read");
        let mut scan = Scan { chars, at: 0 };
        let _ = scan.eat("将") || scan.eat("把");
        let spans = scan.dates(&mut self.carry, wrong)?;
        if spans.is_empty() {
            return self.remark(&mut scan, index).ok_or_else(unread);
        }
        let days = || spans.iter().flat_map(|s| s.from.iter_days().take_while(|d| *d <= s.to)).collect::<Vec<_>>();
        if spans.iter().any(|s| (s.to - s.from).num_days() > 60) {
            return Err(say!("“{shown}”的时间跨度过长", "\"{shown}\" spans too many days"));
        }
        let rest: String = chars[scan.at..].iter().collect();
        if matches!(rest.as_str(), "上班" | "均上班" | "照常上班" | "正常上班" | "调休上班") {
            self.worked.extend(days());
            return Ok(());
        }
        if let Some(length) = rest.strip_prefix("放假") {
            let length = ["调休", "公休", "休息"].iter().find_map(|w| length.strip_prefix(w)).unwrap_or(length);
            let length = length.strip_prefix('共').unwrap_or(length);
            if !length.is_empty() {
                let said = count(length).ok_or_else(unread)?;
                let found = days().len() as i64;
                if said != found {
                    return Err(say!("写的是{said}天，日期是{found}天", "the text says {said} days, the dates make {found}"));
                }
            }
            self.off.extend(spans);
            return Ok(());
        }
        match rest.as_str() {
            "补休" | "放假补休" | "补休放假" | "调休放假" => {
                for span in spans {
                    self.in_lieu(span);
                }
                return Ok(());
            }
            "调休" => {
                return Err(say!("“{shown}”两可：写明调休上班或调休放假", "\"{shown}\" can be read both ways: worked, or off"));
            }
            "照常公休" | "为公休日" | "照常休息" | "公休" => {
                self.rest.extend(days().into_iter().map(|d| (d, index)));
                return Ok(());
            }
            _ => {}
        }
        let plain = rest.replace("法定节假日", "法定假日");
        if let Some(whose) = plain.strip_prefix('为').and_then(|r| r.strip_suffix("法定假日"))
            && !whose.contains(|c: char| c.is_ascii_digit())
            && whose.chars().count() <= 8
        {
            self.legal.extend(days().into_iter().map(|d| (d, index)));
            return Ok(());
        }
        let from = days();
        self.moved_days(&mut scan, from, index, wrong)?.ok_or_else(unread)
    }

    /// `两个公休日分别调至…`; `Ok(None)` if the segment is none.
    fn moved_days(&mut self, scan: &mut Scan<'_>, from: Vec<NaiveDate>, index: usize, wrong: &mut Vec<Text>) -> Result<Option<()>, Text> {
        let said = ["一", "两", "二", "三", "四"].iter().position(|n| scan.eat(&format!("{n}个")));
        if !scan.eat("公休日") {
            return Ok(None);
        }
        let festival = scan.eat("及中秋节") || scan.eat("及国庆节") || scan.eat("及端午节");
        let _ = scan.eat("分别");
        if !["调至", "调到", "调整至", "调整到", "移至"].iter().any(|w| scan.eat(w)) {
            return Ok(None);
        }
        let to = scan.dates(&mut self.carry, wrong)?;
        if to.is_empty() || scan.at != scan.chars.len() {
            return Ok(None);
        }
        let to: Vec<NaiveDate> = to.iter().flat_map(|s| s.from.iter_days().take_while(|d| *d <= s.to)).collect();
        let number = said.map(|n| [1, 2, 2, 3, 4][n]);
        if number.is_some_and(|n| n != from.len()) || to.len() != from.len() + usize::from(festival) {
            return Err(Text::new("调整的公休日与调至的日期个数不一致", "the days moved and the days they are moved to differ in number"));
        }
        self.moved.push((from, to, index));
        Ok(Some(()))
    }

    /// A segment without dates: `共3天`, `与周末连休`, `不调休`.
    fn remark(&mut self, scan: &mut Scan<'_>, index: usize) -> Option<()> {
        let text: String = scan.chars.iter().collect();
        match text.as_str() {
            "与周末连休" | "与周六连休" | "与周日连休" | "与周末公休日连休" => {
                self.weekend.push((self.off.len().checked_sub(1)?, index));
                return Some(());
            }
            "不调休" => return Some(()),
            _ => {}
        }
        let days = text.strip_prefix("共计").or_else(|| text.strip_prefix('共'))?;
        self.total = Some((count(days)?, index));
        Some(())
    }

    /// A day in lieu joins the days off before it where only a weekend lies between.
    fn in_lieu(&mut self, span: Span) {
        if let Some(last) = self.off.last_mut()
            && last.to < span.from
            && last.to.iter_days().skip(1).take_while(|d| *d < span.from).all(|d| is_weekend(d.num_days_from_ce()))
        {
            last.to = span.to;
            return;
        }
        self.off.push(span);
    }

    /// Whether the clause agrees with itself; each error with the number of its sentence, or none for the whole clause.
    pub fn check(&self) -> Vec<(Text, Option<usize>)> {
        let mut wrong = Vec::new();
        let off = |day: &NaiveDate| self.off.iter().any(|s| s.from <= *day && *day <= s.to);
        if self.off.is_empty() {
            let name = &self.name;
            wrong.push((say!("“{name}”没有写明哪几天放假", "\"{name}\" does not say which days are off"), None));
            return wrong;
        }
        let found: i64 = self.off.iter().map(|s| (s.to - s.from).num_days() + 1).sum();
        if let Some((said, index)) = self.total
            && said != found
        {
            wrong
                .push((say!("写的是共{said}天，日期是{found}天", "the text says {said} days in all, the dates make {found}"), Some(index)));
        }
        for (span, index) in self.weekend.iter().filter_map(|(i, index)| Some((self.off.get(*i)?, *index))) {
            let beside = |d: Option<NaiveDate>| d.is_some_and(|d| is_weekend(d.num_days_from_ce()));
            if !beside(span.from.pred_opt()) && !beside(span.to.succ_opt()) {
                let Span { from, to } = span;
                wrong.push((say!("{from}至{to}不与周末相连", "{from} to {to} does not touch a weekend"), Some(index)));
            }
        }
        for day in &self.worked {
            let near = self.off.iter().any(|s| (s.from - *day).num_days().abs() <= NEAR || (*day - s.to).num_days().abs() <= NEAR);
            if !is_weekend(day.num_days_from_ce()) {
                let week = super::super::source::weekday(day.weekday());
                let (zh, en) = (&week.zh, &week.en);
                wrong.push((say!("调休上班日{day}是{zh}，不在周末", "the make-up day {day} is a {en}, not on a weekend"), None));
            } else if off(day) {
                wrong.push((say!("{day}既放假又上班", "{day} is both off and worked"), None));
            } else if !near {
                let name = &self.name;
                wrong.push((
                    say!("上班日{day}距{name}假期过远，年份可能不符", "the worked day {day} is far from {name}: the year may be wrong"),
                    None,
                ));
            }
        }
        for (day, index) in self.legal.iter().chain(&self.rest).filter(|(d, _)| !off(d)) {
            wrong.push((say!("{day}不在本节假期之内", "{day} is not among the days off"), Some(*index)));
        }
        for (day, index) in self.rest.iter().filter(|(d, _)| !is_weekend(d.num_days_from_ce())) {
            wrong.push((say!("{day}不是公休日", "{day} is not on a weekend"), Some(*index)));
        }
        for (from, to, index) in &self.moved {
            for day in from.iter().filter(|d| !is_weekend(d.num_days_from_ce()) || (!off(d) && !self.worked.contains(d))) {
                wrong.push((say!("{day}的公休日已调走，却没有写明上班", "{day} is moved away but not said to be worked"), Some(*index)));
            }
            for day in to.iter().filter(|d| !off(d) || is_weekend(d.num_days_from_ce())) {
                wrong.push((
                    say!("公休日调至{day}，该日不是假期内的平日", "a rest day is moved to {day}, which is no weekday among the days off"),
                    Some(*index),
                ));
            }
        }
        wrong
    }

    /// The ranges off, in order.
    pub fn holidays(&self) -> impl Iterator<Item = Holiday> + '_ {
        self.off.iter().map(|s| Holiday { name: self.name.clone(), from: s.from, to: s.to })
    }
}

/// `3天`, `三天`.
fn count(text: &str) -> Option<i64> {
    let number = text.strip_suffix('天')?;
    match number.parse::<u32>() {
        Ok(n) if n <= 366 => Some(i64::from(n)),
        Ok(_) => None,
        Err(_) => chinese_number(number).map(i64::from),
    }
}

/// A sentence cut at its commas and semicolons outside brackets, without `其中`; a verb left alone joins its dates.
fn segments(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut depth = 0i32;
    for c in text.chars() {
        depth += i32::from(c == '（') - i32::from(c == '）');
        if depth <= 0 && matches!(c, '，' | '；') {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        let part = ["其中", "另外", "另"].iter().find_map(|w| part.strip_prefix(w)).unwrap_or(&part);
        let part = part.trim_start_matches('：');
        match out.last_mut() {
            Some(last) if part.starts_with("为法定") || part.starts_with("为公休") => last.push_str(part),
            _ if part.is_empty() => {}
            _ => out.push(part.to_string()),
        }
    }
    out
}
