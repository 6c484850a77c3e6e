//! Changes to a file as splices of its text: all other bytes stay, and the result is parsed again and compared before anybody sees it.

use super::value::{flow, is_plain, literal, text as scalar_text};
use super::{NodeId, Shape, Tree, Value, scan, slip, write};
use crate::say;
use crate::text::{Text, cut};
use std::ops::Range;

/// What an edit was to do, for the comparison.
enum Change<'a> {
    Entry(&'a str, &'a Value),
    Item(&'a Value),
    Scalar(&'a Value),
}

/// Splices in the order of the text, none overlapping another.
type Splices = Vec<(Range<usize>, String)>;

/// The text with `key: value` behind the last entry of `map`: a map, an empty `{}`, a null, or the root of an empty file. Fails where the key exists
/// and where the result would not read as wanted.
pub fn insert_entry(tree: &Tree, map: NodeId, key: &str, value: &Value) -> Result<String, Text> {
    if tree.get(map, key).is_some() {
        let key = cut(key, 24);
        return Err(say!("键“{key}”已有，不能再加", "the key “{key}” exists already"));
    }
    let pair = Value::Map(vec![(key.to_string(), value.clone())]);
    let splices = match tree.shape(map) {
        Shape::Map if !is_empty(tree, map) => {
            if tree.node(map).flow {
                let braced = flow(&pair);
                before_close(tree, map, braced[1..braced.len() - 1].to_string())
            } else {
                let first = tree.entries(map).next().map_or(0, |e| tree.span(e.key_id).start);
                after(tree, map, write(&pair, column(tree.text(), first)))
            }
        }
        Shape::Map | Shape::Null => fill(tree, map, &pair),
        _ => return Err(say!("这里不是映射，不能加入键", "this is no map, so no key can be added")),
    };
    apply(tree, splices, map, &Change::Entry(key, value))
}

/// The text with `value` as the last item of `list`: a list in either style, an empty `[]`, or a null (the value of a key with nothing behind it).
pub fn append_item(tree: &Tree, list: NodeId, value: &Value) -> Result<String, Text> {
    let one = Value::Seq(vec![value.clone()]);
    let splices = match tree.shape(list) {
        Shape::Seq if !is_empty(tree, list) => {
            if tree.node(list).flow {
                before_close(tree, list, flow(value))
            } else {
                after(tree, list, write(&one, column(tree.text(), tree.span(list).start)))
            }
        }
        Shape::Seq | Shape::Null => fill(tree, list, &one),
        _ => return Err(say!("这里不是列表，不能加入一项", "this is no list, so no item can be added")),
    };
    apply(tree, splices, list, &Change::Item(value))
}

/// The text with the scalar `id` replaced by `value`, itself a scalar; not for keys.
pub fn set_scalar(tree: &Tree, id: NodeId, value: &Value) -> Result<String, Text> {
    let shape = tree.shape(id);
    if tree.node(id).key || matches!(shape, Shape::Map | Shape::Seq) || matches!(value, Value::Map(_) | Value::Seq(_)) {
        return Err(say!("这里只能以单个值替换单个值", "only a single value can replace a single value here"));
    }
    let text = tree.text();
    let span = tree.span(id);
    let in_flow = parent_is_flow(tree, id);
    let lines = match value {
        Value::Str(s) if !in_flow => literal(s, child_indent(tree, id)),
        _ => None,
    };
    let (words, below) = match (lines, value) {
        (Some((header, lines)), _) => (header, lines),
        (None, Value::Str(s)) => (scalar_text(s, in_flow), String::new()),
        (None, other) => (flow(other), String::new()),
    };
    let mut splices = Vec::new();
    let glued = span.start > 0 && !text[..span.start].ends_with([' ', '\t', '\n']);
    let words = if glued { format!(" {words}") } else { words };
    // A block scalar's header may carry a comment, which stays.
    let head = match shape {
        Shape::Block => {
            let len = text[span.clone()].find([' ', '\t', '\r', '\n']).unwrap_or(span.len());
            span.start..span.start + len
        }
        _ => span.clone(),
    };
    let head_line = scan::line_end(text, head.end);
    splices.push((head.clone(), words));
    // Spaces at the end of a block's last line are part of it.
    let block_end = if text[..span.end].ends_with('\n') { span.end } else { scan::line_end(text, span.end) };
    let rest = if shape == Shape::Block && head_line < span.end { head_line..block_end } else { head_line..head_line };
    if !below.is_empty() {
        let at_end = rest.end == text.len();
        let below = format!("\n{}", if at_end { last_line(&below) } else { below.strip_suffix('\n').unwrap_or(&below) });
        splices.push((rest, below));
    } else if !rest.is_empty() {
        splices.push((rest, String::new()));
    }
    apply(tree, splices, id, &Change::Scalar(value))
}

fn is_empty(tree: &Tree, id: NodeId) -> bool {
    tree.node(id).skip == id.0 + 1
}

fn parent_is_flow(tree: &Tree, id: NodeId) -> bool {
    tree.parent(id).is_some_and(|p| tree.node(p).flow)
}

/// The column of `byte` in its line, in characters.
fn column(text: &str, byte: usize) -> usize {
    let start = slip::Line::at(text, byte).start;
    text[start..byte].chars().count()
}

/// Where the content below a key or a dash is indented to.
fn child_indent(tree: &Tree, id: NodeId) -> usize {
    let Some(parent) = tree.parent(id) else { return 0 };
    let start = match tree.shape(parent) {
        Shape::Map => tree.entries(parent).next().map_or(0, |e| tree.span(e.key_id).start),
        _ => tree.span(parent).start,
    };
    column(tree.text(), start) + 2
}

/// `lines` behind the last line of a block.
fn after(tree: &Tree, id: NodeId, lines: String) -> Splices {
    let text = tree.text();
    let last = NodeId(tree.node(id).skip - 1);
    let mut end = scan::line_end(text, tree.span(id).end);
    let kept = tree.shape(last) == Shape::Block
        && text[tree.span(last)].lines().next().is_some_and(|h| h.split('#').next().unwrap_or(h).contains('+'));
    if kept {
        // Blank lines behind a `|+` belong to its text.
        while let Some(next) = text[end..].find('\n').map(|i| end + i + 1) {
            let next_end = scan::line_end(text, next);
            if next >= text.len() || !text[next..next_end].trim().is_empty() {
                break;
            }
            end = next_end;
        }
    }
    vec![below_line(text, end, lines)]
}

/// `lines` below the line that ends at `end`.
fn below_line(text: &str, end: usize, lines: String) -> (Range<usize>, String) {
    match text[end..].find('\n') {
        Some(i) => (end + i + 1..end + i + 1, lines),
        None if text.is_empty() => (0..0, lines),
        None => (end..end, format!("\n{}", last_line(&lines))),
    }
}

/// Lines for the end of a file that has no line break there: without their own, unless it is a part of a text that ends in blank lines.
fn last_line(lines: &str) -> &str {
    lines.strip_suffix('\n').filter(|l| !l.ends_with('\n')).unwrap_or(lines)
}

fn before_close(tree: &Tree, id: NodeId, words: String) -> Splices {
    let close = tree.span(id).end - 1;
    let inside = tree.text()[..close].trim_end_matches([' ', '\t', '\r', '\n']);
    let comma = if inside.ends_with(',') { " " } else { ", " };
    vec![(inside.len()..inside.len(), format!("{comma}{words}"))]
}

/// `value`, a list or map of one, in the place of a null, a `[]` or a `{}`.
fn fill(tree: &Tree, id: NodeId, value: &Value) -> Splices {
    let (text, span) = (tree.text(), tree.span(id));
    if parent_is_flow(tree, id) {
        let space = if span.is_empty() { " " } else { "" };
        return vec![(span, format!("{space}{}", flow(value)))];
    }
    let end = scan::line_end(text, span.end);
    let Some(parent) = tree.parent(id) else {
        if span.is_empty() {
            let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            return vec![(text.len()..text.len(), format!("{newline}{}", write(value, 0)))];
        }
        return vec![(span, write(value, 0).trim_end_matches('\n').to_string())];
    };
    if tree.shape(parent) == Shape::Seq {
        let lines = write(value, child_indent(tree, id));
        let space = if span.is_empty() { " " } else { "" };
        return vec![(span, format!("{space}{}", lines.trim_matches([' ', '\n'])))];
    }
    let bare = text[..span.start].trim_end_matches([' ', '\t', '\r', '\n']).len();
    vec![(bare..span.end, String::new()), below_line(text, end, write(value, child_indent(tree, id)))]
}

fn apply(tree: &Tree, splices: Splices, target: NodeId, change: &Change) -> Result<String, Text> {
    let old = tree.text();
    let crlf = old.contains("\r\n");
    let mut text = String::with_capacity(old.len() + 64);
    let mut at = 0;
    for (range, with) in splices {
        text.push_str(old.get(at..range.start).unwrap_or_default());
        text.push_str(&if crlf { with.replace('\n', "\r\n") } else { with });
        at = range.end;
    }
    text.push_str(&old[at..]);
    let refused = || {
        say!(
            "无法在保持其余内容不变的前提下改写此处，请手工修改",
            "this place cannot be changed without touching the rest: please edit it by hand"
        )
    };
    let before = Tree::parse("", old.to_string()).1.len();
    let (new, findings) = Tree::parse("", text);
    let new = new.filter(|new| findings.len() <= before && same(tree, tree.root(), new, new.root(), target, change));
    new.map(|new| new.text).ok_or_else(refused)
}

/// Whether the trees agree node by node, except that at `target` the change has happened.
fn same(old: &Tree, a: NodeId, new: &Tree, b: NodeId, target: NodeId, change: &Change) -> bool {
    if a == target {
        let (mut before, mut after) = (old.children_of(a), new.children_of(b));
        let added = match change {
            Change::Entry(..) if new.shape(b) == Shape::Map => 2,
            Change::Item(_) if new.shape(b) == Shape::Seq => 1,
            Change::Scalar(value) => return holds(new, b, value),
            _ => return false,
        };
        if after.len() != before.len() + added {
            return false;
        }
        let last = after.split_off(before.len());
        let added = match (change, &last[..]) {
            (Change::Entry(key, value), [k, v]) => new.str(*k) == *key && holds(new, *v, value),
            (Change::Item(value), [v]) => holds(new, *v, value),
            _ => false,
        };
        return added && before.drain(..).zip(after).all(|(a, b)| same(old, a, new, b, target, change));
    }
    let (before, after) = (old.children_of(a), new.children_of(b));
    old.shape(a) == new.shape(b)
        && old.str(a) == new.str(b)
        && before.len() == after.len()
        && before.into_iter().zip(after).all(|(a, b)| same(old, a, new, b, target, change))
}

/// Whether the node reads as `value`.
fn holds(tree: &Tree, id: NodeId, value: &Value) -> bool {
    let (shape, s) = (tree.shape(id), tree.str(id));
    match value {
        Value::Null => shape == Shape::Null,
        Value::Bool(b) => shape == Shape::Plain && s == if *b { "true" } else { "false" },
        Value::Int(n) => shape == Shape::Plain && s.parse() == Ok(*n),
        Value::Str(text) => {
            s == text && (matches!(shape, Shape::Quoted | Shape::Block) || (shape == Shape::Plain && is_plain(text, false)))
        }
        Value::Seq(items) => {
            shape == Shape::Seq && tree.items(id).count() == items.len() && tree.items(id).zip(items).all(|(n, v)| holds(tree, n, v))
        }
        Value::Map(entries) => {
            let mut pairs = tree.entries(id).zip(entries);
            shape == Shape::Map
                && tree.entries(id).count() == entries.len()
                && pairs.all(|(e, (k, v))| e.key == k && holds(tree, e.value, v))
        }
    }
}

impl Tree {
    fn children_of(&self, id: NodeId) -> Vec<NodeId> {
        self.children(id, self.shape(id)).collect()
    }
}
