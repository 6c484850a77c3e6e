//! A parsed TOML document as one flat list of words, made once when the program is built, or when a file of the user's is read.
//!
//! A value is five words: what it is, where it begins and ends in the file, and two more. A text is its offset and length in
//! the file, or in the pool where it is not written as it reads; an array is its first item and their number; a table its first
//! entry and their number. An entry is its key (offset, length, beginning, end) and its value.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Words of a value.
pub const VALUE: usize = 5;
/// Words of an entry before its value.
pub const KEY: usize = 4;
/// In a length: the text stands in the pool.
pub const POOL: u32 = 1 << 31;

/// What a value is.
pub mod tag {
    /// A text.
    pub const TEXT: u32 = 0;
    /// A whole number: low and high word.
    pub const INT: u32 = 1;
    /// Yes or no.
    pub const BOOL: u32 = 2;
    /// A date or time, as written.
    pub const DATE: u32 = 3;
    /// A number that is not whole, or too large.
    pub const FLOAT: u32 = 4;
    /// A list.
    pub const ARRAY: u32 = 5;
    /// A table.
    pub const TABLE: u32 = 6;
}

/// A document: the words, the top table's value first, and the texts that are not written as they read.
#[derive(Default)]
pub struct Packed {
    /// The words.
    pub words: Vec<u32>,
    /// The texts.
    pub pool: String,
}

/// Packs a parsed document of `text`.
pub fn pack(text: &str, root: &Spanned<DeTable<'_>>) -> Packed {
    let mut p = Packer { text, out: Packed::default() };
    p.out.words.resize(VALUE, 0);
    let (a, b) = p.table(root.get_ref());
    p.put(0, [tag::TABLE, 0, text.len() as u32, a, b]);
    p.out
}

struct Packer<'t> {
    text: &'t str,
    out: Packed,
}

impl Packer<'_> {
    fn put(&mut self, at: usize, words: [u32; VALUE]) {
        self.out.words[at..at + VALUE].copy_from_slice(&words);
    }

    fn room(&mut self, words: usize) -> usize {
        let at = self.out.words.len();
        self.out.words.resize(at + words, 0);
        at
    }

    /// Offset and length: in the file where it stands there as it reads, a quote further in at most.
    fn string(&mut self, s: &str, near: usize) -> (u32, u32) {
        for at in [near, near + 1, near + 3] {
            if self.text.get(at..at + s.len()) == Some(s) {
                return (at as u32, s.len() as u32);
            }
        }
        let at = self.out.pool.len();
        self.out.pool.push_str(s);
        (at as u32, s.len() as u32 | POOL)
    }

    fn table(&mut self, table: &DeTable<'_>) -> (u32, u32) {
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by(|(a, _), (b, _)| a.get_ref().cmp(b.get_ref()));
        let first = self.room(keys.len() * (KEY + VALUE));
        let count = keys.len() as u32;
        for (i, (key, value)) in keys.into_iter().enumerate() {
            let at = first + i * (KEY + VALUE);
            let (offset, len) = self.string(key.get_ref(), key.span().start);
            self.out.words[at..at + KEY].copy_from_slice(&[offset, len, key.span().start as u32, key.span().end as u32]);
            self.value(at + KEY, value);
        }
        (first as u32, count)
    }

    fn value(&mut self, at: usize, value: &Spanned<DeValue<'_>>) {
        let (start, end) = (value.span().start, value.span().end);
        let (tag, (a, b)) = match value.get_ref() {
            DeValue::String(s) => (tag::TEXT, self.string(s, start)),
            DeValue::Boolean(b) => (tag::BOOL, (u32::from(*b), 0)),
            DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
                Ok(n) => (tag::INT, (n as u32, (n >> 32) as u32)),
                Err(_) => (tag::FLOAT, self.string(i.as_str(), start)),
            },
            DeValue::Float(f) => (tag::FLOAT, self.string(f.as_str(), start)),
            DeValue::Datetime(d) => (tag::DATE, self.string(&d.to_string(), start)),
            DeValue::Array(items) => {
                let first = self.room(items.len() * VALUE);
                for (i, item) in items.iter().enumerate() {
                    self.value(first + i * VALUE, item);
                }
                (tag::ARRAY, (first as u32, items.len() as u32))
            }
            DeValue::Table(t) => (tag::TABLE, self.table(t)),
        };
        self.put(at, [tag, start as u32, end as u32, a, b]);
    }
}
