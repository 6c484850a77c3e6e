//! How far the inspection of the units of a term's plan has come.
