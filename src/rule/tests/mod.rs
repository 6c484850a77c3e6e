//! The rule language by tables of expressions, by its three values, by its bounds, and by random ones.

mod errors;
mod fixture;
mod fuzz;
mod paths;
mod places;
mod values;
