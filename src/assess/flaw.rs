//! Something that is not as demanded, and the place of a field or of what is nearest to it.

use crate::finding::Place;
use crate::kind::Part;
use crate::text::Text;

/// Something that is not as demanded.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: Text,
    /// Whether it is only not there yet, and may wait for its date or the end of its stage.
    pub lacking: bool,
    /// The event that it waits for, if that is why.
    pub event: Option<usize>,
    /// The office's own number that is not set, if that is why.
    pub param: Option<usize>,
    /// The file that cannot be read, if that may be why.
    pub waits: Option<String>,
}

impl Flaw {
    /// Something wrong in what exists.
    pub fn wrong(place: Place, message: Text) -> Flaw {
        Flaw { place, message, lacking: false, event: None, param: None, waits: None }
    }

    /// Something that is not there yet.
    pub fn lacking(place: Place, message: Text) -> Flaw {
        Flaw { place, message, lacking: true, event: None, param: None, waits: None }
    }
}

impl Flaw {
    /// The same, until a file can be read.
    pub fn waiting(mut self, file: Option<&str>) -> Flaw {
        self.waits = self.waits.or_else(|| file.map(str::to_string));
        self
    }
}

/// The place of a field, or of the nearest that is there on the way to it.
pub fn place_of(it: Part<'_>, chain: &[u16]) -> Place {
    let mut at = it;
    for index in chain {
        match at.field(*index) {
            Some(next) => at = next,
            None => break,
        }
    }
    let tree = &at.record.tree;
    let span = tree.span(at.node);
    let mut end = span.end;
    if matches!(tree.shape(at.node), crate::yaml::Shape::Map | crate::yaml::Shape::Seq) {
        end = tree.text()[span.start..span.end].find('\n').map_or(span.end, |i| span.start + i);
    }
    Place::at(&at.record.file, span.start..end)
}

/// The node at the end of a chain; from the record's root where the chain was resolved there.
pub fn follow<'a>(it: Part<'a>, chain: &[u16]) -> Option<Part<'a>> {
    let mut at = it;
    for index in chain {
        at = at.field(*index)?;
    }
    at.filled().then_some(at)
}
