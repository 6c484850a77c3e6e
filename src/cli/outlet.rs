//! The last thing before a terminal or a file: whatever a command prints, no control character of somebody's records goes out as one.

use crate::text::{is_unsafe_char, marked};
use std::io::{self, Write};

/// Marks unsafe characters in what passes through: `\u{1b}`, in JSON as the escape that keeps the value.
pub struct Outlet<'w> {
    inner: &'w mut dyn Write,
    /// Whether it is JSON.
    pub json: bool,
    /// Whether the program's own colours may pass.
    pub color: bool,
    /// Bytes that are not whole yet.
    held: Vec<u8>,
    begun: bool,
}

impl<'w> Outlet<'w> {
    /// Before that writer.
    pub fn new(inner: &'w mut dyn Write) -> Outlet<'w> {
        Outlet { inner, json: false, color: false, held: Vec::new(), begun: false }
    }

    /// Passes on what is whole; at the end, all that is held.
    fn pass(&mut self, last: bool) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.held);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(s) => s.len(),
            Err(e) if last || e.error_len().is_some() => bytes.len(),
            Err(e) => e.valid_up_to(),
        };
        let text = String::from_utf8_lossy(&bytes[..whole]);
        let mut out = String::with_capacity(text.len());
        let mut rest: &str = &text;
        while let Some(at) = rest.find(is_unsafe_char) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let c = rest.chars().next().unwrap_or_default();
            let own = match c {
                // Excel knows by it that a file is UTF-8.
                '\u{feff}' if !self.begun && out.is_empty() => c.len_utf8(),
                '\r' if rest.starts_with("\r\n") => 2,
                '\r' if rest.len() == 1 && !last => break,
                '\u{1b}' if self.color => sgr(rest),
                _ => 0,
            };
            if own > 0 {
                out.push_str(&rest[..own]);
            } else {
                marked(c, self.json, &mut out);
            }
            rest = &rest[if own > 0 { own } else { c.len_utf8() }..];
        }
        if !rest.starts_with('\r') {
            out.push_str(rest);
            rest = "";
        }
        self.begun |= !out.is_empty();
        self.held = [rest.as_bytes(), &bytes[whole..]].concat();
        self.inner.write_all(out.as_bytes())
    }
}

/// The length of a colour's sequence at the beginning of a text, 0 where there is none.
fn sgr(s: &str) -> usize {
    let body = s.strip_prefix("\u{1b}[").unwrap_or("");
    let end = body.find(|c: char| !c.is_ascii_digit() && c != ';').filter(|e| body[*e..].starts_with('m'));
    end.map_or(0, |e| e + 3)
}

impl Write for Outlet<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(buf);
        self.pass(false)?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(true)?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(json: bool, color: bool, parts: &[&str]) -> String {
        let mut out = Vec::new();
        let mut outlet = Outlet::new(&mut out);
        (outlet.json, outlet.color) = (json, color);
        for p in parts {
            // A byte at a time is the hardest.
            p.bytes().for_each(|b| outlet.write_all(&[b]).unwrap());
        }
        outlet.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_unsafe_passes_and_nothing_else_changes() {
        assert_eq!(through(false, false, &["\u{feff}甲,\"a\"\r\n\u{feff}\r"]), "\u{feff}甲,\"a\"\r\n\\u{feff}\\u{d}");
        assert_eq!(through(false, false, &["\u{1b}[31m甲\u{202e}\u{e0041}\u{9b}"]), "\\u{1b}[31m甲\\u{202e}\\u{e0041}\\u{9b}");
        assert_eq!(through(true, false, &["\"\u{202e}\u{e0041}\""]), "\"\\u202e\\udb40\\udc41\"");
        assert_eq!(through(false, false, &["巡察\t工作\n"]), "巡察\t工作\n");
    }

    #[test]
    fn colours_pass_whole_and_other_sequences_do_not() {
        let mut out = Vec::new();
        let mut outlet = Outlet::new(&mut out);
        outlet.color = true;
        outlet.write_all("\u{1b}[1;31m甲\u{1b}[0m\u{1b}]0;x\u{7}\u{1b}[2J".as_bytes()).unwrap();
        outlet.flush().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\u{1b}[1;31m甲\u{1b}[0m\\u{1b}]0;x\\u{7}\\u{1b}[2J");
    }
}
