//! Changes to a text: entries and items put in, values replaced, everything else left to the letter.

use super::*;

fn map(entries: &[(&str, &str)]) -> Value {
    Value::Map(entries.iter().map(|(k, v)| (k.to_string(), Value::from(*v))).collect())
}

/// Follows keys and, for numbers, items.
fn at(tree: &Tree, path: &str) -> NodeId {
    path.split('.').filter(|p| !p.is_empty()).fold(tree.root(), |id, p| match p.parse::<usize>() {
        Ok(n) => tree.items(id).nth(n).unwrap(),
        Err(_) => tree.get(id, p).unwrap(),
    })
}

#[test]
fn entries_are_inserted() {
    for (before, path, after) in [
        ("", "", "k: v\n"),
        ("# 注\n", "", "# 注\nk: v\n"),
        ("# 注", "", "# 注\nk: v\n"),
        ("{}\n", "", "k: v\n"),
        ("a: 1", "", "a: 1\nk: v"),
        ("a: 1 # 注\n# 尾\n", "", "a: 1 # 注\nk: v\n# 尾\n"),
        ("a: 1\r\nb:\r\n  c: 1\r\nd: 2\r\n", "b", "a: 1\r\nb:\r\n  c: 1\r\n  k: v\r\nd: 2\r\n"),
        ("b:\n    c: |\n      x\n\n      y\n\nd: 2\n", "b", "b:\n    c: |\n      x\n\n      y\n    k: v\n\nd: 2\n"),
        ("b:\n  c: |+\n    x\n\n\nd: 2\n", "b", "b:\n  c: |+\n    x\n\n\n  k: v\nd: 2\n"),
        ("b: # 注\nd: 2\n", "b", "b: # 注\n  k: v\nd: 2\n"),
        ("b: {} # 注\nd: 2\n", "b", "b: # 注\n  k: v\nd: 2\n"),
        ("b: ~\nd: 2\n", "b", "b:\n  k: v\nd: 2\n"),
        ("b: {x: 1}\n", "b", "b: {x: 1, k: v}\n"),
        ("b: {x: 1, }\n", "b", "b: {x: 1, k: v }\n"),
        ("b: [{}, {y: }]\n", "b.0", "b: [{k: v}, {y: }]\n"),
        ("b: [{}, {y: }]\n", "b.1.y", "b: [{}, {y: {k: v} }]\n"),
        ("l:\n- a: 1\n  # 注\n- b: 2\n", "l.0", "l:\n- a: 1\n  k: v\n  # 注\n- b: 2\n"),
        ("l:\n  -\n  - b: 2\n", "l.0", "l:\n  - k: v\n  - b: 2\n"),
    ] {
        let tree = parse(before);
        assert_eq!(insert_entry(&tree, at(&tree, path), "k", &"v".into()).as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn items_are_appended() {
    for (before, path, after) in [
        ("l:\n  - a\n  - b # 注\nm: 1\n", "l", "l:\n  - a\n  - b # 注\n  - v\nm: 1\n"),
        ("l:\n- a\nm: 1\n", "l", "l:\n- a\n- v\nm: 1\n"),
        ("l: []\nm: 1\n", "l", "l:\n  - v\nm: 1\n"),
        ("l:\nm: 1\n", "l", "l:\n  - v\nm: 1\n"),
        ("l: # 注\n", "l", "l: # 注\n  - v\n"),
        ("l: [a, b]\n", "l", "l: [a, b, v]\n"),
        ("l: [\n  a,\n]\r\n", "l", "l: [\n  a, v\n]\r\n"),
        ("l:\n  - a", "l", "l:\n  - a\n  - v"),
        ("l:\n  - - a\n    - b\n  - c\n", "l.0", "l:\n  - - a\n    - b\n    - v\n  - c\n"),
    ] {
        let tree = parse(before);
        assert_eq!(append_item(&tree, at(&tree, path), &"v".into()).as_deref(), Ok(after), "{before:?}");
    }
    let tree = parse("l:\n- a: 1\n");
    assert_eq!(append_item(&tree, at(&tree, "l"), &map(&[("a", "x"), ("b", "y")])).as_deref(), Ok("l:\n- a: 1\n- a: x\n  b: \"y\"\n"));
}

#[test]
fn scalars_are_replaced() {
    for (before, value, after) in [
        ("a: 1 # 注\nb: 2\n", Value::from("x"), "a: x # 注\nb: 2\n"),
        ("a:\nb: 2\n", "x".into(), "a: x\nb: 2\n"),
        ("a: # 注\nb: 2\n", Value::Int(3), "a: 3 # 注\nb: 2\n"),
        ("a: 'q'\r\nb: 2\r\n", Value::Bool(true), "a: true\r\nb: 2\r\n"),
        ("a: | # 注\n  x\n  y\nb: 2\n", "no".into(), "a: \"no\" # 注\nb: 2\n"),
        ("a: 1 # 注\nb: 2\n", "x\ny\n".into(), "a: | # 注\n  x\n  y\nb: 2\n"),
        ("a: >-\n  x\n  y\nb: 2\n", "x\ny".into(), "a: |-\n  x\n  y\nb: 2\n"),
        ("a: 1", "x\ny".into(), "a: |-\n  x\n  y"),
        ("a: 1", "x\n\n\n".into(), "a: \"x\\n\\n\\n\""),
        ("a: long\n  text\nb: 2\n", Value::Null, "a: null\nb: 2\n"),
    ] {
        let tree = parse(before);
        assert_eq!(set_scalar(&tree, at(&tree, "a"), &value).as_deref(), Ok(after), "{before:?}");
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let tree = parse("a: 1\nb: [x]\nc: {d: e}\n");
    let v = Value::from("v");
    assert!(insert_entry(&tree, tree.root(), "a", &v).is_err(), "the key exists");
    assert!(insert_entry(&tree, at(&tree, "a"), "k", &v).is_err(), "no map");
    assert!(append_item(&tree, at(&tree, "c"), &v).is_err(), "no list");
    assert!(set_scalar(&tree, at(&tree, "b"), &v).is_err(), "no scalar");
    assert!(set_scalar(&tree, at(&tree, "a"), &map(&[("k", "v")])).is_err(), "no scalar given");
    let key = tree.entries(tree.root()).next().unwrap().key_id;
    assert!(set_scalar(&tree, key, &v).is_err(), "a key");
}

#[test]
fn writing_quotes_what_would_be_misread() {
    for s in [
        "no",
        "on",
        "y",
        "Yes",
        "12:30",
        "007",
        "1e3",
        "~",
        "null",
        "true",
        " x",
        "x ",
        "a #b",
        "a: b",
        "a:",
        "-x",
        "?x",
        "*x",
        "&x",
        "!x",
        "|x",
        ">x",
        "%x",
        "@x",
        "`x",
        "'x",
        "\"x",
        "{x",
        "[x",
        "]x",
        "}x",
        ",x",
        "#x",
        "1.5",
        "0x1f",
        "+1",
        ".5",
        "1_000",
        "2020-03",
        "２０",
        "“x”",
        "",
        "-",
        "=",
        "<<",
        ".inf",
        ".NaN",
        "0o17",
        "x\u{3000}",
        "a\tb",
    ] {
        let out = write(&Value::from(s), 0);
        assert!(out.starts_with(['"', '\'']), "{s:?} was written {out:?}");
    }
    for s in ["2020-03-01", "巡察", "P-017", "2020-09-04-k3f9", "第 3 号", "http://example.org", "三重一大：制度", "2020年3月", "a, b"]
    {
        assert_eq!(write(&Value::from(s), 0), format!("{s}\n"));
    }
}

#[test]
fn writing_makes_blocks() {
    let value = Value::Map(vec![
        ("a".into(), Value::Seq(vec!["x".into(), map(&[("b", "c"), ("d", "e")]), Value::Seq(vec![Value::Int(1)]), Value::Seq(vec![])])),
        ("说明".into(), "一\n二\n".into()),
        ("no".into(), Value::Map(vec![])),
    ]);
    let expected = "  a:\n    - x\n    - b: c\n      d: e\n    - - 1\n    - []\n  说明: |\n    一\n    二\n  \"no\": {}\n";
    assert_eq!(write(&value, 2), expected);
}

mod property {
    use super::*;
    use proptest::prelude::*;

    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{1,6}",
            "[巡察谈话组长]{1,5}",
            proptest::sample::select(vec![
                "no",
                "12:30",
                "007",
                "a: b",
                "x #3",
                "-甲",
                "“引”",
                "第一\n第二\n",
                "  x\ny",
                "\n",
                "x\n\n\n",
                "2020-03-01",
                "\u{feff}x",
                "'\"\\",
                "a\tb\n\tc"
            ])
            .prop_map(str::to_string),
            "\\PC{0,12}",
            "[ \\n\\t#:,'\"a-c|-]{0,10}",
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            word().prop_map(Value::Str)
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Seq),
                proptest::collection::btree_map(word(), inner, 0..4).prop_map(|m| Value::Map(m.into_iter().collect())),
            ]
        })
    }

    fn equal(tree: &Tree, id: NodeId, value: &Value) -> bool {
        match value {
            Value::Null => tree.shape(id) == Shape::Null,
            Value::Bool(b) => tree.shape(id) == Shape::Plain && tree.str(id) == b.to_string(),
            Value::Int(n) => tree.shape(id) == Shape::Plain && tree.str(id) == n.to_string(),
            Value::Str(s) => matches!(tree.shape(id), Shape::Plain | Shape::Quoted | Shape::Block) && tree.str(id) == s,
            Value::Seq(items) => {
                tree.shape(id) == Shape::Seq
                    && tree.items(id).count() == items.len()
                    && tree.items(id).zip(items).all(|(n, v)| equal(tree, n, v))
            }
            Value::Map(entries) => {
                tree.shape(id) == Shape::Map
                    && tree.entries(id).count() == entries.len()
                    && tree.entries(id).zip(entries).all(|(e, (k, v))| e.key == k && equal(tree, e.value, v))
            }
        }
    }

    /// A record of comments, blank lines and values in every style.
    fn record() -> impl Strategy<Value = String> {
        let part = proptest::sample::select(vec![
            "# 注释\n",
            "\n",
            "K: 值 # 尾注\n",
            "K:\n  - a\n  # 项间\n  - b: 1\n    c: 2\n",
            "K:\n- x\n- y\n",
            "K: |\n  一\n\n  二\n",
            "K: >+\n  一\n\n",
            "K: [a, b]\n",
            "K: {a: 1}\n",
            "K:\n",
            "K: []\n",
            "K: {} # 空\n",
            "K:\n    a: 1\n    b:\n      c: d\n",
            "K: 'q: #'\n",
        ]);
        (proptest::collection::vec(part, 0..8), any::<bool>(), any::<bool>()).prop_map(|(parts, crlf, cut)| {
            let mut text: String = parts.iter().enumerate().map(|(i, p)| p.replace('K', &format!("k{i}"))).collect();
            if cut {
                text.truncate(text.trim_end_matches('\n').len());
            }
            if crlf { text.replace('\n', "\r\n") } else { text }
        })
    }

    /// `old` without a run of bytes that `new` has in its place: what the edit put in, if it put in one piece.
    fn is_insertion(old: &str, new: &str) -> bool {
        let head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        let tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
        head + tail >= old.len()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in value(), indent in 0usize..3) {
            let text = write(&Value::Map(vec![("k".into(), value.clone())]), indent * 2);
            let (tree, findings) = Tree::parse("x.yaml", text.clone());
            prop_assert!(findings.is_empty(), "{text:?} {findings:?}");
            let tree = tree.unwrap();
            prop_assert!(equal(&tree, tree.get(tree.root(), "k").unwrap(), &value), "{text:?}");
        }

        #[test]
        fn insertion_keeps_the_rest(text in record(), key in word(), value in value()) {
            let tree = parse(&text);
            for id in (0..tree.len() as u32).map(NodeId) {
                let empty = text.get(tree.span(id)).is_some_and(|s| matches!(s, "[]" | "{}"));
                let (new, grown) = match tree.shape(id) {
                    Shape::Map => (insert_entry(&tree, id, &key, &value), tree.entries(id).count() + 1),
                    Shape::Seq => (append_item(&tree, id, &value), tree.items(id).count() + 1),
                    Shape::Null if id == tree.root() => (insert_entry(&tree, id, &key, &value), 1),
                    Shape::Null if !tree.node(id).key => (append_item(&tree, id, &value), 1),
                    _ => continue,
                };
                let Ok(new) = new else {
                    prop_assert!(tree.get(id, &key).is_some(), "refused: {text:?} at {id:?} {key:?} {value:?}");
                    continue;
                };
                prop_assert!(empty || is_insertion(&text, &new), "{text:?} -> {new:?}");
                prop_assert_eq!(text.contains("\r\n"), new.contains("\r\n") && !new.replace("\r\n", "").contains('\n') && text.contains('\n'));
                let again = parse(&new);
                let count = if again.shape(id) == Shape::Map { again.entries(id).count() } else { again.items(id).count() };
                prop_assert_eq!(count, grown);
                for comment in text.lines().filter(|l| l.contains('#')) {
                    prop_assert!(new.contains(comment.split('#').next_back().unwrap()));
                }
            }
        }
    }
}
