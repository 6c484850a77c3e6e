//! What an obligation or a finding's code means, in full: for people who want to know why.

pub mod code;
pub mod library;
pub mod obligation;

use crate::text::{Lang, Text, safe, width};
use serde_json::Value;

/// Something explained: a heading, a sentence, and named paragraphs; with the same for programs.
pub struct View {
    /// What it is, on one line.
    pub heading: String,
    /// The sentence that matters.
    pub lead: String,
    /// Paragraphs with their names.
    pub parts: Vec<(Text, Vec<String>)>,
    /// For programs.
    pub json: Value,
}

impl View {
    /// For a terminal: names in a column, paragraphs beside them, unbroken, so that a line can be copied.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = format!("{}\n{}\n\n", safe(&self.heading), safe(&self.lead));
        let widest = self.parts.iter().map(|(name, _)| width(name.get(lang))).max().unwrap_or(0);
        for (name, lines) in &self.parts {
            for (i, line) in lines.iter().flat_map(|l| l.lines()).enumerate() {
                let head = if i == 0 { name.get(lang) } else { "" };
                out.push_str(&format!("{}  {}\n", crate::text::pad(head, widest), safe(line)));
            }
        }
        out
    }
}
