//! The guard before git: it looks at the index and not at the folder, hooks call it, and a repository from elsewhere runs nothing.

#![cfg(unix)]

mod common;

use common::{Book, Ran, git, root};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

const TODAY: &str = "2021-02-01";
const TALK: &str = "rounds/2020-r2/zhixiao/interview/2020-09-04-wm52.yaml";

/// A direct-delivery item with ciphertext and a sealed attachment.
const DIRECT: (&str, &str) = (
    "rounds/r/u/petition/a.yaml",
    "被反映人类别: county_leader\n反映问题概述: age:YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBBQUFB\n附件: [{ 文件路径: files/a.pdf.age }]\n",
);

/// The example casebook, committed.
fn book() -> Book {
    let book = Book::new("demo");
    git(book.path(), &["init", "-q"]);
    git(book.path(), &["add", "-A"]);
    git(book.path(), &["commit", "-q", "-m", "all"]);
    book
}

fn talk(book: &Book, more: &str) {
    let text = fs::read_to_string(root().join("examples/demo").join(TALK)).expect("a record");
    book.write(TALK, format!("{text}{more}"));
}

/// The built program, as a hook or a person starts it.
fn xuncha(dir: &Path, args: &[&str]) -> Ran {
    let done = Command::new(env!("CARGO_BIN_EXE_xuncha"))
        .args(args)
        .args(["--lang", "en"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env("XUNCHA_TODAY", TODAY)
        .output()
        .expect("it can be run");
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    Ran { out: text(&done.stdout), err: text(&done.stderr), code: done.status.code().expect("a code") as u8 }
}

/// Code, severity and file of each finding.
fn found(book: &Book, args: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["guard"].iter().chain(args).chain(&["--format", "json"]).copied().collect();
    let ran = xuncha(book.path(), &args);
    let all: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
    assert_eq!(ran.code == 1, all.iter().any(|f| f["severity"] == "error"), "{all:?}");
    let word = |f: &Value, key: &str| f[key].as_str().expect("a text").to_string();
    all.iter().map(|f| format!("{} {} {}", word(f, "code"), word(f, "severity"), word(f, "file"))).collect()
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_folder() {
    let book = book();
    talk(&book, "备注: 13800138000\n");
    assert!(found(&book, &[]).is_empty(), "nothing is staged");
    git(book.path(), &["add", "-A"]);
    talk(&book, "");
    assert_eq!(found(&book, &[]), [format!("personal-number error {TALK}")]);
    git(book.path(), &["add", "-A"]);
    assert!(found(&book, &[]).is_empty());
    book.remove(TALK);
    assert!(found(&book, &[]).is_empty());
}

/// What it is about, the files that are staged, and what is then found.
type Staged = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

/// Files of a small casebook that are staged and taken away from the folder.
const STAGED: &[Staged] = &[
    (
        "a name and its bearer together",
        &[("person/zu-77.yaml", "姓名: 欧阳甲\n"), ("unit/x.yaml", "备注: 欧阳甲经手\n")],
        &["person-name error unit/x.yaml"],
    ),
    (
        "a name of two letters inside a word",
        &[("person/zu-77.yaml", "姓名: 高原\n"), ("unit/x.yaml", "备注: 青藏高原上\n")],
        &["person-name warning unit/x.yaml"],
    ),
    (
        "a name in a comment and in a path",
        &[("person/zu-77.yaml", "姓名: 欧阳甲\n"), ("unit/欧阳甲.yaml", "# 欧阳甲\n名称: 甲\n")],
        &["person-name error unit/欧阳甲.yaml"; 2],
    ),
    ("a post is no name", &[("person/zu-77.yaml", "姓名: 巡察组组长\n"), ("unit/x.yaml", "备注: 巡察组组长\n")], &[]),
    ("a phone where one belongs", &[("office.yaml", "联络体系:\n  - { 电话: \"13800138000\" }\n")], &[]),
    (
        "a phone in a key",
        &[("unit/x.yaml", "13800138000: 甲\n")],
        &["personal-number error unit/x.yaml", "unknown-field error unit/x.yaml"],
    ),
    (
        "a broken record",
        &[("unit/x.yaml", "名称: [甲\n备注: 13800138000\n")],
        &["unclosed-bracket error unit/x.yaml", "personal-number error unit/x.yaml"],
    ),
    (
        "a text instead of sealed parts",
        &[("rounds/2020-r2/zhixiao/interview/x.yaml", "反映问题: 某某的事\n")],
        &["sealed-plain error rounds/2020-r2/zhixiao/interview/x.yaml"],
    ),
    (
        "a record above the level",
        &[("xuncha.toml", "[guard]\nsecrecy = \"open\"\n"), ("unit/x.yaml", "备注: 甲\n保密级别: 限知\n")],
        &["above-level error unit/x.yaml"; 2],
    ),
    ("the same where nothing is said", &[("unit/x.yaml", "备注: 甲\n保密级别: 限知\n")], &[]),
    (
        "accepted",
        &[
            ("xuncha.toml", "[[guard.accept]]\nfile = \"unit/x.yaml\"\ncode = \"personal-number\"\nreason = \"文号\"\n"),
            ("unit/x.yaml", "备注: 13800138000\n"),
        ],
        &[],
    ),
    (
        "a key cannot be accepted",
        &[
            ("xuncha.toml", "[[guard.accept]]\nfile = \"files/k\"\ncode = \"private-key\"\nreason = \"x\"\n"),
            ("files/k", "-----BEGIN EC PRIVATE KEY-----\n"),
        ],
        &["private-key error files/k"],
    ),
    (
        "papers out of their place",
        &[("rounds/2020-r2/x.pdf", "x"), ("x.docx", "x"), ("资料/x.md", "x"), ("files/x.pdf", "x")],
        &["stray-attachment error rounds/2020-r2/x.pdf", "stray-attachment error x.docx"],
    ),
    (
        "an attachment as its record says",
        &[
            ("files/a", "abc"),
            (
                "unit/x.yaml",
                "附件:\n  - { 文件路径: files/a, 文件校验值: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad }\n",
            ),
        ],
        &[],
    ),
    (
        "an attachment that is another",
        &[
            ("files/a", "abd"),
            (
                "unit/x.yaml",
                "附件:\n  - { 文件路径: files/a, 文件校验值: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad }\n",
            ),
        ],
        &["changed-attachment error unit/x.yaml"],
    ),
    (
        "a sealed attachment that is none, and one whose plain file is still there",
        &[("files/a.txt.age", "plain"), ("files/b.pdf.age", "age-encryption.org/v1\n-> X25519 A\n"), ("files/b.pdf", "x")],
        &["sealed-plain error files/a.txt.age", "sealed-plain error files/b.pdf"],
    ),
    (
        "names in attachments that are text, and in the names of all",
        &[
            ("person/zu-01.yaml", "姓名: 欧阳甲乙\n"),
            ("files/a.TXT", "由欧阳甲乙转交，电话 13800138000\n"),
            ("files/b.csv", "甲,欧阳甲乙\n"),
            ("files/c.md", "# 欧阳甲乙\n"),
            ("files/d.xml", "欧阳甲乙\n"),
            ("files/欧阳甲乙.pdf", "x"),
        ],
        &[
            "person-name error files/a.TXT",
            "person-name error files/b.csv",
            "person-name error files/c.md",
            "person-name error files/欧阳甲乙.pdf",
        ],
    ),
    (
        "ciphertext of a direct-delivery item",
        &[(DIRECT.0, DIRECT.1)],
        &["direct-content error rounds/r/u/petition/a.yaml", "direct-content error rounds/r/u/petition/a.yaml"],
    ),
    (
        "ciphertext of a direct-delivery item where the office allows it",
        &[("xuncha.toml", "[sealing]\ndirect_content = \"leaders\"\n"), (DIRECT.0, DIRECT.1)],
        &[],
    ),
    ("an attachment outside the casebook", &[("unit/x.yaml", "附件:\n  - { 文件路径: ../a, 文件校验值: ba78 }\n")], &[]),
    (
        "an own kind that is staged",
        &[
            (
                "kinds/notice.toml",
                "kind = \"notice\"\ntitle = { zh = \"通告\", en = \"Notice\" }\nscope = [\"case\"]\n[[field]]\nkey = \"who\"\nlabel = { zh = \"何人\", en = \"Who\" }\ntype = \"text\"\nsecrecy = \"never\"\n",
            ),
            ("rounds/2020-r2/zhixiao/notice/a.yaml", "何人: 某某\n"),
        ],
        &["never-field error rounds/2020-r2/zhixiao/notice/a.yaml"],
    ),
];

#[test]
fn what_must_not_go_into_git_is_found() {
    let mut wrong = Vec::new();
    for (what, files, want) in STAGED {
        let book = Book::new("none");
        book.write("xuncha.toml", "[office]\nname = \"试点\"\n");
        git(book.path(), &["init", "-q"]);
        for (rel, text) in *files {
            book.write(rel, text);
        }
        git(book.path(), &["add", "-A"]);
        // Nothing of it need lie in the folder.
        for (rel, _) in files.iter().filter(|(rel, _)| *rel != "xuncha.toml") {
            book.remove(rel);
        }
        let got = found(&book, &[]);
        if got != *want {
            wrong.push(format!("{what}: {got:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_record_that_is_not_staged_still_knows_its_attachment() {
    let book = book();
    let case = "rounds/2020-r2/zhixiao";
    talk(&book, "附件:\n  - { 文件路径: files/a, 文件校验值: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad }\n");
    book.write(&format!("{case}/files/a"), "abc");
    git(book.path(), &["add", "-A"]);
    assert!(found(&book, &[]).is_empty());
    git(book.path(), &["commit", "-q", "-m", "an attachment"]);
    book.write(&format!("{case}/files/a"), "changed");
    git(book.path(), &["add", "-A"]);
    assert_eq!(found(&book, &[]), [format!("changed-attachment error {TALK}")]);
}

#[test]
fn history_keeps_what_was_deleted_or_left_on_another_branch() {
    let book = book();
    git(book.path(), &["checkout", "-q", "-b", "side"]);
    talk(&book, "备注: 13800138000\n");
    git(book.path(), &["commit", "-q", "-a", "-m", "side"]);
    git(book.path(), &["checkout", "-q", "main"]);
    git(book.path(), &["branch", "-q", "-D", "side"]);
    assert!(found(&book, &[]).is_empty());
    let past = found(&book, &["--history"]);
    let [one] = past.as_slice() else { panic!("{past:?}") };
    let place = one.split(' ').next_back().expect("a place");
    // The place can be shown as it stands.
    assert!(git(book.path(), &["show", place]).contains("13800138000"));
    assert!(found(&book, &["--range", "main"]).is_empty());
}

/// A program that leaves a mark, and the mark.
fn trap(book: &Book) -> (String, std::path::PathBuf) {
    let mark = book.path().join(".git/sprung");
    let path = book.write(".git/trap", format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display()));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be set");
    (path.display().to_string(), mark)
}

#[test]
fn a_repository_from_elsewhere_runs_nothing() {
    let book = book();
    let (trap, mark) = trap(&book);
    let hooks = book.path().join(".git/planted");
    fs::create_dir(&hooks).expect("a folder");
    for hook in ["pre-commit", "post-index-change", "reference-transaction", "post-checkout", "pre-push"] {
        fs::copy(&trap, hooks.join(hook)).expect("a hook");
    }
    book.write(".gitattributes", "* diff=evil filter=evil merge=evil\n");
    talk(&book, "备注: 甲\n");
    git(book.path(), &["add", "-A"]);
    git(book.path(), &["commit", "-q", "-m", "attributes"]);
    talk(&book, "备注: 乙\n");
    git(book.path(), &["add", "-A"]);
    for (key, value) in [
        ("core.fsmonitor", trap.as_str()),
        ("core.hooksPath", hooks.to_str().expect("UTF-8")),
        ("core.pager", &trap),
        ("core.sshCommand", &trap),
        ("core.askPass", &trap),
        ("core.editor", &trap),
        ("diff.external", &trap),
        ("diff.evil.textconv", &trap),
        ("diff.evil.command", &trap),
        ("filter.evil.clean", &trap),
        ("filter.evil.smudge", &trap),
        ("filter.evil.process", &trap),
        ("merge.evil.driver", &trap),
        ("log.showSignature", "true"),
        ("gpg.program", &trap),
        ("credential.helper", &trap),
        ("pager.diff-index", "true"),
        ("pager.rev-list", "true"),
        ("alias.diff-index", &format!("!{trap}")),
        ("alias.cat-file", &format!("!{trap}")),
        ("remote.origin.url", &format!("ext::{trap}")),
        ("remote.origin.promisor", "true"),
        ("protocol.ext.allow", "always"),
    ] {
        git(book.path(), &["config", key, value]);
    }
    // An object that is lacking would be fetched from the remote above.
    let lost = git(book.path(), &["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "rev-parse", &format!("HEAD:{TALK}")]);
    let (head, tail) = lost.trim().split_at(2);
    fs::remove_file(book.path().join(".git/objects").join(head).join(tail)).expect("a loose object");
    let _ = fs::remove_file(&mark);
    for args in [
        &["guard"][..],
        &["guard", "--history"],
        &["guard", "--range", "HEAD"],
        &["guard", "--push"],
        &["guard", "install"],
        &["guard", "install", "--chain"],
        &["guard", "install", "--remove"],
        &["check"],
        &["status"],
        &["stats"],
    ] {
        let ran = xuncha(book.path(), args);
        assert!(!mark.exists(), "{args:?} sprang the trap: {} {}", ran.out, ran.err);
    }
    // The trap is one: git by itself runs into it.
    let _ = Command::new("git").arg("status").current_dir(book.path()).stdout(Stdio::null()).status();
    assert!(mark.exists(), "the trap does not work");
}

/// Runs git as a person does, with the built program on the path; gives whether it succeeded, and what it said.
fn by_hand(dir: &Path, args: &[&str]) -> (bool, String) {
    let built = Path::new(env!("CARGO_BIN_EXE_xuncha")).parent().expect("a folder");
    let done = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.invalid"])
        .args(args)
        .current_dir(dir)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")])
        .env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap_or_default()))
        .output()
        .expect("git");
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr))
}

#[test]
fn hooks_stop_a_commit_and_a_push_and_keep_what_was_there() {
    // The casebook is a folder of the repository, with a name that a shell could trip over.
    let above = tempfile::tempdir().expect("a temporary folder");
    let dir = above.path().join("县 'a'");
    fs::create_dir(&dir).expect("a folder");
    common::lay(&root().join("examples/demo"), &dir);
    git(above.path(), &["init", "-q", "."]);
    git(above.path(), &["init", "-q", "--bare", "far.git"]);
    git(above.path(), &["remote", "add", "origin", "far.git"]);
    fs::write(above.path().join(".gitignore"), "far.git\n").expect("a file");
    git(above.path(), &["add", "-A"]);
    git(above.path(), &["commit", "-q", "-m", "all"]);
    let hook = above.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    fs::write(&hook, "#!/bin/sh\necho earlier\n").expect("a hook");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("it can be set");
    let refused = xuncha(&dir, &["guard", "install"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--chain"), "{}", refused.err);
    assert_eq!(fs::read_to_string(&hook).expect("a hook"), "#!/bin/sh\necho earlier\n");
    assert!(!above.path().join(".git/hooks/pre-push").exists());
    assert_eq!(xuncha(&dir, &["guard", "install", "--chain"]).code, 0);
    let talk = dir.join(TALK);
    let clean = fs::read_to_string(&talk).expect("a record");
    fs::write(&talk, format!("{clean}备注: 13800138000\n")).expect("a record");
    for args in [&["commit", "-a", "-m", "x"][..], &["commit", "-m", "x", "--", &format!("县 'a'/{TALK}")]] {
        let (done, said) = by_hand(above.path(), args);
        assert!(!done && said.contains("earlier") && said.contains("personal-number"), "{args:?}: {said}");
    }
    assert!(by_hand(above.path(), &["commit", "-q", "--no-verify", "-a", "-m", "x"]).0);
    let (pushed, said) = by_hand(above.path(), &["push", "-q", "origin", "HEAD:refs/heads/main"]);
    assert!(!pushed && said.contains("personal-number"), "{said}");
    by_hand(above.path(), &["reset", "-q", "--hard", "HEAD~1"]);
    fs::write(&talk, format!("{clean}备注: 甲\n")).expect("a record");
    let (done, said) = by_hand(above.path(), &["commit", "-a", "-m", "y"]);
    assert!(done && said.contains("earlier"), "{said}");
    let (pushed, said) = by_hand(above.path(), &["push", "-q", "origin", "HEAD:refs/heads/main"]);
    assert!(pushed, "{said}");
    assert_eq!(xuncha(&dir, &["guard", "install", "--remove"]).code, 0);
    assert_eq!(fs::read_to_string(&hook).expect("a hook"), "#!/bin/sh\necho earlier\n");
}

#[test]
fn an_own_hooks_path_is_left_alone() {
    let book = book();
    git(book.path(), &["config", "core.hooksPath", ".husky"]);
    let ran = xuncha(book.path(), &["guard", "install"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains(".husky") && ran.err.contains("xuncha guard"), "{}", ran.err);
    assert!(!book.path().join(".husky").exists() && !book.path().join(".git/hooks/pre-push").exists());
}
