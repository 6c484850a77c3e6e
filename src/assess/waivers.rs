//! The recorded deviations of a round, for showing; which findings they keep back is decided with each obligation.

use super::ground::Ground;
use super::model::Waived;
use crate::casebook::Folder;
use crate::kind::{Part, Record, Val};
use crate::text::Text;

/// All waivers of the casebook, the round and its cases, and what records say of themselves in `waived`.
pub fn of_round(g: &Ground) -> Vec<Waived> {
    let mut out = Vec::new();
    of_folder(g, g.workspace, "", &mut out);
    of_folder(g, &g.round.folder, &g.round.name, &mut out);
    for case in &g.round.cases {
        of_folder(g, &case.folder, &format!("{}/{}", g.round.name, case.name), &mut out);
    }
    out.sort_by(|a, b| (&a.case, &a.obligation, a.date, &a.file).cmp(&(&b.case, &b.obligation, b.date, &b.file)));
    out
}

fn of_folder(g: &Ground, folder: &Folder, case: &str, out: &mut Vec<Waived>) {
    for record in &folder.records {
        if Some(record.kind) == g.known.waiver {
            out.extend(read(g, record, record.root(), ["obligation", "date"], case));
            continue;
        }
        let Some(list) = g.part(record, "waived") else { continue };
        for item in list.items() {
            let waived = read(g, record, item, ["rule", "on"], case);
            out.extend(waived.map(|w| Waived { record: Some(record.id.clone()), ..w }));
        }
    }
}

fn read(g: &Ground, record: &Record, part: Part<'_>, [obligation, date]: [&str; 2], case: &str) -> Option<Waived> {
    let Val::Map(shape) = part.val() else { return None };
    let field = |key: &str| g.book.schema.shape(shape).find(key).and_then(|i| part.field(i)).filter(|p| p.filled());
    let text = |key: &str| field(key).map(|p| p.str().trim().to_string());
    let by = field("by").map(|p| match p.val() {
        Val::Enum(e, i) => g.book.schema.en(e).values[i as usize].label.clone(),
        _ => Text::same(p.str().trim()),
    });
    Some(Waived {
        obligation: text(obligation)?,
        case: case.to_string(),
        record: text("record"),
        by,
        date: field(date).and_then(super::events::anchor).map(|a| a.date),
        reason: text("reason").unwrap_or_default(),
        file: record.file.clone(),
    })
}
