//! Paths such as `plan.team_work` or `feedback.receipt.signatures`: which records or parts an obligation is about; knows no obligations.

use super::error::RuleError;
use super::ty::Ty;
use super::world::{Current, World};
use super::It;
use crate::kind::{EnumId, KindId, Part, Schema, ShapeId, Type, Val};
use crate::say;
use crate::text::{Text, nearest};
use std::ops::Range;

/// A path: a kind, perhaps one type of it, perhaps a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The kind.
    pub kind: KindId,
    /// Only records whose field holds this value of an enumeration.
    pub type_filter: Option<(u16, EnumId, u16)>,
    /// Fields from the record inwards, each with the shape it belongs to.
    pub fields: Vec<(ShapeId, u16)>,
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
            return Err(error.maybe(nearest(head, names).map(|n| say!("是否指 `{n}`?", "did you mean `{n}`?"))));
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

    /// The type of what it selects: a record, or the value of its last field.
    pub fn ty(&self, _schema: &Schema) -> Ty {
        self.ty.clone()
    }

    /// The type of each thing that [`Path::items`] gives.
    pub fn item_ty(&self) -> Ty {
        self.ty.item().unwrap_or(&self.ty).clone()
    }

    /// What `it` is in an expression over what [`Path::select`] gives.
    pub fn it(&self) -> It {
        It::part(self.ty.clone(), self.kind)
    }

    /// What `it` is in an expression over what [`Path::items`] gives.
    pub fn item_it(&self) -> It {
        It::part(self.item_ty(), self.kind)
    }

    /// The records it starts from, in the order of the world: those of its kind, and of its type if it names one.
    pub fn records<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        let schema = world.schema();
        let which = [Current::Case, Current::Round].into_iter().find(|c| schema.kind(self.kind).id == c.kind());
        let one = if schema.kind(self.kind).single { world.single(self.kind).or_else(|| which.and_then(|c| world.current(c))) } else { None };
        let all: Vec<Part<'a>> = match one {
            Some(record) => vec![record.root()],
            None => world.list(self.kind).iter().map(|r| r.root()).collect(),
        };
        let Some((field, of, value)) = self.type_filter else { return all };
        all.into_iter().filter(|r| r.field(field).is_some_and(|p| p.val() == Val::Enum(of, value))).collect()
    }

    /// What it selects: records, or the filled values of its last field. A list in the middle fans out; one at the end is one value.
    pub fn select<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        self.records(world).into_iter().flat_map(|r| self.select_in(r)).collect()
    }

    /// What it selects in one record.
    pub fn select_in<'a>(&self, record: Part<'a>) -> Vec<Part<'a>> {
        let mut parts = vec![record];
        for (shape, index) in &self.fields {
            let mut next = Vec::new();
            for part in parts {
                each_map(part, &mut |map| {
                    if map.val() == Val::Map(*shape) {
                        next.extend(map.field(*index).filter(|p| p.filled()));
                    }
                });
            }
            parts = next;
        }
        parts
    }

    /// What it selects, with a list at the end taken apart into its filled items.
    pub fn items<'a>(&self, world: &dyn World<'a>) -> Vec<Part<'a>> {
        let mut out = Vec::new();
        for part in self.select(world) {
            match part.val() {
                Val::List => out.extend(part.items().filter(|p| p.filled())),
                _ => out.push(part),
            }
        }
        out
    }
}

fn each_map<'a>(part: Part<'a>, f: &mut dyn FnMut(Part<'a>)) {
    match part.val() {
        Val::List => part.items().for_each(|item| each_map(item, f)),
        _ => f(part),
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
    RuleError::new(at, message).maybe(near.map(|n| say!("是否指 `{n}`?", "did you mean `{n}`?")))
}

fn too_far(schema: &Schema, path: &Path, word: &str, at: Range<usize>) -> RuleError {
    let (title, shown) = (path.ty.title(schema), crate::text::safe(word));
    let message = Text::new(
        format!("路径到此为止:{}没有字段 `{shown}`", title.zh),
        format!("the path ends before `{shown}`: {} has no fields", title.en),
    );
    let help = matches!(path.item_ty(), Ty::Ref(_)).then(|| {
        say!("路径不跟随引用;请在 where 或 require 里写 it.…", "a path does not follow references: write it.… in `where` or `require`")
    });
    RuleError::new(at, message).maybe(help)
}
