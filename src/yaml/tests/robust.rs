//! Whatever bytes come: no panic, no hang, every place inside the text; and how fast large files are read.

use super::*;
use proptest::prelude::*;

const RECORD: &str = include_str!("../../../tests/data/yaml/interview.yaml");

/// Every accessor on every node.
fn visit(tree: &Tree) {
    for id in (0..tree.len() as u32).map(NodeId) {
        let span = tree.span(id);
        assert!(span.start <= span.end && tree.text().get(span).is_some());
        assert!(tree.entries(id).count() + tree.items(id).count() < tree.len());
        let _ = (tree.str(id), tree.parent(id), tree.slip("x.yaml", id));
    }
}

fn read(text: &str) {
    let (tree, findings) = Tree::parse("x.yaml", text.to_string());
    assert!(tree.is_some() || !findings.is_empty(), "neither tree nor finding: {text:?}");
    for finding in &findings {
        let (start, end) = finding.place.range.unwrap();
        assert!(text.get(start..end).is_some(), "{text:?}: {finding:?}");
        assert!(finding.help.is_some() && CODES.contains(&&*finding.code));
    }
    if let Some(tree) = tree {
        visit(&tree);
    }
}

#[test]
fn every_byte_deleted_in_turn() {
    for i in 0..RECORD.len() {
        let mut bytes = RECORD.as_bytes().to_vec();
        bytes.remove(i);
        read(&String::from_utf8_lossy(&bytes));
        if let Ok(text) = decode("x.yaml", bytes) {
            read(&text);
        }
    }
}

#[test]
fn every_prefix() {
    for (i, _) in RECORD.char_indices() {
        read(&RECORD[..i]);
    }
}

#[test]
fn large_files_do_not_take_quadratic_time() {
    let keys: String = (0..100_000).map(|i| format!("k{i}: v\n")).collect();
    let cases = [
        keys,
        "a: [".repeat(5_000),
        "- ".repeat(100_000),
        "标题：一\n".repeat(20_000),
        "k: v\nk:v\n".repeat(20_000),
        "{".repeat(200_000),
        "\"".repeat(200_001),
        "<<<<<<< x\n".repeat(20_000),
        "a\n".repeat(100_000),
        "x: 第 #3 号\nx: &a 1\n".repeat(2_000),
    ];
    let start = std::time::Instant::now();
    for text in cases {
        read(&text);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn random_text(text in "\\PC{0,60}") {
        read(&text);
    }

    #[test]
    fn random_yaml(text in "[-a:：#\\[\\]{},&*!|>'\"%@`? \\n\\t\\r\u{3000}“”<=1一\\\\~]{0,80}") {
        read(&text);
    }

    #[test]
    fn mutated_record(cuts in proptest::collection::vec((0usize..RECORD.len(), 0usize..6, "[-a:：#\\[\\]{},&*!|>'\" \\n\\t\u{3000}“<]{0,4}"), 1..6)) {
        let mut text: Vec<char> = RECORD.chars().collect();
        for (at, len, with) in cuts {
            let at = at.min(text.len());
            let end = (at + len).min(text.len());
            text.splice(at..end, with.chars());
        }
        read(&text.into_iter().collect::<String>());
    }

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode("x.yaml", bytes) {
            read(&text);
        }
    }
}

/// `cargo test --release --lib yaml::tests::robust::speed -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, not a test"]
fn speed() {
    let record = include_str!("../../../tests/data/yaml/worksheet.yaml");
    for quick in [true, false, true, false] {
        let start = std::time::Instant::now();
        let mut nodes = 0;
        for _ in 0..100_000 {
            nodes += build::parse_with("x.yaml", record.to_string(), quick).0.map_or(0, |t| t.len());
        }
        let each = start.elapsed() / 100_000;
        println!("{} bytes, {} nodes, quick {quick}: {each:?}", record.len(), nodes / 100_000);
    }
    let start = std::time::Instant::now();
    let theirs = (0..20_000).filter(|_| serde_yaml::from_str::<serde_yaml::Value>(record).is_ok()).count();
    println!("serde_yaml: {:?}", start.elapsed() / theirs as u32);
}
