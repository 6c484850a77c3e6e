//! What is wrong in the folders of a round and in its records, apart from obligations, and where they stand.

use super::ground::Ground;
use super::model::Progress;
use super::sight::Sight;
use super::{doubles, frames, gaps, refs, unread};
use crate::casebook::Folder;
use crate::finding::{Finding, Place};
use crate::kind::Val;
use crate::say;

/// What was wrong in reading the round and its cases, and folders that belong to nothing.
pub(super) fn read_findings(g: &Ground, only: Option<&[String]>) -> Vec<Finding> {
    let round = g.round;
    let mut out: Vec<Finding> = round.folder.findings.clone();
    if let (None, Some(kind)) = (g.round_record(), g.known.round) {
        let mut f = Finding::error("missing-record", round_place(g), say!("轮次缺少 round.yaml", "the round has no round.yaml"))
            .help(say!("用 `xuncha new-round` 建轮次，或补写这个文件", "make rounds with `xuncha new-round`, or add the file"));
        f.waits = unread::of(&round.folder, kind).map(str::to_string);
        out.push(f);
    }
    for (i, case) in round.cases.iter().enumerate() {
        if only.is_some_and(|o| !o.contains(&case.name)) {
            continue;
        }
        let name = format!("{}/{}", round.name, case.name);
        out.extend(case.folder.findings.iter().cloned().map(|mut f| {
            f.case = Some(name.clone());
            f
        }));
        if let (None, Some(kind)) = (g.case_record(i), g.known.case) {
            let mut f = Finding::error(
                "missing-record",
                Place::file(format!("rounds/{name}")),
                say!("案卷缺少 case.yaml", "the case has no case.yaml"),
            )
            .help(say!(
                "补写 case.yaml（单位、巡察组）；若这不是案卷，请移出轮次文件夹",
                "add case.yaml (unit, team); if this is no case, move the folder out of the round"
            ));
            f.case = Some(name.clone());
            f.waits = unread::of(&case.folder, kind).map(str::to_string);
            out.push(f);
        }
        for other in &case.folder.others {
            let mut f = Finding::warning(
                "stray-folder",
                Place::file(format!("rounds/{name}/{other}")),
                say!("不知道 `{other}` 是哪一类记录，没有读取", "what kind of record `{other}` is cannot be told; not read"),
            );
            let schema = &g.book.schema;
            let near = crate::text::nearest(other, schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]));
            f.help = near.map(crate::text::meant);
            f.case = Some(name.clone());
            out.push(f);
        }
    }
    out
}

pub(super) fn record_findings<'a>(sight: &Sight<'a>, folder: &'a Folder, progress: &[Progress], out: &mut Vec<Finding>) {
    for record in &folder.records {
        gaps::of_record(sight, record, progress, out);
        refs::dangling(sight.ground, record, out);
        refs::obligation(sight.ground, record, out);
    }
    doubles::numbers(sight.ground, folder, out);
    frames::of_folder(sight, folder, out);
}

pub(super) fn case_place(g: &Ground, index: usize) -> Place {
    match g.case_record(index) {
        Some(r) => Place::file(&r.file),
        None => Place::file(format!("rounds/{}/{}", g.round.name, g.round.cases[index].name)),
    }
}

pub(super) fn round_place(g: &Ground) -> Place {
    match g.round_record() {
        Some(r) => Place::file(&r.file),
        None => Place::file(format!("rounds/{}", g.round.name)),
    }
}

/// Whether the record in a file waives an obligation in its own header.
pub(super) fn waived_in_header(g: &Ground, file: &str, obligation: &str) -> bool {
    let folders = std::iter::once(&g.round.folder).chain(g.round.cases.iter().map(|c| &c.folder));
    let Some(record) = folders.flat_map(|f| &f.records).find(|r| r.file == file) else { return false };
    let Some(list) = g.part(record, "waived") else { return false };
    list.items().any(|item| {
        let Val::Map(shape) = item.val() else { return false };
        let shape = g.book.schema.shape(shape);
        let rule = shape.find("rule").and_then(|i| item.field(i));
        let reason = shape.find("reason").and_then(|i| item.field(i));
        rule.is_some_and(|r| r.str().trim().eq_ignore_ascii_case(obligation)) && reason.is_some_and(|r| r.filled())
    })
}
