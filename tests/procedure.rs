//! `procedure list`, `procedure show`, `procedure diff`.

mod common;

use common::{Ran, fine, refused, run_in};
use serde_json::Value;
use std::path::Path;

const DAY: &str = "2020-09-01";

/// A casebook with two small procedures: `a`, and `b` that extends it.
fn book() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("xuncha.toml", "[office]\nname = \"某县巡察办\"\n[params]\nlead = \"3d\"\n");
    write("procedures/a.toml", include_str!("data/procedures/a.toml"));
    write("procedures/b.toml", include_str!("data/procedures/b.toml"));
    dir
}

fn ok(dir: &Path, args: &[&str]) -> String {
    let Ran { out, err, code } = run_in(dir, args, DAY);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out
}

#[test]
fn show_prints_stages_events_parameters_and_obligations() {
    let dir = book();
    insta::assert_snapshot!("procedure_show_zh", ok(dir.path(), &["procedure", "show", "a"]));
    insta::assert_snapshot!("procedure_show_en", ok(dir.path(), &["procedure", "show", "a", "--lang", "en"]));
    insta::assert_snapshot!("procedure_show_md", ok(dir.path(), &["procedure", "show", "a", "--format", "md"]));
    let list = run_in(dir.path(), &["procedure", "list"], DAY);
    assert_eq!(list.err, "样本：county-2026.example（照着写本单位的：xuncha procedure new 编号 --copy 样本）\n");
    insta::assert_snapshot!("procedure_list", list.out);
}

#[test]
fn every_built_in_obligation_says_what_verifies_it() {
    let keys = ["artifact", "each", "require", "due", "event", "confirm"];
    for id in xuncha::procedure::builtin_ids() {
        let p: Value = serde_json::from_str(&fine(&["procedure", "show", &id, "--format", "json"])).unwrap();
        let list = p["obligations"].as_array().unwrap();
        assert!(!list.is_empty());
        for o in list {
            for key in ["id", "cite", "stage", "strength"] {
                assert!(o[key].as_str().is_some_and(|s| !s.is_empty()), "{o}");
            }
            assert!(o["text"]["zh"].is_string() && o["text"]["en"].is_string());
            assert!(keys.iter().any(|k| !o[*k].is_null()), "{o}");
        }
        let csv = fine(&["procedure", "show", &id, "--format", "csv"]);
        assert!(csv.starts_with("\u{feff}事项,依据,阶段,"));
        assert_eq!(csv.matches("\r\n").count(), list.len() + 1);
        assert!(list.iter().all(|o| csv.contains(&format!("\r\n{},", o["id"].as_str().unwrap()))));
    }
}

#[test]
fn one_obligation_is_shown_in_every_format() {
    let dir = book();
    let text = ok(dir.path(), &["procedure", "show", "a", "a-2"]);
    assert!(text.starts_with("A-2  第三条  必须\n反馈2个月内报送进展\n"), "{text}");
    let json: Value = serde_json::from_str(&ok(dir.path(), &["procedure", "show", "a", "A-2", "--format", "json"])).unwrap();
    assert_eq!(json["due"]["rule"], "+2m");
    assert_eq!(ok(dir.path(), &["procedure", "show", "a", "A-2", "--format", "md"]).lines().count(), 3);
}

#[test]
fn differences_can_be_printed() {
    let dir = book();
    insta::assert_snapshot!("procedure_diff_zh", ok(dir.path(), &["procedure", "diff", "a", "b"]));
    insta::assert_snapshot!("procedure_diff_en", ok(dir.path(), &["procedure", "diff", "a", "procedures/b.toml", "--lang", "en"]));
    assert!(ok(dir.path(), &["procedure", "diff", "a", "b", "--format", "md"]).starts_with("# 规程对照\n"));
    let json: Value = serde_json::from_str(&ok(dir.path(), &["procedure", "diff", "a", "b", "--format", "json"])).unwrap();
    let changed: Vec<(&str, &str, &str)> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["section"].as_str().unwrap(), c["change"].as_str().unwrap(), c["id"].as_str().unwrap()))
        .collect();
    assert_eq!(
        changed,
        [
            ("head", "changed", ""),
            ("event", "added", "extra"),
            ("obligation", "changed", "A-2"),
            ("obligation", "struck", "A-3"),
            ("obligation", "added", "B-1")
        ]
    );
    assert_eq!(json["changes"][2]["keys"][2], serde_json::json!({ "key": "due.rule", "old": "+2m", "new": "+3m" }));
}

#[test]
fn laid_the_other_way_round_what_was_added_is_struck() {
    let dir = book();
    let back: Value = serde_json::from_str(&ok(dir.path(), &["procedure", "diff", "b", "a", "--format", "json"])).unwrap();
    let of = |id: &str| back["changes"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()["change"].clone();
    assert_eq!((of("A-3"), of("B-1")), ("added".into(), "struck".into()));
    assert!(ok(dir.path(), &["procedure", "diff", "b", "b"]).ends_with("\n两者没有不同\n"));
}

#[test]
fn what_cannot_be_found_is_said_with_a_suggestion() {
    assert_eq!(refused(&["procedure", "show", "xinghai-2021"]), "错误：没有规程 `xinghai-2021`；是否指 `xinghai-2020`？\n");
    assert_eq!(
        refused(&["procedure", "show", "xinghai-2020", "XH-42-1", "--lang", "en"]),
        "error: xinghai-2020 has no obligation `XH-42-1`; did you mean `XH-42-1a`?\n"
    );
    assert!(refused(&["procedure", "diff", "xinghai-2020"]).contains("缺少参数"));
    assert!(refused(&["procedure", "show", "xinghai-2020", "--format", "ics"]).contains("不能输出 ics"));
}

#[test]
fn a_broken_file_hides_none_of_the_others() {
    let dir = book();
    std::fs::write(dir.path().join("procedures/c.toml"), "extends = \"nowhere\"\nid = \"c\"\n").unwrap();
    let ran = run_in(dir.path(), &["procedure", "list"], DAY);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("\na ") && ran.out.contains("\nb ") && !ran.out.contains("\nc "), "{}", ran.out);
    assert!(ran.err.contains("procedures/c.toml"), "{}", ran.err);
}
