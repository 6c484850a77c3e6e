//! What to do about an obligation that is not met: the command that records it, or the file to mend.

use super::model::{Assessment, State};
use crate::kind::Schema;
use crate::procedure::{Obligation, Subject};

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A command line, ready to be typed but for words in capitals.
    Command(String),
    /// A file, relative to the casebook.
    File(String),
}

impl Remedy {
    /// The command or the path.
    pub fn text(&self) -> &str {
        match self {
            Remedy::Command(s) | Remedy::File(s) => s,
        }
    }
}

/// The step that takes an assessment forward; `None` where only the procedure's text can say it.
pub fn remedy(schema: &Schema, o: &Obligation, a: &Assessment) -> Option<Remedy> {
    let place = &a.instance.case;
    let case = if place.is_empty() { String::new() } else { format!(" {place}") };
    if a.wants_confirmation && a.lacking.len() <= 1 && a.findings.len() <= 1 && matches!(a.state, State::Open | State::DueSoon) {
        let role = o.confirm.as_deref().unwrap_or("ROLE");
        return Some(Remedy::Command(format!("xuncha confirm{case} {} --by {role}", o.id)));
    }
    if let Some(f) = a.findings.iter().find(|f| f.place.range.is_some()) {
        return Some(Remedy::File(f.place.file.clone()));
    }
    if let Some(file) = &a.file {
        return Some(Remedy::File(file.clone()));
    }
    if let Some(event) = &o.event {
        return Some(Remedy::Command(format!("xuncha event{case} {} DATE", event.text)));
    }
    let Subject::Artifact(path) = &o.subject else { return None };
    let mut parts = path.text.split('.');
    let kind = schema.find_kind(parts.next()?.trim())?;
    let k = schema.kind(kind);
    let shape = schema.shape(k.shape);
    let code = parts.next().filter(|code| type_code(schema, shape, code));
    let set = code.map(|c| format!(" type={c}")).unwrap_or_default();
    if k.single && parts.next().is_some() {
        return Some(Remedy::File(crate::casebook::read::join(&folder(place), &format!("{}.yaml", k.id))));
    }
    Some(Remedy::Command(format!("xuncha add {}{case}{set}", k.id)))
}

/// Whether `code` is a value of the shape's `type`.
pub fn type_code(schema: &Schema, shape: &crate::kind::Shape, code: &str) -> bool {
    let ty = shape.find("type").map(|i| &shape.fields[i as usize].ty);
    matches!(ty, Some(crate::kind::Type::Enum(e)) if schema.en(*e).find(code).is_some())
}

fn folder(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("rounds/{place}") }
}
