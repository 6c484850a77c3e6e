//! What people read: the two languages, display width, counts and lists; knows nothing of inspections.

use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// A language of the user's; every message exists in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Reads `zh`, `zh_CN.UTF-8`, `en`, `en_US` and the like; `None` for anything else (`C`, `POSIX`, other languages).
    pub fn parse(s: &str) -> Option<Lang> {
        let s = s.trim();
        let head: String = s.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
        match head.to_ascii_lowercase().as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ if s == "中文" => Some(Lang::Zh),
            _ => None,
        }
    }
}

/// The names alone are offered: the words above each are for readers of the code, and in one language.
const NO_HELP: clap::builder::Resettable<clap::builder::StyledStr> = clap::builder::Resettable::Reset;

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[value(help = NO_HELP)]
    Table,
    /// For programs.
    #[value(help = NO_HELP)]
    Json,
    /// For spreadsheets; begins with a byte order mark, so that Excel reads it.
    #[value(help = NO_HELP)]
    Csv,
    /// For documents.
    #[value(help = NO_HELP)]
    Md,
    /// For paper and browsers.
    #[value(help = NO_HELP)]
    Html,
    /// Calendar entries.
    #[value(help = NO_HELP)]
    Ics,
    /// For editors and CI.
    #[value(help = NO_HELP)]
    Sarif,
}

/// One message in both languages. Build it with [`say!`](crate::say), so that neither can be forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A message from its two wordings.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The same words in both languages: names, ids, dates, quoted input.
    pub fn same(s: impl Into<String>) -> Text {
        let s = s.into();
        Text { zh: s.clone().into(), en: s.into() }
    }

    /// The wording in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Whether both wordings are empty.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// An error in both languages, for where a run cannot go on: carried by `anyhow`, printed in the reader's language.
#[derive(Clone, Debug)]
pub struct Bilingual(pub Text);

impl std::fmt::Display for Bilingual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.zh)
    }
}

impl std::error::Error for Bilingual {}

/// Builds a [`Text`] from a Chinese and an English format string over the same captured names.
///
/// `say!("第{n}条缺少", "item {n} is missing")`
#[macro_export]
macro_rules! say {
    ($zh:literal, $en:literal $(,)?) => {
        $crate::text::Text::new(format!($zh), format!($en))
    };
}

/// The width of `s` in terminal cells: a Chinese character takes two.
pub fn width(s: &str) -> usize {
    UnicodeWidthStr::width(s)
}

/// `s` padded with spaces on the right to `cells` terminal cells; longer text is left as it is.
pub fn pad(s: &str, cells: usize) -> String {
    let mut out = s.to_string();
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(s))));
    out
}

/// `s` cut to at most `cells` terminal cells, ending in `…` if anything was cut.
pub fn cut(s: &str, cells: usize) -> String {
    if width(s) <= cells {
        return s.to_string();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in s.chars() {
        let w = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if used + w + 1 > cells {
            break;
        }
        used += w;
        out.push(c);
    }
    out.push('…');
    out
}

/// A list in words: `甲、乙和丙`, `a, b and c`.
pub fn list<S: AsRef<str>>(items: &[S], lang: Lang) -> String {
    let (comma, and) = match lang {
        Lang::Zh => ("、", "和"),
        Lang::En => (", ", " and "),
    };
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(|s| s.as_ref()).collect();
            format!("{}{and}{}", head.join(comma), last.as_ref())
        }
    }
}

/// The same list in both languages.
pub fn list_text<S: AsRef<str>>(items: &[S]) -> Text {
    Text::new(list(items, Lang::Zh), list(items, Lang::En))
}

/// The candidate nearest to `word`, if it is near enough to be what was meant: by a slip of the keys, else a longer or shorter Chinese name for it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let all: Vec<&'a str> = candidates.into_iter().collect();
    let by_slip = all.iter().map(|c| (distance(word, c), *c)).filter(|(d, _)| *d <= limit).min();
    by_slip.or_else(|| all.iter().filter_map(|c| Some((excess(word, c)?, *c))).min()).map(|(_, c)| c)
}

/// The remedy that names the nearest: “did you mean …?”.
pub fn meant(near: &str) -> Text {
    say!("是否指 `{near}`？", "did you mean `{near}`?")
}

/// By how many characters one is longer, where it holds the whole of the other and that is at least two Chinese characters: `撤离` in `撤离驻地`.
fn excess(a: &str, b: &str) -> Option<usize> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let chinese = short.chars().count() >= 2 && short.chars().all(|c| !c.is_ascii() && c.is_alphanumeric());
    (chinese && long.contains(short)).then(|| long.chars().count() - short.chars().count())
}

/// Edit distance in characters, a swap of neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut d = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = d;
        }
    }
    rows[a.len()][b.len()]
}

/// Whether `c` could change what a terminal or a reader sees without being seen: controls, bidirectional marks, zero-width characters, invisible letters.
pub fn is_unsafe_char(c: char) -> bool {
    match c {
        '\n' | '\t' | ' '..='~' => false,
        _ if c.is_control() => true,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        _ => matches!(c, '\u{e0000}'..='\u{e007f}'),
    }
}

/// `s` with every unsafe character written as `\u{…}`, so that it can go to a terminal.
pub fn safe(s: &str) -> Cow<'_, str> {
    if !s.chars().any(is_unsafe_char) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 8);
    for c in s.chars() {
        if is_unsafe_char(c) {
            marked(c, false, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Writes a character as `\u{…}`, or as the escape of a JSON string.
pub fn marked(c: char, json: bool, out: &mut String) {
    use std::fmt::Write;
    let _ = match json {
        true => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|u| write!(out, "\\u{u:04x}")),
        false => write!(out, "\\u{{{:x}}}", c as u32),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["甲", "乙", "丙"], Lang::Zh), "甲、乙和丙");
        assert_eq!(list(&["a", "b", "c"], Lang::En), "a, b and c");
        assert_eq!(list(&["甲"], Lang::Zh), "甲");
    }

    #[test]
    fn suggestions_are_near_or_absent() {
        assert_eq!(nearest("inspecters", ["inspectors", "recorder"]), Some("inspectors"));
        assert_eq!(nearest("谈化人员", ["谈话人员", "记录人"]), Some("谈话人员"));
        assert_eq!(nearest("zzz", ["inspectors", "recorder"]), None);
        assert_eq!(nearest("撤离", ["进驻", "撤离驻地", "撤离驻地之后"]), Some("撤离驻地"));
        assert_eq!(nearest("谈话记录", ["interview", "谈话", "记录人员"]), Some("谈话"));
        assert_eq!(nearest("人", ["人员", "巡察人员"]), Some("人员"));
        assert_eq!(nearest("录", ["记录人员"]), None);
    }

    #[test]
    fn widths_count_cells() {
        assert_eq!(width("巡察a"), 5);
        assert_eq!(pad("巡察", 6), "巡察  ");
        assert_eq!(cut("巡察工作流程", 7), "巡察工…");
    }

    #[test]
    fn unsafe_characters_are_shown() {
        assert_eq!(safe("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(safe("安全"), "安全");
    }

    #[test]
    fn languages_from_locales() {
        assert_eq!(Lang::parse("zh_CN.UTF-8"), Some(Lang::Zh));
        assert_eq!(Lang::parse("en_US"), Some(Lang::En));
        assert_eq!(Lang::parse("C"), None);
    }
}
