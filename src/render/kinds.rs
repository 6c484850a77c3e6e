//! Kinds as they are printed: the list of them, and one with its fields and enumerations.

use crate::kind::{Enum, Field, Kind, KindId, Level, Required, Schema, ShapeId, Type};
use crate::text::{Lang, Text, list, pad};
use serde_json::{Map, Value, json};

/// The headings of the list.
pub fn list_head(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => ["种类", "名称", "位置", "份数", "字段", "说明"],
        Lang::En => ["kind", "title", "stands in", "number", "fields", "about"],
    }
}

/// A row a kind.
pub fn list_rows(schema: &Schema, lang: Lang) -> Vec<Vec<String>> {
    schema
        .kinds
        .iter()
        .map(|k| {
            let n = own(schema, k).count().to_string();
            vec![k.id.clone(), k.title.get(lang).into(), levels(k, lang), number(k).get(lang).into(), n, k.about.get(lang).into()]
        })
        .collect()
}

/// The list for programs.
pub fn list_json(schema: &Schema, lang: Lang) -> Value {
    let one = |k: &Kind| {
        json!({
            "kind": k.id, "title": k.title.get(lang), "about": k.about.get(lang), "scope": k.levels, "single": k.single,
            "aliases": k.aliases, "fields": own(schema, k).count(), "file": k.file,
        })
    };
    schema.kinds.iter().map(one).collect()
}

fn own<'s>(schema: &'s Schema, k: &Kind) -> impl Iterator<Item = &'s Field> {
    schema.shape(k.shape).fields.iter().filter(|f| !f.header)
}

fn number(k: &Kind) -> Text {
    if k.single { Text::new("一份", "one") } else { Text::new("多份", "several") }
}

fn levels(k: &Kind, lang: Lang) -> String {
    let names: Vec<Text> = k.levels.iter().map(|l| level(*l)).collect();
    names.iter().map(|t| t.get(lang)).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
}

fn level(l: Level) -> Text {
    match l {
        Level::Workspace => Text::new("案卷根目录", "the casebook"),
        Level::Round => Text::new("轮次", "a round"),
        Level::Case => Text::new("被巡察对象", "a case"),
    }
}

/// A field with its place in the record: `approvals.role`.
pub struct Row<'s> {
    /// Keys from the record inwards, joined by dots.
    pub path: String,
    /// How many maps it lies in.
    pub depth: usize,
    /// The field.
    pub field: &'s Field,
}

/// All fields of a kind, those of a map below it; the common header's last.
pub fn fields(schema: &Schema, id: KindId) -> Vec<Row<'_>> {
    let mut out = Vec::new();
    walk(schema, schema.kind(id).shape, "", &mut Vec::new(), &mut out);
    out
}

fn walk<'s>(schema: &'s Schema, shape: ShapeId, head: &str, above: &mut Vec<ShapeId>, out: &mut Vec<Row<'s>>) {
    // A structure of an office's own may hold itself.
    if above.contains(&shape) {
        return;
    }
    above.push(shape);
    for field in &schema.shape(shape).fields {
        let path = format!("{head}{}", field.key);
        let inner = map_in(&field.ty);
        let below = format!("{path}.");
        out.push(Row { path, depth: above.len() - 1, field });
        if let Some(inner) = inner {
            walk(schema, inner, &below, above, out);
        }
    }
    above.pop();
}

fn map_in(ty: &Type) -> Option<ShapeId> {
    match ty {
        Type::List(inner) => map_in(inner),
        Type::Map(shape) => Some(*shape),
        _ => None,
    }
}

fn enum_in(ty: &Type) -> Option<crate::kind::EnumId> {
    match ty {
        Type::List(inner) => enum_in(inner),
        Type::Enum(e) => Some(*e),
        _ => None,
    }
}

/// A type as a data file writes it: `list ref person`.
pub fn type_code(schema: &Schema, ty: &Type) -> String {
    match ty {
        Type::Text => "text".into(),
        Type::Date => "date".into(),
        Type::Time => "time".into(),
        Type::Int => "int".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::Slug => "slug".into(),
        Type::Code => "code".into(),
        Type::Duration => "duration".into(),
        Type::Texts => "texts".into(),
        Type::Map(_) => "map".into(),
        Type::Enum(e) => format!("enum {}", schema.en(*e).name),
        Type::Ref(kinds) if kinds.is_empty() => "ref any".into(),
        Type::Ref(kinds) => format!("ref {}", kinds.iter().map(|k| schema.kind(*k).id.as_str()).collect::<Vec<_>>().join("|")),
        Type::List(inner) => format!("list {}", type_code(schema, inner)),
    }
}

fn required(f: &Field, lang: Lang) -> String {
    match &f.required {
        Required::No => String::new(),
        Required::Always => Text::new("必填", "yes").get(lang).to_string(),
        Required::When(when, _) => format!("{}{when}", Text::new("当 ", "when ").get(lang)),
    }
}

/// The headings of one kind's fields.
pub fn head(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Zh => ["字段", "名称", "类型", "内容", "必填", "密级", "说明"],
        Lang::En => ["field", "Chinese name", "type", "holds", "required", "secrecy", "note"],
    }
}

/// A row a field, for a spreadsheet or a document.
pub fn rows(schema: &Schema, id: KindId, lang: Lang) -> Vec<Vec<String>> {
    let row = |r: &Row| {
        let f = r.field;
        let note = f.note.as_ref().map(|n| n.get(lang).to_string()).unwrap_or_default();
        let title = schema.type_title(&f.ty);
        let label = f.label.zh.to_string();
        vec![
            r.path.clone(),
            label,
            type_code(schema, &f.ty),
            title.get(lang).into(),
            required(f, lang),
            f.secrecy.title().get(lang).into(),
            note,
        ]
    };
    fields(schema, id).iter().map(row).collect()
}

/// The enumerations that a kind's fields use, by name.
pub fn enums(schema: &Schema, id: KindId) -> Vec<&Enum> {
    let mut ids: Vec<_> = fields(schema, id).iter().filter_map(|r| enum_in(&r.field.ty)).collect();
    ids.sort();
    ids.dedup();
    let mut sets: Vec<&Enum> = ids.into_iter().map(|e| schema.en(e)).collect();
    sets.sort_by(|a, b| a.name.cmp(&b.name));
    sets
}

/// One kind for a terminal: its head, its fields, its enumerations.
pub fn text(schema: &Schema, id: KindId, lang: Lang, width: usize) -> String {
    let k = schema.kind(id);
    let comma = if lang == Lang::Zh { "、" } else { ", " };
    let mut facts: Vec<(Text, String)> = vec![
        (Text::new("名称", "title"), format!("{} ({})", k.title.get(lang), k.id)),
        (Text::new("说明", "about"), k.about.get(lang).to_string()),
        (Text::new("位置", "stands in"), crate::kind::json_schema::globs(schema, id).first().cloned().unwrap_or_default()),
    ];
    if !k.aliases.is_empty() {
        facts.push((Text::new("别名", "also called"), k.aliases.join(comma)));
    }
    if let Some(date) = k.date {
        let f = &schema.shape(k.shape).fields[date as usize];
        facts.push((Text::new("日期", "dated by"), format!("{} ({})", f.label.get(lang), f.key)));
    }
    facts.push((Text::new("出处", "defined in"), k.file.clone()));
    let mut out = super::facts(&facts, lang);
    let rows = fields(schema, id).into_iter().map(|r| {
        let f = r.field;
        let note = f.note.as_ref().map(|n| n.get(lang).to_string()).unwrap_or_default();
        let key = format!("{}{}", "  ".repeat(r.depth), f.key);
        vec![
            key,
            f.label.zh.to_string(),
            schema.type_title(&f.ty).get(lang).into(),
            required(f, lang),
            f.secrecy.title().get(lang).into(),
            note,
        ]
    });
    let [key, label, _, holds, need, secrecy, note] = head(lang);
    out.push('\n');
    out.push_str(&super::table::table(&[key, label, holds, need, secrecy, note], rows, width));
    out.push('\n');
    let sets = enums(schema, id);
    for set in sets {
        let open = if set.open { Text::new("（可另写）", " (others allowed)") } else { Text::default() };
        out.push_str(&format!("\n{} {}{}\n", set.title.get(lang), set.name, open.get(lang)));
        let widest = set.values.iter().map(|v| v.code.len()).max().unwrap_or(0);
        for v in &set.values {
            let names = match lang {
                Lang::Zh => v.label.zh.to_string(),
                Lang::En => list(&[v.label.zh.as_ref(), v.label.en.as_ref()], lang).replacen(" and ", "  ", 1),
            };
            out.push_str(&format!("  {}  {names}\n", pad(&v.code, widest)));
        }
    }
    out
}

/// One kind for programs: both languages of every label.
pub fn to_json(schema: &Schema, id: KindId) -> Value {
    let k = schema.kind(id);
    let date = k.date.map(|d| schema.shape(k.shape).fields[d as usize].key.clone());
    let sets: Map<String, Value> = enums(schema, id)
        .into_iter()
        .map(|e| {
            let values: Vec<Value> =
                e.values.iter().map(|v| json!({ "code": v.code, "zh": v.label.zh, "en": v.label.en, "aliases": v.aliases })).collect();
            (e.name.clone(), json!({ "title": e.title, "open": e.open, "values": values }))
        })
        .collect();
    json!({
        "kind": k.id, "title": k.title, "about": k.about, "scope": k.levels, "single": k.single, "aliases": k.aliases, "date": date,
        "file": k.file, "fields": shape(schema, k.shape, &mut Vec::new()), "enums": sets,
    })
}

fn shape(schema: &Schema, id: ShapeId, above: &mut Vec<ShapeId>) -> Value {
    if above.contains(&id) {
        return json!([]);
    }
    above.push(id);
    let list = schema.shape(id).fields.iter().map(|f| {
        let mut m = Map::new();
        m.insert("key".into(), json!(f.key));
        m.insert("label".into(), json!(f.label));
        m.insert("type".into(), json!(type_code(schema, &f.ty)));
        m.insert(
            "required".into(),
            match &f.required {
                Required::No => json!(false),
                Required::Always => json!(true),
                Required::When(when, _) => json!(when),
            },
        );
        m.insert("secrecy".into(), json!(f.secrecy));
        m.insert("note".into(), json!(f.note));
        if !f.aliases.is_empty() {
            m.insert("aliases".into(), json!(f.aliases));
        }
        if f.header {
            m.insert("header".into(), json!(true));
        }
        if let Some(inner) = map_in(&f.ty) {
            m.insert("fields".into(), shape(schema, inner, above));
        }
        Value::Object(m)
    });
    let list: Value = list.collect();
    above.pop();
    list
}
