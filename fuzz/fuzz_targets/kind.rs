//! Any text as an office's own kind.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xuncha::kind::load::load;

fuzz_target!(|text: &str| {
    let (schema, findings) = load(&[("kinds/own.toml".to_string(), text.to_string().into())]);
    assert!(schema.find_kind("case").is_some());
    let own = findings.iter().filter(|f| f.place.file == "kinds/own.toml");
    assert!(own.filter_map(|f| f.place.range).all(|(from, to)| from <= to && to <= text.len()));
});
