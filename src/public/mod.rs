//! What may leave the house: numbers in the place of names, and a casebook written again without what its marks keep back.

pub mod export;
pub mod names;
pub mod proof;
pub mod rewrite;
pub mod settings;
pub mod words;

pub use names::Names;

/// What is made public, and so how much is taken out (docs/public.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// What a command prints: open values stay, as do the names of rounds, cases and units.
    Output,
    /// A form filled from a case: as before, and dates, numbers and choices of fields that are not open are left out too.
    Form,
    /// A casebook for others: dates, numbers and choices stay, no free text does, and everything is numbered anew.
    Export,
}
