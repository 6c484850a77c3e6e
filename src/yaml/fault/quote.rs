//! Quotes that do not close, text behind them, escapes that there are not.

use super::{Fault, Named};
use crate::finding::locate;
use crate::say;
use crate::text::{cut, safe};
use crate::yaml::scan::{bad_escape, line_end};

impl Fault<'_> {
    pub(super) fn open_quote(&self) -> Named {
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

    pub(super) fn after_quote(&self) -> Named {
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

    pub(super) fn escape(&self) -> Named {
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
}
