//! What a disk refuses: no permission to read or to write, no room left, a record that is a folder. Nothing else is hidden, nothing is half written.
//!
//! Nothing is closed to root: where the tests are run by root, the program is started as another user.

#![cfg(unix)]

mod common;

use common::{Book, files, lay, root};
use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TODAY: &str = "2021-05-12";
/// A user without rights on any system.
const NOBODY: u32 = 65534;

/// A casebook of a user who is not root.
struct Desk {
    book: Book,
    bin: PathBuf,
    root: bool,
}

impl Desk {
    fn new() -> Desk {
        let book = Book::new("none");
        lay(&root().join("examples/midway"), &book.path().join("book"));
        let root = fs::metadata(book.path()).expect("the folder").uid() == 0;
        // The place in which the program is built may be closed to another user.
        let bin = book.path().join("xuncha");
        let built = env!("CARGO_BIN_EXE_xuncha");
        fs::hard_link(built, &bin).or_else(|_| fs::copy(built, &bin).map(|_| ())).expect("the program can be copied");
        let desk = Desk { book, bin, root };
        desk.own();
        desk
    }

    fn dir(&self) -> PathBuf {
        self.book.path().join("book")
    }

    /// Gives everything to the user.
    fn own(&self) {
        if self.root {
            let all = walkdir::WalkDir::new(self.book.path()).into_iter().map(|e| e.expect("an entry").into_path());
            all.filter(|p| *p != self.bin).for_each(|p| chown(p, Some(NOBODY), Some(NOBODY)).expect("root may give it away"));
        }
    }

    fn mode(&self, rel: &str, mode: u32) {
        fs::set_permissions(self.dir().join(rel), Permissions::from_mode(mode)).expect("modes can be set");
    }

    /// Takes away or gives back the right to write into a folder and those below it.
    fn writable(&self, rel: &str, yes: bool) {
        for entry in walkdir::WalkDir::new(self.dir().join(rel)) {
            let entry = entry.expect("an entry");
            if entry.file_type().is_dir() {
                fs::set_permissions(entry.path(), Permissions::from_mode(if yes { 0o755 } else { 0o555 })).expect("modes can be set");
            }
        }
    }

    /// Standard output, standard error, exit code.
    fn run(&self, args: &[&str], out: Stdio) -> (String, String, i32) {
        let mut command = Command::new(&self.bin);
        if self.root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let env = command.current_dir(self.dir()).env("XUNCHA_TODAY", TODAY).env("LC_ALL", "zh_CN.UTF-8").env("HOME", self.book.path());
        let done = env.args(args).stdout(out).stderr(Stdio::piped()).output().expect("the program runs");
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        (text(&done.stdout), text(&done.stderr), done.status.code().expect("it is not killed"))
    }

    /// Every file and its bytes, but for the lock.
    fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let all = files(&self.dir()).into_iter().filter(|p| !p.components().any(|c| c.as_os_str() == ".xuncha"));
        all.map(|p| (p.clone(), fs::read(p).expect("root or owner"))).collect()
    }
}

const PLAN: &str = "rounds/2021-r1/qinghe/plan/2021-03-11-tanhua.yaml";

/// Every command that writes below `rounds/`.
const WRITING: [&[&str]; 8] = [
    &["add", "interview", "2021-r1/qinghe"],
    &["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"],
    &["confirm", "2021-r1/qinghe", "XH-12-3a", "--by", "leader"],
    &["waive", "2021-r1/qinghe", "XH-11-1a", "--by", "head", "--reason", "换届"],
    &["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-05-12"],
    &["number", "interview", "2021-r1/qinghe"],
    &["advance", "2021-r1/qinghe", "--force", "--reason", "上级要求", "--by", "head"],
    &["new-round", "2021-r2", "--unit", "jiaoyuju=教育局"],
];

/// A talk without a number, for `number`.
const TALK: &str = "谈话日期: 2021-05-12\n";

#[test]
fn what_cannot_be_read_is_named_and_hides_nothing() {
    let desk = Desk::new();
    let open = desk.run(&["check", "--format", "csv"], Stdio::piped()).0;
    let talk = "rounds/2021-r1/qinghe/interview/2021-03-22-p-201.yaml";
    let folder = "rounds/2021-r1/shuitou/briefing";
    let record = "rounds/2021-r1/qinghe/interview/2021-05-12.yaml";
    desk.mode(talk, 0o000);
    desk.mode(folder, 0o000);
    fs::create_dir(desk.dir().join(record)).expect("a folder");
    for (lang, denied) in [("zh", "没有权限"), ("en", "permission denied")] {
        let (out, err, code) = desk.run(&["check", "--lang", lang, "--format", "csv"], Stdio::piped());
        assert_eq!((code, err.as_str()), (1, ""));
        for closed in [talk, folder] {
            let line =
                out.lines().find(|l| l.starts_with("unreadable,") && l.contains(closed)).unwrap_or_else(|| panic!("{closed}: {out}"));
            assert!(line.contains(denied), "{line}");
        }
        assert!(out.lines().any(|l| l.contains(&format!("{record},")) && !l.starts_with("unreadable")), "{out}");
        if lang == "zh" {
            for line in open.lines() {
                assert!(out.contains(line), "hidden: {line}\n{out}");
            }
        }
    }
    desk.mode(folder, 0o755);
}

#[test]
fn where_nothing_may_be_written_nothing_is() {
    let desk = Desk::new();
    fs::write(desk.dir().join("rounds/2021-r1/qinghe/interview/2021-05-12-a.yaml"), TALK).expect("a record");
    fs::create_dir(desk.book.path().join("closed")).expect("a folder");
    desk.own();
    desk.mode("../closed", 0o555);
    let before = desk.contents();
    for (lang, denied) in [("zh", "没有权限"), ("en", "permission denied")] {
        desk.writable("rounds", false);
        for args in WRITING {
            let args: Vec<&str> = args.iter().copied().chain(["--lang", lang]).collect();
            let (out, err, code) = desk.run(&args, Stdio::piped());
            assert_eq!((out.as_str(), code), ("", 2), "{args:?}: {err}");
            assert!(err.contains("rounds") && err.contains(denied) && err.lines().count() == 1, "{args:?}: {err}");
        }
        desk.writable("", false);
        for args in WRITING.iter().copied().chain([&["init", "../closed/new"][..], &["demo", "../closed/new"], &["man", "../closed/new"]]) {
            let args: Vec<&str> = args.iter().copied().chain(["--lang", lang]).collect();
            let (out, err, code) = desk.run(&args, Stdio::piped());
            assert_eq!((out.as_str(), code), ("", 2), "{args:?}: {err}");
            assert!(err.contains(denied), "{args:?}: {err}");
        }
        // What only reads asks for no more.
        for args in [&["check"][..], &["next"], &["status"], &["deadlines"]] {
            let (out, err, code) = desk.run(args, Stdio::piped());
            assert!(!out.is_empty() && err.is_empty() && code < 2, "{args:?}: {err}");
        }
        desk.writable("", true);
    }
    assert!(desk.contents() == before, "something was written");
}

#[test]
fn a_full_disk_behind_standard_output_is_said() {
    if !Path::new("/dev/full").exists() {
        eprintln!("left out: this system has no /dev/full");
        return;
    }
    let desk = Desk::new();
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["next", "--format", "json"],
        &["status", "--format", "csv"],
        &["deadlines", "--format", "ics"],
        &["procedure", "show", "xinghai-2020", "--format", "md"],
        &["kind", "schema"],
        &["explain", "XH-31-1a"],
        &["calendar", "show", "2021"],
        &["due", "2021-05-12", "+1d"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        let full = File::options().write(true).open("/dev/full").expect("the device");
        let (_, err, code) = desk.run(args, full.into());
        assert_eq!((err.as_str(), code), ("错误：结果写不出去：磁盘已满\n", 2), "{args:?}");
    }
}

/// Runs in a namespace of its own, whose disk of 2 MB is filled to the last block, or to a few blocks for `new-round`.
const FULL: &str = r#"
set -eu
mount -t tmpfs -o size=2m none "$1/disk"
cp -R "$1/book" "$1/disk/book"
cd "$1/disk/book"
printf '谈话日期: 2021-05-12\n' > rounds/2021-r1/qinghe/interview/2021-05-12-a.yaml
"$2" event 2021-r1/shuitou incident 2021-05-01 > /dev/null
sums() { find . -path ./.xuncha -prune -o -type f -exec cksum {} + | sort; }
before=$(sums)
step() {
  room=$1
  bin=$2
  shift 2
  cat /dev/zero > ../filler 2> /dev/null || true
  [ "$room" = 0 ] || truncate -s "-$room" ../filler
  code=0
  "$bin" "$@" 2>&1 || code=$?
  echo "exit $code: $*"
  [ "$(sums)" = "$before" ] || { echo "changed: $*"; exit 9; }
}
while IFS= read -r line; do eval "step $line"; done
"#;

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let can = Command::new("unshare").args(["-rm", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]).output();
    if !can.as_ref().is_ok_and(|o| o.status.success()) {
        eprintln!("left out: no disk of a few blocks can be mounted here (unshare -rm): {can:?}");
        return;
    }
    let desk = Desk::new();
    fs::create_dir(desk.book.path().join("disk")).expect("a folder");
    fs::write(desk.book.path().join("full.sh"), FULL).expect("the script");
    let quoted = |args: &[&str]| args.iter().map(|a| format!("'{a}'")).collect::<Vec<_>>().join(" ");
    let mut input = String::new();
    for args in WRITING {
        input.push_str(&format!("0 \"$2\" {}\n", quoted(args)));
    }
    for room in [8192, 40960] {
        for args in [WRITING[6], WRITING[7]] {
            input.push_str(&format!("{room} \"$2\" {}\n", quoted(args)));
        }
    }
    let steps = input.lines().count();
    let list = desk.book.path().join("steps");
    fs::write(&list, input).expect("the steps");
    let done = Command::new("unshare")
        .args(["-rm", "sh"])
        .arg(desk.book.path().join("full.sh"))
        .args([desk.book.path(), &desk.bin])
        .stdin(File::open(list).expect("the steps"))
        .env("XUNCHA_TODAY", TODAY)
        .env("LC_ALL", "zh_CN.UTF-8")
        .output()
        .expect("sh runs");
    let out = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{out}{}", String::from_utf8_lossy(&done.stderr));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2 * steps, "a message and an exit code each: {out}");
    for two in lines.chunks(2) {
        assert!(two[0].starts_with("错误：写不了 ") && two[0].ends_with("：磁盘已满") && two[1].starts_with("exit 2"), "{out}");
    }
}
