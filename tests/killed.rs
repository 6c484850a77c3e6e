//! A command killed at any of its system calls leaves the old state or the new; its lock goes with it; of many processes writing at once nothing is lost.
//!
//! `strace` kills the built program before the call; where there is none, or it may not trace, that test says so and is left out.

#![cfg(unix)]

mod common;

use common::{files, lay, root};
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
    all.filter(|p| !hidden(p)).map(|p| (p.clone(), fs::read(dir.join(&p)).expect("it can be read"))).collect()
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
const WRITING: [&[&str]; 9] = [
    &["new-round", "2021-r2", "--unit", "jiaoyuju=教育局"],
    &["new-round", "2021-r1", "--unit", "jiaoyuju=教育局"],
    &["add", "interview", "2021-r1/qinghe", "id=2021-05-12-a", "date=2021-05-12"],
    &["add", "interview", "2021-r1/qinghe", "--from", "talks.csv"],
    &["event", "2021-r1/qinghe", "withdrawal", "2021-05-12"],
    &["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-05-12"],
    &["advance", "2021-r1/qinghe", "--force", "--reason", "上级要求", "--by", "head"],
    &["confirm", "2021-r1/qinghe", "XH-12-3a", "--by", "leader"],
    &["number", "interview", "2021-r1/qinghe"],
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
