//! From a text to its tree: the plain reader where it suffices, the parser where it does not, and the slips of either.

use super::arena::Arena;
use super::{NO_PARENT, Node, Shape, Tree, events, lint, quick};
use crate::finding::Finding;

pub(super) fn parse(file: &str, text: String) -> (Option<Tree>, Vec<Finding>) {
    parse_with(file, text, true)
}

/// As [`parse`]; without `quick` the parser reads everything.
pub(super) fn parse_with(file: &str, text: String, quick: bool) -> (Option<Tree>, Vec<Finding>) {
    if text.len() > super::MAX_BYTES {
        return (None, vec![super::decode::too_large(file, text.len())]);
    }
    let mut arena = Arena::new(file, &text);
    if !quick || !quick::read(&mut arena) {
        arena = Arena::new(file, &text);
        if let Err(mut findings) = events::read(&mut arena) {
            let known: Vec<_> = findings.iter().map(|f| f.place.range.map(|r| r.0)).collect();
            findings.extend(arena.findings.into_iter().filter(|f| !known.contains(&f.place.range.map(|r| r.0))));
            findings.sort_by(|a, b| a.key().cmp(&b.key()));
            return (None, findings);
        }
    }
    let Arena { owned, mut nodes, mut findings, .. } = arena;
    if nodes.is_empty() {
        let (shape, skip, parent) = (Shape::Null, 1, NO_PARENT);
        nodes.push(Node { start: 0, end: 0, from: 0, to: 0, skip, parent, shape, owned: false, flow: false, key: false });
    }
    let tree = Tree { text, owned, nodes };
    lint::tree(file, &tree, &mut findings);
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    (Some(tree), findings)
}
