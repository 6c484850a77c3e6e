//! What `new-round` writes: a whole round, or cases added to one that is there.

use super::Ctx;
use crate::casebook::journal::Step;
use crate::casebook::units::Row;
use crate::casebook::write::{self, Lock};
use crate::casebook::{Casebook, file};
use crate::say;
use anyhow::Result;

/// A file to be written: path and text.
pub type NewFile = (String, String);

/// Writes the round and its units as one: the folder is filled aside and then given its name.
pub fn put_round(book: &Casebook, lock: &Lock, round: &str, files: &[NewFile], units: &[NewFile]) -> Result<()> {
    let whole = format!("rounds/{round}");
    let ready = book.ready(lock)?;
    let done = write::fill(&ready.join(&whole), files, &whole).and_then(|()| {
        let mut steps = creates(units);
        steps.push(Step::Move { from: whole.clone(), to: whole });
        book.together(lock, &steps)
    });
    let _ = std::fs::remove_dir_all(ready);
    done
}

/// Writes cases into a round that is there, their units, and their names among the round's targets, as one. Gives whether they could be named there.
pub fn put(book: &Casebook, lock: &Lock, round: &str, rows: &[Row], files: &[NewFile], units: &[NewFile]) -> Result<bool> {
    let whole = format!("rounds/{round}");
    let ready = book.ready(lock)?;
    let named = targets(book, round, rows);
    let done = write::fill(&ready.join(&whole), files, &whole).and_then(|()| {
        let mut steps = creates(units);
        let case = |row: &Row| file::join(&whole, &row.id);
        steps.extend(rows.iter().map(|row| Step::Move { from: case(row), to: case(row) }));
        steps.extend(named.clone());
        book.together(lock, &steps)
    });
    let _ = std::fs::remove_dir_all(ready);
    done.map(|()| named.is_some())
}

fn creates(units: &[NewFile]) -> Vec<Step> {
    units.iter().map(|(rel, text)| Step::Create { rel: rel.clone(), text: text.clone() }).collect()
}

/// The units added to the list of targets in `round.yaml`; `None` where a person has to do it.
fn targets(book: &Casebook, round: &str, rows: &[Row]) -> Option<Step> {
    let file = format!("rounds/{round}/round.yaml");
    let first = book.reopen(&file).ok()?;
    let mut text = first.record.tree.text().to_string();
    for row in rows {
        let open = book.after(&first, &text)?;
        let shape = book.schema.shape(open.record.shape);
        let list = shape.find("targets").and_then(|i| open.record.root().field(i))?;
        if !list.items().any(|p| p.str().trim() == row.id) {
            text = crate::yaml::append_item(&open.record.tree, list.node, &row.id.as_str().into()).ok()?;
        }
    }
    book.broken_by(&first, &text).is_empty().then(|| Step::amend(&first, &text))
}

/// Says what was added, and where the units are not named among the round's targets.
pub fn report(ctx: &mut Ctx, named: bool, round: &str, rows: &[Row], files: &[NewFile], units: &[NewFile]) -> Result<u8> {
    let n = rows.len();
    let cases = if n == 1 { "one case".to_string() } else { format!("{n} cases") };
    ctx.line(&say!("轮次 {round} 已有，加入 {n} 个案卷", "the round {round} is there; {cases} added"))?;
    paths(ctx, round, files, units)?;
    match named {
        true => ctx.note(&say!("已写进 rounds/{round}/round.yaml 的“巡察对象”", "named among the targets of rounds/{round}/round.yaml"))?,
        false => ctx.note(&say!(
            "请把新的单位补进 rounds/{round}/round.yaml 的“巡察对象”",
            "add the new units to `targets` in rounds/{round}/round.yaml"
        ))?,
    }
    ctx.note(&say!("接下来：填写各 case.yaml，然后 xuncha next {round}", "Next: fill in each case.yaml, then xuncha next {round}"))?;
    Ok(0)
}

/// The files that were written, the first of them.
pub fn paths(ctx: &mut Ctx, round: &str, files: &[NewFile], units: &[NewFile]) -> Result<()> {
    const SHOWN: usize = 20;
    let mut paths: Vec<String> = files.iter().map(|(rel, _)| format!("rounds/{round}/{rel}")).collect();
    paths.extend(units.iter().map(|(rel, _)| rel.clone()));
    for path in paths.iter().take(SHOWN) {
        ctx.line(&say!("  {path}", "  {path}"))?;
    }
    if let Some(more) = paths.len().checked_sub(SHOWN).filter(|m| *m > 0) {
        ctx.line(&say!("  …另有 {more} 个文件", "  … and {more} more files"))?;
    }
    Ok(())
}
