//! What each side of a comparison says of an entry: of an obligation in words, of everything else key by key; facts in which the two agree are left out.

use super::{Fact, Row};
use crate::casebook::Config;
use crate::kind::Schema;
use crate::procedure::diff::{Change, Entry, Key, Section};
use crate::procedure::{Obligation, Procedure};
use crate::render::explain;
use crate::text::{Lang, Text};
use serde_json::Value;

/// Paragraphs of an explanation that say nothing of the demand itself, or stand elsewhere in the comparison.
const ELSEWHERE: [&str; 5] = ["出处", "怎样办", "不能照办", "读法", "提示"];

/// An obligation on both sides.
pub(super) fn obligation(
    (a, old): (&Procedure, Option<&Obligation>),
    (b, new): (&Procedure, Option<&Obligation>),
    e: &Entry,
    schema: &Schema,
    config: Option<&Config>,
    lang: Lang,
) -> Row {
    let (mut left, mut right) = (facts(a, old, schema, config, lang), facts(b, new, schema, config, lang));
    match e.change {
        Change::Changed => agree(&mut left, &mut right),
        Change::Added => alone(&mut right, lang),
        Change::Struck => alone(&mut left, lang),
    }
    let mut cite: Vec<String> = [old, new].into_iter().flatten().map(|o| o.cite.clone()).filter(|c| !c.is_empty()).collect();
    cite.dedup();
    Row { id: e.id.clone(), cite, change: e.change, old: left, new: right }
}

/// What an obligation demands, in words.
fn facts(p: &Procedure, o: Option<&Obligation>, schema: &Schema, config: Option<&Config>, lang: Lang) -> Vec<Fact> {
    let Some(o) = o else { return Vec::new() };
    let name = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    let (strength, origin) = (o.strength.title(), o.origin.title());
    let comma = if lang == Lang::Zh { "，" } else { ", " };
    let strength = format!("{}{comma}{}", strength.get(lang), origin.get(lang));
    let mut out = vec![
        Fact { name: String::new(), lines: vec![o.text.get(lang).to_string()] },
        Fact { name: name("强度", "strength"), lines: vec![strength] },
    ];
    let view = explain::obligation::view(p, schema, config, o, lang);
    let said = |t: &Text| !ELSEWHERE.contains(&t.zh.as_ref()) && (t.zh != "确认" || o.confirm.is_some());
    for (title, lines) in view.parts.into_iter().filter(|(t, _)| said(t)) {
        let name = title.get(lang).to_string();
        match out.iter_mut().find(|f| f.name == name) {
            Some(f) => f.lines.extend(lines),
            None => out.push(Fact { name, lines }),
        }
    }
    out
}

/// Leaves out what both sides say alike, but for the text.
fn agree(left: &mut Vec<Fact>, right: &mut Vec<Fact>) {
    let alike: Vec<Fact> = left.iter().filter(|f| !f.name.is_empty() && right.contains(f)).cloned().collect();
    left.retain(|f| !alike.contains(f));
    right.retain(|f| !alike.contains(f));
    // A rule whose words are the same is told apart by the rule itself.
    for l in left.iter_mut() {
        let Some(r) = right.iter_mut().find(|r| r.name == l.name) else { continue };
        if words(&l.lines) != words(&r.lines) {
            l.lines = words(&l.lines);
            r.lines = words(&r.lines);
        }
    }
}

/// What is new or struck is told in words alone; its stage is the heading, its scope in the text.
fn alone(facts: &mut Vec<Fact>, lang: Lang) {
    let plain = [Text::new("阶段", "stage"), Text::new("范围", "scope")];
    facts.retain(|f| !plain.iter().any(|t| t.get(lang) == f.name));
    for f in facts {
        let words = words(&f.lines);
        if !words.is_empty() {
            f.lines = words;
        }
    }
}

/// The lines that are not the expression, path or command behind the words; where the words only point at the expression, all of them.
fn words(lines: &[String]) -> Vec<String> {
    let told = lines.iter().filter(|l| !l.starts_with('`') && !l.starts_with("xuncha "));
    if told.clone().any(|l| explain::obligation::points_at_expression(l)) {
        return lines.to_vec();
    }
    // Behind a period in words stands the period as it is written: `  `+2m``.
    told.map(|l| l.split_once("  `").map_or(l.as_str(), |(words, _)| words).to_string()).collect()
}

/// An event, set, parameter, stage or role on both sides.
pub(super) fn plain(a: &Procedure, b: &Procedure, e: &Entry, schema: &Schema, lang: Lang) -> Row {
    let title = |p: &Procedure| {
        let found = match e.section {
            Section::Stage => p.stages.iter().find(|s| s.id == e.id).map(|s| &s.title),
            Section::Role => p.roles.iter().find(|r| r.id == e.id).map(|r| &r.title),
            Section::Set => p.sets.iter().find(|s| s.id == e.id).map(|s| &s.title),
            Section::Param => p.params.iter().find(|x| x.id == e.id).map(|x| &x.title),
            Section::Event => p.events.iter().find(|x| x.id == e.id).map(|x| &x.title),
            Section::Head | Section::Obligation => None,
        };
        found.map(|t| Fact { name: String::new(), lines: vec![t.get(lang).to_string()] })
    };
    let side = |p: &Procedure, value: fn(&Key) -> &Option<Value>| {
        let mut facts: Vec<Fact> = title(p).into_iter().collect();
        let wanted = e.keys.iter().filter(|k| !k.key.starts_with("title"));
        facts.extend(wanted.filter_map(|k| Some(Fact { name: key(&k.key, lang), lines: vec![said(value(k).as_ref()?)] })));
        facts
    };
    let (mut old, mut new) = (side(a, |k| &k.old), side(b, |k| &k.new));
    if e.change == Change::Added {
        new.extend(whole(b, e, schema, lang));
    }
    if e.change == Change::Struck {
        old.extend(whole(a, e, schema, lang));
    }
    Row { id: e.id.clone(), cite: Vec::new(), change: e.change, old, new }
}

/// What a new or struck entry says besides its title.
fn whole(p: &Procedure, e: &Entry, schema: &Schema, lang: Lang) -> Option<Fact> {
    let list = |words: Vec<String>| words.join(if lang == Lang::Zh { "、" } else { ", " });
    let (name, line) = match e.section {
        Section::Set => {
            let s = p.sets.iter().find(|s| s.id == e.id)?;
            let set = schema.find_enum(&s.of.text).map(|of| schema.en(of));
            let label = |code: &str| match set.and_then(|set| Some(&set.values[set.find(code)? as usize])) {
                Some(v) => v.label.get(lang).to_string(),
                None => code.to_string(),
            };
            ("values", list(s.values.iter().map(|v| label(&v.text)).collect()))
        }
        Section::Param => {
            let x = p.params.iter().find(|x| x.id == e.id)?;
            match (&x.value, &x.suggest) {
                (Some(v), _) => ("value", v.clone()),
                (None, Some(v)) => ("suggest", v.clone()),
                (None, None) => return None,
            }
        }
        Section::Event => {
            let x = p.events.iter().find(|x| x.id == e.id)?;
            ("from", list(x.from.iter().map(|s| format!("`{}`", s.text)).collect()))
        }
        _ => return None,
    };
    (!line.is_empty()).then(|| Fact { name: key(name, lang), lines: vec![line] })
}

/// A value on one line: texts without quotes.
fn said(v: &Value) -> String {
    match v {
        Value::String(s) => s.clone(),
        Value::Array(a) => a.iter().map(said).collect::<Vec<_>>().join(", "),
        v => v.to_string(),
    }
}

/// A key of a data file, as people call it.
fn key(key: &str, lang: Lang) -> String {
    let (zh, en) = match key {
        "next" => ("之后", "next"),
        "kinds" => ("记录类型", "kinds"),
        "enum" => ("枚举", "enumeration"),
        "values" => ("取值", "values"),
        "type" => ("类型", "type"),
        "value" => ("值", "value"),
        "suggest" => ("参考值", "suggested"),
        "scope" => ("范围", "scope"),
        "from" => ("日期来自", "dated by"),
        "pick" => ("取", "picks"),
        "whole" => ("要齐全", "whole"),
        other => return other.to_string(),
    };
    Text::new(zh, en).get(lang).to_string()
}
