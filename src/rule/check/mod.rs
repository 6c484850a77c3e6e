//! The check against the kinds: names become indices, every part gets its type; knows no values of records.

mod call;
mod compare;
mod field;
mod name;

use super::ast::{Ast, Node};
use super::error::RuleError;
use super::ir::{Lit, Op};
use super::ty::Ty;
use super::value::ValueSet;
use super::{Env, It};
use crate::calendar::Anchor;
use crate::kind::{EnumId, Schema};
use crate::say;
use crate::text::{Text, meant, nearest};
use chrono::{NaiveDate, NaiveTime};
use std::ops::Range;
use std::sync::Arc;

/// Names that mean the same in every expression; no variable may take them.
const FIXED: [&str; 17] = [
    "it", "record", "case", "round", "team", "unit", "cases", "teams", "units", "persons", "rounds", "earlier", "previous", "event",
    "param", "period", "today",
];

/// A checked part: what to do, and what it gives.
pub(super) struct Typed {
    op: Op,
    ty: Ty,
}

type Checked = Result<Typed, RuleError>;

fn typed(op: Op, ty: Ty) -> Checked {
    Ok(Typed { op, ty })
}

pub(super) fn check(src: &str, tree: &Ast, env: &Env<'_>, it: Option<&It>, want: Option<&Ty>) -> Result<(Op, Ty), RuleError> {
    let mut checker = Checker { src, env, schema: env.schema, it, vars: Vec::new() };
    let out = match want {
        Some(Ty::Bool) => Typed { op: checker.bool(tree)?, ty: Ty::Bool },
        _ => checker.expr(tree, want)?,
    };
    if let Some(want) = want
        && !out.ty.fits(want)
    {
        return Err(checker.wrong(tree, &out.ty, want));
    }
    Ok((out.op, out.ty))
}

/// The day, perhaps with an hour, that a quoted text writes.
pub(super) fn day(text: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    Anchor::parse(text).ok().map(|a| (a.date, a.time))
}

struct Checker<'c> {
    src: &'c str,
    env: &'c Env<'c>,
    schema: &'c Schema,
    it: Option<&'c It>,
    /// The variables of the loops around, outermost first; the index is the slot.
    vars: Vec<(String, Ty)>,
}

impl<'c> Checker<'c> {
    /// Checks a part. `hint` is the type that is expected of it: quoted texts become dates and enumeration values by it.
    fn expr(&mut self, ast: &Ast, hint: Option<&Ty>) -> Checked {
        match &ast.node {
            Node::Null => typed(Op::Lit(Lit::Null), Ty::Null),
            Node::Bool(b) => typed(Op::Lit(Lit::Bool(*b)), Ty::Bool),
            Node::Int(n) => typed(Op::Lit(Lit::Int(*n)), Ty::Int),
            Node::Number(n) => typed(Op::Lit(Lit::Number(*n)), Ty::Number),
            Node::Text(text) => self.text(text, &ast.range, hint),
            Node::Name(name) => self.name(name, &ast.range),
            Node::List(items) => self.list(items, hint),
            Node::Member(of, name, at) => self.member(of, name, at),
            Node::Index(of, index) => self.index(of, index),
            Node::Call(of, name, at, args) => self.call(ast, of.as_deref(), name, at, args),
            Node::Not(inner) => typed(Op::Not(Box::new(self.bool(inner)?)), Ty::Bool),
            Node::Neg(inner) => {
                let Typed { op, ty } = self.expr(inner, None)?;
                match (op, ty) {
                    (Op::Lit(Lit::Int(n)), _) => typed(Op::Lit(Lit::Int(n.saturating_neg())), Ty::Int),
                    (op, ty) if ty.is_number() => typed(Op::Neg(Box::new(op)), ty),
                    (_, ty) => Err(self.wrong(inner, &ty, &Ty::Number)),
                }
            }
            Node::Or(all) => typed(Op::Or(self.bools(all)?), Ty::Bool),
            Node::And(all) => typed(Op::And(self.bools(all)?), Ty::Bool),
            Node::If(parts) => {
                let test = self.bool(&parts.0)?;
                let (yes, no) = self.pair(&parts.1, &parts.2, hint)?;
                let Some(ty) = yes.ty.join(&no.ty) else {
                    let (a, b) = (yes.ty.title(self.schema), no.ty.title(self.schema));
                    let message = Text::new(
                        format!("`?` 的两边类型不同：{}、{}", a.zh, b.zh),
                        format!("the two sides of `?` have different types: {}, {}", a.en, b.en),
                    );
                    return Err(RuleError::new(parts.1.range.start..parts.2.range.end, message));
                };
                typed(Op::If(Box::new((test, yes.op, no.op))), ty)
            }
            Node::Pair(sign, at, sides) => self.operator(sign, at, &sides.0, &sides.1),
        }
    }

    /// Checks two parts of which one may tell what type the other is expected to have.
    fn pair(&mut self, a: &Ast, b: &Ast, hint: Option<&Ty>) -> Result<(Typed, Typed), RuleError> {
        if a.is_loose() && !b.is_loose() {
            let right = self.expr(b, hint)?;
            let left = self.expr(a, Some(&right.ty))?;
            return Ok((left, right));
        }
        let left = self.expr(a, hint)?;
        let right = if b.is_loose() && !a.is_loose() { self.expr(b, Some(&left.ty))? } else { self.expr(b, hint)? };
        Ok((left, right))
    }

    fn bools(&mut self, all: &[Ast]) -> Result<Box<[Op]>, RuleError> {
        all.iter().map(|a| self.bool(a)).collect()
    }

    /// A part that must give yes or no.
    fn bool(&mut self, ast: &Ast) -> Result<Op, RuleError> {
        let out = self.expr(ast, None)?;
        if out.ty.fits(&Ty::Bool) {
            return Ok(out.op);
        }
        let text = self.at(&ast.range);
        let help = match (&out.ty, &ast.node) {
            (Ty::List(_), _) => {
                Some(say!("问是否有内容，写作 size({text}) > 0", "to ask whether it holds anything write size({text}) > 0"))
            }
            (_, Node::Member(..) | Node::Index(..) | Node::Name(_)) => {
                Some(say!("问是否已填写，写作 has({text})", "to ask whether it is filled in write has({text})"))
            }
            _ => None,
        };
        let error = self.wrong(ast, &out.ty, &Ty::Bool);
        Err(if error.help.is_some() { error } else { error.maybe(help) })
    }

    fn list(&mut self, items: &[Ast], hint: Option<&Ty>) -> Checked {
        let mut want = hint.and_then(|h| h.item()).cloned();
        let mut ty = Ty::Any;
        let mut ops: Vec<Option<Op>> = items.iter().map(|_| None).collect();
        // Quoted texts last: the other items tell what they are to be read as. Each item is checked once, or a deep list would take for ever.
        for loose in [false, true] {
            for (slot, item) in ops.iter_mut().zip(items).filter(|(_, item)| item.is_loose() == loose) {
                let next = self.expr(item, want.as_ref())?;
                ty = match ty.join(&next.ty) {
                    Some(ty) => ty,
                    None => return Err(self.wrong(item, &next.ty, &ty)),
                };
                *slot = Some(next.op);
            }
            if want.is_none() && ty != Ty::Any {
                want = Some(ty.clone());
            }
        }
        let ops: Vec<Op> = ops.into_iter().flatten().collect();
        let op = self.as_set(&ops).map_or_else(|| Op::List(ops.into()), |set| Op::Lit(Lit::Set(set)));
        typed(op, ty.list())
    }

    /// A list of nothing but values of one enumeration, so that it is not built anew each time.
    fn as_set(&self, ops: &[Op]) -> Option<Arc<ValueSet>> {
        let Some(Op::Lit(Lit::Enum(of, _))) = ops.first() else { return None };
        let one = |op: &Op| match op {
            Op::Lit(Lit::Enum(e, i)) if e == of => Some(*i),
            _ => None,
        };
        Some(Arc::new(ValueSet { of: *of, values: ops.iter().map(one).collect::<Option<_>>()? }))
    }

    /// A quoted text, read as what is expected.
    fn text(&mut self, text: &str, range: &Range<usize>, hint: Option<&Ty>) -> Checked {
        match hint {
            Some(Ty::Enum(e)) => self.enum_value(*e, text, range),
            Some(Ty::Date | Ty::Time) => self.day(text, range),
            Some(Ty::Kind) => match self.schema.find_kind(text) {
                Some(kind) => typed(Op::Lit(Lit::Kind(kind)), Ty::Kind),
                None => Err(self.unknown_kind(text, range)),
            },
            Some(Ty::Int | Ty::Number | Ty::Bool) if hint.is_some_and(|h| unquoted(text, h)) => {
                Err(RuleError::new(range.clone(), say!("这里需要的不是文本", "a text does not belong here"))
                    .help(say!("去掉引号：{text}", "without quotes: {text}")))
            }
            _ => typed(Op::Lit(Lit::Text(text.into())), Ty::Text),
        }
    }

    fn day(&self, text: &str, range: &Range<usize>) -> Checked {
        if let Some((date, time)) = day(text.trim()) {
            return match time {
                Some(time) => typed(Op::Lit(Lit::Time(date, time)), Ty::Time),
                None => typed(Op::Lit(Lit::Date(date)), Ty::Date),
            };
        }
        match Anchor::parse(text) {
            Ok(a) => typed(Op::Lit(Lit::Date(a.date)), Ty::Date),
            Err(e) => Err(RuleError::new(range.clone(), e.message).maybe(e.suggestion.map(|s| say!("写作 '{s}'", "write '{s}'")))),
        }
    }

    fn enum_value(&self, of: EnumId, text: &str, range: &Range<usize>) -> Checked {
        let e = self.schema.en(of);
        if let Some(index) = e.find(text) {
            return typed(Op::Lit(Lit::Enum(of, index)), Ty::Enum(of));
        }
        if e.open {
            return typed(Op::Lit(Lit::Text(text.into())), Ty::Enum(of));
        }
        let shown = crate::text::safe(text);
        let message = Text::new(format!("“{}”没有“{shown}”这个值", e.title.zh), format!("\"{}\" has no value \"{shown}\"", e.title.en));
        let names =
            e.values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()].into_iter().chain(v.aliases.iter().map(|a| a.as_str())));
        let help = match nearest(text, names) {
            Some(near) => meant(near),
            None => some_of(e.values.iter().map(|v| (v.code.as_str(), v.label.zh.as_ref()))),
        };
        Err(RuleError::new(range.clone(), message).help(help))
    }

    /// The words of the expression in a range.
    fn at(&self, range: &Range<usize>) -> &'c str {
        &self.src[range.clone()]
    }

    /// A part has another type than it should.
    fn wrong(&self, ast: &Ast, is: &Ty, want: &Ty) -> RuleError {
        if let Some(error) = self.sealed(ast, is) {
            return error;
        }
        let (is, want, text) = (is.title(self.schema), want.title(self.schema), crate::text::cut(self.at(&ast.range), 60));
        let message =
            Text::new(format!("`{text}` 是{}，这里需要{}", is.zh, want.zh), format!("`{text}` is {}, where {} is needed", is.en, want.en));
        RuleError::new(ast.range.clone(), message)
    }

    /// The error for reading what is sealed, if it is.
    fn sealed(&self, ast: &Ast, ty: &Ty) -> Option<RuleError> {
        let inner = if let Ty::List(item) = ty { item } else { ty };
        if *inner != Ty::Sealed {
            return None;
        }
        let text = crate::text::cut(self.at(&ast.range), 60);
        let error = RuleError::new(
            ast.range.clone(),
            say!("`{text}` 是密封或不得录入的内容，规则不能读取", "`{text}` is sealed or never recorded: rules cannot read it"),
        );
        Some(error.help(say!("只能用 has({text}) 询问是否已填写", "it can only be asked for: has({text})")))
    }
}

fn unquoted(text: &str, want: &Ty) -> bool {
    match want {
        Ty::Int => text.parse::<i64>().is_ok(),
        Ty::Number => text.parse::<f64>().is_ok(),
        _ => matches!(text, "true" | "false"),
    }
}

/// The first names that could stand there, by code and by Chinese name.
fn some_of<'t>(names: impl Iterator<Item = (&'t str, &'t str)>) -> Text {
    let all: Vec<(&str, &str)> = names.collect();
    let list = |pick: &dyn Fn(&(&'t str, &'t str)) -> &'t str, comma: &str| {
        let mut out = all.iter().take(12).map(pick).collect::<Vec<_>>().join(comma);
        if all.len() > 12 {
            out.push_str(comma);
            out.push('…');
        }
        out
    };
    let (zh, en) = (list(&|n| n.1, "、"), list(&|n| n.0, ", "));
    say!("可用的有：{zh}", "there are: {en}")
}
