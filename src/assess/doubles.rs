//! What must be there only once: running numbers within a kind, units and persons in the registers.

use super::ground::Ground;
use crate::casebook::{Casebook, Folder};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Part, Record, Type, Val};
use crate::say;
use std::collections::HashMap;

/// Running numbers that two records of one kind and folder both bear: after a merge, as a rule.
pub fn numbers(g: &Ground, folder: &Folder, out: &mut Vec<Finding>) {
    let schema = &g.book.schema;
    let mut seen: HashMap<(u16, &str, String), &Record> = HashMap::new();
    for record in &folder.records {
        for key in ["no", "ledger_no"] {
            let shape = schema.shape(record.shape);
            let Some(index) = shape.find(key) else { continue };
            let whole = shape.fields[index as usize].ty == Type::Int || key == "ledger_no";
            let Some(part) = record.root().field(index).filter(|p| whole && matches!(p.val(), Val::Int(_) | Val::Text)) else { continue };
            let number = part.str().trim().to_string();
            if let Some(first) = seen.get(&(record.kind.0, key, number.clone())) {
                let title = &schema.kind(record.kind).title;
                let (zh, en) = (&title.zh, &title.en);
                let file = &first.file;
                out.push(
                    Finding::error(
                        "duplicate-number",
                        place(part),
                        say!("{zh}编号 {number} 重复，另一份是 {file}", "number {number} of {en} is taken twice, also in {file}"),
                    )
                    .help(say!(
                        "合并后常见：核对原件后改正其中一份的编号",
                        "common after a merge: compare the originals and correct one of them"
                    )),
                );
            } else {
                seen.insert((record.kind.0, key, number), record);
            }
        }
    }
}

/// Units that stand twice in the register, by code or name.
pub fn workspace(book: &Casebook, folder: &Folder) -> Vec<Finding> {
    let mut out = Vec::new();
    let schema = &book.schema;
    let Some(unit) = schema.find_kind("unit") else { return out };
    for key in ["code", "name"] {
        let Some(index) = schema.shape_of(unit).find(key) else { continue };
        let label = &schema.shape_of(unit).fields[index as usize].label;
        let (zh, en) = (&label.zh, &label.en);
        let mut seen: HashMap<&str, &Record> = HashMap::new();
        for record in folder.of(unit) {
            let Some(part) = record.root().field(index).filter(|p| matches!(p.val(), Val::Text)) else { continue };
            let value = part.str().trim();
            if let Some(first) = seen.insert(value, record) {
                let file = &first.file;
                out.push(Finding::new(
                    Severity::Error,
                    "duplicate-unit",
                    place(part),
                    say!("{zh}“{value}”重复，另一份是 {file}", "the unit's {en} “{value}” stands twice, also in {file}"),
                ));
            }
        }
    }
    out
}

fn place(part: Part) -> Place {
    Place::at(&part.record.file, part.record.tree.span(part.node))
}
