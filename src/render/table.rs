//! Tables in a terminal: no vertical lines, right widths under Chinese, no control characters from records.

use crate::text::safe;
use comfy_table::{ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

/// A line below the heading and nothing else: a table of a few hundred rows must fit on as few screens as it can.
const PLAIN: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());
/// Where cells run over several lines, a line between the rows keeps them apart.
const RULED: TableStyle = PLAIN.row_separator(LineStyle::none().fill('┈').junction('┈'));

/// A table of that width with a heading.
pub fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize) -> String {
    folding(head, rows, width, &[])
}

/// The same, the columns of these numbers never folded: dates, names, counts.
pub fn folding(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize, whole: &[usize]) -> String {
    let mut t = Table::new();
    t.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.clamp(40, 400) as u16);
    t.set_header(head.iter().map(|h| h.to_string()));
    let mut count = 0;
    for row in rows {
        t.add_row(row.iter().map(|c| safe(c).into_owned()));
        count += 1;
    }
    for column in t.column_iter_mut().enumerate().filter(|(i, _)| whole.contains(i)).map(|(_, c)| c) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    if let Some(first) = t.column_mut(0) {
        first.set_padding((0, 1));
    }
    let mut text = t.to_string();
    // Heading, its rule, and a line for each row; many more means that most cells were folded.
    if text.lines().count() > 2 * count + 2 {
        text = t.load_style(RULED).to_string();
    }
    let mut text: String = text.lines().map(|l| format!("{}\n", l.trim_end())).collect();
    text.truncate(text.trim_end().len());
    text
}
