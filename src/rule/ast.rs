//! An expression as it is written, with places; knows no meaning.

use std::ops::Range;

/// A node with its place.
#[derive(Debug)]
pub(super) struct Ast {
    pub node: Node,
    pub range: Range<usize>,
    /// The greatest number of nodes below one another, itself included.
    pub depth: u16,
}

#[derive(Debug)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
    Name(String),
    List(Vec<Ast>),
    /// `x.name`, with the place of the name.
    Member(Box<Ast>, String, Range<usize>),
    /// `name(…)` or `x.name(…)`, with the place of the name.
    Call(Option<Box<Ast>>, String, Range<usize>, Vec<Ast>),
    Index(Box<Ast>, Box<Ast>),
    Not(Box<Ast>),
    Neg(Box<Ast>),
    Or(Vec<Ast>),
    And(Vec<Ast>),
    /// An operator between two sides: a comparison, `in`, or arithmetic.
    Pair(&'static str, Range<usize>, Box<(Ast, Ast)>),
    If(Box<(Ast, Ast, Ast)>),
}

impl Ast {
    /// Whether its type depends on what is expected of it: a quoted text, or what is made of such.
    pub fn is_loose(&self) -> bool {
        match &self.node {
            Node::Text(_) | Node::Null => true,
            Node::List(items) => items.iter().all(|i| i.is_loose()),
            Node::If(parts) => parts.1.is_loose() && parts.2.is_loose(),
            _ => false,
        }
    }
}
