//! Two machines without network, and a stick between them: what is carried, what is refused, and that nothing on the stick is run or overwrites.

#![cfg(unix)]

mod common;

use common::{Ran, files, git, lay, root};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const TODAY: &str = "2021-05-12";
const CASE: &str = "rounds/2021-r1/qinghe/case.yaml";
const TALKS: &str = "rounds/2021-r1/qinghe/interview";

/// Two machines and what is carried between them.
struct Desk {
    dir: TempDir,
}

impl Desk {
    /// The example on machine `a`, committed; nothing on the others.
    fn new() -> Desk {
        let desk = Desk { dir: tempfile::tempdir().expect("a temporary folder") };
        lay(&root().join("examples/midway"), &desk.at("a"));
        fs::copy(root().join("tests/commands/files/sealing.toml"), desk.path("a/xuncha.toml")).expect("settings");
        git(&desk.at("a"), &["init", "-q"]);
        desk.commit("a", "甲");
        desk
    }

    /// The same on both machines.
    fn both() -> Desk {
        let desk = Desk::new();
        desk.ok("a", &["bundle", "../first"]);
        desk.ok("b", &["receive", "../first"]);
        git(&desk.at("b"), &["config", "user.name", "乙"]);
        git(&desk.at("b"), &["config", "user.email", "b@example.org"]);
        desk
    }

    /// A machine's folder.
    fn at(&self, machine: &str) -> PathBuf {
        let path = self.dir.path().join(machine);
        fs::create_dir_all(&path).expect("folders can be made");
        path
    }

    /// Whatever lies there.
    fn path(&self, rel: &str) -> PathBuf {
        self.dir.path().join(rel)
    }

    fn write(&self, rel: &str, text: impl AsRef<[u8]>) {
        let path = self.dir.path().join(rel);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, rel: &str) -> String {
        fs::read_to_string(self.dir.path().join(rel)).unwrap_or_else(|e| panic!("{rel}: {e}"))
    }

    fn commit(&self, machine: &str, message: &str) {
        git(&self.at(machine), &["add", "-A"]);
        git(&self.at(machine), &["commit", "-q", "-m", message]);
    }

    /// One more talk on a machine, committed.
    fn talk(&self, machine: &str, name: &str) {
        self.write(&format!("{machine}/{TALKS}/2021-05-10-{name}.yaml"), "谈话日期: 2021-05-10\n");
        self.commit(machine, name);
    }

    /// The built program on a machine whose user has no settings of git.
    fn run(&self, machine: &str, args: &[&str]) -> Ran {
        let done = Command::new(env!("CARGO_BIN_EXE_xuncha"))
            .args(args)
            .args(["--lang", "en"])
            .current_dir(self.at(machine))
            .stdin(Stdio::null())
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .envs([("XUNCHA_TODAY", TODAY), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
            .output()
            .expect("it can be run");
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        Ran { out: text(&done.stdout), err: text(&done.stderr), code: done.status.code().expect("a code") as u8 }
    }

    fn ok(&self, machine: &str, args: &[&str]) -> Ran {
        let ran = self.run(machine, args);
        assert_eq!(ran.code, 0, "{args:?}: {} {}", ran.out, ran.err);
        ran
    }

    /// Runs it; it must refuse with that code and those words, and change nothing at all on that machine but for the lock.
    fn refused(&self, machine: &str, args: &[&str], code: u8, words: &str) {
        let before = self.all(machine);
        let ran = self.run(machine, args);
        assert_eq!(ran.code, code, "{args:?}: {} {}", ran.out, ran.err);
        assert!(format!("{}{}", ran.out, ran.err).contains(words), "{args:?}, no `{words}`: {} {}", ran.out, ran.err);
        let after = self.all(machine);
        let changed: Vec<&PathBuf> = before.keys().chain(after.keys()).filter(|p| before.get(*p) != after.get(*p)).collect();
        assert!(changed.is_empty(), "{args:?} changed {changed:?}");
    }

    /// Every file of a machine, git's own among them, but for the program's own.
    fn all(&self, machine: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let own = |p: &Path| p.components().any(|c| c.as_os_str() == ".xuncha");
        let all = files(&self.at(machine)).into_iter().filter(|p| !own(p) && !p.is_symlink());
        all.map(|p| (p.clone(), fs::read(&p).expect("it can be read"))).collect()
    }

    /// The casebook's files alone, by their paths in it.
    fn book(&self, machine: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let own = |p: &Path| p.components().any(|c| matches!(c.as_os_str().to_str(), Some(".git" | ".xuncha")));
        let base = self.at(machine);
        let all = self.all(machine).into_iter().map(|(p, b)| (p.strip_prefix(&base).expect("below").to_path_buf(), b));
        all.filter(|(p, _)| !own(p)).collect()
    }

    fn head(&self, machine: &str) -> String {
        git(&self.at(machine), &["rev-parse", "HEAD"]).trim().to_string()
    }

    fn clean(&self, machine: &str) {
        assert_eq!(git(&self.at(machine), &["status", "--porcelain"]), "", "{machine}");
        git(&self.at(machine), &["fsck", "--strict"]);
    }
}

#[test]
fn a_casebook_goes_there_and_comes_back() {
    let desk = Desk::both();
    assert_eq!(desk.book("a"), desk.book("b"));
    assert_eq!(desk.head("a"), desk.head("b"));
    assert_eq!(git(&desk.at("b"), &["branch", "--show-current"]), "main\n");
    desk.clean("b");
    // Nothing new is no bundle.
    desk.refused("a", &["bundle", "../none"], 2, "no new commit");
    assert!(!desk.path("none").exists());
    desk.talk("b", "one");
    desk.write("b/rounds/2021-r1/qinghe/files/a.bin", [0u8, 159, 146, 150]);
    desk.write("b/run.sh", "#!/bin/sh\n");
    fs::set_permissions(desk.path("b/run.sh"), fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::remove_dir_all(desk.path("b/rounds/2021-r1/shuitou")).expect("a case");
    desk.commit("b", "改");
    desk.ok("b", &["bundle", "../second"]);
    let told = desk.ok("a", &["receive", "../second"]);
    assert!(told.out.contains("received 2 commits") && told.out.contains("t  改"), "{}", told.out);
    assert_eq!(desk.book("a"), desk.book("b"));
    assert!(!desk.path("a/rounds/2021-r1/shuitou").exists(), "an empty folder is left");
    assert_eq!(fs::metadata(desk.path("a/run.sh")).expect("a file").permissions().mode() & 0o111, 0o111);
    desk.clean("a");
    // Twice, and an older one after a newer, change nothing.
    for bundle in ["../second", "../first"] {
        desk.refused("a", &["receive", bundle], 0, "nothing new");
    }
    // What came from there need not be carried there.
    desk.refused("a", &["bundle", "../none"], 2, "no new commit");
    desk.talk("a", "two");
    let told = desk.ok("a", &["bundle", "../third"]);
    assert!(told.out.contains("third: 1 commit,"), "{}", told.out);
    desk.ok("b", &["receive", "../third"]);
    assert_eq!(desk.head("a"), desk.head("b"));
}

#[test]
fn each_side_has_its_own_marks_and_a_lost_bundle_is_made_again() {
    let desk = Desk::both();
    desk.talk("a", "one");
    desk.ok("a", &["bundle", "../lost"]);
    desk.talk("a", "two");
    desk.ok("a", &["bundle", "../late"]);
    desk.refused("b", &["receive", "../late"], 2, "the bundle before this is lacking");
    let told = desk.ok("a", &["bundle", "../since", "--since", "HEAD~2"]);
    assert!(told.out.contains("2 commits"), "{}", told.out);
    let told = desk.ok("a", &["bundle", "../again", "--again"]);
    assert!(told.out.contains("2 commits"), "{}", told.out);
    let told = desk.ok("a", &["bundle", "../all", "--all"]);
    assert!(told.out.contains("3 commits"), "{}", told.out);
    // Another side has nothing yet.
    let told = desk.ok("a", &["bundle", "../north", "--to", "北区"]);
    assert!(told.out.contains("3 commits"), "{}", told.out);
    desk.refused("c", &["receive", "../late"], 2, "makes no new casebook");
    desk.ok("c", &["receive", "../north", "--from", "总办"]);
    desk.ok("b", &["receive", "../again"]);
    assert_eq!(desk.book("a"), desk.book("b"));
    assert_eq!(desk.book("a"), desk.book("c"));
    desk.refused("a", &["bundle", "../x", "--since", "nowhere"], 2, "no commit `nowhere`");
    for name in ["a/b", "..", "a b", "-x"] {
        desk.refused("a", &["bundle", "../x", &format!("--to={name}")], 2, "cannot name the other side");
    }
}

#[test]
fn new_commits_on_both_sides_are_merged_where_they_do_not_meet() {
    let desk = Desk::both();
    desk.talk("a", "one");
    desk.talk("b", "two");
    desk.ok("a", &["bundle", "../x"]);
    let told = desk.ok("b", &["receive", "../x"]);
    assert!(told.out.contains("were merged"), "{}", told.out);
    assert!(
        desk.path(&format!("b/{TALKS}/2021-05-10-one.yaml")).is_file() && desk.path(&format!("b/{TALKS}/2021-05-10-two.yaml")).is_file()
    );
    assert_eq!(git(&desk.at("b"), &["log", "-1", "--format=%an %P"]).split_whitespace().count(), 3, "a merge of two");
    desk.clean("b");
    desk.ok("b", &["bundle", "../y"]);
    desk.ok("a", &["receive", "../y"]);
    assert_eq!((desk.head("a"), desk.book("a")), (desk.head("b"), desk.book("b")));
    // A merge is somebody's: without a name it is not made.
    desk.talk("a", "three");
    desk.talk("b", "four");
    desk.ok("b", &["bundle", "../z"]);
    let ran = desk.run("a", &["receive", "../z"]);
    assert!(ran.code == 2 && ran.err.contains("git config user.name"), "{} {}", ran.out, ran.err);
    desk.clean("a");
    git(&desk.at("a"), &["config", "user.name", "甲"]);
    git(&desk.at("a"), &["config", "user.email", "a@example.org"]);
    desk.ok("a", &["receive", "../z"]);
    desk.clean("a");
}

#[test]
fn a_conflict_changes_nothing_and_can_be_settled_by_hand() {
    let desk = Desk::both();
    let text = desk.read(&format!("a/{CASE}"));
    for (machine, line) in [("a", "备注: 甲\n"), ("b", "备注: 乙\n")] {
        desk.write(&format!("{machine}/{CASE}"), format!("{text}{line}"));
        desk.commit(machine, "改");
    }
    desk.ok("a", &["bundle", "../x"]);
    let (book, head) = (desk.book("b"), desk.head("b"));
    let ran = desk.run("b", &["receive", "../x"]);
    assert_eq!(ran.code, 1, "{} {}", ran.out, ran.err);
    assert!(ran.err.contains(CASE) && ran.err.contains("git merge refs/xuncha/received/other"), "{}", ran.err);
    assert_eq!((desk.book("b"), desk.head("b")), (book, head));
    desk.clean("b");
    git(&desk.at("b"), &["merge", "-q", "-s", "ours", "-m", "取乙", "refs/xuncha/received/other"]);
    desk.refused("b", &["receive", "../x"], 0, "nothing new");
    desk.ok("b", &["bundle", "../y"]);
    desk.ok("a", &["receive", "../y"]);
    assert_eq!(desk.book("a"), desk.book("b"));
}

#[test]
fn what_is_not_committed_is_not_overwritten() {
    let desk = Desk::both();
    desk.talk("a", "one");
    desk.ok("a", &["bundle", "../x"]);
    let one = format!("b/{TALKS}/2021-05-10-one.yaml");
    let text = desk.read(&format!("b/{CASE}"));
    desk.write(&format!("b/{CASE}"), format!("{text}# 未提交\n"));
    desk.refused("b", &["receive", "../x"], 2, CASE);
    git(&desk.at("b"), &["add", "-A"]);
    desk.refused("b", &["receive", "../x"], 2, CASE);
    git(&desk.at("b"), &["reset", "-q", "--hard"]);
    desk.write("b/.git/index.lock", "");
    desk.refused("b", &["receive", "../x"], 2, "index.lock");
    fs::remove_file(desk.path("b/.git/index.lock")).expect("a lock");
    // A file that git does not know, also where it is told not to.
    desk.write(&one, "谈话日期: 2021-05-11\n");
    desk.refused("b", &["receive", "../x"], 2, "2021-05-10-one.yaml");
    desk.write("b/.git/info/exclude", "*one*\n");
    desk.refused("b", &["receive", "../x"], 2, "2021-05-10-one.yaml");
    fs::remove_file(desk.path(&one)).expect("a file");
    // A link in the place of its folder.
    let (folder, away) = (desk.at("b").join("rounds/2021-r1/qinghe/training"), desk.path("away"));
    desk.write("a/rounds/2021-r1/qinghe/training/x.yaml", "备注: 甲\n");
    desk.commit("a", "训练");
    desk.ok("a", &["bundle", "../y", "--again"]);
    fs::create_dir(&away).expect("a folder");
    let _ = fs::remove_dir_all(&folder);
    std::os::unix::fs::symlink(&away, &folder).expect("a link");
    desk.refused("b", &["receive", "../y"], 2, "training/x.yaml");
    assert!(fs::read_dir(&away).expect("a folder").next().is_none());
    fs::remove_file(&folder).expect("a link");
    // What is there already letter by letter, and what has nothing to do with it, is in nobody's way.
    desk.write(&one, "谈话日期: 2021-05-10\n");
    desk.write("b/unit/new.yaml", "名称: 甲\n");
    desk.ok("b", &["receive", "../y"]);
    assert_eq!(git(&desk.at("b"), &["status", "--porcelain"]), "?? unit/new.yaml\n");
}

#[test]
fn a_damaged_or_foreign_file_is_refused() {
    let desk = Desk::both();
    desk.talk("a", "one");
    desk.ok("a", &["bundle", "../x"]);
    let whole = fs::read(desk.path("x")).expect("a bundle");
    let put = |name: &str, bytes: &[u8]| fs::write(desk.path(name), bytes).expect("a file");
    for cut in [0, 1, 15, 16, 30, 60, 120, whole.len() / 2, whole.len() - 21, whole.len() - 20, whole.len() - 1] {
        put("cut", &whole[..cut]);
        desk.refused("b", &["receive", "../cut"], 2, if cut < 16 { "no bundle" } else { "damaged" });
    }
    let pack = whole.windows(4).position(|w| w == b"PACK").expect("a pack");
    for at in (pack..whole.len()).step_by(37) {
        let mut other = whole.clone();
        other[at] ^= 0x41;
        put("flip", &other);
        desk.refused("b", &["receive", "../flip"], 2, "damaged");
    }
    put("more", &[whole.as_slice(), b"x"].concat());
    let ran = desk.run("b", &["receive", "../more"]);
    assert!(ran.code == 0 || ran.code == 2, "{} {}", ran.out, ran.err);
    put("text", "今天开会\n".as_bytes());
    desk.refused("b", &["receive", "../text"], 2, "no bundle");
    desk.refused("b", &["receive", "../nothing"], 2, "cannot read");
    desk.refused("b", &["receive", ".."], 2, "is no file");
    let needs: String = (0..20_000).map(|n| format!("-{n:040x} x\n")).collect();
    put("needs", format!("# v2 git bundle\n{needs}{:040x} HEAD\n\n", 1).as_bytes());
    desk.refused("b", &["receive", "../needs"], 2, "the bundle before this is lacking");
    // Another casebook, and what is none.
    desk.write("other/xuncha.toml", "[office]\nname = \"乙\"\n");
    git(&desk.at("other"), &["init", "-q"]);
    desk.commit("other", "另一个");
    desk.ok("other", &["bundle", "../other.bundle"]);
    desk.refused("a", &["receive", "../other.bundle"], 2, "another casebook");
    desk.write("none/x.txt", "x");
    git(&desk.at("none"), &["init", "-q"]);
    desk.commit("none", "x");
    git(&desk.at("none"), &["bundle", "create", "-q", "../none.bundle", "main"]);
    desk.refused("fresh", &["receive", "../none.bundle"], 2, "no casebook");
    desk.write("full/x.txt", "x");
    desk.refused("full", &["receive", "../first"], 2, "neither a casebook nor empty");
    desk.refused("a", &["receive", "../first", "rounds/x"], 2, "lies inside the casebook");
    desk.refused("a", &["bundle", "../first"], 2, "is not overwritten");
    desk.refused("a", &["bundle", "x.bundle"], 2, "lies in the casebook");
    desk.refused("a", &["bundle", "../no/x.bundle"], 2, "does not exist");
}

#[test]
fn a_casebook_in_a_part_of_a_repository_is_not_carried() {
    let desk = Desk::new();
    desk.write("c/book/xuncha.toml", "[office]\nname = \"乙\"\n");
    git(&desk.at("c"), &["init", "-q"]);
    desk.commit("c", "一");
    for args in [&["-C", "book", "bundle", "../x"][..], &["-C", "book", "receive", "../../x"]] {
        desk.ok("a", &["bundle", "../x", "--all"]);
        desk.refused("c", args, 2, "one folder of its git repository");
        let _ = fs::remove_file(desk.path("x"));
    }
}

#[test]
fn a_sealed_bundle_opens_for_those_it_is_for() {
    let desk = Desk::new();
    let file = |name: &str| root().join("tests/commands/files").join(name).display().to_string();
    let (mine, wrong, pass) = (file("zu-15.age"), file("zu-03.age"), file("pass.txt"));
    desk.ok("a", &["bundle", "../one", "--seal-to", "zu-15"]);
    let bytes = fs::read(desk.path("one")).expect("a bundle");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n") && !bytes.windows(4).any(|w| w == b"PACK"));
    desk.refused("b", &["receive", "../one", "--key", &wrong, "--passphrase-file", &pass], 2, "not sealed for this key");
    desk.refused("b", &["receive", "../one", "--key", &mine], 2, "no terminal");
    fs::write(desk.path("cut"), &bytes[..bytes.len() - 9]).expect("a file");
    desk.refused("b", &["receive", "../cut", "--key", &mine, "--passphrase-file", &pass], 2, "damaged");
    desk.ok("b", &["receive", "../one", "--key", &mine, "--passphrase-file", &pass]);
    assert_eq!(desk.book("a"), desk.book("b"));
    desk.refused("a", &["bundle", "../x", "--all", "--seal-to", "zu-99"], 2, "zu-99");
    desk.refused("a", &["bundle", "../x", "--all", "--seal-to", "head"], 2, "no public key");
    let told = desk.ok("a", &["bundle", "../all", "--all", "--seal"]);
    assert!(told.out.contains("zu-15"), "{}", told.out);
}

#[test]
fn the_guard_stands_on_both_sides() {
    let desk = Desk::both();
    desk.write("a/unit/x.yaml", "名称: 甲\n备注: 13800138000\n");
    desk.commit("a", "号码");
    fs::remove_file(desk.path("a/unit/x.yaml")).expect("a file");
    desk.commit("a", "删去");
    desk.refused("a", &["bundle", "../x"], 1, "personal-number");
    assert!(!desk.path("x").exists());
    desk.ok("a", &["bundle", "../x", "--force"]).out.contains("personal-number").then_some(()).expect("it is named all the same");
    // Refused, nothing of it is left in the repository.
    desk.refused("b", &["receive", "../x"], 1, "personal-number");
    desk.ok("b", &["receive", "../x", "--force"]);
    // What one side has looked at passes on the other, and that is said.
    desk.write("a/unit/x.yaml", "名称: 甲\n备注: 13800138000\n");
    let accept = "\n[[guard.accept]]\nfile = \"unit/x.yaml\"\ncode = \"personal-number\"\nreason = \"文号\"\n";
    desk.write("a/xuncha.toml", format!("{}{accept}", desk.read("a/xuncha.toml")));
    desk.commit("a", "文号");
    desk.ok("a", &["bundle", "../y"]);
    let told = desk.ok("b", &["receive", "../y"]);
    assert!(told.err.contains("settings of the guard have changed"), "{}", told.err);
}

/// A bundle of one commit on top of the last, whose tree holds one more entry: `MODE TYPE OID<TAB>NAME`.
fn planted(desk: &Desk, entry: &str, bundle: &str) {
    let dir = desk.at("evil");
    let tree = git(&dir, &["ls-tree", "HEAD"]);
    let list = desk.path("list");
    fs::write(&list, format!("{tree}{entry}\n")).expect("a list");
    let made = Command::new("git").arg("mktree").arg("--missing").current_dir(&dir).stdin(fs::File::open(&list).expect("a list")).output();
    let tree = String::from_utf8_lossy(&made.expect("git runs").stdout).trim().to_string();
    let commit = git(&dir, &["commit-tree", &tree, "-p", "HEAD", "-m", "x"]).trim().to_string();
    git(&dir, &["update-ref", "refs/heads/evil", &commit]);
    git(&dir, &["bundle", "create", "-q", &format!("../{bundle}"), "evil", "--not", "main"]);
}

#[test]
fn what_a_stranger_puts_into_a_bundle_stays_out() {
    let desk = Desk::both();
    git(desk.dir.path(), &["clone", "-q", "a", "evil"]);
    let dir = desk.at("evil");
    let blob = |text: &str| {
        let file = desk.path("blob");
        fs::write(&file, text).expect("a file");
        git(&dir, &["hash-object", "-w", file.to_str().expect("UTF-8")]).trim().to_string()
    };
    let tree = |entry: &str| {
        let file = desk.path("entry");
        fs::write(&file, format!("{entry}\n")).expect("a file");
        let made = Command::new("git").arg("mktree").current_dir(&dir).stdin(fs::File::open(&file).expect("a file")).output();
        String::from_utf8_lossy(&made.expect("git runs").stdout).trim().to_string()
    };
    let link = blob("/etc");
    let hook = blob("#!/bin/sh\ntouch /tmp/never\n");
    let head = desk.head("evil");
    let journal = blob("{\"old\":null,\"new\":\"0123456789abcdef0123456789abcdef01234567\"}");
    let (inner, carry) = (tree(&format!("100644 blob {hook}\tconfig")), tree(&format!("100644 blob {journal}\tcarry")));
    for (entry, code) in [
        (format!("120000 blob {link}\tfiles"), 1),
        (format!("160000 commit {head}\tsub"), 1),
        (format!("040000 tree {carry}\t.xuncha"), 1),
        (format!("040000 tree {carry}\t.XUNCHA"), 1),
        (format!("100644 blob {hook}\ta\\b.yaml"), 1),
        (format!("100644 blob {hook}\ta\u{202e}b.yaml"), 1),
        // These git's own check objects to.
        (format!("040000 tree {inner}\t.git"), 2),
        (format!("040000 tree {inner}\t.GIT"), 2),
        (format!("040000 tree {inner}\t.."), 2),
        (format!("040000 tree {inner}\tGIT~1"), 2),
    ] {
        planted(&desk, &entry, "evil.bundle");
        let words = if code == 1 { "no casebook may hold" } else { "damaged or was tampered" };
        desk.refused("b", &["receive", "../evil.bundle"], code, words);
        desk.refused("b", &["receive", "../evil.bundle", "--force"], code, words);
        let _ = fs::remove_file(desk.path("evil.bundle"));
    }
    // A pack without the content of a file.
    let lost = blob("lost");
    let list = format!("{}100644 blob {lost}\tlost.yaml\n", git(&dir, &["ls-tree", "HEAD"]));
    fs::write(desk.path("entry"), list).expect("a list");
    let fed = |args: &[&str]| {
        let made = Command::new("git").args(args).current_dir(&dir).stdin(fs::File::open(desk.path("entry")).expect("a file")).output();
        made.expect("git runs").stdout
    };
    let tree = String::from_utf8(fed(&["mktree"])).expect("UTF-8").trim().to_string();
    let commit = git(&dir, &["commit-tree", &tree, "-p", "HEAD", "-m", "x"]).trim().to_string();
    fs::write(desk.path("entry"), format!("{commit}\n{tree}\n")).expect("a list");
    let pack = fed(&["pack-objects", "-q", "--stdout"]);
    let head = format!("# v2 git bundle\n-{head} x\n{commit} refs/heads/main\n\n");
    fs::write(desk.path("evil.bundle"), [head.as_bytes(), &pack].concat()).expect("a bundle");
    desk.refused("b", &["receive", "../evil.bundle"], 2, "damaged or was tampered");
}

#[test]
fn nothing_is_run() {
    let desk = Desk::both();
    let (mark, trap) = (desk.path("sprung"), desk.path("trap"));
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", mark.display())).expect("a script");
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).expect("a mode");
    let run_it = trap.display().to_string();
    let all = ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "merge.evil.driver", "merge.default"];
    let more =
        ["core.fsmonitor", "diff.external", "gpg.program", "core.pager", "core.editor", "core.sshCommand", "uploadpack.packObjectsHook"];
    for key in all.into_iter().chain(more) {
        git(&desk.at("b"), &["config", key, if key == "merge.default" { "evil" } else { &run_it }]);
    }
    git(&desk.at("b"), &["config", "commit.gpgSign", "true"]);
    let hooks =
        ["post-checkout", "post-merge", "pre-merge-commit", "commit-msg", "reference-transaction", "post-index-change", "post-commit"];
    fs::create_dir_all(desk.at("b").join(".git/hooks")).expect("a folder");
    for hook in hooks {
        fs::copy(&trap, desk.at("b").join(".git/hooks").join(hook)).expect("a hook");
    }
    desk.write("a/.gitattributes", "* filter=evil diff=evil merge=evil\n");
    desk.write("a/.gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh\n");
    desk.talk("a", "one");
    desk.ok("a", &["bundle", "../x"]);
    let _ = fs::remove_file(&mark);
    desk.ok("b", &["receive", "../x"]);
    // Both sides change: git looks at the files and merges.
    let text = desk.read(&format!("a/{CASE}"));
    desk.write(&format!("a/{CASE}"), format!("{text}备注: 甲\n"));
    desk.commit("a", "备注");
    desk.ok("a", &["bundle", "../y"]);
    desk.write(&format!("b/{TALKS}/2021-05-10-two.yaml"), "谈话日期: 2021-05-10\n");
    git(
        &desk.at("b"),
        &[
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "filter.evil.process=",
            "-c",
            "filter.evil.clean=",
            "add",
            "-A",
        ],
    );
    let plain =
        ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "commit.gpgSign=false", "-c", "filter.evil.process="];
    git(&desk.at("b"), &[&plain[..], &["-c", "filter.evil.clean=", "commit", "-q", "-m", "二"]].concat());
    let _ = fs::remove_file(&mark);
    desk.ok("b", &["receive", "../y"]);
    desk.talk("a", "three");
    desk.run("b", &["bundle", "../z"]);
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap_or_default());
    // The trap is one: git by itself runs into it.
    let _ = Command::new("git").args(["status"]).current_dir(desk.at("b")).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(mark.exists(), "the trap does not work");
}
