//! What a person may call a case: `ROUND/UNIT`, a path, or nothing inside its folder.

use super::Casebook;
use crate::say;
use crate::text::{Bilingual, nearest};
use anyhow::{Result, bail};
use std::path::Path;

/// The casebook, a round, or a case in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// The whole casebook.
    Book,
    /// A round.
    Round(String),
    /// A case of a round.
    Case(String, String),
}

impl Where {
    /// `ROUND/UNIT`, `ROUND`, or the empty text.
    pub fn name(&self) -> String {
        match self {
            Where::Book => String::new(),
            Where::Round(r) => r.clone(),
            Where::Case(r, c) => format!("{r}/{c}"),
        }
    }

    /// The round's name, if any.
    pub fn round(&self) -> Option<&str> {
        match self {
            Where::Book => None,
            Where::Round(r) | Where::Case(r, _) => Some(r),
        }
    }

    /// The folder relative to the casebook.
    pub fn folder(&self) -> String {
        match self {
            Where::Book => String::new(),
            Where::Round(r) => format!("rounds/{r}"),
            Where::Case(r, c) => format!("rounds/{r}/{c}"),
        }
    }
}

impl Casebook {
    /// Whether a round of that name is there.
    pub fn has_round(&self, round: &str) -> bool {
        self.root.join("rounds").join(round).is_dir()
    }

    /// Whether a case of that name is there.
    pub fn has_case(&self, round: &str, case: &str) -> bool {
        self.schema.find_kind(case).is_none() && case != "files" && self.root.join("rounds").join(round).join(case).is_dir()
    }

    /// The place that `name` means, seen from the folder `from`: `ROUND/UNIT`, `ROUND`, a path; a bare unit where only one round has it, or inside a round.
    pub fn place(&self, name: Option<&str>, from: &Path) -> Result<Where> {
        let Some(name) = name else { return Ok(self.here(from)) };
        let clean = name.trim().trim_end_matches('/');
        let path = Path::new(clean);
        if (path.is_absolute() || clean.starts_with('.') || clean.starts_with("rounds/"))
            && let Some(place) = self.of_path(&from.join(path))
        {
            return Ok(place);
        }
        if let Some((round, case)) = clean.split_once('/') {
            let case = case.split('/').next().unwrap_or(case);
            if self.has_case(round, case) {
                return Ok(Where::Case(round.into(), case.into()));
            }
        } else if self.has_round(clean) {
            return Ok(Where::Round(clean.into()));
        } else {
            if let Some(round) = self.here(from).round().filter(|r| self.has_case(r, clean)) {
                return Ok(Where::Case(round.to_string(), clean.into()));
            }
            let with: Vec<String> = self.rounds().into_iter().filter(|r| self.has_case(r, clean)).collect();
            match with.as_slice() {
                [] => {}
                [round] => return Ok(Where::Case(round.clone(), clean.into())),
                several => {
                    let list = several.iter().map(|r| format!("{r}/{clean}")).collect::<Vec<_>>();
                    let (list, list_en) = (list.join("、"), list.join(", "));
                    bail!(Bilingual(say!(
                        "`{clean}` 在几个轮次里都有：{list}；请写明轮次",
                        "`{clean}` is in several rounds: {list_en}; name the round too"
                    )))
                }
            }
        }
        if let Some(place) = self.of_path(&from.join(path)) {
            return Ok(place);
        }
        bail!(Bilingual(self.unknown(clean)))
    }

    fn unknown(&self, name: &str) -> crate::text::Text {
        let shown = crate::text::safe(name).into_owned();
        let mut known: Vec<String> = Vec::new();
        for round in self.rounds() {
            for case in super::subfolders(&self.root.join("rounds").join(&round)) {
                if self.has_case(&round, &case) {
                    known.push(format!("{round}/{case}"));
                }
            }
            known.push(round);
        }
        match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => {
                say!("没有 `{shown}` 这个轮次或案卷；是否指 `{near}`？", "there is no round or case `{shown}`; did you mean `{near}`?")
            }
            None => {
                known.truncate(8);
                if known.is_empty() {
                    known.push("—".to_string());
                }
                let (list, list_en) = (known.join("、"), known.join(", "));
                say!("没有 `{shown}` 这个轮次或案卷；现有：{list}", "there is no round or case `{shown}`; there are: {list_en}")
            }
        }
    }

    /// The place in which a folder lies.
    pub fn here(&self, from: &Path) -> Where {
        self.of_path(from).unwrap_or(Where::Book)
    }

    /// The place to which a path inside the casebook belongs.
    pub fn of_path(&self, path: &Path) -> Option<Where> {
        let path = std::path::absolute(path).ok()?;
        let path = path.canonicalize().unwrap_or(path);
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let rel = path.strip_prefix(&root).ok()?;
        let parts: Vec<String> = rel.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        match parts.as_slice() {
            [rounds, round, case, ..] if rounds == "rounds" && self.has_case(round, case) => Some(Where::Case(round.clone(), case.clone())),
            [rounds, round, ..] if rounds == "rounds" && self.has_round(round) => Some(Where::Round(round.clone())),
            _ if path.exists() => Some(Where::Book),
            _ => None,
        }
    }
}
