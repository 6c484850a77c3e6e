//! What a person says about an obligation, as a record: what confirmations and waivers have in common.

use super::target;
use crate::calendar::Cycle;
use crate::casebook::Casebook;
use crate::casebook::names::Where;
use chrono::NaiveDate;

/// `[CASE] OBLIGATION`.
#[derive(clap::Args)]
pub struct About {
    /// 案卷或轮次；在其文件夹内可不写 | the case or round; not needed inside its folder
    #[arg(value_name = "CASE")]
    case: String,
    /// 事项编号，如 XH-12-3a | the obligation, as in XH-12-3a
    #[arg(value_name = "OBLIGATION")]
    obligation: Option<String>,
}

impl About {
    /// The case, if one is named, and the obligation.
    pub fn parts(&self) -> (Option<&str>, &str) {
        match &self.obligation {
            Some(id) => (Some(&self.case), id),
            None => (None, &self.case),
        }
    }
}

/// What is said of an obligation, before it is written.
pub struct Statement<'a> {
    /// The kind of the record.
    pub kind: &'static str,
    /// The obligation's id.
    pub id: &'a str,
    /// Where the record belongs.
    pub place: Where,
    /// The team it concerns, for an obligation of a team.
    pub team: Option<String>,
    /// The period, of an obligation that comes back with each.
    pub period: Option<Cycle>,
}

impl Statement<'_> {
    /// The file in which the same is said already of the whole, and not of one record.
    pub fn already(&self, book: &Casebook) -> Option<String> {
        let kind = book.schema.find_kind(self.kind)?;
        let folder = match &self.place {
            Where::Case(round, case) => book.read_case(round, case).folder,
            Where::Round(round) => book.read_round(round, Some(&[])).folder,
            Where::Book => book.read_workspace(),
        };
        let shape = book.schema.shape_of(kind);
        let text = |r: &crate::kind::Record, key: &str| {
            let part = shape.find(key).and_then(|i| r.root().field(i)).filter(|p| p.filled())?;
            Some(part.str().trim().to_string())
        };
        folder
            .of(kind)
            .iter()
            .find(|r| {
                text(r, "obligation").is_some_and(|o| o.eq_ignore_ascii_case(self.id))
                    && text(r, "record").is_none()
                    && (self.team.is_none() || text(r, "team") == self.team)
                    && (self.period.is_none() || text(r, "period").and_then(|p| Cycle::parse(&p)) == self.period)
            })
            .map(|r| r.file.clone())
    }

    /// The record of a day, with what else it holds.
    pub fn record(self, day: NaiveDate, mut fields: Vec<(&'static str, String)>) -> target::New<'static> {
        let stem = self.stem(day);
        fields.extend([("obligation", self.id.to_string()), ("date", day.to_string()), ("team", self.team.unwrap_or_default())]);
        fields.extend(self.period.map(|p| ("period", p.to_string())));
        target::New { kind: self.kind, place: self.place, stem, fields }
    }

    fn stem(&self, day: NaiveDate) -> String {
        let id: String = self.id.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let parts = [Some(format!("{day}-{id}")), self.team.clone(), self.period.map(|p| p.to_string().to_lowercase())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("-")
    }
}
