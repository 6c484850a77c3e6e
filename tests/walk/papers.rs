//! The newcomer's papers: the demo's records, each as it lay on the desk on a given day.

use super::common::root;
use chrono::NaiveDate;
use serde_yaml::{Mapping, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use xuncha::casebook::{Casebook, Folder};
use xuncha::kind::{Level, Val};

/// A record of the demo.
pub struct Paper {
    pub kind: String,
    /// The round or case, as in a command; empty above the rounds.
    pub place: String,
    pub file: String,
    pub id: String,
    pub text: String,
    /// The single values at its root, enumerations by their codes.
    pub fields: BTreeMap<String, String>,
    /// When it came up.
    pub day: NaiveDate,
    /// The file that was made of it in the new casebook.
    pub at: Option<String>,
}

impl Paper {
    pub fn is(&self, key: &str, value: &str) -> bool {
        self.fields.get(key).is_some_and(|f| f == value)
    }

    /// `kind`, or `kind.type`.
    pub fn is_of(&self, what: &str) -> bool {
        match what.split_once('.') {
            Some((kind, ty)) => self.kind == kind && self.is("type", ty),
            None => self.kind == what,
        }
    }
}

/// The papers of a round and its one case, and confirmations above it, by day; and every day on which something is written in one.
pub fn of_demo(round: &str, case: &str) -> (Vec<Paper>, BTreeSet<NaiveDate>) {
    let demo = Casebook::open(&root().join("examples/demo"));
    let read = demo.read_round(round, None);
    let (mut list, mut days) = (Vec::new(), BTreeSet::new());
    let above = demo.read_folder("", Level::Workspace, &Default::default(), None);
    take(&demo, &above, "", &mut BTreeSet::new(), &mut list);
    list.retain(|p| p.kind == "confirmation");
    take(&demo, &read.folder, round, &mut days, &mut list);
    take(&demo, &read.cases[0].folder, case, &mut days, &mut list);
    // A record without a day of its own is as old as what first names it.
    for i in 0..list.len() {
        if list[i].day == NaiveDate::MAX {
            let named = |p: &&Paper| p.day < NaiveDate::MAX && rename(&p.text, &list[i].id, "") != p.text;
            list[i].day = list.iter().filter(named).map(|p| p.day).min().unwrap_or(NaiveDate::MIN);
        }
    }
    list.sort_by(|a, b| (a.day, &a.file).cmp(&(b.day, &b.file)));
    (list, days)
}

fn take(book: &Casebook, folder: &Folder, place: &str, days: &mut BTreeSet<NaiveDate>, out: &mut Vec<Paper>) {
    let schema = &book.schema;
    for r in &folder.records {
        let (kind, shape) = (schema.kind(r.kind), schema.shape(r.shape));
        let field = |index: u16| {
            let part = r.root().field(index)?;
            Some(match part.val() {
                Val::Enum(e, i) => schema.en(e).values[i as usize].code.clone(),
                Val::Bool(b) => b.to_string(),
                Val::List | Val::Map(_) | Val::Texts => return None,
                _ => part.str().trim().to_string(),
            })
        };
        let day_of = |v: &Val| if let Val::Date(d) | Val::Time(d, _) = v { Some(*d) } else { None };
        days.extend(r.vals.iter().filter_map(day_of));
        let own = kind.date.and_then(|i| r.root().field(i)).and_then(|p| day_of(&p.val()));
        let named = || r.id.get(..10).and_then(|d| d.parse().ok());
        let fields = shape.fields.iter().zip(0..).filter_map(|(f, i)| Some((f.key.clone(), field(i)?))).collect();
        out.push(Paper {
            kind: kind.id.clone(),
            place: place.to_string(),
            file: r.file.clone(),
            id: r.id.clone(),
            text: fs::read_to_string(book.root.join(&r.file)).expect("a record"),
            fields,
            day: own.or_else(named).unwrap_or(NaiveDate::MAX),
            at: None,
        });
    }
}

/// Replaces an id where it stands as a whole word.
pub fn rename(text: &str, old: &str, new: &str) -> String {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (head, tail) = (&rest[..at], &rest[at + old.len()..]);
        let whole = !word(head.chars().last().or(out.chars().last())) && !word(tail.chars().next());
        out.push_str(head);
        out.push_str(if whole { new } else { old });
        rest = tail;
    }
    out + rest
}

/// What was written in a paper by that day: entries of later days are not there yet.
pub fn as_of(text: &str, today: NaiveDate) -> String {
    let mut v: Value = serde_yaml::from_str(text).expect("YAML");
    if !later(&v, today) {
        return text.to_string();
    }
    if let Value::Mapping(m) = &mut v {
        for (key, status) in UNDER_WAY {
            if let Some(v) = m.get_mut(*key) {
                *v = (*status).into();
            }
        }
    }
    prune(&mut v, today, true);
    serde_yaml::to_string(&v).expect("YAML")
}

/// What a status says while entries are still to come.
const UNDER_WAY: &[(&str, &str)] = &[("督办状态", "办理中"), ("线索状态", "待办"), ("整改状态", "整改中")];

/// Keys whose dates are set beforehand.
fn planned(key: &Value) -> bool {
    let key = key.as_str().unwrap_or_default();
    ["计划", "时限", "期限", "起", "止"].iter().any(|w| key.contains(w))
}

fn date_in(v: &Value) -> Option<NaiveDate> {
    v.as_str()?.split(['T', ' ']).next()?.parse().ok()
}

fn later(v: &Value, today: NaiveDate) -> bool {
    match v {
        Value::Mapping(m) => m.iter().any(|(k, v)| !planned(k) && later(v, today)),
        Value::Sequence(s) => s.iter().any(|v| later(v, today)),
        v => date_in(v).is_some_and(|d| d > today),
    }
}

/// Takes out what is later; false where nothing of an entry is left. A measure stands before it is done.
fn prune(v: &mut Value, today: NaiveDate, top: bool) -> bool {
    match v {
        Value::Mapping(m) => {
            let dates =
                |m: &Mapping| m.iter().filter(|(k, v)| !planned(k) && k.as_str() != Some("完成日期") && date_in(v).is_some()).count();
            let before = dates(m);
            m.retain(|k, v| planned(k) || prune(v, today, false));
            top || (!m.is_empty() && (before == 0 || dates(m) > 0))
        }
        Value::Sequence(s) => {
            let before = s.len();
            s.retain_mut(|v| prune(v, today, false));
            before == 0 || !s.is_empty()
        }
        v => date_in(v).is_none_or(|d| d <= today),
    }
}
