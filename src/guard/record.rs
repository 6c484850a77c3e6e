//! One record as it would go into git: what the reader finds wrong, what leads to a person, what is too secret for this casebook.

use super::names::Names;
use super::numbers::{self, Number};
use crate::casebook::config::Guard;
use crate::finding::{Finding, Place};
use crate::kind::{Field, Part, Record, Schema, Secrecy, Val};
use crate::say;
use crate::text::Text;
use crate::yaml::{NodeId, Shape};
use std::ops::Range;

/// The kind whose records are the register of names.
pub const REGISTER: &str = "person";

/// An attachment of a record whose hash the record gives.
#[derive(Clone, Debug)]
pub struct Hashed {
    /// The attachment, relative to the casebook.
    pub path: String,
    /// The hash that the record gives.
    pub sha256: String,
    /// Where it does.
    pub place: Place,
}

/// What leads to a person in a text that is no record's, or in a path.
pub fn in_text(text: &str, names: &Names) -> Vec<(Range<usize>, Trace)> {
    let numbers = numbers::find(text).into_iter().map(|(n, at)| (at, Trace::Number(n)));
    numbers.chain(names.find(text).into_iter().map(|h| (h.at, Trace::Name { doubtful: h.doubtful }))).collect()
}

/// What leads to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// A number.
    Number(Number),
    /// A name of the register.
    Name {
        /// It may be part of a longer word.
        doubtful: bool,
    },
}

impl Trace {
    /// The finding at a place; what was found is not repeated.
    pub fn finding(self, place: Place) -> Finding {
        match self {
            Trace::Number(n) => {
                let Text { zh, en } = n.title();
                Finding::error("personal-number", place, say!("这里有一个{zh}", "here stands {en}")).help(say!(
                    "删去；需要时只留在纸件上。确实不是的，在 xuncha.toml 的 [[guard.accept]] 写明",
                    "Take it out; where it is needed, keep it on paper. If it is something else, say so under [[guard.accept]] in xuncha.toml"
                ))
            }
            Trace::Name { doubtful } => {
                let help = say!(
                    "改写为人员标识、代码或角色。确实不是指人的，在 xuncha.toml 的 [[guard.accept]] 写明",
                    "Write the person's id, code or role. If no person is meant, say so under [[guard.accept]] in xuncha.toml"
                );
                match doubtful {
                    true => Finding::warning(
                        "person-name",
                        place,
                        say!(
                            "这两个字是人才库中的姓名，也可能只是词的一部分",
                            "these two letters are a name of the staff register, or part of a word"
                        ),
                    ),
                    false => Finding::error("person-name", place, say!("这里有人才库中的姓名", "here stands a name of the staff register")),
                }
                .help(help)
            }
        }
    }
}

/// What leads to a person in a record, its comments included. Where a field asks for just that, it is no finding.
pub fn traces(schema: &Schema, record: &Record, names: &Names) -> Vec<Finding> {
    let text = record.tree.text();
    let own = own_name(schema, record).unwrap_or_default();
    let allowed = |(at, trace): &(Range<usize>, Trace)| {
        let Some(node) = scalar_at(record, at.start) else { return true };
        let part = Part { record, node };
        let field = field_of(schema, part);
        if crate::seal::is_ciphertext(part.str()) {
            return false;
        }
        match trace {
            Trace::Number(Number::Phone) => field.is_none_or(|f| f.secrecy != Secrecy::Open && f.key != "phone"),
            Trace::Number(_) => true,
            Trace::Name { .. } => {
                let named = field.is_some_and(|f| matches!(f.key.as_str(), "name" | "person"));
                part.val() != Val::Ref && !named && text[at.clone()] != *own
            }
        }
    };
    let all = in_text(text, names).into_iter().filter(allowed);
    all.map(|(at, trace)| trace.finding(Place::at(&record.file, at))).collect()
}

/// The name that a record of the register gives.
pub fn own_name<'r>(schema: &Schema, record: &'r Record) -> Option<&'r str> {
    let name = schema.shape(record.shape).find("name").filter(|_| schema.kind(record.kind).id == REGISTER)?;
    record.root().field(name).filter(|p| p.val() == Val::Text).map(|p| p.str().trim())
}

/// What is more secret than this casebook may hold: a mark on the record or on an attachment, or a field filled in plain text.
pub fn above(schema: &Schema, record: &Record, guard: &Guard) -> Vec<Finding> {
    let Some(limit) = guard.secrecy else { return Vec::new() };
    let limit_title = limit.title();
    let (zh, en) = (&limit_title.zh, &limit_title.en);
    let help = say!(
        "移到可以存放它的案卷，或只登记纸件号；本案卷的级别在 xuncha.toml 的 [guard] secrecy",
        "Move it to a casebook that may hold it, or record the paper's number only; this casebook's level is [guard] secrecy in xuncha.toml"
    );
    let mut found = Vec::new();
    let mut fields: Vec<(&Field, Range<usize>)> = Vec::new();
    for n in 0..record.vals.len() as u32 {
        let map = Part { record, node: NodeId(n) };
        let Val::Map(shape) = map.val() else { continue };
        for entry in record.tree.entries(map.node) {
            let Val::Key(i) = record.vals[entry.key_id.0 as usize] else { continue };
            let field = &schema.shape(shape).fields[i as usize];
            let value = Part { record, node: entry.value };
            if field.secrecy > limit && plain(value) {
                fields.push((field, record.tree.span(entry.key_id)));
            }
            let Val::Enum(set, v) = value.val() else { continue };
            let code = schema.en(set).values[v as usize].code.as_str();
            let marked = Secrecy::WORDS.iter().find(|(w, _)| *w == code).filter(|_| schema.en(set).name == "secrecy");
            let Some((_, level)) = marked.filter(|(_, l)| *l > limit) else { continue };
            let title = level.title();
            let (is_zh, is_en) = (&title.zh, &title.en);
            let place = Place::at(&record.file, record.tree.span(entry.value));
            let message = say!("标为“{is_zh}”，而本案卷只放到“{zh}”", "it is marked “{is_en}”, and this casebook holds up to “{en}”");
            found.push(Finding::error("above-level", place, message).help(help.clone()));
        }
    }
    if let Some((field, at)) = fields.first() {
        let title = field.secrecy.title();
        let (is_zh, is_en, label, key, n) = (&title.zh, &title.en, &field.label.zh, &field.key, fields.len());
        let message = say!(
            "“{label}”等{n}个字段属“{is_zh}”，而本案卷只放到“{zh}”",
            "`{key}`, the first of {n} fields, is “{is_en}”, and this casebook holds up to “{en}”"
        );
        found.push(Finding::error("above-level", Place::at(&record.file, at.clone()), message).help(help));
    }
    found
}

/// The attachments whose hash a record gives.
pub fn hashed(schema: &Schema, record: &Record) -> Vec<Hashed> {
    let home = crate::casebook::attached::folder(&record.home);
    let maps = (0..record.vals.len() as u32).map(|n| Part { record, node: NodeId(n) });
    maps.filter_map(|map| {
        let Val::Map(shape) = map.val() else { return None };
        let shape = schema.shape(shape);
        let value = |key: &str| shape.find(key).and_then(|i| map.field(i)).filter(|p| p.filled());
        let (path, hash) = (value("path")?, value("sha256")?);
        let place = Place::at(&record.file, record.tree.span(hash.node));
        Some(Hashed { path: format!("{home}{}", path.str().trim()), sha256: hash.str().trim().to_string(), place })
    })
    .collect()
}

/// Whether a value stands there to be read: a scalar that is neither a paper's number nor ciphertext, or a list with one.
fn plain(part: Part<'_>) -> bool {
    match part.val() {
        Val::Empty | Val::Sealed | Val::Map(_) => false,
        Val::List => part.items().any(plain),
        Val::Texts => {
            let sealed = |node| crate::kind::bind::sealed_form(record_str(part, node));
            part.record.tree.entries(part.node).any(|e| !sealed(e.value))
        }
        _ => part.filled(),
    }
}

fn record_str(part: Part<'_>, node: NodeId) -> &str {
    part.record.tree.str(node).trim()
}

/// The scalar that covers a byte.
fn scalar_at(record: &Record, byte: usize) -> Option<NodeId> {
    let tree = &record.tree;
    let scalar = |n: &NodeId| matches!(tree.shape(*n), Shape::Plain | Shape::Quoted | Shape::Block);
    (0..tree.len() as u32).map(NodeId).filter(scalar).find(|n| tree.span(*n).contains(&byte))
}

/// The field that a value, or the list around it, fills.
fn field_of<'s>(schema: &'s Schema, part: Part<'_>) -> Option<&'s Field> {
    let record = part.record;
    let mut node = part.node;
    loop {
        let parent = record.tree.parent(node)?;
        if let Val::Map(shape) = record.vals[parent.0 as usize] {
            let entry = record.tree.entries(parent).find(|e| e.value == node)?;
            let Val::Key(i) = record.vals[entry.key_id.0 as usize] else { return None };
            return schema.shape(shape).fields.get(i as usize);
        }
        node = parent;
    }
}
