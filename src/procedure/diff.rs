//! Two procedures laid side by side: what the second adds, strikes and changes; compares values, knows no records.

use super::model::Procedure;
use super::show;
use crate::text::Text;
use serde_json::{Map, Value};

/// A list of a procedure, or its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Title, issuer, date, basis.
    Head,
    /// Stages.
    Stage,
    /// Roles.
    Role,
    /// Sets.
    Set,
    /// Parameters.
    Param,
    /// Events.
    Event,
    /// Obligations.
    Obligation,
}

impl Section {
    const ALL: [Section; 7] =
        [Section::Head, Section::Stage, Section::Role, Section::Set, Section::Param, Section::Event, Section::Obligation];

    fn key(self) -> &'static str {
        match self {
            Section::Head => "",
            Section::Stage => "stage",
            Section::Role => "role",
            Section::Set => "set",
            Section::Param => "param",
            Section::Event => "event",
            Section::Obligation => "obligation",
        }
    }

    /// The name in both languages.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Section::Head => ("规程", "procedure"),
            Section::Stage => ("阶段", "stage"),
            Section::Role => ("角色", "role"),
            Section::Set => ("集合", "set"),
            Section::Param => ("参数", "parameter"),
            Section::Event => ("事件", "event"),
            Section::Obligation => ("事项", "obligation"),
        };
        Text::new(zh, en)
    }
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Struck,
    /// Both have it, with other words.
    Changed,
}

impl Change {
    /// The name in both languages.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Change::Added => ("增加", "added"),
            Change::Struck => ("删去", "struck"),
            Change::Changed => ("改动", "changed"),
        };
        Text::new(zh, en)
    }
}

/// A key of an entry: `due.rule`, with the old and the new value; nothing where it is not given.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Key {
    /// Keys from the entry inwards, joined by dots.
    pub key: String,
    /// In the first.
    pub old: Option<Value>,
    /// In the second.
    pub new: Option<Value>,
}

/// An entry in which the two differ.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Entry {
    /// Where it stands.
    pub section: Section,
    /// What became of it.
    pub change: Change,
    /// Its id; empty for the head.
    pub id: String,
    /// Its citation, where it has one.
    pub cite: Option<String>,
    /// Its title, or what it demands: of the second, or of the first where it is struck.
    pub title: Text,
    /// What is different; empty for what is added or struck.
    pub keys: Vec<Key>,
}

/// All differences: by section, in the order of the first procedure, what is added behind it in the order of the second.
pub fn diff(a: &Procedure, b: &Procedure) -> Vec<Entry> {
    let (mut old, mut new) = (show::to_value(a), show::to_value(b));
    for (p, v) in [(a, &mut old), (b, &mut new)] {
        if let (Some(e), Value::Object(m)) = (&p.extends, v) {
            m.insert("extends".into(), Value::String(e.clone()));
        }
    }
    let empty = Vec::new();
    let list = |v: &Value, s: Section| -> Vec<Value> { v[s.key()].as_array().unwrap_or(&empty).clone() };
    let mut out = Vec::new();
    for section in Section::ALL {
        if section == Section::Head {
            let keys = keys(&head(&old), &head(&new));
            if !keys.is_empty() {
                let title = b.title.clone();
                out.push(Entry { section, change: Change::Changed, id: String::new(), cite: None, title, keys });
            }
            continue;
        }
        let (left, right) = (list(&old, section), list(&new, section));
        let with = |list: &[Value], id: &Value| list.iter().find(|v| v["id"] == *id).cloned();
        for l in &left {
            match with(&right, &l["id"]) {
                None => out.push(entry(section, Change::Struck, l, Vec::new())),
                Some(r) if r != *l => out.push(entry(section, Change::Changed, &r, keys(l, &r))),
                Some(_) => {}
            }
        }
        for r in right.iter().filter(|r| with(&left, &r["id"]).is_none()) {
            out.push(entry(section, Change::Added, r, Vec::new()));
        }
    }
    out
}

fn head(v: &Value) -> Value {
    let Value::Object(m) = v else { return Value::Null };
    let inner: Map<String, Value> =
        m.iter().filter(|(k, _)| !Section::ALL.iter().any(|s| s.key() == *k)).map(|(k, v)| (k.clone(), v.clone())).collect();
    Value::Object(inner)
}

fn entry(section: Section, change: Change, v: &Value, keys: Vec<Key>) -> Entry {
    let title = if v["text"].is_object() { &v["text"] } else { &v["title"] };
    let say = |lang: &str| title[lang].as_str().unwrap_or("").to_string();
    Entry {
        section,
        change,
        id: v["id"].as_str().unwrap_or("").to_string(),
        cite: v["cite"].as_str().map(str::to_string),
        title: Text::new(say("zh"), say("en")),
        keys,
    }
}

/// The keys in which two entries differ, taken apart as far as both are tables.
fn keys(a: &Value, b: &Value) -> Vec<Key> {
    let mut out = Vec::new();
    compare("", Some(a), Some(b), &mut out);
    out
}

fn compare(at: &str, a: Option<&Value>, b: Option<&Value>, out: &mut Vec<Key>) {
    if a == b {
        return;
    }
    let empty = Map::new();
    let table = |v: Option<&'_ Value>| match v {
        Some(Value::Object(m)) => Some(m.clone()),
        None => Some(empty.clone()),
        _ => None,
    };
    if let (Some(x), Some(y)) = (table(a), table(b)) {
        let later = y.keys().filter(|k| !x.contains_key(*k));
        for k in x.keys().chain(later) {
            let inner = if at.is_empty() { k.clone() } else { format!("{at}.{k}") };
            compare(&inner, x.get(k), y.get(k), out);
        }
        return;
    }
    out.push(Key { key: at.to_string(), old: a.cloned(), new: b.cloned() });
}
