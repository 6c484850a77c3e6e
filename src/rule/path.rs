//! Paths such as `plan.team_work` or `feedback.receipt.signatures`: which records or parts an obligation is about; knows no obligations.

use super::It;
use super::error::RuleError;
use super::ty::Ty;
use super::world::{Current, World};
use crate::kind::{EnumId, KindId, Part, Schema, ShapeId, Type, Val};
use crate::say;
use crate::text::{Text, meant, nearest};
use std::ops::Range;

/// A path: a kind, perhaps one type of it, perhaps a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    kind: KindId,
    type_filter: Option<(u16, EnumId, u16)>,
    fields: Vec<(ShapeId, u16)>,
    /// Of the value of the last field.
    ty: Ty,
}

impl Path {
    /// Reads `kind[.type-code][.field…]`; a code or value goes before a field of the same name. References are not followed.
    pub fn parse(src: &str, schema: &Schema) -> Result<Path, RuleError> {
        let mut words = split(src);
        let (head, at) = words.next().unwrap_or(("", 0..0));
        let Some(kind) = schema.find_kind(head) else {
            let shown = crate::text::safe(head);
            let names = schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]);
            let error = RuleError::new(at, say!("没有“{shown}”这种记录", "there is no kind \"{shown}\""));
            return Err(error.maybe(nearest(head, names).map(meant)));
        };
        let shape = schema.kind(kind).shape;
        let mut path = Path { kind, type_filter: None, fields: Vec::new(), ty: Ty::Record(kind) };
        let mut here = Some(shape);
        for (i, (word, at)) in words.enumerate() {
            if i == 0
                && let Some(filter) = type_code(schema, shape, word)
            {
                path.type_filter = Some(filter);
                continue;
            }
            let Some(shape) = here else { return Err(too_far(schema, &path, word, at)) };
            let Some(index) = schema.shape(shape).find(word) else { return Err(unknown(schema, shape, i == 0, word, at)) };
            let field = &schema.shape(shape).fields[index as usize];
            path.fields.push((shape, index));
            path.ty = Ty::field(field);
            let mut ty = &field.ty;
            while let Type::List(item) = ty {
                ty = item;
            }
            here = if let Type::Map(inner) = ty { Some(*inner) } else { None };
        }
        Ok(path)
    }

    /// The kind of the records it starts from.
    pub fn kind(&self) -> KindId {
        self.kind
    }

    /// Only records whose field holds this value of an enumeration: the field, the enumeration, the value.
    pub fn type_filter(&self) -> Option<(u16, EnumId, u16)> {
        self.type_filter
    }

    /// Fields from the record inwards, each with the shape it belongs to; empty where whole records are meant.
    pub fn fields(&self) -> &[(ShapeId, u16)] {
        &self.fields
    }

    /// The type of each thing that it selects: a record, a value, an item of a list.
    pub fn ty(&self) -> &Ty {
        let mut ty = &self.ty;
        while let Ty::List(item) = ty {
            ty = item;
        }
        ty
    }

    /// What `it` is in an expression over what it selects.
    pub fn it(&self) -> It {
        It::part(self.ty().clone(), self.kind)
    }

    /// The records it starts from, in the order of the world: those of its kind, and of its type if it names one.
    pub fn records<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        let schema = world.schema();
        let which = [Current::Case, Current::Round].into_iter().find(|c| schema.kind(self.kind).id == c.kind());
        let one =
            if schema.kind(self.kind).single { world.single(self.kind).or_else(|| which.and_then(|c| world.current(c))) } else { None };
        let all: Vec<Part<'a>> = match one {
            Some(record) => vec![record.root()],
            None => world.list(self.kind).iter().map(|r| r.root()).collect(),
        };
        let Some((field, of, value)) = self.type_filter else { return all };
        if let Some(met) = world.met() {
            let meant = |r: &&Part<'a>| mistyped(**r, field).is_some_and(|means| means.is_none_or(|m| m == value));
            all.iter().filter(meant).for_each(|r| met.note(&r.record.file));
        }
        all.into_iter().filter(|r| r.field(field).is_some_and(|p| p.val() == Val::Enum(of, value))).collect()
    }

    /// What it selects: records, or the filled values of its last field, each item of a list by itself.
    pub fn select<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        let records = self.records(world);
        if let (Some(met), Some(_)) = (world.met(), self.fields.first()) {
            let chain: Vec<u16> = self.fields.iter().map(|(_, index)| *index).collect();
            records.iter().filter(|r| r.misread_along(&chain)).for_each(|r| met.note(&r.record.file));
        }
        records.into_iter().flat_map(|r| self.select_in(r)).collect()
    }

    /// What it selects in one record.
    pub fn select_in<'a>(&self, record: Part<'a>) -> Vec<Part<'a>> {
        let mut parts = vec![record];
        for (shape, index) in &self.fields {
            let mut next = Vec::new();
            for part in parts {
                if part.val() == Val::Map(*shape)
                    && let Some(value) = part.field(*index)
                {
                    take_apart(value, &mut next);
                }
            }
            parts = next;
        }
        parts
    }
}

/// Where the record's type is there and is none: the value that was probably meant, if it can be told.
fn mistyped(record: Part<'_>, field: u16) -> Option<Option<u16>> {
    let node = record.field(field).filter(|p| p.garbled()).map(|p| p.node);
    match node {
        Some(node) => Some(record.record.slips.iter().find(|s| s.node == node).map(|s| s.means)),
        None => record.misread(field).then_some(None),
    }
}

/// The filled items of a list and of the lists in it; of anything else the value, if it is filled.
fn take_apart<'a>(part: Part<'a>, out: &mut Vec<Part<'a>>) {
    match part.val() {
        Val::List => part.items().for_each(|item| take_apart(item, out)),
        _ if part.filled() => out.push(part),
        _ => {}
    }
}

/// The words between the dots, with their places.
fn split(src: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = 0;
    src.split('.').map(move |raw| {
        let start = at + (raw.len() - raw.trim_start().len());
        at += raw.len() + 1;
        let word = raw.trim();
        (word, start..start + word.len())
    })
}

fn type_code(schema: &Schema, shape: ShapeId, word: &str) -> Option<(u16, EnumId, u16)> {
    let shape = schema.shape(shape);
    let field = shape.find("type")?;
    let Type::Enum(e) = shape.fields[field as usize].ty else { return None };
    Some((field, e, schema.en(e).find(word)?))
}

fn unknown(schema: &Schema, shape: ShapeId, first: bool, word: &str, at: Range<usize>) -> RuleError {
    let of = schema.shape(shape);
    let (title, shown) = (&of.title, crate::text::safe(word));
    let message = Text::new(format!("“{}”没有字段 `{shown}`", title.zh), format!("\"{}\" has no field `{shown}`", title.en));
    let codes = of.find("type").filter(|_| first).and_then(|f| match of.fields[f as usize].ty {
        Type::Enum(e) => Some(schema.en(e).values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()])),
        _ => None,
    });
    let near = nearest(word, of.spellings().chain(codes.into_iter().flatten()));
    RuleError::new(at, message).maybe(near.map(meant))
}

fn too_far(schema: &Schema, path: &Path, word: &str, at: Range<usize>) -> RuleError {
    let (title, shown) = (path.ty().title(schema), crate::text::safe(word));
    let message = Text::new(
        format!("路径到此为止：{}没有字段 `{shown}`", title.zh),
        format!("the path ends before `{shown}`: {} has no fields", title.en),
    );
    let help = matches!(path.ty(), Ty::Ref(_)).then(|| {
        say!("路径不跟随引用；请在 where 或 require 里写 it.…", "a path does not follow references: write it.… in `where` or `require`")
    });
    RuleError::new(at, message).maybe(help)
}
