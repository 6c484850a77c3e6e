//! What was assessed before is used only where nothing has changed, and never changes a byte of what is printed.

mod common;

use common::{Book, Ran, root};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const TODAY: &str = "2021-02-01";

/// Every command that may use the cache.
const COMMANDS: [&[&str]; 7] = [
    &["check"],
    &["check", "2020-r2/zhixiao", "--format", "json"],
    &["deadlines", "--all", "--format", "json"],
    &["status"],
    &["status", "2019-r1"],
    &["next"],
    &["advance", "2020-r2/zhixiao"],
];

/// The demo with three earlier rounds, old enough that what is read of it may be kept.
fn book() -> Book {
    let book = Book::new("demo");
    book.lay(&root().join("tests/cases/rotation/files"));
    std::thread::sleep(Duration::from_millis(2200));
    book
}

fn kept(book: &Book) -> Vec<PathBuf> {
    let list = fs::read_dir(book.path().join(".xuncha/cache"));
    let mut files: Vec<PathBuf> = list.into_iter().flatten().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

fn plain(book: &Book, command: &[&str]) -> Ran {
    book.run(&[command, &["--no-cache"]].concat(), TODAY)
}

/// Each command prints the same with what is kept and without.
fn same(book: &Book, what: &str) {
    for command in COMMANDS {
        let (with, without) = (book.run(command, TODAY), plain(book, command));
        assert_eq!(with, without, "{what}: {command:?}");
    }
}

#[test]
fn nothing_is_kept_where_it_is_not_wanted_or_too_young() {
    let book = Book::new("demo");
    plain(&book, &["check"]);
    assert_eq!(kept(&book), Vec::<PathBuf>::new());
    // Written a moment ago: it could be written again with the same times.
    book.run(&["check"], TODAY);
    assert_eq!(kept(&book), Vec::<PathBuf>::new());
}

#[test]
fn what_is_kept_is_used_and_every_change_is_seen() {
    let book = book();
    let first = book.run(&["check"], TODAY);
    let files = kept(&book);
    assert_eq!(files.len(), 5, "four rounds and what stands above them: {files:?}");
    assert!(fs::read_to_string(book.path().join(".xuncha/.gitignore")).unwrap().starts_with('*'));
    #[cfg(unix)]
    for file in &files {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "only its owner reads it");
    }
    let before: Vec<_> = files.iter().map(|f| fs::metadata(f).unwrap().modified().unwrap()).collect();
    assert_eq!(book.run(&["check"], TODAY), first);
    let after: Vec<_> = files.iter().map(|f| fs::metadata(f).unwrap().modified().unwrap()).collect();
    assert_eq!(before, after, "nothing had to be assessed again");
    same(&book, "unchanged");

    let due = ["status", "2020-r2/zhixiao"];
    let earlier = (book.run(&due, "2020-08-20"), book.run(&[&due[..], &["--no-cache"]].concat(), "2020-08-20"));
    assert_eq!(earlier.0, earlier.1);
    assert_ne!(earlier.0, book.run(&due, TODAY), "another day is another result");

    let edit = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(book.path().join(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        book.write(file, text.replacen(from, to, 1));
    };
    let case = "rounds/2020-r2/zhixiao";
    let interview = fs::read_dir(book.path().join(case).join("interview")).unwrap().map(|e| e.unwrap().path()).max().unwrap();
    let text = fs::read(&interview).unwrap();
    fs::remove_file(&interview).unwrap();
    same(&book, "a record taken away");
    fs::write(&interview, text).unwrap();
    same(&book, "a record put back");
    edit("rounds/2018-r1/team/team-1.yaml", "zu-04", "zu-01");
    same(&book, "an earlier round's team");
    edit("rounds/2019-r1/nongyeju/case.yaml", "nongyeju", "nongyejv");
    same(&book, "an earlier round's case");
    let person = fs::read_dir(book.path().join("person")).unwrap().map(|e| e.unwrap().path()).min().unwrap();
    fs::remove_file(person).unwrap();
    same(&book, "a person gone");
    book.write("calendar/2020.toml", "year = 2020\nbroken = 1\n");
    same(&book, "a layer of the calendar");
    edit("xuncha.toml", "\n", "\n[alerts]\ndue_soon = 30\n");
    same(&book, "the settings");
    book.write("rounds/2020-r3/round.yaml", "轮次序号: 3\n年度: 2020\n");
    same(&book, "another round");
    book.write(&format!("{case}/clue/坏.yaml"), "线索编号： 1\n");
    same(&book, "a file that cannot be read");
}

#[test]
fn a_spoilt_or_foreign_cache_is_passed_over_and_cleared() {
    let book = book();
    let right = book.run(&["check"], TODAY);
    for file in kept(&book) {
        let bytes = fs::read(&file).unwrap();
        for spoilt in [Vec::new(), bytes[..bytes.len() / 2].to_vec(), b"xuncha".repeat(99), {
            let mut b = bytes.clone();
            b[bytes.len() / 2] ^= 1;
            b
        }] {
            fs::write(&file, spoilt).unwrap();
            assert_eq!(book.run(&["check"], TODAY), right);
        }
        fs::write(&file, bytes).unwrap();
    }
    book.write(".xuncha/cache/0123456789abcdef", "of a round long gone");
    for file in kept(&book).iter().take(3) {
        fs::remove_file(file).unwrap();
    }
    assert_eq!(book.run(&["check"], TODAY), right);
    assert_eq!(kept(&book).len(), 5);
    fs::remove_dir_all(book.path().join(".xuncha")).unwrap();
    book.write(".xuncha", "a file where the folder should be");
    assert_eq!(book.run(&["check"], TODAY), right);
}
