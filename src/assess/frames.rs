//! A draw laid beside the list it was made from: the file is the same, and the subjects are those that stand at the places drawn.

use super::sight::Sight;
use crate::casebook::Folder;
use crate::casebook::frame::{self, Frame};
use crate::finding::{Finding, Place};
use crate::kind::{Part, Record, Val};
use crate::say;
use crate::text::Text;

/// What is wrong in the draws that the records of a folder hold.
pub fn of_folder(sight: &Sight<'_>, folder: &Folder, out: &mut Vec<Finding>) {
    let schema = &sight.ground.book.schema;
    let mut last = None;
    for record in &folder.records {
        let field = match last {
            Some((kind, field)) if kind == record.kind => field,
            _ => {
                let field = schema.shape(record.shape).find("sample");
                last = Some((record.kind, field));
                field
            }
        };
        if let Some(sample) = field.and_then(|f| record.root().field(f)) {
            out.extend(of_record(sight, record, sample));
        }
    }
}

fn of_record(sight: &Sight<'_>, record: &Record, sample: Part<'_>) -> Option<Finding> {
    let g = sight.ground;
    let part = |of: Part<'_>, key: &str| -> Option<NodePart> {
        let Val::Map(shape) = of.val() else { return None };
        g.book.schema.shape(shape).find(key).and_then(|i| of.field(i)).filter(|p| p.filled()).map(|p| p.node)
    };
    let at = |node: NodePart| Part { record, node };
    let list = at(part(sample, "frame")?);
    let path = at(part(list, "path")?);
    let home = &record.home;
    let rel = match (home.round.as_str(), home.case.as_str()) {
        ("", _) => path.str().trim().to_string(),
        (round, "") => format!("rounds/{round}/{}", path.str().trim()),
        (round, case) => format!("rounds/{round}/{case}/{}", path.str().trim()),
    };
    let wrong = |p: Part<'_>, message: Text| {
        let place = Place::at(&record.file, record.tree.span(p.node));
        Some(Finding::error("sample-mismatch", place, message).help(say!(
            "名单和抽取结果一经记录不再改动；查清是名单改了，还是记录写错了",
            "list and draw are not changed once they are recorded: find out which of the two was"
        )))
    };
    if rel.split('/').any(|p| p == "..") {
        return wrong(path, say!("名单不在案卷里", "the list is not inside the casebook"));
    }
    let frame: Frame = match frame::read(&g.book.root.join(&rel), &rel) {
        Ok(frame) => frame,
        Err(f) if f.code == "sample-frame" => return Some(*f),
        Err(f) => {
            let (zh, en) = (&f.message.zh, &f.message.en);
            return wrong(
                path,
                say!("名单 {rel} 读不了，无法重抽核对：{zh}", "the list {rel} cannot be read, so the draw cannot be repeated: {en}"),
            );
        }
    };
    if let Some(hash) = part(list, "sha256").map(at).filter(|p| !p.str().trim().eq_ignore_ascii_case(&frame.sha256)) {
        let now = &frame.sha256[..12];
        return wrong(
            hash,
            say!("名单 {rel} 与抽取时不同（现为 {now}…）", "the list {rel} is not the one that was drawn from (it is now {now}…)"),
        );
    }
    let all = frame.entries.len();
    if let Some(size) = part(sample, "size").map(at)
        && size.val() != Val::Int(all as i64)
    {
        let said = size.str().trim().to_string();
        return wrong(size, say!("名单 {rel} 有 {all} 个对象，不是 {said}", "the list {rel} has {all} entries, not {said}"));
    }
    if let (Some(from), Some(to)) = (part(sample, "frame_from").map(at), part(sample, "frame_to").map(at))
        && let (Val::Date(a), Val::Date(b)) = (from.val(), to.val())
        && let Some((entry, day)) = frame::outside(&frame, a, b)
    {
        let code = &entry.code;
        return wrong(
            from,
            say!("名单里 {code} 的日期 {day} 不在 {a} 至 {b} 之间", "{code} of the list is dated {day}, not between {a} and {b}"),
        );
    }
    let drawn = at(part(sample, "drawn")?);
    let places: Vec<usize> = drawn.items().filter_map(|p| if let Val::Int(n) = p.val() { usize::try_from(n).ok() } else { None }).collect();
    let codes: Option<Vec<&str>> = places.iter().map(|n| Some(frame.entries.get(n.checked_sub(1)?)?.code.as_str())).collect();
    let Some(codes) = codes else {
        return wrong(drawn, say!("抽中序号超出名单（共 {all} 个）", "a number drawn is not in the list of {all}"));
    };
    let subjects = g.book.schema.shape(record.shape).find("subjects").and_then(|i| record.root().field(i)).filter(|p| p.filled())?;
    let named: Vec<&str> = subjects.items().map(|p| p.str().trim()).collect();
    if let Some(code) = named.iter().find(|c| !codes.contains(c)).or_else(|| codes.iter().find(|c| !named.contains(c))) {
        return wrong(
            subjects,
            say!("对象代码与按抽中序号查名单所得不同：{code}", "the subjects are not those at the places drawn: {code}"),
        );
    }
    None
}

type NodePart = crate::yaml::NodeId;
