//! Reads a packed document: values with their places, without copying; knows nothing of what stands in them.

use super::pack::{KEY, POOL, VALUE, tag};
use std::ops::Range;

/// A packed document and the text that it was made from.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    /// The words, four bytes each, lowest first.
    words: &'a [u8],
    pool: &'a str,
    text: &'a str,
}

/// One value.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: Tree<'a>,
    at: usize,
}

/// What a value is.
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A date or time, as written.
    Date(&'a str),
    /// A number that is not whole, or too large.
    Float,
    /// A list.
    Array(Items<'a>),
    /// A table.
    Table(Entries<'a>),
}

/// The items of a list.
#[derive(Clone, Copy)]
pub struct Items<'a> {
    tree: Tree<'a>,
    first: usize,
    count: usize,
}

/// The entries of a table, by key.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    tree: Tree<'a>,
    first: usize,
    count: usize,
}

impl<'a> Tree<'a> {
    /// `words` are four bytes each.
    pub fn new(words: &'a [u8], pool: &'a str, text: &'a str) -> Tree<'a> {
        Tree { words, pool, text }
    }

    fn word(self, at: usize) -> u32 {
        let bytes = self.words.get(at * 4..at * 4 + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }

    fn string(self, offset: u32, len: u32) -> &'a str {
        let from = if len & POOL != 0 { self.pool } else { self.text };
        let start = offset as usize;
        from.get(start..start + (len & !POOL) as usize).unwrap_or("")
    }

    /// The top table.
    pub fn root(self) -> Entries<'a> {
        Entries { tree: self, first: self.word(3) as usize, count: self.word(4) as usize }
    }
}

impl<'a> Node<'a> {
    /// The bytes of the value in its file.
    pub fn span(self) -> Range<usize> {
        self.tree.word(self.at + 1) as usize..self.tree.word(self.at + 2) as usize
    }

    /// What it is.
    pub fn value(self) -> Value<'a> {
        let (tree, a, b) = (self.tree, self.tree.word(self.at + 3), self.tree.word(self.at + 4));
        let (first, count) = (a as usize, b as usize);
        match tree.word(self.at) {
            tag::TEXT => Value::Text(tree.string(a, b)),
            tag::INT => Value::Int(i64::from(b as i32) << 32 | i64::from(a)),
            tag::BOOL => Value::Bool(a == 1),
            tag::DATE => Value::Date(tree.string(a, b)),
            tag::ARRAY => Value::Array(Items { tree, first, count }),
            tag::TABLE => Value::Table(Entries { tree, first, count }),
            _ => Value::Float,
        }
    }

    /// The text, if it is one.
    pub fn text(self) -> Option<&'a str> {
        match self.value() {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }

    /// Its type, in TOML's words.
    pub fn type_str(self) -> &'static str {
        match self.value() {
            Value::Text(_) => "string",
            Value::Int(_) => "integer",
            Value::Bool(_) => "boolean",
            Value::Date(_) => "datetime",
            Value::Float => "float",
            Value::Array(_) => "array",
            Value::Table(_) => "table",
        }
    }
}

impl<'a> Items<'a> {
    /// In order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Node<'a>> {
        (0..self.count).map(move |i| Node { tree: self.tree, at: self.first + i * VALUE })
    }
}

impl<'a> Entries<'a> {
    fn key(self, i: usize) -> (&'a str, Range<usize>) {
        let at = self.first + i * (KEY + VALUE);
        let t = self.tree;
        (t.string(t.word(at), t.word(at + 1)), t.word(at + 2) as usize..t.word(at + 3) as usize)
    }

    fn node(self, i: usize) -> Node<'a> {
        Node { tree: self.tree, at: self.first + i * (KEY + VALUE) + KEY }
    }

    /// The keys with their places, in alphabetical order.
    pub fn keys(self) -> impl ExactSizeIterator<Item = (&'a str, Range<usize>)> {
        (0..self.count).map(move |i| self.key(i))
    }

    /// The value of a key, and its number among the entries.
    pub fn find(self, key: &str) -> Option<(usize, Node<'a>)> {
        let t = self.tree;
        let same = |i: &usize| {
            let at = self.first + i * (KEY + VALUE);
            let len = t.word(at + 1);
            (len & !POOL) as usize == key.len() && t.string(t.word(at), len) == key
        };
        // Few keys: their lengths tell most of them apart.
        (0..self.count).find(same).map(|i| (i, self.node(i)))
    }

    /// The value of a key.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.find(key).map(|(_, node)| node)
    }

    /// How many entries there are.
    pub fn len(self) -> usize {
        self.count
    }
}
