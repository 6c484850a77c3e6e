//! What is wrong with a text that does not parse: every error of the parser in our words, and the slip behind it where one can be seen.

use super::build::{line_end, too_deep};
use super::slip::{self, Line, proper_colon};
use crate::finding::{Finding, Place, locate};
use crate::say;
use crate::text::{Text, cut, safe};
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

    fn structure(&self) -> Named {
        let value = self.value();
        let rest = &self.text[value.min(self.line_end())..self.line_end()];
        match rest.chars().next() {
            Some('[' | '{') if value < self.at => self.after_bracket(value),
            Some('*' | '&' | '!') if value < self.at => self.reserved(value),
            Some(',' | ']' | '}' | '%' | '@' | '`') => self.reserved(value),
            _ => self.wrong_indent(),
        }
    }

    fn wrong_indent(&self) -> Named {
        let dash = self.line.text.trim_start().starts_with("- ");
        let from = self.line.start + self.line.indent().len();
        let what = safe(&cut(self.text[from..self.line_end()].trim_end(), 24)).into_owned();
        let help = if dash {
            say!(
                "列表项的“-”要上下对齐，并且放在所属键的下一行",
                "the dashes of one list stand under one another, below the key they belong to"
            )
        } else {
            say!(
                "同一层的各行左端要对齐，下一层比上一层多两个空格",
                "lines of one level start in one column; a level below has two more spaces"
            )
        };
        (
            "wrong-indent",
            from..self.line_end(),
            say!("“{what}”的缩进与上文对不上", "the indent of “{what}” does not fit what stands above"),
            help,
        )
    }

    fn tab(&self) -> Named {
        let bytes = self.text.as_bytes();
        let near = (self.line.start..self.line_end())
            .find(|i| bytes[*i] == b'\t')
            .or_else(|| self.text[self.at..].find('\t').map(|i| self.at + i));
        let start = near.unwrap_or(self.at);
        let end = (start..bytes.len()).find(|i| bytes[*i] != b'\t').unwrap_or(bytes.len());
        (
            "tab-indent",
            start..end,
            say!("这里不能用制表符（Tab）", "a tab cannot stand here"),
            say!("请改用半角空格", "type ordinary spaces instead"),
        )
    }

    fn open_quote(&self) -> Named {
        let rest = &self.text[self.at..line_end(self.text, self.at)];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
        let range = self.at..self.at + rest.chars().next().map_or(0, char::len_utf8);
        if let Some(close) = rest.trim_end().chars().last().filter(|c| matches!(c, '”' | '’' | '“' | '‘' | '＂' | '＇')) {
            return (
                "curly-quotes",
                range,
                say!("以 {quote} 开头的值以中文引号 {close} 结尾", "the value opens with {quote} and ends with a curly {close}"),
                say!("请把结尾改为半角引号 {quote}", "type a straight {quote} at the end"),
            );
        }
        let line = locate(self.text, (self.at, self.at)).line;
        (
            "unclosed-quote",
            range,
            say!("第 {line} 行的引号 {quote} 没有结束", "the quote {quote} opened in line {line} is not closed"),
            say!("请在值的末尾补上 {quote}", "type a {quote} at the end of the value"),
        )
    }

    fn after_quote(&self) -> Named {
        let end = self.line_end().max(self.at);
        let rest = self.text[self.at..end].trim_end();
        let shown = safe(&cut(rest, 24)).into_owned();
        let value = self.value();
        let whole = self.text.get(value..end).unwrap_or("").trim_end();
        // The quote that the text itself does not use.
        let quote = if whole.contains('\'') { '"' } else { '\'' };
        let whole = safe(&cut(whole, 30)).into_owned();
        let help = if quote == '\'' {
            say!("引号须包住整个值，如：'{whole}'", "quotes must hold the whole value, as in: '{whole}'")
        } else {
            say!("引号须包住整个值；其中的 ' 在单引号里写成 ''", "quotes must hold the whole value; inside single quotes a ' is written ''")
        };
        (
            "text-after-quote",
            self.at..self.at + rest.len(),
            say!("引号之后还有文字“{shown}”", "text after the closing quote: “{shown}”"),
            help,
        )
    }

    fn after_bracket(&self, value: usize) -> Named {
        let whole = self.text[value..self.line_end()].trim_end();
        let rest = &self.text[self.at..self.line_end().max(self.at)];
        let shown = safe(&cut(rest.trim_end(), 24)).into_owned();
        let quoted = safe(&cut(whole, 30)).into_owned();
        (
            "text-after-bracket",
            self.at..self.at + rest.trim_end().len(),
            say!(
                "括号之后还有文字“{shown}”：以 [ 或 {{ 开头的值是列表或映射",
                "text after the bracket: “{shown}”; a value that starts with [ or {{ is a list or a map"
            ),
            say!("文字请加引号，如：\"{quoted}\"；文号用六角括号〔〕", "text needs quotes, as in: \"{quoted}\""),
        )
    }

    fn escape(&self) -> Named {
        // The parser points at the opening quote.
        let (start, end) = bad_escape(&self.text[self.at..]).map_or((self.at, self.at), |r| (self.at + r.start, self.at + r.end));
        let shown = safe(&self.text[start..end]).into_owned();
        (
            "unknown-escape",
            start..end,
            say!("双引号里的“{shown}”不是可用的转义", "“{shown}” is no escape that double quotes know"),
            say!("反斜杠请写成 \\\\，或改用单引号", "write a backslash as \\\\, or use single quotes"),
        )
    }

    fn wrong_bracket(&self, at: usize) -> Named {
        let range = token(self.text, at);
        let shown = self.text[range.clone()].to_string();
        (
            "wrong-bracket",
            range,
            say!("“{shown}”与前面的括号不配对", "“{shown}” does not match an opening bracket"),
            say!(
                "[ 配 ]，{{ 配 }}；括号若是文字，请给整个值加引号",
                "[ goes with ], {{ with }}; where brackets are text, put the whole value in quotes"
            ),
        )
    }

    fn open_bracket(&self) -> Named {
        let Some((start, open)) = open_before(self.text, self.at) else { return self.other() };
        let close = if open == '[' { ']' } else { '}' };
        let line = locate(self.text, (start, start)).line;
        (
            "unclosed-bracket",
            start..start + 1,
            say!(
                "第 {line} 行的“{open}”没有结束，或其中的写法有误",
                "the “{open}” opened in line {line} is not closed, or what it holds is malformed"
            ),
            say!(
                "请补上“{close}”，各项之间用半角逗号；若是文字，请加引号",
                "type the “{close}”, with commas between the items; text needs quotes"
            ),
        )
    }

    fn directive(&self) -> Named {
        (
            "yaml-directive",
            self.at..line_end(self.text, self.at),
            say!("不支持以 % 开头的 YAML 指令", "YAML directives (lines that start with %) are not supported"),
            say!("请删去这一行；若是文字，请加引号", "delete the line; text needs quotes"),
        )
    }

    fn reserved(&self, at: usize) -> Named {
        let range = token(self.text, at);
        let sign = safe(&self.text[range.clone()]).into_owned();
        let value = self.text[at..line_end(self.text, at)].trim_end();
        let shown = safe(&cut(value, 30)).into_owned();
        let help = if value.contains(['"', '\\']) {
            say!("请把整个值放进单引号", "put the whole value in single quotes")
        } else {
            say!("请给整个值加引号，如：\"{shown}\"", "put the whole value in quotes, as in: \"{shown}\"")
        };
        (
            "reserved-first-character",
            range,
            say!("没有引号的值不能以“{sign}”开头", "a value without quotes cannot start with “{sign}”"),
            help,
        )
    }

    fn second_colon(&self) -> Named {
        let before = &self.text[self.line.start..self.at];
        let Some(first) = proper_colon(before).filter(|_| self.text[self.at..].starts_with(':')) else { return self.wrong_indent() };
        let start = self.line.start + first + 1;
        let value = self.text[start..self.line_end()].trim();
        let shown = safe(&cut(value, 30)).into_owned();
        if value.starts_with(['“', '‘', '＂', '＇']) {
            let from = self.line_end() - self.text[start..self.line_end()].trim_start().len();
            return (
                "curly-quotes",
                from..from + value.trim_end().len(),
                say!("中文引号不是 YAML 引号，其中的“: ”会被当作键", "curly quotes do not quote, so the “: ” inside reads as a key"),
                say!("请改为半角引号", "type straight quotes"),
            );
        }
        let help = if value.contains(['"', '\\']) {
            say!(
                "句中请用全角冒号“：”，或把整个值放进单引号",
                "use a full-width colon “：” in a sentence, or put the whole value in single quotes"
            )
        } else {
            say!(
                "句中请用全角冒号“：”，或给整个值加引号，如：\"{shown}\"",
                "use a full-width colon “：” in a sentence, or put the whole value in quotes, as in: \"{shown}\""
            )
        };
        (
            "colon-in-text",
            self.at..self.at + 1,
            say!("值里又有一个半角冒号加空格（或冒号在行末）", "a second colon with a space behind it (or at the end) in one value"),
            help,
        )
    }

    fn list_on_key_line(&self) -> Named {
        (
            "list-on-key-line",
            token(self.text, self.at),
            say!("“-”不能与键写在同一行", "a “-” cannot stand on the line of its key"),
            say!("列表项请另起一行并缩进；若是文字，请加引号", "start the list on the next line, indented; text needs quotes"),
        )
    }

    fn not_an_entry(&self) -> Named {
        let from = self.line.start + self.line.indent().len();
        let shown = safe(&cut(self.text[from..self.line_end()].trim_end(), 24)).into_owned();
        (
            "not-an-entry",
            from..self.line_end().max(from),
            say!("“{shown}”不是“键: 值”", "“{shown}” is not “key: value”"),
            say!(
                "请补上键与半角冒号加空格；若是上一行的续文，请多缩进两格",
                "add a key, a colon and a space; if it continues the line above, indent it by two more"
            ),
        )
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

/// The character at `at`, or nothing at the end.
fn token(text: &str, at: usize) -> Range<usize> {
    at..at + text[at..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8)
}

/// The innermost bracket before `at` that is still open; quotes hide what they hold.
fn open_before(text: &str, at: usize) -> Option<(usize, char)> {
    let mut open = Vec::new();
    let mut quote: Option<char> = None;
    let mut before = '\n';
    for (i, c) in text[..at].char_indices().chain(text[at..].chars().next().map(|c| (at, c))) {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if " [{,\n".contains(before) => quote = Some(c),
            (None, '[' | '{') if " [{,\n".contains(before) => open.push((i, c)),
            (None, ']' | '}') if i < at => {
                open.pop();
            }
            _ => {}
        }
        before = c;
    }
    open.pop()
}

/// The first escape in a double-quoted text that YAML does not know.
fn bad_escape(quoted: &str) -> Option<Range<usize>> {
    let mut chars = quoted.char_indices();
    while let Some((start, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        let (i, sign) = chars.next()?;
        let digits = match sign {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c if "0abtnvfre \"/\\N_LP\t\n\r".contains(c) => continue,
            c => return Some(start..i + c.len_utf8()),
        };
        let hex: String = quoted[i + 1..].chars().take(digits).take_while(char::is_ascii_hexdigit).collect();
        let code = u32::from_str_radix(&hex, 16).unwrap_or(u32::MAX);
        // Halves of a pair are left to the parser, which points at the quote.
        let known = hex.len() == digits && (char::from_u32(code).is_some() || (0xd800..0xe000).contains(&code));
        if !known {
            return Some(start..i + 1 + hex.len());
        }
    }
    None
}
