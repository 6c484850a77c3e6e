//! A finding's code, explained.

use super::View;
use super::library::Code;
use crate::text::{Lang, Text};
use serde_json::json;

/// What a code means, an example, and how to mend it.
pub fn view(code: &Code, lang: Lang) -> View {
    let mut parts = vec![(Text::new("含义", "meaning"), vec![code.meaning.get(lang).to_string()])];
    if let Some(example) = &code.example {
        parts.push((Text::new("例", "example"), vec![example.get(lang).to_string()]));
    }
    parts.push((Text::new("办法", "remedy"), vec![code.remedy.get(lang).to_string()]));
    parts.push((Text::new("只看这一类", "only these"), vec![format!("xuncha check --only {}", code.id)]));
    let json = json!({
        "type": "code",
        "code": code.id,
        "title": code.title.get(lang),
        "meaning": code.meaning.get(lang),
        "example": code.example.as_ref().map(|e| e.get(lang)),
        "remedy": code.remedy.get(lang),
    });
    View { heading: code.id.clone(), lead: code.title.get(lang).to_string(), parts, json }
}
