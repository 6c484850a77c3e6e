//! What was assessed before and has not changed since: a help, never a truth, kept beside the lock and out of git.
//!
//! A round's assessments are kept under a key over its files, the files at the root, what rules read of other rounds, the day and
//! the program itself; what stands above the rounds under a key over all of them. A file that does not fit its key, is cut short
//! or comes from elsewhere is passed over. Files younger than the clock can tell apart are never kept.

use super::model::{Assessment, RoundReport};
use crate::casebook::stamp::{self, Stamp};
use crate::casebook::{Casebook, write};
use crate::finding::Finding;
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

/// Grows with every change of what is stored.
const FORM: u32 = 1;

/// Where the files are, below the casebook.
const FOLDER: &str = "cache";

/// The file for what stands above the rounds.
const ABOVE: &str = "above";

/// What is known of the files of a casebook before any is opened.
pub struct Cache {
    folder: PathBuf,
    /// Program, day, files at the root, and which rounds there are.
    base: u64,
    /// Whether what all rounds look at may be kept.
    settled: bool,
    rounds: BTreeMap<String, Stamp>,
}

/// What stands above the rounds.
#[derive(Default, Serialize, Deserialize)]
pub struct Above {
    /// What is wrong there.
    pub findings: Vec<Finding>,
    /// Obligations of the casebook itself.
    pub assessments: Vec<Assessment>,
    /// How many records there are.
    pub records: usize,
    /// Files that could not be read, above the rounds and in them.
    pub unread: Vec<String>,
}

impl Cache {
    /// Looks at the files; nothing where that cannot be done, or the folder belongs to another file system's links.
    pub fn open(book: &Casebook, wanted: &[&str], today: NaiveDate) -> Option<Cache> {
        let root = stamp::of_root(book)?;
        let names = book.rounds();
        let rounds: BTreeMap<String, Stamp> = names
            .into_par_iter()
            .map(|name| {
                let stamp = stamp::of_round(book, &name, !wanted.contains(&name.as_str()))?;
                Some((name, stamp))
            })
            .collect::<Option<_>>()?;
        let mut hasher = DefaultHasher::new();
        (FORM, env!("CARGO_PKG_VERSION"), today, root.all).hash(&mut hasher);
        program(&mut hasher)?;
        rounds.iter().for_each(|(name, stamp)| (name, stamp.order).hash(&mut hasher));
        let settled = !root.unsettled && !rounds.values().any(|s| s.head_unsettled);
        Some(Cache { folder: book.root.join(write::OWN).join(FOLDER), base: hasher.finish(), settled, rounds })
    }

    /// A round's assessments, if nothing has changed: neither in it nor in the rounds that it looked at.
    pub fn round(&self, name: &str) -> Option<RoundReport> {
        let bytes = fs::read(self.folder.join(file(name))).ok()?;
        let body = whole(&bytes)?;
        let ((key, looked_at), rest): ((u64, Vec<String>), _) = postcard::take_from_bytes(body).ok()?;
        (self.key(name, &looked_at)? == key).then(|| postcard::from_bytes(rest).ok())?
    }

    /// Keeps a round's assessments, and the names of the rounds that were looked at for them.
    pub fn keep_round(&self, report: &RoundReport, looked_at: Vec<String>) {
        if !self.settled || self.rounds.get(&report.name).is_none_or(|s| s.unsettled) {
            return;
        }
        let Some(key) = self.key(&report.name, &looked_at) else { return };
        self.keep(&file(&report.name), &((key, looked_at), report));
    }

    /// What stands above the rounds asked for, if nothing has changed; `whole` where all of the casebook is asked for.
    pub fn above(&self, asked: &[(String, Option<Vec<String>>)], whole: bool) -> Option<Above> {
        let bytes = fs::read(self.folder.join(ABOVE)).ok()?;
        let (key, rest): (u64, _) = postcard::take_from_bytes(self::whole(&bytes)?).ok()?;
        (key == self.key_above(asked, whole)).then(|| postcard::from_bytes(rest).ok())?
    }

    /// Keeps what stands above the rounds, and clears away what was kept of rounds that are gone.
    pub fn keep_above(&self, asked: &[(String, Option<Vec<String>>)], whole: bool, above: &Above) {
        if !self.settled || asked.iter().any(|(name, _)| self.rounds.get(name).is_none_or(|s| s.unsettled)) {
            return;
        }
        self.keep(ABOVE, &(self.key_above(asked, whole), above));
        let known: BTreeSet<String> = self.rounds.keys().map(|n| file(n)).collect();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if whole && name != ABOVE && !known.contains(&name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn key(&self, name: &str, looked_at: &[String]) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        (self.base, name, self.rounds.get(name)?.all).hash(&mut hasher);
        for other in looked_at {
            (other, self.rounds.get(other)?.head).hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    fn key_above(&self, asked: &[(String, Option<Vec<String>>)], whole: bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.base, whole, asked).hash(&mut hasher);
        asked.iter().for_each(|(name, _)| self.rounds.get(name).map(|s| s.all).hash(&mut hasher));
        self.rounds.values().for_each(|s| s.head.hash(&mut hasher));
        hasher.finish()
    }

    /// A casebook that cannot be written is read all the same.
    fn keep<T: Serialize>(&self, name: &str, what: &T) {
        let Ok(body) = postcard::to_allocvec(what) else { return };
        let Some(root) = self.folder.ancestors().nth(2) else { return };
        if write::own_folder(root).is_none() {
            return;
        }
        let mut bytes = checksum(&body).to_le_bytes().to_vec();
        bytes.extend(body);
        write::private(&self.folder, name, &bytes);
    }
}

/// What follows the checksum, if it is that.
fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let (sum, body) = bytes.split_first_chunk::<8>()?;
    (*sum == checksum(body).to_le_bytes()).then_some(body)
}

fn checksum(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    hasher.finish()
}

/// The name of a round's file: names of rounds may hold anything.
fn file(round: &str) -> String {
    let mut hasher = DefaultHasher::new();
    round.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Which program this is: another build judges otherwise.
fn program(hasher: &mut DefaultHasher) -> Option<()> {
    let path = std::env::current_exe().ok()?;
    let meta = fs::metadata(&path).ok()?;
    let written = meta.modified().ok()?.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
    (path, meta.len(), written).hash(hasher);
    Some(())
}
