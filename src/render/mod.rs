//! From assessments and records to what is printed, and nothing else: one file a format.

pub mod assign;
pub mod calendar;
pub mod compare;
pub mod coverage;
pub mod csv;
pub mod deadlines;
pub mod due;
pub mod explain;
pub mod findings;
pub mod form;
pub mod ics;
pub mod json;
pub mod kinds;
pub mod md;
pub mod next;
pub mod people;
pub mod procedures;
pub mod public;
pub mod sarif;
pub mod stats;
pub mod status;
pub mod story;
pub mod table;

use crate::finding::{Finding, Lines, locate};
use crate::text::{Format, Lang, Text, pad, safe, width};
use anyhow::Result;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The texts that findings point into, read again when they are printed; where a text is gone, there is no line.
pub struct Sources {
    root: PathBuf,
    texts: HashMap<String, Option<String>>,
    width: usize,
    /// Places are given, and nothing is quoted.
    quiet: bool,
}

impl Sources {
    /// Files relative to `root`; paths below `templates/` are the program's own.
    pub fn new(root: &Path) -> Sources {
        Sources { root: root.to_path_buf(), texts: HashMap::new(), width: 100, quiet: false }
    }

    /// The same for output of that many cells a line.
    pub fn within(mut self, width: usize) -> Sources {
        self.width = width;
        self
    }

    /// The same for output that others will read: no line of a file is quoted.
    pub fn quiet(mut self) -> Sources {
        self.quiet = true;
        self
    }

    /// Cells of a line of output.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Gives the text of what is no file of the casebook.
    pub fn put(&mut self, file: &str, text: String) {
        self.texts.insert(file.to_string(), Some(text));
    }

    /// The text of a file.
    pub fn text(&mut self, file: &str) -> Option<&str> {
        let root = &self.root;
        self.texts
            .entry(file.to_string())
            .or_insert_with(|| match crate::builtin::file(file) {
                Some(text) => Some(text.to_string()),
                None => crate::casebook::file::read_text(&root.join(file), file).ok(),
            })
            .as_deref()
    }

    /// Line and column of a finding; zeros where it points to a whole file.
    pub fn lines(&mut self, f: &Finding) -> Lines {
        match (f.place.range, self.text(&f.place.file)) {
            (Some(range), Some(text)) => locate(text, range),
            _ => Lines::default(),
        }
    }
}

/// Prints findings in any format.
pub fn any_findings(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, format: Format, lang: Lang, color: bool) -> Result<()> {
    match format {
        Format::Json => json::findings(out, list, sources, lang),
        Format::Csv => csv::findings(out, list, sources, lang),
        Format::Md => md::findings(out, list, sources, lang),
        Format::Sarif => sarif::findings(out, list, sources, lang),
        _ => findings::list(out, list, sources, lang, color),
    }
}

/// Prints rows under headings as a table, CSV or Markdown, or the value for programs.
pub fn rows(
    format: Format,
    out: &mut dyn Write,
    head: &[&str],
    rows: Vec<Vec<String>>,
    json: impl FnOnce() -> serde_json::Value,
    width: usize,
) -> Result<()> {
    whole_rows(format, out, head, rows, json, width, &[])
}

/// The same, the columns of these numbers never folded in a table.
pub fn whole_rows(
    format: Format,
    out: &mut dyn Write,
    head: &[&str],
    rows: Vec<Vec<String>>,
    json: impl FnOnce() -> serde_json::Value,
    width: usize,
    whole: &[usize],
) -> Result<()> {
    match format {
        Format::Json => json::write(out, &json()),
        Format::Csv => csv::write(out, head, rows.into_iter()),
        Format::Md => md::write(out, head, rows.into_iter()),
        _ => Ok(writeln!(out, "{}", table::folding(head, rows.into_iter(), width, whole))?),
    }
}

/// A text in a cell of a row; an empty cell where there is none.
fn said(text: &Option<Text>, lang: Lang) -> String {
    text.as_ref().map(|t| t.get(lang).to_string()).unwrap_or_default()
}

/// Lines of `name  value`, the names as wide as the widest; no control characters from records.
pub fn facts(facts: &[(Text, String)], lang: Lang) -> String {
    let widest = facts.iter().map(|(name, _)| width(name.get(lang))).max().unwrap_or(0);
    facts.iter().map(|(name, value)| format!("{}  {}\n", pad(name.get(lang), widest), safe(value))).collect()
}
