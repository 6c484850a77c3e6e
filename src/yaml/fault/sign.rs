//! Signs that mean something to YAML where text was meant: brackets, reserved first characters, directives.

use super::{Fault, Named};
use crate::finding::locate;
use crate::say;
use crate::text::{cut, safe};
use crate::yaml::scan::{line_end, open_before, token};

impl Fault<'_> {
    pub(super) fn after_bracket(&self, value: usize) -> Named {
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

    pub(super) fn wrong_bracket(&self, at: usize) -> Named {
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

    pub(super) fn open_bracket(&self) -> Named {
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

    pub(super) fn reserved(&self, at: usize) -> Named {
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

    pub(super) fn directive(&self) -> Named {
        (
            "yaml-directive",
            self.at..line_end(self.text, self.at),
            say!("不支持以 % 开头的 YAML 指令", "YAML directives (lines that start with %) are not supported"),
            say!("请删去这一行；若是文字，请加引号", "delete the line; text needs quotes"),
        )
    }
}
