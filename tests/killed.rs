//! A command killed at any of its system calls leaves the old state or the new; its lock goes with it; of many processes writing at once nothing is lost.
//!
//! `strace` kills the built program before the call; where there is none, or it may not trace, that test says so and is left out.

#![cfg(unix)]

mod common;

use common::{files, git, lay, root};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TODAY: &str = "2021-05-12";
const PLAN: &str = "rounds/2021-r1/qinghe/plan/2021-03-11-tanhua.yaml";

/// A copy of the example in the middle of its round.
fn desk() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    lay(&root().join("examples/midway"), dir.path());
    dir
}

fn program(dir: &Path, args: &[&str]) -> Command {
    outside(env!("CARGO_BIN_EXE_xuncha"), dir, args)
}

fn outside(program: &str, dir: &Path, args: &[&str]) -> Command {
    let mut c = Command::new(program);
    c.args(args).current_dir(dir).env("XUNCHA_TODAY", TODAY).env("LC_ALL", "zh_CN.UTF-8").env("RAYON_NUM_THREADS", "1");
    c.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    c.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    c
}

/// Runs it to its end; it must succeed.
fn ok(dir: &Path, args: &[&str]) {
    let done = program(dir, args).output().expect("the program runs");
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Every file that git or a reader would see, and its bytes.
fn state(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let hidden = |p: &Path| p.components().any(|c| c.as_os_str().to_string_lossy().starts_with('.'));
    let all = files(dir).into_iter().map(|p| p.strip_prefix(dir).expect("inside").to_path_buf());
    all.filter(|p| !hidden(p)).map(|p| (p.clone(), without_chance(fs::read(dir.join(&p)).expect("it can be read")))).collect()
}

/// Ciphertext is another each time: here it is one character for all.
fn without_chance(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&bytes) else { return bytes };
    let mut parts = text.split("age:YWdl");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let code = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
        out.push('密');
        out.push_str(&part[part.find(code).unwrap_or(part.len())..]);
    }
    out.into_bytes()
}

/// The calls that change a disk, hold the lock or print. Those that only read change no state: between two of these it is the same.
const CALLS: &str = "openat,creat,mkdir,mkdirat,write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,chmod,fchmod,fchmodat,ftruncate,flock,copy_file_range,exit_group";

/// The calls of a whole run: each name, and the how-manieth of its name it is in its thread.
fn calls(dir: &Path, args: &[&str]) -> BTreeSet<(String, usize)> {
    let log = dir.join(".trace");
    let mut all = vec!["-f", "-o", ".trace", "-e", "trace=", env!("CARGO_BIN_EXE_xuncha")];
    let trace = format!("trace={CALLS}");
    all[4] = &trace;
    all.extend(args);
    let done = outside("strace", dir, &all).output().expect("strace runs");
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    let text = fs::read_to_string(&log).expect("the log");
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let Some((name, given)) = rest.trim_start().split_once('(') else { continue };
        if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            continue;
        }
        let n = counts.entry((pid, name)).or_default();
        *n += 1;
        if (name != "openat" || given.contains("O_CREAT")) && !given.contains(" EEXIST ") {
            out.insert((name.to_string(), *n));
        }
    }
    out
}

/// Whether the program can be traced here.
fn traceable() -> bool {
    let can = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let can = can.is_ok_and(|o| o.status.success());
    if !can {
        eprintln!("left out: no process can be traced here (strace)");
    }
    can
}

/// Commands whose result does not depend on chance, and whether they write more than one file.
const WRITING: [&[&str]; 11] = [
    &["new-round", "2021-r2", "--unit", "jiaoyuju=教育局"],
    &["new-round", "2021-r1", "--unit", "jiaoyuju=教育局"],
    &["add", "interview", "2021-r1/qinghe", "id=2021-05-12-a", "date=2021-05-12"],
    &["add", "interview", "2021-r1/qinghe", "--from", "talks.csv"],
    &["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"],
    &["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-05-12"],
    &["advance", "2021-r1/qinghe", "--force", "--reason", "上级要求", "--by", "head"],
    &["confirm", "2021-r1/qinghe", "XH-12-3a", "--by", "leader"],
    &["number", "interview", "2021-r1/qinghe"],
    &["seal", "rounds/2021-r1/qinghe/petition/2021-05-11-03.yaml"],
    &["seal", "2021-r1/qinghe"],
];

/// What `number` and `add --from` work on.
fn prepared() -> TempDir {
    let dir = desk();
    // What is not there takes no time: the program is run some hundreds of times.
    for folder in ["shuitou", "meeting", "training", "pledge", "qinghe/worksheet", "qinghe/petition", "qinghe/document"] {
        let _ = fs::remove_dir_all(dir.path().join("rounds/2021-r1").join(folder));
    }
    for day in ["2021-05-11", "2021-05-12"] {
        let file = format!("rounds/2021-r1/qinghe/interview/{day}-x.yaml");
        fs::write(dir.path().join(file), format!("谈话日期: {day}\n")).expect("a record");
    }
    let commands = root().join("tests/commands/files");
    fs::copy(commands.join("sealing.toml"), dir.path().join("xuncha.toml")).expect("settings");
    for day in ["2021-05-11-03", "2021-05-11-04"] {
        let file = format!("rounds/2021-r1/qinghe/petition/{day}.yaml");
        fs::create_dir_all(dir.path().join("rounds/2021-r1/qinghe/petition")).expect("a folder");
        fs::copy(commands.join("petition.yaml"), dir.path().join(file)).expect("a petition");
    }
    fs::write(dir.path().join("talks.csv"), "编号,谈话日期\n2021-05-10-a,2021-05-10\n2021-05-10-b,2021-05-10\n").expect("a list");
    dir
}

#[test]
fn killed_at_any_call_a_command_leaves_the_old_state_or_the_new() {
    if !traceable() {
        return;
    }
    for args in WRITING {
        let whole = prepared();
        let old = state(whole.path());
        let calls = calls(whole.path(), args);
        let new = state(whole.path());
        assert!(old != new, "{args:?} changes nothing");
        let run = |(name, n): &(String, usize)| -> (bool, bool) {
            let dir = prepared();
            let (inject, trace) = (format!("inject={name}:signal=KILL:when={n}"), format!("trace={name}"));
            let mut all = vec!["-f", "-o", ".trace", "-e", &trace, "-e", &inject, env!("CARGO_BIN_EXE_xuncha")];
            all.extend(args);
            let done = outside("strace", dir.path(), &all).output().expect("strace runs");
            let killed = done.status.signal() == Some(9) || done.status.code() == Some(137);
            // Whoever comes next, also one who only reads, finishes what was begun; where nothing was, there is nothing to do for it.
            if dir.path().join(".xuncha/journal").exists() {
                ok(dir.path(), &["status"]);
            }
            let now = state(dir.path());
            assert!(now == old || now == new, "{args:?}, killed at {name} {n}: {}", difference(&now, &old, &new));
            let lock = File::open(dir.path().join(".xuncha/lock"));
            assert!(lock.is_err() || lock.is_ok_and(|l| l.try_lock().is_ok()), "{args:?}: the lock is still held");
            (killed, now == new)
        };
        let ends: Vec<(bool, bool)> = calls.par_iter().map(run).collect();
        let before = ends.iter().filter(|(killed, new)| *killed && !*new).count();
        let after = ends.iter().filter(|(killed, new)| *killed && *new).count();
        assert!(before > 3 && after > 0, "{args:?}: {} calls, {before} killed before, {after} after", ends.len());
    }
}

/// A casebook of a few files in `a`, committed, a bundle of it as `all`, and what makes git a person's.
fn small() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let commands = root().join("tests/commands/files");
    fs::create_dir_all(dir.path().join("a/unit")).expect("a folder");
    fs::copy(commands.join("sealing.toml"), dir.path().join("a/xuncha.toml")).expect("settings");
    for name in ["keep", "change", "go"] {
        fs::write(dir.path().join("a/unit").join(format!("{name}.yaml")), "名称: 甲\n").expect("a record");
    }
    // As `init` writes it: what a killed command was writing has another name than a record's.
    fs::write(dir.path().join("a/.gitignore"), ".*.tmp\n").expect("a file");
    git(&dir.path().join("a"), &["init", "-q"]);
    commit(dir.path(), "a");
    ok(dir.path(), &["-C", "a", "bundle", "../all"]);
    dir
}

fn commit(dir: &Path, machine: &str) {
    for (key, value) in [("user.name", "甲"), ("user.email", "a@example.org")] {
        git(&dir.join(machine), &["config", key, value]);
    }
    git(&dir.join(machine), &["add", "-A"]);
    git(&dir.join(machine), &["commit", "-q", "-m", "x"]);
}

/// The same with `b` as well, and a bundle `more` of what changed in `a` since; where wanted, `b` has something new of its own.
fn both(merge: bool) -> TempDir {
    let dir = small();
    ok(dir.path(), &["receive", "all", "b"]);
    let a = dir.path().join("a/unit");
    fs::write(a.join("change.yaml"), "名称: 乙\n").expect("a record");
    fs::write(a.join("new.yaml"), "名称: 丙\n").expect("a record");
    fs::remove_file(a.join("go.yaml")).expect("a record");
    commit(dir.path(), "a");
    ok(dir.path(), &["-C", "a", "bundle", "../more"]);
    if merge {
        fs::write(dir.path().join("b/unit/own.yaml"), "名称: 丁\n").expect("a record");
        commit(dir.path(), "b");
    }
    dir
}

/// Takes away what a killed git leaves locked, as git asks a person to; gives how many.
fn unlock(dir: &Path) -> usize {
    let locks: Vec<PathBuf> = files(&dir.join(".git")).into_iter().filter(|p| p.extension().is_some_and(|e| e == "lock")).collect();
    locks.iter().for_each(|l| fs::remove_file(l).expect("a lock"));
    locks.len()
}

/// Runs a command under `strace` and kills whichever of its processes first comes to that call; gives whether anything was killed.
fn killed_at(dir: &Path, args: &[&str], (name, n): &(String, usize)) {
    let (inject, trace) = (format!("inject={name}:signal=KILL:when={n}"), format!("trace={name}"));
    let mut all = vec!["-f", "-o", ".trace", "-e", &trace, "-e", &inject, env!("CARGO_BIN_EXE_xuncha")];
    all.extend(args);
    outside("strace", dir, &all).output().expect("strace runs");
}

/// Killed anywhere, itself or the git that it started: the files and the commit are the old ones, or after the next command the new ones.
#[test]
fn killed_at_any_call_receiving_leaves_the_old_commit_or_the_new() {
    if !traceable() {
        return;
    }
    for merge in [false, true] {
        let args = ["-C", "b", "receive", "../more"];
        let begun = both(merge);
        let whole = tempfile::tempdir().expect("a temporary folder");
        lay(begun.path(), whole.path());
        let b = |dir: &Path| (state(&dir.join("b")), git(&dir.join("b"), &["rev-parse", "HEAD^{tree}"]));
        let old = b(whole.path());
        let calls = calls(whole.path(), &args);
        let new = b(whole.path());
        assert!(old.0 != new.0 && old.1 != new.1);
        let run = |call: &(String, usize)| -> (bool, usize) {
            let dir = tempfile::tempdir().expect("a temporary folder");
            lay(begun.path(), dir.path());
            killed_at(dir.path(), &args, call);
            let (root, mut locked) = (dir.path().join("b"), 0);
            if root.join(".xuncha/carry").exists() {
                locked += unlock(&root);
                ok(&root, &["status"]);
                assert!(!root.join(".xuncha/carry").exists(), "{call:?}: it is not finished");
            }
            let now = b(dir.path());
            assert!(now == old || now == new, "killed at {call:?}: {}", difference(&now.0, &old.0, &new.0));
            assert_eq!(git(&root, &["status", "--porcelain"]), "", "killed at {call:?}");
            locked += unlock(&root);
            ok(dir.path(), &args);
            assert!(b(dir.path()) == new, "killed at {call:?}, and received again");
            (now == new, locked)
        };
        let ends: Vec<(bool, usize)> = calls.par_iter().map(run).collect();
        let before = ends.iter().filter(|(new, _)| !new).count();
        assert!(before > 3 && before < ends.len(), "{} calls, {before} before", ends.len());
        eprintln!(
            "{} calls, {before} left the old commit; git left a lock after {}",
            ends.len(),
            ends.iter().filter(|(_, l)| *l > 0).count()
        );
    }
}

/// A folder that is to become a casebook is none before it is whole; received again it is.
#[test]
fn killed_at_any_call_a_first_receiving_leaves_no_casebook_or_a_whole_one() {
    if !traceable() {
        return;
    }
    let args = ["receive", "all", "b"];
    let begun = small();
    let whole = tempfile::tempdir().expect("a temporary folder");
    lay(begun.path(), whole.path());
    let calls = calls(whole.path(), &args);
    let new = state(&whole.path().join("b"));
    assert_eq!(new, state(&whole.path().join("a")));
    calls.par_iter().for_each(|call| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        lay(begun.path(), dir.path());
        killed_at(dir.path(), &args, call);
        let root = dir.path().join("b");
        if root.join("xuncha.toml").exists() {
            assert!(state(&root) == new, "killed at {call:?}");
        }
        if root.join(".git").exists() {
            unlock(&root);
        }
        ok(dir.path(), &args);
        assert!(state(&root) == new, "killed at {call:?}, and received again");
        assert_eq!(git(&root, &["status", "--porcelain"]), "", "killed at {call:?}");
    });
}

/// No file or a whole one; and what was written but not remembered is carried once more.
#[test]
fn killed_at_any_call_a_bundle_is_whole_or_not_there() {
    if !traceable() {
        return;
    }
    let args = ["-C", "a", "bundle", "../one"];
    let begun = both(false);
    fs::write(begun.path().join("a/unit/last.yaml"), "名称: 戊\n").expect("a record");
    commit(begun.path(), "a");
    let whole = tempfile::tempdir().expect("a temporary folder");
    lay(begun.path(), whole.path());
    let calls = calls(whole.path(), &args);
    let ends: Vec<bool> = calls
        .par_iter()
        .map(|call| {
            let dir = tempfile::tempdir().expect("a temporary folder");
            lay(begun.path(), dir.path());
            killed_at(dir.path(), &args, call);
            let there = dir.path().join("one").exists();
            let root = dir.path().join("a");
            if there {
                git(&root, &["bundle", "verify", "-q", "../one"]);
            }
            unlock(&root);
            let again = program(dir.path(), &["-C", "a", "bundle", "../two"]).output().expect("the program runs");
            assert!(there || again.status.success(), "killed at {call:?}: {}", String::from_utf8_lossy(&again.stderr));
            ok(dir.path(), &["-C", "b", "receive", "../more"]);
            for bundle in ["one", "two"].into_iter().filter(|b| dir.path().join(b).exists()) {
                ok(dir.path(), &["-C", "b", "receive", &format!("../{bundle}")]);
            }
            assert!(state(&root) == state(&dir.path().join("b")), "killed at {call:?}");
            there
        })
        .collect();
    assert!(ends.iter().any(|e| *e) && ends.iter().any(|e| !*e));
}

/// Which files are neither as they were nor as they were to be.
fn difference(now: &BTreeMap<PathBuf, Vec<u8>>, old: &BTreeMap<PathBuf, Vec<u8>>, new: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let all: BTreeSet<&PathBuf> = now.keys().chain(old.keys()).chain(new.keys()).collect();
    let word = |p: &PathBuf| match (now.get(p) == old.get(p), now.get(p) == new.get(p)) {
        (true, true) => None,
        (true, false) => Some(format!("{} old", p.display())),
        (false, true) => Some(format!("{} new", p.display())),
        (false, false) => Some(format!("{} neither", p.display())),
    };
    all.into_iter().filter_map(word).collect::<Vec<_>>().join(", ")
}

/// Waits until a condition holds; fails where it never does.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_lock_goes_with_the_process_that_held_it() {
    let dir = desk();
    let pipe = dir.path().join("units.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    // It takes the lock and then waits for a list that nobody writes.
    let mut holder = program(dir.path(), &["new-round", "2021-r2", "--from", "units.csv"]).spawn().expect("the program runs");
    let lock = dir.path().join(".xuncha/lock");
    until("the lock is taken", || File::open(&lock).is_ok_and(|l| l.try_lock().is_err()));
    let add = ["add", "interview", "2021-r1/qinghe", "id=2021-05-12-a", "date=2021-05-12"];
    let mut waiting = program(dir.path(), &add).spawn().expect("the program runs");
    std::thread::sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().expect("a process").is_none(), "another writer waits for the lock");
    let before = state_without(dir.path(), &pipe);
    holder.kill().expect("it can be killed");
    holder.wait().expect("a process");
    assert!(waiting.wait().expect("a process").success(), "after kill -9 nothing is in the way");
    assert_eq!(state_without(dir.path(), &pipe).len(), before.len() + 1);
}

/// The state but for a pipe, which would never end.
fn state_without(dir: &Path, pipe: &Path) -> Vec<PathBuf> {
    files(dir).into_iter().filter(|p| p != pipe && !p.to_string_lossy().contains(".xuncha")).collect()
}

#[test]
fn twenty_processes_adding_at_once_lose_nothing() {
    const N: usize = 20;
    let dir = desk();
    let before = state(dir.path());
    let role =
        |i: usize| ["--role", "head", "--decision", "agreed", "--date"].map(String::from).into_iter().chain([format!("2021-04-{i:02}")]);
    let mut all: Vec<(Vec<String>, Child)> = Vec::new();
    for i in 1..=N {
        let lines: [Vec<String>; 4] = [
            ["add", "interview", "2021-r1/qinghe", "date=2021-05-12"].map(String::from).to_vec(),
            ["add", "petition", "2021-r1/shuitou"].map(String::from).to_vec(),
            ["event", "2021-r1/qinghe", "incident", &format!("2021-04-{i:02}")].map(String::from).to_vec(),
            ["approve", PLAN].map(String::from).into_iter().chain(role(i)).collect(),
        ];
        for line in lines {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            let child = program(dir.path(), &words).spawn().expect("the program runs");
            all.push((line, child));
        }
    }
    for (line, child) in all {
        let done = child.wait_with_output().expect("a process");
        assert!(done.status.success(), "{line:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let after = state(dir.path());
    let plan = String::from_utf8(after[Path::new(PLAN)].clone()).expect("UTF-8");
    for i in 1..=N {
        assert_eq!(plan.matches(&format!("2021-04-{i:02}")).count(), 1, "the approval of 2021-04-{i:02}: {plan}");
        let event = format!("rounds/2021-r1/qinghe/milestone/2021-04-{i:02}-incident.yaml");
        assert!(after.contains_key(Path::new(&event)), "{event}");
    }
    let new = |folder: &str| after.keys().filter(|p| p.starts_with(folder) && !before.contains_key(*p)).count();
    assert_eq!(new("rounds/2021-r1/qinghe/interview"), N);
    assert_eq!(new("rounds/2021-r1/shuitou/petition"), N);
    assert_eq!(after.len(), before.len() + 3 * N);
    for (path, bytes) in before.iter().filter(|(p, _)| **p != Path::new(PLAN)) {
        assert_eq!(after.get(path), Some(bytes), "{}", path.display());
    }
    ok(dir.path(), &["status"]);
}
