//! A procedure: what is demanded, as data; loading, extending, pinning, checking; knows no records.

pub mod begin;
pub mod compile;
pub mod conditions;
pub mod diff;
pub mod first;
pub mod form;
pub mod lint;
pub mod load;
pub mod maker;
pub mod model;
pub mod papers;
pub mod show;

pub use maker::Maker;
pub use model::*;
pub use papers::*;

use crate::casebook::Casebook;
use crate::finding::Finding;
use crate::say;
use crate::text::{Bilingual, Text, list_text, nearest};
use anyhow::{Result, bail};
use std::path::Path;

/// The procedure of a casebook that names none.
pub const DEFAULT: &str = "xinghai-2020";

/// The ids of the built-in procedures, sorted.
pub fn builtin_ids() -> Vec<String> {
    crate::builtin::under("templates/procedures/")
        .filter_map(|(name, _)| name.strip_suffix(".toml"))
        .filter(|n| !n.contains('.'))
        .map(str::to_string)
        .collect()
}

/// The ids of the examples that an office may copy: they are no procedures in force.
pub fn example_ids() -> Vec<String> {
    let names = crate::builtin::under("templates/procedures/").filter_map(|(name, _)| name.strip_suffix(".toml"));
    names.filter(|n| n.ends_with(".example")).map(str::to_string).collect()
}

/// The path and text of a built-in procedure.
pub fn builtin_text(id: &str) -> Option<(String, &'static str)> {
    let path = format!("templates/procedures/{id}.toml");
    crate::builtin::file(&path).map(|text| (path, text))
}

/// Reads a procedure by id: the casebook's own first, then the built-in ones.
pub fn by_id(id: &str, book: Option<&Casebook>) -> Result<(Procedure, Vec<Finding>)> {
    let (p, findings) = read_id(id, book)?;
    usable(p, findings)
}

/// The same for looking at what is wrong: nothing beside the findings where nothing of it can be used.
pub fn read_id(id: &str, book: Option<&Casebook>) -> Result<(Option<Procedure>, Vec<Finding>)> {
    let Some((path, text)) = text_of(id, book) else {
        let known = ids(book);
        let shown = crate::text::safe(id).into_owned();
        let Text { zh, en } = list_text(&known);
        bail!(Bilingual(match nearest(id, known.iter().map(String::as_str)) {
            Some(near) => say!("没有规程 `{shown}`；是否指 `{near}`？", "there is no procedure `{shown}`; did you mean `{near}`?"),
            None => say!("没有规程 `{shown}`；现有：{zh}", "there is no procedure `{shown}`; there are: {en}"),
        }))
    };
    Ok(load::load(&path, &text, &Shelves(book)))
}

/// Reads the procedure in a file.
pub fn from_file(path: &Path, shown: &str, book: Option<&Casebook>) -> Result<(Procedure, Vec<Finding>)> {
    let (p, findings) = read_file(path, shown, book)?;
    usable(p, findings)
}

/// The same for looking at what is wrong.
pub fn read_file(path: &Path, shown: &str, book: Option<&Casebook>) -> Result<(Option<Procedure>, Vec<Finding>)> {
    // A file that the user names may be a link; one of the casebook's own may not.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let text = crate::casebook::file::read_text(path, shown).map_err(|f| anyhow::Error::new(Bilingual(f.message)))?;
    Ok(load::load(shown, &text, &Shelves(book)))
}

fn usable(p: Option<Procedure>, findings: Vec<Finding>) -> Result<(Procedure, Vec<Finding>)> {
    match p {
        Some(p) => Ok((p, findings)),
        None => {
            let first = findings.first();
            let path = first.map_or(String::new(), |f| f.place.file.clone());
            let why = first.map(|f| f.message.clone()).unwrap_or_default();
            let (zh, en) = (why.zh, why.en);
            bail!(Bilingual(say!("规程 {path} 用不了：{zh}", "the procedure {path} cannot be used: {en}")))
        }
    }
}

/// The casebook's own procedures before the built-in ones.
pub struct Shelves<'b>(pub Option<&'b Casebook>);

impl load::Library for Shelves<'_> {
    fn text(&self, id: &str) -> Option<(String, String)> {
        text_of(id, self.0)
    }

    fn ids(&self) -> Vec<String> {
        ids(self.0)
    }
}

/// All ids that can be named: the casebook's own and the built-in ones.
pub fn ids(book: Option<&Casebook>) -> Vec<String> {
    let mut ids = builtin_ids();
    if let Some(book) = book {
        for (path, _) in book.own("procedures").0 {
            let stem = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".toml").to_string();
            if !ids.contains(&stem) {
                ids.push(stem);
            }
        }
    }
    ids.sort();
    ids
}

/// The path and text of a procedure by id, as `extends` looks it up.
pub fn by_id_text(id: &str, book: &Casebook) -> Option<(String, String)> {
    text_of(id, Some(book))
}

fn text_of(id: &str, book: Option<&Casebook>) -> Option<(String, String)> {
    if let Some(book) = book {
        let rel = format!("procedures/{id}.toml");
        let path = book.root.join(&rel);
        if crate::kind::bind::slug(id)
            && path.is_file()
            && let Ok(text) = crate::casebook::file::read_text(&path, &rel)
        {
            return Some((rel, text));
        }
    }
    builtin_text(id).map(|(path, text)| (path, text.to_string()))
}

/// The text to pin into a round: the file itself where it is whole, else everything it extends written out.
pub fn pinned_text(id: &str, book: Option<&Casebook>) -> Result<String> {
    let (p, _) = by_id(id, book)?;
    if p.extends.is_none()
        && let Some((_, text)) = text_of(id, book)
    {
        return Ok(text);
    }
    let value = show::to_value(&p);
    let text = toml::to_string(&value)
        .map_err(|_| anyhow::Error::new(Bilingual(say!("规程 {id} 写不出来", "the procedure {id} cannot be written out"))))?;
    Ok(text)
}
