//! Tables in a terminal: no vertical lines, right widths under Chinese, no control characters from records.

use crate::say;
use crate::text::{Lang, list, safe};
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

/// A line below the heading and nothing else: a table of a few hundred rows must fit on as few screens as it can.
const PLAIN: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());
/// Where cells run over several lines, a line between the rows keeps them apart.
const RULED: TableStyle = PLAIN.row_separator(LineStyle::none().fill('┈').junction('┈'));

/// Stands where a line may end within Chinese text; taken out again once the lines are broken.
const BREAK: char = '\u{200b}';

/// A cell. Chinese text has no spaces at which to break it, and a number must not be torn: `10个工作日` ends no line with its 1.
fn cell(text: &str) -> Cell {
    if text.contains(' ') || text.is_ascii() {
        return Cell::new(text);
    }
    let mut marked = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_ascii_alphanumeric() && !before.is_ascii() {
            marked.push(BREAK);
        }
        marked.push(c);
        before = c;
    }
    Cell::new(marked).set_delimiter(BREAK)
}

/// A column that is not to be folded keeps so many cells however narrow the terminal: two dates, or a case and its round.
const LONGEST: usize = 30;

/// A table of that width with a heading.
pub fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize) -> String {
    folding(head, rows, width, &[])
}

/// The same, the columns of these numbers never folded: dates, names, counts.
pub fn folding(head: &[&str], rows: impl Iterator<Item = Vec<String>>, width: usize, whole: &[usize]) -> String {
    let mut t = Table::new();
    t.load_style(PLAIN).set_content_arrangement(ContentArrangement::Dynamic).set_width(width.clamp(40, 400) as u16);
    t.set_header(head.iter().map(|h| h.to_string()));
    let mut widest: Vec<usize> = head.iter().map(|h| crate::text::width(h)).collect();
    let mut count = 0;
    for row in rows {
        for (w, cell) in widest.iter_mut().zip(&row) {
            *w = cell.lines().map(crate::text::width).max().unwrap_or(0).max(*w);
        }
        t.add_row(row.iter().map(|c| cell(&safe(c))));
        count += 1;
    }
    // A citation that an office has written at length would leave the others no room.
    let fits = |i: &usize| widest.get(*i).is_none_or(|w| *w <= (width / 3).max(LONGEST));
    for column in t.column_iter_mut().enumerate().filter(|(i, _)| whole.contains(i) && fits(i)).map(|(_, c)| c) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    if let Some(first) = t.column_mut(0) {
        first.set_padding((0, 1));
        // An id is what people copy: it is not broken while there is room for the rest.
        if widest.first().is_some_and(|w| *w <= width / 3) {
            first.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let mut text = t.to_string();
    // Heading, its rule, and a line for each row; many more means that most cells were folded.
    if text.lines().count() > 2 * count + 2 {
        text = t.load_style(RULED).to_string();
    }
    let text = text.replace(BREAK, "");
    let mut text: String = text.lines().map(|l| format!("{}\n", l.trim_end())).collect();
    text.truncate(text.trim_end().len());
    text
}

/// A column that may be folded is readable with so many cells.
const READABLE: usize = 12;
/// Cells between two columns.
const GAP: usize = 3;

/// Cells that a table needs in which the columns of `whole` and the first are not folded, and the others no further than they stay readable.
pub fn needs(head: &[&str], rows: &[Vec<String>], whole: &[usize]) -> usize {
    let column = |i: usize, name: &&str| {
        let cells = rows.iter().filter_map(|r| r.get(i)).flat_map(|c| c.lines()).map(crate::text::width);
        let (name, widest) = (crate::text::width(name), cells.max().unwrap_or(0));
        if i == 0 || whole.contains(&i) { widest.max(name) } else { widest.min(READABLE).max(name) }
    };
    // The last has a blank behind it too.
    head.iter().enumerate().map(|(i, name)| column(i, name) + GAP).sum::<usize>().saturating_sub(GAP) + 1
}

/// As [`folding`], but where the terminal is too narrow the columns of `spare` are left out, the first of them first; a last line names them.
pub fn sparing(head: &[&str], rows: Vec<Vec<String>>, width: usize, whole: &[usize], spare: &[usize], lang: Lang) -> String {
    let mut kept: Vec<usize> = (0..head.len()).collect();
    let cut = |kept: &[usize]| {
        let heads: Vec<&str> = kept.iter().map(|i| head[*i]).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|r| kept.iter().filter_map(|i| r.get(*i).cloned()).collect()).collect();
        let whole: Vec<usize> = kept.iter().enumerate().filter(|(_, i)| whole.contains(i)).map(|(at, _)| at).collect();
        (heads, rows, whole)
    };
    let mut gone = Vec::new();
    for column in spare {
        let (heads, rows, whole) = cut(&kept);
        if needs(&heads, &rows, &whole) <= width {
            break;
        }
        kept.retain(|i| i != column);
        gone.push(head[*column]);
    }
    let (heads, rows, whole) = cut(&kept);
    let mut text = folding(&heads, rows.into_iter(), width, &whole);
    if !gone.is_empty() {
        let names = list(&gone, lang);
        let said = say!("屏幕窄，略去：{names}（全部见 --format csv）", "left out in so narrow a terminal: {names} (--format csv has all)");
        text.push_str(&format!("\n\n{}", said.get(lang)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[[&str; 2]]) -> impl Iterator<Item = Vec<String>> {
        rows.iter().map(|r| r.map(str::to_string).to_vec()).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn columns_line_up_under_wide_characters() {
        let text = table(&["编号", "名称"], rows(&[["a", "巡察组"], ["巡察办", "b"]]), 60);
        assert_eq!(text, "编号     名称\n────────────────\na        巡察组\n巡察办   b");
    }

    #[test]
    fn the_first_column_is_kept_whole_and_the_others_are_broken() {
        let text = table(&["id", "what"], rows(&[["one_on_one_approval", &"很长的说明".repeat(10)]]), 60);
        assert!(text.contains("\none_on_one_approval  "), "{text}");
        assert!(text.lines().all(|l| crate::text::width(l) <= 60), "{text}");
    }

    #[test]
    fn columns_are_left_out_before_words_are_torn() {
        let rows = || vec![["gz-001", "组员一", "区农委", "3"].map(str::to_string).to_vec()];
        let at = |width: usize| sparing(&["编号", "姓名", "所在单位", "参加轮次"], rows(), width, &[0, 1, 3], &[2, 3], Lang::Zh);
        assert!(at(60).contains("区农委") && !at(60).contains("略去"), "{}", at(60));
        assert!(at(32).ends_with("\n\n屏幕窄，略去：所在单位（全部见 --format csv）"), "{}", at(32));
        assert!(at(20).contains("略去：所在单位和参加轮次") && at(20).contains("组员一"), "{}", at(20));
    }

    #[test]
    fn no_cell_reaches_the_terminal_as_a_command() {
        assert!(!table(&["a", "b"], rows(&[["\u{1b}[2J", "\u{202e}"]]), 60).contains(['\u{1b}', '\u{202e}']));
    }
}
