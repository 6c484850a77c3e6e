//! Several changes as one: what is to be done is written down first, and whoever opens the casebook after a crash finishes it.

use super::Casebook;
use super::write::{Lock, create, failed, sync};
use crate::say;
use crate::text::Bilingual;
use anyhow::{Result, bail};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// One change of a casebook; paths are relative to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// A new file.
    Create {
        /// Its path.
        rel: String,
        /// Its text.
        text: String,
    },
    /// A folder or file that was made ready in [`READY`] gets its place.
    Move {
        /// Its path below [`READY`].
        from: String,
        /// Its place.
        to: String,
    },
    /// Another text for a file that is there.
    Replace {
        /// Its path.
        rel: String,
        /// What it must still hold.
        old: String,
        /// What it is to hold.
        new: String,
    },
    /// A file that was made ready in [`READY`] takes the place of another. Cannot be undone: the last of its steps.
    Exchange {
        /// Its path below [`READY`].
        from: String,
        /// The file that it replaces.
        to: String,
        /// The SHA-256 that this must still have.
        old: String,
    },
    /// A file goes, its content being kept by another. Cannot be undone: the last of its steps.
    Remove {
        /// Its path.
        rel: String,
        /// The SHA-256 that it must still have.
        old: String,
        /// The file that must be there.
        kept: String,
    },
}

/// What is begun and not yet finished: there only while a command writes, or after one was killed.
const JOURNAL: &str = ".xuncha/journal";
/// Where folders are filled before they are moved to their place.
pub const READY: &str = ".xuncha/ready";

/// From how many changes on they are made side by side.
const MANY: usize = 50;

impl Casebook {
    /// Makes all changes or none, also where the process is killed between two of them. The lock shows that nobody else is writing.
    pub fn together(&self, _lock: &Lock, steps: &[Step]) -> Result<()> {
        match steps {
            [] => return Ok(()),
            // One change is whole by itself.
            [one] => return self.step(one),
            _ => {}
        }
        let journal = self.root.join(JOURNAL);
        create(&journal, &serde_json::to_vec(steps)?, JOURNAL)?;
        // Each is synced to the disk, which takes its time: a long list goes side by side.
        let last = |s: &Step| matches!(s, Step::Exchange { .. } | Step::Remove { .. });
        let made: Vec<Result<()>> = match steps.len() > MANY && !steps.iter().any(last) {
            true => steps.par_iter().map(|s| self.step(s)).collect(),
            // What cannot be undone is not begun after a failure.
            false => {
                let mut well = true;
                let one = |s: &Step| {
                    let made = if well || !last(s) { self.step(s) } else { Err(failed(JOURNAL, &ErrorKind::Other.into())) };
                    well &= made.is_ok();
                    made
                };
                steps.iter().map(one).collect()
            }
        };
        if made.iter().any(Result::is_err) {
            // Without room or right for all of them, none stays.
            steps.iter().zip(&made).rev().filter(|(_, m)| m.is_ok()).for_each(|(s, _)| self.undo(s));
            let _ = fs::remove_file(&journal);
            return made.into_iter().collect();
        }
        done(&journal)
    }

    pub(super) fn step(&self, step: &Step) -> Result<()> {
        match step {
            Step::Create { rel, text } => self.create(rel, text).map(drop),
            Step::Replace { rel, old, new } => self.replace(rel, old, new),
            Step::Move { from, to } => {
                let (from, end) = (self.root.join(READY).join(from), self.inside(to)?);
                // An empty folder of that name would be replaced.
                let taken = end.symlink_metadata().is_ok().then(|| ErrorKind::AlreadyExists.into());
                let parent = end.parent().unwrap_or(&self.root);
                let moved = taken.map_or(Ok(()), Err).and_then(|()| fs::create_dir_all(parent)).and_then(|()| fs::rename(&from, &end));
                moved.map_err(|e| failed(to, &e))?;
                sync(parent);
                Ok(())
            }
            Step::Exchange { from, to, old } => {
                let end = self.inside(to)?;
                self.unchanged(to, old)?;
                fs::rename(self.root.join(READY).join(from), &end).map_err(|e| failed(to, &e))?;
                sync(end.parent().unwrap_or(&self.root));
                Ok(())
            }
            Step::Remove { rel, old, kept } => {
                let path = self.inside(rel)?;
                self.unchanged(rel, old)?;
                let there = self.inside(kept)?.is_file();
                if !there {
                    return Err(failed(kept, &ErrorKind::NotFound.into()));
                }
                fs::remove_file(&path).map_err(|e| failed(rel, &e))?;
                sync(path.parent().unwrap_or(&self.root));
                Ok(())
            }
        }
    }

    /// Fails where a file no longer has that SHA-256.
    fn unchanged(&self, rel: &str, sha256: &str) -> Result<()> {
        let now = fs::read(self.root.join(rel)).map_err(|e| failed(rel, &e))?;
        if crate::draw::sha256(&now) != sha256 {
            bail!(Bilingual(say!("{rel} 在此期间被别人改过，没有写入", "{rel} was changed meanwhile; nothing was written")));
        }
        Ok(())
    }

    fn undo(&self, step: &Step) {
        match step {
            Step::Create { rel, .. } => drop(fs::remove_file(self.root.join(rel))),
            Step::Replace { rel, old, new } => drop(self.replace(rel, new, old)),
            Step::Move { from, to } => drop(fs::rename(self.root.join(to), self.root.join(READY).join(from))),
            Step::Exchange { .. } | Step::Remove { .. } => {}
        }
    }

    /// An empty folder for what will be moved to its place.
    pub fn ready(&self, _lock: &Lock) -> Result<PathBuf> {
        let dir = self.root.join(READY);
        // What a killed command left there was never part of the casebook.
        if dir.symlink_metadata().is_ok() {
            fs::remove_dir_all(&dir).map_err(|e| failed(READY, &e))?;
        }
        fs::create_dir_all(&dir).map_err(|e| failed(READY, &e))?;
        Ok(dir)
    }
}

/// Takes the journal away: from now on the new state is the state.
fn done(journal: &Path) -> Result<()> {
    fs::remove_file(journal).map_err(|e| failed(JOURNAL, &e))?;
    sync(journal.parent().unwrap_or(Path::new(".")));
    Ok(())
}

/// Whether a killed command had begun something.
pub(super) fn begun(root: &Path) -> bool {
    root.join(JOURNAL).exists()
}

/// Finishes what stands in the journal; the folder is locked by the caller. What a person has changed since stays as it is.
pub(super) fn resume(root: &Path) -> Result<()> {
    let journal = root.join(JOURNAL);
    let bytes = match fs::read(&journal) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(failed(JOURNAL, &e)),
    };
    let Ok(steps) = serde_json::from_slice::<Vec<Step>>(&bytes) else {
        bail!(Bilingual(say!(
            "{JOURNAL} 记着一次没有写完的改动，但读不懂；核对最近新增的记录后删去它",
            "{JOURNAL} tells of a change that was not finished, and cannot be understood; look through the latest records and delete it"
        )));
    };
    let book = Casebook::open(root);
    for step in &steps {
        let open = match step {
            Step::Create { rel, .. } => !book.taken(rel),
            Step::Move { from, to } => root.join(READY).join(from).exists() && !book.taken(to),
            Step::Exchange { from, to, old } => root.join(READY).join(from).is_file() && book.unchanged(to, old).is_ok(),
            Step::Remove { rel, old, kept } => book.taken(kept) && book.unchanged(rel, old).is_ok(),
            Step::Replace { rel, old, .. } => fs::read(root.join(rel)).is_ok_and(|now| now == old.as_bytes()),
        };
        if open {
            book.step(step)?;
        }
    }
    let _ = fs::remove_dir_all(root.join(READY));
    done(&journal)
}
