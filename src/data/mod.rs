//! The one module that knows the TOML parser: a data file as tables that remember their places and report what nobody asked for.

use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, list_text, meant, nearest};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use toml::de::DeTable;
use tree::{Entries, Node, Tree, Value};

mod pack;
mod tree;

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
    text: &'a str,
    words: Cow<'static, [u8]>,
    pool: Cow<'static, str>,
    findings: Findings,
}

/// The text with the marks of a merge and what stands after their middle blotted out, every other byte where it was.
fn one_side(text: &str) -> String {
    let (mut out, mut theirs) = (String::with_capacity(text.len()), false);
    for line in text.split_inclusive('\n') {
        let mark = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().position(|m| line.starts_with(m));
        theirs = mark.map_or(theirs, |m| m == 1 || m == 2);
        if mark.is_some() || theirs {
            out.extend(line.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        } else {
            out.push_str(line);
        }
    }
    out
}

impl<'a> Doc<'a> {
    /// Parses `text`; syntax errors are kept as findings. A text that the program was built with was parsed then.
    pub fn parse(file: &'a str, text: &'a str) -> Doc<'a> {
        if let Some((words, pool)) = crate::builtin::packed(text) {
            return Doc { file, text, words: Cow::Borrowed(words), pool: Cow::Borrowed(pool), findings: Findings::default() };
        }
        let marked = crate::yaml::conflicts(file, text);
        // Half of a merge is read, so that one conflict is not a hundred errors.
        let half = if marked.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(one_side(text)) };
        let (root, errors) = DeTable::parse_recoverable(&half);
        let findings = RefCell::new(marked);
        for e in errors.iter().take(20) {
            let range = e.span().unwrap_or(0..0);
            let (line, found) = (text[..range.start.min(text.len())].matches('\n').count() + 1, excerpt(text, &range));
            let reason = syntax(e.message());
            let (zh, en) = (reason.zh, reason.en);
            let message = say!("第 {line} 行不是有效的 TOML：{zh}（{found}）", "line {line} is not valid TOML: {en} ({found})");
            findings.borrow_mut().push(Finding::error("data-syntax", Place::at(file, range), message).help(say!(
                "数据文件的写法见 docs/procedures.md 与 docs/kinds.md",
                "see docs/procedures.md and docs/kinds.md for how data files are written"
            )));
        }
        let packed = pack::pack(&half, &root);
        let words = packed.words.iter().flat_map(|w| w.to_le_bytes()).collect();
        Doc { file, text, words: Cow::Owned(words), pool: Cow::Owned(packed.pool), findings }
    }

    /// Its top table.
    pub fn table(&self) -> Table<'_> {
        Table {
            file: self.file,
            table: Tree::new(&self.words, &self.pool, self.text).root(),
            range: 0..self.text.len(),
            asked: RefCell::default(),
            met: Cell::new(0),
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
    table: Entries<'a>,
    range: Range<usize>,
    /// The keys asked for, a line each: one buffer, for most of them are not there.
    asked: RefCell<String>,
    /// Which of the entries were asked for, as far as a word has bits.
    met: Cell<u64>,
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

    fn value(&self, key: &str) -> Option<Node<'a>> {
        let mut asked = self.asked.borrow_mut();
        asked.push_str(key);
        asked.push('\n');
        let (i, node) = self.table.find(key)?;
        self.met.set(self.met.get() | 1u64.checked_shl(i as u32).unwrap_or(0));
        Some(node)
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
        self.table.keys().collect()
    }

    fn wrong(&self, key: &str, v: Node<'_>, zh: &str, en: &str) {
        self.error("data-type", v.span(), say!("`{key}` 应为{zh}", "`{key}` should be {en}"));
    }

    /// A text value with its place (inside the quotes where they are plain).
    pub fn str_at(&self, key: &str) -> Option<(&'a str, Range<usize>)> {
        let v = self.value(key)?;
        let text = v.text();
        if text.is_none() {
            self.wrong(key, v, "文本", "a text");
        }
        text.map(|s| (s, v.span()))
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
        let b = match v.value() {
            Value::Bool(b) => Some(b),
            _ => None,
        };
        if b.is_none() {
            self.wrong(key, v, " true 或 false", "true or false");
        }
        b
    }

    /// A whole number.
    pub fn int(&self, key: &str) -> Option<i64> {
        let v = self.value(key)?;
        let n = match v.value() {
            Value::Int(n) => Some(n),
            _ => None,
        };
        if n.is_none() {
            self.wrong(key, v, "整数", "a whole number");
        }
        n
    }

    /// Whether the value is a text, a number, a table …, without taking it.
    pub fn type_of(&self, key: &str) -> Option<&'static str> {
        self.value(key).map(|v| v.type_str())
    }

    /// A date or a text, as written.
    pub fn date_or_str(&self, key: &str) -> Option<String> {
        let v = self.value(key)?;
        match v.value() {
            Value::Date(s) | Value::Text(s) => Some(s.to_string()),
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
        match v.value() {
            Value::Text(s) => vec![(s, v.span())],
            Value::Array(items) => items
                .iter()
                .filter_map(|i| match i.text() {
                    Some(s) => Some((s, i.span())),
                    None => {
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
        match v.value() {
            Value::Table(t) => Some(self.sub(t, v.span())),
            _ => {
                self.wrong(key, v, "一个表", "a table");
                None
            }
        }
    }

    /// A list of tables under a key; empty where it is not given.
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(v) = self.value(key) else { return Vec::new() };
        let Value::Array(items) = v.value() else {
            self.wrong(key, v, "表的列表", "a list of tables");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|i| match i.value() {
                Value::Table(t) => Some(self.sub(t, i.span())),
                _ => {
                    self.wrong(key, i, "一个表", "a table");
                    None
                }
            })
            .collect()
    }

    fn sub(&self, table: Entries<'a>, range: Range<usize>) -> Table<'a> {
        Table { file: self.file, table, range, asked: RefCell::default(), met: Cell::new(0), findings: self.findings, top: false }
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
        let count = self.table.len();
        if count < 64 && self.met.get() == (1 << count) - 1 {
            return;
        }
        let asked = self.asked.borrow();
        let asked: Vec<&str> = asked.lines().collect();
        for (name, range) in self.table.keys() {
            if asked.contains(&name) {
                continue;
            }
            let place = Place::at(self.file, range);
            let mut f = Finding::error("data-unknown-key", place, say!("不认识的键 `{name}`", "unknown key `{name}`"));
            if let Some(near) = nearest(name, asked.iter().copied()) {
                f = f.help(meant(near));
            } else if self.top {
                let mut known: Vec<&str> = asked.clone();
                known.sort_unstable();
                known.dedup();
                let Text { zh, en } = list_text(&known);
                f = f.help(say!("这里可用的键：{zh}", "keys known here: {en}"));
            }
            self.findings.borrow_mut().push(f);
        }
    }
}

#[cfg(test)]
mod tests;
