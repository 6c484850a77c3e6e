//! A reader for the YAML that records are mostly written in: one entry or item a line, short texts, blocks of text, brackets on one line. What it is not
//! sure of it leaves to the parser, so it knows no errors; for what it reads, it and the parser give the same tree.

use super::Shape;
use super::arena::{Arena, Words};

/// Deeper texts go to the parser, which counts for itself.
const DEPTH: usize = 24;
/// Longer keys go to the parser, which has a limit.
const KEY: usize = 200;

/// Fills `arena` and says so, or gives up at the first unusual thing and leaves it half filled.
pub(super) fn read(arena: &mut Arena) -> bool {
    let text = arena.text;
    let bytes = text.as_bytes();
    // Without a way out of the loop, so that it runs over many bytes at once.
    let control = bytes.iter().fold(false, |odd, b| odd | ((*b < b' ') & (*b != b'\n') & (*b != b'\r')) | (*b == 0x7f));
    let control = bytes.windows(2).fold(control, |odd, w| odd | ((w[0] == 0xc2) & (w[1] < 0xa0)));
    if control || ["\u{feff}", "\u{fffe}", "\u{ffff}"].iter().any(|c| text.contains(c)) {
        return false;
    }
    Reader { crlf: text.contains('\r'), text, arena, open: Vec::with_capacity(8), at: 0 }.document().is_some()
}

/// A block that is not yet complete.
struct Block {
    indent: usize,
    map: bool,
    /// A list whose dashes stand in the column of the keys above.
    flush: bool,
    /// A key or dash with nothing behind it on its line, and the byte behind it.
    empty: Option<usize>,
}

struct Reader<'r, 'a> {
    text: &'a str,
    arena: &'r mut Arena<'a>,
    open: Vec<Block>,
    /// The start of the next line.
    at: usize,
    crlf: bool,
}

/// Bytes of one line, without its break.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
}

impl<'a> Reader<'_, 'a> {
    fn document(&mut self) -> Option<()> {
        while let Some(line) = self.next_line()? {
            let indent = self.spaces(line.start, line.end);
            let from = line.start + indent;
            if from == line.end || self.byte(from) == b'#' {
                continue;
            }
            self.content(from, line.end, indent)?;
        }
        while !self.open.is_empty() {
            self.pop();
        }
        Some(())
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes()[at]
    }

    fn next_line(&mut self) -> Option<Option<Line>> {
        let start = self.at;
        if start >= self.text.len() {
            return Some(None);
        }
        let rest = &self.text[start..];
        let len = rest.find('\n').unwrap_or(rest.len());
        self.at = start + len + 1;
        let mut end = start + len;
        if self.crlf {
            if rest[..len].ends_with('\r') {
                end -= 1;
            }
            if self.text[start..end].contains('\r') {
                return None;
            }
        }
        Some(Some(Line { start, end }))
    }

    /// How many spaces stand at `from`.
    fn spaces(&self, from: usize, end: usize) -> usize {
        self.text.as_bytes()[from..end].iter().take_while(|b| **b == b' ').count()
    }

    fn is_dash(&self, at: usize, end: usize) -> bool {
        self.byte(at) == b'-' && (at + 1 == end || self.byte(at + 1) == b' ')
    }

    /// A line's content at `from`, in column `indent`: closes what ends here, opens what begins.
    fn content(&mut self, from: usize, end: usize, indent: usize) -> Option<()> {
        let dash = self.is_dash(from, end);
        loop {
            let Some(top) = self.open.last_mut() else {
                // Only the first line opens the root.
                return if self.arena.nodes.is_empty() { self.begin(from, end, indent, dash, false) } else { None };
            };
            if indent > top.indent {
                top.empty.take()?;
                return self.begin(from, end, indent, dash, false);
            }
            if indent == top.indent {
                match (top.map, dash) {
                    (true, false) | (false, true) => {
                        self.fill();
                        return self.line(from, end, indent, dash);
                    }
                    (true, true) => {
                        top.empty.take()?;
                        return self.begin(from, end, indent, dash, true);
                    }
                    (false, false) if top.flush => {}
                    (false, false) => return None,
                }
            }
            self.pop();
        }
    }

    /// Opens a block at its first line.
    fn begin(&mut self, from: usize, end: usize, indent: usize, dash: bool, flush: bool) -> Option<()> {
        if self.open.len() >= DEPTH {
            return None;
        }
        self.arena.open(if dash { Shape::Seq } else { Shape::Map }, false, from, from);
        self.open.push(Block { indent, map: !dash, flush, empty: None });
        self.line(from, end, indent, dash)
    }

    /// A key or dash with nothing behind it gets its null.
    fn fill(&mut self) {
        if let Some(at) = self.open.last_mut().and_then(|b| b.empty.take()) {
            self.arena.scalar(Shape::Null, at, at, Words::default());
        }
    }

    fn pop(&mut self) {
        self.fill();
        self.open.pop();
        self.arena.close(0);
    }

    /// One entry or item of the innermost block.
    fn line(&mut self, from: usize, end: usize, indent: usize, dash: bool) -> Option<()> {
        if !dash {
            let colon = self.key(from, end)?;
            return self.value(colon + 1, end, indent);
        }
        let inner = from + 1 + self.spaces(from + 1, end);
        if inner < end && self.byte(inner) != b'#' && (self.is_dash(inner, end) || self.has_key(inner, end)) {
            let column = indent + inner - from;
            return self.begin(inner, end, column, self.is_dash(inner, end), false);
        }
        self.value(from + 1, end, indent)
    }

    /// The `:` behind the key at `from`; the key goes into the arena.
    fn key(&mut self, from: usize, end: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[from..end];
        let len = bytes.iter().position(|b| !(b.is_ascii_alphanumeric() || *b >= 0x80 || b"_.-/() ".contains(b)))?;
        let proper = bytes[len] == b':' && bytes.get(len + 1).is_none_or(|b| *b == b' ');
        if !proper || len == 0 || len > KEY || !starts_plain(bytes) || bytes[len - 1] == b' ' {
            return None;
        }
        self.arena.scalar(Shape::Plain, from, from + len, Words { from, to: from + len, owned: false });
        Some(from + len)
    }

    /// Whether a `:` that separates stands on the line; in a value without quotes it would be a fault, in quotes it is for [`Self::value`] to see.
    fn has_key(&self, from: usize, end: usize) -> bool {
        let bytes = &self.text.as_bytes()[from..end];
        !b"\"'[{".contains(&bytes[0]) && (0..bytes.len()).any(|i| bytes[i] == b':' && bytes.get(i + 1).is_none_or(|b| *b == b' '))
    }

    /// What stands behind a `:` or `-`.
    fn value(&mut self, from: usize, end: usize, indent: usize) -> Option<()> {
        let start = from + self.spaces(from, end);
        if start == end || (self.byte(start) == b'#' && start > from) {
            self.open.last_mut()?.empty = Some(from);
            return Some(());
        }
        match self.byte(start) {
            b'|' | b'>' => self.block(start, end, indent),
            b'"' | b'\'' | b'[' | b'{' => {
                let behind = self.flow(start, end, 0)?;
                self.nothing(behind, end)
            }
            _ => self.plain(start, end),
        }
    }

    /// Nothing but a comment follows.
    fn nothing(&self, from: usize, end: usize) -> Option<()> {
        let at = from + self.spaces(from, end);
        (at == end || (self.byte(at) == b'#' && at > from)).then_some(())
    }

    fn plain(&mut self, start: usize, end: usize) -> Option<()> {
        let bytes = &self.text.as_bytes()[start..end];
        if !starts_plain(bytes) {
            return None;
        }
        let mut len = bytes.len();
        for (i, b) in bytes.iter().enumerate() {
            if *b == b':' && bytes.get(i + 1).is_none_or(|b| *b == b' ') {
                return None;
            }
            if *b == b'#' && bytes[i - 1] == b' ' {
                len = i;
                break;
            }
        }
        while bytes[len - 1] == b' ' {
            len -= 1;
        }
        self.word(start, start + len);
        Some(())
    }

    fn word(&mut self, start: usize, end: usize) {
        if matches!(&self.text[start..end], "~" | "null" | "Null" | "NULL") {
            self.arena.scalar(Shape::Null, start, end, Words::default());
        } else {
            self.arena.scalar(Shape::Plain, start, end, Words { from: start, to: end, owned: false });
        }
    }

    /// A quoted text without escapes, or brackets, on one line; gives the byte behind it.
    fn flow(&mut self, start: usize, end: usize, depth: usize) -> Option<usize> {
        match self.byte(start) {
            quote @ (b'"' | b'\'') => {
                let inner = &self.text.as_bytes()[start + 1..end];
                let len = inner.iter().position(|b| *b == quote || *b == b'\\')?;
                let behind = start + len + 2;
                if inner[len] != quote || (behind < end && self.byte(behind) == quote) {
                    return None;
                }
                self.arena.scalar(Shape::Quoted, start, behind, Words { from: start + 1, to: behind - 1, owned: false });
                Some(behind)
            }
            open @ (b'[' | b'{') if depth < 8 => {
                let map = open == b'{';
                self.arena.open(if map { Shape::Map } else { Shape::Seq }, true, start, start + 1);
                let mut at = start + 1;
                loop {
                    at += self.spaces(at, end);
                    if at >= end {
                        return None;
                    }
                    if self.byte(at) == if map { b'}' } else { b']' } {
                        self.arena.close(at + 1);
                        return Some(at + 1);
                    }
                    if map {
                        let colon = self.key(at, end)?;
                        at = colon + 1 + self.spaces(colon + 1, end);
                    }
                    at = self.item(at, end, depth)?;
                    at += self.spaces(at, end);
                    match self.text.as_bytes().get(at).filter(|_| at < end)? {
                        b',' => at += 1,
                        b']' | b'}' => {}
                        _ => return None,
                    }
                }
            }
            _ => None,
        }
    }

    fn item(&mut self, start: usize, end: usize, depth: usize) -> Option<usize> {
        if start >= end {
            return None;
        }
        if matches!(self.byte(start), b'"' | b'\'' | b'[' | b'{') {
            return self.flow(start, end, depth + 1);
        }
        let bytes = &self.text.as_bytes()[start..end];
        let len = bytes.iter().position(|b| b",]}".contains(b))?;
        let len = bytes[..len].iter().rposition(|b| *b != b' ')? + 1;
        if !starts_plain(bytes) || bytes[..len].iter().any(|b| b":#[{\"'".contains(b)) {
            return None;
        }
        self.word(start, start + len);
        Some(start + len)
    }

    /// `|`, `>`, with or without `-`, and the lines below that are indented more than `indent`.
    fn block(&mut self, start: usize, end: usize, indent: usize) -> Option<()> {
        let folded = self.byte(start) == b'>';
        let strip = start + 1 < end && self.byte(start + 1) == b'-';
        self.nothing(start + 1 + usize::from(strip), end)?;
        let from = self.arena.owned.len();
        let (mut column, mut last, mut blank) = (0, start, 0);
        loop {
            let before = self.at;
            let Some(line) = self.next_line()? else { break };
            let spaces = self.spaces(line.start, line.end);
            if line.start + spaces == line.end {
                // Spaces of a blank line beyond the column would be text.
                if spaces > if column == 0 { indent + 1 } else { column } {
                    return None;
                }
                blank += 1;
                continue;
            }
            if spaces <= indent {
                self.at = before;
                break;
            }
            if column == 0 {
                column = spaces;
            }
            // A line that stands out keeps its breaks even where lines are folded.
            if spaces < column || (folded && (spaces > column || last == start && blank > 0)) {
                return None;
            }
            let breaks = if last == start { blank } else { blank + usize::from(!folded) };
            match breaks {
                0 if last > start => self.arena.owned.push(' '),
                n => self.arena.owned.extend(std::iter::repeat_n('\n', n)),
            }
            blank = 0;
            self.arena.owned.push_str(&self.text[line.start + column..line.end]);
            last = line.end;
        }
        if column == 0 {
            return None;
        }
        if !strip {
            self.arena.owned.push('\n');
        }
        let last = start + self.text[start..last].trim_end_matches(' ').len();
        let words = Words { from, to: self.arena.owned.len(), owned: true };
        self.arena.scalar(Shape::Block, start, last, words);
        Some(())
    }
}

/// Whether text without quotes may start with these bytes, with no sign that means something else.
fn starts_plain(bytes: &[u8]) -> bool {
    match bytes[0] {
        b'-' => bytes.get(1).is_some_and(u8::is_ascii_digit),
        b => b.is_ascii_alphanumeric() || b >= 0x80 || b"_./(+~$^;\\".contains(&b),
    }
}
