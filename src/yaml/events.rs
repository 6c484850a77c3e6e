//! From the parser's events to the arena: the one place that calls the parser; knows the order of events, not what they are for.

use super::arena::{Arena, Words};
use super::refuse::MAX_DEPTH;
use super::scan::skip_blank;
use super::{Shape, fault, refuse};
use crate::finding::Finding;
use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};
use std::borrow::Cow;

/// Fills `arena` with the first document of its text, or says why that text cannot be read.
pub(super) fn read(arena: &mut Arena) -> Result<(), Vec<Finding>> {
    Reader { arena, last: 0 }.run()
}

struct Reader<'r, 'a> {
    arena: &'r mut Arena<'a>,
    /// The byte behind the last scalar or bracket.
    last: usize,
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn run(mut self) -> Result<(), Vec<Finding>> {
        let options = granit_parser::options! {
            disallow_directives: true,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let mut parser = Parser::new_from_str_with_options(self.arena.text, options);
        let mut documents = 0;
        while let Some(next) = parser.next_event() {
            let (event, span) = match next {
                Ok(next) => next,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(self.arena.text.len());
                    return Err(fault::explain(self.arena.file, self.arena.text, error.kind(), at));
                }
            };
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let finding = refuse::second_document(self.arena.file, self.arena.text, bytes(&span).start);
                        self.arena.findings.push(finding);
                        break;
                    }
                }
                Event::Scalar(value, style, _, tag) => {
                    if tag.is_some() {
                        self.tag(&span);
                    }
                    self.scalar(value, style, &span);
                }
                Event::SequenceStart(style, _, tag) => {
                    if tag.is_some() {
                        self.tag(&span);
                    }
                    self.open(Shape::Seq, style, &span)?;
                }
                Event::MappingStart(style, _, tag) => {
                    if tag.is_some() {
                        self.tag(&span);
                    }
                    self.open(Shape::Map, style, &span)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(&span),
                Event::Alias(_) | Event::UnresolvedAlias(_) => self.alias(&span),
                Event::Anchor(..) => self.anchor(&span),
                _ => {}
            }
        }
        Ok(())
    }

    fn scalar(&mut self, value: Cow<'a, str>, style: ScalarStyle, span: &Span) {
        let mut range = bytes(span);
        let shape = match style {
            ScalarStyle::Plain if range.is_empty() => {
                let at = self.empty_place(range.start);
                range = at..at;
                Shape::Null
            }
            ScalarStyle::Plain if matches!(&*value, "~" | "null" | "Null" | "NULL") && !self.arena.expects_key() => Shape::Null,
            ScalarStyle::Plain => Shape::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Shape::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                range.start = self.block_header(range.start);
                Shape::Block
            }
        };
        let end = range.start + self.arena.text[range.clone()].trim_end_matches([' ', '\t', '\r', '\n']).len();
        let (from, to, owned) = match value {
            _ if shape == Shape::Null => (0, 0, false),
            Cow::Borrowed(s) if self.offset(s).is_some() => {
                let from = self.offset(s).unwrap_or(0);
                (from, from + s.len(), false)
            }
            other => {
                let from = self.arena.owned.len();
                self.arena.owned.push_str(&other);
                (from, self.arena.owned.len(), true)
            }
        };
        self.last = range.end;
        self.arena.scalar(shape, range.start, end, Words { from, to, owned });
    }

    /// Where `part` starts in the text, if it is a part of it.
    fn offset(&self, part: &str) -> Option<usize> {
        let from = (part.as_ptr() as usize).checked_sub(self.arena.text.as_ptr() as usize)?;
        (from + part.len() <= self.arena.text.len()).then_some(from)
    }

    fn open(&mut self, shape: Shape, style: StructureStyle, span: &Span) -> Result<(), Vec<Finding>> {
        let flow = style == StructureStyle::Flow;
        let mut range = bytes(span);
        if self.arena.depth() >= MAX_DEPTH {
            return Err(vec![refuse::too_deep(self.arena.file, range)]);
        }
        if shape == Shape::Seq && !flow {
            range.start = self.first_dash(range.start);
        }
        if flow {
            self.last = range.end;
        }
        self.arena.open(shape, flow, range.start, if flow { range.end } else { range.start });
        Ok(())
    }

    fn close(&mut self, span: &Span) {
        let range = bytes(span);
        if !range.is_empty() {
            self.last = range.end;
        }
        self.arena.close(range.end);
    }

    /// Where a block list starts: the parser points a list that is not indented at its first item, behind the `-`.
    fn first_dash(&self, given: usize) -> usize {
        let from = skip_blank(self.arena.text, self.last);
        let from = if self.arena.text[from..].starts_with(':') { skip_blank(self.arena.text, from + 1) } else { from };
        let in_map = self.arena.in_map();
        if in_map && from < given && self.arena.text[from..].starts_with('-') { from } else { given }
    }

    /// Just behind the `:` or `-` that has nothing behind it.
    fn empty_place(&self, given: usize) -> usize {
        if self.arena.expects_value() {
            let colon = skip_blank(self.arena.text, self.last);
            return if self.arena.text[colon..].starts_with(':') { colon + 1 } else { self.last };
        }
        let (mut at, mut found) = (self.last, None);
        loop {
            at = skip_blank(self.arena.text, at);
            match self.arena.text.as_bytes().get(at) {
                Some(b'-' | b':' | b'?') if at < given => {
                    at += 1;
                    found = Some(at);
                }
                _ => return found.unwrap_or(given),
            }
        }
    }

    /// The `|` or `>` before the content of a block scalar.
    fn block_header(&self, content: usize) -> usize {
        self.arena.text[self.last..content.max(self.last)].find(['|', '>']).map_or(content, |i| self.last + i)
    }

    fn alias(&mut self, span: &Span) {
        let range = bytes(span);
        let finding = refuse::alias(self.arena.file, self.arena.text, range.clone());
        self.arena.findings.push(finding);
        self.last = range.end;
        self.arena.scalar(Shape::Plain, range.start, range.end, Words { from: range.start, to: range.end, owned: false });
    }

    fn anchor(&mut self, span: &Span) {
        let finding = refuse::anchor(self.arena.file, self.arena.text, bytes(span));
        self.arena.findings.push(finding);
    }

    fn tag(&mut self, span: &Span) {
        let range = span.tag_span().map_or_else(|| bytes(span), |t| bytes(&t));
        let finding = refuse::tag(self.arena.file, self.arena.text, range);
        self.arena.findings.push(finding);
    }
}

fn bytes(span: &Span) -> std::ops::Range<usize> {
    let start = span.start.byte_offset().unwrap_or(0);
    start..span.end.byte_offset().unwrap_or(start).max(start)
}
