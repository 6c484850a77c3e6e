//! A procedure of one's own: begun with `procedure new`, laid beside what it extends on one page for paper.

mod common;

use common::{Ran, run_in};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DAY: &str = "2026-03-02";

fn office() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("xuncha.toml"), "[office]\nname = \"某县巡察办\"\n").unwrap();
    dir
}

fn run(dir: &Path, args: &[&str], code: u8) -> Ran {
    let ran = run_in(dir, args, DAY);
    assert_eq!(ran.code, code, "{args:?}\n{}{}", ran.out, ran.err);
    ran
}

/// The file without the `# ` before its samples: keys, tables, and nothing that is a sentence.
fn in_force(text: &str) -> String {
    let sample = |l: &str| {
        let key = l.split_once(" = ").is_some_and(|(k, _)| k.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        l.starts_with("[[") || key
    };
    let line = |l: &str| match l.strip_prefix("# ").filter(|l| sample(l)) {
        Some(l) => format!("{l}\n"),
        None => format!("{l}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn what_is_begun_lints_clean_and_so_do_its_samples() {
    for base in xuncha::procedure::builtin_ids() {
        for lang in ["zh", "en"] {
            let dir = office();
            let said = run(dir.path(), &["procedure", "new", "own", "--extends", &base, "--lang", lang], 0);
            assert_eq!(said.out, "procedures/own.toml\n");
            let file = dir.path().join("procedures/own.toml");
            let text = fs::read_to_string(&file).unwrap();
            run(dir.path(), &["procedure", "lint", "own"], 0);
            let same = run(dir.path(), &["procedure", "diff", &base, "own", "--format", "md"], 0).out;
            assert!(same.contains("事项没有不同"), "{base}: {same}");
            let changed = in_force(&text);
            assert!(changed.len() < text.len(), "{base}: there are samples");
            fs::write(&file, changed).unwrap();
            let lint = run(dir.path(), &["procedure", "lint", "own"], 0).out;
            assert!(lint.contains("没有发现问题"), "{base}: {lint}");
            let diff = run(dir.path(), &["procedure", "diff", &base, "own", "--format", "md"], 0).out;
            assert!(diff.contains("事项：增加1项，删去1项，"), "{base}: {diff}");
        }
    }
}

#[test]
fn an_example_is_copied_under_its_new_name() {
    let dir = office();
    run(dir.path(), &["procedure", "new", "mine", "--copy", "county-2026.example"], 0);
    let text = fs::read_to_string(dir.path().join("procedures/mine.toml")).unwrap();
    assert!(text.contains("\nid = \"mine\"\n") && !text.contains("id = \"county-2026\""));
    run(dir.path(), &["procedure", "lint", "mine"], 0);
    let again = run(dir.path(), &["procedure", "new", "mine", "--copy", "county-2026.example"], 2);
    assert!(again.err.contains("procedures/mine.toml"), "{}", again.err);
    assert_eq!(fs::read_to_string(dir.path().join("procedures/mine.toml")).unwrap(), text);
}

#[test]
fn what_cannot_be_begun_is_refused_and_writes_nothing() {
    let dir = office();
    for (args, said) in [
        (vec!["xinghai-2020"], "内置规程的编号"),
        (vec!["../x"], "不能作编号"),
        (vec!["a b"], "不能作编号"),
        (vec!["x.example"], "不能作编号"),
        (vec!["own", "--extends", "xinghai-2021"], "是否指 `xinghai-2020`"),
        (vec!["own", "--copy", "county"], "没有规程 `county`"),
        (vec!["own", "--copy", "x", "--extends", "y"], "--copy"),
    ] {
        let ran = run(dir.path(), &[&["procedure", "new"][..], &args].concat(), 2);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    assert!(!dir.path().join("procedures").exists());
    let outside = tempfile::tempdir().unwrap();
    run(outside.path(), &["procedure", "new", "own"], 2);
}

#[test]
fn a_page_for_paper_has_both_sides() {
    let dir = office();
    for (name, text) in [("a", include_str!("data/procedures/a.toml")), ("b", include_str!("data/procedures/b.toml"))] {
        fs::create_dir_all(dir.path().join("procedures")).unwrap();
        fs::write(dir.path().join(format!("procedures/{name}.toml")), text).unwrap();
    }
    let page = |lang: &str, format: &str| run(dir.path(), &["procedure", "diff", "a", "b", "--format", format, "--lang", lang], 0).out;
    insta::assert_snapshot!("procedure_page_zh_html", page("zh", "html"));
    insta::assert_snapshot!("procedure_page_en_md", page("en", "md"));
    for lang in ["zh", "en"] {
        let html = page(lang, "html");
        for word in ["<script", "http:", "https:", "<img", "url("] {
            assert!(!html.contains(word), "{word}");
        }
        for tag in ["table", "tr", "td", "dl", "p", "ins", "del"] {
            let open = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            assert_eq!(open, html.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}

#[test]
fn a_procedure_puts_no_tag_into_the_page() {
    let dir = office();
    fs::create_dir_all(dir.path().join("procedures")).unwrap();
    let a = include_str!("data/procedures/a.toml");
    fs::write(dir.path().join("procedures/a.toml"), a).unwrap();
    let evil = "id = \"e\"\nextends = \"a\"\ntitle = { zh = \"<script>alert(1)</script>\", en = \"x\" }\n[[change]]\nid = \"A-2\"\ntext = { zh = \"<b>&\\\"\\u001b[2J\", en = \"y\" }\n";
    fs::write(dir.path().join("procedures/e.toml"), evil).unwrap();
    let html = run(dir.path(), &["procedure", "diff", "a", "e", "--format", "html"], 0).out;
    assert!(!html.contains("<script") && !html.contains("<b>&\"") && !html.contains('\u{1b}'), "{html}");
    assert!(html.contains("&lt;b&gt;&amp;"), "{html}");
}
