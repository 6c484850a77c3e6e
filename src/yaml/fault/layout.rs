//! Lines that do not fit the tree: indents, tabs, dashes, a second colon, a line that is no entry.

use super::{Fault, Named};
use crate::say;
use crate::text::{cut, safe};
use crate::yaml::scan::token;
use crate::yaml::slip::proper_colon;

impl Fault<'_> {
    pub(super) fn structure(&self) -> Named {
        let value = self.value();
        let rest = &self.text[value.min(self.line_end())..self.line_end()];
        match rest.chars().next() {
            Some('[' | '{') if value < self.at => self.after_bracket(value),
            Some('*' | '&' | '!') if value < self.at => self.reserved(value),
            Some(',' | ']' | '}' | '%' | '@' | '`') => self.reserved(value),
            _ => self.wrong_indent(),
        }
    }

    pub(super) fn wrong_indent(&self) -> Named {
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

    pub(super) fn tab(&self) -> Named {
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

    pub(super) fn second_colon(&self) -> Named {
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

    pub(super) fn list_on_key_line(&self) -> Named {
        (
            "list-on-key-line",
            token(self.text, self.at),
            say!("“-”不能与键写在同一行", "a “-” cannot stand on the line of its key"),
            say!("列表项请另起一行并缩进；若是文字，请加引号", "start the list on the next line, indented; text needs quotes"),
        )
    }

    pub(super) fn not_an_entry(&self) -> Named {
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
}
