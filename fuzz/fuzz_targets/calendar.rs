//! Any text as a layer of days off, and its first line as a period.

#![no_main]

#[path = "../readers.rs"]
#[allow(dead_code, reason = "each target calls one")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::calendar(bytes));
