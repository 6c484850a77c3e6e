//! Any text as an office's own procedure: loaded, compiled and linted.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xuncha::kind;
use xuncha::procedure::{lint::lint, load::load};

fuzz_target!(|text: &str| {
    let library = |id: &str| (id == "own").then(|| ("procedures/own.toml".to_string(), text.to_string()));
    let (procedure, findings) = load("procedures/own.toml", text, &library);
    assert!(procedure.is_some() || !findings.is_empty());
    let more = procedure.map(|p| lint(&p, &kind::load::builtin())).unwrap_or_default();
    let all = findings.iter().chain(&more).filter_map(|f| f.place.range);
    assert!(all.into_iter().all(|(from, to)| from <= to && to <= text.len()));
});
