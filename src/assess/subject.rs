//! What an obligation looks at in one instance: the records or parts that its path and filter select, and how many there must be.

use super::flaw::follow;
use super::sight::Sight;
use crate::finding::Place;
use crate::kind::{Part, Record, Schema, Type, Val};
use crate::procedure::compile::Compiled;
use crate::procedure::{Obligation, Subject};
use crate::rule::{Path, Stop, Value};
use crate::text::Text;
use chrono::NaiveDate;

/// What was found.
pub struct Subjects<'a> {
    /// The subjects, those that are `nil` left out.
    pub parts: Vec<Part<'a>>,
    /// A recorded none with its reason, where the obligation accepts one.
    pub nil: Option<Part<'a>>,
    /// A recorded none without a reason, where one with it would do.
    pub unreasoned: Option<Part<'a>>,
    /// How many are missing.
    pub missing: i64,
    /// For which (of `per`) one is missing.
    pub missing_for: Vec<Text>,
    /// The first of those, as it is written in a record.
    pub missing_value: Option<String>,
    /// The record that the first of those is, where it is one of the very records that are looked at.
    pub missing_in: Option<&'a Record>,
    /// How many there must be.
    pub wanted: i64,
    /// What could not be decided.
    pub stop: Option<Stop<'a>>,
    /// A file that cannot be read and may be one of them.
    pub waits: Option<&'a str>,
}

/// Selects the subjects.
pub fn select<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled) -> Subjects<'a> {
    let (mut found, waits) = sight.apart(|| selected(sight, o, c));
    found.waits = waits;
    found
}

fn selected<'a>(sight: &Sight<'a>, o: &Obligation, c: &Compiled) -> Subjects<'a> {
    let mut out = Subjects {
        parts: Vec::new(),
        nil: None,
        unreasoned: None,
        missing: 0,
        missing_for: Vec::new(),
        missing_value: None,
        missing_in: None,
        wanted: 0,
        stop: None,
        waits: None,
    };
    let Some(path) = &c.path else { return out };
    for part in path.select(sight) {
        if part.record.nil {
            let reasoned = sight.ground.text(part.record, "nil_reason").is_some() || sight.ground.part(part.record, "nil_reason").is_some();
            if o.nil {
                let kept = if reasoned { &mut out.nil } else { &mut out.unreasoned };
                kept.get_or_insert(part);
            }
            continue;
        }
        if !in_period(sight, c, part) {
            continue;
        }
        match c.filter.as_ref().map(|f| f.holds(sight, Some(part))) {
            None | Some(Ok(true)) => out.parts.push(part),
            Some(Ok(false)) => {}
            // A filter that cannot be decided is no match: what the record lacks is reported for itself.
            Some(Err(_)) => {}
        }
    }
    if !matches!(o.subject, Subject::Artifact(_)) {
        return out;
    }
    if let Some(per) = &c.per {
        match per.eval(sight, None) {
            Ok(list) => one_for_each(sight, c, list, &mut out),
            Err(stop) => out.stop = Some(stop),
        }
        if out.nil.is_some() {
            out.missing = 0;
            out.missing_for.clear();
        }
        return out;
    }
    out.wanted = match c.count.as_ref().map(|e| e.eval(sight, None)) {
        None => 1,
        Some(Ok(Value::Int(n))) => n,
        Some(Ok(_)) => 1,
        Some(Err(stop)) => {
            out.stop = Some(stop);
            1
        }
    };
    out.missing = (out.wanted - out.parts.len() as i64).max(0);
    if out.nil.is_some() {
        out.missing = 0;
    }
    out
}

fn one_for_each<'a>(sight: &Sight<'a>, c: &Compiled, list: Value<'a>, out: &mut Subjects<'a>) {
    let have: Vec<Value> = out
        .parts
        .iter()
        .filter_map(|p| match &c.by {
            Some(by) => by.eval(sight, Some(*p)).ok(),
            None => Some(Value::Record(p.record)),
        })
        .flat_map(|v| if v.is_list() { v.items() } else { vec![v] })
        .collect();
    let wanted = list.items();
    out.wanted = wanted.len() as i64;
    for want in wanted {
        if !have.iter().any(|h| same(h, &want)) {
            out.missing += 1;
            out.missing_for.push(name(sight, &want));
            if out.missing == 1 {
                out.missing_value = written(sight, &want);
                let id = out.missing_value.as_deref();
                let own = |path: &Path| path.records(sight).into_iter().find(|r| Some(r.record.id.as_str()) == id);
                let whole = c.path.as_ref().is_some_and(|p| p.fields().is_empty());
                let by_record = c.by.as_ref().is_none_or(|by| by.is_record(whole));
                out.missing_in = c.path.as_ref().filter(|_| by_record).and_then(own).map(|r| r.record);
            }
        }
    }
}

/// Whether a subject is of the period that is looked at: by the filter where that asks for the period, else by its day.
/// One without a day is of none: that the day is missing is said of the record itself.
fn in_period<'a>(sight: &Sight<'a>, c: &Compiled, part: Part<'a>) -> bool {
    let Some(period) = sight.period.filter(|_| !c.filter.as_ref().is_some_and(|f| f.uses().period)) else { return true };
    date_of(sight, c, part).is_some_and(|(day, _)| period.holds(day))
}

/// Whether two values name the same thing: a reference and the record it names are the same.
pub fn same(a: &Value, b: &Value) -> bool {
    key(a).is_some_and(|k| Some(k) == key(b))
}

fn key(v: &Value) -> Option<String> {
    Some(match v {
        Value::Record(r) => r.id.clone(),
        Value::Ref(p) => p.str().trim().to_string(),
        Value::Text(t) => t.trim().to_string(),
        Value::Int(n) => n.to_string(),
        Value::Date(d) => d.to_string(),
        Value::Enum(e, i) => format!("{}#{i}", e.0),
        _ => return None,
    })
}

/// A value as it is written in a record.
fn written(sight: &Sight<'_>, v: &Value<'_>) -> Option<String> {
    Some(match v {
        Value::Record(r) => r.id.clone(),
        Value::Ref(p) => p.str().trim().to_string(),
        Value::Text(t) => t.trim().to_string(),
        Value::Int(n) => n.to_string(),
        Value::Enum(e, i) => sight.ground.book.schema.en(*e).values[*i as usize].code.clone(),
        _ => return None,
    })
}

/// A value as people call it: the name of a record where it has one, else its id.
pub fn name(sight: &Sight<'_>, v: &Value<'_>) -> Text {
    match v {
        Value::Record(r) => Text::same(r.id.clone()),
        Value::Ref(p) => Text::same(p.str().trim()),
        Value::Text(t) => Text::same(t.to_string()),
        Value::Int(n) => Text::same(n.to_string()),
        Value::Enum(e, i) => sight.ground.book.schema.en(*e).values[*i as usize].label.clone(),
        Value::Part(p) => ["code", "person", "id", "no"]
            .iter()
            .find_map(|k| {
                let shape = match p.val() {
                    crate::kind::Val::Map(s) => s,
                    _ => return None,
                };
                let index = sight.ground.book.schema.shape(shape).find(k)?;
                p.field(index).map(|f| Text::same(f.str().trim()))
            })
            .unwrap_or_default(),
        _ => Text::default(),
    }
}

/// What a path is about, in words: `“整改方案”（整改）`, `“巡察组工作方案”（方案）`, `“领导小组会议”（会议）的“分组汇报”`.
pub fn title(schema: &Schema, path: &Path) -> Text {
    let kind = &schema.kind(path.kind()).title;
    let mut zh = kind.zh.to_string();
    let mut en = kind.en.to_string();
    let typed = path.type_filter();
    if let Some((_, set, value)) = typed {
        let label = &schema.en(set).values[value as usize].label;
        zh = format!("“{}”（{zh}）", label.zh);
        en = format!("“{}” ({en})", label.en);
    }
    if let Some((shape, field)) = path.fields().last() {
        let label = &schema.shape(*shape).fields[*field as usize].label;
        (zh, en) = match typed {
            Some(_) => (format!("{zh}的“{}”", label.zh), format!("“{}” of {en}", label.en)),
            None => (format!("“{}”（{zh}）", label.zh), format!("“{}” ({en})", label.en)),
        };
    }
    Text::new(zh, en)
}

/// The day that a subject bears.
pub fn date_of<'a>(sight: &Sight<'a>, c: &Compiled, part: Part<'a>) -> Option<(NaiveDate, Place)> {
    let schema = &sight.ground.book.schema;
    let found = match &c.date {
        Some(chain) => follow(part, chain).or_else(|| follow(part.record.root(), chain)),
        None => match part.val() {
            Val::Map(shape) if part.node != part.record.tree.root() => {
                let fields = &schema.shape(shape).fields;
                let dated = |i: &usize| matches!(fields[*i].ty, Type::Date | Type::Time);
                (0..fields.len()).filter(dated).find_map(|i| part.field(i as u16).filter(|p| p.filled()))
            }
            Val::Date(_) | Val::Time(..) => Some(part),
            _ => schema.kind(part.record.kind).date.and_then(|i| part.record.root().field(i)),
        },
    }?;
    let on = super::events::anchor(found)?.date;
    Some((on, Place::at(&part.record.file, part.record.tree.span(found.node))))
}
