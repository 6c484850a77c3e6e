//! Tests of YAML: what is read, with which places; slips, edits, a second reader, damaged text.

use super::*;
use crate::finding::{Severity, locate};

mod agree;
mod edits;
mod quick;
mod robust;
mod slips;

fn parse(text: &str) -> Tree {
    let (tree, findings) = Tree::parse("x.yaml", text.to_string());
    assert!(findings.is_empty(), "{text:?}: {findings:?}");
    tree.unwrap()
}

/// The tree in one line: `{k: v}`, `[a]`, quoted and block text in quotes.
fn show(tree: &Tree, id: NodeId) -> String {
    match tree.shape(id) {
        Shape::Null => "null".into(),
        Shape::Plain => tree.str(id).into(),
        Shape::Quoted | Shape::Block => format!("{:?}", tree.str(id)),
        Shape::Map => {
            format!("{{{}}}", tree.entries(id).map(|e| format!("{}: {}", e.key, show(tree, e.value))).collect::<Vec<_>>().join(", "))
        }
        Shape::Seq => format!("[{}]", tree.items(id).map(|i| show(tree, i)).collect::<Vec<_>>().join(", ")),
    }
}

#[test]
fn a_record_is_read_with_its_places() {
    let text = "标题: 谈话 # 注\n人员:\n- 甲\n- '乙'\n说明: |\n  一\n  二\n\n空:\n流: {a: [1, 2], b: }\n";
    let tree = parse(text);
    assert_eq!(show(&tree, tree.root()), "{标题: 谈话, 人员: [甲, \"乙\"], 说明: \"一\\n二\\n\", 空: null, 流: {a: [1, 2], b: null}}");
    let spans: Vec<&str> = tree.entries(tree.root()).map(|e| &tree.text()[tree.span(e.value)]).collect();
    assert_eq!(spans, ["谈话", "- 甲\n- '乙'", "|\n  一\n  二", "", "{a: [1, 2], b: }"]);
    let empty = tree.get(tree.root(), "空").unwrap();
    assert!(text[..tree.span(empty).start].ends_with("空:"), "an empty value stands behind its colon");
    assert_eq!(tree.span(tree.root()), 0..text.len() - 1);
    assert_eq!(tree.parent(empty), Some(tree.root()));
}

#[test]
fn ids_run_in_the_order_of_the_file() {
    let tree = parse("a:\n  - b: 1\n    c: [x, {y: z}]\nd: e\n");
    for id in 0..tree.len() as u32 {
        let id = NodeId(id);
        if let Some(parent) = tree.parent(id) {
            assert!(parent < id);
            assert!(tree.span(parent).start <= tree.span(id).start && tree.span(id).end <= tree.span(parent).end);
        }
    }
}

#[test]
fn an_empty_file_is_null() {
    for text in ["", "\n", "# 注释\n", "---\n"] {
        let tree = parse(text);
        assert_eq!((tree.shape(tree.root()), tree.len()), (Shape::Null, 1), "{text:?}");
    }
}

#[test]
fn null_words_are_null_and_quoted_ones_are_not() {
    let tree = parse("a: ~\nb: null\nc: 'null'\nd: nullable\n- e: 1".trim_end_matches("\n- e: 1"));
    let shapes: Vec<Shape> = tree.entries(tree.root()).map(|e| tree.shape(e.value)).collect();
    assert_eq!(shapes, [Shape::Null, Shape::Null, Shape::Quoted, Shape::Plain]);
    assert!(tree.entries(tree.root()).all(|e| tree.shape(e.value) != Shape::Null || tree.str(e.value).is_empty()));
}

#[test]
fn empty_items_stand_behind_their_dash() {
    let text = "a:\n-\n- # 注\n- x\nb:\n  - - \n    - y\n";
    let tree = parse(text);
    let nulls: Vec<usize> =
        (0..tree.len() as u32).map(NodeId).filter(|i| tree.shape(*i) == Shape::Null).map(|i| tree.span(i).start).collect();
    assert_eq!(nulls.len(), 3);
    assert!(nulls.iter().all(|at| text[..*at].ends_with('-')), "{nulls:?}");
}

#[test]
fn many_keys_are_compared_in_a_table() {
    let mut text: String = (0..100).map(|i| format!("k{i}: {i}\n")).collect();
    parse(&text);
    text.push_str("k7: again\nk99: again\nk1: {a: b}\nlast: 1\n");
    let (tree, findings) = Tree::parse("x.yaml", text);
    let tree = tree.unwrap();
    assert_eq!(findings.iter().map(|f| &*f.code).collect::<Vec<_>>(), ["duplicate-key"; 3]);
    assert_eq!(tree.entries(tree.root()).count(), 101);
    assert_eq!(tree.str(tree.get(tree.root(), "k7").unwrap()), "7");
    assert_eq!(tree.str(tree.get(tree.root(), "last").unwrap()), "1");
}

#[test]
fn decoding_names_the_remedy() {
    let utf16 = |s: &str| s.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![0xb1, 0xea, 0xcc, 0xe2, b':', b' ', 0xcc, 0xb8, 0xbb, 0xb0], "encoding-gbk"),
        ([vec![0xff, 0xfe], utf16("标题: 谈话\n")].concat(), "encoding-utf16"),
        (utf16("标题: 谈话\n日期: 2020-03-01\n"), "encoding-utf16"),
        ("标题: 谈话\n".encode_utf16().flat_map(u16::to_be_bytes).collect(), "encoding-utf16"),
        (b"a: 1\nb: \xff\xff\n".to_vec(), "encoding-unknown"),
        (b"PK\x03\x04\0\0\0\x01\x02abc".to_vec(), "binary-file"),
        (b"a: \x1b[31mb\n".to_vec(), "control-character"),
        (b"a: b\x7f\n".to_vec(), "control-character"),
        (vec![b'a'; MAX_BYTES + 1], "file-too-large"),
    ];
    for (bytes, code) in cases {
        let finding = decode("x.yaml", bytes).unwrap_err();
        assert_eq!(finding.code, code);
        assert!(finding.help.is_some());
    }
    assert_eq!(decode("x.yaml", "\u{feff}标题: 谈话".into()).unwrap(), "标题: 谈话");
}

#[test]
fn dates_in_other_forms_are_recognised() {
    for (written, iso) in [
        ("2020年3月1日", "2020-03-01"),
        ("2020/3/1", "2020-03-01"),
        ("2020.03.1", "2020-03-01"),
        ("２０２０-０３-０１", "2020-03-01"),
        ("２０２０－０３－０１", "2020-03-01"),
        ("20200301", "2020-03-01"),
        ("2020-3-1", "2020-03-01"),
        ("“2020-03-01”", "2020-03-01"),
        ("二〇二〇年十二月二十一日", "2020-12-21"),
        ("二〇二〇年十月十日", "2020-10-10"),
        ("2020年3月1日 9:05", "2020-03-01 09:05"),
        ("2020年3月1日下午3时", "2020-03-01 15:00"),
        ("2020年3月1日上午9点半", "2020-03-01 09:30"),
        ("2020年 3月 1日", "2020-03-01"),
    ] {
        assert_eq!(date_hint(written).as_deref(), Some(iso), "{written}");
    }
    for other in ["2020-03-01", "2020", "2020年3月", "第3号", "2020-13-01", "1-2-3", "", "日", "2020年3月1日起"] {
        assert_eq!(date_hint(other), None, "{other}");
    }
}

#[test]
fn text_in_place_of_a_map_gives_its_slip() {
    let tree = parse("意见: 角色：组长\n名单:\n  - 姓名:甲\n其他: 一切正常\n");
    let slip = |key: &str| {
        let id = tree.get(tree.root(), key).unwrap();
        tree.slip("x.yaml", tree.items(id).next().unwrap_or(id)).map(|f| f.code.into_owned())
    };
    assert_eq!(slip("意见").as_deref(), Some("full-width-colon"));
    assert_eq!(slip("名单").as_deref(), Some("colon-without-space"));
    assert_eq!(slip("其他"), None);
}
