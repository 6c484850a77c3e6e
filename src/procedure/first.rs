//! The papers with which a round begins: what the first stage demands once in a round or case and a kind has a type for.
//! Where a filter says more than the type, a draft of the type alone could be the wrong paper.

use super::{Obligation, Procedure, Scope, Strength, Subject};
use crate::kind::{KindId, Level, Schema, Type};

/// A paper of the first stage.
#[derive(Clone, Debug)]
pub struct Paper<'p> {
    /// Its kind.
    pub kind: KindId,
    /// The value of its `type`.
    pub code: String,
    /// In the round, or in each case.
    pub level: Level,
    /// Who demands it: every obligation of the first stage that does, in order.
    pub demanded: Vec<&'p Obligation>,
}

/// The papers, in the order in which the procedure names them.
pub fn papers<'p>(p: &'p Procedure, schema: &Schema) -> Vec<Paper<'p>> {
    let mut out: Vec<Paper> = Vec::new();
    for o in &p.obligations {
        let level = match o.scope {
            Scope::Round => Level::Round,
            Scope::Case => Level::Case,
            _ => continue,
        };
        let Subject::Artifact(path) = &o.subject else { continue };
        if o.stage != 0 || o.strength != Strength::Must || o.when.is_some() || o.count.is_some() || o.per.is_some() || o.filter.is_some() {
            continue;
        }
        let mut parts = path.text.split('.').map(str::trim);
        let (Some(kind), Some(code), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Some(kind) = schema.find_kind(kind) else { continue };
        let k = schema.kind(kind);
        let shape = schema.shape(k.shape);
        let ty = shape.find("type").map(|i| &shape.fields[i as usize].ty);
        let known = matches!(ty, Some(Type::Enum(e)) if schema.en(*e).find(code).is_some());
        if !known || k.single || !k.levels.contains(&level) {
            continue;
        }
        match out.iter_mut().find(|q| q.kind == kind && q.code == code && q.level == level) {
            Some(paper) => paper.demanded.push(o),
            None => out.push(Paper { kind, code: code.to_string(), level, demanded: vec![o] }),
        }
    }
    out
}
