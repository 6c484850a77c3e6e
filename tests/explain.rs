//! `explain`, and the data behind it: every code that the program can report, every reading, every obligation.

mod common;

use common::{fine, refused, run_in};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use xuncha::kind::load;
use xuncha::procedure;
use xuncha::render::explain::{library, obligation};
use xuncha::text::Lang;

const DAY: &str = "2020-09-01";

#[test]
fn an_obligation_is_explained() {
    for (id, name) in [("XH-42-1a", "due"), ("XH-12-3b", "rule"), ("XH-12-3a", "confirm"), ("XH-01-2c", "approval")] {
        insta::assert_snapshot!(format!("explain_{name}_zh"), fine(&["explain", id]));
        insta::assert_snapshot!(format!("explain_{name}_en"), fine(&["explain", id, "--lang", "en"]));
    }
    assert_eq!(fine(&["explain", "xh-42-1A"]), fine(&["explain", "XH-42-1a"]));
}

#[test]
fn a_code_is_explained() {
    insta::assert_snapshot!("explain_code_zh", fine(&["explain", "dangling-ref"]));
    insta::assert_snapshot!("explain_code_en", fine(&["explain", "dangling-ref", "--lang", "en"]));
    let json: serde_json::Value = serde_json::from_str(&fine(&["explain", "bad-date", "--format", "json"])).unwrap();
    assert_eq!((&json["type"], &json["code"]), (&"code".into(), &"bad-date".into()));
    assert!(json["remedy"].as_str().unwrap().contains("2020-09-04"));
}

#[test]
fn what_is_called_otherwise_is_guessed_or_refused() {
    assert_eq!(refused(&["explain", "dangling-reff"]), "错误：没有事项或问题代码 `dangling-reff`；是否指 `dangling-ref`？\n");
    assert_eq!(
        refused(&["explain", "XH-42-1b0", "--lang", "en"]),
        "error: `XH-42-1b0` is no obligation and no code; did you mean `XH-42-1b`?\n"
    );
    assert!(refused(&["explain", "zzzzzzzz"]).contains("xuncha procedure show xinghai-2020"));
    assert!(refused(&["explain", ""]).starts_with("错误："));
}

#[test]
fn a_rounds_own_procedure_comes_first() {
    let dir = tempfile::tempdir().unwrap();
    let round = dir.path().join("rounds/r1");
    std::fs::create_dir_all(&round).unwrap();
    std::fs::write(dir.path().join("xuncha.toml"), "[office]\nname = \"x\"\n").unwrap();
    let own = include_str!("data/procedures/a.toml").replace("A-2", "XH-42-1a");
    std::fs::write(round.join("procedure.toml"), own).unwrap();
    assert!(run_in(&round, &["explain", "XH-42-1a"], DAY).out.contains("甲县流程第三条"));
    assert!(run_in(dir.path(), &["explain", "XH-42-1a"], DAY).out.contains("兴海县巡察工作流程(四十二)1"));
    assert!(run_in(dir.path(), &["explain", "A-1"], DAY).out.contains("谈话不少于2人"));
}

/// Every explanation is whole in its language, whatever the obligation says.
#[test]
fn every_obligation_can_be_explained() {
    let schema = load::builtin();
    for id in procedure::builtin_ids() {
        let (p, _) = procedure::by_id(&id, None).unwrap();
        for o in &p.obligations {
            let (zh, en) = (obligation::view(&p, &schema, None, o, Lang::Zh), obligation::view(&p, &schema, None, o, Lang::En));
            assert_eq!(zh.parts.len(), en.parts.len(), "{}", o.id);
            for (name, lines) in &zh.parts {
                for line in lines.iter().filter(|l| !l.contains('`') && !l.starts_with("xuncha ")) {
                    let words = line.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 4);
                    // A path of the casebook, or a word of the data files that has no other name.
                    let stray: Vec<&str> =
                        words.filter(|_| !line.contains("rounds/") && name.zh != "内容" && name.zh != "没有时").collect();
                    assert!(
                        stray.iter().all(|w| ["param", "params", "xuncha", "toml", "rectification", "item"].contains(w)),
                        "{}: {line}",
                        o.id
                    );
                }
            }
            let chinese = |s: &str| s.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            for (name, lines) in &en.parts {
                for line in lines.iter().filter(|l| !l.contains('`')) {
                    assert!(!chinese(line) || name.en == "source", "{}: {line}", o.id);
                }
            }
        }
    }
}

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "tests" {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The plain texts in a piece of code: what stands between quotes.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

fn is_code(s: &str) -> bool {
    s.starts_with(|c: char| c.is_ascii_lowercase())
        && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !s.ends_with('-')
}

/// The codes in the sources: below the command line every hyphenated word between quotes is one, except for the default procedure's
/// id; everywhere it is the first such word of a call that reports something.
fn emitted() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 50);
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        // Some files name git's commands and hooks.
        let edge = ["cli", "render", "guard/hook.rs", "casebook/git", "casebook/carry", "public", "casebook/at.rs", "casebook/history.rs"]
            .iter()
            .any(|d| file.starts_with(src.join(d)));
        if !edge {
            for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
                found.extend(literals(line).filter(|s| s.contains('-') && is_code(s)).map(str::to_string));
            }
        }
        for head in ["Finding::error(", "Finding::warning(", "Finding::new(", ".error(", ".wrong(", "self.push(", "say_so("] {
            for (at, _) in text.match_indices(head) {
                let call: String = text[at + head.len()..].chars().take(120).collect();
                let call = call.split("say!").next().unwrap_or("");
                let call = call.trim_start();
                let call = call.strip_prefix("Severity::").map_or(call, |c| c.split_once(',').map_or("", |(_, rest)| rest.trim_start()));
                if call.starts_with('"') {
                    found.extend(literals(call).next().filter(|s| is_code(s)).map(str::to_string));
                }
            }
        }
        // The states of an obligation give their findings' codes.
        if let Some(codes) = text.split("let code = match () {").nth(1) {
            found.extend(literals(codes.split("};").next().unwrap()).map(str::to_string));
        }
    }
    found.extend(xuncha::yaml::CODES.iter().map(|c| c.to_string()));
    found.remove(procedure::DEFAULT);
    found
}

#[test]
fn every_code_is_explained_and_none_is_stale() {
    let (codes, wrong) = library::codes();
    assert_eq!(wrong, []);
    let known: BTreeSet<String> = codes.iter().map(|c| c.id.clone()).collect();
    assert_eq!(known.len(), codes.len(), "a code stands twice");
    let emitted = emitted();
    for code in ["violated", "overdue", "symlink", "missing-field", "calendar-range", "bad-date", "full-width-colon"] {
        assert!(emitted.contains(code), "{code} is not seen in the sources");
    }
    let missing: Vec<&String> = emitted.difference(&known).collect();
    let stale: Vec<&String> = known.difference(&emitted).collect();
    assert!(missing.is_empty() && stale.is_empty(), "templates/codes.toml lacks {missing:?}; no source reports {stale:?}");
    for c in &codes {
        for t in [&c.title, &c.meaning, &c.remedy].into_iter().chain(&c.example) {
            assert!(!t.zh.is_empty() && !t.en.is_empty(), "{}", c.id);
        }
    }
}

#[test]
fn every_reading_touches_something() {
    let (readings, wrong) = library::readings();
    assert_eq!(wrong, []);
    let ids: Vec<&str> = readings.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a reading stands twice");
    let all: BTreeSet<String> =
        procedure::builtin_ids().iter().flat_map(|id| procedure::by_id(id, None).unwrap().0.obligations).map(|o| o.id).collect();
    let prefix = |id: &str| id.split('-').next().unwrap_or("").to_string();
    let present: BTreeSet<String> = all.iter().map(|id| prefix(id)).collect();
    for r in &readings {
        assert!(!r.obligations.is_empty() || !r.applies.is_empty(), "{}", r.id);
        // Obligations of a document whose procedure is not among the built-in ones cannot be looked up.
        for id in r.obligations.iter().filter(|id| present.contains(&prefix(id))) {
            assert!(all.contains(id), "{}: {id}", r.id);
        }
    }
}
