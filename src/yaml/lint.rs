//! Slips that YAML accepts: the text parses, but not as it was meant. Knows shapes and bytes, not what a record should hold.

use super::{NodeId, Shape, Tree, hint, slip};
use crate::finding::{Finding, Place, Severity};
use crate::say;
use crate::text::{cut, safe};

/// Adds what is found in the whole tree.
pub(super) fn tree(file: &str, tree: &Tree, findings: &mut Vec<Finding>) {
    let mut conflict = false;
    for id in 0..tree.nodes.len() {
        let node = &tree.nodes[id];
        match node.shape {
            Shape::Map | Shape::Seq => continue,
            Shape::Plain => plain(file, tree, id, findings),
            Shape::Null => hash(file, tree, id, findings),
            Shape::Quoted | Shape::Block => {}
        }
        let raw = &tree.text[node.start as usize..node.end as usize];
        conflict |= raw.contains('\n') && (raw.contains("<<<<<<<") || raw.contains(">>>>>>>"));
    }
    root(file, tree, findings);
    if conflict {
        findings.extend(slip::conflicts(file, &tree.text));
    }
}

fn root(file: &str, tree: &Tree, findings: &mut Vec<Finding>) {
    let span = tree.span(tree.root());
    let what = match tree.shape(tree.root()) {
        Shape::Map | Shape::Null => return,
        Shape::Seq => say!("一个列表", "a list"),
        Shape::Plain => {
            let mut slips = slip::in_text(file, &tree.text, span.clone(), true);
            if !slips.is_empty() {
                slips.iter_mut().for_each(|s| s.severity = Severity::Error);
                findings.append(&mut slips);
                return;
            }
            say!("一段文字", "one text")
        }
        Shape::Quoted | Shape::Block => say!("一段文字", "one text"),
    };
    let end = super::build::line_end(&tree.text, span.start).min(span.end);
    findings.push(
        Finding::error(
            "not-a-map",
            Place::at(file, span.start..end),
            crate::text::Text::new(
                format!("整个文件是{}，不是“键: 值”", what.zh),
                format!("the whole file is {}, not “key: value”", what.en),
            ),
        )
        .help(say!("每行写一项：键，半角冒号，空格，值，如 标题: …", "write one entry a line: key, colon, space, value, as in title: …")),
    );
}

fn plain(file: &str, tree: &Tree, id: usize, findings: &mut Vec<Finding>) {
    let node = &tree.nodes[id];
    let (start, end) = (node.start as usize, node.end as usize);
    let raw = &tree.text[start..end];
    let (Some(first), Some(last)) = (raw.bytes().next(), raw.bytes().last()) else { return };
    if node.key {
        key(file, tree, id, raw, findings);
    } else {
        hash(file, tree, id, findings);
        let own_line = slip::Line::at(&tree.text, start).body().0 == start;
        if id > 0 && (own_line || raw.contains('\n')) {
            let item = tree.text[..start].trim_end_matches(' ').ends_with('-');
            findings.extend(slip::in_text(file, &tree.text, start..end, own_line && !item));
        }
        let parent = tree.nodes.get(node.parent as usize);
        if parent.is_some_and(|p| p.flow && p.shape == Shape::Seq) {
            comma(file, start, raw, findings);
        }
        if last == 0x80 || first == 0xe3 {
            wide_space(file, start, raw, findings);
        }
    }
    if first == 0xe2 || first == 0xef {
        quotes(file, start, raw, findings);
        digits(file, start, raw, findings);
    }
}

fn key(file: &str, tree: &Tree, id: usize, raw: &str, findings: &mut Vec<Finding>) {
    let start = tree.nodes[id].start as usize;
    let line = slip::Line::at(&tree.text, start);
    if let Some(wide) = raw.strip_prefix(['\u{3000}', '\u{a0}']) {
        // A wide space is a letter to YAML, so the key carries it.
        let line = slip::Line { start, text: &tree.text[start..start + raw.len()] };
        findings.extend(slip::indent(file, line, Severity::Error).filter(|_| !wide.is_empty()));
    } else if let Some(i) = raw.find('：') {
        let line = slip::Line { start, text: raw };
        let known = slip::colon(file, line, Severity::Error);
        findings.push(known.unwrap_or_else(|| {
            let at = start + i;
            Finding::error(
                "full-width-colon",
                Place::at(file, at..at + '：'.len_utf8()),
                say!("键里有全角冒号“：”", "a full-width colon “：” in a key"),
            )
            .help(say!(
                "键后用半角冒号加空格；若是一句话，请给整句加引号",
                "type a half-width colon and a space after the key; a sentence needs quotes around it"
            ))
        }));
    } else if raw.starts_with('-') {
        findings.extend(slip::dash(file, slip::Line { start, text: raw }, Severity::Error));
    }
    let value = &tree.nodes[tree.nodes[id].skip as usize];
    if value.shape == Shape::Null && value.start == value.end && raw.contains(':') && line.start < start {
        findings.extend(slip::colon(file, slip::Line { start, text: raw }, Severity::Error));
    }
}

/// ` #` behind a plain value or nothing, with no space after it: the rest of the sentence is lost.
fn hash(file: &str, tree: &Tree, id: usize, findings: &mut Vec<Finding>) {
    let end = tree.nodes[id].end as usize;
    let rest = &tree.text.as_bytes()[end..];
    let Some(at) = rest.iter().position(|b| *b != b' ' && *b != b'\t') else { return };
    if at == 0 || rest[at] != b'#' || matches!(rest.get(at + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'#' | b'!' | b'-' | b'=')) {
        return;
    }
    let range = end + at..super::build::line_end(&tree.text, end + at);
    let lost = safe(&cut(&tree.text[range.clone()], 24)).into_owned();
    let kept = safe(&cut(tree.str(NodeId(id as u32)), 24)).into_owned();
    let message = if kept.is_empty() {
        say!("值为空：“{lost}”被当作注释", "the value is empty: “{lost}” is read as a comment")
    } else {
        say!(
            "值在 # 处被截断：只读到“{kept}”，“{lost}”被当作注释",
            "the value is cut at the #: only “{kept}” is read, “{lost}” is a comment"
        )
    };
    findings.push(Finding::warning("value-cut-by-hash", Place::at(file, range), message).help(say!(
        "若 # 是文字，请给整个值加引号；若是注释，请在 # 后加一个空格",
        "if the # is part of the text, put the whole value in quotes; if it is a comment, put a space after the #"
    )));
}

fn comma(file: &str, start: usize, raw: &str, findings: &mut Vec<Finding>) {
    let Some((i, c)) = raw.char_indices().find(|(_, c)| matches!(c, '，' | '、')) else { return };
    let range = start + i..start + i + c.len_utf8();
    findings.push(
        Finding::warning(
            "full-width-comma",
            Place::at(file, range),
            say!("方括号里的“{c}”不分隔列表项", "“{c}” does not separate the items of a list"),
        )
        .help(say!("请改用半角逗号加空格；若是一项文字，请加引号", "type a comma and a space; an item that holds one needs quotes")),
    );
}

fn wide_space(file: &str, start: usize, raw: &str, findings: &mut Vec<Finding>) {
    let wide = ['\u{3000}', '\u{a0}'];
    let (head, tail) = (raw.trim_start_matches(wide), raw.trim_end_matches(wide));
    let end = start + raw.len();
    let range = if head.len() < raw.len() { start..end - head.len() } else { start + tail.len()..end };
    if !range.is_empty() {
        findings.push(
            Finding::warning("wide-space", Place::at(file, range), say!("值的首尾有全角空格", "a full-width space around the value"))
                .help(say!("请删去；确需保留时给整个值加引号", "delete it; if it is wanted, put the whole value in quotes")),
        );
    }
}

fn quotes(file: &str, start: usize, raw: &str, findings: &mut Vec<Finding>) {
    let quote = |c: char| matches!(c, '“' | '”' | '‘' | '’' | '＂' | '＇' | '„' | '‟');
    let inner = raw.strip_prefix(quote).and_then(|r| r.strip_suffix(quote));
    let Some(inner) = inner.filter(|i| !i.contains(quote)) else { return };
    let shown = safe(&cut(inner, 20)).into_owned();
    findings.push(
        Finding::warning(
            "curly-quotes",
            Place::at(file, start..start + raw.len()),
            say!("中文引号不是 YAML 引号，会成为值的一部分", "curly quotes do not quote: they become part of the value"),
        )
        .help(say!(
            "请改为半角引号：\"{shown}\"；确要中文引号时写成 '“{shown}”'",
            "type straight quotes: \"{shown}\"; if curly ones are wanted, write '“{shown}”'"
        )),
    );
}

fn digits(file: &str, start: usize, raw: &str, findings: &mut Vec<Finding>) {
    let wide = |c: char| ('０'..='９').contains(&c);
    let sign = |c: char| c.is_ascii_digit() || "年月日号时分-/.:： ，,．－／％%—".contains(c);
    if !raw.contains(wide) || !raw.chars().all(|c| wide(c) || sign(c)) {
        return;
    }
    let meant = hint::date_hint(raw).unwrap_or_else(|| hint::half_width(raw));
    findings.push(
        Finding::warning(
            "full-width-digits",
            Place::at(file, start..start + raw.len()),
            say!("“{raw}”用了全角数字", "full-width digits in “{raw}”"),
        )
        .help(say!("请改为半角：{meant}", "type half-width: {meant}")),
    );
}
