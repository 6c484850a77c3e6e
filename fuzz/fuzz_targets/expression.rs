//! Any text as an expression over an interview.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xuncha::kind;
use xuncha::rule::{Env, It, Template, clash, compile};

fuzz_target!(|text: &str| {
    let schema = kind::load::builtin();
    let it = It::record(schema.find_kind("interview").expect("a kind"));
    if let Err(e) = compile(text, &Env::of(&schema), Some(&it), None) {
        assert!(e.range.start <= e.range.end && e.range.end <= text.len());
        assert!(text.is_char_boundary(e.range.start) && text.is_char_boundary(e.range.end));
    }
    let _ = Template::compile(text, &Env::of(&schema), Some(&it));
    let _ = clash(text);
});
