//! Three-not-fixed (三个不固定) over all rounds: the same leader to the same unit, the same leader running, the same team to the same unit.

use super::history::Pool;
use std::collections::BTreeMap;

/// What came again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A leader went to a unit twice.
    LeaderUnit,
    /// A leader led in two rounds running.
    LeaderRunning,
    /// A team number went to a unit twice.
    TeamUnit,
}

/// One repetition.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// What came again.
    pub what: What,
    /// The leader's id, or the team's number.
    pub who: String,
    /// The unit's id; empty where it is about no unit.
    pub unit: String,
    /// Round and file of each time, the earliest first.
    pub times: Vec<(String, String)>,
}

/// All repetitions, or those in which this round has a part.
pub fn repeats(pool: &Pool, round: Option<&str>) -> Vec<Repeat> {
    let mut pairs: BTreeMap<(What, String, String), Vec<(usize, String)>> = BTreeMap::new();
    let mut led: BTreeMap<String, BTreeMap<usize, String>> = BTreeMap::new();
    for (n, r) in pool.rounds.iter().enumerate() {
        for t in &r.teams {
            let leaders: Vec<&String> = t.members.iter().filter(|m| m.1 == "leader").map(|m| &m.0).collect();
            for leader in &leaders {
                led.entry((*leader).clone()).or_default().insert(n, t.file.clone());
            }
            for unit in &t.units {
                let at = (n, t.file.clone());
                for leader in &leaders {
                    pairs.entry((What::LeaderUnit, (*leader).clone(), unit.clone())).or_default().push(at.clone());
                }
                if let Some(no) = t.no {
                    pairs.entry((What::TeamUnit, no.to_string(), unit.clone())).or_default().push(at.clone());
                }
            }
        }
    }
    let named = |times: &[(usize, String)]| times.iter().map(|(n, f)| (pool.rounds[*n].name.clone(), f.clone())).collect();
    let mut out: Vec<Repeat> = Vec::new();
    for ((what, who, unit), mut times) in pairs {
        times.dedup_by_key(|t| t.0);
        if times.len() > 1 {
            out.push(Repeat { what, who, unit, times: named(&times) });
        }
    }
    for (who, rounds) in led {
        let rounds: Vec<(usize, String)> = rounds.into_iter().collect();
        for pair in rounds.windows(2).filter(|p| p[0].0 + 1 == p[1].0) {
            out.push(Repeat { what: What::LeaderRunning, who: who.clone(), unit: String::new(), times: named(pair) });
        }
    }
    out.retain(|r| round.is_none_or(|name| r.times.iter().any(|(n, _)| n == name)));
    out.sort_by(|a, b| (a.what, &a.who, &a.unit, &a.times).cmp(&(b.what, &b.who, &b.unit, &b.times)));
    out
}
