//! What is wrong, where, and how to mend it: the one form in which every part of the program reports to a person.

use crate::text::Text;
use std::borrow::Cow;
use std::ops::Range;

/// How much a finding weighs. Only an error makes a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information.
    Info,
    /// Should be looked at.
    Warning,
    /// Must be mended or waived.
    Error,
}

impl Severity {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Severity::Error => Text::new("错误", "error"),
            Severity::Warning => Text::new("警告", "warning"),
            Severity::Info => Text::new("提示", "info"),
        }
    }

    /// The code used in JSON and SARIF.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// Where a finding points: a file, and in it a byte range if there is one. Line and column are worked out when it is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Path relative to the casebook, with `/`.
    pub file: String,
    /// Byte range in the file's text.
    pub range: Option<(usize, usize)>,
}

impl Place {
    /// A whole file or folder.
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), range: None }
    }

    /// A byte range of a file.
    pub fn at(file: impl Into<String>, range: Range<usize>) -> Place {
        Place { file: file.into(), range: Some((range.start, range.end)) }
    }

    /// Whether it lies inside another place of the same file.
    pub fn within(&self, other: &Place) -> bool {
        let inside = |(a, b): (usize, usize), (from, to): (usize, usize)| from <= a && b <= to;
        self.file == other.file && self.range.zip(other.range).is_some_and(|(own, other)| inside(own, other))
    }
}

/// One thing a person can mend.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// What kind of offence: a kebab-case noun, explained by `xuncha explain CODE`.
    pub code: Cow<'static, str>,
    /// How much it weighs.
    pub severity: Severity,
    /// The obligation that is not met, if one is behind it.
    pub obligation: Option<String>,
    /// Where the source document says so.
    pub cite: Option<Text>,
    /// `ROUND/UNIT`, `ROUND`, or nothing for the casebook itself.
    pub case: Option<String>,
    /// Where to look.
    pub place: Place,
    /// What is wrong, with its numbers.
    pub message: Text,
    /// How to mend it.
    pub help: Option<Text>,
    /// The file that has to be read before this can be said: what is not known of it may be why this seems wrong.
    pub waits: Option<String>,
}

impl Finding {
    /// An error of that code.
    pub fn error(code: &'static str, place: Place, message: Text) -> Finding {
        Finding::new(Severity::Error, code, place, message)
    }

    /// A warning of that code.
    pub fn warning(code: &'static str, place: Place, message: Text) -> Finding {
        Finding::new(Severity::Warning, code, place, message)
    }

    /// A finding with neither obligation, case nor help yet.
    pub fn new(severity: Severity, code: &'static str, place: Place, message: Text) -> Finding {
        Finding { code: Cow::Borrowed(code), severity, obligation: None, cite: None, case: None, place, message, help: None, waits: None }
    }

    /// The same with a remedy.
    pub fn help(mut self, help: Text) -> Finding {
        self.help = Some(help);
        self
    }

    /// The order in which findings are printed: by file, place, obligation, code.
    pub fn key(&self) -> impl Ord + '_ {
        (&self.place.file, self.place.range, self.obligation.as_deref(), &self.code, &self.message.zh)
    }
}

/// A place worked out in lines and columns, both counted from 1, columns in characters; the end is just behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub struct Lines {
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
}

/// Turns a byte range of `source` into lines and columns; a range outside the text is moved to its end.
pub fn locate(source: &str, range: (usize, usize)) -> Lines {
    let (line, column) = line_column(source, range.0);
    let (end_line, end_column) = line_column(source, range.1.max(range.0));
    Lines { line, column, end_line, end_column }
}

fn line_column(source: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &source[..byte];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    (line, before[start..].trim_start_matches('\u{feff}').chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = "标题: 第一\n日期: 2020-02-30\n";
        let at = source.find("2020").unwrap();
        let lines = locate(source, (at, at + 10));
        assert_eq!((lines.line, lines.column, lines.end_line, lines.end_column), (2, 5, 2, 15));
    }
}
