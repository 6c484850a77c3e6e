//! The one module that knows the TOML parser: a data file as tables that remember their places and report what nobody asked for.

use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, meant, nearest};
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What was found while a file was read; shared by all its tables.
pub type Findings = RefCell<Vec<Finding>>;

/// Parses `text`; syntax errors become findings with their place, and what can be read is still given to `read`.
pub fn parse<R>(file: &str, text: &str, read: impl FnOnce(Table<'_>) -> R) -> (R, Vec<Finding>) {
    let doc = Doc::parse(file, text);
    let out = read(doc.table());
    (out, doc.findings.into_inner())
}

/// A parsed file, for those who read it more than once.
pub struct Doc<'a> {
    file: &'a str,
    len: usize,
    root: Spanned<DeTable<'a>>,
    findings: Findings,
}

impl<'a> Doc<'a> {
    /// Parses `text`; syntax errors are kept as findings.
    pub fn parse(file: &'a str, text: &'a str) -> Doc<'a> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let findings = RefCell::new(Vec::new());
        for e in errors.iter().take(20) {
            let range = e.span().unwrap_or(0..0);
            let (line, found) = (text[..range.start.min(text.len())].matches('\n').count() + 1, excerpt(text, &range));
            let reason = syntax(e.message());
            let (zh, en) = (reason.zh, reason.en);
            let message = say!("第 {line} 行不是有效的 TOML:{zh}（{found}）", "line {line} is not valid TOML: {en} ({found})");
            findings.borrow_mut().push(Finding::error("data-syntax", Place::at(file, range), message).help(say!(
                "数据文件的写法见 docs/procedures.md 与 docs/kinds.md",
                "see docs/procedures.md and docs/kinds.md for how data files are written"
            )));
        }
        Doc { file, len: text.len(), root, findings }
    }

    /// Its top table.
    pub fn table(&self) -> Table<'_> {
        Table {
            file: self.file,
            table: self.root.get_ref(),
            range: 0..self.len,
            asked: RefCell::default(),
            findings: &self.findings,
            top: true,
        }
    }

    /// What was found so far; kept no longer.
    pub fn take_findings(&self) -> Vec<Finding> {
        self.findings.take()
    }
}

fn excerpt(text: &str, range: &Range<usize>) -> String {
    let line = text.get(range.start.min(text.len())..).unwrap_or("").lines().next().unwrap_or("");
    if line.trim().is_empty() { "⏎".into() } else { format!("`{}`", crate::text::cut(line.trim(), 40)) }
}

/// The parser's reasons in our own words; whatever is new to us is called a syntax error.
fn syntax(message: &str) -> Text {
    let table = [
        ("string", "文本的引号不对", "a text is not quoted properly"),
        ("duplicate", "同一个键出现了两次", "the same key twice"),
        ("unclosed", "引号或括号没有结束", "a quote or bracket is not closed"),
        ("missing", "缺少一部分", "something is missing"),
        ("invalid", "有不能用的字符或写法", "an invalid character or form"),
        ("unexpected", "多出了内容", "something unexpected"),
        ("extra", "多出了内容", "something unexpected"),
    ];
    let low = message.to_lowercase();
    table.iter().find(|(k, ..)| low.contains(k)).map_or(Text::new("语法错误", "syntax error"), |(_, zh, en)| Text::new(*zh, *en))
}

/// A table of a data file. Ask for its keys, then call [`Table::finish`]: a key that nobody asked for is a finding.
pub struct Table<'a> {
    file: &'a str,
    table: &'a DeTable<'a>,
    range: Range<usize>,
    asked: RefCell<Vec<String>>,
    findings: &'a Findings,
    top: bool,
}

impl<'a> Table<'a> {
    /// The bytes of the table in its file.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The file, as findings name it.
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// Reports something about this file.
    pub fn report(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    /// Reports an error at a place of this file.
    pub fn error(&self, code: &'static str, range: Range<usize>, message: Text) {
        self.report(Finding::error(code, Place::at(self.file, range), message));
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key.to_string());
        self.table.get(key)
    }

    /// The place of a key's value, or of the table where the key is missing.
    pub fn place(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or(self.range.start..self.range.start, |v| v.span())
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The keys in alphabetical order.
    pub fn keys(&self) -> Vec<(&'a str, Range<usize>)> {
        self.table.keys().map(|k| (k.get_ref().as_ref(), k.span())).collect()
    }

    fn wrong(&self, key: &str, v: &Spanned<DeValue>, zh: &str, en: &str) {
        self.error("data-type", v.span(), say!("`{key}` 应为{zh}", "`{key}` should be {en}"));
    }

    /// A text value with its place (inside the quotes where they are plain).
    pub fn str_at(&self, key: &str) -> Option<(&'a str, Range<usize>)> {
        let v = self.value(key)?;
        match v.get_ref() {
            DeValue::String(s) => Some((s.as_ref(), v.span())),
            _ => {
                self.wrong(key, v, "文本", "a text");
                None
            }
        }
    }

    /// A text value.
    pub fn str(&self, key: &str) -> Option<&'a str> {
        self.str_at(key).map(|(s, _)| s)
    }

    /// A text value that must be there; empty, with a finding, if it is not.
    pub fn need_str(&self, key: &str) -> &'a str {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.str(key).unwrap_or("")
    }

    /// Reports that `key` is missing.
    pub fn missing(&self, key: &str) {
        self.error("data-missing-key", self.range.start..self.range.start, say!("缺少 `{key}`", "`{key}` is missing"));
    }

    /// A yes or no; `false` where it is not given.
    pub fn flag(&self, key: &str) -> bool {
        self.bool(key).unwrap_or(false)
    }

    /// A yes or no.
    pub fn bool(&self, key: &str) -> Option<bool> {
        let v = self.value(key)?;
        let b = v.get_ref().as_bool();
        if b.is_none() {
            self.wrong(key, v, " true 或 false", "true or false");
        }
        b
    }

    /// A whole number.
    pub fn int(&self, key: &str) -> Option<i64> {
        let v = self.value(key)?;
        let n = v.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        if n.is_none() {
            self.wrong(key, v, "整数", "a whole number");
        }
        n
    }

    /// Whether the value is a text, a number, a table …, without taking it.
    pub fn type_of(&self, key: &str) -> Option<&'static str> {
        self.value(key).map(|v| v.get_ref().type_str())
    }

    /// A date or a text, as written.
    pub fn date_or_str(&self, key: &str) -> Option<String> {
        let v = self.value(key)?;
        match v.get_ref() {
            DeValue::Datetime(d) => Some(d.to_string()),
            DeValue::String(s) => Some(s.to_string()),
            _ => {
                self.wrong(key, v, "日期", "a date");
                None
            }
        }
    }

    /// A text in both languages: `{ zh = "…", en = "…" }`.
    pub fn text(&self, key: &str) -> Option<Text> {
        let t = self.table_at(key)?;
        let text = Text::new(t.need_str("zh").to_string(), t.need_str("en").to_string());
        t.finish();
        Some(text)
    }

    /// A text in both languages that must be there.
    pub fn need_text(&self, key: &str) -> Text {
        if self.value(key).is_none() {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    /// A list of texts, or one text standing for a list of one; empty where it is not given.
    pub fn strs(&self, key: &str) -> Vec<(&'a str, Range<usize>)> {
        let Some(v) = self.value(key) else { return Vec::new() };
        match v.get_ref() {
            DeValue::String(s) => vec![(s.as_ref(), v.span())],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|i| match i.get_ref() {
                    DeValue::String(s) => Some((s.as_ref(), i.span())),
                    _ => {
                        self.wrong(key, i, "文本", "a text");
                        None
                    }
                })
                .collect(),
            _ => {
                self.wrong(key, v, "文本的列表", "a list of texts");
                Vec::new()
            }
        }
    }

    /// A list of texts without their places.
    pub fn names(&self, key: &str) -> Vec<String> {
        self.strs(key).into_iter().map(|(s, _)| s.to_string()).collect()
    }

    /// A table under a key.
    pub fn table_at(&self, key: &str) -> Option<Table<'a>> {
        let v = self.value(key)?;
        match v.get_ref() {
            DeValue::Table(t) => Some(self.sub(t, v.span())),
            _ => {
                self.wrong(key, v, "一个表", "a table");
                None
            }
        }
    }

    /// A list of tables under a key; empty where it is not given.
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(v) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = v.get_ref() else {
            self.wrong(key, v, "表的列表", "a list of tables");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|i| match i.get_ref() {
                DeValue::Table(t) => Some(self.sub(t, i.span())),
                _ => {
                    self.wrong(key, i, "一个表", "a table");
                    None
                }
            })
            .collect()
    }

    fn sub(&self, table: &'a DeTable<'a>, range: Range<usize>) -> Table<'a> {
        Table { file: self.file, table, range, asked: RefCell::default(), findings: self.findings, top: false }
    }

    /// One of the given words; reported with a suggestion if it is another.
    pub fn word<T: Copy>(&self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        let (s, range) = self.str_at(key)?;
        if let Some((_, t)) = words.iter().find(|(w, _)| *w == s) {
            return Some(*t);
        }
        let all: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
        let list = all.join(" | ");
        let mut f = Finding::error(
            "data-word",
            Place::at(self.file, range),
            say!("`{key}` 不能是 `{s}`，可用：{list}", "`{key}` cannot be `{s}`; it is one of {list}"),
        );
        if let Some(near) = nearest(s, all) {
            f = f.help(meant(near));
        }
        self.report(f);
        None
    }

    /// Reports every key that nobody asked for, with a suggestion.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if asked.iter().any(|a| a == name) {
                continue;
            }
            let place = Place::at(self.file, key.span());
            let mut f = Finding::error("data-unknown-key", place, say!("不认识的键 `{name}`", "unknown key `{name}`"));
            if let Some(near) = nearest(name, asked.iter().map(|s| s.as_str())) {
                f = f.help(meant(near));
            } else if self.top {
                let mut known: Vec<&str> = asked.iter().map(String::as_str).collect();
                known.sort_unstable();
                known.dedup();
                let list = known.join("、");
                f = f.help(say!("这里可用的键：{list}", "keys known here: {list}"));
            }
            self.findings.borrow_mut().push(f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_wrong_types_are_found_with_their_place() {
        let text = "id = 3\ntitel = { zh = \"甲\", en = \"a\" }\n";
        let ((), findings) = parse("p.toml", text, |t| {
            t.str("id");
            t.need_text("title");
            t.finish();
        });
        let codes: Vec<&str> = findings.iter().map(|f| f.code.as_ref()).collect();
        assert_eq!(codes, ["data-type", "data-missing-key", "data-unknown-key"]);
        assert_eq!(findings[2].help.as_ref().unwrap().en, "did you mean `title`?");
        assert_eq!(findings[2].place.range, Some((7, 12)));
    }

    #[test]
    fn broken_syntax_is_reported_and_the_rest_still_read() {
        let (id, findings) = parse("p.toml", "x = \"abc\nid = \"a\"\n", |t| t.str("id").map(str::to_string));
        assert_eq!(findings[0].code, "data-syntax");
        assert_eq!(id.as_deref(), Some("a"));
    }
}
