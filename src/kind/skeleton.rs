//! Record skeletons: every field of a kind with its note and allowed values as comments, given values filled in; knows no casebook.

use super::fill::{Fill, Given};
use super::schema::*;
use crate::text::Lang;
use crate::yaml::{self, Value};

mod hints;

/// A commented skeleton of a record at `level` in the casebook's language: required fields as `key:`, optional ones commented out, `never` fields left
/// out, given values filled in. `head` are more comment lines for its top.
pub fn skeleton(schema: &Schema, kind: KindId, level: Level, lang: Lang, fill: &Fill, head: &[String]) -> String {
    let mut w = Writer { schema, lang, blanks: true, live: false, level, long: Vec::new() };
    w.file(kind, fill, head)
}

/// A record with the given fields only, without comments, in the order of the kind.
pub fn record(schema: &Schema, kind: KindId, lang: Lang, fill: &Fill) -> String {
    let mut w = Writer { schema, lang, blanks: false, live: false, level: Level::Case, long: Vec::new() };
    let mut lines = w.shape(schema.kind(kind).shape, fill, Part::All);
    lines.push(String::new());
    lines.join("\n")
}

/// The name of a field as it is written in a record of that language.
pub fn name_of(shape: &Shape, index: u16, lang: Lang) -> &str {
    let field = &shape.fields[index as usize];
    match lang {
        // Where two fields share a label the key alone is clear.
        Lang::Zh if shape.find(&field.label.zh) == Some(index) => &field.label.zh,
        _ => &field.key,
    }
}

/// The value of a field as it stands in a record of that language: codes become labels.
pub fn value_of(schema: &Schema, ty: &Type, text: &str, lang: Lang) -> Value {
    let word = text.trim();
    match ty {
        Type::Int => word.parse().map_or_else(|_| Value::Str(text.to_string()), Value::Int),
        Type::Bool => match (word, lang) {
            ("true" | "是", Lang::Zh) => Value::from("是"),
            ("false" | "否", Lang::Zh) => Value::from("否"),
            ("true" | "是", Lang::En) => Value::Bool(true),
            ("false" | "否", Lang::En) => Value::Bool(false),
            _ => Value::from(text),
        },
        Type::Enum(e) => {
            let set = schema.en(*e);
            Value::from(set.find(word).map_or(text, |i| spelling(set, i, lang)))
        }
        Type::List(inner) => value_of(schema, inner, text, lang),
        _ => Value::from(text),
    }
}

fn spelling(set: &Enum, index: u16, lang: Lang) -> &str {
    let v = &set.values[index as usize];
    match lang {
        Lang::Zh if set.find(&v.label.zh) == Some(index) => &v.label.zh,
        _ => &v.code,
    }
}

/// Which fields of a shape.
#[derive(Clone, Copy)]
enum Part {
    All,
    /// The kind's own.
    Own,
    /// The common ones that have a value.
    Given,
    /// The other common ones.
    Common,
}

impl Part {
    fn has(self, header: bool, given: bool) -> bool {
        match self {
            Part::All => true,
            Part::Own => !header,
            Part::Given => header && given,
            Part::Common => header && !given,
        }
    }
}

struct Writer<'s> {
    schema: &'s Schema,
    lang: Lang,
    /// Whether fields without a value are written too.
    blanks: bool,
    /// Whether optional fields are written like required ones: inside a block that is commented out as a whole.
    live: bool,
    level: Level,
    long: Vec<EnumId>,
}

impl Writer<'_> {
    fn file(&mut self, kind: KindId, fill: &Fill, head: &[String]) -> String {
        let k = self.schema.kind(kind);
        let zh = self.lang == Lang::Zh;
        let mut out = Vec::new();
        let (title, about) = (k.title.get(self.lang), k.about.get(self.lang));
        out.push(if zh { format!("# {title}：{about}") } else { format!("# {title}: {about}") });
        out.extend(head.iter().map(|h| format!("# {h}")));
        out.push(
            if zh {
                "# 冒号后填写；行首带 # 的为选填，删去“# ”即可使用。"
            } else {
                "# Fill in behind the colons; lines with a # are optional: delete the `# ` to use one."
            }
            .to_string(),
        );
        out.push(String::new());
        out.extend(self.shape(k.shape, fill, Part::Given));
        out.extend(self.shape(k.shape, fill, Part::Own));
        let common = self.shape(k.shape, fill, Part::Common);
        if !common.is_empty() {
            out.push(String::new());
            out.extend(common);
        }
        if !self.long.is_empty() {
            out.push(String::new());
            for e in std::mem::take(&mut self.long) {
                out.extend(self.legend(e));
            }
        }
        out.push(String::new());
        out.join("\n")
    }

    /// The lines of a map's fields: what is required or given first, then what is required under a condition, then the rest.
    fn shape(&mut self, id: ShapeId, fill: &Fill, part: Part) -> Vec<String> {
        let shape = self.schema.shape(id);
        let mut order: Vec<u16> = (0..shape.fields.len() as u16).collect();
        let needs: Vec<Option<bool>> = shape.fields.iter().map(|f| self.needed(shape, f, fill)).collect();
        let rank = |i: u16| match needs[i as usize] {
            _ if fill.get(i).is_some() => 0,
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        };
        order.sort_by_key(|i| rank(*i));
        let mut out = Vec::new();
        for index in order {
            let field = &shape.fields[index as usize];
            let given = fill.get(index);
            if !part.has(field.header, given.is_some())
                // One that is given all the same is written, for the reader to refuse.
                || (given.is_none() && (field.secrecy == Secrecy::Never || !self.blanks || (field.header && !self.offered(field))))
            {
                continue;
            }
            let settled = needs[index as usize];
            match given {
                Some(given) => out.extend(self.filled(shape, index, given)),
                // What only another type of paper needs would be clutter here.
                None if settled == Some(false) && matches!(field.required, Required::When(..)) => {}
                None => out.extend(self.blank(shape, index, settled == Some(true))),
            }
        }
        out
    }

    /// Whether a field must be filled, as far as the given values tell: a condition that asks for one value of an enumeration is decided when that is given.
    fn needed(&self, shape: &Shape, field: &Field, fill: &Fill) -> Option<bool> {
        let rule = match &field.required {
            Required::Always => return Some(true),
            Required::No => return Some(false),
            Required::When(rule, _) => rule.trim(),
        };
        let (name, values) = match (rule.split_once(" == "), rule.split_once(" in [")) {
            (Some((name, value)), None) => (name, vec![value]),
            (None, Some((name, list))) => (name, list.strip_suffix(']')?.split(',').collect()),
            _ => return None,
        };
        let index = shape.find(name.strip_prefix("it.")?)?;
        let Type::Enum(e) = shape.fields[index as usize].ty else { return None };
        let Given::Text(given) = fill.get(index)? else { return None };
        let given = self.schema.en(e).find(given.trim())?;
        let code = |v: &str| Some(v.trim().strip_prefix('\'')?.strip_suffix('\'').filter(|v| !v.contains('\''))?.to_string());
        let asked: Option<Vec<String>> = values.into_iter().map(code).collect();
        Some(asked?.iter().any(|v| self.schema.en(e).find(v) == Some(given)))
    }

    /// Whether a common field is worth a line: the folder gives the others.
    fn offered(&self, field: &Field) -> bool {
        match field.key.as_str() {
            "team" => self.level == Level::Round,
            "target" => self.level == Level::Round,
            "note" | "nil" | "nil_reason" | "attachments" => true,
            _ => false,
        }
    }

    fn filled(&mut self, shape: &Shape, index: u16, given: &Given) -> Vec<String> {
        let (name, ty) = (name_of(shape, index, self.lang), &shape.fields[index as usize].ty);
        match (given, ty) {
            (Given::Map(fill), Type::Map(inner)) => {
                let mut out = vec![format!("{}:", key(name))];
                out.extend(self.shape(*inner, fill, Part::All).into_iter().map(|l| format!("  {l}")));
                out
            }
            (Given::List(items), Type::List(inner)) => {
                let mut out = vec![format!("{}:", key(name))];
                for item in items {
                    let lines = match (item, &**inner) {
                        (Given::Map(fill), Type::Map(inner)) => self.shape(*inner, fill, Part::All),
                        (Given::Text(s), inner) => yaml::write(&self.scalar(inner, s), 0).lines().map(str::to_string).collect(),
                        _ => Vec::new(),
                    };
                    out.extend(as_item(lines));
                }
                out
            }
            (Given::Named(list), _) => {
                let map = Value::Map(list.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect());
                yaml::write(&Value::Map(vec![(name.to_string(), map)]), 0).lines().map(str::to_string).collect()
            }
            (Given::Text(s), Type::Number) if s.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
                vec![format!("{}: {}", key(name), s.trim())]
            }
            (Given::Text(s), ty) => {
                let pair = Value::Map(vec![(name.to_string(), self.scalar(ty, s))]);
                yaml::write(&pair, 0).lines().map(str::to_string).collect()
            }
            _ => Vec::new(),
        }
    }

    fn scalar(&self, ty: &Type, text: &str) -> Value {
        value_of(self.schema, ty, text, self.lang)
    }

    fn blank(&mut self, shape: &Shape, index: u16, needed: bool) -> Vec<String> {
        let field = &shape.fields[index as usize];
        let optional = !needed && !self.live;
        let comment = self.comment(shape, field, needed);
        let mut line = format!("{}:", key(name_of(shape, index, self.lang)));
        if !comment.is_empty() {
            line.push_str("  # ");
            line.push_str(&comment);
        }
        let mut out = vec![line];
        let outer = self.live;
        match &field.ty {
            Type::Map(inner) if !self.by_number(field, *inner) => {
                self.live |= optional;
                out.extend(self.shape(*inner, &Fill::new(), Part::All).into_iter().map(|l| format!("  {l}")));
            }
            Type::List(item) => {
                if let Type::Map(inner) = **item {
                    self.live = true;
                    let lines = as_item(self.shape(inner, &Fill::new(), Part::All));
                    // The item is only a pattern: an empty one would count as one.
                    let sign = if outer || optional { "" } else { "# " };
                    out.extend(lines.into_iter().map(|l| format!("{sign}{l}")));
                }
            }
            _ => {}
        }
        self.live = outer;
        if optional {
            out.iter_mut().for_each(|l| l.insert_str(0, "# "));
        }
        out
    }

    /// A sealed paper is given by its number alone.
    fn by_number(&self, field: &Field, shape: ShapeId) -> bool {
        field.secrecy == Secrecy::Sealed && self.schema.shape(shape).find("paper_ref").is_some()
    }
}

/// A key as YAML writes it.
fn key(name: &str) -> String {
    let line = yaml::write(&Value::Map(vec![(name.to_string(), Value::Null)]), 0);
    line.trim_end().trim_end_matches("null").trim_end().trim_end_matches(':').to_string()
}

/// Lines as one item of a list below its key.
fn as_item(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().enumerate().map(|(i, l)| format!("{}{l}", if i == 0 { "  - " } else { "    " })).collect()
}

#[cfg(test)]
mod tests;
