//! The guard of what goes into git: files as the index or a commit has them, never as they lie in the folder.

pub mod check;
pub mod hook;
pub mod keys;
pub mod names;
pub mod numbers;
pub mod place;
pub mod record;

use crate::casebook::git::{File, Git};
use crate::casebook::{Casebook, MARKER, attached, config};
use crate::finding::{Finding, Place};
use crate::kind::{self, Home, Level};
use anyhow::Result;
use check::Checker;
use names::Names;
use place::Role;
use record::{Hashed, REGISTER};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The largest attachment in MB, where the office has not said.
pub const ATTACHMENT_MB: i64 = 20;
/// An attachment larger than this is not hashed.
const HASHED: u64 = 1 << 30;

/// What the guard found.
#[derive(Default)]
pub struct Found {
    /// In the order of files and places.
    pub findings: Vec<Finding>,
    /// The texts that the findings point into, by the name of the file in them.
    pub texts: BTreeMap<String, String>,
    /// How many files were looked at.
    pub files: usize,
}

/// Checks what the next commit would bring.
pub fn staged(book: &Casebook, git: &Git) -> Result<Found> {
    let files = git.staged()?;
    let checker = checker(book, git, &files)?;
    let mut found = Found::default();
    let mut hashed = Vec::new();
    let oids: Vec<&str> = files.iter().map(|f| f.oid.as_str()).collect();
    git.contents(&oids, checker.limit(), |i, size, bytes| {
        hashed.extend(checker.file(&files[i].path, &files[i], size, bytes, false, &mut found));
    })?;
    hashed.extend(pointing_at(&checker, git, &files, &mut found)?);
    beside(&checker, git, &files, &mut found)?;
    changed(git, hashed, &mut found)?;
    Ok(finish(&checker, found))
}

/// Checks what commits have brought; `revs` are arguments of `git rev-list`. Places are `COMMIT:PATH`, as `git show` takes them.
pub fn past(book: &Casebook, git: &Git, revs: &[&str]) -> Result<Found> {
    let all = git.past(revs)?;
    let files: Vec<File> = all.iter().map(|p| p.file.clone()).collect();
    let checker = checker(book, git, &files)?;
    let mut found = Found::default();
    let oids: Vec<&str> = files.iter().map(|f| f.oid.as_str()).collect();
    git.contents(&oids, checker.limit(), |i, size, bytes| {
        let commit = &all[i].commit;
        let shown = format!("{}:{}", &commit[..commit.len().min(10)], files[i].path);
        checker.file(&shown, &files[i], size, bytes, true, &mut found);
    })?;
    Ok(finish(&checker, found))
}

/// Checks files that lie outside git, by the kinds and the staff register of the casebook that they were made from.
pub fn outside(source: &Casebook, files: &[(String, Vec<u8>)]) -> Found {
    let mut checker = Checker {
        schema: source.schema.clone(),
        guard: config::Guard::default(),
        sealing: source.config.sealing.clone(),
        names: Names::default(),
    };
    register(&mut checker, source, Vec::new());
    let mut found = Found::default();
    for (path, bytes) in files {
        let file = File { path: path.clone(), oid: String::new(), link: false };
        checker.file(path, &file, bytes.len() as u64, Some(bytes.clone()), true, &mut found);
    }
    for f in &mut found.findings {
        f.help = None;
    }
    finish(&checker, found)
}

/// What the files are checked by: settings and kinds as they are staged, names as they are in the folder and among the files.
fn checker(book: &Casebook, git: &Git, files: &[File]) -> Result<Checker> {
    let own = git.index(&[MARKER, "kinds"])?;
    let oids: Vec<&str> = own.iter().map(|f| f.oid.as_str()).collect();
    let (mut guard, mut sealing) = (book.config.guard.clone(), book.config.sealing.clone());
    let mut kinds = Vec::new();
    git.contents(&oids, check::RECORD, |i, _, bytes| {
        let path = &own[i].path;
        let Some(text) = bytes.and_then(|b| crate::yaml::decode(path, b).ok()) else { return };
        match path.as_str() {
            MARKER => {
                let config = config::read(MARKER, &text).0;
                (guard, sealing) = (config.guard, config.sealing);
            }
            _ if path.ends_with(".toml") => kinds.push((path.clone(), text.into())),
            _ => {}
        }
    })?;
    let schema = match kinds.is_empty() {
        true => book.schema.clone(),
        false => Arc::new(kind::load::load(&kinds).0),
    };
    let mut checker = Checker { schema, guard, sealing, names: Names::default() };
    let mut names = Vec::new();
    if let Some(register) = checker.schema.find_kind(REGISTER) {
        let person = |f: &&File| matches!(checker.role(&f.path), Role::Record(k, ..) if k == register);
        let persons: Vec<&File> = files.iter().filter(person).collect();
        let oids: Vec<&str> = persons.iter().map(|f| f.oid.as_str()).collect();
        git.contents(&oids, check::RECORD, |i, _, bytes| names.extend(checker.register_name(&persons[i].path, bytes)))?;
    }
    register(&mut checker, book, names);
    Ok(checker)
}

/// Adds the names of the staff register, as it lies in the folder, and `more`.
fn register(checker: &mut Checker, book: &Casebook, more: Vec<String>) {
    let Some(register) = checker.schema.find_kind(REGISTER) else { return };
    let folder = book.read_folder("", Level::Workspace, &Home::default(), Some(&[register]));
    let mut names = more;
    names.extend(folder.records.iter().chain(&folder.drafts).filter_map(|r| record::own_name(&book.schema, r)).map(str::to_string));
    // A register may have a post instead of a name, and a post stands wherever it is spoken of.
    let post = |n: &String| checker.schema.enums.iter().any(|e| e.find(n.trim()).is_some());
    names.retain(|n| !post(n));
    names.iter().for_each(|n| checker.names.add(n));
}

/// What records of the index that are not staged themselves say of the attachments that are.
fn pointing_at(checker: &Checker, git: &Git, staged: &[File], found: &mut Found) -> Result<Vec<Hashed>> {
    let here: BTreeSet<&str> = staged.iter().map(|f| f.path.as_str()).collect();
    let attachments = || here.iter().copied().filter(|p| checker.role(p) == Role::Attachment);
    // A record names an attachment of its own folder.
    let homes: BTreeSet<&str> = attachments().filter_map(|p| Some(&p[..p.rfind("files/")?])).map(|h| h.trim_end_matches('/')).collect();
    if homes.is_empty() {
        return Ok(Vec::new());
    }
    let record = |f: &File| match checker.role(&f.path) {
        Role::Record(_, _, home) => !here.contains(f.path.as_str()) && homes.contains(attached::folder(&home).trim_end_matches('/')),
        _ => false,
    };
    let folders: Vec<&str> = homes.iter().map(|h| if h.is_empty() { "." } else { h }).collect();
    let records: Vec<File> = git.index(&folders)?.into_iter().filter(record).collect();
    let oids: Vec<&str> = records.iter().map(|f| f.oid.as_str()).collect();
    let mut hashed = Vec::new();
    git.contents(&oids, check::RECORD, |i, _, bytes| {
        let path = &records[i].path;
        let Some((record, text)) = bytes.and_then(|b| checker.record(path, b)) else { return };
        let of_these = record::hashed(&checker.schema, &record).into_iter().filter(|h| here.contains(h.path.as_str()));
        let before = hashed.len();
        hashed.extend(of_these);
        if hashed.len() > before {
            found.texts.insert(path.clone(), text);
        }
    })?;
    Ok(hashed)
}

/// Reports the plain files of sealed attachments: of the two in the index one at least is staged.
fn beside(checker: &Checker, git: &Git, staged: &[File], found: &mut Found) -> Result<()> {
    let attachments = staged.iter().map(|f| f.path.as_str()).filter(|p| checker.role(p) == Role::Attachment);
    let plain: BTreeSet<&str> = attachments.map(|p| p.strip_suffix(attached::SEALED).unwrap_or(p)).collect();
    let pairs: Vec<String> = plain.iter().flat_map(|p| [p.to_string(), format!("{p}{}", attached::SEALED)]).collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    let there: BTreeSet<String> = git.index(&pairs)?.into_iter().map(|f| f.path).collect();
    let both = |p: &&&str| there.contains(**p) && there.contains(&format!("{p}{}", attached::SEALED));
    found.findings.extend(plain.iter().filter(both).map(|p| attached::beside(Place::file(*p))));
    Ok(())
}

/// Reports the attachments of the index that are not what their records say.
fn changed(git: &Git, hashed: Vec<Hashed>, found: &mut Found) -> Result<()> {
    let paths: BTreeSet<&str> = hashed.iter().map(|h| h.path.as_str()).filter(|p| place::inside(p)).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let paths: Vec<&str> = paths.into_iter().collect();
    let files: Vec<File> = git.index(&paths)?.into_iter().filter(|f| !f.link).collect();
    let oids: Vec<&str> = files.iter().map(|f| f.oid.as_str()).collect();
    let mut sums: BTreeMap<&str, String> = BTreeMap::new();
    git.contents(&oids, HASHED, |i, _, bytes| {
        sums.extend(bytes.map(|b| (files[i].path.as_str(), crate::draw::sha256(&b))));
    })?;
    for h in &hashed {
        let Some(sum) = sums.get(h.path.as_str()).filter(|s| !s.eq_ignore_ascii_case(&h.sha256)) else { continue };
        found.findings.push(attached::changed(h.place.clone(), &h.path, sum));
    }
    Ok(())
}

/// Findings in their order, without what the office has accepted; only the texts that are pointed into.
fn finish(checker: &Checker, mut found: Found) -> Found {
    found.findings.retain(|f| !check::accepted(&checker.guard, f));
    found.findings.sort_by(|a, b| a.key().cmp(&b.key()));
    found.findings.dedup();
    let named: BTreeSet<&str> = found.findings.iter().map(|f| f.place.file.as_str()).collect();
    found.texts.retain(|file, _| named.contains(file.as_str()));
    found
}
