//! What a command gets from outside: language, day, folder, output; read once at the edge and passed on.

use crate::assess::Report;
use crate::casebook::at::Past;
use crate::casebook::names::Where;
use crate::casebook::{self, Casebook};
use crate::public::{Names, Purpose};
use crate::render::public::Veil;
use crate::say;
use crate::text::{Bilingual, Format, Lang, Text};
use anyhow::Result;
use chrono::NaiveDate;
use std::io::Write;
use std::path::PathBuf;

/// What the process was started with; fixed in tests.
#[derive(Clone, Debug)]
pub struct Env {
    /// The working directory.
    pub cwd: PathBuf,
    /// `LC_ALL`, `LC_MESSAGES` or `LANG`.
    pub locale: Option<String>,
    /// `XUNCHA_TODAY`.
    pub today: Option<String>,
    /// The day of the machine's clock.
    pub clock: NaiveDate,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// Terminal width in cells.
    pub width: usize,
    /// `VISUAL` or `EDITOR`.
    pub editor: Option<String>,
    /// `XUNCHA_KEY`, else the place of the key file in the user's settings.
    pub key: Option<PathBuf>,
    /// Whether somebody sits at the keyboard who can be asked for a passphrase.
    pub ask: bool,
}

/// The context of one command.
pub struct Ctx<'w> {
    /// Results.
    pub out: &'w mut dyn Write,
    /// Everything else.
    pub err: &'w mut dyn Write,
    /// The language of what is printed.
    pub lang: Lang,
    /// The day of the run.
    pub today: NaiveDate,
    /// Whether it was asked for by `--today`.
    pub asked_today: bool,
    /// The folder to start from (`-C`, else the working directory).
    pub dir: PathBuf,
    /// Whether to colour.
    pub color: bool,
    /// How to print; none where the user did not say.
    pub format: Option<Format>,
    /// Whether a cache may be used.
    pub cache: bool,
    /// Whether what is printed is for the public.
    pub public: bool,
    /// Terminal width in cells.
    pub width: usize,
    /// The user's editor.
    pub editor: Option<String>,
    /// The user's key file, where no other is named.
    pub key: Option<PathBuf>,
    /// Whether a passphrase can be asked for.
    pub ask: bool,
}

impl Ctx<'_> {
    /// Opens the casebook around the folder.
    pub fn book(&self) -> Result<Casebook> {
        casebook::open_from(&self.dir)
    }

    /// The casebook, or the one that it was at a commit or day, with the folder to start from and the day of the run moved there. What is
    /// returned besides takes the past away again.
    pub fn book_at(&mut self, when: Option<&str>) -> Result<(Option<Past>, Option<Casebook>)> {
        let book = self.book()?;
        let Some(when) = when else { return Ok((None, Some(book))) };
        let past = book.at(when)?;
        let inside = std::path::absolute(&self.dir).ok().and_then(|d| Some(past.book.root.join(d.strip_prefix(&book.root).ok()?)));
        // A folder that was not there then.
        self.dir = inside.filter(|d| d.is_dir()).unwrap_or_else(|| past.book.root.clone());
        if !self.asked_today {
            self.today = past.day;
        }
        // What is kept there goes with the folder.
        self.cache = false;
        let (day, id) = (past.day, &past.id[..past.id.len().min(10)]);
        let note = say!("按 {day} 的案卷（提交 {id}）", "the casebook of {day} (commit {id})");
        self.note(&note)?;
        Ok((Some(past), None))
    }

    /// The names that stand for a casebook's own where the output is for the public.
    pub fn names(&self, book: &Casebook) -> Option<Names> {
        self.public.then(|| Names::of(book, Purpose::Output))
    }

    /// A report as it may be shown: with `--public`, without what records say.
    pub fn shown(&self, report: Report, book: &Casebook) -> Report {
        match self.names(book) {
            Some(names) => Veil::new(book, &names, self.lang).report(report),
            None => report,
        }
    }

    /// The place that a `CASE` argument means.
    pub fn place(&self, book: &Casebook, name: Option<&str>) -> Result<Where> {
        book.place(name, &self.dir)
    }

    /// Prints a line of results in the reader's language.
    pub fn line(&mut self, text: &Text) -> Result<()> {
        let s = text.get(self.lang);
        writeln!(self.out, "{s}")?;
        Ok(())
    }

    /// Prints a line beside the results, behind those that were printed before it.
    pub fn note(&mut self, text: &Text) -> Result<()> {
        let s = text.get(self.lang);
        self.out.flush()?;
        writeln!(self.err, "{s}")?;
        Ok(())
    }

    /// The format, or the command's own; refuses one that the command does not offer.
    pub fn format(&self, offered: &[Format]) -> Result<Format> {
        let Some(format) = self.format else { return Ok(offered[0]) };
        if offered.contains(&format) {
            return Ok(format);
        }
        let names: Vec<String> = offered.iter().map(|f| format!("{f:?}").to_lowercase()).collect();
        let (asked, list) = (format!("{format:?}").to_lowercase(), names.join("、"));
        let list_en = names.join(", ");
        Err(fail(say!("这个命令不能输出 {asked}，可用：{list}", "this command does not print {asked}; it prints {list_en}")))
    }
}

/// An error with which the run cannot go on.
pub fn fail(text: Text) -> anyhow::Error {
    anyhow::Error::new(Bilingual(text))
}
