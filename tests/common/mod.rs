//! What the tests share: a casebook of their own in a temporary folder, laid from a base and some files, and one command line run in it in process.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use chrono::NaiveDate;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xuncha::cli::{self, Env};

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run printed, and its exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: u8,
}

/// A casebook in a temporary folder.
pub struct Book {
    dir: TempDir,
}

impl Book {
    /// A copy of a base: `none` (an empty folder), `demo` (the example casebook), or a folder of `tests/bases/`.
    pub fn new(base: &str) -> Book {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let from = match base {
            "none" => return Book { dir },
            "demo" => root().join("examples/demo"),
            other => root().join("tests/bases").join(other),
        };
        assert!(from.is_dir(), "no base `{base}`");
        lay(&from, dir.path());
        Book { dir }
    }

    /// A copy of a folder of `examples/`.
    pub fn example(name: &str) -> Book {
        let dir = tempfile::tempdir().expect("a temporary folder");
        lay(&root().join("examples").join(name), dir.path());
        Book { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Lays the files of a folder over it.
    pub fn lay(&self, from: &Path) {
        lay(from, self.path());
    }

    /// Writes a file, with its folders.
    pub fn write(&self, rel: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(rel);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// Takes a file or folder away; it must be there.
    pub fn remove(&self, rel: &str) {
        let path = self.path().join(rel);
        let done = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        done.unwrap_or_else(|e| panic!("{rel} cannot be removed: {e}"));
    }

    /// Runs one command line in it. The machine's clock, locale and terminal play no part.
    pub fn run(&self, args: &[&str], today: &str) -> Ran {
        run_in(self.path(), args, today)
    }
}

/// Runs one command line with `dir` as the working directory.
pub fn run_in(dir: &Path, args: &[&str], today: &str) -> Ran {
    run_with(dir, args, today, None)
}

/// The same, with an editor.
pub fn run_with(dir: &Path, args: &[&str], today: &str, editor: Option<&str>) -> Ran {
    let env = Env {
        cwd: dir.to_path_buf(),
        locale: None,
        today: None,
        clock: day(today),
        terminal: false,
        no_color: true,
        width: 120,
        editor: editor.map(str::to_string),
        key: None,
        ask: false,
    };
    let all = std::iter::once("xuncha").chain(args.iter().copied()).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(all, &env, &mut out, &mut err);
    // The folder's name is another in each run.
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8").replace(&dir.display().to_string(), "[DIR]");
    Ran { out: text(out), err: text(err), code }
}

/// The findings of `check --format json` in one language.
pub fn findings(book: &Book, today: &str, lang: &str) -> Vec<serde_json::Value> {
    let ran = book.run(&["check", "--format", "json", "--lang", lang], today);
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

/// A day written `2020-09-04`.
pub fn day(s: &str) -> NaiveDate {
    s.parse().unwrap_or_else(|e| panic!("{s}: {e}"))
}

/// Runs git in a folder, with no settings but these; it must succeed. Gives what it printed.
pub fn git(dir: &Path, args: &[&str]) -> String {
    let done = std::process::Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false"])
        .args(args)
        .current_dir(dir)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C")])
        .output()
        .expect("git can be run");
    assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// Copies a folder's files over another, making folders as needed.
pub fn lay(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())) {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("folders can be made");
            lay(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}

/// All files below a folder, sorted.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

/// Runs it outside any casebook; it must succeed, print nothing beside its results, and print the same twice.
pub fn fine(args: &[&str]) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (a, b) = (run_in(dir.path(), args, "2020-09-01"), run_in(dir.path(), args, "2020-09-01"));
    assert_eq!((a.code, a.err.as_str()), (0, ""), "{args:?}");
    assert_eq!(a, b, "{args:?}");
    a.out
}

/// Runs it outside any casebook; it must fail with 2 and print no results. Gives what it said.
pub fn refused(args: &[&str]) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ran = run_in(dir.path(), args, "2020-09-01");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    ran.err
}

/// Whether a generated file of the project stands as it would be made now: what differs first, if anything. With `XUNCHA_BLESS` it is written.
pub fn current(file: &str, text: &str) -> Option<String> {
    let path = root().join(file);
    if std::env::var_os("XUNCHA_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(&path, text).expect("the file can be written");
        return None;
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    if old == text {
        return None;
    }
    let at = old.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let part = |s: &str| s.lines().skip(at).take(8).collect::<Vec<_>>().join("\n");
    Some(format!("{file}:{}\n--- stands there\n{}\n--- is made now\n{}", at + 1, part(&old), part(text)))
}
