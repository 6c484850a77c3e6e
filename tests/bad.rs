//! What people, systems and strangers do to files: pipes, links, sizes, and what a message may look like.

mod common;

use common::{Book, files, findings, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TODAY: &str = "2020-12-31";

/// A record in which one thing is wrong: it must still be found beside all that is bad.
const FLAWED: &str = "pages: 许多\n";

/// The small casebook with the flawed record in it.
fn book() -> Book {
    let book = Book::new("small");
    book.write("rounds/r1/alpha/paper/good.yaml", FLAWED);
    book
}

fn codes(list: &[Value]) -> Vec<&str> {
    list.iter().map(|f| f["code"].as_str().expect("a code")).collect()
}

/// Checks the book, makes sure that the flawed record is among what is found, and gives the rest.
fn beside(book: &Book) -> Vec<Value> {
    let all = findings(book, TODAY, "zh");
    let is_flaw = |f: &Value| f["file"] == "rounds/r1/alpha/paper/good.yaml" && f["code"] == "wrong-type";
    assert_eq!(all.iter().filter(|f| is_flaw(f)).count(), 1, "what is wrong in another file is hidden: {all:#?}");
    all.into_iter().filter(|f| !is_flaw(f)).collect()
}

#[test]
fn a_scalar_of_thirty_megabytes_is_refused_and_hides_nothing() {
    let book = book();
    book.write("rounds/r1/alpha/paper/big.yaml", format!("note: {}\n", "长".repeat(10 << 20)));
    let start = Instant::now();
    let found = beside(&book);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(codes(&found), ["too-large"]);
    assert_eq!(found[0]["file"], "rounds/r1/alpha/paper/big.yaml");
}

#[test]
fn ten_thousand_small_files_are_read_in_reasonable_time() {
    let book = book();
    for i in 0..10_000 {
        book.write(&format!("rounds/r1/alpha/paper/n{i:05}.yaml"), format!("no: {}\ndate: 2020-08-10\nkeeper: p1\n", i + 1));
    }
    book.write("rounds/r1/alpha/paper/zz.yaml", "no: 7\n");
    let start = Instant::now();
    let found = beside(&book);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(codes(&found), ["duplicate-number"]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    fn fifo(book: &Book, rel: &str) {
        let path = book.path().join(rel);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
    }

    #[test]
    fn a_pipe_is_never_opened() {
        for rel in ["rounds/r1/alpha/paper/p.yaml", "kinds/p.toml", "calendar/p.toml", "rounds/r1/alpha/feedback.yaml", "rounds/r1/p"] {
            let book = book();
            fifo(&book, rel);
            let found = beside(&book);
            assert!(found.iter().any(|f| f["file"] == rel && f["severity"] == "error"), "{rel}: {found:#?}");
        }
        let book = book();
        book.remove("rounds/r1/procedure.toml");
        fifo(&book, "rounds/r1/procedure.toml");
        assert!(codes(&beside(&book)).contains(&"special-file"));
    }

    /// It leads, and nothing else is listed: what follows from it is held back.
    #[test]
    fn what_is_no_file_where_a_record_was_holds_its_questions_back() {
        let rel = "rounds/2020-r2/zhixiao/interview/2020-08-07-44cf.yaml";
        type Put = fn(&Book, &str);
        let forms: [(&str, Put); 3] = [
            ("symlink", |b, rel| symlink("/nowhere", b.path().join(rel)).expect("a link can be made")),
            ("special-file", fifo),
            ("stray-folder", |b, rel| fs::create_dir(b.path().join(rel)).expect("a folder can be made")),
        ];
        for (code, put) in forms {
            let book = Book::new("demo");
            book.remove(rel);
            put(&book, rel);
            let mut found = findings(&book, "2021-02-01", "zh");
            found.retain(|f| f["code"] != "procedure-not-pinned");
            assert_eq!(codes(&found), [code, "held-back"], "{found:#?}");
            assert!(found.iter().all(|f| f["file"] == rel), "{found:#?}");
        }
    }

    #[test]
    fn a_link_is_reported_and_never_followed() {
        let outside = tempfile::tempdir().expect("a temporary folder");
        fs::write(outside.path().join("x.yaml"), "no: 绝密\n").expect("a file can be written");
        fs::write(outside.path().join("x.toml"), "year = 绝密\n").expect("a file can be written");
        let (yaml, toml) = (outside.path().join("x.yaml"), outside.path().join("x.toml"));
        let links = [
            ("rounds/r1/alpha/paper/l.yaml", yaml.clone()),
            ("rounds/r1/alpha/paper/loop.yaml", "loop.yaml".into()),
            ("rounds/r1/alpha/report", outside.path().to_path_buf()),
            ("rounds/r1/alpha/plan", "..".into()),
            ("rounds/r1/beta", outside.path().to_path_buf()),
            ("rounds/r2", outside.path().to_path_buf()),
            ("person/l.yaml", yaml),
            ("kinds/l.toml", toml.clone()),
            ("calendar/l.toml", toml.clone()),
        ];
        for (rel, target) in links {
            let book = book();
            let path = book.path().join(rel);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
            symlink(&target, &path).expect("a link can be made");
            let ran = book.run(&["check"], TODAY);
            assert!(!ran.out.contains("绝密"), "{rel} was followed: {}", ran.out);
            let found = beside(&book);
            assert!(found.iter().any(|f| f["file"] == rel && f["severity"] == "error"), "{rel}: {found:#?}");
        }
        let book = book();
        book.remove("rounds/r1/procedure.toml");
        symlink(&toml, book.path().join("rounds/r1/procedure.toml")).expect("a link can be made");
        let found = beside(&book);
        assert_eq!((codes(&found)[0], found[0]["file"].as_str()), ("symlink", Some("rounds/r1/procedure.toml")));
    }

    #[test]
    fn a_name_that_is_not_utf8_is_reported() {
        use std::os::unix::ffi::OsStrExt;
        let book = book();
        let name = std::ffi::OsStr::from_bytes(b"\xb7\xbd\xb0\xb8.yaml");
        // Some file systems take no such name.
        if fs::write(book.path().join("rounds/r1/alpha/paper").join(name), "no: 1\n").is_ok() {
            assert_eq!(codes(&beside(&book)), ["unreadable-name"]);
        }
    }

    #[test]
    fn a_reader_who_closes_the_pipe_ends_the_run_without_a_word() {
        let book = book();
        for i in 0..3000 {
            book.write(&format!("rounds/r1/alpha/paper/n{i:05}.yaml"), "pages: 许多\n");
        }
        for args in [&["check"][..], &["check", "--format", "json"], &["check", "--format", "csv"]] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_xuncha"))
                .args(args)
                .current_dir(book.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program runs");
            let mut out = child.stdout.take().expect("its output");
            let mut first = [0u8; 64];
            let _ = out.read(&mut first).expect("something is printed");
            drop(out);
            let done = child.wait_with_output().expect("it ends");
            let err = String::from_utf8_lossy(&done.stderr);
            assert!(err.is_empty(), "{args:?}: {err}");
            assert!(done.status.code().is_some_and(|c| c <= 1), "{args:?}: {:?}", done.status);
        }
    }
}

#[test]
fn no_control_or_invisible_character_of_a_record_reaches_any_format() {
    let book = Book::new("small");
    book.lay(&root().join("tests/cases/bad-hidden-characters/files"));
    for format in ["table", "json", "csv", "md", "sarif"] {
        for color in ["always", "never"] {
            let ran = book.run(&["check", "--format", format, "--color", color], TODAY);
            assert_eq!(ran.code, 1);
            let text = format!("{}{}", ran.out, ran.err);
            // A spreadsheet needs the mark at the very beginning; colours are the program's own.
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let colours = without_colours(text);
            let bad: Vec<char> = colours.chars().filter(|c| xuncha::text::is_unsafe_char(*c) && *c != '\r').collect();
            assert!(bad.is_empty(), "{format}: {bad:?} in {colours}");
        }
    }
}

/// The text without colour sequences (`ESC [ digits m`); every other escape stays.
fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').len();
        if tail[digits..].starts_with('m') {
            rest = &tail[digits + 1..];
        } else {
            out.push('\u{1b}');
            rest = tail;
        }
    }
    out + rest
}

/// Every casebook of `tests/cases/`, laid out.
fn case_books() -> Vec<(String, Book)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(root().join("tests/cases")).expect("tests/cases") {
        let dir = entry.expect("an entry").path();
        let name = dir.file_name().expect("a name").to_string_lossy().into_owned();
        let case: toml::Table = fs::read_to_string(dir.join("case.toml")).expect("case.toml").parse().expect("TOML");
        let base = case["base"].as_str().expect("a base");
        if base == "none" || !dir.join("files").is_dir() {
            continue;
        }
        let book = Book::new(base);
        for rel in case.get("remove").and_then(|r| r.as_array()).into_iter().flatten() {
            book.remove(rel.as_str().expect("a path"));
        }
        book.lay(&dir.join("files"));
        out.push((name, book));
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// Words in Latin letters that a Chinese message may use as they are: names of forms, programs and signs.
const WORDS: &[&str] = &[
    "YAML", "TOML", "UTF", "GBK", "BOM", "UTF-8", "UTF-16", "LE", "BE", "KiB", "MB", "Word", "WPS", "Tab", "git", "xuncha", "true",
    "false", "wd", "hm", "list", "map",
];

/// What is left of a message when quoted input, paths, numbers and known names are taken out: nothing of it may be a word in Latin letters.
fn foreign(message: &str, known: &BTreeSet<String>) -> Vec<String> {
    let mut bare = String::new();
    let mut close: Option<char> = None;
    for c in message.chars() {
        match close {
            Some(end) if c == end => close = None,
            Some(_) => {}
            None => match c {
                '`' => close = Some('`'),
                '“' => close = Some('”'),
                _ => bare.push(c),
            },
        }
        if close.is_some() {
            bare.push(' ');
        }
    }
    let part = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+' | ':' | '\\' | '{' | '}' | '*' | '!' | '&' | '%' | '@')
    };
    bare.split(|c: char| !part(c))
        .filter(|w| w.chars().filter(char::is_ascii_alphabetic).count() >= 2)
        .filter(|w| !w.contains(['/', '.', '_', '!']) && !w.chars().any(|c| c.is_ascii_digit()))
        .map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|w| !WORDS.contains(w) && !known.contains(*w))
        .map(str::to_string)
        .collect()
}

/// Kinds, field keys, values and the names of stages, events, obligations: the language of the records themselves.
fn known_names() -> BTreeSet<String> {
    let schema = xuncha::kind::load::builtin();
    let mut known: BTreeSet<String> = BTreeSet::new();
    known.extend(schema.kinds.iter().map(|k| k.id.clone()));
    known.extend(schema.shapes.iter().flat_map(|s| s.fields.iter().map(|f| f.key.clone())));
    known.extend(schema.enums.iter().flat_map(|e| e.values.iter().map(|v| v.code.clone())));
    // Keys of data files.
    let keys = "casebook sealing office defaults alerts params stats coverage guard history approval zh en has id title artifact each require event due confirm rule opens closes actor fields scope strength case round workspace must should may";
    known.extend(keys.split(' ').map(str::to_string));
    known
}

#[test]
fn a_chinese_message_is_chinese() {
    let known = known_names();
    let mut wrong = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut messages = 0;
    for (name, book) in case_books() {
        for f in findings(&book, TODAY, "zh") {
            seen.insert(f["code"].as_str().expect("a code").to_string());
            for key in ["message", "help"] {
                let Some(text) = f[key].as_str() else { continue };
                messages += 1;
                // A remedy that repeats a demand of the office's own test text is not ours.
                let words = foreign(text, &known);
                if !words.is_empty() {
                    wrong.push(format!("{name}: {words:?} in {text}"));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(messages > 500, "only {messages} messages");
    assert!(seen.len() > 60, "only {} codes: {seen:?}", seen.len());
}

#[test]
fn an_english_message_is_english() {
    let mut wrong = Vec::new();
    for (name, book) in case_books() {
        for f in findings(&book, TODAY, "en") {
            let text = f["message"].as_str().expect("a message");
            if text.contains(['，', '。', '；', '：']) && !text.contains(['“', '`', '"']) {
                wrong.push(format!("{name}: {text}"));
            }
            assert!(text.split(' ').count() > 1, "{name}: {text}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_looks_for_foreign_words_finds_them() {
    let none = BTreeSet::new();
    assert_eq!(foreign("缺少 field", &none), ["field"]);
    assert_eq!(foreign("`field` 应为文本,见 docs/kinds.md,写作 +10wd(“abc”)", &none), Vec::<String>::new());
}

#[test]
fn every_code_of_the_yaml_reader_comes_through_the_program() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (_, book) in case_books() {
        seen.extend(findings(&book, TODAY, "zh").iter().map(|f| f["code"].as_str().expect("a code").to_string()));
    }
    let book = book();
    book.write("rounds/r1/alpha/paper/big.yaml", "note: x\n".repeat(700_000));
    seen.extend(codes(&findings(&book, TODAY, "zh")).into_iter().map(str::to_string));
    // The casebook's own limit comes before the reader's.
    let unseen: Vec<_> = xuncha::yaml::CODES.iter().filter(|c| !seen.contains(**c) && **c != "file-too-large").collect();
    assert!(unseen.is_empty() && seen.contains("too-large"), "{unseen:?}");
}

#[test]
fn the_small_casebook_is_clean() {
    let book = Book::new("small");
    assert_eq!(findings(&book, TODAY, "zh"), Vec::<Value>::new());
    assert!(files(book.path()).len() > 8);
}

#[test]
fn the_other_views_of_every_bad_casebook_end_in_order() {
    let views: [&[&str]; 7] = [
        &["status"],
        &["next"],
        &["deadlines", "--all"],
        &["deadlines", "--all", "--format", "json"],
        &["deadlines", "--all", "--format", "ics"],
        &["next", "--format", "json"],
        &["check", "--only", "violated"],
    ];
    for (name, book) in case_books().into_iter().filter(|(name, _)| name.starts_with("bad-") || name.starts_with("scope-")) {
        for args in views {
            let ran = book.run(args, TODAY);
            assert!(ran.code <= 2, "{name} {args:?}: {}", ran.code);
            assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{name} {args:?}: not a word");
            let text = format!("{}{}", ran.out, ran.err);
            let bad: Vec<char> = text.chars().filter(|c| xuncha::text::is_unsafe_char(*c) && *c != '\r').collect();
            assert!(bad.is_empty(), "{name} {args:?}: {bad:?}");
        }
    }
}
