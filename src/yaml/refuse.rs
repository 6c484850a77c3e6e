//! What YAML has and a record has not: one finding for each; knows neither parser nor tree.

use super::scan::line_end;
use crate::finding::{Finding, Place, locate};
use crate::{say, text};
use std::ops::Range;

/// How deep maps and lists may stand in one another.
pub const MAX_DEPTH: usize = 64;

pub(super) fn second_document(file: &str, text: &str, at: usize) -> Finding {
    let end = line_end(text, at);
    let line = locate(text, (at, at)).line;
    Finding::error(
        "second-document",
        Place::at(file, at..end),
        say!("第 {line} 行起是第二个文档，不会被读取", "a second document starts in line {line} and is not read"),
    )
    .help(say!(
        "一个文件只放一条记录：删去多余的 ---，或把后一部分另存为一个文件",
        "one file holds one record: delete the extra ---, or move what follows to a file of its own"
    ))
}

pub(super) fn alias(file: &str, source: &str, range: Range<usize>) -> Finding {
    let name = text::cut(&source[range.clone()], 24);
    Finding::error("yaml-alias", Place::at(file, range), say!("不支持 YAML 别名 {name}", "YAML aliases are not supported: {name}")).help(
        say!(
            "若 * 是文字的一部分，请给整个值加引号；否则请把内容直接写出",
            "if the * is part of the text, put the whole value in quotes; otherwise write the content out"
        ),
    )
}

pub(super) fn anchor(file: &str, source: &str, range: Range<usize>) -> Finding {
    let name = text::cut(&source[range.clone()], 24);
    Finding::error("yaml-anchor", Place::at(file, range), say!("不支持 YAML 锚点 {name}", "YAML anchors are not supported: {name}")).help(
        say!(
            "若 & 是文字的一部分，请给整个值加引号；否则请删去",
            "if the & is part of the text, put the whole value in quotes; otherwise delete it"
        ),
    )
}

pub(super) fn tag(file: &str, source: &str, range: Range<usize>) -> Finding {
    let name = text::cut(&source[range.clone()], 24);
    Finding::error("yaml-tag", Place::at(file, range), say!("不支持 YAML 标签 {name}", "YAML tags are not supported: {name}")).help(say!(
        "若 ! 是文字的一部分，请给整个值加引号；否则请删去",
        "if the ! is part of the text, put the whole value in quotes; otherwise delete it"
    ))
}

pub(super) fn complex_key(file: &str, range: Range<usize>) -> Finding {
    Finding::error(
        "complex-key",
        Place::at(file, range),
        say!("这里的键不是一个词，该项未读取", "this key is not a word; the entry is not read"),
    )
    .help(say!("键请写成普通文字，如：标题: …", "write the key as plain text, as in: title: …"))
}

/// `key` at `second` stood already at `first`.
pub(super) fn duplicate(file: &str, source: &str, key: &str, first: Range<usize>, second: Range<usize>) -> Finding {
    let key = text::cut(key, 24);
    let line = locate(source, (first.start, first.end)).line;
    Finding::error(
        "duplicate-key",
        Place::at(file, second),
        say!("键“{key}”重复：第 {line} 行已有，这里的未读取", "key \"{key}\" is given twice: first in line {line}; this one is not read"),
    )
    .help(say!("请合并为一处，删去另一处", "merge the two and delete one"))
}

pub(super) fn too_deep(file: &str, range: std::ops::Range<usize>) -> Finding {
    Finding::error("deep-nesting", Place::at(file, range), say!("嵌套超过 {MAX_DEPTH} 层", "nested more than {MAX_DEPTH} levels deep"))
        .help(say!("请减少层次；以 [ 或 {{ 开头的文字请加引号", "use fewer levels; text that starts with [ or {{ needs quotes"))
}
