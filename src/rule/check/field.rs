//! `.field` and `[…]`: on records, maps, references; knows no functions.

use super::super::ast::{Ast, Node};
use super::super::ir::{At, Lit, Op};
use super::super::ty::Ty;
use super::super::world::Below;
use super::{Checked, Checker, RuleError, Typed, meant, some_of, typed};
use crate::kind::{Field, KindId, Shape};
use crate::say;
use crate::text::{Text, nearest};
use std::ops::Range;

impl<'c> Checker<'c> {
    /// The fields of a record or map.
    pub(super) fn shape(&self, ty: &Ty) -> Option<&'c Shape> {
        match ty {
            Ty::Record(kind) => Some(self.env.schema.shape_of(*kind)),
            Ty::Map(shape) => Some(self.env.schema.shape(*shape)),
            _ => None,
        }
    }

    pub(super) fn member(&mut self, of: &Ast, name: &str, at: &Range<usize>) -> Checked {
        if let Node::Name(base) = &of.node
            && !self.vars.iter().any(|(n, _)| n == base)
        {
            match base.as_str() {
                "event" => return self.event(name, at),
                "param" => return self.param(name, at),
                "period" => return self.of_period(name, at),
                _ => {}
            }
        }
        let base = self.expr(of, None)?;
        self.field(of, base, name, at)
    }

    /// A field of what was already checked.
    pub(super) fn field(&self, of: &Ast, base: Typed, name: &str, at: &Range<usize>) -> Checked {
        let Typed { op, ty } = base;
        match &ty {
            Ty::Record(kind) => self.record_field(op, &[*kind], name, at),
            Ty::Map(id) => {
                let shape = self.schema.shape(*id);
                let Some(index) = shape.find(name) else { return Err(self.no_field(&[shape], false, name, at)) };
                typed(Op::Field(Box::new(op), At::One(*id, index)), Ty::field(&shape.fields[index as usize]))
            }
            Ty::Ref(kinds) => {
                let all: Vec<KindId>;
                let kinds = match kinds.is_empty() {
                    true => {
                        all = (0..self.schema.kinds.len() as u16).map(KindId).collect();
                        &all
                    }
                    false => kinds,
                };
                self.record_field(Op::Follow(Box::new(op), kinds.as_slice().into()), kinds, name, at)
            }
            Ty::Texts => typed(Op::Name(Box::new(op), name.into()), Ty::Text),
            Ty::Past => self.past_field(op, name, at),
            _ => Err(self.has_no_fields(of, &ty, name, at)),
        }
    }

    fn record_field(&self, op: Op, kinds: &[KindId], name: &str, at: &Range<usize>) -> Checked {
        let mut found = Vec::new();
        let mut ty = Ty::Any;
        for kind in kinds {
            let shape = self.schema.shape_of(*kind);
            let Some(index) = shape.find(name).filter(|i| !of_the_file(&shape.fields[*i as usize])) else { continue };
            let Some(both) = ty.join(&Ty::field(&shape.fields[index as usize])) else {
                let message =
                    say!("所指的各种记录里 `{name}` 的类型不同", "`{name}` has different types in the kinds that this may refer to");
                return Err(RuleError::new(at.clone(), message));
            };
            ty = both;
            found.push((*kind, self.schema.kind(*kind).shape, index));
        }
        let built_in = kinds
            .iter()
            .find_map(|k| self.schema.shape_of(*k).find(name).map(|i| self.schema.shape_of(*k).fields[i as usize].key.as_str()));
        match (found.as_slice(), built_in.unwrap_or(name)) {
            ([], "id") => typed(Op::RecordId(Box::new(op)), Ty::Text),
            ([], "kind") => typed(Op::RecordKind(Box::new(op)), Ty::Kind),
            ([], _) => {
                if let Some((below, kind)) = self.below(kinds, name) {
                    return typed(Op::Below(Box::new(op), below), Ty::Record(kind).list());
                }
                let shapes: Vec<&Shape> = kinds.iter().map(|k| self.schema.shape_of(*k)).collect();
                Err(self.no_field(&shapes, true, name, at))
            }
            ([(_, shape, index)], _) if kinds.len() == 1 => typed(Op::Field(Box::new(op), At::One(*shape, *index)), ty),
            _ => typed(Op::Field(Box::new(op), At::Kinds(found.into())), ty),
        }
    }

    /// What a name means behind a round or a case that has no such field, and the kind of its records.
    fn below(&self, kinds: &[KindId], name: &str) -> Option<(Below, KindId)> {
        let [kind] = kinds else { return None };
        let below = Below::of(&self.schema.kind(*kind).id, name)?;
        Some((below, self.schema.find_kind(below.kind())?))
    }

    fn no_field(&self, shapes: &[&Shape], record: bool, name: &str, at: &Range<usize>) -> RuleError {
        let titles = |pick: &dyn Fn(&Text) -> String, or: &str| shapes.iter().take(4).map(|s| pick(&s.title)).collect::<Vec<_>>().join(or);
        let (zh, en) = (titles(&|t| t.zh.to_string(), "”或“"), titles(&|t| t.en.to_string(), "\" or \""));
        let error = RuleError::new(at.clone(), say!("“{zh}”没有字段 `{name}`", "\"{en}\" has no field `{name}`"));
        let built_in = if record { &["id", "kind"][..] } else { &[] };
        let near = nearest(name, shapes.iter().flat_map(|s| s.spellings()).chain(built_in.iter().copied()));
        let help = match near {
            Some(near) => meant(near),
            None => some_of(shapes.iter().flat_map(|s| &s.fields).filter(|f| !f.header).map(|f| (f.key.as_str(), f.label.zh.as_ref()))),
        };
        error.help(help)
    }

    fn has_no_fields(&self, of: &Ast, ty: &Ty, name: &str, at: &Range<usize>) -> RuleError {
        if let Some(error) = self.sealed(of, ty) {
            return error;
        }
        let (title, text) = (ty.title(self.schema), crate::text::cut(self.at(&of.range), 60));
        let message = Text::new(format!("`{text}` 是{}，没有字段", title.zh), format!("`{text}` is {}: it has no fields", title.en));
        let help = matches!(ty, Ty::List(_)).then(|| {
            say!(
                "取每一项的字段：{text}.map(x, x.{name})；取第一项：first({text}).{name}",
                "of every item: {text}.map(x, x.{name}); of the first: first({text}).{name}"
            )
        });
        RuleError::new(at.clone(), message).maybe(help)
    }

    pub(super) fn index(&mut self, of: &Ast, index: &Ast) -> Checked {
        let base = self.expr(of, None)?;
        let at = self.expr(index, None)?;
        match base.ty {
            Ty::List(item) if at.ty.fits(&Ty::Int) => typed(Op::Index(Box::new(base.op), Box::new(at.op)), *item),
            Ty::List(_) => Err(self.wrong(index, &at.ty, &Ty::Int)),
            Ty::Texts => match at.op {
                Op::Lit(Lit::Text(name)) => typed(Op::Name(Box::new(base.op), name), Ty::Text),
                op if at.ty.fits(&Ty::Text) => typed(Op::Index(Box::new(base.op), Box::new(op)), Ty::Text),
                _ => Err(self.wrong(index, &at.ty, &Ty::Text)),
            },
            ty => {
                if let Some(error) = self.sealed(of, &ty) {
                    return Err(error);
                }
                let title = ty.title(self.schema);
                let message = Text::new(
                    format!("{}不能用 `[…]`，只有列表和名称到文本的键值可以", title.zh),
                    format!("`[…]` is for lists and maps of names to text, not for {}", title.en),
                );
                let range = index.range.clone();
                let help =
                    matches!(ty, Ty::Record(_) | Ty::Map(_) | Ty::Ref(_)).then(|| say!("字段写作 .名称", "a field is written .name"));
                Err(RuleError::new(range, message).maybe(help))
            }
        }
    }
}

/// A field of the common header that only repeats where the file stands: `.id` and `.kind` are taken from there.
fn of_the_file(field: &Field) -> bool {
    field.header && matches!(field.key.as_str(), "id" | "kind")
}
