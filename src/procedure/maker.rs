//! The commands beside `add` that make a record: an obligation names one in `made_by` where its record comes out of it.

use crate::text::Lang;

/// A command that makes records of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// `xuncha sample`: a visit with the draw of its subjects.
    Sample,
}

impl Maker {
    /// As it is written in a data file.
    pub const WORDS: [(&str, Maker); 1] = [("sample", Maker::Sample)];

    /// The subcommand; also its name in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Maker::Sample => "sample",
        }
    }

    /// The kind that it makes.
    pub fn kind(self) -> &'static str {
        match self {
            Maker::Sample => "visit",
        }
    }

    /// The command line for a place; what only the user knows is named in the reader's language.
    pub fn command(self, at: &str, lang: Lang) -> String {
        match (self, lang) {
            (Maker::Sample, Lang::Zh) => format!("xuncha sample {at} --frame 名单 -n 个数"),
            (Maker::Sample, Lang::En) => format!("xuncha sample {at} --frame LIST -n N"),
        }
    }
}
