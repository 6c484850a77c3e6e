//! A comparison as Markdown: a table a stage, old and new side by side.

use super::{Fact, Page};
use crate::render::md::{inline, write};
use crate::text::{Lang, Text};
use anyhow::Result;
use std::io::Write;

/// Prints the comparison.
pub fn page(out: &mut dyn Write, page: &Page, lang: Lang) -> Result<()> {
    let pick = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    writeln!(out, "# {}\n", inline(&page.title))?;
    for (name, (title, facts)) in [pick("旧", "Old"), pick("新", "New")].iter().zip(&page.sides) {
        let facts: Vec<String> = facts.iter().map(|(k, v)| format!("{k} {v}")).collect();
        let (open, close, sep) = if lang == Lang::Zh { ("（", "）", "；") } else { (" (", ")", "; ") };
        writeln!(out, "- {name}{}{}{open}{}{close}", pick("：", ": "), inline(title), inline(&facts.join(sep)))?;
    }
    for line in &page.summary {
        writeln!(out, "- {}", inline(line))?;
    }
    let [id, change, old, new] = [pick("编号", "id"), pick("变化", "change"), pick("旧", "old"), pick("新", "new")];
    let colon = pick("：", ": ");
    for part in &page.parts {
        writeln!(out, "\n## {}\n", inline(&part.title))?;
        let rows = part.rows.iter().map(|r| {
            let head = [vec![r.id.clone()], r.cite.clone()].concat().join("\n");
            vec![head, r.change.title().get(lang).to_string(), cell(&r.old, &colon), cell(&r.new, &colon)]
        });
        write(out, &[&id, &change, &old, &new], rows)?;
    }
    Ok(())
}

/// The facts of one side, a line each; the text first.
fn cell(facts: &[Fact], colon: &str) -> String {
    let lines = facts.iter().map(|f| {
        let all = f.lines.join("\n");
        if f.name.is_empty() { all } else { format!("{}{colon}{all}", f.name) }
    });
    lines.collect::<Vec<_>>().join("\n")
}
