//! What a record says of itself: id, kind and round against file name and folders; whether it is a draft; what is sealed and yet lies in the casebook.

use super::attached::{self, Reference};
use crate::finding::{Finding, Place};
use crate::kind::{Record, Schema, Val};
use crate::say;

/// Of one file this many findings are listed: more come of one cause, or of a file that is no record.
const MOST: usize = 200;

/// Leaves out findings of one file beyond the first 200; gives whether there were more.
pub fn few(findings: &mut Vec<Finding>) -> bool {
    let more = findings.len() > MOST;
    findings.truncate(MOST);
    more
}

/// Says that findings of a file were left out.
pub fn too_many(file: &str) -> Finding {
    Finding::error(
        "too-many-findings",
        Place::file(file),
        say!("这个文件的问题太多，只列出前{MOST}处", "too much is wrong in this file: only the first {MOST} are listed"),
    )
    .help(say!(
        "多半同出一因，或根本不是记录：先改开头几处，再核对一次",
        "most come of one cause, or the file is no record: mend the first ones and check again"
    ))
}

/// The first of the header fields `id`, `kind`, `round` that contradicts the record's place.
pub fn header(schema: &Schema, record: &Record) -> Option<Finding> {
    let shape = schema.shape(record.shape);
    let kind = &schema.kind(record.kind).id;
    let single = schema.kind(record.kind).single;
    for (key, want) in [("id", &record.id), ("kind", kind), ("round", &record.home.round)] {
        let Some(part) = shape.find(key).filter(|i| shape.fields[*i as usize].header).and_then(|i| record.root().field(i)) else {
            continue;
        };
        if part.val() == Val::Empty || (key == "id" && single) || (key == "round" && want.is_empty()) {
            continue;
        }
        let got = part.str().trim();
        let same = got == want || (key == "kind" && schema.find_kind(got) == Some(record.kind));
        if !same {
            let place = Place::at(&record.file, record.tree.span(part.node));
            return Some(
                Finding::error(
                    "id-mismatch",
                    place,
                    say!("`{key}` 写的是 `{got}`，而按所在位置应是 `{want}`", "`{key}` says `{got}`, but by its place it is `{want}`"),
                )
                .help(say!(
                    "文件名就是编号，文件夹就是类别和轮次；删去这一行，或移动文件",
                    "the file name is the id, the folders are kind and round: delete the line, or move the file"
                )),
            );
        }
    }
    None
}

/// For a draft (`draft: true` in the header): a reminder where more than its type is filled in. `None` for any other record.
pub fn draft(schema: &Schema, record: &Record) -> Option<Option<Finding>> {
    let shape = schema.shape(record.shape);
    let index = shape.find("draft").filter(|i| shape.fields[*i as usize].header)?;
    let part = record.root().field(index).filter(|p| p.val() == Val::Bool(true))?;
    // A new round writes these itself.
    let given = |i: u16| ["type", "draft", "team", "target"].contains(&shape.fields[i as usize].key.as_str());
    let filled = (0..shape.fields.len() as u16).any(|i| !given(i) && record.root().field(i).is_some_and(|p| p.filled()));
    Some(filled.then(|| {
        Finding::warning(
            "filled-draft",
            Place::at(&record.file, record.tree.span(part.node)),
            say!("已有内容，但仍标为草稿，不算已有", "it is filled in and still marked as a draft: it counts as not there"),
        )
        .help(say!("成件后删去“草稿”这一行", "delete the line `draft` once it is a paper"))
    }))
}

/// Attachments that are sealed, or belong to a record that is, and lie in the casebook as plain files: a sealed paper is ciphertext, or only its
/// number stands here.
pub fn sealed_files(schema: &Schema, record: &Record) -> Vec<Finding> {
    let open = |r: &Reference| r.never || r.closed && !r.path.ends_with(attached::SEALED);
    let finding = |r: Reference| {
        let name = crate::text::safe(record.tree.str(r.at).trim()).into_owned();
        let place = Place::at(&record.file, record.tree.span(r.at));
        let message = say!("密封材料不能作为文件放在案卷里：{name}", "a sealed paper is no file of the casebook: {name}");
        Finding::error("sealed-plain", place, message).help(match r.never {
            true => say!(
                "移出文件，改填“纸质登记号”；若已提交到 git，历史中仍会留存",
                "take the file out and fill in the paper number; if it was committed, git's history keeps it"
            ),
            false => say!(
                "用 `xuncha seal` 密封这个文件，或移出、改填“纸质登记号”；若已提交到 git，历史中仍会留存",
                "seal the file with `xuncha seal`, or take it out and fill in the paper number; if it was committed, git's history keeps it"
            ),
        })
    };
    attached::references(schema, record).into_iter().filter(open).map(finding).collect()
}
