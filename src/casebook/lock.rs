//! One writer at a time, who first finishes what a killed one had begun.

use super::write::{Lock, failed, make_own};
use super::{Casebook, carry::tree, journal};
use anyhow::Result;
use std::fs::OpenOptions;
use std::path::Path;

impl Casebook {
    /// Takes the casebook's lock, waiting for another writer.
    pub fn lock(&self) -> Result<Lock> {
        folder(&self.root)
    }
}

/// Takes the lock of a folder that is or will be a casebook.
pub fn folder(root: &Path) -> Result<Lock> {
    let dir = make_own(root)?;
    let rel = ".xuncha/lock";
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock")).map_err(|e| failed(rel, &e))?;
    file.lock().map_err(|e| failed(rel, &e))?;
    journal::resume(root)?;
    tree::resume(root)?;
    Ok(Lock(file))
}

/// Finishes what a killed command had begun, if any. Where nothing may be written, the casebook is read as it stands.
pub fn finish(root: &Path) {
    if journal::begun(root) || tree::begun(root) {
        // The lock finishes it; a command that is writing right now is waited for.
        let _ = folder(root);
    }
}
