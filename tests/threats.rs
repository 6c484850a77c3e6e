//! The threat model: each threat says what holds and what does not, in both languages alike, and each test that it names is there.

mod common;

use common::root;
use std::collections::BTreeSet;
use std::fs;

/// The threats that it must speak of, by words of their titles.
const THREATS: [(&str, &str); 9] = [
    ("thief", "偷"),
    ("curious", "好奇"),
    ("removed", "撤销"),
    ("direct-delivery", "径送件"),
    ("complained about", "被反映"),
    ("stranger", "外来"),
    ("careless", "粗心"),
    ("forger", "改历史"),
    ("crashes", "断电"),
];

/// One threat: its title, the claims that hold, those that do not.
struct Threat {
    title: String,
    holds: Vec<String>,
    not: Vec<String>,
}

fn threats(file: &str, holds: &str, not: &str) -> Vec<Threat> {
    let text = fs::read_to_string(root().join("docs").join(file)).expect("the document");
    let one = |part: &str| {
        let (title, rest) = part.split_once('\n').expect("a title");
        let (yes, no) = rest.split_once(&format!("\n{not}\n")).unwrap_or_else(|| panic!("{file}, {title}: no `{not}`"));
        let yes = yes.split_once(&format!("\n{holds}\n")).unwrap_or_else(|| panic!("{file}, {title}: no `{holds}`")).1;
        let items = |t: &str| t.lines().filter_map(|l| l.strip_prefix("- ")).map(str::to_string).collect::<Vec<_>>();
        Threat { title: title.to_string(), holds: items(yes), not: items(no) }
    };
    text.split("\n## ").skip(1).map(one).collect()
}

/// The tests that a claim names: file and function.
fn named(claim: &str) -> Vec<(String, String)> {
    let quoted = claim.split('`').skip(1).step_by(2);
    quoted.filter_map(|q| q.split_once(".rs: ")).map(|(f, name)| (format!("{f}.rs"), name.to_string())).collect()
}

/// Whether a file has a test of that name: a function below `#[test]`.
fn is_test(file: &str, name: &str) -> bool {
    let text = fs::read_to_string(root().join(file)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|l| l.starts_with(&format!("fn {name}(")));
    at.is_some_and(|at| lines[..at].iter().rev().take_while(|l| l.starts_with("#[") || l.starts_with("//")).any(|l| *l == "#[test]"))
}

#[test]
fn every_threat_has_both_parts_and_every_claim_its_test() {
    let (en, zh) = (threats("threat-model.md", "Holds:", "Does not hold:"), threats("threat-model.zh.md", "守得住：", "守不住："));
    assert_eq!((en.len(), zh.len()), (THREATS.len(), THREATS.len()));
    let mut missing = BTreeSet::new();
    for ((a, b), (word, word_zh)) in en.iter().zip(&zh).zip(THREATS) {
        assert!(a.title.contains(word) && b.title.contains(word_zh), "{} / {}", a.title, b.title);
        assert!(!a.holds.is_empty() && !a.not.is_empty(), "{}", a.title);
        assert_eq!((a.holds.len(), a.not.len()), (b.holds.len(), b.not.len()), "{}", a.title);
        for (x, y) in a.holds.iter().zip(&b.holds) {
            let tests = named(x);
            assert!(!tests.is_empty(), "no test shows it: {x}");
            assert_eq!(tests, named(y), "{x}");
            missing.extend(tests.into_iter().filter(|(file, name)| !is_test(file, name)));
        }
    }
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    assert!(is_test("tests/threats.rs", "what_is_no_test_is_not_taken_for_one"));
    assert!(!is_test("tests/threats.rs", "named") && !is_test("tests/threats.rs", "gone") && !is_test("tests/gone.rs", "named"));
}
