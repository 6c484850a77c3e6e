//! The proof of an export: the files as they were written are read again, by the guard and for every text that was taken out.

use super::rewrite::unreadable;
use crate::casebook::write::failed;
use crate::casebook::{Casebook, Folder};
use crate::finding::{Finding, Place};
use crate::guard;
use crate::kind::{Record, Secrecy, Val};
use crate::say;
use crate::text::Text;
use crate::yaml::{NodeId, Shape};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// What was found, and in which texts.
#[derive(Default)]
pub struct Proof {
    /// Nothing, where the export may leave.
    pub findings: Vec<Finding>,
    /// The texts that the findings point into.
    pub texts: BTreeMap<String, String>,
    /// How many files were looked at.
    pub files: usize,
}

/// Looks through the files below `dir`, an export of `source`, for what the guard finds and for the texts of `removed`.
pub fn prove(source: &Casebook, dir: &Path, removed: &BTreeMap<String, bool>) -> Result<Proof> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|e| failed(&dir.display().to_string(), &e.into()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let rel = entry.path().strip_prefix(dir).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(entry.path()).map_err(|e| failed(&rel, &e))?;
        files.push((rel, bytes));
    }
    let mut proof = Proof { files: files.len(), ..Proof::default() };
    let found = guard::outside(source, &files);
    proof.findings = found.findings;
    proof.texts = found.texts;
    let wanted = Wanted::new(removed);
    let book = Casebook::open(dir);
    let mut folders: Vec<Folder> = vec![book.read_workspace()];
    for round in book.rounds() {
        let round = book.read_round(&round, None);
        folders.push(round.folder);
        folders.extend(round.cases.into_iter().map(|c| c.folder));
    }
    for record in folders.iter().flat_map(|f| f.records.iter().chain(&f.drafts)) {
        in_record(record, &wanted, &mut proof);
    }
    for (rel, bytes) in &files {
        let name = rel.rsplit('/').next().unwrap_or(rel);
        let parts = rel.split('/').filter(|p| *p != name).chain([name.split('.').next().unwrap_or(name)]);
        if parts.into_iter().any(|p| removed.contains_key(p) && book.schema.find_kind(p).is_none()) {
            proof.findings.push(left(Place::file(rel)));
        }
        if rel.ends_with(".toml") {
            let text = String::from_utf8_lossy(bytes);
            // A title may stand in the procedure and in a record; what was restricted or sealed has no place in a procedure.
            let close = removed.iter().filter(|(s, close)| **close && s.chars().count() >= 6 && !common(s)).map(|(s, _)| s);
            if let Some((at, s)) = close.filter_map(|s| text.find(s.as_str()).map(|at| (at, s))).next() {
                let help = say!(
                    "规程、种类或日历文件里的文字与一份记录的限知或密封内容相同：改写其中之一再导出",
                    "the text of a procedure, kind or calendar is that of a restricted or sealed field: change one of them and export again"
                );
                proof.findings.push(Finding { help: Some(help), ..left(Place::at(rel, at..at + s.len())) });
                proof.texts.insert(rel.clone(), text.into_owned());
            }
        }
    }
    proof.findings.sort_by(|a, b| a.key().cmp(&b.key()));
    proof.findings.dedup();
    Ok(proof)
}

/// Whether a text stands in the procedures that come with the program.
fn common(text: &str) -> bool {
    crate::builtin::under("templates/procedures/").any(|(_, source)| source.contains(text))
}

/// The texts to look for: those that say something wherever they stand.
struct Wanted<'r> {
    whole: &'r BTreeMap<String, bool>,
    parts: Vec<&'r str>,
}

impl<'r> Wanted<'r> {
    fn new(removed: &'r BTreeMap<String, bool>) -> Wanted<'r> {
        let telling = |s: &&str| {
            let n = s.chars().count();
            match s.is_ascii() {
                true => n >= 4 && s.chars().any(|c| c.is_ascii_digit()) || n >= 8,
                false => n >= 2,
            }
        };
        Wanted { whole: removed, parts: removed.keys().map(String::as_str).filter(telling).collect() }
    }

    /// Whether a value is one of them or holds one.
    fn stands_in(&self, value: &str) -> bool {
        let value = value.trim();
        if sign(value) {
            return false;
        }
        self.whole.contains_key(value) || self.parts.iter().any(|p| value.len() > p.len() && value.contains(p))
    }
}

/// What this program put in the place of something: a word of its own and a number.
fn sign(value: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if let Some(inner) = value.strip_prefix('〔').and_then(|v| v.strip_suffix('〕')) {
        let word = inner.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let is = |t: Text| t.zh == word || t.en == word;
        return is(unreadable()) || Secrecy::WORDS.iter().any(|(_, s)| is(s.title()));
    }
    ["paper:removed-", "P-", "x-", "单位", "Unit "].iter().any(|p| value.strip_prefix(p).is_some_and(digits))
}

fn in_record(record: &Record, wanted: &Wanted, proof: &mut Proof) {
    let tree = &record.tree;
    for n in 0..tree.len() as u32 {
        let node = NodeId(n);
        let scalar = matches!(tree.shape(node), Shape::Plain | Shape::Quoted | Shape::Block);
        // Dates, numbers, choices and keys that the schema knows are not texts.
        let text = matches!(record.vals[n as usize], Val::Bad | Val::Text | Val::Ref | Val::Sealed | Val::Texts);
        if scalar && text && wanted.stands_in(tree.str(node)) {
            proof.findings.push(left(Place::at(&record.file, tree.span(node))));
            proof.texts.insert(record.file.clone(), tree.text().to_string());
        }
    }
}

fn left(place: Place) -> Finding {
    Finding::error("export-left", place, say!("这里留有应去掉的内容", "something that was to be taken out stands here")).help(say!(
        "导出没有留下；这是程序的差错，请连同种类和字段（不要带内容）报告",
        "Nothing was exported. This is a fault of the program: report the kind and the field, and nothing of the content"
    ))
}
