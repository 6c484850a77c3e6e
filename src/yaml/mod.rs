//! YAML text as a tree in which every value knows its bytes: the one module that knows the YAML parser; it knows nothing of records.

mod arena;
mod build;
mod decode;
mod edit;
mod events;
mod fault;
mod hint;
mod lint;
mod quick;
mod refuse;
mod scan;
mod slip;
pub use slip::conflicts;
mod value;

pub use decode::{MAX_BYTES, decode};
pub use edit::{append_item, insert_entry, set_scalar};
pub use hint::{date_hint, half_width};
pub use refuse::MAX_DEPTH;
pub use value::{Value, write};

use crate::finding::Finding;
use std::ops::Range;

/// Every code that a finding of this module can have.
pub const CODES: &[&str] = &[
    "binary-file",
    "byte-order-mark",
    "colon-in-text",
    "colon-without-space",
    "complex-key",
    "conflict-markers",
    "control-character",
    "curly-quotes",
    "dash-without-space",
    "deep-nesting",
    "duplicate-key",
    "encoding-gbk",
    "encoding-unknown",
    "encoding-utf16",
    "file-too-large",
    "full-width-colon",
    "full-width-comma",
    "full-width-digits",
    "hash-without-space",
    "list-on-key-line",
    "not-a-map",
    "not-an-entry",
    "reserved-first-character",
    "second-document",
    "tab-indent",
    "text-after-bracket",
    "text-after-quote",
    "unclosed-bracket",
    "unclosed-quote",
    "unknown-escape",
    "value-cut-by-hash",
    "wide-space",
    "wide-space-indent",
    "wrong-bracket",
    "wrong-indent",
    "yaml-alias",
    "yaml-anchor",
    "yaml-directive",
    "yaml-syntax",
    "yaml-tag",
];

/// A node of one [`Tree`]; ids run from 0 to `len() - 1` in the order of the file, a parent before its children.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub struct NodeId(pub u32);

/// What a node is. A plain scalar may still be read as a number or a boolean, a quoted or block scalar is always text.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub enum Shape {
    /// Nothing, `~` or `null`.
    Null,
    /// Text without quotes.
    Plain,
    /// Text in single or double quotes.
    Quoted,
    /// Text behind `|` or `>`.
    Block,
    /// Keys and values.
    Map,
    /// A list.
    Seq,
}

/// One key and its value.
#[derive(Copy, Clone, Debug)]
pub struct Entry<'a> {
    /// The key's text.
    pub key: &'a str,
    /// The key itself, for its place.
    pub key_id: NodeId,
    /// The value.
    pub value: NodeId,
}

#[derive(Copy, Clone, Debug)]
struct Node {
    start: u32,
    end: u32,
    /// The scalar's text: a range of the file's text, or of `owned` where escapes or folding changed it.
    from: u32,
    to: u32,
    /// The id behind the last descendant, so that the next sibling is found without a list of children.
    skip: u32,
    parent: u32,
    shape: Shape,
    owned: bool,
    flow: bool,
    key: bool,
}

const NO_PARENT: u32 = u32::MAX;

/// A parsed file: its text and its nodes.
#[derive(Clone, Debug)]
pub struct Tree {
    text: String,
    owned: String,
    nodes: Vec<Node>,
}

impl Tree {
    /// Reads `text`; `file` is only the name in the findings. Errors of syntax come back as findings without a tree, slips that still parse as findings
    /// beside it. Never panics; aliases are not expanded.
    pub fn parse(file: &str, text: String) -> (Option<Tree>, Vec<Finding>) {
        build::parse(file, text)
    }

    /// The file's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The top; an empty file gives a null.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The number of nodes, at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What the node is.
    pub fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// The scalar's text after escapes and folding; empty for a null, a map and a list.
    pub fn str(&self, id: NodeId) -> &str {
        let node = self.node(id);
        let from = if node.owned { &self.owned } else { &self.text };
        &from[node.from as usize..node.to as usize]
    }

    /// The value's bytes in [`Tree::text`], quotes and brackets included, trailing line breaks not; an empty null stands just behind its `:` or `-`.
    pub fn span(&self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start as usize..node.end as usize
    }

    /// The entries of a map in the order of the file; nothing for other shapes.
    pub fn entries(&self, id: NodeId) -> impl Iterator<Item = Entry<'_>> {
        let mut children = self.children(id, Shape::Map);
        std::iter::from_fn(move || {
            let key_id = children.next()?;
            Some(Entry { key: self.str(key_id), key_id, value: children.next()? })
        })
    }

    /// The items of a list in the order of the file; nothing for other shapes.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.children(id, Shape::Seq)
    }

    /// The value under `key` in a map.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).find(|e| e.key == key).map(|e| e.value)
    }

    /// The map or list that holds the node; for a key as for a value, the map.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.node(id).parent;
        (parent != NO_PARENT).then_some(NodeId(parent))
    }

    /// Where a list or a map was expected and text stands: the slip that probably made it text, if one can be seen (`角色：组长`, `角色:组长`, `-甲`).
    pub fn slip(&self, file: &str, id: NodeId) -> Option<Finding> {
        slip::in_text(file, &self.text, self.span(id), matches!(self.shape(id), Shape::Plain)).into_iter().next()
    }

    fn children(&self, id: NodeId, shape: Shape) -> impl Iterator<Item = NodeId> {
        let node = self.node(id);
        let end = if node.shape == shape { node.skip } else { 0 };
        let mut next = id.0 + 1;
        std::iter::from_fn(move || {
            let this = next;
            (this < end).then(|| {
                next = self.nodes[this as usize].skip;
                NodeId(this)
            })
        })
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

#[cfg(test)]
mod tests;
