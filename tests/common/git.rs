//! A casebook in a git repository of its own; the machine's settings of git play no part.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use crate::common::Book;
use std::fs;
use std::process::{Command, Output};

/// It.
pub struct Repo {
    /// The casebook.
    pub book: Book,
}

impl Repo {
    /// A folder of `examples/`, nothing committed.
    pub fn example(name: &str) -> Repo {
        let repo = Repo { book: Book::example(name) };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// Runs git, however it ends.
    pub fn attempt(&self, args: &[&str]) -> Output {
        let mut c = Command::new("git");
        c.args(["-c", "user.name=记录员", "-c", "user.email=office@example.org", "-c", "core.quotePath=false"]).args(args);
        c.current_dir(self.book.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
        c.env("GIT_COMMITTER_DATE", "2021-05-15T10:00:00+08:00").env("GIT_AUTHOR_DATE", "2021-05-15T10:00:00+08:00");
        c.output().expect("git runs")
    }

    /// Runs git; it must succeed. Gives what it printed.
    pub fn git(&self, args: &[&str]) -> String {
        let done = self.attempt(args);
        let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "git {args:?}: {out}{err}");
        out.trim().to_string()
    }

    /// Commits everything as that author on that day.
    pub fn commit(&self, who: &str, day: &str, message: &str) {
        self.git(&["add", "-A"]);
        let mut c = Command::new("git");
        let date = format!("{day}T10:00:00+08:00");
        c.args(["-c", &format!("user.name={who}"), "-c", "user.email=office@example.org", "commit", "-q", "-m", message]);
        c.current_dir(self.book.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let done = c.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date).output().expect("git runs");
        assert!(done.status.success(), "{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    }

    /// The id of a commit.
    pub fn id(&self, name: &str) -> String {
        self.git(&["rev-parse", name])
    }

    /// Replaces words in a file; they must be there.
    pub fn edit(&self, rel: &str, old: &str, new: &str) {
        let path = self.book.path().join(rel);
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{rel}: {e}"));
        assert!(text.contains(old), "{rel} has no `{old}`: {text}");
        fs::write(&path, text.replacen(old, new, 1)).expect("it can be written");
    }

    /// What git sees of the folder, and what stands changed in it.
    pub fn tree(&self) -> String {
        format!("{}\n{}", self.id("HEAD"), self.git(&["status", "--porcelain"]))
    }
}
