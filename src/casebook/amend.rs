//! Adds a value to a record that is there: a verified insertion into its text, everything else stays as it was typed.

use super::Casebook;
use super::journal::Step;
use super::names::Where;
use crate::finding::{Finding, Severity};
use crate::kind::{Home, Record, skeleton};
use crate::say;
use crate::text::{Bilingual, Lang, Text};
use anyhow::{Result, bail};
use std::path::Path;

/// A record opened to be added to.
pub struct Open {
    /// The record as it stands.
    pub record: Record,
    /// What is wrong in it now.
    pub findings: Vec<Finding>,
    /// Whether the file begins with a byte order mark, which stays.
    pub(super) bom: bool,
}

impl Open {
    /// The language in which its keys are written; `None` where that cannot be told.
    pub fn lang(&self, book: &Casebook) -> Option<Lang> {
        let shape = book.schema.shape(self.record.shape);
        let mut zh = 0i32;
        for e in self.record.tree.entries(self.record.tree.root()) {
            if let Some(i) = shape.find(e.key) {
                zh += if shape.fields[i as usize].key == e.key { -1 } else { 1 };
            }
        }
        match zh {
            0 => None,
            n if n > 0 => Some(Lang::Zh),
            _ => Some(Lang::En),
        }
    }

    /// How the field of this index is or would be written in the file.
    pub fn name<'b>(&self, book: &'b Casebook, index: u16, lang: Lang) -> &'b str {
        skeleton::name_of(book.schema.shape(self.record.shape), index, self.lang(book).unwrap_or(lang))
    }
}

impl Step {
    /// A text that a record is to hold in place of the one it was opened with.
    pub fn amend(open: &Open, new: &str) -> Step {
        let mark = if open.bom { "\u{feff}" } else { "" };
        let old = open.record.tree.text();
        Step::Replace { rel: open.record.file.clone(), old: format!("{mark}{old}"), new: format!("{mark}{new}") }
    }
}

impl Casebook {
    /// Opens the record in a file, named by its path from `dir` or from the casebook. Refuses what is no record of this casebook or cannot be read.
    pub fn open_record(&self, dir: &Path, name: &str) -> Result<Open> {
        let shown = crate::text::safe(name).into_owned();
        let full = [dir.join(name), self.root.join(name)].into_iter().find(|p| p.is_file());
        let Some(full) = full else { bail!(Bilingual(say!("没有文件 {shown}", "there is no file {shown}"))) };
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let full = full.canonicalize().unwrap_or(full);
        let outside = || Bilingual(say!("{shown} 不是这个案卷里的记录", "{shown} is no record of this casebook"));
        let rel = full.strip_prefix(&root).map_err(|_| outside())?;
        let parts: Vec<String> = rel.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        let rel = parts.join("/");
        let home = match self.here(full.parent().unwrap_or(&root)) {
            Where::Book => Home::default(),
            Where::Round(r) => Home { round: r, case: String::new() },
            Where::Case(r, c) => Home { round: r, case: c },
        };
        let [.., folder, file] = parts.as_slice() else { bail!(outside()) };
        let Some(stem) = super::file::yaml_stem(file) else { bail!(outside()) };
        let kind = self.schema.find_kind(folder).or_else(|| self.schema.find_kind(stem).filter(|k| self.schema.kind(*k).single));
        let Some(kind) = kind else { bail!(outside()) };
        let bytes = std::fs::read(&full).map_err(|e| super::write::failed(&rel, &e))?;
        let bom = bytes.starts_with("\u{feff}".as_bytes());
        let text = crate::yaml::decode(&rel, bytes).map_err(|f| refusal(&rel, &f))?;
        let (record, findings) = self.judge(kind, &rel, &home, &text);
        // What parses by luck is not added to: the insertion could land anywhere.
        let slip = |f: &&Finding| f.severity == Severity::Error && crate::yaml::CODES.contains(&f.code.as_ref());
        if let Some(f) = findings.iter().find(slip) {
            return Err(refusal(&rel, f).into());
        }
        let Some(record) = record else { bail!(outside()) };
        Ok(Open { record, findings, bom })
    }

    /// Opens a record that was read before, by its path relative to the casebook.
    pub fn reopen(&self, file: &str) -> Result<Open> {
        self.open_record(&self.root, file)
    }

    /// The record as it will stand with that text; `None` where it would be none.
    pub fn after(&self, open: &Open, text: &str) -> Option<Open> {
        let r = &open.record;
        let (record, findings) = self.judge(r.kind, &r.file, &r.home, text);
        Some(Open { record: record?, findings, bom: open.bom })
    }

    /// What the new text breaks that the old did not.
    pub fn broken_by(&self, open: &Open, new: &str) -> Vec<Finding> {
        let r = &open.record;
        let (_, after) = self.judge(r.kind, &r.file, &r.home, new);
        let known = |f: &Finding| open.findings.iter().any(|o| o.code == f.code && o.message == f.message);
        after.into_iter().filter(|f| f.severity == Severity::Error && !known(f)).collect()
    }

    /// Puts the new text in the place of the old one, if nobody changed the file meanwhile.
    pub fn amend(&self, open: &Open, new: &str) -> Result<()> {
        self.step(&Step::amend(open, new))
    }
}

/// Why a file is not added to.
fn refusal(rel: &str, f: &Finding) -> Bilingual {
    let Text { zh, en } = &f.message;
    let help = f.help.clone().unwrap_or_default();
    let (more_zh, more_en) = (if help.zh.is_empty() { String::new() } else { format!("；{}", help.zh) }, help.en);
    let more_en = if more_en.is_empty() { String::new() } else { format!("; {more_en}") };
    Bilingual(say!("{rel} 读不了，没有写入：{zh}{more_zh}", "{rel} cannot be read, nothing was written: {en}{more_en}"))
}
