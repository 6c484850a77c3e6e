//! A record written again: dates, numbers and choices stay, texts and names are replaced by signs that are the same wherever the text was.

use super::{Names, Purpose, words};
use crate::calendar::{Cycle, Rule};
use crate::casebook::Casebook;
use crate::kind::{Field, Part, Record, Schema, Secrecy, Shape, Type, Val, bind};
use crate::text::{Lang, Text};
use crate::yaml::{self, Shape as Form, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What stands for a value that could not be read.
pub(super) fn unreadable() -> Text {
    Text::new("无法识别", "unreadable")
}

/// What a sign stands for; each counts for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sign {
    /// A text of a field so marked.
    Text(Secrecy),
    /// A sealed value, or the number of a paper.
    Paper,
    /// The code of a person.
    Code,
    /// A name that no record has.
    Word,
    /// The name of a unit, which its number replaces.
    Unit,
}

/// Writes the records of one casebook again.
pub struct Rewriter<'b> {
    book: &'b Casebook,
    names: &'b Names,
    purpose: Purpose,
    lang: Lang,
    words: HashSet<String>,
    seen: RefCell<BTreeSet<(Sign, String)>>,
    numbers: BTreeMap<(Sign, String), usize>,
}

/// The folder that holds a value.
struct Around<'a> {
    schema: &'a Schema,
    level: Secrecy,
}

impl<'b> Rewriter<'b> {
    /// Goes through all records once, so that signs can be given that do not follow their order.
    pub fn new(book: &'b Casebook, names: &'b Names, purpose: Purpose, lang: Lang, records: &[&Record]) -> Rewriter<'b> {
        let words = words::of(book);
        let mut r = Rewriter { book, names, purpose, lang, words, seen: RefCell::new(BTreeSet::new()), numbers: BTreeMap::new() };
        for record in records {
            r.text(record);
        }
        let seen = std::mem::take(&mut *r.seen.borrow_mut());
        let signs: BTreeSet<Sign> = seen.iter().map(|(s, _)| *s).collect();
        for sign in signs {
            let of = seen.iter().filter(|(s, _)| *s == sign).map(|(_, text)| text.clone());
            r.numbers.extend(names.order(of).into_iter().map(|(text, n)| ((sign, text), n)));
        }
        r
    }

    /// The texts that were replaced, each with whether its field is restricted or sealed.
    pub fn removed(&self) -> impl Iterator<Item = (&str, bool)> {
        let close =
            |sign: &Sign| matches!(sign, Sign::Paper | Sign::Code | Sign::Text(Secrecy::Restricted | Secrecy::Sealed | Secrecy::Never));
        self.numbers.keys().filter(|(_, text)| !self.words.contains(text)).map(move |(sign, text)| (text.as_str(), close(sign)))
    }

    /// Whether a name is a word of the procedure too, and so stands where nothing is meant by it.
    pub fn is_word(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// The record as YAML.
    pub fn text(&self, record: &Record) -> String {
        let root = record.root();
        let Val::Map(shape) = root.val() else { return String::new() };
        let schema = &self.book.schema;
        let level = self.whole(record);
        let around = Around { schema, level };
        match self.map(root, schema.shape(shape), &around) {
            Value::Map(entries) if entries.is_empty() => String::new(),
            value => yaml::write(&value, 0),
        }
    }

    /// What the record says of itself as a whole.
    fn whole(&self, record: &Record) -> Secrecy {
        let shape = self.book.schema.shape(record.shape);
        let said = shape.find("secrecy").filter(|i| shape.fields[*i as usize].header).and_then(|i| record.root().field(i));
        let Some(Val::Enum(set, i)) = said.map(Part::val) else { return Secrecy::Open };
        let code = self.book.schema.en(set).values[i as usize].code.as_str();
        Secrecy::WORDS.iter().find(|(w, _)| *w == code).map_or(Secrecy::Open, |(_, s)| *s)
    }

    fn map(&self, part: Part<'_>, shape: &Shape, around: &Around) -> Value {
        let record = part.record;
        let mut out: Vec<(String, Value)> = Vec::new();
        let attachment = shape.find("path").is_some() && shape.find("paper_ref").is_some();
        let has_paper = shape.find("paper_ref").and_then(|i| part.field(i)).is_some_and(Part::filled);
        for entry in record.tree.entries(part.node) {
            let Val::Key(i) = record.vals[entry.key_id.0 as usize] else { continue };
            let field = &shape.fields[i as usize];
            if field.secrecy == Secrecy::Never || field.header && ["id", "kind", "round"].contains(&field.key.as_str()) {
                continue;
            }
            let value = Part { record, node: entry.value };
            // No attachment goes along: one that is a file becomes one that lies elsewhere.
            match field.key.as_str() {
                "path" if attachment && has_paper => continue,
                "path" if attachment && value.filled() => {
                    out.push(("paper_ref".into(), self.sign(Sign::Paper, value.str())));
                    continue;
                }
                "sha256" if attachment => continue,
                _ => {}
            }
            let level = around.level.max(field.secrecy);
            if let Some(v) = self.value(value, field, &field.ty, &Around { schema: around.schema, level }) {
                out.push((field.key.clone(), v));
            }
        }
        Value::Map(out)
    }

    fn value(&self, part: Part<'_>, field: &Field, ty: &Type, around: &Around) -> Option<Value> {
        let blank = self.purpose == Purpose::Form && around.level > Secrecy::Open;
        let tree = &part.record.tree;
        Some(match part.val() {
            Val::Empty if tree.shape(part.node) == Form::Seq => Value::Seq(Vec::new()),
            Val::Empty => Value::Null,
            Val::List => {
                let inner = match ty {
                    Type::List(inner) => inner.as_ref(),
                    other => other,
                };
                Value::Seq(part.items().filter_map(|p| self.value(p, field, inner, around)).collect())
            }
            Val::Map(shape) => self.map(part, around.schema.shape(shape), around),
            Val::Texts => self.texts(part, around),
            Val::Sealed => self.sign(Sign::Paper, part.str()),
            Val::Bool(_) | Val::Int(_) | Val::Number(_) | Val::Date(_) | Val::Time(..) | Val::Enum(..) if blank => return None,
            Val::Bool(b) => Value::Bool(b),
            Val::Int(n) => Value::Int(n),
            Val::Number(n) => Value::Str(n.to_string()),
            Val::Date(d) => Value::Str(d.to_string()),
            Val::Time(d, t) => Value::Str(format!("{d}T{}", t.format("%H:%M:%S"))),
            Val::Enum(set, i) => Value::Str(around.schema.en(set).values[i as usize].code.clone()),
            Val::Ref => Value::Str(self.named(part.str().trim())),
            Val::Text if self.is_unit_name(part, field) => self.unit(part.record),
            Val::Text => self.scalar(part.str().trim(), ty, around.level),
            Val::Key(_) | Val::Bad if tree.shape(part.node) == Form::Null => Value::Null,
            Val::Key(_) | Val::Bad => match ty {
                // What could not be read is there, and nothing of it is said.
                Type::Text | Type::Code if around.level >= Secrecy::Sealed => self.sign(Sign::Paper, part.str()),
                _ => Value::Str(format!("〔{}〕", unreadable().get(self.lang))),
            },
        })
    }

    fn texts(&self, part: Part<'_>, around: &Around) -> Value {
        let record = part.record;
        let tree = &record.tree;
        let one = |node: yaml::NodeId| match record.vals[node.0 as usize] {
            Val::Empty => Value::Null,
            Val::Sealed => self.sign(Sign::Paper, tree.str(node)),
            _ if around.level >= Secrecy::Sealed => self.sign(Sign::Paper, tree.str(node)),
            _ => self.free(tree.str(node).trim(), around.level),
        };
        let key = |e: &yaml::Entry| match record.vals[e.key_id.0 as usize] {
            Val::Enum(set, i) => around.schema.en(set).values[i as usize].code.clone(),
            _ => match self.free(e.key.trim(), around.level) {
                Value::Str(s) => s,
                _ => String::new(),
            },
        };
        Value::Map(tree.entries(part.node).map(|e| (key(&e), one(e.value))).collect())
    }

    fn scalar(&self, text: &str, ty: &Type, level: Secrecy) -> Value {
        match ty {
            Type::Code => self.sign(Sign::Code, text),
            Type::Slug if self.words.contains(text) => text.into(),
            Type::Slug => Value::Str(self.named(text)),
            Type::Duration if Rule::parse(&format!("+{}", text.trim_start_matches('+'))).is_ok() => text.into(),
            _ => self.free(text, level),
        }
    }

    fn is_unit_name(&self, part: Part<'_>, field: &Field) -> bool {
        let kind = &self.book.schema.kind(part.record.kind).id;
        self.purpose == Purpose::Export
            && kind == "unit"
            && field.key == "name"
            && !self.words.contains(part.str().trim())
            && part.record.tree.parent(part.node) == Some(part.record.tree.root())
    }

    /// A unit is called by the number that its record has.
    fn unit(&self, record: &Record) -> Value {
        if let Some(shape) = self.book.schema.shape(record.shape).find("name").and_then(|i| record.root().field(i)) {
            self.number(Sign::Unit, shape.str());
        }
        let n = self.names.id(&record.id).and_then(|id| id.rsplit('-').next()).unwrap_or("0");
        Value::Str(match self.lang {
            Lang::Zh => format!("单位{n}"),
            Lang::En => format!("Unit {n}"),
        })
    }

    /// A text: a word of the procedure, a record's name, a period, or what is replaced.
    fn free(&self, text: &str, level: Secrecy) -> Value {
        let open = level == Secrecy::Open && self.purpose != Purpose::Export;
        if text.is_empty() || self.words.contains(text) {
            return text.into();
        }
        if bind::sealed_form(text) {
            return self.sign(Sign::Paper, text);
        }
        if self.is_name(text) {
            return Value::Str(self.named(text));
        }
        if open || plain(text) {
            return text.into();
        }
        self.sign(Sign::Text(level), text)
    }

    /// Whether a text names a record, by its id or path, or a round or case.
    fn is_name(&self, text: &str) -> bool {
        let last = text.trim_end_matches(".yaml").rsplit('/').next().unwrap_or(text);
        self.names.id(last).is_some() || self.names.is_round(last)
    }

    /// A record, case or round under its new name, by path or alone.
    fn named(&self, text: &str) -> String {
        let schema = &self.book.schema;
        let ending = if text.ends_with(".yaml") { ".yaml" } else { "" };
        let parts: Vec<String> = text
            .trim_end_matches(".yaml")
            .split('/')
            .enumerate()
            .map(|(i, part)| {
                let alone = !text.contains('/');
                let folder = |k| schema.kind(k).id.clone();
                match (self.names.id(part), schema.find_kind(part)) {
                    (_, Some(k)) if !alone && i + 1 < text.split('/').count() => folder(k),
                    (Some(id), _) => id.to_string(),
                    (None, Some(k)) if schema.kind(k).single => folder(k),
                    _ if self.names.is_round(part) => self.names.round(part).to_string(),
                    _ if part == "rounds" || self.words.contains(part) => part.to_string(),
                    _ => self.word(part),
                }
            })
            .collect();
        format!("{}{ending}", parts.join("/"))
    }

    fn word(&self, text: &str) -> String {
        let n = self.number(Sign::Word, text);
        format!("x-{n}")
    }

    fn number(&self, sign: Sign, text: &str) -> usize {
        let key = (sign, text.trim().to_string());
        let n = self.numbers.get(&key).copied().unwrap_or(0);
        if n == 0 {
            self.seen.borrow_mut().insert(key);
        }
        n
    }

    fn sign(&self, sign: Sign, text: &str) -> Value {
        let n = self.number(sign, text);
        let text = match sign {
            Sign::Text(level) => {
                let Text { zh, en } = level.title();
                match self.lang {
                    Lang::Zh => format!("〔{zh}{n}〕"),
                    Lang::En => format!("〔{en} {n}〕"),
                }
            }
            Sign::Paper => format!("paper:removed-{n}"),
            Sign::Code => format!("P-{n:03}"),
            Sign::Word => format!("x-{n}"),
            Sign::Unit => format!("unit-{n}"),
        };
        Value::Str(text)
    }
}

/// A period or a day: no more than the dates that stay.
fn plain(text: &str) -> bool {
    bind::time(text).is_some() || text.is_ascii() && text.len() <= 8 && Cycle::parse(text).is_some()
}
