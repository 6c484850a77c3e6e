//! A notice's text with full-width digits, dashes and brackets made alike and blanks removed, each character knowing its place;
//! knows no dates.

use super::super::suggest::chinese_digit;
use std::ops::Range;

/// The text in one spelling.
pub(super) struct Normal<'a> {
    source: &'a str,
    /// The characters.
    pub chars: Vec<char>,
    at: Vec<usize>,
}

impl<'a> Normal<'a> {
    pub fn new(source: &'a str) -> Normal<'a> {
        let (mut chars, mut at) = (Vec::new(), Vec::new());
        for (i, c) in source.char_indices() {
            let c = match c {
                '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (c as u32 - 0xff10) as u8),
                ',' => '，',
                ':' => '：',
                ';' => '；',
                '(' => '（',
                ')' => '）',
                '[' | '［' | '【' | '﹝' => '〔',
                ']' | '］' | '】' | '﹞' => '〕',
                '-' | '－' | '–' | '—' | '―' | '~' | '～' | '〜' | '─' | '−' => '至',
                '\r' => '\n',
                c => c,
            };
            let blank = c != '\n' && (c.is_whitespace() || crate::text::is_unsafe_char(c));
            let double = matches!(c, '至' | '\n') && chars.last() == Some(&c);
            if !blank && !double {
                chars.push(c);
                at.push(i);
            }
        }
        Normal { source, chars, at }
    }

    /// Where a range of characters stands in the source, in bytes.
    pub fn place(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.at.get(range.start).copied().unwrap_or(self.source.len());
        let end = match range.end.checked_sub(1).and_then(|last| self.at.get(last)) {
            Some(last) if range.end > range.start => last + self.source[*last..].chars().next().map_or(0, char::len_utf8),
            _ => start,
        };
        start..end.max(start)
    }

    /// The source's own words, blanks squeezed, at most 120 characters.
    pub fn quote(&self, range: &Range<usize>) -> String {
        let words: Vec<&str> = self.source[self.place(range)].split_whitespace().collect();
        let text = words.join("");
        let mut out: String = crate::text::safe(&text).chars().take(120).collect();
        if out.chars().count() < text.chars().count() {
            out.push('…');
        }
        out
    }

    /// Where `word` begins, from `from` on, line ends between its characters not counting.
    pub fn find(&self, word: &str, from: usize) -> Option<Range<usize>> {
        (from..self.chars.len()).find_map(|i| self.matches(word, i).map(|end| i..end))
    }

    /// The end of `word` if it stands at `at`.
    pub fn matches(&self, word: &str, at: usize) -> Option<usize> {
        let mut i = at;
        for (k, c) in word.chars().enumerate() {
            while k > 0 && self.chars.get(i) == Some(&'\n') {
                i += 1;
            }
            if self.chars.get(i) != Some(&c) {
                return None;
            }
            i += 1;
        }
        Some(i)
    }

    /// A number in Arabic digits at `at`, with its end.
    pub fn number(&self, at: usize) -> Option<(u32, usize)> {
        let digits: Vec<u32> = self.chars[at.min(self.chars.len())..].iter().map_while(|c| c.to_digit(10)).take(6).collect();
        (!digits.is_empty()).then(|| (digits.iter().fold(0, |n, d| n * 10 + d), at + digits.len()))
    }

    /// `2025年11月4日` or `二〇二五年十一月四日` at `at`, with its end.
    pub fn full_date(&self, at: usize) -> Option<(chrono::NaiveDate, usize)> {
        let (year, at) = self.part(at, '年', true)?;
        let (month, at) = self.part(at, '月', false)?;
        let (day, at) = self.part(at, '日', false)?;
        Some((chrono::NaiveDate::from_ymd_opt(year as i32, month, day)?, at))
    }

    fn part(&self, at: usize, unit: char, digitwise: bool) -> Option<(u32, usize)> {
        let end = (at..self.chars.len().min(at + 6)).find(|i| self.chars[*i] == unit)?;
        let text: String = self.chars[at..end].iter().collect();
        let value = match text.parse() {
            Ok(value) => value,
            Err(_) if digitwise => {
                let digits: Option<Vec<u32>> = text.chars().map(chinese_digit).collect();
                digits.filter(|d| d.len() == 4)?.iter().fold(0, |n, d| n * 10 + d)
            }
            Err(_) => super::super::suggest::chinese_number(&text)?,
        };
        Some((value, end + 1))
    }
}
