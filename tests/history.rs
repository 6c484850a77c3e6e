//! What git knows: the story of a case, what was changed after its approval, the casebook as it stood; nothing that a repository brings along is run.

#![cfg(unix)]

mod common;
#[path = "common/git.rs"]
mod git;

use common::{Book, Ran};
use git::Repo;
use serde_json::Value;
use std::fs;

const PLAN: &str = "rounds/2021-r1/qinghe/plan/2021-03-11-tanhua.yaml";
const CASE: &str = "2021-r1/qinghe";

fn run(repo: &Repo, args: &[&str]) -> Ran {
    repo.book.run(args, "2021-05-20")
}

/// A casebook whose plan was approved on the 11th, changed on the 12th, and went on to the next stage.
fn told() -> Repo {
    let repo = Repo::example("midway");
    repo.commit("联络员", "2021-05-10", "初始");
    let approve = ["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-05-11"];
    assert_eq!(run(&repo, &approve).code, 0);
    repo.commit("办公室", "2021-05-11", "审批");
    repo.edit(PLAN, "日期: 2021-03-11\n方案内容", "日期: 2021-03-12\n方案内容");
    assert_eq!(run(&repo, &["waive", CASE, "XH-11-1a", "--by", "head", "--reason", "换届"]).code, 0);
    repo.commit("组员", "2021-05-12", "改期");
    let advance = ["advance", CASE, "--force", "--reason", "上级要求", "--by", "head", "--today", "2021-05-13"];
    assert_eq!(run(&repo, &advance).code, 0);
    repo.commit("组长", "2021-05-13", "推进");
    repo
}

fn story(repo: &Repo, args: &[&str]) -> Vec<(String, String, String)> {
    let all: Vec<&str> = ["log", CASE, "--format", "json"].into_iter().chain(args.iter().copied()).collect();
    let ran = run(repo, &all);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_string();
    rows.iter().map(|r| (text(r, "author"), text(r, "what"), text(r, "text"))).collect()
}

#[test]
fn the_story_of_a_case_says_who_did_what() {
    let repo = told();
    let zh = story(&repo, &[]);
    let since = |rows: &[(String, String, String)], who: &str| -> Vec<String> {
        rows.iter().filter(|r| r.0 == who).map(|r| format!("{}: {}", r.1, r.2)).collect()
    };
    assert_eq!(since(&zh, "办公室"), ["approved: 领导小组组长 2021-05-11 同意：方案 2021-03-11-tanhua"]);
    let changed = since(&zh, "组员");
    assert_eq!(changed[0], "changed-after-approval: 审批后改动方案 2021-03-11-tanhua：日期");
    assert!(changed[1].starts_with("waived: 豁免 XH-11-1a ") && changed[1].ends_with("：换届"), "{changed:?}");
    let on = since(&zh, "组长");
    assert!(on.iter().any(|l| l.starts_with("advanced: 进入“") && l.ends_with("” 2021-05-13")), "{on:?}");
    let en = story(&repo, &["--lang", "en", "--decisions"]);
    assert_eq!(since(&en, "组员")[0], "changed-after-approval: changed after its approval, Plan 2021-03-11-tanhua: Date");
    assert!(en.iter().all(|r| !["recorded", "file", "event", "changed"].contains(&r.1.as_str())));
    assert!(en.len() < zh.len());
    for (format, head) in [("table", "日期"), ("md", "| 日期 | 谁 | 做了什么 | 提交 |"), ("csv", "\u{feff}日期,谁,做了什么,提交")]
    {
        let ran = run(&repo, &["log", CASE, "--format", format]);
        assert!(ran.code == 0 && ran.out.starts_with(head), "{}", ran.out);
        assert!(ran.out.contains("审批后改动"), "{}", ran.out);
    }
    repo.edit(PLAN, "2021-03-12", "2021-03-14");
    assert_eq!(run(&repo, &["log", CASE]).err, "另有 1 个文件改了还没有提交\n");
}

#[test]
fn a_signed_commit_is_shown_as_such() {
    let repo = told();
    assert!(!run(&repo, &["log", CASE]).out.contains("已签名"));
    let key = repo.book.path().join("key");
    let made = std::process::Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    if !made.is_ok_and(|s| s.success()) {
        eprintln!("left out: no key can be made here (ssh-keygen)");
        return;
    }
    repo.edit(PLAN, "2021-03-12", "2021-03-14");
    repo.git(&["config", "gpg.format", "ssh"]);
    repo.git(&["config", "user.signingkey", "key"]);
    repo.git(&["-c", "user.name=主任", "-c", "user.email=a@b", "commit", "-q", "-S", "-m", "签", "--", PLAN]);
    let out = run(&repo, &["log", CASE]).out;
    let signed: Vec<&str> = out.lines().filter(|l| l.contains("(已签名)")).collect();
    assert!(signed.len() == 1 && signed[0].contains("主任"), "{out}");
}

fn after(repo: &Repo, args: &[&str]) -> Vec<String> {
    let all: Vec<&str> =
        ["check", "--only", "changed-after-approval", "--format", "json"].into_iter().chain(args.iter().copied()).collect();
    let ran = run(repo, &all);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
    rows.iter().map(|r| format!("{} {}", r["file"].as_str().unwrap_or_default(), r["message"].as_str().unwrap_or_default())).collect()
}

#[test]
fn what_changed_after_its_last_approval_is_reported_when_asked_for() {
    let repo = told();
    let said = format!("{PLAN} 领导小组组长 2021-05-11 审批（2021-05-11 提交）以后，组员 于 2021-05-12 改了：日期");
    assert_eq!(after(&repo, &["--history"]), std::slice::from_ref(&said));
    assert_eq!(after(&repo, &[]), Vec::<String>::new(), "only when asked for");
    assert_eq!(after(&repo, &["--history", "2021-r1/shuitou"]), Vec::<String>::new(), "not in another case");
    repo.edit("xuncha.toml", "[defaults]", "[history]\ncheck = true\n[defaults]");
    assert_eq!(after(&repo, &[]), [said], "or by a setting");
    // What was empty when it was approved and is filled in now is no change; nor is another order or language.
    repo.edit(PLAN, "日期: 2021-03-12\n", "");
    repo.edit(PLAN, "方案类型", "date: 2021-03-11\n备注: 已送\n方案类型");
    assert_eq!(after(&repo, &[]), Vec::<String>::new());
    repo.edit(PLAN, "date: 2021-03-11", "date: 2021-03-13");
    let open = format!("{PLAN} 领导小组组长 2021-05-11 审批（2021-05-11 提交）以后又改了，还没有提交：日期");
    assert_eq!(after(&repo, &[]), [open]);
    // A new approval is given to what stands there.
    let again = ["approve", PLAN, "--role", "head", "--decision", "agreed", "--date", "2021-05-14"];
    assert_eq!(run(&repo, &again).code, 0);
    assert_eq!(after(&repo, &[]), Vec::<String>::new());
    repo.commit("办公室", "2021-05-14", "重新审批");
    assert_eq!(after(&repo, &[]), Vec::<String>::new());
}

#[test]
fn the_casebook_as_it_stood_is_judged_as_of_that_day() {
    let repo = told();
    let before = repo.tree();
    let then = |args: &[&str]| run(&repo, args);
    let now = then(&["check", "--format", "csv"]).out;
    let day = then(&["check", "--at", "2021-05-10", "--format", "csv"]);
    assert_eq!(day.err, format!("按 2021-05-10 的案卷（提交 {}）\n", &repo.id("HEAD~3")[..10]));
    // The first commit checked out by git, with the day given, is judged alike.
    let other = Repo { book: Book::new("none") };
    repo.git(&["clone", "-q", ".", &other.book.path().join("book").display().to_string()]);
    let book = other.book.path().join("book");
    other.git(&["-C", "book", "checkout", "-q", &repo.id("HEAD~3")]);
    for command in ["check", "deadlines"] {
        let plain = common::run_in(&book, &[command, "--format", "json"], "2021-05-10").out;
        let at = then(&[command, "--at", "2021-05-10", "--format", "json"]).out;
        assert_eq!(plain, at, "{command}");
        assert_eq!(plain, then(&[command, "--at", &repo.id("HEAD~3"), "--format", "json"]).out, "the day of the commit is today");
        let later = common::run_in(&book, &[command, "--format", "json"], "2022-01-01").out;
        assert_eq!(later, then(&[command, "--at", "HEAD~3", "--today", "2022-01-01", "--format", "json"]).out);
    }
    assert_ne!(day.out, now);
    for (when, words) in [("2020-01-01", "2020-01-01 以前没有提交"), ("nix", "git 里没有 `nix`"), ("-x", "`-x`"), ("", "git 里没有 ``")]
    {
        let ran = then(&["check", &format!("--at={when}")]);
        assert!(ran.code == 2 && ran.err.contains(words), "{when}: {}", ran.err);
    }
    assert_eq!(repo.tree(), before, "nothing is written into the casebook");
    let left: Vec<_> = fs::read_dir(repo.book.path().join(".xuncha/at")).expect("the folder").collect();
    assert!(left.is_empty(), "nothing is left behind: {left:?}");
}

#[test]
fn without_git_it_is_said() {
    let book = Book::example("midway");
    for args in [&["log", CASE][..], &["check", "--history"], &["check", "--at", "HEAD"], &["deadlines", "--at", "2021-05-10"]] {
        for (lang, words) in [("zh", "不在 git 库里"), ("en", "is in no git repository")] {
            let all: Vec<&str> = args.iter().copied().chain(["--lang", lang]).collect();
            let ran = book.run(&all, "2021-05-20");
            assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(words), "{args:?}: {} {}", ran.out, ran.err);
        }
    }
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let repo = told();
    let mark = repo.book.path().join(".git/ran");
    let script = repo.book.path().join(".git/script");
    fs::write(&script, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", mark.display())).expect("a script");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("modes can be set");
    let run_it = script.display().to_string();
    for key in [
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.clean",
        "gpg.program",
        "core.editor",
    ] {
        repo.git(&["config", key, &run_it]);
    }
    repo.git(&["config", "log.showSignature", "true"]);
    fs::write(repo.book.path().join(".git/info/attributes"), "*.yaml diff=x filter=x\n").expect("attributes");
    fs::create_dir_all(repo.book.path().join(".git/hooks")).expect("a folder");
    for hook in ["post-checkout", "post-index-change", "reference-transaction"] {
        fs::copy(&script, repo.book.path().join(".git/hooks").join(hook)).expect("a hook");
    }
    // A file whose change git would look at through the filter.
    let text = fs::read(repo.book.path().join("xuncha.toml")).expect("settings");
    repo.book.write("unit/x.yaml", text);
    repo.git(&["add", "-N", "unit/x.yaml"]);
    repo.git(&["diff"]);
    assert!(mark.exists(), "by itself git runs it");
    fs::remove_file(&mark).expect("it is there");
    for args in [&["log", CASE][..], &["check", "--history"], &["check", "--at", "HEAD~1"], &["deadlines", "--at", "2021-05-10"]] {
        assert!(run(&repo, args).code < 2, "{args:?}");
    }
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap_or_default());
}
