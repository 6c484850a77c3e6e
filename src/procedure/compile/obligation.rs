//! An obligation compiled: its subject first, then all that is asked of it.

use super::compiler::Compiler;
use super::{Compiled, CompiledDue};
use crate::calendar;
use crate::finding::Finding;
use crate::kind::{Schema, ShapeId};
use crate::procedure::{Obligation, Scope, Subject};
use crate::rule::{It, Ty};
use crate::say;

impl Compiler<'_, '_> {
    pub(super) fn obligation(mut self, o: &Obligation) -> (Compiled, Vec<Finding>) {
        let schema = self.program.schema;
        let mut c = Compiled::default();
        let mut it: Option<It> = None;
        if let Subject::Artifact(src) | Subject::Each(src) = &o.subject
            && let Some(path) = self.path(src)
        {
            c.kind = Some(path.kind());
            it = Some(path.it());
            c.path = Some(path);
        }
        if let Some(by) = o.made_by
            && !(matches!(o.subject, Subject::Artifact(_)) && c.kind.is_some_and(|k| schema.kind(k).id == by.kind()))
        {
            let (by, kind) = (by.code(), by.kind());
            let message = say!(
                "`made_by = \"{by}\"` 只用于 `artifact = \"{kind}\"` 的事项",
                "`made_by = \"{by}\"` goes with `artifact = \"{kind}\"` only"
            );
            self.findings.push(Finding::error("procedure-subject", o.at_key("made_by").whole(), message));
        }
        let scoped = matches!(o.subject, Subject::Scope);
        if !scoped && it.is_none() {
            return (c, self.findings);
        }
        c.when = self.expr(&o.when, None, Some(&Ty::Bool));
        c.filter = self.expr(&o.filter, it.as_ref(), Some(&Ty::Bool));
        c.count = self.expr(&o.count, None, Some(&Ty::Int));
        c.per = self.expr(&o.per, None, None);
        c.by = self.expr(&o.by, it.as_ref(), None);
        c.mend = o.mend.as_ref().and_then(|src| self.path(src));
        c.require = self.expr(&o.require, it.as_ref(), Some(&Ty::Bool));
        if let Some((zh, en)) = &o.says {
            c.says = self.template(zh, it.as_ref()).zip(self.template(en, it.as_ref()));
        }
        let shape = it.as_ref().and_then(|i| shape_of(schema, &i.ty));
        let root = it.as_ref().map(|i| schema.kind(i.record).shape);
        c.at = o.at.iter().filter_map(|src| self.target(src, shape.or_else(|| own_shape(schema, o.scope)))).collect();
        c.date = o.date.as_ref().and_then(|src| shape.and_then(|s| self.chain(src, &src.text, s, root)));
        let whole = o.at_key("");
        if let Some(shape) = shape {
            if !o.sections.is_empty() {
                c.sections = self.chain(&whole, &o.sections_at, shape, root);
            }
            if !o.approvals.is_empty()
                && let Some(chain) = self.chain(&whole, &o.approvals_at, shape, root)
            {
                c.approvals = Some((chain, self.all_of(&o.at_key("approvals"), &o.approvals)));
            }
            c.approved_by = o.approved_by.as_ref().and_then(|s| self.chain(s, &s.text, shape, root));
            if let Some(s) = &o.signatures
                && let Some(chain) = self.chain(&whole, &s.at, shape, root)
            {
                c.signatures = Some((chain, self.all_of(&o.at_key("signatures"), &s.roles)));
            }
            if let Some(r) = &o.copies
                && let Some(chain) = self.chain(&whole, &r.at, shape, root)
            {
                let holders: Vec<Vec<String>> = r.holders.iter().map(|h| vec![h.clone()]).collect();
                c.copies = Some((chain, self.all_of(&o.at_key("copies"), &holders)));
            }
            for r in &o.recipients {
                if let Some(chain) = self.chain(&whole, &r.at, shape, root) {
                    c.recipients.push((chain, self.all_of(&o.at_key(r.key), &r.to)));
                }
            }
        }
        c.event = o.event.as_ref().and_then(|e| self.event_index(e));
        c.before = self.events(&o.before);
        c.after = self.events(&o.after);
        c.same_day = self.events(&o.same_day);
        if let Some(d) = &o.due {
            c.done = self.expr(&d.done, it.as_ref(), None);
            c.due = Some(CompiledDue {
                from: self.events(&d.from),
                rule: self.period(&d.rule),
                opens: self.period(&d.opens),
                closes: self.period(&d.closes),
                roll: d.roll.as_deref().and_then(calendar::Roll::parse),
            });
        }
        (c, self.findings)
    }
}

/// The shape of a map, a record, or the items of a list.
fn shape_of(schema: &Schema, ty: &Ty) -> Option<ShapeId> {
    match ty {
        Ty::Record(k) => Some(schema.kind(*k).shape),
        Ty::Map(s) => Some(*s),
        Ty::List(inner) => shape_of(schema, inner),
        _ => None,
    }
}

/// The shape of the record that a scope has of its own.
fn own_shape(schema: &Schema, scope: Scope) -> Option<ShapeId> {
    let kind = match scope {
        Scope::Case => "case",
        Scope::Team => "team",
        Scope::Round => "round",
        Scope::Casebook => return None,
    };
    schema.find_kind(kind).map(|k| schema.kind(k).shape)
}
