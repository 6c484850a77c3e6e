//! Six readers of what other people write, each given any bytes: the fuzz targets call these, and so does the test that feeds them the kept corpus.

use xuncha::calendar::Rule;
use xuncha::casebook::read::bound;
use xuncha::guard::{names::Names, record as looked};
use xuncha::kind::{self, Home, load::load as kinds};
use xuncha::procedure::{lint::lint, load::load as procedures};
use xuncha::rule::{Env, It, Template, clash, compile};

/// The text that the bytes begin with.
fn text(bytes: &[u8]) -> &str {
    let end = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

fn within(range: (usize, usize), len: usize) -> bool {
    range.0 <= range.1 && range.1 <= len
}

/// Any bytes as the file of an interview: decoded, parsed, bound, looked through for what leads to a person.
pub fn record(bytes: &[u8]) {
    let schema = kind::load::builtin();
    let kind = schema.find_kind("interview").expect("a kind");
    let Ok(text) = xuncha::yaml::decode("x.yaml", bytes.to_vec()) else { return };
    let len = text.len();
    let (read, findings) = bound(&schema, kind, "x", "x.yaml", Home::default(), text);
    assert!(read.is_some() || !findings.is_empty());
    assert!(findings.iter().all(|f| f.place.range.is_none_or(|r| within(r, len))));
    let mut names = Names::default();
    names.add("欧阳甲");
    read.iter().for_each(|r| drop(looked::traces(&schema, r, &names)));
}

/// Any text as an office's own kind.
pub fn kind(bytes: &[u8]) {
    let text = text(bytes);
    let (schema, findings) = kinds(&[("kinds/own.toml".to_string(), text.to_string().into())]);
    assert!(schema.find_kind("case").is_some());
    let own = findings.iter().filter(|f| f.place.file == "kinds/own.toml");
    assert!(own.filter_map(|f| f.place.range).all(|r| within(r, text.len())));
}

/// Any text as an office's own procedure: loaded, compiled and linted.
pub fn procedure(bytes: &[u8]) {
    let text = text(bytes);
    let library = |id: &str| (id == "own").then(|| ("procedures/own.toml".to_string(), text.to_string()));
    let (procedure, findings) = procedures("procedures/own.toml", text, &library);
    assert!(procedure.is_some() || !findings.is_empty());
    let more = procedure.map(|p| lint(&p, &kind::load::builtin())).unwrap_or_default();
    assert!(findings.iter().chain(&more).filter_map(|f| f.place.range).all(|r| within(r, text.len())));
}

/// Any text as an expression over an interview.
pub fn expression(bytes: &[u8]) {
    let text = text(bytes);
    let schema = kind::load::builtin();
    let it = It::record(schema.find_kind("interview").expect("a kind"));
    if let Err(e) = compile(text, &Env::of(&schema), Some(&it), None) {
        assert!(within((e.range.start, e.range.end), text.len()));
        assert!(text.is_char_boundary(e.range.start) && text.is_char_boundary(e.range.end));
    }
    let _ = Template::compile(text, &Env::of(&schema), Some(&it));
    let _ = clash(text);
}

/// Any text as a layer of days off, and its first line as a period.
pub fn calendar(bytes: &[u8]) {
    let text = text(bytes);
    let (_, findings) = xuncha::calendar::layer::read(text, "calendar/own.toml");
    assert!(findings.iter().filter_map(|f| f.place.range).all(|r| within(r, text.len())));
    let _ = Rule::parse(text.lines().next().unwrap_or(""));
}

/// Any text as a holiday notice of the State Council.
pub fn notice(bytes: &[u8]) {
    if let Err(errors) = xuncha::calendar::import::parse(text(bytes)) {
        assert!(!errors.is_empty());
    }
}
