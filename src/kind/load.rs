//! Reads kinds, enumerations and structures from their data files into one schema.

use super::schema::*;
use crate::data::{self, Table};
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, nearest};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A data file: its path for messages, and its text.
pub type Source<'a> = (String, std::borrow::Cow<'a, str>);

/// The built-in schema, read once.
pub fn builtin() -> Arc<Schema> {
    static SCHEMA: OnceLock<Arc<Schema>> = OnceLock::new();
    SCHEMA.get_or_init(|| Arc::new(load(&[]).0)).clone()
}

/// The built-in kinds with a casebook's own laid over them: a file of the same name replaces, any other adds.
/// Errors in an own file are findings; a kind that cannot be used falls away and the rest stands.
pub fn load(own: &[Source]) -> (Schema, Vec<Finding>) {
    let mut files: BTreeMap<String, Source> = BTreeMap::new();
    for (name, text) in crate::builtin::under("templates/kinds/") {
        files.insert(name.to_string(), (format!("templates/kinds/{name}"), text.into()));
    }
    for (path, text) in own {
        let name = path.rsplit('/').next().unwrap_or(path).to_string();
        files.insert(name, (path.clone(), text.clone()));
    }
    let mut loader = Loader::default();
    let docs: Vec<(&str, data::Doc)> = files.iter().map(|(name, (path, text))| (name.as_str(), data::Doc::parse(path, text))).collect();
    // Names first: fields may refer to any kind, enumeration or structure, whatever the order of the files.
    for (name, doc) in &docs {
        loader.declare(name, doc.table());
        loader.findings.extend(doc.take_findings().into_iter().filter(|f| f.code == "data-syntax" || f.code.starts_with("kind-")));
    }
    loader.number();
    for (name, doc) in &docs {
        loader.define(name, doc.table());
        loader.findings.extend(doc.take_findings());
    }
    loader.finish()
}

#[derive(Default)]
struct Loader {
    schema: Schema,
    structures: HashMap<String, ShapeId>,
    header: Vec<Field>,
    kinds: Vec<String>,
    findings: Vec<Finding>,
}

/// Structures that are no map of their own: the fields every record may carry.
const HEADER: &str = "header";

impl Loader {
    fn declare(&mut self, name: &str, t: Table) {
        match name {
            "enumerations.toml" => {
                for (key, _) in t.keys() {
                    self.declare_enum(key);
                }
            }
            "structures.toml" => {
                for (key, _) in t.keys() {
                    if key != HEADER {
                        let id = self.shape(Shape::default());
                        self.structures.insert(key.to_string(), id);
                    }
                }
            }
            _ => {
                let id = t.str("kind").unwrap_or("").to_string();
                let stem = name.trim_end_matches(".toml");
                if id != stem {
                    t.error(
                        "kind-name",
                        t.place("kind"),
                        say!("类型名 `{id}` 应与文件名 `{stem}` 一致", "kind `{id}` should be named like its file, `{stem}`"),
                    );
                }
                self.kinds.push(stem.to_string());
                if let Some(sets) = t.table_at("enum") {
                    for (key, _) in sets.keys() {
                        self.declare_enum(key);
                    }
                }
            }
        }
    }

    fn declare_enum(&mut self, name: &str) {
        if !self.schema.enum_names.contains_key(name) {
            let id = EnumId(self.schema.enums.len() as u16);
            self.schema.enums.push(Enum { name: name.to_string(), ..Enum::default() });
            self.schema.enum_names.insert(name.to_string(), id);
        }
    }

    fn shape(&mut self, shape: Shape) -> ShapeId {
        self.schema.shapes.push(shape);
        ShapeId(self.schema.shapes.len() as u16 - 1)
    }

    /// Numbers the kinds by id, so that their order does not hang on where they were read from.
    fn number(&mut self) {
        self.kinds.sort();
        self.kinds.dedup();
        for (i, id) in self.kinds.clone().into_iter().enumerate() {
            let shape = self.shape(Shape::default());
            self.schema.kind_names.insert(id.clone(), KindId(i as u16));
            self.schema.kinds.push(Kind {
                id,
                title: Text::default(),
                about: Text::default(),
                levels: Vec::new(),
                single: false,
                shape,
                date: None,
                aliases: Vec::new(),
                file: String::new(),
            });
        }
    }

    fn define(&mut self, name: &str, t: Table) {
        match name {
            "enumerations.toml" => {
                for (key, _) in t.keys() {
                    if let Some(set) = t.table_at(key) {
                        self.define_enum(key, set);
                    }
                }
            }
            "structures.toml" => {
                for (key, _) in t.keys() {
                    let Some(s) = t.table_at(key) else { continue };
                    let title = s.need_text("title");
                    let fields = self.fields(&s, "fields", Secrecy::Internal);
                    s.finish();
                    if key == HEADER {
                        self.header = fields;
                    } else if let Some(id) = self.structures.get(key).copied() {
                        self.fill(id, title, fields, t.file());
                    }
                }
            }
            _ => self.define_kind(name.trim_end_matches(".toml"), t),
        }
    }

    fn define_enum(&mut self, name: &str, t: Table) {
        let title = t.need_text("title");
        let open = t.flag("open");
        let mut set = Enum { name: name.to_string(), title, open, ..Enum::default() };
        for v in t.tables("values") {
            let code = v.need_str("code").to_string();
            let label = Text::new(v.need_str("zh").to_string(), v.need_str("en").to_string());
            let aliases = v.names("aliases");
            let index = set.values.len() as u16;
            for spelling in [code.clone(), label.zh.to_string()].into_iter().chain(aliases.iter().cloned()) {
                if set.names.insert(spelling.clone(), index).is_some_and(|old| old != index) {
                    t.error(
                        "kind-duplicate",
                        v.range(),
                        say!("“{spelling}”在“{name}”中有两个意思", "“{spelling}” means two values of `{name}`"),
                    );
                }
            }
            set.values.push(EnumValue { code, label, aliases });
            v.finish();
        }
        t.finish();
        if let Some(id) = self.schema.enum_names.get(name) {
            self.schema.enums[id.0 as usize] = set;
        }
    }

    fn define_kind(&mut self, id: &str, t: Table) {
        let kind_id = self.schema.kind_names[id];
        t.str("kind");
        let title = t.need_text("title");
        let about = t.text("about").unwrap_or_default();
        let words = [("workspace", Level::Workspace), ("round", Level::Round), ("case", Level::Case)];
        let mut levels = Vec::new();
        for (word, range) in t.strs("scope") {
            match words.iter().find(|(w, _)| *w == word) {
                Some((_, level)) => levels.push(*level),
                None => t.error(
                    "data-word",
                    range,
                    say!("范围 `{word}` 应为 workspace、round 或 case", "scope `{word}` should be workspace, round or case"),
                ),
            }
        }
        if levels.is_empty() {
            t.missing("scope");
            levels.push(Level::Case);
        }
        let single = t.flag("single");
        let aliases = t.names("aliases");
        if let Some(sets) = t.table_at("enum") {
            for (key, _) in sets.keys() {
                if let Some(set) = sets.table_at(key) {
                    self.define_enum(key, set);
                }
            }
        }
        let fields = self.fields(&t, "field", Secrecy::Internal);
        let shape = self.schema.kind(kind_id).shape;
        self.fill(shape, title.clone(), fields, t.file());
        let date = t.str_at("date").and_then(|(key, range)| {
            let found = self.schema.shape(shape).find(key);
            if found.is_none() {
                t.error("kind-field", range, say!("没有字段 `{key}`", "there is no field `{key}`"));
            }
            found
        });
        for name in [title.zh.to_string()].into_iter().chain(aliases.iter().cloned()) {
            if name.is_empty() {
                continue;
            }
            let first = *self.schema.kind_names.entry(name.clone()).or_insert(kind_id);
            if first != kind_id {
                let other = self.schema.kind(first).id.clone();
                t.error(
                    "kind-duplicate",
                    t.place("title"),
                    say!("类型 `{other}` 与 `{id}` 都叫“{name}”", "the kinds `{other}` and `{id}` are both called “{name}”"),
                );
            }
        }
        let file = t.file().to_string();
        let kind = &mut self.schema.kinds[kind_id.0 as usize];
        *kind = Kind { id: id.to_string(), title, about, levels, single, shape, date, aliases, file };
        t.finish();
    }

    /// Fills a shape and its table of names; the first field with a name keeps it.
    fn fill(&mut self, id: ShapeId, title: Text, fields: Vec<Field>, file: &str) {
        let mut names = HashMap::default();
        for (i, f) in fields.iter().enumerate() {
            for spelling in [f.key.as_str(), f.label.zh.as_ref()].into_iter().chain(f.aliases.iter().map(String::as_str)) {
                let old = names.insert(spelling.to_string(), i as u16);
                if let Some(old) = old.filter(|o| *o as usize != i) {
                    names.insert(spelling.to_string(), old);
                    let other = &fields[old as usize].key;
                    let key = &f.key;
                    self.findings.push(Finding::error(
                        "kind-duplicate",
                        Place::file(file),
                        say!("字段 `{other}` 与 `{key}` 都叫“{spelling}”", "the fields `{other}` and `{key}` are both called “{spelling}”"),
                    ));
                }
            }
        }
        for key in fields.iter().filter_map(|f| f.not_below.as_ref()).filter(|k| !names.contains_key(*k)) {
            let message = say!("没有字段 `{key}`", "there is no field `{key}`");
            self.findings.push(Finding::error("kind-field", Place::file(file), message));
        }
        self.schema.shapes[id.0 as usize] = Shape { title, fields, names };
    }

    fn fields(&mut self, t: &Table, key: &str, inherited: Secrecy) -> Vec<Field> {
        t.tables(key).into_iter().map(|f| self.field(f, inherited)).collect()
    }

    fn field(&mut self, t: Table, inherited: Secrecy) -> Field {
        let key = t.need_str("key").to_string();
        let label = t.need_text("label");
        let aliases = t.names("aliases");
        let secrecy = t.word("secrecy", &Secrecy::WORDS).unwrap_or(inherited);
        let note = t.text("note");
        let required = match t.type_of("required") {
            Some("string") => t.str_at("required").map_or(Required::No, |(s, r)| Required::When(s.to_string(), (r.start, r.end))),
            Some(_) if t.flag("required") => Required::Always,
            _ => Required::No,
        };
        let not_below = t.str("not_below").map(str::to_string);
        let (spec, range) = t.str_at("type").unwrap_or(("text", t.range()));
        let inner = t.has("fields").then(|| {
            let fields = self.fields(&t, "fields", secrecy);
            let id = self.shape(Shape::default());
            self.fill(id, label.clone(), fields, t.file());
            id
        });
        let ty = match self.type_of(spec, inner) {
            Ok(ty) => ty,
            Err(message) => {
                t.error("kind-type", range, message);
                Type::Text
            }
        };
        t.finish();
        Field { key, label, aliases, ty, required, secrecy, note, not_below, header: false }
    }

    fn type_of(&self, spec: &str, inner: Option<ShapeId>) -> Result<Type, Text> {
        let (word, rest) = spec.trim().split_once(' ').unwrap_or((spec.trim(), ""));
        Ok(match word {
            "text" => Type::Text,
            "date" => Type::Date,
            "time" | "datetime" => Type::Time,
            "int" => Type::Int,
            "number" => Type::Number,
            "bool" => Type::Bool,
            "slug" => Type::Slug,
            "code" => Type::Code,
            "duration" => Type::Duration,
            "texts" => Type::Texts,
            "list" => Type::List(Box::new(self.type_of(rest, inner)?)),
            "map" => Type::Map(inner.ok_or_else(|| say!("map 需要 fields", "a map needs its fields"))?),
            "role" | "body" => self.enum_type(word)?,
            "enum" => self.enum_type(rest.trim())?,
            "struct" => {
                let name = rest.trim();
                // A suggestion is looked for only when one is needed: names are many, and almost all are right.
                let unknown = || {
                    let (near, near_en) = guess(nearest(name, self.structures.keys().map(String::as_str)));
                    say!("没有结构 `{name}`{near}", "there is no structure `{name}`{near_en}")
                };
                Type::Map(*self.structures.get(name).ok_or_else(unknown)?)
            }
            "ref" => {
                let mut kinds = Vec::new();
                for name in rest.split(['|', ',']).map(str::trim).filter(|n| !n.is_empty() && *n != "any" && *n != "record") {
                    let missing = || {
                        let known = self.schema.kinds.iter().map(|k| k.id.as_str());
                        let (near, near_en) = guess(nearest(name, known));
                        say!("没有类型 `{name}`{near}", "there is no kind `{name}`{near_en}")
                    };
                    kinds.push(*self.schema.kind_names.get(name).ok_or_else(missing)?);
                }
                Type::Ref(kinds)
            }
            _ => return Err(say!("不认识的字段类型 `{spec}`", "unknown field type `{spec}`")),
        })
    }

    fn enum_type(&self, name: &str) -> Result<Type, Text> {
        self.schema.find_enum(name).map(Type::Enum).ok_or_else(|| {
            let (near, near_en) = guess(nearest(name, self.schema.enum_names.keys().map(String::as_str)));
            say!("没有枚举 `{name}`{near}", "there is no enumeration `{name}`{near_en}")
        })
    }

    /// Adds the common header to every kind, own fields winning.
    fn finish(mut self) -> (Schema, Vec<Finding>) {
        for i in 0..self.schema.kinds.len() {
            let shape = self.schema.kinds[i].shape;
            let shape = &mut self.schema.shapes[shape.0 as usize];
            for f in &self.header {
                let index = shape.fields.len() as u16;
                if shape.names.contains_key(&f.key) {
                    continue;
                }
                for spelling in [f.key.as_str(), f.label.zh.as_ref()].into_iter().chain(f.aliases.iter().map(String::as_str)) {
                    shape.names.entry(spelling.to_string()).or_insert(index);
                }
                shape.fields.push(Field { header: true, ..f.clone() });
            }
        }
        (self.schema, self.findings)
    }
}

/// What was probably meant, behind a message in Chinese and in English.
fn guess(near: Option<&str>) -> (String, String) {
    near.map_or_else(Default::default, |n| (format!("（是否指 `{n}`？）"), format!(" ({n}?)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_kinds_are_whole() {
        let (schema, findings) = load(&[]);
        assert!(findings.is_empty(), "{findings:#?}");
        assert!(schema.find_kind("谈话方案").is_none());
        for kind in &schema.kinds {
            assert!(!kind.title.is_empty(), "{}", kind.id);
        }
    }

    #[test]
    fn an_own_kind_with_an_unknown_type_is_reported_and_the_rest_stands() {
        let own = "kind = \"notice\"\ntitle = { zh = \"通告\", en = \"Notice\" }\nscope = [\"case\"]\n[[field]]\nkey = \"d\"\nlabel = { zh = \"日\", en = \"Day\" }\ntype = \"dat\"\nsecrecy = \"open\"\n";
        let (schema, findings) = load(&[("kinds/notice.toml".into(), own.into())]);
        assert!(schema.find_kind("通告").is_some());
        assert_eq!(findings[0].code, "kind-type");
        assert_eq!(findings[0].place.file, "kinds/notice.toml");
    }
}
