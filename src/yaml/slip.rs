//! Slips of typing that one line shows by itself: what stands there, and what was probably meant. Knows lines, not trees.

use crate::finding::{Finding, Place, Severity, locate};
use crate::text::{Text, cut, safe};
use crate::{say, yaml};
use std::ops::Range;

/// One line: its first byte in the text, and its words without the line break.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub start: usize,
    pub text: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn at(text: &'a str, byte: usize) -> Line<'a> {
        let byte = byte.min(text.len());
        let start = text.as_bytes()[..byte].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        Line { start, text: &text[start..yaml::scan::line_end(text, start)] }
    }

    pub(super) fn all(text: &'a str) -> impl Iterator<Item = Line<'a>> {
        let mut start = 0;
        text.split_inclusive('\n').map(move |l| {
            let line = Line { start, text: l.trim_end_matches(['\n', '\r']) };
            start += l.len();
            line
        })
    }

    /// The white space the line begins with, of every kind.
    pub(super) fn indent(&self) -> &'a str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    pub(super) fn is_blank(&self) -> bool {
        let rest = self.text.trim_start();
        rest.is_empty() || rest.starts_with('#')
    }

    /// What stands behind the indent and any `- `, and where.
    pub(super) fn body(&self) -> (usize, &'a str) {
        let mut rest = self.text.trim_start();
        while let Some(next) = rest.strip_prefix("- ") {
            rest = next.trim_start();
        }
        (self.start + self.text.len() - rest.len(), rest)
    }

    /// Key, and start of the value, where the line has a proper `key: `.
    pub(super) fn entry(&self) -> Option<(&'a str, usize)> {
        let (at, body) = self.body();
        let colon = proper_colon(body)?;
        let value = &body[colon + 1..];
        Some((&body[..colon], at + body.len() - value.trim_start_matches([' ', '\t']).len()))
    }
}

/// The first `:` that YAML reads as one: before a space or at the end.
pub(super) fn proper_colon(s: &str) -> Option<usize> {
    s.match_indices(':').map(|(i, _)| i).find(|i| matches!(s.as_bytes().get(i + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n')))
}

/// Whether `s` could be a key: one word, short.
fn is_word(s: &str) -> bool {
    let fits = (1..=24).contains(&s.chars().count());
    fits && s.chars().all(|c| c.is_alphanumeric() || "_-./·（）()".contains(c)) && s.chars().any(char::is_alphabetic)
}

/// A tab or another wide space among the spaces of the indent.
pub(super) fn indent(file: &str, line: Line, severity: Severity) -> Option<Finding> {
    let indent = line.indent();
    let rest = line.text[indent.len()..].chars().next()?;
    let (i, c) = indent.char_indices().find(|(_, c)| *c != ' ')?;
    if rest == '#' {
        return None;
    }
    let end = indent[i..].find(' ').map_or(indent.len(), |n| i + n);
    let place = Place::at(file, line.start + i..line.start + end);
    let spaces = say!("请删去，用半角空格缩进（每层两个）", "delete it and indent with ordinary spaces, two a level");
    Some(if c == '\t' {
        Finding::new(severity, "tab-indent", place, say!("缩进中有制表符（Tab）", "a tab in the indent")).help(spaces)
    } else {
        let name =
            if c == '\u{3000}' { Text::new("全角空格", "a full-width space") } else { Text::new("特殊空格", "a special space") };
        let Text { zh, en } = name;
        Finding::new(
            severity,
            "wide-space-indent",
            place,
            say!("缩进中有{zh}，这一行不会按层次读取", "{en} in the indent: the line is not read at its level"),
        )
        .help(spaces)
    })
}

/// `标题：x`, `标题:x` and `标题:　x`.
pub(super) fn colon(file: &str, line: Line, severity: Severity) -> Option<Finding> {
    let (at, body) = line.body();
    let (i, wide) = body.char_indices().find_map(|(i, c)| match c {
        '：' => Some((i, true)),
        ':' => Some((i, false)),
        _ => None,
    })?;
    let key = body[..i].trim_end();
    let sign = if wide { "：" } else { ":" };
    let rest = &body[i + sign.len()..];
    let proper = !wide && rest.chars().next().is_none_or(|c| matches!(c, ' ' | '\t'));
    // A drive, an address or a time is no key.
    let other = !wide && (rest.starts_with("//") || rest.starts_with('\\'));
    if proper || other || !is_word(key) || (wide && proper_colon(body).is_some_and(|c| c < i)) {
        return None;
    }
    let value = safe(&cut(rest.trim(), 20)).into_owned();
    let place = Place::at(file, at + i..at + i + sign.len());
    let shown = format!("{key}: {value}");
    let shown = shown.trim_end();
    Some(if wide {
        Finding::new(severity, "full-width-colon", place, say!("“{key}”后面是全角冒号“：”", "a full-width colon “：” after “{key}”"))
            .help(say!("请改为半角冒号加空格：{shown}", "type a half-width colon and a space: {shown}"))
    } else {
        Finding::new(severity, "colon-without-space", place, say!("“{key}”的冒号后面没有半角空格", "no space after the colon of “{key}”"))
            .help(say!("请在冒号后加一个半角空格：{shown}", "put a space after the colon: {shown}"))
    })
}

/// `-甲`.
pub(super) fn dash(file: &str, line: Line, severity: Severity) -> Option<Finding> {
    let body = line.text.trim_start();
    let rest = body.strip_prefix('-')?;
    let next = rest.chars().next()?;
    if next.is_ascii_digit() || matches!(next, ' ' | '-' | '.' | '\t') {
        return None;
    }
    let at = line.start + line.text.len() - body.len();
    let item = safe(&cut(rest.trim(), 20)).into_owned();
    Some(
        Finding::new(
            severity,
            "dash-without-space",
            Place::at(file, at..at + 1),
            say!("短横“-”后面没有半角空格", "no space after the dash"),
        )
        .help(say!("列表项请写成：- {item}", "write the item as: - {item}")),
    )
}

/// The slips on the lines of one plain value; its first line counts if `first`.
pub(super) fn in_text(file: &str, text: &str, span: Range<usize>, first: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let head = Line::at(text, span.start).start;
    for line in Line::all(&text[head..span.end]) {
        let mut line = Line { start: head + line.start, ..line };
        if line.start == head {
            if !first {
                continue;
            }
            // Before the value on its own line stands the key, or nothing.
            if !text[head..span.start].trim().is_empty() {
                line = Line { start: span.start, text: &line.text[span.start - head..] };
            }
        }
        found.extend(indent(file, line, Severity::Warning));
        found.extend(colon(file, line, Severity::Warning).or_else(|| dash(file, line, Severity::Error)));
    }
    found
}

/// The slips in a file that does not parse: certain ones everywhere, doubtful ones only beside the line of the error.
pub(super) fn in_file(file: &str, text: &str, error: usize) -> Vec<Finding> {
    let lines: Vec<Line> = Line::all(text).collect();
    let wrong = lines.partition_point(|l| l.start <= error).saturating_sub(1);
    let key_indents: Vec<&str> = lines.iter().filter(|l| l.entry().is_some()).map(Line::indent).collect();
    let mut found = Vec::new();
    let mut block: Option<usize> = None;
    for (n, line) in lines.iter().enumerate() {
        if line.is_blank() {
            continue;
        }
        let indent_slip = indent(file, *line, Severity::Error);
        if block.is_some_and(|b| line.indent().len() > b) {
            continue;
        }
        block = opens_block(line).then(|| line.indent().len());
        let near = n.abs_diff(wrong) <= 1;
        let item = line.text.trim_start().starts_with('-');
        let level = !item && (line.indent().is_empty() || key_indents.contains(&line.indent()));
        found.extend(indent_slip);
        if near || level {
            found.extend(colon(file, *line, Severity::Error));
        }
        let sibling = |m: Option<usize>| {
            m.and_then(|m| lines.get(m)).is_some_and(|l| l.indent() == line.indent() && l.text.trim_start().starts_with("- "))
        };
        if near || sibling(n.checked_sub(1)) || sibling(Some(n + 1)) {
            found.extend(dash(file, *line, Severity::Error));
        }
        if found.len() >= 20 {
            break;
        }
    }
    found
}

/// Whether the line ends in the header of a block scalar (`|`, `>-` and the like).
fn opens_block(line: &Line) -> bool {
    let head = line.text.split(" #").next().unwrap_or("").trim_end();
    let head = head.trim_end_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    head.strip_suffix(['|', '>']).is_some_and(|h| h.ends_with(": ") || h.ends_with("- "))
}

/// Left-over conflict markers, one finding for each conflict.
pub fn conflicts(file: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !text.contains("<<<<<<<") && !text.contains(">>>>>>>") {
        return found;
    }
    let marks = |l: &Line, m: &str| l.text.strip_prefix(m).is_some_and(|r| r.is_empty() || r.starts_with(' '));
    let number = |l: &Line| locate(text, (l.start, l.start)).line;
    let (mut ours, mut middle): (Option<Line>, Option<Line>) = (None, None);
    for line in Line::all(text) {
        if marks(&line, "<<<<<<<") {
            ours = Some(line);
            middle = None;
        } else if marks(&line, "=======") && ours.is_some() {
            middle = Some(line);
        } else if marks(&line, ">>>>>>>") {
            let first = ours.take().unwrap_or(line);
            let (a, b, c) = (number(&first), middle.take().map_or(0, |m| number(&m)), number(&line));
            let message = if b == 0 {
                say!("第 {a} 至 {c} 行有未处理的合并冲突标记", "unresolved conflict markers in lines {a} to {c}")
            } else {
                say!(
                    "合并冲突未处理：第 {a} 至 {b} 行是一方，第 {b} 至 {c} 行是另一方",
                    "an unresolved merge conflict: one side in lines {a} to {b}, the other in lines {b} to {c}"
                )
            };
            found.push(conflict(file, first, message));
        }
    }
    if let Some(first) = ours {
        let a = number(&first);
        found.push(conflict(file, first, say!("第 {a} 行有未处理的合并冲突标记", "an unresolved conflict marker in line {a}")));
    }
    found
}

fn conflict(file: &str, line: Line, message: Text) -> Finding {
    Finding::error("conflict-markers", Place::at(file, line.start..line.start + line.text.len()), message).help(say!(
        "请商定保留哪一方的内容，再删去 <<<<<<<、=======、>>>>>>> 三行",
        "decide which side to keep, then delete the three lines <<<<<<<, ======= and >>>>>>>"
    ))
}
