//! Tables in a terminal: no vertical lines, right widths under Chinese, no control characters from records.

use crate::text::safe;
use comfy_table::{ContentArrangement, Table, presets};

/// A table of that width with a heading.
pub fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize) -> String {
    let mut t = Table::new();
    t.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.clamp(40, 400) as u16);
    t.set_header(head.iter().map(|h| h.to_string()));
    for row in rows {
        t.add_row(row.iter().map(|c| safe(c).into_owned()));
    }
    let mut text: String = t.to_string().lines().map(|l| format!("{}\n", l.trim_end())).collect();
    text.truncate(text.trim_end().len());
    text
}
