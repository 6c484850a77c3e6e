//! Checks the conditions under which fields are required (`required = "…"`): each must be an expression over its record.

use crate::finding::{Finding, Place};
use crate::kind::{Field, KindId, Required, Schema, ShapeId, Type};
use crate::rule::{self, Env, It, Ty};
use crate::say;

/// What is wrong in the conditions of a casebook's own kinds.
pub fn own(schema: &Schema) -> Vec<Finding> {
    check(schema, |file| !file.starts_with("templates/"))
}

/// What is wrong in the conditions of the kinds whose file is asked for.
pub fn check(schema: &Schema, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
    let env = Env::of(schema);
    let mut out = Vec::new();
    for (i, kind) in schema.kinds.iter().enumerate().filter(|(_, k)| wanted(&k.file)) {
        let it = It::record(KindId(i as u16));
        for field in schema.shape(kind.shape).fields.iter().filter(|f| !f.header) {
            if let Required::When(src, range) = &field.required
                && let Err(e) = rule::compile(src, &env, Some(&it), Some(&Ty::Bool))
            {
                let quote = (range.1 - range.0).saturating_sub(src.len()) / 2;
                let at = range.0 + quote;
                let mut f = Finding::error("rule-error", Place::at(&kind.file, at + e.range.start..at + e.range.end), e.message);
                f.help = e.help;
                out.push(f);
            }
            inner(schema, field, &kind.file, 0, &mut out);
        }
    }
    out
}

/// A condition inside a map would be asked of nobody.
fn inner(schema: &Schema, field: &Field, file: &str, depth: usize, out: &mut Vec<Finding>) {
    let Some(shape) = shape_of(&field.ty).filter(|_| depth < 8) else { return };
    for f in &schema.shape(shape).fields {
        if let Required::When(_, range) = &f.required {
            let message =
                say!("条件只能写在记录自己的字段上，不能写在下一层", "a condition may only stand at a record's own field, not further in");
            out.push(Finding::error("kind-condition", Place::at(file, range.0..range.1), message));
        }
        inner(schema, f, file, depth + 1, out);
    }
}

fn shape_of(ty: &Type) -> Option<ShapeId> {
    match ty {
        Type::Map(shape) => Some(*shape),
        Type::List(item) => shape_of(item),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_conditions_of_the_built_in_kinds_hold() {
        let findings = super::check(&crate::kind::load::builtin(), |_| true);
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
