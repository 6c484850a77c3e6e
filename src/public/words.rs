//! The words of procedures and kinds: a text that is one of them is no secret, and rules ask for it.

use crate::builtin;
use crate::casebook::Casebook;
use std::collections::HashSet;

/// Ids of obligations, events, stages, parameters and forms, and the words that rules compare with.
pub fn of(book: &Casebook) -> HashSet<String> {
    let mut out = HashSet::new();
    let own = ["procedures", "kinds"].into_iter().flat_map(|f| book.own(f).0.into_iter().map(|(_, text)| text));
    let pinned =
        book.rounds().into_iter().filter_map(|r| std::fs::read_to_string(book.root.join(format!("rounds/{r}/procedure.toml"))).ok());
    for text in own.chain(pinned) {
        gather_text(&text, &mut out);
    }
    for folder in ["templates/procedures/", "templates/kinds/"] {
        builtin::under(folder).for_each(|(_, text)| gather_text(text, &mut out));
    }
    out
}

fn gather_text(text: &str, out: &mut HashSet<String>) {
    if let Ok(table) = text.parse::<toml::Table>() {
        table.values().for_each(|v| gather(v, out));
    }
}

fn gather(value: &toml::Value, out: &mut HashSet<String>) {
    match value {
        toml::Value::String(s) => {
            let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if !s.is_empty() && s.chars().all(name) {
                out.insert(s.clone());
            }
            // Literals of rules.
            for (i, part) in s.split('\'').enumerate() {
                if i % 2 == 1 && !part.is_empty() && part.chars().count() <= 40 {
                    out.insert(part.to_string());
                }
            }
        }
        toml::Value::Array(list) => list.iter().for_each(|v| gather(v, out)),
        toml::Value::Table(table) => {
            // A stage or an event may be named by its title.
            let title = table.get("title").filter(|_| table.contains_key("id")).and_then(toml::Value::as_table);
            out.extend(title.into_iter().flat_map(|t| t.values()).filter_map(toml::Value::as_str).map(str::to_string));
            table.values().for_each(|v| gather(v, out));
        }
        _ => {}
    }
}
