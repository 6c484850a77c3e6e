//! Every console block of the README and of docs/ is run as it stands, in order, in a fresh folder per file; what is printed must stand below it.
//!
//! A file's day stands in it as `<!-- today: 2026-03-02 -->`; a file named `*.zh.md` is run in Chinese, any other in English. A fenced block after
//! `<!-- file: PATH -->` is written to that path first, as the reader would in an editor. Output is compared byte for byte, standard error
//! and output in the order in which they are printed; the four random letters of a new file's name are written `…`. `cargo run --release --`
//! is the built program; other `cargo` and `git clone` lines are checked against what is in the project, and not run.
//! `XUNCHA_BLESS=1 cargo test --test readme` writes the output into the files.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FENCE: &str = "```";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_console_block_prints_what_stands_below_it() {
    let mut files = vec!["README.md".to_string(), "README.zh.md".into(), "CONTRIBUTING.md".into()];
    let docs = fs::read_dir(root().join("docs")).expect("docs").map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"));
    files.extend(docs.filter(|n| n.ends_with(".md") && !n.starts_with("findings.")).map(|n| format!("docs/{n}")));
    files.sort();
    let mut ran = 0;
    let mut faults = Vec::new();
    for file in &files {
        let path = root().join(file);
        let old = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{file}: {e}"));
        let (new, commands) = run_file(file, &old);
        ran += commands;
        if new != old && std::env::var_os("XUNCHA_BLESS").is_some() {
            fs::write(&path, new).expect("the file can be written");
        } else if let Some(at) = (0..).zip(old.lines().zip(new.lines())).find(|(_, (a, b))| a != b).map(|(i, _)| i) {
            let around = |s: &str| s.lines().skip(at).take(12).collect::<Vec<_>>().join("\n");
            faults.push(format!("{file}:{}\n--- stands there\n{}\n--- is printed\n{}", at + 1, around(&old), around(&new)));
        } else if new != old {
            faults.push(format!("{file}: the last block is not what is printed"));
        }
    }
    assert!(faults.is_empty(), "{}\nXUNCHA_BLESS=1 cargo test --test readme rewrites the output", faults.join("\n\n"));
    assert!(ran >= 20, "only {ran} commands were found");
}

/// The file with the output that its commands print, and how many ran.
fn run_file(file: &str, text: &str) -> (String, usize) {
    let today = text.lines().find_map(|l| l.trim().strip_prefix("<!-- today: ")?.strip_suffix(" -->")).unwrap_or("2026-03-02");
    let mut shell = Shell::new(file, today);
    let (mut out, mut ran, mut to_write) = (String::new(), 0, None);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(path) = line.trim().strip_prefix("<!-- file: ").and_then(|l| l.strip_suffix(" -->")) {
            to_write = Some(path.to_string());
        }
        let Some(language) = line.strip_prefix(FENCE) else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|l| *l != FENCE).collect();
        let body = match (language, to_write.take()) {
            ("console", _) => {
                let commands: Vec<&str> = body.iter().filter_map(|l| l.strip_prefix("$ ")).collect();
                assert!(body.first().is_none_or(|l| l.starts_with("$ ")), "{file}: a console block begins with a command: {body:?}");
                ran += commands.len();
                commands.into_iter().map(|c| format!("$ {c}\n{}", shell.run(c))).collect()
            }
            (_, path) => {
                let body: String = body.iter().map(|l| format!("{l}\n")).collect();
                path.into_iter().for_each(|p| shell.write(&p, &body));
                body
            }
        };
        out.push_str(&body);
        out.push_str(FENCE);
        out.push('\n');
    }
    (out, ran)
}

/// A shell that keeps its folder from one command to the next.
struct Shell<'a> {
    file: &'a str,
    today: &'a str,
    home: tempfile::TempDir,
    dir: PathBuf,
}

impl<'a> Shell<'a> {
    fn new(file: &'a str, today: &'a str) -> Shell<'a> {
        let home = tempfile::tempdir().expect("a temporary folder");
        let dir = home.path().canonicalize().expect("it has a path");
        Shell { file, today, home, dir }
    }

    fn write(&self, path: &str, body: &str) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(path, body).expect("a file can be written");
    }

    /// Runs one command line; gives what it prints, ending in a line feed unless there is nothing.
    fn run(&mut self, command: &str) -> String {
        let (file, built) = (self.file, Path::new(env!("CARGO_BIN_EXE_xuncha")));
        if command.starts_with("git clone ") || command.starts_with("cargo ") && !command.starts_with("cargo run --release -- ") {
            assert!(exists(command), "{file}: `{command}` is nothing that works here");
            return String::new();
        }
        let line = match command.strip_prefix("cargo run --release -- ") {
            Some(args) => format!("xuncha {args}"),
            None => command.to_string(),
        };
        let path = format!("{}:{}", built.parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
        // A real `head` would leave it to chance how much is printed, and in which order.
        let (line, head) = match line.rsplit_once(" | head -") {
            Some((line, n)) => (line.to_string(), Some(n.trim().parse::<usize>().expect("a number of lines"))),
            None => (line, None),
        };
        assert!(!line.contains(" | "), "{file}: `{command}`: only `| head -N` gives the same output each time");
        let [printed, noted] = [".printed", ".noted"].map(|name| self.home.path().join(name));
        let to = fs::File::create(&printed).expect("a file for the output");
        let notes = fs::File::create(&noted).expect("a file for the notes");
        let err = if head.is_some() { notes } else { to.try_clone().expect("the file again") };
        let mut sh = Command::new("sh");
        sh.current_dir(&self.dir).stdin(Stdio::null()).stdout(to).stderr(err);
        sh.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", if file.ends_with(".zh.md") { "zh_CN.UTF-8" } else { "en_US.UTF-8" });
        sh.env("PATH", path)
            .env("XUNCHA_TODAY", self.today)
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        for (key, value) in
            [("AUTHOR_NAME", "x"), ("AUTHOR_EMAIL", "x@example.org"), ("COMMITTER_NAME", "x"), ("COMMITTER_EMAIL", "x@example.org")]
        {
            sh.env(format!("GIT_{key}"), value);
        }
        let where_to = self.home.path().join(".dir");
        let status = sh.arg("-c").arg(format!("{line}\ncode=$?\npwd -P > '{}'\nexit $code", where_to.display())).status().expect("sh");
        assert!(status.code().is_some_and(|c| c < 3), "{file}: `{command}` ended with {status}");
        self.dir = PathBuf::from(fs::read_to_string(where_to).expect("where it went").trim_end());
        let mut text = fs::read_to_string(printed).expect("output is UTF-8");
        if let Some(n) = head {
            text = text.split_inclusive('\n').take(n).collect();
            text.push_str(&fs::read_to_string(noted).expect("notes are UTF-8"));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        assert!(!text.contains(&self.home.path().display().to_string()), "{file}: `{command}` prints where it was run: {text}");
        assert!(!text.lines().any(|l| l.starts_with("$ ")), "{file}: `{command}` prints what looks like a command: {text}");
        without_letters(&text)
    }
}

/// Writes `2026-03-02-….yaml` for `2026-03-02-k3f9.yaml`.
fn without_letters(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(".yaml") {
        let (head, tail) = rest.split_at(at);
        let bytes = head.as_bytes();
        let new = bytes.len() > 16
            && bytes[bytes.len() - 4..].iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && bytes[bytes.len() - 5] == b'-'
            && head.is_char_boundary(head.len() - 15)
            && chrono::NaiveDate::parse_from_str(&head[head.len() - 15..head.len() - 5], "%Y-%m-%d").is_ok();
        if new {
            out.push_str(&head[..head.len() - 4]);
            out.push('…');
        } else {
            out.push_str(head);
        }
        out.push_str(&tail[..5]);
        rest = &tail[5..];
    }
    out + rest
}

/// Whether a line that is not run means something: a cargo command with its test, bench or path; a clone of this repository.
fn exists(command: &str) -> bool {
    let words: Vec<&str> = command.split('#').next().unwrap_or("").split_whitespace().collect();
    let named = |flag: &str, folder: &str| {
        let after = words.iter().position(|w| *w == flag).and_then(|i| words.get(i + 1));
        after.is_none_or(|name| root().join(folder).join(format!("{name}.rs")).is_file())
    };
    match words.as_slice() {
        ["git", "clone", url, ..] => env!("CARGO_PKG_REPOSITORY").trim_end_matches(".git") == url.trim_end_matches(".git"),
        ["cargo", what, ..] => {
            ["build", "test", "run", "install", "fmt", "clippy", "bench"].contains(what)
                && named("--test", "tests")
                && named("--bench", "benches")
        }
        _ => false,
    }
}

#[test]
fn the_letters_of_new_files_are_left_out() {
    let made = "已记录:进驻(a/2026-03-02-entry.yaml)\na/2026-03-02-k3f9.yaml b/2020-13-02-k3f9.yaml";
    assert_eq!(without_letters(made), "已记录:进驻(a/2026-03-02-entry.yaml)\na/2026-03-02-….yaml b/2020-13-02-k3f9.yaml");
    assert!(
        exists("cargo test --locked") && exists("cargo test --test cases") && !exists("cargo test --test nothing") && !exists("cargo frob")
    );
}

/// The commands in the table of each README are those that there are.
#[test]
fn the_table_of_commands_is_whole() {
    for file in ["README.md", "README.zh.md"] {
        let text = fs::read_to_string(root().join(file)).expect("it is there");
        let cells = text.lines().filter(|l| l.starts_with("| `")).filter_map(|l| l.split('|').nth(1));
        let mut told: Vec<String> = cells.flat_map(|c| c.split('`').filter(|w| !w.trim().is_empty()).map(String::from)).collect();
        let tree = xuncha::cli::command_tree(xuncha::text::Lang::En);
        let mut there: Vec<String> = tree.get_subcommands().filter(|c| !c.is_hide_set()).map(|c| c.get_name().to_string()).collect();
        told.sort();
        there.sort();
        assert_eq!(told, there, "{file}");
    }
}

/// What stands for a value in the Chinese help has its Chinese name.
#[test]
fn no_english_stands_for_a_value_in_the_chinese_help() {
    fn names(c: &clap::Command, out: &mut Vec<String>) {
        let of = |a: &clap::Arg| a.get_value_names().unwrap_or_default().iter().map(|n| n.to_string()).collect::<Vec<_>>();
        out.extend(c.get_arguments().filter(|a| a.get_action().takes_values()).flat_map(of));
        c.get_subcommands().for_each(|c| names(c, out));
    }
    let mut all = Vec::new();
    names(&xuncha::cli::command_tree(xuncha::text::Lang::Zh), &mut all);
    assert!(all.len() > 100, "{all:?}");
    // `A..B` is how git writes a range.
    all.retain(|n| n.is_ascii() && n != "A..B");
    assert!(all.is_empty(), "{all:?}");
}

/// A piece of a block that is no longer printed must not pass: the comparison is shown to fail.
#[test]
fn a_wrong_output_is_seen() {
    let text = "<!-- today: 2026-03-02 -->\n```console\n$ xuncha due 2026-02-27 +10wd --format csv\nwrong\n```\n";
    let (new, ran) = run_file("x.md", text);
    assert_eq!(ran, 1);
    assert!(new != text && new.contains("2026-03-12"), "{new}");
}
