//! Any text as a holiday notice of the State Council.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match xuncha::calendar::import::parse(text) {
        Ok(_) => {}
        Err(errors) => assert!(!errors.is_empty()),
    }
});
