//! A room for plain text outside the casebook: in memory where the system has such a place, for one user alone, wiped when it is left.

use super::ctx::fail;
use crate::casebook::Casebook;
use crate::casebook::file::io_text;
use crate::say;
use anyhow::Result;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

const NAME: &str = "xuncha-edit-";

/// Whether a file of that path, there or not, would lie in the casebook.
pub fn within(book: &Casebook, path: &Path) -> bool {
    let folder = path.ancestors().skip(1).find_map(|p| if p.as_os_str().is_empty() { None } else { p.canonicalize().ok() });
    folder.zip(book.root.canonicalize().ok()).is_some_and(|(folder, root)| folder.starts_with(&root))
}

/// While it lives, Ctrl-C and a closed terminal are left to the editor: who dies of them leaves plain text behind.
struct Calm {
    #[cfg(unix)]
    deadly: Arc<AtomicBool>,
}

impl Calm {
    fn new() -> Calm {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
            // Registered once: a signal is taken as it ever was while the flag is up.
            static DEADLY: OnceLock<Arc<AtomicBool>> = OnceLock::new();
            let deadly = DEADLY.get_or_init(|| {
                let flag = Arc::new(AtomicBool::new(true));
                for signal in [SIGINT, SIGQUIT, SIGHUP, SIGTERM] {
                    let _ = signal_hook::flag::register_conditional_default(signal, flag.clone());
                }
                flag
            });
            deadly.store(false, Ordering::SeqCst);
            Calm { deadly: deadly.clone() }
        }
        #[cfg(not(unix))]
        Calm {}
    }
}

impl Drop for Calm {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.deadly.store(true, Ordering::SeqCst);
    }
}

/// A folder that only this user may enter. It is wiped when it is dropped, whatever happens meanwhile.
pub struct Room {
    dir: PathBuf,
    /// Whether it lies in memory, so that nothing of it reaches a disk but through swap.
    pub in_memory: bool,
    /// Dropped after the folder is wiped.
    _calm: Calm,
}

impl Room {
    /// Makes one, and wipes those that a killed run left behind.
    pub fn new() -> Result<Room> {
        let calm = Calm::new();
        let memory = Path::new("/dev/shm");
        for base in [memory.to_path_buf(), std::env::temp_dir()] {
            if !base.is_dir() {
                continue;
            }
            wipe_left_behind(&base);
            let letters = crate::casebook::write::random_letters();
            let dir = base.join(format!("{NAME}{}-{letters}", std::process::id()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            // A folder that is there already is another's: `create` refuses it.
            if builder.create(&dir).is_ok() {
                return Ok(Room { dir, in_memory: base == memory, _calm: calm });
            }
        }
        Err(fail(say!("没有可以临时存放明文的地方", "there is no place to hold the plain text meanwhile")))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Puts a text there.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.dir.join(name);
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let done = options.open(&path).and_then(|mut f| f.write_all(text.as_bytes()));
        done.map(|()| path).map_err(|e| {
            let why = io_text(&e);
            let (zh, en) = (why.zh, why.en);
            fail(say!("写不了临时文件：{zh}", "cannot write the temporary file: {en}"))
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        wipe(&self.dir);
    }
}

/// Overwrites every file of a folder, the editor's own copies too, and removes it.
fn wipe(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(meta) = entry.path().symlink_metadata() else { continue };
        if meta.is_file()
            && let Ok(mut file) = OpenOptions::new().write(true).open(entry.path())
        {
            let zeros = vec![0u8; usize::try_from(meta.len()).unwrap_or(0).min(64 << 20)];
            let _ = file.write_all(&zeros).and_then(|()| file.sync_all());
        } else if meta.is_dir() {
            wipe(&entry.path());
        }
    }
    let _ = fs::remove_dir_all(dir);
}

/// Wipes the rooms of runs that are no more; those of other users cannot be entered.
fn wipe_left_behind(base: &Path) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix(NAME).and_then(|r| r.split('-').next()).and_then(|p| p.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(pid.to_string()).exists() && entry.file_type().is_ok_and(|t| t.is_dir()) {
            wipe(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_it() {
        let room = Room::new().unwrap();
        let path = room.write("a.yaml", "某事").unwrap();
        fs::write(room.dir.join("a.yaml~"), "某事").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&room.dir).unwrap().permissions().mode() & 0o777, 0o700);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let dir = room.dir.clone();
        drop(room);
        assert!(!dir.exists() && !path.exists());
    }
}
