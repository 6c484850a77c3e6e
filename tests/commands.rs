//! What every command prints, done right and done wrong, in both languages: one table of command lines a command, one snapshot for each.
//!
//! `tests/commands/<command>.txt`: the first line names the base (`none`, `demo`, `midway`) and the day; then a command line each, run one after the
//! other in a copy of the base, once in Chinese and once in English. `| head -N` keeps the first lines of long output. A line `write PATH <- FILE`
//! lays a file of `tests/commands/files/` there first, a line `git …` runs git there. The command's `--help` is added by itself.
//! `INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test --test commands` writes what is printed: read the difference before committing it.

mod common;

use common::{Book, lay, root, run_in};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use xuncha::text::Lang;

/// A table: where its commands are run, and they.
struct Table {
    name: String,
    base: String,
    today: String,
    lines: Vec<String>,
}

fn tables() -> Vec<Table> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("tests/commands"))
        .expect("tests/commands")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let table = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a table");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_string);
        let head = lines.next().unwrap_or_default();
        let (base, today) = head.split_once(' ').unwrap_or_else(|| panic!("{name}: the first line is `BASE DAY`"));
        Table { name, base: base.into(), today: today.into(), lines: lines.collect() }
    };
    files.into_iter().map(table).collect()
}

/// The commands without subcommands, as their words stand on a command line: `calendar show`.
fn leaves(command: &clap::Command, before: &str) -> Vec<String> {
    let mut out = Vec::new();
    for sub in command.get_subcommands() {
        let name = format!("{before}{}", sub.get_name());
        match sub.has_subcommands() {
            true => out.extend(leaves(sub, &format!("{name} "))),
            false => out.push(name),
        }
    }
    out
}

/// The words of a command line; quotes hold one together.
fn words(line: &str) -> Vec<String> {
    let (mut out, mut word, mut quote, mut some) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (None, '\'' | '"') => (quote, some) = (Some(c), true),
            (None, ' ') => {
                if some || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                some = false;
            }
            _ => word.push(c),
        }
    }
    if some || !word.is_empty() {
        out.push(word);
    }
    out
}

/// A table's commands in one language, each above what it printed.
fn session(t: &Table, lang: &str) -> String {
    let book = Book::new("none");
    let dir = book.path().join("book");
    fs::create_dir(&dir).expect("a folder");
    if t.base != "none" {
        lay(&root().join("examples").join(&t.base), &dir);
    }
    let mut out = String::new();
    for line in t.lines.iter().cloned().chain([format!("{} --help", t.name)]) {
        if let Some((to, from)) = line.strip_prefix("write ").and_then(|l| l.split_once(" <- ")) {
            let bytes = fs::read(root().join("tests/commands/files").join(from)).unwrap_or_else(|e| panic!("{}: {from}: {e}", t.name));
            book.write(&format!("book/{to}"), bytes);
            continue;
        }
        if let Some(args) = line.strip_prefix("git ") {
            common::git(&dir, &words(args).iter().map(String::as_str).collect::<Vec<_>>());
            continue;
        }
        let (command, head) = match line.split_once(" | head -") {
            Some((c, n)) => (c, n.parse().expect("a number of lines")),
            None => (line.as_str(), usize::MAX),
        };
        let mut args = words(command);
        args.extend(["--lang".to_string(), lang.to_string()]);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = run_in(&dir, &args, &t.today);
        let (shown, more) = (ran.out.lines().take(head), ran.out.lines().count().saturating_sub(head));
        let _ = writeln!(out, "$ xuncha {line}");
        let place = book.path().display().to_string();
        shown.for_each(|l| out.extend([l, "\n"]));
        if more > 0 {
            out.push_str("…\n");
        }
        if !ran.err.is_empty() {
            let _ = write!(out, "(stderr)\n{}", ran.err.replace(&place, "[ABOVE]"));
        }
        if ran.code != 0 {
            let _ = writeln!(out, "(exit {})", ran.code);
        }
        out.push('\n');
    }
    out
}

#[test]
fn every_command_prints_what_it_should() {
    let tables = tables();
    let wanted = std::env::var("XUNCHA_CASE").ok();
    let printed: Vec<(String, String)> = tables
        .par_iter()
        .filter(|t| wanted.as_ref().is_none_or(|w| t.name.contains(w.as_str())))
        .map(|t| (t.name.clone(), format!("## zh\n\n{}## en\n\n{}", session(t, "zh"), session(t, "en"))))
        .collect();
    for (name, text) in printed {
        insta::with_settings!({ filters => vec![
            // The letters that keep two records of one day apart.
            (r"\b[0-9a-f]{10}:", "[COMMIT]:"),
            (r"`[0-9a-f]{10}`", "`[COMMIT]`"),
            // Made when the test is run.
            (r"(?m)^  \d{4}-\d\d-\d\d  t  ", "  [DAY]  t  "),
            // Ciphertext and compression are not the same everywhere.
            (r"\d+ KB", "[SIZE] KB"),
            (r"(/\d{4}-\d\d-\d\d)-[0-9a-z]{4}\.yaml", "$1-[RANDOM].yaml"),
            // A new key is another each time.
            (r"age1[0-9a-z]{58}", "age1[KEY]"),
        ], omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "commands/printed" }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

/// A command or a format without a line in a table fails here.
#[test]
fn every_command_and_format_has_its_line() {
    let tables = tables();
    let all: Vec<String> = leaves(&xuncha::cli::command_tree(Lang::En), "");
    assert!(all.len() > 20, "{all:?}");
    let mut missing = Vec::new();
    for leaf in &all {
        let lines: Vec<(&Table, &String)> = tables
            .iter()
            .flat_map(|t| t.lines.iter().map(move |l| (t, l)))
            .filter(|(_, l)| l.strip_prefix(leaf.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
            .collect();
        if lines.is_empty() {
            missing.push(format!("{leaf}: no line in tests/commands"));
            continue;
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        for format in ["json", "csv", "md", "ics", "sarif"] {
            if lines.iter().any(|(_, l)| l.contains(&format!("--format {format}"))) {
                continue;
            }
            // What is refused says so before anything else, so that a table need not try each.
            let (t, line) = lines[0];
            let mut args = words(line.split(" | head").next().unwrap_or(line));
            args.extend(["--format", format, "--lang", "en"].map(str::to_string));
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = run_in(dir.path(), &args, &t.today);
            if ran.code != 2 || !ran.err.contains(&format!("does not print {format}")) {
                missing.push(format!("{leaf}: no line with --format {format}"));
            }
        }
    }
    for t in &tables {
        if !all.iter().any(|l| l.split(' ').next() == Some(&t.name)) {
            missing.push(format!("tests/commands/{}.txt: there is no such command", t.name));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
