//! The text of a record with its sealed fields shut or opened; every other byte stays.

use super::Casebook;
use super::amend::Open;
use crate::kind::bind::sealed_form;
use crate::kind::schema::Field;
use crate::kind::{Record, Schema, Secrecy, Type, Val};
use crate::say;
use crate::seal::{self, Key, Public, Shut};
use crate::text::Text;
use crate::yaml::{NodeId, Shape, Tree, Value, set_scalar};
use std::collections::{HashMap, VecDeque};

/// A sealed field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its node in the record's tree.
    pub node: NodeId,
    /// Whether it stands in plain text.
    pub plain: bool,
    /// The field's name.
    pub label: Text,
}

/// The values of a record that are ciphertext, or should be: what `check` calls `sealed-plain`.
pub fn leaves(schema: &Schema, record: &Record) -> Vec<Leaf> {
    let mut out = Vec::new();
    if record.tree.shape(record.tree.root()) == Shape::Map {
        walk(schema, record, record.tree.root(), record.shape, &mut out);
    }
    out
}

fn walk(schema: &Schema, record: &Record, map: NodeId, shape: crate::kind::ShapeId, out: &mut Vec<Leaf>) {
    for e in record.tree.entries(map) {
        if let Val::Key(i) = record.vals[e.key_id.0 as usize] {
            let field = &schema.shape(shape).fields[i as usize];
            value(schema, record, e.value, field, &field.ty, out);
        }
    }
}

fn value(schema: &Schema, record: &Record, node: NodeId, field: &Field, ty: &Type, out: &mut Vec<Leaf>) {
    let tree = &record.tree;
    let form = tree.shape(node);
    if matches!(form, Shape::Plain | Shape::Quoted | Shape::Block) {
        let text = tree.str(node).trim();
        let sealed = seal::is_ciphertext(text);
        let empty = text.is_empty() || (form == Shape::Plain && matches!(text, "~" | "null"));
        let plain = field.secrecy == Secrecy::Sealed && matches!(ty, Type::Text | Type::Code | Type::Texts) && !empty && !sealed_form(text);
        if sealed || plain {
            out.push(Leaf { node, plain, label: Text::new(field.label.zh.clone(), field.key.clone()) });
        }
        return;
    }
    match ty {
        Type::List(inner) if form == Shape::Seq => tree.items(node).for_each(|item| value(schema, record, item, field, inner, out)),
        Type::Map(shape) if form == Shape::Map => walk(schema, record, node, *shape, out),
        Type::Texts if form == Shape::Map => tree.entries(node).for_each(|e| value(schema, record, e.value, field, ty, out)),
        _ => {}
    }
}

/// A text in which values were replaced.
pub struct Changed {
    /// The new text.
    pub text: String,
    /// How many values.
    pub count: usize,
    /// What could not be opened: the field and why.
    pub shut: Vec<(Text, Shut)>,
}

/// The record's text with these values set. Scalars for scalars: the nodes keep their numbers from one text to the next.
fn set(record: &Record, values: Vec<(NodeId, String)>) -> Result<String, Text> {
    let mut text = record.tree.text().to_string();
    for (node, new) in values {
        let (tree, _) = Tree::parse(&record.file, text);
        let lost = || say!("改写后读不回来", "it cannot be read back");
        text = set_scalar(&tree.ok_or_else(lost)?, node, &Value::Str(new))?;
    }
    Ok(text)
}

/// The ciphertext that each text of a record had, in order: no two values share one, or it could be seen that they are equal.
pub type Known = HashMap<String, VecDeque<String>>;

/// Seals what stands in plain text. What is `known` was sealed for the same readers before and stays as it is.
pub fn shut(schema: &Schema, record: &Record, readers: &[Public], mut known: Known) -> Result<Changed, Text> {
    let mut values = Vec::new();
    for leaf in leaves(schema, record).iter().filter(|l| l.plain) {
        let plain = record.tree.str(leaf.node);
        let sealed = match known.get_mut(plain).and_then(VecDeque::pop_front) {
            Some(sealed) => sealed,
            None => seal::seal(plain, readers)?,
        };
        values.push((leaf.node, sealed));
    }
    let count = values.len();
    Ok(Changed { text: set(record, values)?, count, shut: Vec::new() })
}

/// Opens what the key opens; gives the ciphertext of each text as well.
pub fn opened(schema: &Schema, record: &Record, key: &Key) -> Result<(Changed, Known), Text> {
    let (mut values, mut shut, mut known) = (Vec::new(), Vec::new(), Known::new());
    for leaf in leaves(schema, record).iter().filter(|l| !l.plain) {
        let sealed = record.tree.str(leaf.node);
        match seal::open(sealed, key) {
            Ok(plain) => {
                known.entry(plain.clone()).or_default().push_back(sealed.to_string());
                values.push((leaf.node, plain));
            }
            Err(why) => shut.push((leaf.label.clone(), why)),
        }
    }
    let count = values.len();
    Ok((Changed { text: set(record, values)?, count, shut }, known))
}

/// Seals anew, for these readers, what the key opens; the rest stays as it is.
pub fn resealed(schema: &Schema, record: &Record, key: &Key, readers: &[Public]) -> Result<Changed, Text> {
    let (mut values, mut shut) = (Vec::new(), Vec::new());
    for leaf in leaves(schema, record).iter().filter(|l| !l.plain) {
        match seal::open(record.tree.str(leaf.node), key) {
            Ok(plain) => values.push((leaf.node, seal::seal(&plain, readers)?)),
            Err(why) => shut.push((leaf.label.clone(), why)),
        }
    }
    let count = values.len();
    Ok(Changed { text: set(record, values)?, count, shut })
}

/// Whether a text that is about to be written still holds plain text in a sealed field; it must not.
pub fn stands_open(book: &Casebook, open: &Open, text: &str) -> bool {
    let r = &open.record;
    book.judge(r.kind, &r.file, &r.home, text).0.is_none_or(|r| leaves(&book.schema, &r).iter().any(|l| l.plain))
}

/// Said where that is so.
pub fn refused() -> Text {
    say!("有的密封字段无法换成密文，没有写入", "a sealed field cannot be turned into ciphertext; nothing was written")
}
