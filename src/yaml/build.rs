//! From the parser's events to the arena; knows the order of events, not what is wrong with a text that does not parse.

use super::{NO_PARENT, Node, Shape, Tree, fault, lint};
use crate::finding::{Finding, Place, locate};
use crate::{say, text};
use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};
use std::borrow::Cow;
use std::collections::HashMap;

/// How deep maps and lists may stand in one another.
pub const MAX_DEPTH: usize = 64;

/// Up to here keys are compared one by one; above, through a table, so that a map of many keys does not take quadratic time.
const FEW_KEYS: usize = 32;

struct Frame {
    id: u32,
    map: bool,
    /// The key whose value comes next.
    key: Option<u32>,
    /// The entry whose key is not kept ends with its value, and goes.
    drop: bool,
    keys: usize,
    table: HashMap<String, u32>,
}

struct Builder<'a> {
    file: &'a str,
    text: &'a str,
    owned: String,
    nodes: Vec<Node>,
    frames: Vec<Frame>,
    findings: Vec<Finding>,
    /// The byte behind the last scalar or bracket.
    last: usize,
}

pub(super) fn parse(file: &str, text: String) -> (Option<Tree>, Vec<Finding>) {
    if text.len() > super::MAX_BYTES {
        return (None, vec![super::decode::too_large(file, text.len())]);
    }
    let mut builder = Builder {
        file,
        text: &text,
        owned: String::new(),
        nodes: Vec::with_capacity(text.len() / 16 + 1),
        frames: Vec::with_capacity(8),
        findings: Vec::new(),
        last: 0,
    };
    if let Err(mut findings) = builder.run() {
        let known: Vec<_> = findings.iter().map(|f| f.place.range.map(|r| r.0)).collect();
        findings.extend(builder.findings.into_iter().filter(|f| !known.contains(&f.place.range.map(|r| r.0))));
        findings.sort_by(|a, b| a.key().cmp(&b.key()));
        return (None, findings);
    }
    let Builder { owned, mut nodes, mut findings, .. } = builder;
    if nodes.is_empty() {
        nodes.push(Node {
            start: 0,
            end: 0,
            from: 0,
            to: 0,
            skip: 1,
            parent: NO_PARENT,
            shape: Shape::Null,
            owned: false,
            flow: false,
            key: false,
        });
    }
    let tree = Tree { text, owned, nodes };
    lint::tree(file, &tree, &mut findings);
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    (Some(tree), findings)
}

impl<'a> Builder<'a> {
    fn run(&mut self) -> Result<(), Vec<Finding>> {
        let options = granit_parser::options! {
            disallow_directives: true,
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        let mut documents = 0;
        while let Some(next) = parser.next_event() {
            let (event, span) = match next {
                Ok(next) => next,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(self.text.len());
                    return Err(fault::explain(self.file, self.text, error.kind(), at));
                }
            };
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        self.second_document(bytes(&span).start);
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
            ScalarStyle::Plain if matches!(&*value, "~" | "null" | "Null" | "NULL") && !self.expects_key() => Shape::Null,
            ScalarStyle::Plain => Shape::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Shape::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                range.start = self.block_header(range.start);
                Shape::Block
            }
        };
        let end = range.start + self.text[range.clone()].trim_end_matches([' ', '\t', '\r', '\n']).len();
        let (from, to, owned) = match value {
            _ if shape == Shape::Null => (0, 0, false),
            Cow::Borrowed(s) if self.offset(s).is_some() => {
                let from = self.offset(s).unwrap_or(0);
                (from, from + s.len(), false)
            }
            other => {
                let from = self.owned.len();
                self.owned.push_str(&other);
                (from, self.owned.len(), true)
            }
        };
        self.last = range.end;
        let id = self.push(shape, range.start, end);
        let node = &mut self.nodes[id as usize];
        (node.from, node.to, node.owned) = (from as u32, to as u32, owned);
        self.done(id);
    }

    /// Where `part` starts in the text, if it is a part of it.
    fn offset(&self, part: &str) -> Option<usize> {
        let from = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (from + part.len() <= self.text.len()).then_some(from)
    }

    fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|f| f.map && f.key.is_none())
    }

    fn push(&mut self, shape: Shape, start: usize, end: usize) -> u32 {
        let id = self.nodes.len() as u32;
        let parent = self.frames.last().map_or(NO_PARENT, |f| f.id);
        let key = self.expects_key();
        let (start, end) = (start as u32, end as u32);
        self.nodes.push(Node { start, end, from: 0, to: 0, skip: id + 1, parent, shape, owned: false, flow: false, key });
        id
    }

    fn open(&mut self, shape: Shape, style: StructureStyle, span: &Span) -> Result<(), Vec<Finding>> {
        let flow = style == StructureStyle::Flow;
        let mut range = bytes(span);
        if self.frames.len() >= MAX_DEPTH {
            return Err(vec![too_deep(self.file, range.start..range.end.max(range.start + 1).min(self.text.len()))]);
        }
        if shape == Shape::Seq && !flow {
            range.start = self.first_dash(range.start);
        }
        if flow {
            self.last = range.end;
        }
        let id = self.push(shape, range.start, range.end);
        self.nodes[id as usize].flow = flow;
        let table = HashMap::new();
        self.frames.push(Frame { id, map: shape == Shape::Map, key: None, drop: false, keys: 0, table });
        Ok(())
    }

    fn close(&mut self, span: &Span) {
        let Some(frame) = self.frames.pop() else { return };
        let skip = self.nodes.len() as u32;
        let range = bytes(span);
        let node = &mut self.nodes[frame.id as usize];
        node.skip = skip;
        if node.flow {
            node.end = node.end.max(range.end as u32);
            self.last = range.end;
        }
        self.done(frame.id);
    }

    /// A node is complete: the map above it takes it as a key or as a value.
    fn done(&mut self, id: u32) {
        let Some(frame) = self.frames.last() else { return };
        let end = self.nodes[id as usize].end;
        let above = &mut self.nodes[frame.id as usize];
        above.end = above.end.max(end);
        if !frame.map {
            return;
        }
        let at = self.frames.len() - 1;
        match frame.key {
            None => {
                self.frames[at].key = Some(id);
                if matches!(self.nodes[id as usize].shape, Shape::Null | Shape::Map | Shape::Seq | Shape::Block) {
                    self.frames[at].drop = true;
                    self.complex_key(id);
                } else if let Some(first) = self.same_key(at, id) {
                    self.frames[at].drop = true;
                    self.duplicate(first, id);
                }
            }
            Some(key) => {
                if frame.drop {
                    self.nodes.truncate(key as usize);
                }
                self.frames[at].key = None;
                self.frames[at].drop = false;
            }
        }
    }

    fn str(&self, id: u32) -> &str {
        let node = &self.nodes[id as usize];
        let from = if node.owned { &self.owned } else { self.text };
        &from[node.from as usize..node.to as usize]
    }

    /// The earlier key of the same text in the map of frame `at`; otherwise the key is noted.
    fn same_key(&mut self, at: usize, id: u32) -> Option<u32> {
        let (map, keys) = (self.frames[at].id, self.frames[at].keys);
        if keys < FEW_KEYS {
            let mut other = map + 1;
            while other < id {
                if self.str(other) == self.str(id) {
                    return Some(other);
                }
                let value = self.nodes[other as usize].skip;
                other = self.nodes[value as usize].skip;
            }
        } else {
            if keys == FEW_KEYS {
                let mut other = map + 1;
                while other < id {
                    let key = self.str(other).to_string();
                    self.frames[at].table.insert(key, other);
                    other = self.nodes[self.nodes[other as usize].skip as usize].skip;
                }
            }
            let key = self.str(id).to_string();
            if let Some(first) = self.frames[at].table.get(&key) {
                return Some(*first);
            }
            self.frames[at].table.insert(key, id);
        }
        self.frames[at].keys += 1;
        None
    }

    /// Where a block list starts: the parser points a list that is not indented at its first item, behind the `-`.
    fn first_dash(&self, given: usize) -> usize {
        let from = skip_blank(self.text, self.last);
        let from = if self.text[from..].starts_with(':') { skip_blank(self.text, from + 1) } else { from };
        let in_map = self.frames.last().is_some_and(|f| f.map);
        if in_map && from < given && self.text[from..].starts_with('-') { from } else { given }
    }

    /// Just behind the `:` or `-` that has nothing behind it.
    fn empty_place(&self, given: usize) -> usize {
        if self.frames.last().is_some_and(|f| f.map && f.key.is_some()) {
            let colon = skip_blank(self.text, self.last);
            return if self.text[colon..].starts_with(':') { colon + 1 } else { self.last };
        }
        let (mut at, mut found) = (self.last, None);
        loop {
            at = skip_blank(self.text, at);
            match self.text.as_bytes().get(at) {
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
        self.text[self.last..content.max(self.last)].find(['|', '>']).map_or(content, |i| self.last + i)
    }

    fn second_document(&mut self, at: usize) {
        let (file, end) = (self.file, line_end(self.text, at));
        let line = locate(self.text, (at, at)).line;
        self.findings.push(
            Finding::error(
                "second-document",
                Place::at(file, at..end),
                say!("第 {line} 行起是第二个文档，不会被读取", "a second document starts in line {line} and is not read"),
            )
            .help(say!(
                "一个文件只放一条记录：删去多余的 ---，或把后一部分另存为一个文件",
                "one file holds one record: delete the extra ---, or move what follows to a file of its own"
            )),
        );
    }

    fn alias(&mut self, span: &Span) {
        let range = bytes(span);
        let name = text::cut(&self.text[range.clone()], 24);
        self.findings.push(
            Finding::error(
                "yaml-alias",
                Place::at(self.file, range.clone()),
                say!("不支持 YAML 别名 {name}", "YAML aliases are not supported: {name}"),
            )
            .help(say!(
                "若 * 是文字的一部分，请给整个值加引号；否则请把内容直接写出",
                "if the * is part of the text, put the whole value in quotes; otherwise write the content out"
            )),
        );
        self.last = range.end;
        let id = self.push(Shape::Plain, range.start, range.end);
        let node = &mut self.nodes[id as usize];
        (node.from, node.to) = (range.start as u32, range.end as u32);
        self.done(id);
    }

    fn anchor(&mut self, span: &Span) {
        let range = bytes(span);
        let name = text::cut(&self.text[range.clone()], 24);
        self.findings.push(
            Finding::error(
                "yaml-anchor",
                Place::at(self.file, range),
                say!("不支持 YAML 锚点 {name}", "YAML anchors are not supported: {name}"),
            )
            .help(say!(
                "若 & 是文字的一部分，请给整个值加引号；否则请删去",
                "if the & is part of the text, put the whole value in quotes; otherwise delete it"
            )),
        );
    }

    fn tag(&mut self, span: &Span) {
        let range = span.tag_span().map_or_else(|| bytes(span), |t| bytes(&t));
        let name = text::cut(&self.text[range.clone()], 24);
        self.findings.push(
            Finding::error("yaml-tag", Place::at(self.file, range), say!("不支持 YAML 标签 {name}", "YAML tags are not supported: {name}"))
                .help(say!(
                    "若 ! 是文字的一部分，请给整个值加引号；否则请删去",
                    "if the ! is part of the text, put the whole value in quotes; otherwise delete it"
                )),
        );
    }

    fn complex_key(&mut self, id: u32) {
        let node = &self.nodes[id as usize];
        let range = node.start as usize..(node.end as usize).max(node.start as usize);
        self.findings.push(
            Finding::error(
                "complex-key",
                Place::at(self.file, range),
                say!("这里的键不是一个词，该项未读取", "this key is not a word; the entry is not read"),
            )
            .help(say!("键请写成普通文字，如：标题: …", "write the key as plain text, as in: title: …")),
        );
    }

    fn duplicate(&mut self, first: u32, second: u32) {
        let (a, b) = (&self.nodes[first as usize], &self.nodes[second as usize]);
        let key = text::cut(self.str(second), 24);
        let line = locate(self.text, (a.start as usize, a.end as usize)).line;
        self.findings.push(
            Finding::error(
                "duplicate-key",
                Place::at(self.file, b.start as usize..b.end as usize),
                say!(
                    "键“{key}”重复：第 {line} 行已有，这里的未读取",
                    "key \"{key}\" is given twice: first in line {line}; this one is not read"
                ),
            )
            .help(say!("请合并为一处，删去另一处", "merge the two and delete one")),
        );
    }
}

pub(super) fn too_deep(file: &str, range: std::ops::Range<usize>) -> Finding {
    Finding::error("deep-nesting", Place::at(file, range), say!("嵌套超过 {MAX_DEPTH} 层", "nested more than {MAX_DEPTH} levels deep"))
        .help(say!("请减少层次；以 [ 或 {{ 开头的文字请加引号", "use fewer levels; text that starts with [ or {{ needs quotes"))
}

/// Past spaces, line breaks and comments.
fn skip_blank(text: &str, mut at: usize) -> usize {
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

/// The end of the line that holds `at`, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

fn bytes(span: &Span) -> std::ops::Range<usize> {
    let start = span.start.byte_offset().unwrap_or(0);
    start..span.end.byte_offset().unwrap_or(start).max(start)
}
