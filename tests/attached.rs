//! Sealed attachments: who opens them, what stays beside them, what a change of readers does to them, and that a kill loses nothing.

#![cfg(target_os = "linux")]

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::{Desk, PASSPHRASE, PEOPLE, PETITION, TODAY, ok};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use xuncha::seal::{Key, is_sealed_file, open_file};

const FILE: &str = "rounds/2021-r1/qinghe/files/来电记录.pdf";
const SEALED: &str = "rounds/2021-r1/qinghe/files/来电记录.pdf.age";
const NOTE: &str = "rounds/2021-r1/qinghe/files/摘要.txt";
/// No text: a picture's head and bytes that are no UTF-8.
const BYTES: &[u8] = b"%PDF-1.4\n\xff\xfe\x00\x01 paper\n";

/// The desk with two attachments of the petition, the first marked as sealed.
fn desk() -> Desk {
    let desk = Desk::new("");
    desk.book.write(FILE, BYTES);
    desk.book.write(NOTE, "反映某站虚列会议费\u{1b}[31m\n");
    desk.put(PETITION, |t| {
        t + "附件:\n  - 文件路径: files/来电记录.pdf  # 录音整理\n    保密级别: 密封\n  - { 文件路径: files/摘要.txt, 份数: 1 }\n"
    });
    desk
}

fn bytes(desk: &Desk, rel: &str) -> Vec<u8> {
    fs::read(desk.book.path().join(rel)).unwrap_or_default()
}

fn there(desk: &Desk, rel: &str) -> bool {
    desk.book.path().join(rel).exists()
}

/// Who opens an attachment, by the keys themselves.
fn openers(desk: &Desk, rel: &str) -> Vec<&'static str> {
    let sealed = bytes(desk, rel);
    PEOPLE.iter().filter(|(_, _, k)| open_file(&sealed, &Key::parse(k).unwrap()).is_ok()).map(|(code, ..)| *code).collect()
}

#[test]
fn the_whole_file_is_sealed_for_the_readers_of_its_record() {
    let desk = desk();
    let shown = desk.run(&["check", "--only", "sealed-plain"]);
    assert!(shown.code == 1 && shown.out.contains("files/来电记录.pdf") && shown.out.contains("xuncha seal"), "{}", shown.out);
    let before = desk.text(PETITION);
    let ran = desk.run(&["seal", FILE]);
    ok(&ran);
    assert!(ran.out.contains("可读：zu-11、zu-15、ban-01、ban-02") && ran.err.contains("zu-12"), "{ran:?}");
    assert!(!there(&desk, FILE) && is_sealed_file(&bytes(&desk, SEALED)));
    assert_eq!(openers(&desk, SEALED), ["zu-11", "zu-15", "ban-01", "ban-02"]);
    let hash = xuncha::draw::sha256(&bytes(&desk, SEALED));
    let want = before
        .replace("files/来电记录.pdf  #", "files/来电记录.pdf.age  #")
        .replace("保密级别: 密封\n", &format!("保密级别: 密封\n    文件校验值: {hash}\n"));
    // A hash may look like a number, and is quoted then.
    assert_eq!(desk.text(PETITION).replace(&format!("\"{hash}\""), &hash), want, "every other byte stays");
    // Opened into a folder of one's own, and nowhere else.
    let to = tempfile::tempdir().unwrap();
    let place = to.path().display().to_string();
    ok(&desk.by("zu-15", &["open", SEALED, "--to", &place]));
    let plain = to.path().join("来电记录.pdf");
    assert_eq!(fs::read(&plain).unwrap(), BYTES);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(&plain).unwrap().permissions().mode() & 0o777, 0o600);
    for (who, args, said) in [
        ("zu-15", &["open", SEALED, "--to", &place][..], "不覆盖"),
        ("zu-15", &["open", SEALED, "--to", "rounds"], "明文不能写进案卷"),
        ("zu-15", &["open", SEALED, "--to", "rounds/new/x.pdf"], "明文不能写进案卷"),
        ("zu-15", &["open", PETITION, "--to", "."], "明文不能写进案卷"),
        ("zu-15", &["open", SEALED], "不是文字"),
        ("zu-03", &["open", SEALED], "不是封给这把钥匙的"),
        ("zu-15", &["open", NOTE], "没有密封"),
    ] {
        let ran = desk.by(who, args);
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(said), "{args:?}: {ran:?}");
    }
    // A text is printed, and steers no terminal.
    ok(&desk.run(&["seal", NOTE]));
    let ran = desk.by("zu-15", &["open", &format!("{NOTE}.age")]);
    ok(&ran);
    assert!(ran.out.contains("虚列会议费") && !ran.out.contains('\u{1b}'), "{ran:?}");
    let again = desk.run(&["seal", SEALED]);
    assert!(again.code == 0 && again.err.contains("没有要密封的明文"), "{again:?}");
    ok(&desk.run(&["seal", PETITION]));
    ok(&desk.run(&["check", "--only", "sealed-plain,changed-attachment"]));
}

#[test]
fn a_case_is_sealed_with_what_is_marked() {
    let desk = desk();
    ok(&desk.run(&["seal", "2021-r1/qinghe"]));
    assert!(!there(&desk, FILE) && there(&desk, SEALED) && there(&desk, NOTE), "what is not marked is left to the office");
    ok(&desk.run(&["check", "--only", "sealed-plain"]));
}

#[test]
fn what_is_not_right_is_refused_and_stays() {
    let hash = xuncha::draw::sha256(b"another");
    for (change, said) in [
        ("文件路径: files/其他.pdf", "没有记录的“附件”写着"),
        ("文件校验值: HASH\n    文件路径: files/来电记录.pdf", "校验值不符"),
        ("页数: 2\n    文件路径: files/来电记录.pdf", ""),
    ] {
        let desk = desk();
        desk.put(PETITION, |t| t.replace("文件路径: files/来电记录.pdf", &change.replace("HASH", &hash)));
        let ran = desk.run(&["seal", FILE]);
        assert_eq!(
            (ran.code, there(&desk, FILE), there(&desk, SEALED)),
            if said.is_empty() { (0, false, true) } else { (1, true, false) },
            "{ran:?}"
        );
        assert!(ran.err.contains(said), "{ran:?}");
    }
    let desk = desk();
    desk.put(PETITION, |t| t.replace("保密级别: 密封", "保密级别: 不得录入"));
    let ran = desk.run(&["seal", FILE]);
    assert!(ran.code == 1 && there(&desk, FILE) && ran.err.contains("密封也不行"), "{ran:?}");
    // A direct item's papers stay in their envelope.
    let desk = self::desk();
    desk.put(PETITION, |t| t.replace("被反映人类别: 一般干部群众", "被反映人类别: 纪委副科以上"));
    let ran = desk.run(&["seal", FILE]);
    assert!(ran.code == 1 && there(&desk, FILE) && ran.err.contains("径送件的内容不入案卷"), "{ran:?}");
    // Named by two records: for those who may read both.
    let desk = self::desk();
    desk.book
        .write("rounds/2021-r1/qinghe/petition/2021-04-20-01.yaml", "涉及办理人: [巡察办]\n附件: [{ 文件路径: files/来电记录.pdf }]\n");
    ok(&desk.run(&["seal", FILE]));
    assert_eq!(openers(&desk, SEALED), ["zu-11", "zu-15"]);
    assert!(desk.text("rounds/2021-r1/qinghe/petition/2021-04-20-01.yaml").contains("files/来电记录.pdf.age"));
}

#[test]
fn check_sees_an_exchanged_file_a_false_name_and_a_plain_one_beside() {
    let desk = desk();
    ok(&desk.run(&["seal", FILE]));
    desk.book.write(FILE, BYTES);
    let ran = desk.run(&["check", "--only", "sealed-plain"]);
    assert!(ran.code == 1 && ran.out.contains("明文文件仍在旁边"), "{}", ran.out);
    fs::remove_file(desk.book.path().join(FILE)).unwrap();
    let other = xuncha::seal::seal_file(b"forged", &[Key::parse(PEOPLE[1].2).unwrap().public()]).unwrap();
    desk.book.write(SEALED, &other);
    let ran = desk.run(&["check", "--only", "changed-attachment"]);
    assert!(ran.code == 1 && ran.out.contains("校验值不符"), "{}", ran.out);
    desk.book.write(SEALED, "plain");
    let ran = desk.run(&["check", "--only", "sealed-plain"]);
    assert!(ran.code == 1 && ran.out.contains("文件名是密文"), "{}", ran.out);
}

#[test]
fn a_change_of_readers_reaches_the_attachments() {
    let desk = desk();
    ok(&desk.run(&["seal", "2021-r1/qinghe"]));
    let ran = desk.by("ban-01", &["keys", "remove", "zu-15"]);
    ok(&ran);
    assert!(ran.out.contains(SEALED), "{}", ran.out);
    assert_eq!(openers(&desk, SEALED), ["zu-11", "ban-01", "ban-02"]);
    let old = bytes(&desk, SEALED);
    ok(&desk.by("zu-11", &["keys", "rotate"]));
    assert_eq!(openers(&desk, SEALED), ["ban-01", "ban-02"], "the old key of zu-11 opens it no more");
    let fresh = Key::unlock(&fs::read_to_string(desk.keys.path().join("zu-11.age")).unwrap(), PASSPHRASE).unwrap();
    assert_eq!(open_file(&bytes(&desk, SEALED), &fresh).unwrap(), BYTES);
    assert_ne!(bytes(&desk, SEALED), old);
    // The hash has followed.
    ok(&desk.run(&["check", "--only", "changed-attachment,sealed-plain"]));
    // For somebody new, and by name.
    let key = Key::parse(PEOPLE[1].2).unwrap().public().to_string();
    ok(&desk.run(&["keys", "add", "zu-15", "组员", &key]));
    ok(&desk.by("ban-01", &["seal", "--again", SEALED]));
    assert_eq!(openers(&desk, SEALED), ["zu-15", "ban-01", "ban-02"]);
    // Who cannot open it leaves it as it is, and says so.
    let ran = desk.by("zu-03", &["seal", "--again", SEALED]);
    assert!(ran.code == 1 && ran.err.contains("仍是原来的密文"), "{ran:?}");
}

/// What a kill may leave: the plain file and the record as it was, or the ciphertext of just that with the record that names it.
fn whole(desk: &Desk, readers: &str) -> Result<bool, String> {
    let (plain, sealed, record) = (bytes(desk, FILE), bytes(desk, SEALED), desk.text(PETITION));
    if !there(desk, SEALED) {
        return if plain == BYTES && !record.contains(".age") { Ok(false) } else { Err(format!("not old: {record}")) };
    }
    let key = Key::parse(PEOPLE[0].2).unwrap();
    let opened = open_file(&sealed, &key).is_ok_and(|b| b == BYTES);
    let named = record.contains(".pdf.age") && record.contains(&xuncha::draw::sha256(&sealed));
    if opened && named && !there(desk, FILE) {
        Ok(openers(desk, SEALED).join(" ") == readers)
    } else {
        Err(format!("{opened} {named}: {record}"))
    }
}

/// The program, killed before the `n`th call of that name; gives whether it was.
fn killed(dir: &Path, args: &[&str], call: &str, n: usize) -> bool {
    let (inject, trace) = (format!("inject={call}:signal=KILL:when={n}"), format!("trace={call}"));
    let mut c = Command::new("strace");
    c.args(["-f", "-o", "/dev/null", "-e", &trace, "-e", &inject, env!("CARGO_BIN_EXE_xuncha")]).args(args).current_dir(dir);
    c.env("XUNCHA_TODAY", TODAY).env("RAYON_NUM_THREADS", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    !c.status().expect("strace runs").success()
}

#[test]
fn a_kill_leaves_the_plain_file_or_the_ciphertext() {
    let can = Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success());
    if !can {
        eprintln!("left out: no process can be traced here (strace)");
        return;
    }
    let (mut old, mut new) = (0, 0);
    // The calls that change what is there: between two of them a kill finds the same.
    for call in ["rename", "unlink", "link", "linkat", "fsync", "write"] {
        for n in 1..400 {
            let desk = desk();
            let was_killed = killed(desk.book.path(), &["seal", FILE], call, n);
            if desk.book.path().join(".xuncha/journal").exists() {
                ok(&desk.run(&["keys", "list"]));
            }
            match whole(&desk, "zu-11 zu-15 ban-01 ban-02") {
                Ok(false) => old += usize::from(was_killed),
                Ok(true) => new += usize::from(was_killed),
                Err(why) => panic!("killed at {call} {n}: {why}"),
            }
            if !was_killed {
                break;
            }
        }
    }
    assert!(old > 3 && new > 0, "{old} before, {new} after");
}
