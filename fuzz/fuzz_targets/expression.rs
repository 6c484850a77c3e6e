//! Any text as an expression over an interview.

#![no_main]

#[path = "../readers.rs"]
#[allow(dead_code, reason = "each target calls one")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::expression(bytes));
