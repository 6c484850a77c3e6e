//! The casebook: a folder with `xuncha.toml`, its rounds and cases, found, read and safely added to; knows no procedure.

pub mod add;
pub mod amend;
pub mod at;
pub mod attached;
pub mod bulk;
pub mod carry;
pub mod cipher;
pub mod config;
pub mod envelope;
pub mod example;
pub mod file;
pub mod frame;
pub mod git;
pub mod history;
pub mod holders;
pub mod integrity;
pub mod journal;
pub mod lock;
pub mod names;
pub mod read;
pub mod readers;
pub mod stamp;
pub mod units;
pub mod write;

pub use config::Config;
pub use read::{Folder, Unread};

use crate::calendar::Calendar;
use crate::finding::Finding;
use crate::kind::{self, Home, Level, Schema};
use anyhow::{Result, bail};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The file that makes a folder a casebook.
pub const MARKER: &str = "xuncha.toml";

/// A casebook on disk. Records are read when they are asked for.
pub struct Casebook {
    /// Its folder.
    pub root: PathBuf,
    /// Its settings.
    pub config: Config,
    /// Its kinds.
    pub schema: Arc<Schema>,
    /// What is wrong in `xuncha.toml` and in `kinds/`.
    pub findings: Vec<Finding>,
    calendar: OnceLock<(Calendar, Vec<Finding>)>,
}

/// A round, read.
#[derive(Debug, Default)]
pub struct Round {
    /// Its folder's name.
    pub name: String,
    /// Its own records.
    pub folder: Folder,
    /// Its cases, by name.
    pub cases: Vec<Case>,
}

/// A case, read.
#[derive(Debug, Default)]
pub struct Case {
    /// Its folder's name: the unit's code.
    pub name: String,
    /// Its records.
    pub folder: Folder,
}

impl Casebook {
    /// The casebook that holds `dir`: the nearest folder upwards with `xuncha.toml`.
    pub fn find(dir: &Path) -> Option<PathBuf> {
        let mut dir = std::path::absolute(dir).ok()?;
        // What stands above `a/..` is not `a`. A folder that is still to be made has no other name than this.
        if dir.components().any(|c| c == Component::ParentDir) {
            dir = dir.canonicalize().unwrap_or_else(|_| {
                dir.components().fold(PathBuf::new(), |mut at, c| {
                    if c == Component::ParentDir {
                        at.pop();
                    } else {
                        at.push(c);
                    }
                    at
                })
            });
        }
        dir.ancestors().find(|d| d.join(MARKER).is_file()).map(Path::to_path_buf)
    }

    /// Opens the casebook at `root`. What is wrong in its settings or kinds is kept as findings.
    pub fn open(root: &Path) -> Casebook {
        let mut findings = Vec::new();
        let config = match file::read_text(&root.join(MARKER), MARKER) {
            Ok(text) => {
                let (config, f) = config::read(MARKER, &text);
                findings.extend(f);
                config
            }
            Err(f) => {
                findings.push(*f);
                Config::default()
            }
        };
        let own = own_files(root, "kinds", &mut findings);
        let schema = if own.is_empty() {
            kind::load::builtin()
        } else {
            let sources: Vec<_> = own.iter().map(|(path, text)| (path.clone(), text.as_str().into())).collect();
            let (schema, f) = kind::load::load(&sources);
            findings.extend(f);
            Arc::new(schema)
        };
        Casebook { root: root.to_path_buf(), config, schema, findings, calendar: OnceLock::new() }
    }

    /// The calendar with the casebook's own layers, read when first asked for, and what is wrong in them.
    pub fn calendar(&self) -> &(Calendar, Vec<Finding>) {
        self.calendar.get_or_init(|| Calendar::load(&self.root.join("calendar"), "calendar/"))
    }

    /// The same casebook under another calendar; to be called before the calendar is first asked for.
    pub fn with_calendar(self, calendar: Calendar) -> Casebook {
        let _ = self.calendar.set((calendar, Vec::new()));
        self
    }

    /// The casebook's own files of a data folder: (path, text), sorted.
    pub fn own(&self, folder: &str) -> (Vec<(String, String)>, Vec<Finding>) {
        let mut findings = Vec::new();
        (own_files(&self.root, folder, &mut findings), findings)
    }

    /// The names of the rounds, sorted.
    pub fn rounds(&self) -> Vec<String> {
        subfolders(&self.root.join("rounds"))
    }

    /// The folders of a round's cases: those that are no kind's.
    pub fn cases(&self, round: &str) -> Vec<String> {
        let all = subfolders(&self.root.join("rounds").join(round));
        all.into_iter().filter(|name| name != "files" && self.schema.find_kind(name).is_none()).collect()
    }

    /// Reads one round with all its cases, or only the named ones.
    pub fn read_round(&self, name: &str, only: Option<&[String]>) -> Round {
        use rayon::prelude::*;
        let rel = format!("rounds/{name}");
        let home = Home { round: name.to_string(), case: String::new() };
        let folder = self.read_folder(&rel, Level::Round, &home, None);
        let wanted: Vec<&String> = folder.others.iter().filter(|c| only.is_none_or(|o| o.contains(c))).collect();
        let cases = wanted.par_iter().map(|case| self.read_case(name, case)).collect();
        Round { name: name.to_string(), folder, cases }
    }

    /// Reads one case.
    pub fn read_case(&self, round: &str, case: &str) -> Case {
        let home = Home { round: round.to_string(), case: case.to_string() };
        let folder = self.read_folder(&format!("rounds/{round}/{case}"), Level::Case, &home, None);
        Case { name: case.to_string(), folder }
    }

    /// Reads the records at the root: units, persons, plans, rules.
    pub fn read_workspace(&self) -> Folder {
        let mut folder = self.read_folder("", Level::Workspace, &Home::default(), None);
        self.stray_rounds(&mut folder.findings);
        folder
    }
}

/// The folders below `dir`, hidden ones and links left out, sorted.
pub fn subfolders(dir: &Path) -> Vec<String> {
    let Ok(read) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> = read
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| !n.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn own_files(root: &Path, folder: &str, findings: &mut Vec<Finding>) -> Vec<(String, String)> {
    let Ok(read) = std::fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in read.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || !name.ends_with(".toml") {
            continue;
        }
        let rel = format!("{folder}/{name}");
        match file::read_text(&entry.path(), &rel) {
            Ok(text) => files.push((rel, text)),
            Err(f) => findings.push(*f),
        }
    }
    files.sort();
    files
}

/// Refuses to go on outside a casebook, saying how to make one.
pub fn open_from(dir: &Path) -> Result<Casebook> {
    match Casebook::find(dir) {
        Some(root) => {
            lock::finish(&root);
            Ok(Casebook::open(&root))
        }
        None => {
            let shown = dir.display();
            bail!(crate::text::Bilingual(crate::say!(
                "{shown} 不在任何案卷里（向上没有找到 xuncha.toml）；用 `xuncha init` 新建，或用 `-C 文件夹` 指明",
                "{shown} is in no casebook (no xuncha.toml upwards from it); make one with `xuncha init`, or name it with `-C DIR`"
            )))
        }
    }
}
