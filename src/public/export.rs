//! A casebook that may leave the house: every record written again, proved to hold nothing of what was taken out, and then put in its place.

use super::proof::{self, Proof};
use super::rewrite::Rewriter;
use super::{Names, Purpose, settings};
use crate::casebook::write::{self, failed, random_letters};
use crate::casebook::{Casebook, Folder};
use crate::finding::Finding;
use crate::kind::Record;
use crate::say;
use crate::text::{Bilingual, Lang};
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What came of an export.
pub enum Outcome {
    /// It is there: how many records, how many different texts and names were looked for in it.
    Done {
        /// Records written.
        records: usize,
        /// Files looked at.
        files: usize,
        /// Different texts and names looked for.
        removed: usize,
    },
    /// Records of the source that cannot be read: what is not understood cannot be taken out.
    Unread(Vec<Finding>),
    /// What was found in the result, with its texts; nothing was left behind.
    Refused(Proof),
}

/// The records of a casebook written again, with their new paths, and what was replaced in them.
pub struct Laid {
    /// Path and text.
    pub files: Vec<(String, String)>,
    /// How many of them are records.
    pub records: usize,
    /// The texts and names that are no longer there, each with whether it was restricted or sealed.
    pub removed: BTreeMap<String, bool>,
}

/// Writes all records again, in memory.
pub fn lay(book: &Casebook, purpose: Purpose, lang: Lang) -> Result<std::result::Result<Laid, Vec<Finding>>> {
    let names = Names::of(book, purpose);
    let mut folders: Vec<Folder> = vec![book.read_workspace()];
    for round in book.rounds() {
        let round = book.read_round(&round, None);
        folders.push(round.folder);
        folders.extend(round.cases.into_iter().map(|c| c.folder));
    }
    let unread: BTreeSet<&str> = folders.iter().flat_map(|f| &f.unread).map(|u| u.file.as_str()).collect();
    if !unread.is_empty() {
        let why = folders.iter().flat_map(|f| &f.findings).filter(|f| unread.contains(f.place.file.as_str()));
        return Ok(Err(why.cloned().collect()));
    }
    let records: Vec<&Record> = folders.iter().flat_map(|f| f.records.iter().chain(&f.drafts)).collect();
    let rewriter = Rewriter::new(book, &names, purpose, lang, &records);
    let mut files = settings::files(book, &names)?;
    files.extend(records.iter().map(|r| (names.path(&r.file, book), rewriter.text(r))));
    let mut removed: BTreeMap<String, bool> = rewriter.removed().map(|(text, close)| (text.to_string(), close)).collect();
    for name in names.changed().filter(|n| !rewriter.is_word(n)) {
        removed.entry(name.to_string()).or_insert(false);
    }
    let office = book.config.office.trim();
    if purpose == Purpose::Export && !office.is_empty() {
        removed.entry(office.to_string()).or_insert(false);
    }
    Ok(Ok(Laid { files, records: records.len(), removed }))
}

/// Writes the casebook for others into `dir`, which must not exist or be empty. The folder appears when it is whole and proved.
pub fn write(book: &Casebook, dir: &Path, lang: Lang) -> Result<Outcome> {
    let shown = dir.display().to_string();
    free(book, dir, &shown)?;
    let mut laid = match lay(book, Purpose::Export, lang)? {
        Ok(laid) => laid,
        Err(findings) => return Ok(Outcome::Unread(findings)),
    };
    laid.files.push(("README.md".into(), readme(lang)));
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|e| failed(&shown, &e))?;
    let temp = Temp(parent.join(format!(".xuncha-export.{}.{}.tmp", std::process::id(), random_letters())));
    fs::create_dir(&temp.0).map_err(|e| failed(&shown, &e))?;
    write::fill(&temp.0, &laid.files, &shown)?;
    let proof = proof::prove(book, &temp.0, &laid.removed)?;
    if !proof.findings.is_empty() {
        return Ok(Outcome::Refused(proof));
    }
    if dir.exists() {
        fs::remove_dir(dir).map_err(|e| failed(&shown, &e))?;
    }
    fs::rename(&temp.0, dir).map_err(|e| failed(&shown, &e))?;
    Ok(Outcome::Done { records: laid.records, files: proof.files, removed: laid.removed.len() })
}

/// A folder that goes when it has not got its own name.
struct Temp(PathBuf);

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Refuses a folder that holds something, and one inside the casebook: what leaves the house does not lie in it.
fn free(book: &Casebook, dir: &Path, shown: &str) -> Result<()> {
    let full = |p: &Path| -> PathBuf {
        let p = std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
        let there = p.ancestors().find(|a| a.exists()).map(Path::to_path_buf).unwrap_or_default();
        let rest = p.strip_prefix(&there).map(Path::to_path_buf).unwrap_or_default();
        there.canonicalize().unwrap_or(there).join(rest)
    };
    if full(dir).starts_with(full(&book.root)) {
        bail!(Bilingual(say!(
            "{shown} 在案卷里面；导出到案卷以外的文件夹",
            "{shown} lies inside the casebook; export to a folder outside it"
        )));
    }
    match fs::read_dir(dir).map(|mut d| d.next().is_none()) {
        Ok(true) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Ok(false) => bail!(Bilingual(say!(
            "{shown} 里已经有文件，没有写入；换一个文件夹名",
            "{shown} is not empty; nothing was written; name another folder"
        ))),
        Err(e) => Err(failed(shown, &e)),
    }
}

fn readme(lang: Lang) -> String {
    let text = say!(
        "# 供外部使用的案卷\n\n由 `xuncha export --public` 生成。人员、单位、记录均以编号代替，文字内容已去掉；日期、数目和分类保留。\n编号不能对回原来的名称。\n",
        "# A casebook for others\n\nMade by `xuncha export --public`. People, units and records are numbers, texts are gone; dates, counts and classes remain.\nNo number leads back to a name.\n"
    );
    text.get(lang).to_string()
}
