//! Data files: unknown keys, broken syntax, and that what was packed when the program was built reads as the file does.

use super::*;

#[test]
fn unknown_keys_and_wrong_types_are_found_with_their_place() {
    let text = "id = 3\ntitel = { zh = \"甲\", en = \"a\" }\n";
    let ((), findings) = parse("p.toml", text, |t| {
        t.str("id");
        t.need_text("title");
        t.finish();
    });
    let codes: Vec<&str> = findings.iter().map(|f| f.code.as_ref()).collect();
    assert_eq!(codes, ["data-type", "data-missing-key", "data-unknown-key"]);
    assert_eq!(findings[2].help.as_ref().unwrap().en, "did you mean `title`?");
    assert_eq!(findings[2].place.range, Some((7, 12)));
}

#[test]
fn broken_syntax_is_reported_and_the_rest_still_read() {
    let (id, findings) = parse("p.toml", "x = \"abc\nid = \"a\"\n", |t| t.str("id").map(str::to_string));
    assert_eq!(findings[0].code, "data-syntax");
    assert_eq!(id.as_deref(), Some("a"));
}

/// Everything in a table, with its places.
fn shown(t: Entries<'_>) -> String {
    t.keys().map(|(k, r)| format!("{k}@{r:?}={};", value(t.get(k).unwrap()))).collect()
}

fn value(n: Node<'_>) -> String {
    let what = match n.value() {
        Value::Text(s) => format!("{s:?}"),
        Value::Int(i) => i.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Date(d) => format!("date {d}"),
        Value::Float => "float".to_string(),
        Value::Array(items) => items.iter().map(value).collect::<Vec<_>>().join(","),
        Value::Table(t) => format!("{{{}}}", shown(t)),
    };
    format!("{what}@{:?}", n.span())
}

#[test]
fn what_was_packed_reads_as_the_file_does() {
    let files: Vec<_> = crate::builtin::under("templates/").filter(|(name, _)| name.ends_with(".toml")).collect();
    assert!(files.len() > 40);
    for (name, text) in files {
        assert!(crate::builtin::packed(text).is_some(), "{name} has a fault");
        let other = format!("{text}\n");
        let (built, read) = (Doc::parse(name, text), Doc::parse(name, &other));
        assert!(crate::builtin::packed(&other).is_none());
        assert!(matches!(built.words, Cow::Borrowed(_)) && matches!(read.words, Cow::Owned(_)));
        assert_eq!(shown(built.table().table), shown(read.table().table), "{name}");
    }
}

#[test]
fn numbers_texts_and_dates_keep_what_they_say() {
    let text = "a = -5\nb = 9_000_000_000\nc = 0x10\nd = \"x\\ty\"\ne = '''\nlong'''\nf = 2020-01-02\ng = \"\"\n\"h i\" = 1.5\nj = 99999999999999999999\n";
    let doc = Doc::parse("x.toml", text);
    let t = doc.table();
    assert_eq!((t.int("a"), t.int("b"), t.int("c")), (Some(-5), Some(9_000_000_000), Some(16)));
    assert_eq!((t.str("d"), t.str("e"), t.str("g")), (Some("x\ty"), Some("long"), Some("")));
    assert_eq!(t.date_or_str("f").as_deref(), Some("2020-01-02"));
    assert_eq!((t.type_of("h i"), t.type_of("j")), (Some("float"), Some("float")));
}
