//! Any text as an office's own procedure: loaded, compiled and linted.

#![no_main]

#[path = "../readers.rs"]
#[allow(dead_code, reason = "each target calls one")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::procedure(bytes));
