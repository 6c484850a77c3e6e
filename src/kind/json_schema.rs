//! Kinds as JSON Schema (draft 2020-12) for editors: the same keys, values and secrecy that the reader takes; knows no procedure.

use super::schema::*;
use crate::seal;
use crate::text::{Lang, Text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// A day of the years 1900 to 9999, as the reader takes it; which months have 31 days is left to `format`.
const DATE: &str = "(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const CLOCK: &str = "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?";
/// A file name; what the reader refuses beyond this cannot be written in every dialect of patterns.
const SLUG: &str = "^[^\\s/.][^\\s/]{0,99}$";

/// The schema of one kind's records, complete in itself.
pub fn one(schema: &Schema, kind: KindId, lang: Lang) -> Value {
    let mut g = Generator::new(schema, lang);
    let Value::Object(body) = g.kind(kind, "#") else { return Value::Null };
    let mut m = Map::new();
    m.insert("$schema".into(), json!(DRAFT));
    m.extend(body);
    m.insert("$defs".into(), g.defs());
    Value::Object(m)
}

/// All kinds in one: each under `$defs` by its id.
pub fn all(schema: &Schema, lang: Lang) -> Value {
    let mut g = Generator::new(schema, lang);
    let mut defs = Map::new();
    for (i, kind) in schema.kinds.iter().enumerate() {
        let value = g.kind(KindId(i as u16), &format!("#/$defs/{}", kind.id));
        defs.insert(kind.id.clone(), value);
    }
    if let Value::Object(shared) = g.defs() {
        defs.extend(shared);
    }
    let title = Text::new("巡察案卷的全部记录种类", "All kinds of record of an inspection casebook");
    json!({ "$schema": DRAFT, "title": title.get(lang), "$defs": defs })
}

/// What an editor needs in a casebook: its settings and a schema a kind, as (path relative to the casebook, text).
pub fn editor_files(schema: &Schema, lang: Lang) -> Vec<(String, String)> {
    let mut schemas = Map::new();
    let mut files = Vec::new();
    for (i, kind) in schema.kinds.iter().enumerate() {
        let path = format!(".vscode/schema/{}.json", kind.id);
        files.push((path.clone(), pretty(&one(schema, KindId(i as u16), lang))));
        schemas.insert(path, json!(globs(schema, KindId(i as u16))));
    }
    // A tab in the indent is the commonest slip; the editor can keep it out.
    let settings = json!({ "yaml.schemas": schemas, "[yaml]": { "editor.insertSpaces": true, "editor.tabSize": 2, "editor.detectIndentation": false } });
    files.insert(0, (".vscode/settings.json".to_string(), pretty(&settings)));
    files
}

/// Where the records of a kind lie, by each name that its folder may have.
pub fn globs(schema: &Schema, id: KindId) -> Vec<String> {
    let kind = schema.kind(id);
    let names = [kind.id.as_str(), kind.title.zh.as_ref()].into_iter().chain(kind.aliases.iter().map(String::as_str));
    let names: Vec<&str> = names.filter(|n| schema.find_kind(n) == Some(id)).collect();
    let mut out = Vec::new();
    for level in &kind.levels {
        // Editors look for a pattern anywhere in a path; the slash keeps `unit/` from being the end of another name.
        let head = match level {
            Level::Workspace => "/",
            Level::Round => "rounds/*/",
            Level::Case => "rounds/*/*/",
        };
        out.extend(names.iter().map(|n| if kind.single { format!("{head}{n}.yaml") } else { format!("{head}{n}/*.yaml") }));
    }
    out
}

fn pretty(v: &Value) -> String {
    format!("{v:#}\n")
}

struct Generator<'a> {
    schema: &'a Schema,
    lang: Lang,
    /// Shapes that more than one field uses, or that hold themselves, with their name under `$defs`.
    shared: HashMap<ShapeId, String>,
    defs: BTreeMap<String, Value>,
    begun: BTreeSet<String>,
}

impl<'a> Generator<'a> {
    fn new(schema: &'a Schema, lang: Lang) -> Generator<'a> {
        Generator { schema, lang, shared: shared(schema), defs: BTreeMap::new(), begun: BTreeSet::new() }
    }

    fn defs(self) -> Value {
        let mut m = Map::new();
        m.extend(self.defs);
        Value::Object(m)
    }

    /// `at` is where the value will stand, as a reference.
    fn kind(&mut self, id: KindId, at: &str) -> Value {
        let kind = self.schema.kind(id);
        let mut m = Map::new();
        m.insert("title".into(), json!(kind.title.get(self.lang)));
        m.insert("description".into(), json!(kind.about.get(self.lang)));
        m.insert("type".into(), json!("object"));
        let (properties, required) = self.fields(kind.shape, at);
        m.insert("properties".into(), Value::Object(properties));
        m.insert("additionalProperties".into(), json!(false));
        let shape = self.schema.shape(kind.shape);
        let nil = shape.find("nil").map(|i| &shape.fields[i as usize]).filter(|f| f.header && f.ty == Type::Bool);
        match nil {
            _ if required.is_empty() => {}
            // A record that says there is none owes nothing else.
            Some(nil) => {
                let says: Vec<Value> = spellings(shape, nil, self.lang)
                    .into_iter()
                    .map(|n| json!({ "properties": { n: { "enum": [true, "是", "有"] } }, "required": [n] }))
                    .collect();
                m.insert("if".into(), json!({ "not": { "anyOf": says } }));
                m.insert("then".into(), json!({ "allOf": required }));
            }
            None => {
                m.insert("allOf".into(), json!(required));
            }
        }
        Value::Object(m)
    }

    /// The properties of a shape, spelled out under the code and referred to under every other name, and what is required of it.
    fn fields(&mut self, id: ShapeId, at: &str) -> (Map<String, Value>, Vec<Value>) {
        let shape = self.schema.shape(id);
        let mut properties = Map::new();
        let mut required = Vec::new();
        for f in &shape.fields {
            let names = spellings(shape, f, self.lang);
            let Some(full) = names.iter().find(|n| **n == f.key).or(names.first()).copied() else { continue };
            let here = format!("{at}/properties/{}", full.replace('~', "~0").replace('/', "~1"));
            let value = self.field(f, &here);
            if f.required == Required::Always && f.secrecy != Secrecy::Never {
                let each: Vec<Value> = names.iter().map(|n| json!({ "required": [n] })).collect();
                required.push(json!({ "anyOf": each }));
            }
            for n in names {
                properties.insert(n.to_string(), if n == full { value.clone() } else { json!({ "$ref": here }) });
            }
        }
        (properties, required)
    }

    fn field(&mut self, f: &Field, at: &str) -> Value {
        let mut m = Map::new();
        m.insert("title".into(), json!(f.label.get(self.lang)));
        m.insert("description".into(), json!(self.describe(f)));
        if f.secrecy == Secrecy::Never {
            m.insert("not".into(), json!({}));
            m.insert("doNotSuggest".into(), json!(true));
            return Value::Object(m);
        }
        let value = self.value(f, &f.ty, at);
        // An empty field may stand in a half-filled record; one that is required is as good as missing.
        let value = if f.required == Required::Always { value } else { or_null(value) };
        if let Value::Object(value) = value {
            m.extend(value);
        }
        Value::Object(m)
    }

    fn describe(&self, f: &Field) -> String {
        let (ty, secrecy) = (self.schema.type_title(&f.ty), f.secrecy.title());
        let need = match f.required {
            Required::No => None,
            Required::Always => Some(Text::new("必填", "required")),
            Required::When(..) => Some(Text::new("有条件必填", "required under a condition")),
        };
        let other = match self.lang {
            Lang::Zh => f.key.clone(),
            Lang::En => f.label.zh.to_string(),
        };
        let facts = [Some(ty), Some(secrecy), need].into_iter().flatten();
        let mut facts: Vec<String> = facts.map(|t| t.get(self.lang).to_string()).collect();
        facts.push(other);
        let line = facts.join(" · ");
        match &f.note {
            Some(note) => format!("{}\n\n{line}", note.get(self.lang)),
            None => line,
        }
    }

    fn value(&mut self, f: &Field, ty: &Type, at: &str) -> Value {
        let sealable = f.secrecy >= Secrecy::Restricted;
        if f.secrecy == Secrecy::Sealed && matches!(ty, Type::Text | Type::Code) {
            return self.sealed();
        }
        // `pattern` binds texts only, so that a sealed value can stand in place of a list, a map or a number.
        let or_sealed = |types: &[&str], mut rest: Map<String, Value>| {
            let mut types: Vec<&str> = types.to_vec();
            if sealable && !types.contains(&"string") {
                types.push("string");
                rest.insert("pattern".into(), json!(sealed_pattern()));
            }
            let mut m = Map::new();
            m.insert("type".into(), if types.len() == 1 { json!(types[0]) } else { json!(types) });
            m.extend(rest);
            Value::Object(m)
        };
        let dated = |pattern: String, format: bool| {
            let whole = format!("^{pattern}$");
            match (sealable, format) {
                (true, _) => json!({ "type": "string", "pattern": format!("{whole}|{}", sealed_pattern()) }),
                (false, true) => json!({ "type": "string", "format": "date", "pattern": whole }),
                (false, false) => json!({ "type": "string", "pattern": whole }),
            }
        };
        match ty {
            // Any plain value reads as text, whatever YAML takes it for.
            Type::Text | Type::Code | Type::Ref(_) | Type::Duration => json!({ "type": ["string", "number", "boolean"] }),
            Type::Slug if sealable => json!({ "type": ["string", "number"] }),
            Type::Slug => json!({ "type": ["string", "number"], "pattern": SLUG }),
            Type::Date => dated(DATE.to_string(), true),
            Type::Time => dated(format!("{DATE}{CLOCK}"), false),
            Type::Int => or_sealed(&["integer"], Map::new()),
            Type::Number => or_sealed(&["number"], Map::new()),
            Type::Bool => {
                let value = json!({ "enum": [true, false, "是", "否", "有", "无"] });
                if sealable { json!({ "anyOf": [value, self.sealed()] }) } else { value }
            }
            Type::Enum(e) => {
                let value = self.enumeration(*e);
                if sealable { json!({ "anyOf": [value, self.sealed()] }) } else { value }
            }
            Type::List(inner) => {
                let items = or_null(self.value(f, inner, &format!("{at}/items")));
                or_sealed(&["array"], Map::from_iter([("items".to_string(), items)]))
            }
            Type::Map(id) => self.map(*id, at),
            Type::Texts if f.secrecy == Secrecy::Sealed => {
                let each = or_null(self.sealed());
                json!({ "type": "object", "additionalProperties": each })
            }
            Type::Texts => or_sealed(&["object"], Map::new()),
        }
    }

    /// A map with known fields; a paper's number may stand for the whole of it.
    fn map(&mut self, id: ShapeId, at: &str) -> Value {
        let Some(name) = self.shared.get(&id).cloned() else { return self.map_here(id, at) };
        if self.begun.insert(name.clone()) {
            let value = self.map_here(id, &format!("#/$defs/{name}"));
            self.defs.insert(name.clone(), value);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn map_here(&mut self, id: ShapeId, at: &str) -> Value {
        let (properties, required) = self.fields(id, at);
        let mut m = Map::new();
        m.insert("type".into(), json!(["object", "string"]));
        m.insert("pattern".into(), json!(sealed_pattern()));
        m.insert("properties".into(), Value::Object(properties));
        m.insert("additionalProperties".into(), json!(false));
        if !required.is_empty() {
            m.insert("allOf".into(), json!(required));
        }
        Value::Object(m)
    }

    /// What a sealed field may hold; editors that know `patternErrorMessage` say so in words.
    fn sealed(&self) -> Value {
        let about = Text::new(
            "密封内容只写纸件登记号，如 `纸件:密-012`，或密文；内容留在纸件上",
            "sealed: only a paper's number, such as `paper:S-012`, or ciphertext; the content stays on paper",
        );
        json!({ "type": "string", "pattern": sealed_pattern(), "patternErrorMessage": about.get(self.lang) })
    }

    fn enumeration(&mut self, id: EnumId) -> Value {
        let set = self.schema.en(id);
        let name = format!("enum.{}", set.name);
        if self.begun.insert(name.clone()) {
            // Label first in Chinese, code first in English; each spelling once, and what it is beside it.
            let mut spelled: Vec<(&str, String)> = Vec::new();
            let mut add = |word: &'a str, what: &str| {
                if !word.is_empty() && !spelled.iter().any(|(w, _)| *w == word) {
                    spelled.push((word, what.to_string()));
                }
            };
            let (zh, en) = (|v: &'a EnumValue| v.label.zh.as_ref(), |v: &'a EnumValue| v.code.as_str());
            for first in [true, false] {
                for v in &set.values {
                    match (self.lang == Lang::Zh) == first {
                        true => add(zh(v), if self.lang == Lang::Zh { en(v) } else { v.label.en.as_ref() }),
                        false => add(en(v), if self.lang == Lang::Zh { zh(v) } else { v.label.en.as_ref() }),
                    }
                }
            }
            for v in &set.values {
                v.aliases.iter().for_each(|a| add(a, v.label.get(self.lang)));
            }
            let words: Vec<&str> = spelled.iter().map(|(w, _)| *w).collect();
            let about: Vec<&str> = spelled.iter().map(|(_, a)| a.as_str()).collect();
            let mut value = json!({ "title": set.title.get(self.lang), "enum": words, "enumDescriptions": about });
            if set.open {
                value = json!({ "title": set.title.get(self.lang), "anyOf": [value, { "type": ["string", "number"] }] });
            }
            self.defs.insert(name.clone(), value);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// What a sealed field may hold: a paper's number, or ciphertext.
fn sealed_pattern() -> String {
    format!("^(paper:|纸件[:：])\\s*\\S|^\\s*({}|{})", seal::ARMOR, seal::PREFIX.replace('+', "\\+"))
}

/// The same, or nothing.
fn or_null(mut v: Value) -> Value {
    if let Some(ty) = v.get_mut("type") {
        match ty {
            Value::Array(types) => types.push(json!("null")),
            one => *one = json!([one.take(), "null"]),
        }
        return v;
    }
    if let Some(Value::Array(values)) = v.get_mut("enum") {
        values.push(Value::Null);
        return v;
    }
    json!({ "anyOf": [v, { "type": "null" }] })
}

/// Every name under which a field is read, the language's own first.
fn spellings<'s>(shape: &'s Shape, f: &'s Field, lang: Lang) -> Vec<&'s str> {
    let (key, label) = (f.key.as_str(), f.label.zh.as_ref());
    let first = match lang {
        Lang::Zh => [label, key],
        Lang::En => [key, label],
    };
    let index = shape.fields.iter().position(|g| std::ptr::eq(f, g)).map(|i| i as u16);
    let mut out: Vec<&str> = Vec::new();
    for name in first.into_iter().chain(f.aliases.iter().map(String::as_str)) {
        if !out.contains(&name) && shape.find(name) == index {
            out.push(name);
        }
    }
    out
}

/// The shapes to be written once, by name: those that several fields hold.
fn shared(schema: &Schema) -> HashMap<ShapeId, String> {
    let mut uses: BTreeMap<ShapeId, usize> = BTreeMap::new();
    let mut open: Vec<ShapeId> = schema.kinds.iter().map(|k| k.shape).collect();
    let mut seen: BTreeSet<ShapeId> = open.iter().copied().collect();
    while let Some(shape) = open.pop() {
        for f in &schema.shape(shape).fields {
            let mut ty = &f.ty;
            while let Type::List(inner) = ty {
                ty = inner;
            }
            if let Type::Map(inner) = ty {
                *uses.entry(*inner).or_default() += 1;
                if seen.insert(*inner) {
                    open.push(*inner);
                }
            }
        }
    }
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut out = HashMap::new();
    for (id, _) in uses.into_iter().filter(|(_, n)| *n > 1) {
        let word: String =
            schema.shape(id).title.en.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut name = format!("map.{word}");
        let mut n = 2;
        while !names.insert(name.clone()) {
            name = format!("map.{word}-{n}");
            n += 1;
        }
        out.insert(id, name);
    }
    out
}
