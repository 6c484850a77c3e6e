//! Reads the State Council's yearly notice as printed, and lets the text check itself; writes nothing, guesses nothing.
//!
//! Read are the title (for the year), the number, the date line, and the numbered clauses: what is off (`放假`, `放假调休`,
//! `放假公休`, `与周末连休`, `补休`), what is worked (`上班`), and the long form of 2007 to 2009 (`为法定节假日`, `照常公休`,
//! `公休日调至`). Weekdays in brackets, `共N天`, make-up days on weekends, the order of the clauses and the festivals of the
//! statute must agree; whatever does not, or cannot be read, is an error with the sentence quoted.

mod clause;
mod dates;
mod normal;
mod title;
mod write;

use super::days::Calendar;
use super::layer::{Block, Holiday, Workday};
use super::source::{Layer, Source};
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::Text;
use chrono::{Datelike, NaiveDate};
use clause::Clause;
use normal::Normal;
use std::collections::BTreeMap;
use std::ops::Range;
use title::{festival, heads, title_year};

pub use write::to_toml;

const MAX_BYTES: usize = 256 * 1024;
const MAX_CLAUSES: usize = 40;

/// A year's arrangement as its notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The year of the title.
    pub year: i32,
    /// The title.
    pub title: String,
    /// The number, `国办发明电〔2025〕7号`, if printed.
    pub number: Option<String>,
    /// The date line, if printed.
    pub issued: Option<NaiveDate>,
    /// Days off, in order.
    pub holidays: Vec<Holiday>,
    /// Worked days, in order.
    pub workdays: Vec<NaiveDate>,
    /// Sentences of advice, which make no day off.
    pub advice: Vec<String>,
}

/// One thing that keeps a text from being imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// What is wrong.
    pub message: Text,
    /// The sentence as printed; empty if the whole text is meant.
    pub sentence: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

impl ImportError {
    /// The error as a finding in `file`.
    pub fn finding(&self, file: &str) -> Finding {
        let (zh, en, sentence) = (&self.message.zh, &self.message.en, &self.sentence);
        let message = if sentence.is_empty() || zh.contains(sentence.as_str()) {
            self.message.clone()
        } else {
            say!("{zh}：“{sentence}”", "{en}: \"{sentence}\"")
        };
        let help = Text::new(
            "没有写入任何文件；对照通知原文改正后再导入，或在 calendar/ 中手写该年文件",
            "nothing was written; mend the text against the notice and import again, or write the year's file in calendar/ by hand",
        );
        Finding::error("notice-sentence", Place::at(file, self.range.clone()), message).help(help)
    }
}

impl Calendar {
    /// The calendar as it would be with `year` imported into the casebook; to compare dates before anything is written.
    pub fn with_year(&self, year: &Year, file: &str) -> Calendar {
        let mut calendar = self.clone();
        let source = Source {
            layer: Layer::Casebook,
            file: None,
            year: Some(year.year),
            replaced: false,
            complete: true,
            provisional: false,
            title: year.title.clone().into(),
            number: year.number.clone().unwrap_or_default().into(),
            issued: year.issued,
            url: "".into(),
            gov: "".into(),
            statute: "".into(),
            amended: Vec::new(),
            superseded: Vec::new(),
        };
        let workdays = year.workdays.iter().map(|d| Workday { date: *d, name: None }).collect();
        let local = calendar.local_marks();
        calendar.lay(Layer::Casebook, file.to_string(), Block { source, holidays: year.holidays.clone(), workdays });
        calendar.put_back(local);
        calendar
    }
}

/// Reads a notice. Every error found is returned, in the order of the text; a year is returned only if there is none.
pub fn parse(text: &str) -> Result<Year, Vec<ImportError>> {
    let whole = |message: Text| vec![ImportError { message, sentence: String::new(), range: 0..text.len() }];
    if text.len() > MAX_BYTES {
        return Err(whole(Text::new("文本过大，不像一份通知", "the text is too large for a notice")));
    }
    let normal = Normal::new(text);
    let heads = heads(&normal);
    let Some(first) = heads.first().map(|h| h.0) else {
        return Err(whole(Text::new("没有找到“一、元旦：……”这样的分条安排", "no numbered clauses such as \"一、元旦:…\" were found")));
    };
    if heads.len() > MAX_CLAUSES {
        return Err(whole(say!("超过{MAX_CLAUSES}条，不像一份通知", "more than {MAX_CLAUSES} clauses: no notice has so many")));
    }
    let year = title_year(&normal, first).map_err(|(message, at)| {
        let range = at.unwrap_or(0..0);
        let sentence = normal.quote(&range);
        vec![ImportError { message, sentence, range: if range.is_empty() { 0..text.len() } else { normal.place(&range) } }]
    })?;
    let mut reader = Reader { normal, errors: Vec::new(), advice: Vec::new(), tail: 0..0 };
    reader.outside(0..first);
    let clauses = reader.clauses(&heads, year);
    reader.across(&clauses, year);
    let number = reader.number(year);
    let issued = reader.issued(year);
    if !reader.errors.is_empty() {
        let mut errors = reader.errors;
        errors.sort_by_key(|e| e.range.start);
        return Err(errors);
    }
    let mut holidays: Vec<Holiday> = clauses.iter().flat_map(|(c, _)| c.holidays()).collect();
    holidays.sort_by_key(|h| h.from);
    let mut workdays: Vec<NaiveDate> = clauses.iter().flat_map(|(c, _)| c.worked.iter().copied()).collect();
    workdays.sort_unstable();
    workdays.dedup();
    let title = format!("国务院办公厅关于{year}年部分节假日安排的通知");
    Ok(Year { year, title, number, issued, holidays, workdays, advice: reader.advice })
}

struct Reader<'a> {
    normal: Normal<'a>,
    errors: Vec<ImportError>,
    advice: Vec<String>,
    /// What follows the last clause.
    tail: Range<usize>,
}

impl Reader<'_> {
    fn error(&mut self, message: Text, at: &Range<usize>) {
        self.errors.push(ImportError { message, sentence: self.normal.quote(at), range: self.normal.place(at) });
    }

    /// Text before and after the clauses must arrange nothing.
    fn outside(&mut self, range: Range<usize>) {
        for sentence in self.sentences(range, true) {
            let text: String = self.normal.chars[sentence.clone()].iter().collect();
            // The preamble of the notice for 2025 tells of the revised statute: so many more days off from a date on.
            if has_day(&text) && arranges(&text) && !text.contains("全体公民放假的假日") {
                let message =
                    Text::new("分条安排之外的这一句带有日期，无法归入任何节日", "this sentence has dates but stands outside the clauses");
                self.error(message, &sentence);
            }
        }
    }

    /// Sentences between full stops, trimmed of line ends; each line a sentence of its own if `lines`.
    fn sentences(&self, range: Range<usize>, lines: bool) -> Vec<Range<usize>> {
        let chars = &self.normal.chars;
        let closing = |at: usize| self.closes(at);
        let (mut out, mut start) = (Vec::new(), range.start);
        for i in range.clone() {
            let ends = chars[i] == '。' || (chars[i] == '\n' && (lines || closing(i + 1)));
            if ends || i + 1 == range.end {
                let mut end = if ends { i } else { i + 1 };
                while start < end && chars[start] == '\n' {
                    start += 1;
                }
                while start < end && chars[end - 1] == '\n' {
                    end -= 1;
                }
                if start < end {
                    out.push(start..end);
                }
                start = i + 1;
            }
        }
        out
    }

    /// Whether the notice's last paragraph, its signature or a date line of its own begins there.
    fn closes(&self, at: usize) -> bool {
        let dated = self.normal.full_date(at).is_some_and(|(_, end)| matches!(self.normal.chars.get(end), None | Some('\n')));
        dated || ["节假日期间", "放假期间", "国务院", "各地区"].iter().any(|w| self.normal.matches(w, at).is_some())
    }

    fn clauses(&mut self, heads: &[(usize, usize, u32)], year: i32) -> Vec<(Clause, Range<usize>)> {
        let (mut clauses, mut wanted) = (Vec::new(), 1);
        for (index, (start, body, number)) in heads.iter().enumerate() {
            let last = index + 1 == heads.len();
            let end = heads.get(index + 1).map_or(self.normal.chars.len(), |h| h.0);
            let text: String = self.normal.chars[*start..end].iter().collect();
            if *number != wanted {
                let line = self.sentences(*start..end, true).into_iter().next().unwrap_or(*start..end);
                self.error(
                    say!("条号不连续：此处应为第{wanted}条，写的是第{number}条", "clause {wanted} is expected here, the text has {number}"),
                    &line,
                );
            }
            wanted = *number + 1;
            if !has_day(&text) && !arranges(&text) {
                if last {
                    self.tail = *start..end;
                }
                continue;
            }
            clauses.extend(self.clause(*start, *body..end, year, last));
        }
        let tail = self.tail.clone();
        self.outside(tail);
        clauses
    }

    fn clause(&mut self, head: usize, range: Range<usize>, year: i32, last: bool) -> Option<(Clause, Range<usize>)> {
        let chars = &self.normal.chars;
        let stop = range.clone().find(|i| matches!(chars[*i], '。' | '放')).unwrap_or(range.end);
        let colon = range.clone().find(|i| chars[*i] == '：').filter(|i| *i < stop);
        let digit = range.clone().find(|i| chars[*i].is_ascii_digit()).unwrap_or(range.end);
        let (name_end, body) = colon.map_or((digit, digit), |i| (i, i + 1));
        let name = festival(&chars[range.start..name_end].iter().collect::<String>());
        let sentences = self.sentences(body..range.end, false);
        let Some(name) = name else {
            let at = sentences.first().map_or(range.clone(), |s| head..s.end);
            self.error(Text::new("这一条没有节日名称", "this clause has no festival's name"), &at);
            return None;
        };
        let mut clause = Clause::new(name, year);
        let before = self.errors.len();
        let mut all = head..range.start;
        for (index, sentence) in sentences.iter().enumerate() {
            let chars: Vec<char> = self.normal.chars[sentence.clone()].iter().copied().filter(|c| *c != '\n').collect();
            if last && index > 0 && self.closes(sentence.start) {
                self.tail = sentence.start..range.end;
                break;
            }
            all.end = sentence.end;
            for message in clause.sentence(&chars, index) {
                self.error(message, sentence);
            }
        }
        for index in &clause.advice {
            self.advice.push(self.normal.quote(&sentences[*index]));
        }
        if self.errors.len() == before {
            for (message, index) in clause.check() {
                let at = index.and_then(|i| sentences.get(i)).cloned().unwrap_or(all.clone());
                self.error(message, &at);
            }
        }
        Some((clause, all))
    }

    /// What only all clauses together can show.
    fn across(&mut self, clauses: &[(Clause, Range<usize>)], year: i32) {
        let mut off: BTreeMap<NaiveDate, &str> = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        for (clause, range) in clauses {
            for name in clause.name.split('、') {
                if names.contains(&name) {
                    self.error(say!("“{name}”出现两次", "\"{name}\" is arranged twice"), range);
                }
                names.push(name);
            }
            for day in clause.off.iter().flat_map(|s| s.from.iter_days().take_while(|d| *d <= s.to)) {
                if let Some(other) = off.insert(day, &clause.name) {
                    let name = &clause.name;
                    self.error(say!("{day}既属于{other}又属于{name}", "{day} belongs to {other} and to {name}"), range);
                }
            }
        }
        for (clause, range) in clauses {
            for day in clause.worked.iter().filter(|d| off.get(d).is_some_and(|n| *n != clause.name)) {
                self.error(say!("{day}既放假又上班", "{day} is both off and worked"), range);
            }
        }
        let wanted: &[&str] = match year {
            ..2008 => &["元旦", "春节", "劳动节", "国庆节"],
            _ => &["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"],
        };
        let absent: Vec<&str> = wanted.iter().copied().filter(|w| !names.contains(w)).collect();
        if !absent.is_empty() && self.errors.is_empty() {
            let (zh, en) = (absent.join("、"), absent.join(", "));
            let range = 0..self.normal.place(&(0..self.normal.chars.len())).end;
            let message = say!("缺少{zh}的安排，文本可能不完整", "nothing is said of {en}: the text seems to be cut");
            self.errors.push(ImportError { message, sentence: String::new(), range });
        }
    }

    fn number(&mut self, year: i32) -> Option<String> {
        let (range, issuer) =
            ["国办发明电〔", "国发明电〔"].iter().find_map(|w| self.normal.find(w, 0).map(|r| (r, w.trim_end_matches('〔'))))?;
        let (issued, at) = self.normal.number(range.end)?;
        let (number, end) =
            self.normal.matches("〕第", at).or_else(|| self.normal.matches("〕", at)).and_then(|at| self.normal.number(at))?;
        self.normal.matches("号", end)?;
        if !self.fits(issued as i32, year) {
            let message = say!("文号年份{issued}与标题年份{year}不符", "the number's year {issued} does not fit the title's year {year}");
            self.error(message, &(range.start..end + 1));
        }
        Some(format!("{issuer}〔{issued}〕{number}号"))
    }

    fn issued(&mut self, year: i32) -> Option<NaiveDate> {
        let tail = self.tail.clone();
        let (date, range) = tail.clone().find_map(|i| self.normal.full_date(i).map(|(date, end)| (date, i..end)))?;
        if !self.fits(date.year(), year) {
            self.error(say!("落款日期{date}与标题年份{year}不符", "the date line {date} does not fit the title's year {year}"), &range);
        }
        Some(date)
    }

    /// A notice is published in the year before, or in its own.
    fn fits(&self, issued: i32, year: i32) -> bool {
        issued == year || issued == year - 1
    }
}

/// Whether a day of a month is named.
fn has_day(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).any(|i| chars[i] == '日' && i > 0 && chars[i - 1].is_ascii_digit())
}

/// Whether a word of arranging occurs.
fn arranges(text: &str) -> bool {
    ["放假", "上班", "补休", "公休", "调休"].iter().any(|w| text.contains(w))
}
