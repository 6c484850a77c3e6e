//! What `stats` counts, read from `stats.toml`: a path, a filter, a sum, the classes it is broken down by; knows no records.

use crate::builtin;
use crate::casebook::Casebook;
use crate::data::{self, Table};
use crate::finding::{Finding, Place};
use crate::kind::{KindId, Schema, Secrecy};
use crate::rule::{self, Env, Expr, It, Path, RuleError, Ty};
use crate::say;
use crate::text::{Text, nearest};
use std::ops::Range;

/// The casebook's own file; it stands over the built-in one.
pub const OWN: &str = "stats.toml";
const BUILT_IN: &str = "templates/stats.toml";

/// One number that leaders ask for.
pub struct Measure {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// What it counts in: 人次, 份, 件.
    pub unit: Text,
    /// The records, or the parts of records, that are counted.
    pub each: Path,
    /// Which of them.
    pub filter: Option<Expr>,
    /// What each adds; 1 where there is none.
    pub sum: Option<Expr>,
    /// The breakdowns.
    pub by: Vec<Dim>,
    /// Whether a small count could point at a person.
    pub persons: bool,
    /// Whether smallness is that of the number of records, not of their sum: money.
    pub records: bool,
    /// Whether the cases in which there is one are counted, not the things themselves.
    pub over_cases: bool,
    /// Classes below this are not shown.
    pub least: i64,
}

/// A breakdown of a measure.
pub struct Dim {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// The class of each thing.
    pub value: Expr,
    /// Whether the classes may be shown to the public: not where a field with restricted values gives them.
    pub public: bool,
}

/// What there is to count, and how a line of text tells it.
#[derive(Default)]
pub struct Sheet {
    /// The measures in their order.
    pub measures: Vec<Measure>,
    /// A sentence in both languages, with `{id}` for the number of a measure.
    pub sentence: Option<Text>,
}

impl Sheet {
    /// The measure of that id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.id == id)
    }
}

/// The measures of a casebook, and what is wrong in the files that say them.
pub fn load(book: &Casebook) -> (Sheet, Vec<Finding>) {
    let mut out = Sheet::default();
    let mut findings = read(BUILT_IN, builtin::file(BUILT_IN).unwrap_or(""), &book.schema, &mut out);
    let own = book.root.join(OWN);
    if std::fs::symlink_metadata(&own).is_ok() {
        match crate::casebook::file::read_text(&own, OWN) {
            Ok(text) => findings.extend(read(OWN, &text, &book.schema, &mut out)),
            Err(f) => findings.push(*f),
        }
    }
    (out, findings)
}

/// Reads a file over what is there: what has the id of another replaces it, `strike` takes out, the rest is added.
pub fn read(file: &str, text: &str, schema: &Schema, sheet: &mut Sheet) -> Vec<Finding> {
    let ((), findings) = data::parse(file, text, |t| {
        let out = &mut sheet.measures;
        for (id, range) in t.strs("strike") {
            match out.iter().position(|m| m.id == id) {
                Some(i) => drop(out.remove(i)),
                None => unknown(&t, id, range, out),
            }
        }
        let before = out.len();
        for m in t.tables("measure") {
            if let Some(measure) = one(&m, schema) {
                match out.iter().position(|o| o.id == measure.id) {
                    Some(i) if i >= before => {
                        let id = &measure.id;
                        m.error("stats-duplicate", m.place("id"), say!("指标 `{id}` 写了两次", "the measure `{id}` is given twice"));
                    }
                    Some(i) => out[i] = measure,
                    None => out.push(measure),
                }
            }
            m.finish();
        }
        if let Some(sentence) = t.text("sentence") {
            for id in holes(&sentence.zh).chain(holes(&sentence.en)).filter(|id| !out.iter().any(|m| m.id == *id)) {
                unknown(&t, id, t.place("sentence"), out);
            }
            sheet.sentence = Some(sentence);
        }
        t.finish();
    });
    findings
}

/// The ids between braces.
pub fn holes(words: &str) -> impl Iterator<Item = &str> {
    words.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(id, _)| id.trim()))
}

/// A sentence with its numbers.
pub fn fill(words: &str, number: impl Fn(&str) -> String) -> String {
    let mut parts = words.split('{');
    let mut out = parts.next().unwrap_or("").to_string();
    for part in parts {
        match part.split_once('}') {
            Some((id, rest)) => {
                out.push_str(&number(id.trim()));
                out.push_str(rest);
            }
            None => {
                out.push('{');
                out.push_str(part);
            }
        }
    }
    out
}

fn unknown(t: &Table, id: &str, range: Range<usize>, known: &[Measure]) {
    let shown = crate::text::safe(id);
    let mut f = Finding::error("stats-unknown", Place::at(t.file(), range), say!("没有指标 `{shown}`", "there is no measure `{shown}`"));
    f.help = nearest(id, known.iter().map(|m| m.id.as_str())).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
    t.report(f);
}

/// A measure; none where its path cannot be used, which is then reported.
fn one(t: &Table, schema: &Schema) -> Option<Measure> {
    let env = Env::of(schema);
    let id = t.need_str("id").to_string();
    let (title, unit) = (t.need_text("title"), t.text("unit").unwrap_or_default());
    if !t.has("each") {
        t.missing("each");
    }
    let path = t.str_at("each").and_then(|(src, range)| match Path::parse(src, schema) {
        Ok(path) => Some(path),
        Err(e) => {
            fault(t, src, range, e);
            None
        }
    });
    let it = path.as_ref().map(Path::it);
    // Without a path there is nothing that the rules could be checked against.
    let rule = |t: &Table, key: &str, want: Option<&Ty>| {
        let (src, range) = t.str_at(key)?;
        match rule::compile(src, &env, Some(it.as_ref()?), want) {
            Ok(e) => Some(e),
            Err(e) => {
                fault(t, src, range, e);
                None
            }
        }
    };
    let filter = rule(t, "where", Some(&Ty::Bool));
    let sum = rule(t, "sum", Some(&Ty::Number));
    let mut by = Vec::new();
    for d in t.tables("by") {
        let id = d.need_str("id").to_string();
        let title = d.text("title");
        let public = d.bool("public");
        if !d.has("value") {
            d.missing("value");
        }
        let value = rule(&d, "value", None);
        if let (Some(value), Some(it)) = (value, &it) {
            let place = d.place("value");
            if scalar(value.ty()) {
                let named = title.or_else(|| match value.ty() {
                    Ty::Enum(e) => Some(schema.en(*e).title.clone()),
                    _ => None,
                });
                if named.is_none() {
                    d.missing("title");
                }
                let public = public.unwrap_or(true) && !restricted(schema, it, &value);
                by.push(Dim { id, title: named.unwrap_or_default(), value, public });
            } else {
                let message = say!(
                    "分类应是一个值（枚举、文本、整数、是否或引用），不能是列表或日期",
                    "a class is one value (of an enumeration, a text, a whole number, yes or no, a reference), no list and no date"
                );
                d.error("stats-class", place, message);
            }
        }
        d.finish();
    }
    let over_cases = t.word("over", &[("records", false), ("cases", true)]).unwrap_or(false);
    let least = t.int("least").unwrap_or(1).max(1);
    let persons = t.bool("persons").unwrap_or(true);
    let records = t.word("small", &[("value", false), ("records", true)]).unwrap_or(false);
    Some(Measure { id, title, unit, each: path?, filter, sum, by, persons, records, over_cases, least })
}

fn fault(t: &Table, src: &str, range: Range<usize>, e: RuleError) {
    let quote = range.len().saturating_sub(src.len()) / 2;
    let start = range.start + quote;
    let mut f = Finding::error("rule-error", Place::at(t.file(), start + e.range.start..start + e.range.end), e.message);
    f.help = e.help;
    t.report(f);
}

fn scalar(ty: &Ty) -> bool {
    matches!(ty, Ty::Enum(_) | Ty::Text | Ty::Int | Ty::Bool | Ty::Ref(_) | Ty::Kind)
}

/// Whether a field whose values are not for public tables stands in the class.
fn restricted(schema: &Schema, it: &It, value: &Expr) -> bool {
    value.uses().fields.iter().any(|chain| {
        let mut shape = match &it.ty {
            Ty::Record(kind) => Some(schema.kind(*kind).shape),
            Ty::Map(shape) => Some(*shape),
            _ => None,
        };
        chain.iter().any(|index| {
            let Some(field) = shape.map(|s| &schema.shape(s).fields[*index as usize]) else { return false };
            shape = match &field.ty {
                crate::kind::Type::Map(s) => Some(*s),
                _ => None,
            };
            field.secrecy >= Secrecy::Restricted
        })
    })
}

impl Measure {
    /// The kinds whose records its rules look at.
    pub fn kinds(&self) -> Vec<KindId> {
        let exprs = self.filter.iter().chain(&self.sum).chain(self.by.iter().map(|d| &d.value));
        let mut out = vec![self.each.kind()];
        out.extend(exprs.flat_map(|e| e.uses().kinds.iter().chain(&e.uses().follows)).copied());
        out
    }
}
