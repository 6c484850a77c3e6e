//! Any text as a layer of days off, and its first line as a period.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xuncha::calendar::Rule;

fuzz_target!(|text: &str| {
    let (_, findings) = xuncha::calendar::layer::read(text, "calendar/own.toml");
    assert!(findings.iter().filter_map(|f| f.place.range).all(|(from, to)| from <= to && to <= text.len()));
    let _ = Rule::parse(text.lines().next().unwrap_or(""));
});
