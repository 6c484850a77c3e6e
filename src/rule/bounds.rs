//! Bounds of one thing that shut each other out: `size(x) >= 5 && size(x) <= 3` is true of nothing; knows no kinds.

use super::ast::{Ast, Node};
use super::error::RuleError;
use super::parser::parse;
use crate::say;
use chrono::{Datelike, NaiveDate};
use std::ops::Range;

/// What is compared with a fixed number or day: how it is written, without blanks; the bound; whether the bound itself is allowed; where.
struct Limit {
    of: String,
    at: f64,
    open: bool,
    range: Range<usize>,
}

/// The first pair of bounds in an expression of which no value could keep both; nothing where the expression cannot be read.
pub fn clash(src: &str) -> Option<RuleError> {
    // Most rules have no two bounds: they are not read a second time.
    let bounds = src.matches(['<', '>']).count() + 2 * src.matches("==").count();
    if bounds < 2 || !src.contains("&&") {
        return None;
    }
    walk(src, &parse(src).ok()?)
}

fn walk(src: &str, tree: &Ast) -> Option<RuleError> {
    let mut all = Vec::new();
    conjuncts(tree, &mut all);
    all_of(src, &all).or_else(|| match all[..] {
        [one] => inside(one).into_iter().find_map(|a| walk(src, a)),
        _ => all.iter().find_map(|a| walk(src, a)),
    })
}

/// What must hold together.
fn conjuncts<'a>(tree: &'a Ast, out: &mut Vec<&'a Ast>) {
    match &tree.node {
        Node::And(all) => all.iter().for_each(|a| conjuncts(a, out)),
        _ => out.push(tree),
    }
}

fn inside(tree: &Ast) -> Vec<&Ast> {
    match &tree.node {
        Node::List(all) | Node::Or(all) | Node::And(all) => all.iter().collect(),
        Node::Member(of, ..) | Node::Not(of) | Node::Neg(of) => vec![of],
        Node::Call(of, _, _, args) => of.iter().map(|a| a.as_ref()).chain(args).collect(),
        Node::Index(of, at) => vec![of, at],
        Node::Pair(_, _, two) => vec![&two.0, &two.1],
        Node::If(three) => vec![&three.0, &three.1, &three.2],
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::Number(_) | Node::Text(_) | Node::Name(_) => Vec::new(),
    }
}

fn all_of(src: &str, all: &[&Ast]) -> Option<RuleError> {
    let (mut low, mut high): (Vec<Limit>, Vec<Limit>) = (Vec::new(), Vec::new());
    for tree in all {
        let Node::Pair(op, _, two) = &tree.node else { continue };
        let (of, at, op) = match (value(&two.0), value(&two.1)) {
            (None, Some(at)) => (&two.0, at, *op),
            (Some(at), None) => (&two.1, at, mirrored(op)),
            _ => continue,
        };
        let limit = |open| Limit { of: src[of.range.clone()].split_whitespace().collect(), at, open, range: tree.range.clone() };
        match op {
            ">" | ">=" => low.push(limit(op == ">")),
            "<" | "<=" => high.push(limit(op == "<")),
            "==" => {
                low.push(limit(false));
                high.push(limit(false));
            }
            _ => {}
        }
    }
    let pair = low.iter().flat_map(|l| high.iter().map(move |h| (l, h)));
    let (l, h) = pair.filter(|(l, h)| l.of == h.of).find(|(l, h)| l.at > h.at || (l.at == h.at && (l.open || h.open)))?;
    let later = if l.range.start > h.range.start { l } else { h };
    let (one, other) = (&src[l.range.clone()], &src[h.range.clone()]);
    let message = say!("`{one}` 和 `{other}` 不能同时成立", "`{one}` and `{other}` cannot both hold");
    Some(RuleError::new(later.range.clone(), message).help(say!("下限写小的，上限写大的", "the lower bound is the smaller of the two")))
}

fn mirrored(op: &str) -> &str {
    match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

/// A fixed number, or a day.
fn value(tree: &Ast) -> Option<f64> {
    match &tree.node {
        Node::Int(n) => Some(*n as f64),
        Node::Number(n) => Some(*n),
        Node::Neg(of) => value(of).map(|n| -n),
        Node::Text(s) => NaiveDate::parse_from_str(s, "%Y-%m-%d").ok().map(|d| f64::from(d.num_days_from_ce())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::clash;

    fn said(src: &str) -> Option<String> {
        clash(src).map(|e| e.message.en.to_string())
    }

    #[test]
    fn bounds_that_shut_each_other_out_are_found_wherever_they_stand() {
        let one = "`size(it.x) >= 5` and `size(it.x) <= 3` cannot both hold";
        assert_eq!(said("size(it.x) >= 5 && size(it.x) <= 3").as_deref(), Some(one));
        assert!(said("has(it.x) && (size(it.x) >= 5 && it.y) && size( it.x ) <= 3").is_some());
        assert!(said("it.n > 3 && 3 > it.n").is_some());
        assert!(said("it.l.exists(x, x.date > '2020-02-01' && x.date < '2020-01-01')").is_some());
        assert!(said("it.a || (it.n == 2 && it.n == 3)").is_some());
        assert!(said("!(it.n < 1 && it.n > 1)").is_some());
    }

    #[test]
    fn bounds_that_leave_something_are_not() {
        for src in ["it.n >= 3 && it.n <= 3", "it.n > 5 || it.n < 3", "it.n > 5 && it.m < 3", "it.n >= 5 ? it.n <= 3 : true", "it.n >", ""]
        {
            assert_eq!(said(src), None, "{src}");
        }
    }
}
