//! Any bytes as the file of an interview: decoded, parsed, bound, looked through for what leads to a person.

#![no_main]

#[path = "../readers.rs"]
#[allow(dead_code, reason = "each target calls one")]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::record(bytes));
