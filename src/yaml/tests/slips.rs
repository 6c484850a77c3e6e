//! Slips of typing as a table: the text, what is found in it and where, whether it can be read all the same.

use super::*;

/// Code, line, column.
type Found = (&'static str, usize, usize);

/// Source, and what is found in it. The last column says whether the file can be read all the same.
const SLIPS: &[(&str, &[Found], bool)] = &[
    // A full-width colon: in one line of a record, in all of them, in the only one, in a nested record, in a key.
    ("标题: 一\n日期：2020-03-01\n地点: 二\n", &[("full-width-colon", 2, 3)], false),
    ("标题：一\n日期：2020-03-01\n", &[("full-width-colon", 1, 3), ("full-width-colon", 2, 3)], true),
    ("标题：一\n", &[("full-width-colon", 1, 3)], true),
    ("意见:\n  角色：组长\n  决定：同意\n", &[("full-width-colon", 2, 5), ("full-width-colon", 3, 5)], true),
    ("地点：室内: 是\n", &[("full-width-colon", 1, 3)], true),
    ("标题: 一\n“日期”：2020\nb: 2\n", &[("not-an-entry", 2, 1)], false),
    // A colon without a space, or with a full-width one.
    ("标题:一\n日期: 2020-03-01\n", &[("colon-without-space", 1, 3)], false),
    ("标题:\u{3000}一\n日期: 2020-03-01\n", &[("colon-without-space", 1, 3)], false),
    ("标题:一\n", &[("colon-without-space", 1, 3)], true),
    ("a: {b:1}\n", &[("colon-without-space", 1, 6)], true),
    ("意见:\n  角色:组长\n  决定:同意\n", &[("colon-without-space", 2, 5), ("colon-without-space", 3, 5)], true),
    // Indents.
    ("意见:\n\u{3000}\u{3000}角色: 组长\n", &[("wide-space-indent", 2, 1)], true),
    ("意见:\n  角色: 组长\n \u{3000}决定: 同意\n", &[("wide-space-indent", 3, 2)], false),
    ("说明:\n  第一段\n  \u{3000}\u{3000}第二段\n", &[("wide-space-indent", 3, 3)], true),
    ("意见:\n\t角色: 组长\n", &[("tab-indent", 2, 1)], false),
    ("意见:\n  角色: 组长\n\t决定: 同意\n", &[("tab-indent", 3, 1)], false),
    ("a:\n   b: 1\n  c: 2\n", &[("wrong-indent", 3, 3)], false),
    ("标题: 一\n  日期: 2020-03-01\n", &[("wrong-indent", 2, 3)], false),
    ("- a\nb: 1\n", &[("wrong-indent", 2, 1)], false),
    ("a: 1\n- b\n", &[("wrong-indent", 2, 1)], false),
    // Dashes.
    ("名单:\n  - 甲\n  -乙\n", &[("dash-without-space", 3, 3)], false),
    ("名单:\n  -甲\n  -乙\n", &[("dash-without-space", 2, 3), ("dash-without-space", 3, 3)], true),
    ("名单: - 甲\n", &[("list-on-key-line", 1, 5)], false),
    // Digits and quotes.
    ("日期: ２０２０-０３-０１\n", &[("full-width-digits", 1, 5)], true),
    ("人数: １２\n", &[("full-width-digits", 1, 5)], true),
    ("标题: “谈话”\n", &[("curly-quotes", 1, 5)], true),
    ("标题: \"谈话”\n日期: 2020-03-01\n", &[("curly-quotes", 1, 5)], false),
    ("标题: “一: 二”\n", &[("curly-quotes", 1, 5)], false),
    ("标题: \"三重一大\"制度\n", &[("text-after-quote", 1, 11)], false),
    ("标题: \"谈话\n日期: 2020-03-01\n", &[("unclosed-quote", 1, 5)], false),
    ("路径: \"D:\\案卷\"\n", &[("unknown-escape", 1, 8)], false),
    // A sentence that YAML reads as more than text.
    ("标题: 第 #3 号\n", &[("value-cut-by-hash", 1, 7)], true),
    ("编号: #3\n", &[("value-cut-by-hash", 1, 5)], true),
    ("标题: 归档材料包括: 1.报告\n", &[("colon-in-text", 1, 11)], false),
    ("标题: 归档材料包括:\n", &[("colon-in-text", 1, 11)], false),
    ("文号: [2020]12号\n日期: 2020-03-01\n", &[("text-after-bracket", 1, 11)], false),
    ("金额: >5万元\n", &[("reserved-first-character", 1, 5)], false),
    ("标题: @组长\n", &[("reserved-first-character", 1, 5)], false),
    ("标题: %5\n", &[("reserved-first-character", 1, 5)], false),
    ("标题: *重点* 内容\n日期: 1\n", &[("reserved-first-character", 1, 5)], false),
    ("标题: !重要 内容\n", &[("reserved-first-character", 1, 5)], false),
    ("人员: [甲，乙、丙]\n", &[("full-width-comma", 1, 7)], true),
    ("标题: 一\u{3000}\n", &[("wide-space", 1, 6)], true),
    // Brackets.
    ("人员: [甲, 乙\n日期: 2020-03-01\n", &[("unclosed-bracket", 1, 5)], false),
    ("人员: {甲: 1\n日期: 2020-03-01\n", &[("unclosed-bracket", 1, 5)], false),
    ("人员: [甲, 乙", &[("unclosed-bracket", 1, 5)], false),
    ("人员: [甲}\n", &[("wrong-bracket", 1, 7)], false),
    ("人员: ]\n", &[("wrong-bracket", 1, 5)], false),
    // What git and copying leave behind.
    ("标题: 一\n<<<<<<< HEAD\n日期: 1\n=======\n日期: 2\n>>>>>>> other\n", &[("conflict-markers", 2, 1)], false),
    ("<<<<<<< HEAD\n日期: 1\n=======\n日期: 2\n>>>>>>> other\n", &[("conflict-markers", 1, 1)], false),
    ("标题: 一\n---\n标题: 二\n", &[("second-document", 2, 1)], true),
    ("标题: 一\n日期: 1\n标题: 二\n", &[("duplicate-key", 3, 1)], true),
    ("标题: \"一\"#注\n", &[("hash-without-space", 1, 8)], false),
    ("标题: 一\n\u{feff}日期: 1\n", &[("byte-order-mark", 2, 1)], false),
    // What YAML has and records have not.
    ("a: &x 1\nb: *x\n", &[("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)], true),
    ("b: *x\n", &[("yaml-alias", 1, 4)], true),
    ("a: !!str 1\n", &[("yaml-tag", 1, 4)], true),
    ("%YAML 1.2\n---\na: 1\n", &[("yaml-directive", 1, 1)], false),
    ("? [a, b]\n: c\nd: e\n", &[("complex-key", 1, 3)], true),
    ("- 甲\n- 乙\n", &[("not-a-map", 1, 1)], true),
    ("一切正常\n", &[("not-a-map", 1, 1)], true),
    ("a: 1\n... x\n", &[("yaml-syntax", 2, 5)], false),
    ("标题: 一\n一切正常\n日期: 1\n", &[("not-an-entry", 2, 1)], false),
];

#[test]
fn each_slip_has_its_code_and_place() {
    let mut wrong = String::new();
    for (source, expected, readable) in SLIPS {
        let (tree, findings) = Tree::parse("x.yaml", source.to_string());
        let found: Vec<(&str, usize, usize)> = findings
            .iter()
            .map(|f| {
                let at = locate(source, f.place.range.unwrap());
                (&*f.code, at.line, at.column)
            })
            .collect();
        if found != *expected || tree.is_some() != *readable {
            wrong.push_str(&format!("{source:?}\n  expected {expected:?} {readable}\n  found    {found:?} {}\n", tree.is_some()));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn each_finding_has_a_known_code_a_place_and_a_remedy_in_both_languages() {
    for (source, ..) in SLIPS {
        for finding in Tree::parse("x.yaml", source.to_string()).1 {
            assert!(CODES.contains(&&*finding.code), "{}", finding.code);
            assert!(finding.place.range.is_some());
            let help = finding.help.as_ref().expect("a remedy");
            for text in [&finding.message, help] {
                let ascii_words = text.zh.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 5);
                assert_eq!(ascii_words.collect::<Vec<_>>(), [] as [&str; 0], "{}", text.zh);
                assert!(text.en.split(' ').count() > 1, "{}", text.en);
            }
        }
    }
}

#[test]
fn each_code_is_shown_by_a_test() {
    assert!(CODES.is_sorted());
    let elsewhere =
        ["binary-file", "control-character", "deep-nesting", "encoding-gbk", "encoding-unknown", "encoding-utf16", "file-too-large"];
    let here: Vec<&str> = SLIPS.iter().flat_map(|(_, found, _)| found.iter().map(|f| f.0)).collect();
    let unseen: Vec<_> = CODES.iter().filter(|c| !elsewhere.contains(c) && !here.contains(c)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// Ordinary writing in which nothing is to be found.
#[test]
fn ordinary_text_is_left_alone() {
    for source in [
        "标题: 关于“三重一大”制度的谈话：第一次\n",
        "网址: http://example.org/a:b\n时间: 12:30\n",
        "问题:\n  - 存在问题：制度不健全\n  - 负数: -5\n",
        "标题: 一 # 注释\n日期: 2020-03-01  # 另一条\n#整行注释\n",
        "说明: |\n  标题：一\n  \t-乙\n  第 #3 号\n  “引”\n",
        "说明: \"第 #3 号: “引”\"\n",
        "人员: [甲, 乙]\n范围: {起: 1, 止: 2}\n",
        "---\n标题: 一\n...\n",
        "标题: 一\r\n日期: 1\r\n",
        "温度:\n  -5\n",
        "文号: 兴巡〔2020〕12号\n",
    ] {
        parse(source);
    }
}

#[test]
fn severity_of_a_slip_follows_what_is_lost() {
    let severity = |s: &str| Tree::parse("x.yaml", s.to_string()).1[0].severity;
    assert_eq!(severity("标题: 第 #3 号\n"), Severity::Warning);
    assert_eq!(severity("标题：一\n"), Severity::Error);
}

#[test]
fn messages_name_the_thing_and_the_remedy() {
    let (_, findings) = Tree::parse("x.yaml", "标题: 一\n日期：2020-03-01\n地点: 二\n".to_string());
    assert_eq!(findings[0].message.zh, "“日期”后面是全角冒号“：”");
    assert_eq!(findings[0].help.as_ref().unwrap().zh, "请改为半角冒号加空格：日期: 2020-03-01");
    let (_, findings) = Tree::parse("x.yaml", "a: 1\n\nb: 2\na: 3\n".to_string());
    assert_eq!(findings[0].message.en, "key \"a\" is given twice: first in line 1; this one is not read");
    let (_, findings) = Tree::parse("x.yaml", "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n".to_string());
    assert_eq!(findings[0].message.zh, "合并冲突未处理：第 2 至 4 行是一方，第 4 至 6 行是另一方");
}

#[test]
fn depth_is_limited() {
    let flow = |n: usize| format!("a: {}1{}\n", "[".repeat(n), "]".repeat(n));
    parse(&flow(MAX_DEPTH - 1));
    for text in [
        flow(MAX_DEPTH + 1),
        flow(100_000),
        (0..80).map(|i| format!("{}a:\n", " ".repeat(i))).collect(),
        format!("{}a: b", "- ".repeat(100)),
    ] {
        let (tree, findings) = Tree::parse("x.yaml", text);
        assert!(tree.is_none());
        assert_eq!(findings[0].code, "deep-nesting");
    }
}
