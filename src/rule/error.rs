//! What is wrong with an expression, and where in it; knows not in which file the expression stands.

use crate::text::Text;
use std::ops::Range;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The bytes of the expression that are wrong.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: Text,
    /// What to write instead.
    pub help: Option<Text>,
}

impl RuleError {
    /// An error without help.
    pub fn new(range: Range<usize>, message: Text) -> RuleError {
        RuleError { range, message, help: None }
    }

    /// The same with help.
    pub fn help(mut self, help: Text) -> RuleError {
        self.help = Some(help);
        self
    }

    /// The same with help, if there is any.
    pub fn maybe(mut self, help: Option<Text>) -> RuleError {
        self.help = self.help.or(help);
        self
    }

    /// The same, of an expression that starts `by` bytes into a longer text.
    pub fn shift(mut self, by: usize) -> RuleError {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}
