//! What a record that is missing can be begun with: the fields that are known, the record in which a field is to be filled in.

use super::flaw::{Flaw, place_of};
use super::sight::Sight;
use crate::casebook::MARKER;
use crate::finding::Place;
use crate::kind::{Part, Val};
use crate::procedure::Obligation;
use crate::procedure::compile::Compiled;
use crate::rule::Path;

/// The fields that a filter fixes, by index in the shape of the path's kind.
pub fn fixed(sight: &Sight<'_>, c: &Compiled) -> Vec<(u16, String)> {
    let (Some(path), Some(filter)) = (&c.path, &c.filter) else { return Vec::new() };
    filter.fixed(&sight.ground.book.schema, path.fields().is_empty())
}

/// Keys and values for a new record: what the filter fixes, and whose the first missing one is.
pub fn given(sight: &Sight<'_>, c: &Compiled, mut fixed: Vec<(u16, String)>, missing: Option<&str>) -> Vec<(String, String)> {
    let Some(path) = &c.path else { return Vec::new() };
    let whose = c.by.as_ref().and_then(|by| by.plain_field(path.fields().is_empty()));
    if let (Some(index), Some(value)) = (whose, missing.filter(|m| !m.is_empty() && !m.contains(char::is_whitespace))) {
        fixed.retain(|(i, _)| *i != index);
        fixed.push((index, value.to_string()));
    }
    // The path's own type is said with the path.
    fixed.retain(|(i, _)| path.type_filter().is_none_or(|(field, ..)| field != *i));
    let shape = sight.ground.book.schema.shape_of(path.kind());
    fixed.into_iter().map(|(i, value)| (shape.fields[i as usize].key.clone(), value)).collect()
}

/// The record in which a missing field is to be filled in: the first that the path starts from and the filter does not exclude.
pub fn nearest_record(sight: &Sight<'_>, c: &Compiled, fixed: &[(u16, String)]) -> Option<Place> {
    let path = c.path.as_ref().filter(|p| !p.fields().is_empty())?;
    let holds = |r: &Part<'_>| {
        fixed.iter().all(|(index, value)| match r.field(*index).map(|p| (p, p.val())) {
            Some((_, Val::Enum(e, i))) => sight.ground.book.schema.en(e).values[i as usize].code == *value,
            Some((_, Val::Bool(b))) => b.to_string() == *value,
            Some((p, _)) => p.str().trim() == value,
            None => false,
        })
    };
    path.records(sight).into_iter().find(holds).map(|r| place_of(r, &[]))
}

/// Where the scope itself is looked at: the file to mend, or the path of which a record is lacking.
pub fn of_scope(sight: &Sight<'_>, o: &Obligation, c: &Compiled, flaws: &[Flaw]) -> (Option<String>, Option<String>) {
    let Some(flaw) = flaws.first() else { return (None, None) };
    if let (Some(path), false) = (&c.mend, flaw.lacking) {
        return elsewhere(sight, o, path, None);
    }
    let schema = &sight.ground.book.schema;
    let kind = c.require.as_ref().and_then(|r| r.uses().kinds.first().copied());
    match (kind, flaw.lacking) {
        // It was decided by looking at records: one more would mend it.
        (Some(kind), false) => (None, Some(schema.kind(kind).id.clone())),
        _ if flaw.lacking || !o.at.is_empty() => (record_file(&flaw.place.file), None),
        _ => (None, None),
    }
}

/// Where a broken rule is mended: the last record of that path, else one to be added; another one, where the path is the subject's own.
pub fn elsewhere(sight: &Sight<'_>, o: &Obligation, path: &Path, own: Option<&Path>) -> (Option<String>, Option<String>) {
    let text = o.mend.as_ref().map(|src| src.text.clone());
    if own.is_some_and(|own| own == path) {
        return (None, text);
    }
    match path.records(sight).last() {
        Some(record) => (Some(record.record.file.clone()), None),
        None => (None, text),
    }
}

/// A place's file, if it is a record's.
pub fn record_file(file: &str) -> Option<String> {
    (file != MARKER && file.ends_with(".yaml")).then(|| file.to_string())
}
