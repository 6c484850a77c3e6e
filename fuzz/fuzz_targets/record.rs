//! Any bytes as the file of an interview: decoded, parsed, bound, looked through for what leads to a person.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xuncha::casebook::read::bound;
use xuncha::guard::{names::Names, record};
use xuncha::kind::{self, Home};

fuzz_target!(|bytes: &[u8]| {
    let schema = kind::load::builtin();
    let kind = schema.find_kind("interview").expect("a kind");
    let Ok(text) = xuncha::yaml::decode("x.yaml", bytes.to_vec()) else { return };
    let len = text.len();
    let (read, findings) = bound(&schema, kind, "x", "x.yaml", Home::default(), text);
    assert!(read.is_some() || !findings.is_empty());
    assert!(findings.iter().all(|f| f.place.range.is_none_or(|(from, to)| from <= to && to <= len)));
    let mut names = Names::default();
    names.add("欧阳甲");
    read.iter().for_each(|r| drop(record::traces(&schema, r, &names)));
});
