//! Tables in a terminal: no vertical lines, right widths under Chinese, no control characters from records.

use crate::text::safe;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

const RULE: LineStyle = LineStyle::none().fill('─').junction('─');
/// A line under the heading and nothing else.
const PLAIN: TableStyle = TableStyle::new().header_separator(RULE);
/// Where cells run over several lines, a line between the rows keeps them apart.
const RULED: TableStyle = PLAIN.row_separator(LineStyle::none().fill('┈').junction('┈'));

/// A table of that width with a heading.
pub fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize) -> String {
    let mut t = Table::new();
    t.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.clamp(40, 400) as u16);
    t.set_header(head.iter().map(|h| h.to_string()));
    let mut count = 0;
    for row in rows {
        t.add_row(row.iter().map(|c| safe(c).into_owned()));
        count += 1;
    }
    let mut text = t.to_string();
    // Heading, its rule, and a line for each row; more means that a cell was folded.
    if text.lines().count() > count + 2 {
        text = t.load_style(RULED).to_string();
    }
    let mut text: String = text.lines().map(|l| format!("{}\n", l.trim_end())).collect();
    text.truncate(text.trim_end().len());
    text
}
