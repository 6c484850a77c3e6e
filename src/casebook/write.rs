//! Adds files to a casebook so that a crash leaves the old state or the new: temporary file, fsync, rename, fsync of the folder.

use super::Casebook;
use super::file::io_text;
use crate::say;
use crate::text::{Bilingual, Text};
use anyhow::{Result, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Held while a command writes, so that two never write at once; the system lets go of it when the process ends, however it ends.
pub struct Lock(#[allow(dead_code, reason = "held, not read")] pub(super) File);

impl Casebook {
    /// Writes a new file; refuses to touch one that is there. `rel` is relative to the casebook.
    pub fn create(&self, rel: &str, text: &str) -> Result<PathBuf> {
        let path = self.inside(rel)?;
        create(&path, text.as_bytes(), rel)?;
        Ok(path)
    }

    /// Replaces the text of a file, if it still holds `old`.
    pub fn replace(&self, rel: &str, old: &str, new: &str) -> Result<()> {
        let path = self.inside(rel)?;
        let now = fs::read(&path).map_err(|e| failed(rel, &e))?;
        if now != old.as_bytes() {
            bail!(Bilingual(say!("{rel} 在此期间被别人改过，没有写入", "{rel} was changed meanwhile; nothing was written")));
        }
        replace(&path, new.as_bytes(), rel)
    }

    /// The full path of `rel`, refusing one that leads out of the casebook through a link.
    pub(super) fn inside(&self, rel: &str) -> Result<PathBuf> {
        let path = self.root.join(rel);
        let mut at = self.root.clone();
        for part in Path::new(rel).components() {
            at.push(part);
            let link = fs::symlink_metadata(&at).is_ok_and(|m| m.file_type().is_symlink());
            if link || !matches!(part, std::path::Component::Normal(_)) {
                bail!(Bilingual(say!("{rel} 经由链接离开案卷，不写入", "{rel} leads out of the casebook; it is not written")));
            }
        }
        Ok(path)
    }
}

/// The program's own folder in a casebook.
pub const OWN: &str = ".xuncha";

/// The program's own folder in a casebook, made if need be and kept out of git; nothing where that cannot be.
pub fn own_folder(root: &Path) -> Option<PathBuf> {
    make_own(root).ok()
}

/// The same, or why it cannot be.
pub(super) fn make_own(root: &Path) -> Result<PathBuf> {
    let dir = root.join(OWN);
    fs::create_dir_all(&dir).map_err(|e| failed(".xuncha", &e))?;
    let ignore = dir.join(".gitignore");
    if !ignore.exists() {
        fs::write(&ignore, "*\n").map_err(|e| failed(".xuncha/.gitignore", &e))?;
    }
    Ok(dir)
}

/// Writes a file that may be lost and that only its owner may read; what stands in the way is passed over.
pub fn private(dir: &Path, name: &str, bytes: &[u8]) {
    let temp = dir.join(format!("{name}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(dir)?;
        options.open(&temp)?.write_all(bytes)?;
        fs::rename(&temp, dir.join(name))
    };
    if write().is_err() {
        let _ = fs::remove_file(&temp);
    }
}

/// Writes a new file safely; an existing one is left alone and said so.
pub fn create(path: &Path, bytes: &[u8], shown: &str) -> Result<()> {
    let prepared = prepare(path, bytes, shown, false)?;
    place(path, prepared, shown)
}

/// As [`create`], a file that only its owner may read.
pub fn create_private(path: &Path, bytes: &[u8], shown: &str) -> Result<()> {
    let prepared = prepare(path, bytes, shown, true)?;
    place(path, prepared, shown)
}

/// Writes a file safely, in place of the one that is there; `program` for one that may be run.
pub(super) fn put(path: &Path, bytes: &[u8], program: bool, shown: &str) -> Result<()> {
    let (dir, temp) = prepare(path, bytes, shown, false)?;
    #[cfg(unix)]
    if program {
        let _ = fs::set_permissions(&temp, std::os::unix::fs::PermissionsExt::from_mode(0o755));
    }
    #[cfg(not(unix))]
    let _ = program;
    if let Err(e) = fs::rename(&temp, path) {
        let _ = fs::remove_file(&temp);
        return Err(failed(shown, &e));
    }
    sync(&dir);
    Ok(())
}

/// Gives a prepared file its name, if nothing has it.
fn place(path: &Path, (dir, temp): (PathBuf, PathBuf), shown: &str) -> Result<()> {
    // A hard link fails where the name is taken: no window in which another's file could be replaced.
    let linked = fs::hard_link(&temp, path).or_else(|e| match e.kind() {
        ErrorKind::AlreadyExists => Err(e),
        _ if path.exists() => Err(ErrorKind::AlreadyExists.into()),
        _ => fs::rename(&temp, path),
    });
    let _ = fs::remove_file(&temp);
    linked.map_err(|e| failed(shown, &e))?;
    sync(&dir);
    Ok(())
}

/// Fills a new folder with files, `rel` and text; nothing in it is seen before the folder gets its own name. The files are synced side by side:
/// one after the other, hundreds take long.
pub fn fill(dir: &Path, files: &[(String, String)], shown: &str) -> Result<()> {
    use rayon::prelude::*;
    let one = |(rel, text): &(String, String)| -> Result<()> {
        let path = dir.join(rel);
        let write = || -> std::io::Result<File> {
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            let mut file = File::create_new(&path)?;
            file.write_all(text.as_bytes())?;
            Ok(file)
        };
        write().map(drop).map_err(|e| failed(&format!("{shown}/{rel}"), &e))
    };
    files.iter().try_for_each(one)?;
    files
        .par_iter()
        .try_for_each(|(rel, _)| File::open(dir.join(rel)).and_then(|f| f.sync_all()).map_err(|e| failed(&format!("{shown}/{rel}"), &e)))
}

fn replace(path: &Path, bytes: &[u8], shown: &str) -> Result<()> {
    let (dir, temp) = prepare(path, bytes, shown, false)?;
    let permissions = fs::metadata(path).map(|m| m.permissions());
    let moved = permissions.and_then(|p| fs::set_permissions(&temp, p)).and_then(|()| fs::rename(&temp, path));
    if let Err(e) = moved {
        let _ = fs::remove_file(&temp);
        return Err(failed(shown, &e));
    }
    sync(&dir);
    Ok(())
}

/// Makes the folder, and in it a synced temporary file with these bytes.
fn prepare(path: &Path, bytes: &[u8], shown: &str, private: bool) -> Result<(PathBuf, PathBuf)> {
    let dir = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    fs::create_dir_all(&dir).map_err(|e| failed(shown, &e))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temp = dir.join(format!(".{name}.{}.tmp", std::process::id()));
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let write = || -> std::io::Result<()> {
        let mut file = options.open(&temp)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    if let Err(e) = write() {
        let _ = fs::remove_file(&temp);
        return Err(failed(shown, &e));
    }
    Ok((dir, temp))
}

/// Syncs a folder. Not every file system lets one be synced; the rename is atomic all the same.
pub fn sync(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}

/// An error of writing, in both languages.
pub fn failed(rel: &str, e: &std::io::Error) -> anyhow::Error {
    let Text { zh, en } = io_text(e);
    anyhow::Error::new(Bilingual(say!("写不了 {rel}：{zh}", "cannot write {rel}: {en}")))
}

/// Four letters and digits that two branches will hardly both take.
pub fn random_letters() -> String {
    use std::hash::{BuildHasher, Hasher};
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let mut n = std::collections::hash_map::RandomState::new().build_hasher().finish();
    (0..4)
        .map(|_| {
            let c = LETTERS[(n & 31) as usize] as char;
            n >>= 5;
            c
        })
        .collect()
}
