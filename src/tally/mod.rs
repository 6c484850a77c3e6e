//! What is counted: sums over the records of a casebook and how far a term's plan has come; no verdicts on obligations, no printing.

pub mod coverage;
pub mod cube;
pub mod fold;
pub mod inspected;
pub mod mask;
pub mod measure;
pub mod quota;
pub mod terms;
