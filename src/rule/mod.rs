//! The rule language of `docs/rules.md`: compiled against the kinds, evaluated on records; knows no procedures and no folders.
//!
//! [`compile`] checks an expression and turns every name into an index; [`Expr::eval`] lays it on the records that a [`World`] shows.

mod absent;
mod ast;
mod bounds;
mod check;
mod compare;
mod equal;
mod error;
mod eval;
mod functions;
mod ir;
mod known;
mod lexer;
mod lists;
mod parser;
mod path;
mod template;
mod ty;
mod uses;
mod value;
mod words;
mod world;

pub use bounds::clash;
pub use error::RuleError;
pub use path::Path;
pub use template::{Template, show};
pub use ty::Ty;
pub use uses::Uses;
pub use value::{Missing, Stop, Str, Value, ValueSet, Who, Why};
pub use words::Names;
pub use world::{Below, Current, Group, Met, Named, OfPeriod, ParamType, ParamValue, Past, PastCase, World};

use crate::kind::{EnumId, KindId, Part, Schema};

/// A named set of enumeration values.
#[derive(Clone, Debug)]
pub struct NamedSet {
    /// Its name in rules.
    pub id: String,
    /// The enumeration.
    pub of: EnumId,
    /// Indices of the values.
    pub values: Vec<u16>,
}

/// What names mean in an expression.
#[derive(Clone, Debug)]
pub struct Env<'s> {
    /// The kinds.
    pub schema: &'s Schema,
    /// Ids of events; a [`World`] is asked by index.
    pub events: Vec<String>,
    /// Ids and types of parameters; a [`World`] is asked by index.
    pub params: Vec<(String, ParamType)>,
    /// Sets.
    pub sets: Vec<NamedSet>,
}

impl<'s> Env<'s> {
    /// Without events, parameters and sets: what a kind's own conditions see.
    pub fn of(schema: &'s Schema) -> Env<'s> {
        Env { schema, events: Vec::new(), params: Vec::new(), sets: Vec::new() }
    }
}

/// What `it` is: its type, and the kind of the record in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct It {
    /// Its type.
    pub ty: Ty,
    /// The type of `record`.
    pub record: KindId,
}

impl It {
    /// A whole record.
    pub fn record(kind: KindId) -> It {
        It { ty: Ty::Record(kind), record: kind }
    }

    /// A part of a record of that kind.
    pub fn part(ty: Ty, record: KindId) -> It {
        It { ty, record }
    }
}

/// A compiled expression. It owns everything and can be shared between threads.
#[derive(Clone, Debug)]
pub struct Expr {
    op: ir::Op,
    ty: Ty,
    uses: Uses,
}

/// Compiles an expression. `it` is what it looks at, if anything; `want` the type that it must give, if there is only one.
///
/// An error names the place in `src`, what is wrong and, where it can be told, what was meant.
pub fn compile(src: &str, env: &Env<'_>, it: Option<&It>, want: Option<&Ty>) -> Result<Expr, RuleError> {
    let tree = parser::parse(src)?;
    let (op, ty) = check::check(src, &tree, env, it, want)?;
    let uses = uses::of(&op);
    Ok(Expr { op, ty, uses })
}

impl Expr {
    /// What it gives.
    pub fn ty(&self) -> &Ty {
        &self.ty
    }

    /// What it looks at.
    pub fn uses(&self) -> &Uses {
        &self.uses
    }

    /// The first field of `it` that it reads: the place where a finding points by default.
    pub fn first_field(&self) -> Option<&[u16]> {
        self.uses.fields.first().map(|f| f.as_slice())
    }

    /// What the part of it looks at that does not hold: the first of the conditions joined by `&&`, or the whole.
    pub fn broken<'a>(&self, world: &dyn World<'a>, it: Option<Part<'a>>) -> Uses {
        let parts = match &self.op {
            ir::Op::And(all) => all,
            _ => return self.uses.clone(),
        };
        let fails = |op: &&ir::Op| matches!(eval::Machine::new(world, it).bool(op), Ok(false));
        parts.iter().find(fails).map_or_else(|| self.uses.clone(), uses::of)
    }

    /// Evaluates it. `it` is a part of the type that was given to [`compile`]: the root of a record, or a node in one.
    pub fn eval<'a>(&self, world: &dyn World<'a>, it: Option<Part<'a>>) -> Result<Value<'a>, Stop<'a>> {
        noted(world, eval::Machine::new(world, it).eval(&self.op))
    }

    /// Evaluates an expression that was compiled to give yes or no.
    pub fn holds<'a>(&self, world: &dyn World<'a>, it: Option<Part<'a>>) -> Result<bool, Stop<'a>> {
        noted(world, eval::Machine::new(world, it).bool(&self.op))
    }

    /// For a condition that does not hold: the fields for want of which alone it does not. Nothing where something that is filled in breaks it.
    pub fn absent<'a>(&self, world: &dyn World<'a>, it: Option<Part<'a>>) -> Vec<Missing<'a>> {
        let mut out = Vec::new();
        match eval::Machine::new(world, it).only_absent(&self.op, &mut out) {
            Ok(true) => out,
            _ => Vec::new(),
        }
    }
}

/// The same; where it is undecided for what is there and cannot be read, the world takes note.
fn noted<'a, T>(world: &dyn World<'a>, answer: Result<T, Stop<'a>>) -> Result<T, Stop<'a>> {
    if let (Err(Stop::Missing(m)), Some(met)) = (&answer, world.met())
        && let Some(part) = m.part.filter(|_| m.misread())
    {
        met.note(&part.record.file);
    }
    answer
}

#[cfg(test)]
mod tests;
