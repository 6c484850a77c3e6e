//! Reads the fields of records by key; knows no kind.

use crate::kind::{Part, Record, Schema, Val};
use chrono::NaiveDate;

/// A map of a record, and the kinds that say what its keys are.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    schema: &'a Schema,
    part: Part<'a>,
    shape: Option<crate::kind::ShapeId>,
}

impl<'a> Look<'a> {
    /// The root of a record.
    pub fn at(schema: &'a Schema, record: &'a Record) -> Look<'a> {
        Look { schema, part: record.root(), shape: Some(record.shape) }
    }

    fn get(self, key: &str) -> Option<Part<'a>> {
        let index = self.schema.shape(self.shape?).find(key)?;
        self.part.field(index).filter(|p| p.filled())
    }

    /// The text of a field: a text, or the id of another record.
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.get(key).filter(|p| matches!(p.val(), Val::Text | Val::Ref | Val::Int(_))).map(|p| p.str().trim())
    }

    /// The code of a value of an enumeration.
    pub fn code(self, key: &str) -> Option<&'a str> {
        match self.get(key)?.val() {
            Val::Enum(e, i) => Some(self.schema.en(e).values[i as usize].code.as_str()),
            _ => None,
        }
    }

    /// Yes or no.
    pub fn flag(self, key: &str) -> Option<bool> {
        match self.get(key)?.val() {
            Val::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// A whole number.
    pub fn int(self, key: &str) -> Option<i64> {
        match self.get(key)?.val() {
            Val::Int(n) => Some(n),
            _ => None,
        }
    }

    /// A day.
    pub fn day(self, key: &str) -> Option<NaiveDate> {
        match self.get(key)?.val() {
            Val::Date(d) | Val::Time(d, _) => Some(d),
            _ => None,
        }
    }

    /// The map in a field.
    pub fn map(self, key: &str) -> Option<Look<'a>> {
        let part = self.get(key)?;
        match part.val() {
            Val::Map(shape) => Some(Look { part, shape: Some(shape), ..self }),
            _ => None,
        }
    }

    /// The maps of a list.
    pub fn maps(self, key: &str) -> Vec<Look<'a>> {
        let map = |part: Part<'a>| match part.val() {
            Val::Map(shape) => Some(Look { part, shape: Some(shape), ..self }),
            _ => None,
        };
        self.get(key).into_iter().flat_map(Part::items).filter_map(map).collect()
    }

    /// The texts of a list: words, or ids of other records.
    pub fn list(self, key: &str) -> Vec<&'a str> {
        let items = self.get(key).into_iter().flat_map(Part::items);
        items.filter(|p| p.filled() && matches!(p.val(), Val::Text | Val::Ref)).map(|p| p.str().trim()).collect()
    }
}
