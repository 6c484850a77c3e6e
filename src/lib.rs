//! xuncha (巡察): the case files of inspection rounds as plain text, laid beside the written procedure.
//!
//! The modules form layers; imports run down this list and never up (`tests/layers.rs` holds that):
//! `cli`, `render`, `people`, `tally`, `assess`, `procedure`, `rule`, `public`, `guard`, `casebook`, `kind`, `seal`, `calendar`, `data`, `csv`,
//! `yaml`, `finding`, `builtin`, `draw`, `text`.

pub mod assess;
pub mod builtin;
pub mod calendar;
pub mod casebook;
pub mod cli;
pub mod csv;
pub mod data;
pub mod draw;
pub mod finding;
pub mod guard;
pub mod kind;
pub mod people;
pub mod procedure;
pub mod public;
pub mod render;
pub mod rule;
pub mod seal;
pub mod tally;
pub mod text;
pub mod yaml;
