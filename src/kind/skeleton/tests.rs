//! Skeletons read back as the records they start, in both languages, with what is given filled in.

use super::*;
use crate::kind::{Home, bind, load::builtin};
use crate::yaml::Tree;

/// Reads a text as a record; every complaint fails the test.
fn read(kind: KindId, text: &str) -> (crate::kind::Record, usize) {
    let schema = builtin();
    let (tree, findings) = Tree::parse("x.yaml", text.to_string());
    assert!(findings.is_empty(), "{findings:#?}\n{text}");
    let (record, findings) = bind(&schema, kind, "x", "x.yaml", Home::default(), tree.unwrap());
    assert!(findings.is_empty(), "{findings:#?}\n{text}");
    serde_yaml::from_str::<serde_yaml::Value>(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let filled = record.root().filled();
    (record, usize::from(filled))
}

/// Every line that is only commented out, taken into use; comments proper begin with a word and no key.
fn uncommented(text: &str) -> String {
    let body: Vec<&str> = text.splitn(2, "\n\n").collect();
    let mut lines: Vec<String> = Vec::new();
    for line in body[1].lines() {
        let start = line.len() - line.trim_start().len();
        let bare = line[start..].strip_prefix("# ").map(|rest| format!("{}{rest}", &line[..start]));
        let legend = bare.as_ref().is_some_and(|b| b.contains(" | ") && !b.contains("  # "));
        match bare {
            Some(_) if legend => {}
            Some(b) => lines.push(b),
            None if line.starts_with('#') => {}
            None => lines.push(line.to_string()),
        }
    }
    lines.join("\n")
}

#[test]
fn every_skeleton_is_a_half_filled_record() {
    let schema = builtin();
    for lang in [Lang::Zh, Lang::En] {
        for i in 0..schema.kinds.len() {
            let kind = KindId(i as u16);
            for level in schema.kind(kind).levels.clone() {
                let text = skeleton(&schema, kind, level, lang, &Fill::new(), &[]);
                let (record, filled) = read(kind, &text);
                assert_eq!(filled, 0, "{text}");
                let shape = schema.shape(record.shape);
                for (f, field) in shape.fields.iter().enumerate() {
                    let there = record.root().field(f as u16).is_some();
                    assert_eq!(there, field.required == Required::Always && field.secrecy != Secrecy::Never, "{}\n{text}", field.key);
                }
                read(kind, &uncommented(&text));
            }
        }
    }
}

#[test]
fn what_must_not_be_recorded_has_no_line() {
    let schema = builtin();
    let mut seen = 0;
    for (i, kind) in schema.kinds.iter().enumerate() {
        let shape = schema.shape(kind.shape);
        let text = skeleton(&schema, KindId(i as u16), Level::Case, Lang::En, &Fill::new(), &[]);
        for field in shape.fields.iter().filter(|f| f.secrecy == Secrecy::Never) {
            seen += 1;
            assert!(!text.lines().any(|l| l.trim_start_matches("# ").starts_with(&format!("{}:", field.key))), "{text}");
        }
    }
    assert!(seen > 0);
}

#[test]
fn given_values_stand_in_the_language_of_the_casebook() {
    let schema = builtin();
    let kind = schema.find_kind("interview").unwrap();
    let shape = schema.kind(kind).shape;
    let mut fill = Fill::new();
    let pairs =
        [("no", "3"), ("date", "2020-09-04"), ("inspectors", "zu-01,zu-02"), ("reviewed_by.role", "leader"), ("place", "no: 1 # x")];
    for (k, v) in pairs {
        fill.set(&schema, shape, k, v).unwrap();
    }
    let zh = skeleton(&schema, kind, Level::Case, Lang::Zh, &fill, &[]);
    assert!(zh.contains("谈话编号: 3\n") && zh.contains("  签字人角色: 巡察组组长\n") && zh.contains("  - zu-02\n"), "{zh}");
    let en = skeleton(&schema, kind, Level::Case, Lang::En, &fill, &[]);
    assert!(en.contains("\"no\": 3\n") && en.contains("  role: leader\n"), "{en}");
    for text in [zh, en, record(&schema, kind, Lang::Zh, &fill), record(&schema, kind, Lang::En, &fill)] {
        let (record, _) = read(kind, &text);
        let place = record.root().field(schema.shape(shape).find("place").unwrap()).unwrap();
        assert_eq!(place.str(), "no: 1 # x");
    }
    insta::assert_snapshot!(record(&schema, kind, Lang::Zh, &fill));
}

#[test]
fn a_given_type_settles_what_is_needed() {
    let schema = builtin();
    let kind = schema.find_kind("meeting").unwrap();
    let mut fill = Fill::new();
    fill.set(&schema, schema.kind(kind).shape, "会议类型", "动员部署会").unwrap();
    let text = skeleton(&schema, kind, Level::Round, Lang::Zh, &fill, &[]);
    read(kind, &text);
    assert!(text.contains("\n会议类型: 动员部署会\n") && text.contains("\n讲话人:\n"), "{text}");
    assert!(!text.contains("座谈范围") && text.contains("# 限定决定人:"), "{text}");
}

#[test]
fn a_skeleton_as_people_see_it() {
    let schema = builtin();
    for (name, lang) in [("interview", Lang::Zh), ("interview", Lang::En), ("meeting", Lang::Zh)] {
        let kind = schema.find_kind(name).unwrap();
        insta::assert_snapshot!(format!("{name}-{lang:?}"), skeleton(&schema, kind, Level::Case, lang, &Fill::new(), &[]));
    }
}
