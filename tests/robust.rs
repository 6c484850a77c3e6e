//! Damage: a byte lost anywhere, data files changed at random; and the same answer in every run, on any number of threads.

mod common;

use common::{Book, files, root};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use xuncha::calendar::Calendar;
use xuncha::kind::{self, Home};
use xuncha::procedure::{self, load::load};
use xuncha::yaml::Tree;

const TODAY: &str = "2021-02-01";

/// `XUNCHA_THOROUGH=1 cargo test --test robust` takes minutes and tries every byte and many more changes.
fn thorough() -> bool {
    std::env::var_os("XUNCHA_THOROUGH").is_some()
}

fn cases(usual: u32) -> ProptestConfig {
    ProptestConfig { cases: if thorough() { usual * 25 } else { usual }, ..ProptestConfig::default() }
}

/// Records of the example casebook, one of each kind of writing: lists, maps in flow, long texts, dates, sealed fields.
const RECORDS: [(&str, &str); 6] = [
    ("milestone", "rounds/2020-r2/zhixiao/milestone/2020-08-20-xinfang-tufa.yaml"),
    ("case", "rounds/2020-r2/zhixiao/case.yaml"),
    ("interview", "rounds/2020-r2/zhixiao/interview/"),
    ("petition", "rounds/2020-r2/zhixiao/petition/"),
    ("feedback", "rounds/2020-r2/zhixiao/feedback.yaml"),
    ("person", "person/zu-01.yaml"),
];

/// The path in the example casebook; of a folder, its first file.
fn record(path: &str) -> (String, Vec<u8>) {
    let demo = root().join("examples/demo");
    let full = if path.ends_with('/') { files(&demo.join(path)).remove(0) } else { demo.join(path) };
    let rel = full.strip_prefix(&demo).expect("below the example").to_string_lossy().replace('\\', "/");
    (rel, fs::read(full).expect("a record"))
}

/// A small casebook that holds the six, under a procedure that looks at each of them.
fn six() -> (Book, Vec<(String, Vec<u8>)>) {
    let book = Book::new("none");
    book.write("xuncha.toml", "[office]\nname = \"试点县委巡察办\"\n");
    let mut procedure = String::from(
        "id = \"t\"\ntitle = { zh = \"试\", en = \"T\" }\n[[stage]]\nid = \"inquire\"\ntitle = { zh = \"了解\", en = \"Inquiry\" }\n[[event]]\nid = \"entry\"\ntitle = { zh = \"进驻\", en = \"Entry\" }\nfrom = \"milestone.date\"\n",
    );
    let demands = [
        "each = \"interview\"\nrequire = \"size(it.inspectors) >= 2 && it.date >= event.entry\"",
        "each = \"petition\"\ndue = { from = \"entry\", rule = \"+30d\" }\nwhen = \"has(unit.name) || has(case.team)\"",
        "artifact = \"feedback.receipt.signatures\"\nsignatures = { at = \"receipt.signatures\", roles = [\"unit_principal\"] }",
        "artifact = \"feedback\"\napprovals = [\"office\"]\nafter = \"entry\"",
        "artifact = \"case.channels\"\ncount = 3\nper = \"persons\"\nby = \"it.value\"",
        "require = \"persons.all(p, p.birth_year > 1950) && team.no == 2\"",
    ];
    for (i, demand) in demands.iter().enumerate() {
        procedure += &format!(
            "[[obligation]]\nid = \"T-{i}\"\ncite = \"{i}\"\nstage = \"inquire\"\nstrength = \"must\"\ntext = {{ zh = \"某项\", en = \"one\" }}\n{demand}\n"
        );
    }
    book.write("rounds/2020-r2/procedure.toml", procedure);
    book.write("rounds/2020-r2/zhixiao/visit/flawed.yaml", "编号: 许多\n日期: 昨天\n");
    let records: Vec<_> = RECORDS.iter().map(|(_, path)| record(path)).collect();
    for (rel, bytes) in &records {
        book.write(rel, bytes);
    }
    (book, records)
}

/// What `check` finds in the record that nobody touched.
fn in_flawed(book: &Book) -> Vec<Value> {
    let ran = book.run(&["check", "--format", "json"], TODAY);
    assert!(ran.code <= 1, "{} {}", ran.code, ran.err);
    let all: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    all.into_iter().filter(|f| f["file"] == "rounds/2020-r2/zhixiao/visit/flawed.yaml").collect()
}

#[test]
fn a_byte_lost_anywhere_neither_panics_nor_hides_another_file() {
    let (book, records) = six();
    let lint = book.run(&["procedure", "lint", "rounds/2020-r2/procedure.toml"], TODAY);
    assert_eq!(lint.code, 0, "{}", lint.out);
    let whole = in_flawed(&book);
    assert!(whole.len() >= 2, "{whole:#?}");
    for (rel, bytes) in &records {
        assert!(!bytes.is_empty());
        // The reader and the binder meet every loss; the whole program every fifth, of a character's bytes now this one, now that.
        for at in (0..bytes.len()).step_by(if thorough() { 1 } else { 5 }) {
            book.write(rel, [&bytes[..at], &bytes[at + 1..]].concat());
            assert_eq!(in_flawed(&book), whole, "byte {at} of {rel}");
        }
        book.write(rel, bytes);
    }
    assert_eq!(in_flawed(&book), whole);
}

#[test]
fn a_byte_lost_anywhere_is_read_and_bound() {
    let schema = kind::load::builtin();
    let home = Home { round: "2020-r2".into(), case: "zhixiao".into() };
    let mut read = 0;
    for (id, path) in RECORDS {
        let (rel, bytes) = record(path);
        let kind = schema.find_kind(id).expect("a kind");
        for at in 0..bytes.len() {
            let damaged = [&bytes[..at], &bytes[at + 1..]].concat();
            let Ok(text) = xuncha::yaml::decode(&rel, damaged) else { continue };
            let (tree, findings) = Tree::parse(&rel, text);
            let Some(tree) = tree else {
                assert!(!findings.is_empty(), "byte {at} of {rel} is refused without a word");
                continue;
            };
            let (record, findings) = kind::bind(&schema, kind, "x", &rel, home.clone(), tree);
            let len = record.tree.text().len();
            assert!(findings.iter().all(|f| f.place.range.is_none_or(|(from, to)| from <= to && to <= len)), "byte {at} of {rel}");
            read += 1;
        }
    }
    assert!(read > 500, "only {read} were read");
}

/// Pieces that change the meaning of a data file.
const PIECES: [&str; 24] = [
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\n",
    "#",
    ",",
    ".",
    "it.",
    "event.",
    "size(",
    ")",
    "&&",
    "+10wd",
    "-1",
    "99999999999999999999",
    "true",
    "\u{202e}",
    "规程",
];

/// A text with some of its parts deleted, doubled, moved or overwritten.
fn mutated(text: &str, seeds: &[(usize, usize, usize)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (what, at, n) in seeds {
        let len = chars.len().max(1);
        let (at, end) = (at % len, (at % len + n % 40).min(chars.len()));
        match what % 4 {
            0 => drop(chars.drain(at..end)),
            1 => drop(chars.splice(at..at, PIECES[n % PIECES.len()].chars())),
            2 => {
                let part: Vec<char> = chars[at..end].to_vec();
                let to = (at * 7 + n) % (chars.len() + 1);
                drop(chars.splice(to..to, part));
            }
            _ => drop(chars.splice(at..end, PIECES[n % PIECES.len()].chars())),
        }
    }
    chars.into_iter().collect()
}

fn seeds() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()).prop_map(|(a, b, c)| (a % 1000, b % 1_000_000, c % 1000)), 1..6)
}

fn small_procedure() -> String {
    let (book, _) = six();
    let own = fs::read_to_string(book.path().join("rounds/2020-r2/procedure.toml")).expect("a procedure");
    own + &fs::read_to_string(root().join("tests/bases/small/procedures/small.toml"))
        .expect("a procedure")
        .replace("id = \"small\"", "note = \"x\"")
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_damaged_procedure_never_panics(seeds in seeds()) {
        let text = mutated(&small_procedure(), &seeds);
        let library = |id: &str| (id == "small" || id == "t").then(|| ("procedures/small.toml".to_string(), text.clone()));
        let (p, findings) = load("procedures/own.toml", &text, &library);
        let schema = kind::load::builtin();
        match p {
            Some(p) => {
                for f in procedure::lint::lint(&p, &schema).iter().chain(&findings) {
                    prop_assert!(f.place.range.is_none_or(|(from, to)| from <= to && to <= text.len()), "{f:?}");
                }
            }
            None => prop_assert!(!findings.is_empty()),
        }
    }

    #[test]
    fn damaged_settings_never_panic(seeds in seeds()) {
        let text = fs::read_to_string(root().join("examples/demo/xuncha.toml")).expect("settings");
        let text = mutated(&text, &seeds);
        let (_, findings) = xuncha::casebook::config::read("xuncha.toml", &text);
        prop_assert!(findings.iter().all(|f| f.place.range.is_none_or(|(from, to)| from <= to && to <= text.len())));
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_damaged_kind_never_panics(seeds in seeds(), which in 0usize..5) {
        let name = ["interview", "feedback", "structures", "enumerations", "petition"][which];
        let text = fs::read_to_string(root().join(format!("templates/kinds/{name}.toml"))).expect("a kind");
        let text = mutated(&text, &seeds);
        let (schema, findings) = kind::load::load(&[(format!("kinds/{name}.toml"), text.as_str().into())]);
        prop_assert!(schema.find_kind("case").is_some());
        let own = procedure::conditions::own(&schema);
        for f in findings.iter().chain(&own).filter(|f| f.place.file.starts_with("kinds/")) {
            prop_assert!(f.place.range.is_none_or(|(from, to)| from <= to && to <= text.len()), "{f:?}");
        }
        let (_, bytes) = record("rounds/2020-r2/zhixiao/feedback.yaml");
        if let (Some(kind), (Some(tree), _)) = (schema.find_kind("feedback"), Tree::parse("f.yaml", String::from_utf8(bytes).expect("UTF-8"))) {
            kind::bind(&schema, kind, "feedback", "f.yaml", Home::default(), tree);
        }
    }

    #[test]
    fn a_damaged_calendar_never_panics(seeds in seeds()) {
        let text = fs::read_to_string(root().join("templates/calendar/china-holidays.toml")).expect("a calendar");
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("own.toml"), mutated(&text, &seeds)).expect("a file can be written");
        let (calendar, _) = Calendar::load(dir.path(), "calendar/");
        let from = xuncha::calendar::Anchor::day(common::day("2020-09-30"));
        let _ = xuncha::calendar::due(&calendar, from, &xuncha::calendar::Rule::parse("+10wd").expect("a rule"), None);
    }

    #[test]
    fn damaged_records_and_procedures_together_never_panic(seeds in seeds(), which in 0usize..6) {
        let (book, records) = six();
        let (rel, bytes) = &records[which];
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        book.write(rel, mutated(&text, &seeds));
        let procedure = fs::read_to_string(book.path().join("rounds/2020-r2/procedure.toml")).expect("a procedure");
        book.write("rounds/2020-r2/procedure.toml", mutated(&procedure, &seeds));
        prop_assert!(in_flawed(&book).len() >= 2);
    }
}

#[test]
fn every_run_prints_the_same_on_one_thread_or_two() {
    // Rounds, cases and records enough to be read side by side, with something wrong in many of them.
    let demo = Book::new("demo");
    for i in 0..40 {
        demo.write(
            &format!("rounds/2020-r2/zhixiao/interview/2020-08-1{}-x{i:02}.yaml", i % 10),
            format!("no: {}\ndate: 昨天\ncolour: {i}\n", i % 7),
        );
    }
    for round in ["2019-r1", "2021-r1"] {
        for unit in ["jiaoyuju", "yizhong", "zhixiao"] {
            demo.write(&format!("rounds/{round}/{unit}/case.yaml"), format!("unit: {unit}\nteam: t1\n"));
        }
    }
    let run = |threads: usize, format: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| demo.run(&["check", "--format", format], TODAY))
    };
    for format in ["json", "table"] {
        let first = run(1, format);
        assert_eq!(first.code, 1);
        assert!(first.out.len() > 10_000);
        for i in 0..if format == "json" { 10 } else { 2 } {
            assert!(run(1 + i % 2, format) == first, "run {i} as {format} differs");
        }
    }
}
