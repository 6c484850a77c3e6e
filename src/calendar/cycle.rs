//! Years, half-years, quarters and months, one after another: what an obligation that comes back is laid on.

use crate::say;
use crate::text::Text;
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;

/// How often something comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each calendar year.
    Year,
    /// January to June, July to December.
    HalfYear,
    /// Each calendar quarter.
    Quarter,
    /// Each calendar month.
    Month,
}

impl Every {
    /// The words of a procedure file.
    pub const WORDS: [(&str, Every); 4] =
        [("year", Every::Year), ("half_year", Every::HalfYear), ("quarter", Every::Quarter), ("month", Every::Month)];

    fn months(self) -> u32 {
        match self {
            Every::Year => 12,
            Every::HalfYear => 6,
            Every::Quarter => 3,
            Every::Month => 1,
        }
    }

    /// 每季度.
    pub fn title(self) -> Text {
        match self {
            Every::Year => say!("每年", "each year"),
            Every::HalfYear => say!("每半年", "each half-year"),
            Every::Quarter => say!("每季度", "each quarter"),
            Every::Month => say!("每月", "each month"),
        }
    }
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Cycle {
    /// The first day.
    pub from: NaiveDate,
    /// Its length.
    pub every: Every,
}

/// A span of more than this many periods is a mistyped year, not a plan.
const MOST: usize = 1200;

impl Cycle {
    /// The one that holds a day.
    pub fn of(every: Every, day: NaiveDate) -> Cycle {
        let months = every.months();
        let month = day.month0() / months * months + 1;
        Cycle { from: NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day), every }
    }

    /// All that a span of days touches, in order; none where it ends before it begins, never more than a century of months.
    pub fn touching(every: Every, from: NaiveDate, to: NaiveDate) -> Vec<Cycle> {
        let mut out = Vec::new();
        let mut next = Some(Cycle::of(every, from));
        while let Some(cycle) = next.filter(|c| c.from <= to && from <= to && out.len() < MOST) {
            out.push(cycle);
            next = cycle.from.checked_add_months(Months::new(every.months())).map(|from| Cycle { from, every });
        }
        out
    }

    /// The last day.
    pub fn to(self) -> NaiveDate {
        let after = self.from.checked_add_months(Months::new(self.every.months()));
        after.and_then(|d| d.checked_sub_days(Days::new(1))).unwrap_or(NaiveDate::MAX)
    }

    /// Whether a day is in it.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to()
    }

    /// 2010年第3季度.
    pub fn title(self) -> Text {
        let (year, month) = (self.from.year(), self.from.month0());
        match self.every {
            Every::Year => say!("{year}年", "{year}"),
            Every::HalfYear if month == 0 => say!("{year}年上半年", "first half of {year}"),
            Every::HalfYear => say!("{year}年下半年", "second half of {year}"),
            Every::Quarter => {
                let n = month / 3 + 1;
                say!("{year}年第{n}季度", "Q{n} {year}")
            }
            Every::Month => {
                let n = month + 1;
                say!("{year}年{n}月", "{year}-{n:02}")
            }
        }
    }

    /// Reads what [`fmt::Display`] writes, or the Chinese name.
    pub fn parse(text: &str) -> Option<Cycle> {
        let text = text.trim();
        let year: i32 = text.get(..4)?.parse().ok()?;
        let from = |every: Every, n: u32| {
            let month = n.checked_sub(1)? * every.months() + 1;
            Some(Cycle { from: NaiveDate::from_ymd_opt(year, month, 1)?, every })
        };
        let rest = text[4..].trim_start_matches(['年', '-']);
        match rest.trim_end_matches(['季', '度']) {
            "" => from(Every::Year, 1),
            "H1" | "h1" | "上半年" => from(Every::HalfYear, 1),
            "H2" | "h2" | "下半年" => from(Every::HalfYear, 2),
            rest => match rest.strip_prefix(['Q', 'q', '第']) {
                Some(n) => {
                    let digit = |n: &str| ["一", "二", "三", "四"].iter().position(|d| *d == n).map(|i| i as u32 + 1);
                    from(Every::Quarter, n.parse().ok().or_else(|| digit(n)).filter(|n| *n <= 4)?)
                }
                None => from(Every::Month, rest.trim_end_matches('月').parse().ok().filter(|n| *n <= 12)?),
            },
        }
    }
}

/// As a command or a record names it: `2010`, `2010H1`, `2010Q3`, `2010-07`.
impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.from.year(), self.from.month0());
        match self.every {
            Every::Year => write!(f, "{year:04}"),
            Every::HalfYear => write!(f, "{year:04}H{}", month / 6 + 1),
            Every::Quarter => write!(f, "{year:04}Q{}", month / 3 + 1),
            Every::Month => write!(f, "{year:04}-{:02}", month + 1),
        }
    }
}
