//! The kept corpus of the fuzz targets, `fuzz/corpus/`, fed to the same readers on the stable toolchain: none panics, none takes long.

mod common;
#[path = "../fuzz/readers.rs"]
mod readers;

use common::{files, root};
use std::fs;
use std::time::{Duration, Instant};

type Reader = fn(&[u8]);

/// The targets of `fuzz/Cargo.toml`, and the fewest inputs that are kept of each.
const TARGETS: [(&str, Reader, usize); 6] = [
    ("record", readers::record, 20),
    ("kind", readers::kind, 20),
    ("procedure", readers::procedure, 20),
    ("expression", readers::expression, 20),
    ("calendar", readers::calendar, 20),
    ("notice", readers::notice, 20),
];

/// For one input. Reading the built-in kinds, which the target `kind` does each time, is most of it in a debug build.
const LONGEST: Duration = Duration::from_secs(10);

#[test]
fn no_kept_input_is_too_much_for_its_reader() {
    for (target, reader, least) in TARGETS {
        let inputs = files(&root().join("fuzz/corpus").join(target));
        assert!(inputs.len() >= least, "{target}: {} inputs", inputs.len());
        for path in inputs {
            let bytes = fs::read(&path).expect("an input");
            let start = Instant::now();
            let ended = std::panic::catch_unwind(|| reader(&bytes));
            assert!(ended.is_ok(), "{} is too much for the reader of a {target}", path.display());
            assert!(start.elapsed() < LONGEST, "{}: {:?}", path.display(), start.elapsed());
        }
    }
}

#[test]
fn every_target_is_replayed_and_the_corpus_stays_small() {
    let text = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("the targets");
    let named: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\"")).collect();
    assert_eq!(named, TARGETS.map(|(name, ..)| name));
    let all = files(&root().join("fuzz/corpus"));
    let bytes: u64 = all.iter().map(|p| fs::metadata(p).expect("an input").len()).sum();
    assert!(all.len() < 300 && bytes < 500_000, "{} files, {bytes} bytes", all.len());
}
