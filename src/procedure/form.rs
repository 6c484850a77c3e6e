//! Forms: the papers of a procedure as Markdown with places to fill, `templates/documents/<procedure>/<form>.md`; knows no records.
//!
//! A line is text with expressions in braces. `{each PATH [where EXPR] [rows N]}` repeats the lines up to `{end}` for everything that the path
//! selects, as `it`; a blank form has them N times.

use super::compile::Program;
use crate::casebook::Casebook;
use crate::finding::{Finding, Place};
use crate::rule::{self, Expr, It, Path, RuleError, Template, Ty};
use crate::say;
use crate::text::Text;

/// The folder of the forms, built in and in a casebook.
pub const FOLDER: &str = "templates/documents/";

/// A form as its file has it.
#[derive(Clone, Debug)]
pub struct Form {
    /// `<procedure>/<form>`.
    pub id: String,
    /// Its file.
    pub file: String,
    /// What it is.
    pub title: Text,
    /// Its place in the procedure.
    pub cite: String,
    /// The lines behind the head, each with its first byte in the file.
    lines: Vec<(usize, String)>,
}

/// A form made ready for records of a procedure.
pub struct Ready {
    /// Its parts in order.
    pub blocks: Vec<Block>,
}

/// A line, or lines that come again.
pub enum Block {
    /// Once.
    Line(Template),
    /// For each of what a path selects.
    Each(Box<Each>),
}

/// Lines that come again.
pub struct Each {
    /// What is gone through.
    pub path: Path,
    /// Which of it.
    pub filter: Option<Expr>,
    /// How many times in a blank form, and where nothing is selected.
    pub rows: usize,
    /// What comes again.
    pub lines: Vec<Template>,
}

/// All forms that can be printed: a casebook's own first, then the built-in ones, by id.
pub fn all(book: Option<&Casebook>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    if let Some(book) = book {
        let folder = book.root.join(FOLDER);
        for procedure in crate::casebook::subfolders(&folder) {
            let Ok(read) = std::fs::read_dir(folder.join(&procedure)) else { continue };
            for name in read.flatten().map(|e| e.file_name().to_string_lossy().into_owned()) {
                let rel = format!("{FOLDER}{procedure}/{name}");
                let Some(stem) = name.strip_suffix(".md") else { continue };
                if let Ok(text) = crate::casebook::file::read_text(&book.root.join(&rel), &rel) {
                    forms.push(read_form(&format!("{procedure}/{stem}"), &rel, &text));
                }
            }
        }
    }
    for (name, text) in crate::builtin::under(FOLDER) {
        if let Some(id) = name.strip_suffix(".md").filter(|id| !forms.iter().any(|f| f.id == **id)) {
            forms.push(read_form(id, &format!("{FOLDER}{name}"), text));
        }
    }
    // form2 before form10.
    forms.sort_by_key(|f| (f.id.rsplit_once('/').map(|(p, _)| p.to_string()), f.id.len(), f.id.clone()));
    forms
}

fn read_form(id: &str, file: &str, text: &str) -> Form {
    let mut form = Form { id: id.into(), file: file.into(), title: Text::same(id.to_string()), cite: String::new(), lines: Vec::new() };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let head = |key: &str| body.strip_prefix("<!-- ")?.strip_prefix(key)?.strip_suffix(" -->");
        if let Some(title) = head("title: ") {
            form.title = match title.split_once(" | ") {
                Some((zh, en)) => Text::new(zh.to_string(), en.to_string()),
                None => Text::same(title.to_string()),
            };
        } else if let Some(cite) = head("cite: ") {
            form.cite = cite.to_string();
        } else {
            form.lines.push((at, body.to_string()));
        }
        at += line.len();
    }
    form
}

impl Form {
    /// Compiles its expressions against a procedure's kinds, events and sets; or the first that is wrong.
    pub fn ready(&self, program: &Program<'_>) -> Result<Ready, Box<Finding>> {
        let mut blocks = Vec::new();
        let mut open: Option<(Path, Option<Expr>, usize, Vec<Template>)> = None;
        for (at, line) in &self.lines {
            let fault = |e: RuleError, shift: usize| {
                let place = Place::at(&self.file, at + shift + e.range.start..at + shift + e.range.end);
                let mut f = Finding::error("form-error", place, e.message);
                f.help = e.help;
                Box::new(f)
            };
            let whole = |message: Text| fault(RuleError::new(0..line.len(), message), 0);
            if let Some(head) = line.trim().strip_prefix("{each ").and_then(|l| l.strip_suffix('}')) {
                if open.is_some() {
                    return Err(whole(say!("`each` 里不能再有 `each`", "an `each` cannot stand in another")));
                }
                let (head, rows) = match head.rsplit_once(" rows ") {
                    Some((rest, n)) => match n.trim().parse() {
                        Ok(n) if n <= 100 => (rest, n),
                        _ => return Err(whole(say!("rows 后面写 0 至 100 的数", "`rows` takes a number from 0 to 100"))),
                    },
                    None => (head, 0),
                };
                let (path, filter) = match head.split_once(" where ") {
                    Some((path, filter)) => (path, Some(filter)),
                    None => (head, None),
                };
                let path = Path::parse(path.trim(), program.schema).map_err(|e| fault(e, line.find(path.trim()).unwrap_or(0)))?;
                let it = path.it();
                let shift = line.find(" where ").map_or(0, |i| i + " where ".len());
                let filter =
                    filter.map(|f| rule::compile(f, program.env(), Some(&it), Some(&Ty::Bool)).map_err(|e| fault(e, shift))).transpose()?;
                open = Some((path, filter, rows, Vec::new()));
            } else if line.trim() == "{end}" {
                let Some((path, filter, rows, lines)) = open.take() else {
                    return Err(whole(say!("多出了 `{{end}}`", "`{{end}}` is unexpected")));
                };
                blocks.push(Block::Each(Box::new(Each { path, filter, rows, lines })));
            } else {
                let it: Option<It> = open.as_ref().map(|(p, ..)| p.it());
                let template = Template::compile(line, program.env(), it.as_ref()).map_err(|e| fault(e, 0))?;
                match &mut open {
                    Some((.., lines)) => lines.push(template),
                    None => blocks.push(Block::Line(template)),
                }
            }
        }
        match open {
            Some(_) => {
                let place = Place::file(&self.file);
                Err(Box::new(Finding::error("form-error", place, say!("`each` 没有 `{{end}}`", "an `each` has no `{{end}}`"))))
            }
            None => Ok(Ready { blocks }),
        }
    }

    /// The procedure that it belongs to, by the id of its folder.
    pub fn procedure(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(p, _)| p)
    }

    /// Its own name.
    pub fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or(&self.id)
    }
}
