//! The pool of people: who served when, who may not go where and by which fact, and teams proposed for a round; prints nothing, writes nothing.

pub mod bars;
pub mod history;
pub mod look;
pub mod propose;
pub mod rotation;
pub mod rules;
pub mod seats;

pub use history::Pool;
pub use rules::Rules;
