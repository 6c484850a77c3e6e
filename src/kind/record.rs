//! A record: its tree, with each node bound to the field and the typed value it stands for.

use super::schema::{EnumId, KindId, Schema, ShapeId};
use crate::yaml::{NodeId, Tree};
use chrono::{NaiveDate, NaiveTime};

/// What a node of a record's tree was bound to. Text stays in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Val {
    /// Not looked at, unknown, or not of the type that the field asks for.
    #[default]
    Bad,
    /// Nothing is filled in.
    Empty,
    /// A key of a map, with the index of its field in the map's shape.
    Key(u16),
    /// A text, slug, code, period, or the id of another record: read it from the tree.
    Text,
    /// A reference to another record: the id is the text.
    Ref,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A day with hour and minute.
    Time(NaiveDate, NaiveTime),
    /// A value of an enumeration, by index.
    Enum(EnumId, u16),
    /// A sealed value or a paper's number: present, and not to be read.
    Sealed,
    /// A list.
    List,
    /// A map with the fields of this shape.
    Map(ShapeId),
    /// A map of free names to text.
    Texts,
}

/// A field that must be filled and is not: the map it is missing in, and its index in the map's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The map in which it is missing.
    pub map: NodeId,
    /// The map's shape.
    pub shape: ShapeId,
    /// The field.
    pub field: u16,
}

/// Where a record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The round's folder name; empty at the root of the casebook.
    pub round: String,
    /// The case's folder name; empty above the cases.
    pub case: String,
}

/// One record.
#[derive(Debug)]
pub struct Record {
    /// What it is.
    pub kind: KindId,
    /// Its file name without ending.
    pub id: String,
    /// Its path relative to the casebook, with `/`.
    pub file: String,
    /// Where it stands.
    pub home: Home,
    /// Its text and tree.
    pub tree: Tree,
    /// What each node is, by node id.
    pub vals: Vec<Val>,
    /// The shape of its root.
    pub shape: ShapeId,
    /// The fields that are or may be required and are not filled.
    pub gaps: Vec<Gap>,
    /// Whether it says, by the common header, that there is none.
    pub nil: bool,
    /// Whether anything in it was not understood.
    pub odd: bool,
    /// What was probably meant where a key or a value could not be understood.
    pub slips: Vec<Slip>,
}

/// A key or a value that was probably meant otherwise than it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The map in which a field stands under a mistyped key, or the mistyped value itself.
    pub node: NodeId,
    /// The field's index in the map's shape, or the value's in its enumeration.
    pub means: u16,
}

impl Record {
    /// The root as a part.
    pub fn root(&self) -> Part<'_> {
        Part { record: self, node: self.tree.root() }
    }
}

/// A node of a record: a cheap cursor.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The record.
    pub record: &'a Record,
    /// The node in its tree.
    pub node: NodeId,
}

impl<'a> Part<'a> {
    /// What the node was bound to.
    pub fn val(self) -> Val {
        self.record.vals[self.node.0 as usize]
    }

    /// The text of a scalar node.
    pub fn str(self) -> &'a str {
        self.record.tree.str(self.node)
    }

    /// The value of the field with this index of the map's shape; `None` where the key is not there.
    pub fn field(self, index: u16) -> Option<Part<'a>> {
        self.record
            .tree
            .entries(self.node)
            .find(|e| self.record.vals[e.key_id.0 as usize] == Val::Key(index))
            .map(|e| Part { record: self.record, node: e.value })
    }

    /// The value under a name of a `texts` map: as written, or by the code that the schema's part names give it.
    pub fn named(self, schema: &Schema, name: &str) -> Option<Part<'a>> {
        let means = |val: Val| matches!(val, Val::Enum(e, i) if schema.en(e).values[i as usize].code == name);
        let found = self.record.tree.entries(self.node).find(|e| e.key == name || means(self.record.vals[e.key_id.0 as usize]));
        found.map(|e| Part { record: self.record, node: e.value })
    }

    /// Whether the field of this map stands there and cannot be read: under a mistyped key, or with a value that is none.
    pub fn misread(self, index: u16) -> bool {
        let under = self.record.slips.iter().any(|s| s.node == self.node && s.means == index);
        under || self.field(index).is_some_and(Part::garbled)
    }

    /// Whether something in it cannot be read.
    pub fn garbled(self) -> bool {
        let tree = &self.record.tree;
        if !self.record.odd || self.val() == Val::Texts {
            return false;
        }
        if self.val() == Val::Bad {
            return tree.shape(self.node) != crate::yaml::Shape::Null;
        }
        let below = |node| Part { record: self.record, node };
        match tree.shape(self.node) {
            crate::yaml::Shape::Seq => tree.items(self.node).any(|n| below(n).garbled()),
            crate::yaml::Shape::Map => {
                let known = |e: &crate::yaml::Entry| self.record.vals[e.key_id.0 as usize] != Val::Bad;
                self.record.slips.iter().any(|s| s.node == self.node)
                    || tree.entries(self.node).filter(known).any(|e| below(e.value).garbled())
            }
            _ => false,
        }
    }

    /// Whether something on the way along these fields, or at its end, cannot be read.
    pub fn misread_along(self, chain: &[u16]) -> bool {
        let mut at = self;
        for index in chain {
            if at.misread(*index) {
                return true;
            }
            match at.field(*index) {
                Some(next) => at = next,
                None => return false,
            }
        }
        at.garbled()
    }

    /// The items of a list.
    pub fn items(self) -> impl Iterator<Item = Part<'a>> {
        self.record.tree.items(self.node).map(move |node| Part { record: self.record, node })
    }

    /// Whether anything is filled in: a scalar that is not empty, a list or map that holds something.
    pub fn filled(self) -> bool {
        match self.val() {
            Val::Empty => false,
            Val::Bad => self.record.tree.shape(self.node) != crate::yaml::Shape::Null,
            Val::Text | Val::Ref => !self.str().trim().is_empty(),
            Val::List => self.items().any(|p| p.filled()),
            Val::Map(_) | Val::Texts => self.record.tree.entries(self.node).any(|e| Part { record: self.record, node: e.value }.filled()),
            _ => true,
        }
    }
}
