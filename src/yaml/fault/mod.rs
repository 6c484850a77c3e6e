//! What is wrong with a text that does not parse: every error of the parser in our words, and the slip behind it where one can be seen.

mod layout;
mod quote;
mod sign;

use super::refuse::too_deep;
use super::scan::{line_end, token};
use super::slip::{self, Line};
use crate::finding::{Finding, Place, locate};
use crate::say;
use crate::text::{Text, safe};
use granit_parser::ErrorKind as E;
use std::ops::Range;

/// The findings for the parser's error at byte `at`, sorted; never empty.
pub(super) fn explain(file: &str, text: &str, kind: &E, at: usize) -> Vec<Finding> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    if *kind == E::RecursionLimitExceeded {
        return vec![too_deep(file, token(text, at))];
    }
    let conflicts = slip::conflicts(file, text);
    if !conflicts.is_empty() {
        return conflicts;
    }
    let mut found = slip::in_file(file, text, at);
    let behind = line_end(text, at);
    let behind = text[behind..].find('\n').map_or(text.len(), |i| line_end(text, behind + i + 1));
    if !found.iter().any(|f| f.place.range.is_some_and(|r| r.0 <= behind)) {
        let (code, range, message, help) = Fault { text, at, line: Line::at(text, at) }.name(kind);
        found.push(Finding::error(code, Place::at(file, range), message).help(help));
    }
    found.sort_by(|a, b| a.key().cmp(&b.key()));
    found
}

/// Code, place, message, remedy.
type Named = (&'static str, Range<usize>, Text, Text);

struct Fault<'a> {
    text: &'a str,
    at: usize,
    line: Line<'a>,
}

impl Fault<'_> {
    fn name(&self, kind: &E) -> Named {
        match kind {
            E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabInPlainScalar | E::TabAtBlockScalarStart => {
                self.tab()
            }
            E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => self.open_quote(),
            E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => self.after_quote(),
            E::UnknownQuotedScalarEscape
            | E::InvalidQuotedScalarHexEscape
            | E::InvalidLowSurrogateHexEscape
            | E::InvalidLowSurrogate
            | E::MissingLowSurrogate
            | E::UnpairedLowSurrogate
            | E::InvalidUnicodeEscape => self.escape(),
            // Here the parser points at the opening bracket.
            E::MismatchedFlowCollectionEnd { close, .. } => {
                self.wrong_bracket(self.text[self.at..].find(*close).map_or(self.at, |i| self.at + i))
            }
            E::MisplacedFlowCollectionEnd => self.wrong_bracket(self.at),
            E::UnclosedFlowCollection { .. }
            | E::UnexpectedEofFlowSequence
            | E::UnexpectedEofFlowMapping
            | E::UnexpectedEofImplicitFlowMapping
            | E::ExpectedFlowMappingSeparator
            | E::ExpectedFlowSequenceSeparator
            | E::InvalidColonPlacement
            | E::InvalidFlowScalarIndent
            | E::BlockEntryInFlowCollection
            | E::FlowMappingValueAdjacentCollection => self.open_bracket(),
            E::DirectiveDisallowed
            | E::DuplicateVersionDirective
            | E::UnsupportedYamlMajorVersion
            | E::DuplicateTagDirective
            | E::MissingDocumentEndBeforeDirective
            | E::InvalidDirectiveTerminator
            | E::MissingYamlVersionSeparator
            | E::MissingDirectiveName
            | E::InvalidDirectiveName
            | E::DirectiveByteLimitExceeded { .. }
            | E::TooManyReservedDirectiveParams { .. }
            | E::YamlVersionTooLong
            | E::MissingYamlVersion
            | E::InvalidTagDirectiveTerminator
            | E::ExpectedTagDirectiveBang => self.directive(),
            E::UnexpectedCharacter { .. }
            | E::InvalidTagTerminator
            | E::MissingTagUri
            | E::UnclosedVerbatimTag
            | E::InvalidTagEscape
            | E::InvalidTagUtf8LeadingByte
            | E::InvalidTagUtf8TrailingByte
            | E::InvalidTagUtf8
            | E::ExpectedTagBang
            | E::InvalidGlobalTagCharacter
            | E::UndeclaredTagHandle
            | E::MissingAnchorOrAliasName
            | E::UnknownAnchor
            | E::AnchorCountOverflow
            | E::InvalidBlockScalarHeader
            | E::ZeroBlockScalarIndent => self.reserved(self.at),
            E::MappingValueNotAllowed => self.second_colon(),
            E::BlockSequenceEntryNotAllowed => self.list_on_key_line(),
            E::SimpleKeyExpected | E::InvalidSimpleKey => self.not_an_entry(),
            E::BomInsideDocument => (
                "byte-order-mark",
                token(self.text, self.at),
                say!("文件中间有字节顺序标记（BOM）", "a byte order mark inside the file"),
                say!("多半是拼接文件留下的：请删去这个看不见的字符", "probably left from joining files: delete the invisible character"),
            ),
            E::CommentNotSeparated => (
                "hash-without-space",
                token(self.text, self.at),
                say!("注释的 # 前面没有空格", "no space before the # of a comment"),
                say!(
                    "请在 # 前加一个空格；若 # 是文字，请把它放进引号里",
                    "put a space before the #; if it is part of the text, put it inside the quotes"
                ),
            ),
            E::CommentInterceptedScalar => (
                "value-cut-by-hash",
                token(self.text, self.at),
                say!("注释打断了跨行的文字", "a comment interrupts a text of several lines"),
                say!("请把注释移到别处，或把文字写在“|”之下", "move the comment, or write the text under a “|”"),
            ),
            E::ExpectedBlockMappingKey
            | E::ExpectedBlockSequenceEntry
            | E::UnexpectedEofBlockMapping
            | E::UnexpectedEofBlockSequence
            | E::InvalidIndentation
            | E::InvalidBlockScalarIndent
            | E::InvalidQuotedScalarIndent
            | E::ExpectedNodeContent
            | E::MappingKeyNotAllowed => self.structure(),
            _ => self.other(),
        }
    }

    /// Where the value on the line of the error starts: behind the indent, any `- ` and the key.
    fn value(&self) -> usize {
        self.line.entry().map_or(self.line.body().0, |(_, v)| v)
    }

    fn line_end(&self) -> usize {
        self.line.start + self.line.text.len()
    }

    fn other(&self) -> Named {
        let range = token(self.text, self.at);
        let shown = safe(&self.text[range.clone()]).into_owned();
        let line = locate(self.text, (self.at, self.at)).line;
        let message = if shown.trim().is_empty() {
            say!("第 {line} 行到此处无法读取", "line {line} cannot be read from here on")
        } else {
            say!("第 {line} 行从“{shown}”起无法读取", "line {line} cannot be read from “{shown}” on")
        };
        (
            "yaml-syntax",
            range,
            message,
            say!(
                "请核对这一行与上一行的缩进、引号和括号；特殊符号开头的文字请加引号",
                "look at the indent, quotes and brackets of this line and the one above; text that starts with a sign needs quotes"
            ),
        )
    }
}
