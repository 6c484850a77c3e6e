//! Which days are worked, and when a period ends; knows nothing of records, procedures or obligations.
//!
//! A day's state comes from three layers, the later one deciding day by day: the State Council's notices compiled in, the
//! casebook's `calendar/<year>.toml`, and any other `calendar/*.toml` as a local overlay ([`layer`] has the file format).
//! A period is a [`Rule`] counted from an [`Anchor`] by [`due`]; [`import`] reads a notice as printed.

mod anchor;
mod cycle;
mod days;
mod due;
mod folder;
pub mod import;
pub mod layer;
mod line;
mod rule;
mod source;
mod suggest;
mod table;
mod window;
mod year;

pub use anchor::{Anchor, AnchorError};
pub use cycle::{Cycle, Every};
pub use days::{Calendar, Day, DayKind};
pub use due::{Due, Roll, due, explain, month_add, stay};
pub use line::{Line, LineKind};
pub use rule::{Rule, RuleError, Step, Unit};
pub use source::{Amendment, Layer, Source, festival_en, weekday};
pub use window::{Bound, Window, WindowDue, WindowError};
pub use year::{NamedRange, WorkedDay, YearTable};

#[cfg(test)]
mod tests;
