//! A span within which a thing must happen: two periods from one event, or two fixed dates; knows no events.

use super::days::Calendar;
use super::due::{Due, Roll, due};
use super::rule::{Rule, RuleError};
use super::{Anchor, AnchorError};
use crate::say;
use crate::text::Text;

/// One end of a window.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(untagged)]
pub enum Bound {
    /// Counted from the event.
    Rule(Rule),
    /// A fixed day.
    Date(Anchor),
}

impl Bound {
    /// Reads a rule, or a date if it begins with four digits and a hyphen.
    pub fn parse(text: &str) -> Result<Bound, RuleError> {
        let head = text.trim().as_bytes();
        if head.len() > 4 && head[..4].iter().all(u8::is_ascii_digit) && head[4] == b'-' {
            return Anchor::parse(text).map(Bound::Date).map_err(|AnchorError { message, suggestion }| RuleError {
                message,
                range: 0..text.len(),
                suggestion,
            });
        }
        Rule::parse(text).map(Bound::Rule)
    }
}

/// A window: opens, closes, both days included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Window {
    /// The first moment.
    pub opens: Bound,
    /// The last moment.
    pub closes: Bound,
}

/// A window counted from an event. An end with a fixed date has no count behind it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WindowDue {
    /// The first day; never rolled, for a window may open on a day off.
    pub opens: Anchor,
    /// The last day in force.
    pub closes: Anchor,
    /// How the first day was counted.
    pub opens_by: Option<Due>,
    /// How the last day was counted.
    pub closes_by: Option<Due>,
    /// Both ends are settled.
    pub settled: bool,
}

impl Window {
    /// Counts both ends from `anchor`; `roll` applies to the closing end. The error says which end it is in.
    pub fn due(&self, calendar: &Calendar, anchor: Anchor, roll: Option<Roll>) -> Result<WindowDue, WindowError> {
        let opens_by = end(calendar, anchor, &self.opens, Some(Roll::None)).map_err(WindowError::Opens)?;
        let closes_by = end(calendar, anchor, &self.closes, roll).map_err(WindowError::Closes)?;
        let at = |bound: &Bound, by: &Option<Due>| match (bound, by) {
            (Bound::Date(date), _) => *date,
            (_, Some(due)) => due.due,
            (_, None) => anchor,
        };
        let (opens, closes) = (at(&self.opens, &opens_by), at(&self.closes, &closes_by));
        if closes.date < opens.date || (closes.date == opens.date && closes.time.zip(opens.time).is_some_and(|(c, o)| c < o)) {
            return Err(WindowError::Reversed(say!(
                "窗口期{closes}结束，早于{opens}开始",
                "the window closes {closes}, before it opens {opens}"
            )));
        }
        let settled = [&opens_by, &closes_by].into_iter().flatten().all(|d| d.settled);
        Ok(WindowDue { opens, closes, opens_by, closes_by, settled })
    }
}

/// What is wrong with a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowError {
    /// In the rule of the opening end.
    Opens(RuleError),
    /// In the rule of the closing end.
    Closes(RuleError),
    /// It closes before it opens.
    Reversed(Text),
}

fn end(calendar: &Calendar, anchor: Anchor, bound: &Bound, roll: Option<Roll>) -> Result<Option<Due>, RuleError> {
    match bound {
        Bound::Date(_) => Ok(None),
        Bound::Rule(rule) => due(calendar, anchor, rule, roll).map(Some),
    }
}
