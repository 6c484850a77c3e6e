//! A procedure ready to be laid on records: names turned into indices, expressions compiled when the first record asks for them.

mod compiler;
mod name;
mod obligation;
mod part;

pub use name::{actor_title, titles};
pub use part::{Chain, Compiled, CompiledDue, OneOf, Period, Source, Target};

use super::model::*;
use crate::finding::Finding;
use crate::kind::{KindId, Schema};
use crate::rule::{self, Env, Expr, It, Ty};
use compiler::Compiler;
use name::named_set;
use std::sync::OnceLock;

/// A procedure with its names resolved against a schema.
pub struct Program<'s> {
    /// The procedure.
    pub procedure: &'s Procedure,
    /// The kinds.
    pub schema: &'s Schema,
    env: Env<'s>,
    obligations: Vec<OnceLock<(Compiled, Vec<Finding>)>>,
    events: Vec<OnceLock<(Vec<Source>, Vec<Finding>)>>,
    conditions: Vec<OnceLock<Vec<Option<Expr>>>>,
    /// What is wrong in sets.
    findings: Vec<Finding>,
}

impl<'s> Program<'s> {
    /// Resolves names; compiles nothing yet.
    pub fn new(procedure: &'s Procedure, schema: &'s Schema) -> Program<'s> {
        let mut findings = Vec::new();
        let sets = procedure.sets.iter().filter_map(|s| named_set(s, schema, &mut findings)).collect();
        let params = procedure
            .params
            .iter()
            .map(|p| {
                let ty = match p.ty {
                    ParamType::Duration => rule::ParamType::Duration,
                    ParamType::Number => rule::ParamType::Number,
                    ParamType::Text => rule::ParamType::Text,
                };
                (p.id.clone(), ty)
            })
            .collect();
        let env = Env { schema, events: procedure.events.iter().map(|e| e.id.clone()).collect(), params, sets };
        Program {
            procedure,
            schema,
            env,
            obligations: procedure.obligations.iter().map(|_| OnceLock::new()).collect(),
            events: procedure.events.iter().map(|_| OnceLock::new()).collect(),
            conditions: schema.shapes.iter().map(|_| OnceLock::new()).collect(),
            findings,
        }
    }

    /// What an obligation means, and what is wrong with it.
    pub fn obligation(&self, index: usize) -> &(Compiled, Vec<Finding>) {
        self.obligations[index]
            .get_or_init(|| Compiler { program: self, findings: Vec::new() }.obligation(&self.procedure.obligations[index]))
    }

    /// Where an event's date comes from, and what is wrong with it.
    pub fn event(&self, index: usize) -> &(Vec<Source>, Vec<Finding>) {
        self.events[index].get_or_init(|| Compiler { program: self, findings: Vec::new() }.event(&self.procedure.events[index], index))
    }

    /// The conditions of a kind's own fields (`required = "…"`), by field; only those of the record's root.
    pub fn conditions(&self, kind: KindId) -> &[Option<Expr>] {
        let shape = self.schema.kind(kind).shape;
        self.conditions[shape.0 as usize].get_or_init(|| {
            let env = Env::of(self.schema);
            let it = It::record(kind);
            let fields = &self.schema.shape(shape).fields;
            fields
                .iter()
                .map(|f| match &f.required {
                    crate::kind::Required::When(src, _) => rule::compile(src, &env, Some(&it), Some(&Ty::Bool)).ok(),
                    _ => None,
                })
                .collect()
        })
    }

    /// What names mean in its expressions.
    pub fn env(&self) -> &Env<'s> {
        &self.env
    }

    /// What is wrong in the procedure's sets.
    pub fn set_findings(&self) -> &[Finding] {
        &self.findings
    }
}
