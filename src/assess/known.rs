//! The kinds that the assessor itself knows by name; all others it knows from the procedure.

use crate::kind::KindId;

/// The kinds that the assessor itself knows by name.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// `case`
    pub case: Option<KindId>,
    /// `round`
    pub round: Option<KindId>,
    /// `team`
    pub team: Option<KindId>,
    /// `unit`
    pub unit: Option<KindId>,
    /// `person`
    pub person: Option<KindId>,
    /// `milestone`
    pub milestone: Option<KindId>,
    /// `confirmation`
    pub confirmation: Option<KindId>,
    /// `waiver`
    pub waiver: Option<KindId>,
}
