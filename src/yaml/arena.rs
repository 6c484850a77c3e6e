//! The arena while it is filled: nodes in the order of the file, and the maps and lists still open. Knows no syntax.

use super::{NO_PARENT, Node, Shape, refuse};
use crate::finding::Finding;
use std::collections::HashMap;

/// From how many findings on no more repeated keys are listed.
const MOST: usize = 1000;

/// Up to here keys are compared one by one; above, through a table, so that a map of many keys does not take quadratic time.
const FEW_KEYS: usize = 32;

/// A map or list that is not yet complete.
struct Frame {
    id: u32,
    map: bool,
    /// The key whose value comes next.
    key: Option<u32>,
    /// The entry whose key is not kept ends with its value, and goes.
    drop: bool,
    keys: usize,
    table: Option<HashMap<String, u32>>,
}

/// Text that a scalar stands for: bytes of the file, or of [`Arena::owned`].
#[derive(Clone, Copy, Default)]
pub(super) struct Words {
    pub from: usize,
    pub to: usize,
    pub owned: bool,
}

pub(super) struct Arena<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub owned: String,
    pub nodes: Vec<Node>,
    pub findings: Vec<Finding>,
    frames: Vec<Frame>,
}

impl<'a> Arena<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Arena<'a> {
        // A record has a node for some ten bytes.
        let nodes = Vec::with_capacity(text.len() / 10 + 1);
        Arena { file, text, owned: String::new(), nodes, findings: Vec::new(), frames: Vec::with_capacity(8) }
    }

    /// How many maps and lists are open.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|f| f.map && f.key.is_none())
    }

    pub(super) fn expects_value(&self) -> bool {
        self.frames.last().is_some_and(|f| f.map && f.key.is_some())
    }

    pub(super) fn in_map(&self) -> bool {
        self.frames.last().is_some_and(|f| f.map)
    }

    /// A scalar, complete.
    pub(super) fn scalar(&mut self, shape: Shape, start: usize, end: usize, words: Words) {
        let id = self.push(shape, start, end);
        let node = &mut self.nodes[id as usize];
        (node.from, node.to, node.owned) = (words.from as u32, words.to as u32, words.owned);
        self.done(id);
    }

    /// A map or list begins.
    pub(super) fn open(&mut self, shape: Shape, flow: bool, start: usize, end: usize) {
        let id = self.push(shape, start, end);
        self.nodes[id as usize].flow = flow;
        self.frames.push(Frame { id, map: shape == Shape::Map, key: None, drop: false, keys: 0, table: None });
    }

    /// The map or list opened last is complete; for one in brackets `end` is behind the bracket, a block ends with its last child.
    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let skip = self.nodes.len() as u32;
        let node = &mut self.nodes[frame.id as usize];
        node.skip = skip;
        if node.flow {
            node.end = node.end.max(end as u32);
        }
        self.done(frame.id);
    }

    fn push(&mut self, shape: Shape, start: usize, end: usize) -> u32 {
        let id = self.nodes.len() as u32;
        let parent = self.frames.last().map_or(NO_PARENT, |f| f.id);
        let key = self.expects_key();
        let (start, end) = (start as u32, end as u32);
        self.nodes.push(Node { start, end, from: 0, to: 0, skip: id + 1, parent, shape, owned: false, flow: false, key });
        id
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
                    self.findings
                        .push(refuse::complex_key(self.file, self.nodes[id as usize].start as usize..self.nodes[id as usize].end as usize));
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
                    self.table(at).insert(key, other);
                    other = self.nodes[self.nodes[other as usize].skip as usize].skip;
                }
            }
            let key = self.str(id).to_string();
            if let Some(first) = self.table(at).get(&key) {
                return Some(*first);
            }
            self.table(at).insert(key, id);
        }
        self.frames[at].keys += 1;
        None
    }

    fn table(&mut self, at: usize) -> &mut HashMap<String, u32> {
        self.frames[at].table.get_or_insert_default()
    }

    fn duplicate(&mut self, first: u32, second: u32) {
        // Each looks for its line from the start of the file; nobody reads as many.
        if self.findings.len() >= MOST {
            return;
        }
        let span = |id: u32| self.nodes[id as usize].start as usize..self.nodes[id as usize].end as usize;
        let finding = refuse::duplicate(self.file, self.text, self.str(second), span(first), span(second));
        self.findings.push(finding);
    }
}
