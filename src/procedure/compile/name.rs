//! Names that a procedure writes, found among the kinds: values of sets, fields of a shape, roles and bodies; and their titles for messages.

use super::compiler::Compiler;
use super::{Chain, OneOf, Target};
use crate::finding::Finding;
use crate::kind::{EnumId, Schema, ShapeId, Type};
use crate::procedure::{Procedure, Set, Src};
use crate::rule::NamedSet;
use crate::say;
use crate::text::{Text, meant, nearest};

pub(super) fn named_set(s: &Set, schema: &Schema, findings: &mut Vec<Finding>) -> Option<NamedSet> {
    let Some(of) = schema.find_enum(&s.of.text) else {
        let name = &s.of.text;
        let near = nearest(name, schema.enum_names.keys().map(String::as_str)).map(meant);
        let mut f = Finding::error("procedure-enum", s.of.whole(), say!("没有枚举 `{name}`", "there is no enumeration `{name}`"));
        f.help = near;
        findings.push(f);
        return None;
    };
    let mut values = Vec::new();
    for v in &s.values {
        match schema.en(of).find(&v.text) {
            Some(i) => values.push(i),
            None => findings.push(unknown_value(v, &v.text, schema, of)),
        }
    }
    Some(NamedSet { id: s.id.clone(), of, values })
}

fn unknown_value(src: &Src, name: &str, schema: &Schema, of: EnumId) -> Finding {
    let set = schema.en(of);
    let title = &set.title;
    let (zh, en) = (&title.zh, &title.en);
    let near = nearest(name, set.values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()])).map(meant);
    let mut f = Finding::error("procedure-value", src.whole(), say!("“{zh}”中没有 `{name}`", "“{en}” has no value `{name}`"));
    f.help = near;
    f
}

impl Compiler<'_, '_> {
    /// Where a finding may point: a field of the subject (of the scope's own record where there is none), or else a path to other records.
    pub(super) fn target(&mut self, src: &Src, shape: Option<ShapeId>) -> Option<Target> {
        let schema = self.program.schema;
        let head = src.text.split('.').next().unwrap_or("");
        let field = shape.is_some_and(|s| head == "it" || schema.shape(s).find(head).is_some());
        if !field && schema.find_kind(head).is_some() {
            return self.path(src).map(Target::Records);
        }
        self.chain(src, &src.text, shape?, None).map(Target::Field)
    }

    /// A field path in a shape; `record.` or a field that only the whole record has starts from the record.
    pub(super) fn chain(&mut self, src: &Src, path: &str, shape: ShapeId, root: Option<ShapeId>) -> Option<Chain> {
        let schema = self.program.schema;
        let mut chain = Chain::new();
        let mut at = shape;
        let names: Vec<&str> = path.strip_prefix("it.").unwrap_or(path).split('.').collect();
        for (i, name) in names.iter().enumerate() {
            let fields = schema.shape(at);
            let Some(index) = fields.find(name) else {
                if i == 0 && root.is_some_and(|r| r != shape && schema.shape(r).find(name).is_some()) {
                    return self.chain(src, path, root?, None);
                }
                let near = nearest(name, fields.spellings()).map(meant);
                let title = &fields.title;
                let (zh, en) = (&title.zh, &title.en);
                let mut f = Finding::error("procedure-field", src.whole(), say!("“{zh}”没有字段 `{name}`", "“{en}” has no field `{name}`"));
                f.help = near;
                self.findings.push(f);
                return None;
            };
            chain.push(index);
            let mut ty = &fields.fields[index as usize].ty;
            while let Type::List(inner) = ty {
                ty = inner;
            }
            match ty {
                Type::Map(next) => at = *next,
                Type::Texts => break,
                _ if i + 1 < names.len() => {
                    self.findings.push(Finding::error(
                        "procedure-field",
                        src.whole(),
                        say!("`{name}` 下面没有字段", "`{name}` has no fields"),
                    ));
                    return None;
                }
                _ => {}
            }
        }
        Some(chain)
    }

    pub(super) fn all_of(&mut self, src: &Src, list: &[Vec<String>]) -> Vec<OneOf> {
        list.iter().map(|names| self.one_of(src, names)).collect()
    }

    /// Roles, bodies and sets of them by name.
    fn one_of(&mut self, src: &Src, names: &[String]) -> OneOf {
        let schema = self.program.schema;
        let mut out = OneOf { values: Vec::new(), names: names.to_vec() };
        for name in names {
            if let Some(set) = self.program.env.sets.iter().find(|s| s.id == *name) {
                out.values.extend(set.values.iter().map(|v| (set.of, *v)));
                continue;
            }
            let mut known = false;
            for (i, e) in schema.enums.iter().enumerate() {
                if let Some(v) = e.find(name) {
                    out.values.push((EnumId(i as u16), v));
                    known = true;
                }
            }
            if !known {
                let roles =
                    schema.find_enum("role").map(|e| schema.en(e)).into_iter().chain(schema.find_enum("body").map(|e| schema.en(e)));
                let all: Vec<&str> = roles.flat_map(|e| e.values.iter().map(|v| v.code.as_str())).collect();
                let near = nearest(name, all).map(meant);
                let mut f =
                    Finding::error("procedure-role", src.whole(), say!("没有角色或机构 `{name}`", "there is no role or body `{name}`"));
                f.help = near;
                self.findings.push(f);
            }
        }
        out
    }
}

/// The titles of alternatives, for messages: `组长或常务副组长`.
pub fn titles(p: &Procedure, schema: &Schema, one: &OneOf) -> Text {
    let all: Vec<Text> = one.names.iter().map(|n| actor_title(p, schema, n)).collect();
    let zh = all.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("或");
    let en = all.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(" or ");
    Text::new(zh, en)
}

/// The title of a role, body, set or own role by code.
pub fn actor_title(p: &Procedure, schema: &Schema, code: &str) -> Text {
    let own = p.roles.iter().find(|r| r.id == code).map(|r| r.title.clone());
    let set = || p.sets.iter().find(|s| s.id == code && !s.title.is_empty()).map(|s| s.title.clone());
    own.or_else(set).or_else(|| schema.actor(code)).unwrap_or_else(|| Text::same(code))
}
