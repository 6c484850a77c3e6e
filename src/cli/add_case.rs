//! What `new-round` writes: a whole round, or cases added to one that is there.

use super::Ctx;
use super::new_round::{NewFile, paths};
use crate::casebook::units::Row;
use crate::casebook::{Casebook, write};
use crate::say;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Writes the round under a temporary name, then the units, then gives the round its name; takes everything back where something fails.
pub fn put_round(book: &Casebook, round: &str, files: &[NewFile], units: &[NewFile]) -> Result<()> {
    let temp = book.root.join("rounds").join(format!(".{round}.{}.tmp", std::process::id()));
    let end = book.root.join("rounds").join(round);
    let mut made: Vec<PathBuf> = Vec::new();
    let mut all = || -> Result<()> {
        write::fill(&temp, files, &format!("rounds/{round}"))?;
        for (rel, text) in units {
            made.push(book.create(rel, text)?);
        }
        std::fs::rename(&temp, &end).map_err(|e| write::failed(&format!("rounds/{round}"), &e))
    };
    let done = all();
    if done.is_err() {
        let _ = std::fs::remove_dir_all(&temp);
        for path in made {
            let _ = std::fs::remove_file(path);
        }
    } else {
        write::sync(Path::new(&book.root.join("rounds")));
    }
    done
}

/// Writes cases into a round that is there: each appears whole, its units first; takes everything back where something fails.
pub fn put(book: &Casebook, round: &str, rows: &[Row], files: &[NewFile], units: &[NewFile]) -> Result<()> {
    let base = book.root.join("rounds").join(round);
    let temp = base.join(format!(".cases.{}.tmp", std::process::id()));
    let mut made: Vec<PathBuf> = Vec::new();
    let mut cases: Vec<PathBuf> = Vec::new();
    let mut all = || -> Result<()> {
        write::fill(&temp, files, &format!("rounds/{round}"))?;
        for (rel, text) in units {
            made.push(book.create(rel, text)?);
        }
        for row in rows {
            let end = base.join(&row.id);
            std::fs::rename(temp.join(&row.id), &end).map_err(|e| write::failed(&format!("rounds/{round}/{}", row.id), &e))?;
            cases.push(end);
        }
        Ok(())
    };
    let done = all();
    let _ = std::fs::remove_dir_all(&temp);
    if done.is_err() {
        cases.iter().for_each(|dir| drop(std::fs::remove_dir_all(dir)));
        made.iter().for_each(|path| drop(std::fs::remove_file(path)));
    } else {
        write::sync(&base);
    }
    done
}

/// Adds the units to the list of targets in `round.yaml`; what a person has to do where that cannot be done.
fn targets(book: &Casebook, round: &str, rows: &[Row]) -> Result<bool> {
    let file = format!("rounds/{round}/round.yaml");
    for row in rows {
        let Ok(open) = book.reopen(&file) else { return Ok(false) };
        let shape = book.schema.shape(open.record.shape);
        let Some(list) = shape.find("targets").and_then(|i| open.record.root().field(i)) else { return Ok(false) };
        if list.items().any(|p| p.str().trim() == row.id) {
            continue;
        }
        let Ok(new) = crate::yaml::append_item(&open.record.tree, list.node, &row.id.as_str().into()) else { return Ok(false) };
        if !book.broken_by(&open, &new).is_empty() {
            return Ok(false);
        }
        book.amend(&open, &new)?;
    }
    Ok(true)
}

/// Says what was added, and names the units among the round's targets.
pub fn report(ctx: &mut Ctx, book: &Casebook, round: &str, rows: &[Row], files: &[NewFile], units: &[NewFile]) -> Result<u8> {
    let n = rows.len();
    let cases = if n == 1 { "one case".to_string() } else { format!("{n} cases") };
    ctx.line(&say!("轮次 {round} 已有，加入 {n} 个案卷", "the round {round} is there; {cases} added"))?;
    paths(ctx, round, files, units)?;
    match targets(book, round, rows)? {
        true => ctx.note(&say!("已写进 rounds/{round}/round.yaml 的“巡察对象”", "named among the targets of rounds/{round}/round.yaml"))?,
        false => ctx.note(&say!(
            "请把新的单位补进 rounds/{round}/round.yaml 的“巡察对象”",
            "add the new units to `targets` in rounds/{round}/round.yaml"
        ))?,
    }
    ctx.note(&say!("接下来：填写各 case.yaml，然后 xuncha next {round}", "Next: fill in each case.yaml, then xuncha next {round}"))?;
    Ok(0)
}
