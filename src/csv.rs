//! Reads comma-separated rows as spreadsheets write them; does not know what stands in them.

use crate::say;
use crate::text::Text;
use std::borrow::Cow;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'t> {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its cells without quotes, spaces at both ends removed from unquoted ones; or what is wrong with it.
    pub cells: Result<Vec<Cow<'t, str>>, Text>,
}

/// The rows of a text; a byte order mark and empty lines are passed over. A quote that is never closed spoils its own line only.
pub fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 0;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            line += 1;
            let start = line;
            let first = rest.find('\n').map_or(rest.len(), |i| i + 1);
            if rest[..first].trim().is_empty() {
                rest = &rest[first..];
                continue;
            }
            let (cells, used) = match row(rest) {
                Ok(found) => found,
                Err(message) => {
                    rest = &rest[first..];
                    return Some(Row { line: start, cells: Err(message) });
                }
            };
            line += rest[..used].trim_end_matches('\n').matches('\n').count();
            rest = &rest[used..];
            return Some(Row { line: start, cells: Ok(cells) });
        }
    })
}

/// The cells of the first row, and how many bytes it takes.
fn row(text: &str) -> Result<(Vec<Cow<'_, str>>, usize), Text> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let lead = text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len();
        let body = &text[at + lead..];
        let after = if let Some(quoted) = body.strip_prefix('"') {
            let end = closing(quoted).ok_or_else(|| say!("引号没有结束", "a quote is not closed"))?;
            let inner = &quoted[..end];
            cells.push(if inner.contains("\"\"") { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) });
            let tail = &quoted[end + 1..];
            let gap = tail.find([',', '\n']).unwrap_or(tail.len());
            if !tail[..gap].trim().is_empty() {
                return Err(say!("引号后面应是逗号", "a comma should follow the closing quote"));
            }
            at + lead + 1 + end + 1 + gap
        } else {
            let end = text[at..].find([',', '\n']).unwrap_or(text.len() - at);
            cells.push(Cow::Borrowed(text[at..at + end].trim()));
            at + end
        };
        match text.as_bytes().get(after) {
            Some(b',') => at = after + 1,
            Some(_) => return Ok((cells, after + 1)),
            None => return Ok((cells, after)),
        }
    }
}

/// Where the quote ends that begins before `text`; two in a row stand for one.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += text[at..].find('"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_as_spreadsheets_write_them() {
        let text = "\u{feff}a, b ,\"c,d\"\r\n\r\n\"e\"\"f\",\"g\nh\",\n\"open,i\nlast";
        let got: Vec<(usize, Option<Vec<String>>)> =
            rows(text).map(|r| (r.line, r.cells.ok().map(|c| c.iter().map(|s| s.to_string()).collect()))).collect();
        let row = |cells: &[&str]| Some(cells.iter().map(|s| s.to_string()).collect::<Vec<_>>());
        assert_eq!(got, [(1, row(&["a", "b", "c,d"])), (3, row(&["e\"f", "g\nh", ""])), (5, None), (6, row(&["last"]))]);
    }
}
