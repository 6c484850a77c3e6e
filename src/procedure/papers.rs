//! What an obligation asks of a paper: who gets it, how many copies, who signs.

/// Those to whom a paper goes, in one of its fields.
#[derive(Clone, Debug)]
pub struct Recipients {
    /// The field: `filings`, `submitted_to`, `cc`, `sent_to`, or another.
    pub at: String,
    /// The key of the data file.
    pub key: &'static str,
    /// Each must be there; alternatives of one stand together.
    pub to: Vec<Vec<String>>,
}

/// Number of copies and who holds them.
#[derive(Clone, Debug)]
pub struct CopiesRule {
    /// The field.
    pub at: String,
    /// How many.
    pub total: Option<i64>,
    /// Who has one each.
    pub holders: Vec<String>,
}

/// Signatures in a field.
#[derive(Clone, Debug)]
pub struct SignaturesRule {
    /// The field.
    pub at: String,
    /// Each must have signed; alternatives of one stand together.
    pub roles: Vec<Vec<String>>,
}
