//! Sealing in a casebook: who can open what, what stays as it was byte for byte, and what each mistake is answered with. The keys are fixed.

#![cfg(target_os = "linux")]

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::Book;
use desk::{Desk, PASSPHRASE, PEOPLE, PETITION, TODAY, ok};
use proptest::prelude::*;
use std::fs;
use xuncha::seal::{Key, PREFIX};

#[test]
fn the_team_and_the_office_read_and_nobody_else() {
    let desk = Desk::new("");
    let before = desk.text(PETITION);
    let shown = desk.run(&["check", "--only", "sealed-plain"]);
    assert_eq!(shown.code, 1, "{}", shown.out);
    let ran = desk.run(&["seal", PETITION]);
    ok(&ran);
    assert!(ran.out.contains("1 处（反映问题概述）；可读：zu-11、zu-15、ban-01、ban-02"), "{}", ran.out);
    assert!(ran.err.contains("zu-12、zu-13、zu-14"), "a missing recipient is named: {}", ran.err);
    let sealed = desk.text(PETITION);
    assert!(!sealed.contains("会议费") && sealed.contains("# 摘自来电"), "{sealed}");
    let changed: Vec<&str> = sealed.lines().filter(|l| !before.contains(l)).collect();
    assert!(changed.len() == 1 && changed[0].starts_with(&format!("反映问题概述: {PREFIX}")), "{changed:?}");
    assert_eq!(desk.openers(PETITION), ["zu-11", "zu-15", "ban-01", "ban-02"]);
    assert_eq!(desk.by("zu-15", &["open", PETITION]).out, before);
    assert_eq!(desk.text(PETITION), sealed, "opening writes nothing");
    ok(&desk.run(&["check", "--only", "sealed-plain"]));
    let again = desk.run(&["seal"]);
    assert_eq!((again.code, desk.text(PETITION)), (0, sealed));
}

#[test]
fn everything_else_works_without_a_key() {
    let desk = Desk::new("");
    let paper = Book::example("midway");
    ok(&desk.run(&["seal", "2021-r1"]));
    for command in [&["check"][..], &["deadlines", "--all"], &["status"], &["next"], &["stats"]] {
        let (a, b) = (desk.run(command), paper.run(command, TODAY));
        assert_eq!((a.code, a.out), (b.code, b.out), "{command:?}");
    }
}

#[test]
fn a_direct_item_stays_out_unless_the_office_allows_it() {
    let direct = |t: String| t.replace("被反映人类别: 一般干部群众", "被反映人类别: 纪委副科以上");
    let desk = Desk::new("");
    desk.put(PETITION, direct);
    let before = desk.text(PETITION);
    let ran = desk.run(&["seal", PETITION]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("径送件的内容不入案卷") && ran.err.contains("paper:登记号"), "{}", ran.err);
    assert_eq!(desk.text(PETITION), before);

    let desk = Desk::new("\n[sealing]\ndirect_content = \"leaders\"\n");
    desk.put(PETITION, |t| direct(t) + "径送件呈报单:\n  呈报单编号: 径-01\n  密封件: 反映某副主任收受礼品\n");
    ok(&desk.run(&["seal", PETITION]));
    assert_eq!(desk.openers(PETITION), ["ld-02"], "neither the team nor the office");
    let ran = desk.by("ban-01", &["open", PETITION]);
    assert!(ran.code == 2 && ran.err.contains("不是封给这把钥匙的"), "{ran:?}");
    assert!(desk.by("ld-02", &["open", PETITION]).out.contains("密封件: 反映某副主任收受礼品"));
}

#[test]
fn check_reports_ciphertext_of_a_direct_item_that_should_be_on_paper() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    ok(&desk.run(&["check", "--only", "direct-content"]));
    desk.put(PETITION, |t| t.replace("被反映人类别: 一般干部群众", "被反映人类别: 纪委副科以上"));
    let ran = desk.run(&["check", "--only", "direct-content"]);
    assert!(ran.code == 1 && ran.out.contains("这里有径送件的内容（密文）"), "{}", ran.out);
    assert!(desk.run(&["check", "--only", "direct-content", "--lang", "en"]).out.contains("By this casebook's setting it stays out"));
    desk.put("xuncha.toml", |t| t + "\n[sealing]\ndirect_content = \"leaders\"\n");
    ok(&desk.run(&["check", "--only", "direct-content"]));
}

#[test]
fn whom_it_is_about_cannot_read_it() {
    for (role, readers) in [
        ("巡察办主任", &["zu-11", "zu-15", "ban-02"][..]),
        ("巡察办", &["zu-11", "zu-15"]),
        ("巡察组组长", &["zu-15", "ban-01", "ban-02"]),
        ("组员", &["zu-11", "ban-01", "ban-02"]),
    ] {
        let desk = Desk::new("");
        desk.put(PETITION, |t| t + &format!("涉及办理人: [{role}]\n"));
        ok(&desk.run(&["seal", PETITION]));
        assert_eq!(desk.openers(PETITION), readers, "{role}");
    }
    // Nobody is left.
    let desk = Desk::new("\n[sealing]\ndirect_content = \"leaders\"\n");
    desk.put(PETITION, |t| t.replace("被反映人类别: 一般干部群众", "被反映人类别: 纪委副科以上") + "涉及办理人: [常务副组长]\n");
    let ran = desk.run(&["seal", PETITION]);
    assert!(ran.code == 1 && ran.err.contains("除去所涉及的人（常务副组长），领导小组领导中没有"), "{}", ran.err);
}

#[test]
fn a_record_that_cites_it_is_kept_from_them_too() {
    let desk = Desk::new("");
    desk.put(PETITION, |t| t + "涉及办理人: [巡察办主任]\n");
    let clue = "rounds/2021-r1/qinghe/clue/xs-01.yaml";
    desk.book.write(
        clue,
        "线索台账编号: 岚巡线2021-09\n被反映人类别: 一般干部群众\n被反映人代码: [P-101]\n线索来源: [2021-04-19-02]\n主要反映问题: 虚列会议费\n",
    );
    ok(&desk.run(&["seal", clue]));
    assert_eq!(desk.openers(clue), ["zu-11", "zu-15", "ban-02"]);
}

#[test]
fn editing_leaves_no_plain_text_behind() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let sealed = desk.text(PETITION);
    let editor = desk.editor("s/票据 3 张/票据 5 张/");
    let ran = desk.edited("zu-15", &["edit", PETITION], Some(&editor));
    ok(&ran);
    let now = desk.text(PETITION);
    assert!(now != sealed && !now.contains("票据"), "{now}");
    assert!(desk.by("ban-02", &["open", PETITION]).out.contains("  票据 5 张\n"));
    let seen = fs::read_to_string(desk.keys.path().join("seen")).unwrap();
    let (path, modes) = seen.split_once('\n').unwrap();
    assert!(!std::path::Path::new(path).exists() && !path.starts_with(&desk.book.path().display().to_string()), "{path}");
    assert_eq!(modes, "600\n700\n");
    // What is not touched keeps its ciphertext.
    let editor = desk.editor("s/入户了解/再次入户了解/");
    ok(&desk.edited("zu-15", &["edit", PETITION], Some(&editor)));
    assert_eq!(desk.text(PETITION), now.replace("入户了解", "再次入户了解"));
}

#[test]
fn an_edit_that_goes_wrong_writes_nothing() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let sealed = desk.text(PETITION);
    let broken = desk.editor("s/办理状态: 办理/办理状态 [办理/");
    let ran = desk.edited("zu-15", &["edit", PETITION], Some(&broken));
    assert!(ran.code == 2 && ran.err.contains("没有写入"), "{ran:?}");
    let ran = desk.edited("zu-15", &["edit", PETITION], Some("false"));
    assert!(ran.code == 2 && ran.err.contains("没有正常退出"), "{ran:?}");
    let ran = desk.edited("zu-15", &["edit", PETITION], None);
    assert!(ran.code == 2 && ran.err.contains("没有设置编辑器"), "{ran:?}");
    let ran = desk.edited("zu-15", &["edit", PETITION], Some("true"));
    assert!(ran.code == 0 && ran.err.contains("没有改动"), "{ran:?}");
    let ran = desk.edited("zu-03", &["edit", PETITION], Some("true"));
    assert!(ran.code == 2 && ran.err.contains("不是封给这把钥匙的"), "{ran:?}");
    assert_eq!(desk.text(PETITION), sealed);
}

#[test]
fn editing_whom_it_concerns_seals_it_anew_without_them() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let editor = desk.editor("$a 涉及办理人: [巡察办主任]");
    ok(&desk.edited("zu-15", &["edit", PETITION], Some(&editor)));
    assert_eq!(desk.openers(PETITION), ["zu-11", "zu-15", "ban-02"]);
}

#[test]
fn who_is_taken_out_opens_nothing_any_more() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let settings = desk.text("xuncha.toml");
    let ran = desk.by("ban-01", &["keys", "remove", "zu-15"]);
    ok(&ran);
    assert!(ran.out.contains("zu-15 此前能打开 1 份记录") && ran.out.contains("git 历史") && ran.out.contains(PETITION), "{}", ran.out);
    assert_eq!(desk.openers(PETITION), ["zu-11", "ban-01", "ban-02"]);
    let now = desk.text("xuncha.toml");
    assert!(!now.contains("zu-15") && now.len() < settings.len());
    // And back: only after somebody has sealed it again.
    let key = Key::parse(PEOPLE[1].2).unwrap().public().to_string();
    ok(&desk.run(&["keys", "add", "zu-15", "组员", &key]));
    assert_eq!(desk.openers(PETITION), ["zu-11", "ban-01", "ban-02"]);
    ok(&desk.by("zu-11", &["seal", "--again"]));
    assert_eq!(desk.openers(PETITION), ["zu-11", "zu-15", "ban-01", "ban-02"]);
}

#[test]
fn what_cannot_be_sealed_anew_is_named() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let ran = desk.by("zu-03", &["keys", "remove", "zu-15"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&format!("{PETITION}：仍是原来的密文：不是封给这把钥匙的")), "{}", ran.err);
    assert!(ran.err.contains("xuncha seal --again"), "{}", ran.err);
}

#[test]
fn a_changed_key_opens_and_the_old_one_does_not() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    fs::copy(desk.keys.path().join("zu-15.age"), desk.keys.path().join("stolen.age")).unwrap();
    ok(&desk.by("zu-15", &["keys", "rotate"]));
    assert_eq!(desk.openers(PETITION), ["zu-11", "zu-15", "ban-01", "ban-02"]);
    assert_eq!(desk.by("stolen", &["open", PETITION]).code, 2);
    assert!(desk.keys.path().join("zu-15.age.old-2021-05-12").is_file());
    let ran = desk.by("stolen", &["keys", "rotate"]);
    assert!(ran.code == 2 && ran.err.contains("没有登记这把钥匙的公钥"), "{ran:?}");
}

#[test]
fn a_change_of_keys_that_was_cut_off_is_carried_on() {
    for entered in [false, true] {
        let desk = Desk::new("");
        ok(&desk.run(&["seal", PETITION]));
        let fresh = Key::generate();
        fs::write(desk.keys.path().join("zu-15.age.new"), fresh.lock(PASSPHRASE, Some(2)).unwrap()).unwrap();
        if entered {
            let old = Key::parse(PEOPLE[1].2).unwrap().public().to_string();
            desk.put("xuncha.toml", |t| t.replace(&old, &fresh.public().to_string()));
            ok(&desk.by("zu-11", &["seal", "--again"]));
        }
        ok(&desk.by("zu-15", &["keys", "rotate"]));
        assert_eq!(desk.openers(PETITION), ["zu-11", "zu-15", "ban-01", "ban-02"], "{entered}");
        assert!(!desk.keys.path().join("zu-15.age.new").exists());
    }
}

#[test]
fn mistakes_are_answered_in_both_languages() {
    let desk = Desk::new("");
    ok(&desk.run(&["seal", PETITION]));
    let at = |name: &str| desk.keys.path().join(name).display().to_string();
    let ask = |key: &str, pass: &str, lang: &str| {
        desk.run(&["open", PETITION, "--key", &at(key), "--passphrase-file", &at(pass), "--lang", lang])
    };
    fs::write(desk.keys.path().join("bare.age"), PEOPLE[1].2).unwrap();
    fs::write(desk.keys.path().join("junk.age"), [0xff, 0xfe, 0x00]).unwrap();
    for (key, pass, zh, en) in [
        ("zu-15.age", "wrong", "口令不对", "the passphrase is wrong"),
        ("zu-99.age", "pass", "没有钥匙文件", "there is no key file"),
        ("zu-03.age", "pass", "不是封给这把钥匙的", "not sealed for this key"),
        ("pass", "pass", "不是钥匙文件，或已损坏", "no key file, or a damaged one"),
        ("junk.age", "pass", "不是钥匙文件，或已损坏", "no key file, or a damaged one"),
        ("bare.age", "pass", "没有口令保护", "no passphrase guards"),
        ("zu-15.age", "none", "读不了", "cannot read"),
    ] {
        let (a, b) = (ask(key, pass, "zh"), ask(key, pass, "en"));
        assert!(a.code == 2 && a.out.is_empty() && a.err.contains(zh), "{key}: {a:?}");
        assert!(b.code == 2 && b.out.is_empty() && b.err.contains(en), "{key}: {b:?}");
    }
    let ran = desk.run(&["open", PETITION, "--key", &at("zu-15.age")]);
    assert!(ran.code == 2 && ran.err.contains("--passphrase-file"), "{ran:?}");
    let end = desk.text(PETITION).find("受理范围").unwrap();
    desk.put(PETITION, |t| t[..end - 40].to_string() + "\n" + &t[end..]);
    let ran = desk.by("zu-15", &["open", PETITION]);
    assert!(ran.code == 2 && ran.err.contains("密文已损坏"), "{ran:?}");
}

#[test]
fn without_keys_nothing_is_sealed() {
    let book = Book::example("midway");
    let desk = Desk { book, keys: tempfile::tempdir().unwrap() };
    desk.put(PETITION, |t| t.replace("paper:信1-2021-02", "反映某事"));
    let ran = desk.run(&["seal", PETITION]);
    assert!(ran.code == 1 && ran.err.contains("还没有任何人的公钥"), "{ran:?}");
    let none = Book::example("midway");
    assert!(none.run(&["seal"], TODAY).err.contains("没有要密封的明文"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]
    /// Sealing and opening give the same record, whatever the text, the style and the line ends; sealing what was opened leaves every other byte.
    #[test]
    fn all_other_bytes_stay(words in "[ -~一-龥：，。#\\n]{1,80}", flow in any::<bool>(), crlf in any::<bool>(), comment in any::<bool>()) {
        let desk = Desk::new("");
        let quoted = serde_json::to_string(&format!("某{words}")).unwrap();
        let note = if comment { "  # 注" } else { "" };
        desk.put(PETITION, |t| {
            let start = t.find("反映问题概述").unwrap();
            let end = t.find("受理范围").unwrap();
            let slip = if flow { format!("重要信访呈批单: {{ 呈批单编号: 呈-1, 组长批示: {{ 批示内容: {quoted} }} }}{note}\n") } else { String::new() };
            let t = format!("{}反映问题概述: {quoted}{note}\n{slip}{}", &t[..start], &t[end..]);
            if crlf { t.replace('\n', "\r\n") } else { t }
        });
        let before = desk.text(PETITION);
        let ran = desk.run(&["seal", PETITION]);
        prop_assert_eq!(ran.code, 0, "{}", ran.err);
        let sealed = desk.text(PETITION);
        prop_assert_eq!(sealed.matches(PREFIX).count(), 1 + usize::from(flow));
        prop_assert_eq!(sealed.lines().count(), before.lines().count());
        for (a, b) in before.split('\n').zip(sealed.split('\n')).filter(|(a, _)| !a.contains(&quoted)) {
            prop_assert_eq!(a, b);
        }
        let editor = desk.editor("s/办理状态: 办理/办理状态: 登记/");
        let ran = desk.edited("zu-15", &["edit", PETITION], Some(&editor));
        prop_assert_eq!(ran.code, 0, "{}", ran.err);
        prop_assert_eq!(desk.text(PETITION), sealed.replace("办理状态: 办理", "办理状态: 登记"));
    }
}
