//! Required fields that are not filled: a warning while the record's stage lasts, an error once it is over.

use super::cycles;
use super::model::Progress;
use super::sight::Sight;
use super::stage;
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Gap, Part, Record, Required};
use crate::say;

/// The required fields that a record lacks. `progress` is that of the instance it belongs to.
pub fn of_record<'a>(sight: &Sight<'a>, record: &'a Record, progress: &[Progress], out: &mut Vec<Finding>) {
    let g = sight.ground;
    let schema = &g.book.schema;
    if record.nil {
        return;
    }
    for gap in &record.gaps {
        let field = &schema.shape(gap.shape).fields[gap.field as usize];
        let wanted = match &field.required {
            Required::No => false,
            Required::Always => true,
            Required::When(..) => holds(sight, record, gap),
        };
        if !wanted || spared(sight, record, gap) {
            continue;
        }
        let (p, kind) = (g.program.procedure, &schema.kind(record.kind).id);
        let mut of_kind = (0..p.stages.len()).filter(|s| p.stages[*s].kinds.iter().any(|k| k.text == *kind));
        let left = of_kind.any(|s| stage::over(p, progress, s, || cycles::ended(sight)));
        let severity = if left { Severity::Error } else { Severity::Warning };
        let (zh, key) = (&field.label.zh, &field.key);
        let title = &schema.kind(record.kind).title;
        let (kind_zh, kind_en) = (&title.zh, &title.en);
        let mut f = Finding::new(severity, "missing-field", place(record, gap), say!("{kind_zh}缺少“{zh}”", "{kind_en} lacks `{key}`"));
        if let Some(note) = &field.note {
            f.help = Some(note.clone());
        }
        if (Part { record, node: gap.map }).misread(gap.field) {
            f.waits = Some(record.file.clone());
        }
        out.push(f);
    }
}

/// Whether the procedure does not ask for a field that the kind requires.
fn spared(sight: &Sight<'_>, record: &Record, gap: &Gap) -> bool {
    let (schema, p) = (&sight.ground.book.schema, sight.ground.program.procedure);
    p.not_required.iter().any(|s| schema.find_field(&s.text) == Some((record.kind, gap.field)) && gap.map == record.tree.root())
}

/// The key that holds the map in which the field is missing; the record's first line for the record itself.
fn place(record: &Record, gap: &Gap) -> Place {
    let tree = &record.tree;
    if gap.map == tree.root() {
        let end = tree.text().find('\n').unwrap_or(tree.text().len());
        return Place::at(&record.file, 0..end);
    }
    let span = tree.span(gap.map);
    let end = tree.text()[span.start..span.end].find('\n').map_or(span.end, |i| span.start + i);
    Place::at(&record.file, span.start..end)
}

fn holds<'a>(sight: &Sight<'a>, record: &'a Record, gap: &Gap) -> bool {
    if gap.map != record.tree.root() {
        return false;
    }
    let conditions = sight.ground.program.conditions(record.kind);
    conditions[gap.field as usize].as_ref().is_some_and(|e| e.holds(sight, Some(record.root())).unwrap_or(false))
}
