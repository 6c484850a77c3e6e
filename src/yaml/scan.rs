//! Short searches in a text: ends of lines, blanks, brackets, escapes; knows no tree.

use std::ops::Range;

/// The end of the line that holds `at`, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// Past spaces, line breaks and comments.
pub(super) fn skip_blank(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(b) = bytes.get(at) {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = line_end(text, at),
            _ => break,
        }
    }
    at
}

/// The character at `at`, or nothing at the end.
pub(super) fn token(text: &str, at: usize) -> Range<usize> {
    at..at + text[at..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8)
}

/// The innermost bracket before `at` that is still open; quotes hide what they hold.
pub(super) fn open_before(text: &str, at: usize) -> Option<(usize, char)> {
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
pub(super) fn bad_escape(quoted: &str) -> Option<Range<usize>> {
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
