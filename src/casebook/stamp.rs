//! What tells that a folder has not changed: size, times and identity of every file in it, without opening one.

use super::Casebook;
use crate::kind::Schema;
use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime};
use walkdir::{DirEntry, WalkDir};

/// A file this young may be written again within the clock's own step, as on the file systems of memory sticks.
const YOUNG: Duration = Duration::from_secs(2);

/// The stamp of a set of files; the order in which they are found does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Over every file.
    pub all: u64,
    /// Over those that rules of other rounds read: the files beside the folders of a round and of its cases, teams, milestones.
    pub head: u64,
    /// Over what says which rounds another round looks at: `round.yaml`, and which cases there are.
    pub order: u64,
    /// Whether a file is too young, or is a link: what was read of it may not be kept.
    pub unsettled: bool,
    /// The same of the head.
    pub head_unsettled: bool,
}

struct Walk<'a> {
    schema: &'a Schema,
    stamp: Stamp,
    now: SystemTime,
    /// Whether files outside the head are passed over.
    head_only: bool,
}

/// The stamp of a round. With `head_only` nothing beside its head is looked at.
pub fn of_round(book: &Casebook, round: &str, head_only: bool) -> Option<Stamp> {
    let mut walk = Walk::new(&book.schema, head_only);
    walk.folder(&book.root.join("rounds").join(round), "", false).ok()?;
    Some(walk.stamp)
}

/// The stamp of what stands at the root: settings, data folders, records; of other folders, the names.
pub fn of_root(book: &Casebook) -> Option<Stamp> {
    let mut walk = Walk::new(&book.schema, false);
    for entry in fs::read_dir(&book.root).ok()? {
        let entry = entry.ok()?;
        let meta = entry.metadata().ok()?;
        let name = entry.file_name();
        let name = name.to_str()?;
        if name.starts_with('.') {
            continue;
        }
        let data = ["kinds", "procedures", "templates", "calendar"].contains(&name);
        if meta.is_dir() && (data || book.schema.find_kind(name).is_some()) {
            walk.folder(&entry.path(), name, true).ok()?;
        } else if meta.is_dir() {
            walk.add(name, None, true);
        } else {
            walk.add(name, Some(&meta), true);
        }
    }
    for entry in fs::read_dir(book.root.join("rounds")).into_iter().flatten().flatten() {
        let dir = entry.file_type().is_ok_and(|t| t.is_dir());
        walk.add(&format!("rounds/{}/{dir}", entry.file_name().to_string_lossy()), None, true);
    }
    Some(walk.stamp)
}

impl<'a> Walk<'a> {
    fn new(schema: &'a Schema, head_only: bool) -> Walk<'a> {
        Walk { schema, stamp: Stamp::default(), now: SystemTime::now(), head_only }
    }

    /// All of a folder; `rel` is what its files are called by. `head` says that all of it is of the head, as what stands at the root is.
    fn folder(&mut self, dir: &Path, rel: &str, head: bool) -> walkdir::Result<()> {
        let (schema, head_only) = (self.schema, self.head_only);
        let of_head = |e: &DirEntry| head || is_head(schema, dir, e);
        let entries = WalkDir::new(dir).min_depth(1).into_iter().filter_entry(|e| !head_only || of_head(e));
        for entry in entries {
            let entry = entry?;
            let path = format!("{rel}/{}", entry.path().strip_prefix(dir).unwrap_or(entry.path()).display());
            let file = if entry.file_type().is_dir() { None } else { Some(entry.metadata()?) };
            self.add(&path, file.as_ref(), of_head(&entry));
        }
        Ok(())
    }

    fn add(&mut self, path: &str, file: Option<&Metadata>, head: bool) {
        let mut hasher = DefaultHasher::new();
        hasher.write(path.as_bytes());
        let name = hasher.finish();
        let mut unsettled = false;
        if let Some(meta) = file {
            let young = |t: SystemTime| t + YOUNG > self.now;
            let changed = identity(meta, &mut hasher);
            unsettled = meta.is_symlink() || meta.modified().map_or(true, young) || changed.is_none_or(young);
            hasher.write_u64(meta.len());
            if let Ok(t) = meta.modified().map(|t| t.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()) {
                hasher.write_u128(t.as_nanos());
            }
        }
        // A sum does not ask in which order the system lists a folder.
        let hash = hasher.finish();
        let s = &mut self.stamp;
        s.all = s.all.wrapping_add(hash);
        s.unsettled |= unsettled;
        if head {
            s.head = s.head.wrapping_add(hash);
            s.head_unsettled |= unsettled;
        }
        match path.rsplit('/').next() {
            Some("round.yaml" | "round.yml") => s.order = s.order.wrapping_add(hash),
            Some("case.yaml" | "case.yml") => s.order = s.order.wrapping_add(name),
            _ => {}
        }
    }
}

/// Whether an entry of a round is of its head: a file beside its folders or beside those of a case, a team, a milestone; the folder of a case.
fn is_head(schema: &Schema, round: &Path, entry: &DirEntry) -> bool {
    let parts: Vec<&str> = entry.path().strip_prefix(round).into_iter().flat_map(Path::iter).filter_map(|p| p.to_str()).collect();
    let kind = |name: &str| schema.find_kind(name).map(|k| schema.kind(k).id.as_str());
    let own = |name: &str| matches!(kind(name), Some("team" | "milestone"));
    let file = !entry.file_type().is_dir();
    match parts[..] {
        [one] => file || own(one) || kind(one).is_none(),
        [one, two] => own(one) || (kind(one).is_none() && (file || own(two))),
        [one, two, ..] => own(one) || (kind(one).is_none() && own(two)),
        [] => true,
    }
}

/// What the file system knows beside size and time of writing: which file it is, its rights, and when any of that changed.
#[cfg(unix)]
fn identity(meta: &Metadata, hasher: &mut DefaultHasher) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    hasher.write_u64(meta.ino());
    hasher.write_u32(meta.mode());
    hasher.write_i64(meta.ctime());
    hasher.write_i64(meta.ctime_nsec());
    let since = Duration::new(meta.ctime().try_into().ok()?, meta.ctime_nsec().try_into().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn identity(meta: &Metadata, hasher: &mut DefaultHasher) -> Option<SystemTime> {
    hasher.write_u8(u8::from(meta.permissions().readonly()));
    meta.created().ok()
}
