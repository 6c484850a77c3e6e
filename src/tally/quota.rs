//! The numbers that a term plan sets for itself, laid beside what was done.
