//! New names for records, files, cases and rounds: numbers that do not follow the order of the old ones, the same wherever one is named.

use super::Purpose;
use crate::casebook::Casebook;
use crate::casebook::file::yaml_stem;
use crate::casebook::read::RESERVED;
use crate::draw::sha256;
use std::collections::{BTreeMap, BTreeSet};

/// Which name stands for which.
#[derive(Debug)]
pub struct Names {
    ids: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    rounds: BTreeMap<String, String>,
    kept: BTreeSet<String>,
    key: String,
}

impl Names {
    /// Names for all records of a casebook. The order of the numbers follows from all that stands in it: the same casebook gives the same
    /// numbers, and who does not have it can work out none of them.
    pub fn of(book: &Casebook, purpose: Purpose) -> Names {
        let files = record_files(book);
        let mut sums = String::new();
        for rel in &files {
            let bytes = std::fs::read(book.root.join(rel)).unwrap_or_default();
            sums.push_str(&format!("{rel}\0{}\n", sha256(&bytes)));
        }
        let mut names = Names {
            ids: BTreeMap::new(),
            files: BTreeMap::new(),
            rounds: BTreeMap::new(),
            kept: BTreeSet::new(),
            key: sha256(sums.as_bytes()),
        };
        let rounds = book.rounds();
        let odd = names.order(rounds.iter().filter(|r| purpose == Purpose::Export && !plain_round(r)).cloned());
        for round in &rounds {
            let new = odd.get(round).map_or_else(|| round.clone(), |n| format!("round-{n}"));
            names.rounds.insert(round.clone(), new);
        }
        names.number(book, &files, &rounds, purpose);
        let mut taken = BTreeSet::new();
        for rel in &files {
            let mut new = names.placed(book, rel);
            // Two files of one name differ in their endings only.
            while !taken.insert(new.clone()) {
                new = format!("{}-x.yaml", new.trim_end_matches(".yaml"));
            }
            names.files.insert(rel.clone(), new);
        }
        names
    }

    /// Gives each id its number, those of one kind by the kind's name.
    fn number(&mut self, book: &Casebook, files: &[String], rounds: &[String], purpose: Purpose) {
        let schema = &book.schema;
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for rel in files {
            let Some((kind, _)) = book.kind_of(rel).filter(|(k, _)| !schema.kind(*k).single) else { continue };
            let stem = yaml_stem(rel.rsplit('/').next().unwrap_or(rel)).unwrap_or(rel);
            ids.entry(stem.to_string()).or_default().insert(schema.kind(kind).id.clone());
        }
        let cases: BTreeSet<String> = rounds.iter().flat_map(|r| book.cases(r)).collect();
        for case in &cases {
            ids.entry(case.clone()).or_default().insert("unit".into());
        }
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (id, kinds) in &ids {
            let has = |k: &str| kinds.contains(k);
            let number = has("team") && plain_team(id) || has("coverage_plan") && plain_round(id);
            let stays = purpose != Purpose::Export && has("unit") || kinds.len() == 1 && number;
            if stays {
                self.kept.insert(id.clone());
                self.ids.insert(id.clone(), id.clone());
                continue;
            }
            let group = match (has("unit"), kinds.len()) {
                (true, _) => "unit",
                (_, 1) => kinds.first().map_or("record", String::as_str),
                _ => "record",
            };
            groups.entry(group).or_default().push(id.clone());
        }
        let numbered: Vec<(String, String)> = groups
            .into_iter()
            .flat_map(|(group, of)| self.order(of.into_iter()).into_iter().map(move |(id, n)| (id, format!("{group}-{n}"))))
            .collect();
        self.ids.extend(numbered);
    }

    /// Numbers from 1 in an order that says nothing.
    pub fn order(&self, of: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
        let mut all: Vec<(String, String)> = of.map(|s| (sha256(format!("{}\0{s}", self.key).as_bytes()), s)).collect();
        all.sort();
        all.dedup();
        all.into_iter().enumerate().map(|(i, (_, s))| (s, i + 1)).collect()
    }

    fn placed(&self, book: &Casebook, rel: &str) -> String {
        let Some((kind, home)) = book.kind_of(rel) else { return self.folders(rel, book) };
        let mut out = String::new();
        if !home.round.is_empty() {
            out = format!("rounds/{}/", self.round(&home.round));
        }
        if !home.case.is_empty() {
            out.push_str(&format!("{}/", self.id(&home.case).unwrap_or("unit-0")));
        }
        let kind = book.schema.kind(kind);
        let stem = yaml_stem(rel.rsplit('/').next().unwrap_or(rel)).unwrap_or(rel);
        match kind.single {
            true => format!("{out}{}.yaml", kind.id),
            false => format!("{out}{}/{}.yaml", kind.id, self.id(stem).unwrap_or("record-0")),
        }
    }

    /// The known folders of a path; what lies below them is left out.
    fn folders(&self, rel: &str, book: &Casebook) -> String {
        let known = |p: &str| -> Option<String> {
            if p == "rounds" || p == "files" || book.schema.find_kind(p).is_some() {
                return Some(p.to_string());
            }
            self.rounds.get(p).cloned().or_else(|| self.id(p).filter(|_| self.kept.contains(p) || p.is_empty()).map(str::to_string))
        };
        let mut out: Vec<String> = Vec::new();
        for part in rel.split('/') {
            let Some(part) = known(part.trim_end_matches(".yaml").trim_end_matches(".yml")).filter(|k| k == part || !part.contains('.'))
            else {
                out.push("…".into());
                break;
            };
            out.push(part);
        }
        out.join("/")
    }

    /// The new id of a record, the new name of a case.
    pub fn id(&self, id: &str) -> Option<&str> {
        self.ids.get(id).map(String::as_str)
    }

    /// The new name of a round.
    pub fn round(&self, name: &str) -> &str {
        self.rounds.get(name).map_or("round-0", String::as_str)
    }

    /// Whether that is a round.
    pub fn is_round(&self, name: &str) -> bool {
        self.rounds.contains_key(name)
    }

    /// The path of a record's file under its new name; of what is no record, as much as says nothing.
    pub fn path(&self, rel: &str, book: &Casebook) -> String {
        if let Some(new) = self.files.get(rel) {
            return new.clone();
        }
        let own = ["xuncha.toml", "stats.toml", "people.toml"].contains(&rel) || rel.ends_with("/procedure.toml");
        if rel.is_empty() || own || ["templates/", "kinds/", "procedures/", "calendar/"].iter().any(|f| rel.starts_with(f)) {
            return rel.to_string();
        }
        self.folders(rel, book)
    }

    /// The names that are others now.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().chain(&self.rounds).filter(|(old, new)| old != new).map(|(old, _)| old.as_str())
    }
}

/// A round called by year and number says no more than both.
fn plain_round(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | 'r' | 'R')) && name.starts_with(|c: char| c.is_ascii_digit())
}

/// A team called by its number says no more than it.
fn plain_team(id: &str) -> bool {
    let rest = ["team", "zu", "第", "组", "t"].iter().find_map(|p| id.strip_prefix(p)).unwrap_or(id);
    let number = rest.trim_start_matches(['-', '_']).trim_end_matches('组');
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
}

/// The files of records, relative to the casebook, sorted.
fn record_files(book: &Casebook) -> Vec<String> {
    let hidden = |e: &walkdir::DirEntry| e.depth() > 0 && e.file_name().to_string_lossy().starts_with('.');
    let other = |e: &walkdir::DirEntry| {
        let name = e.file_name().to_string_lossy();
        e.file_type().is_dir() && (e.depth() == 1 && RESERVED.contains(&name.as_ref()) && name != "rounds" || name == "files")
    };
    let walk = walkdir::WalkDir::new(&book.root).into_iter().filter_entry(|e| !hidden(e) && !other(e)).flatten();
    let mut out: Vec<String> = walk
        .filter(|e| e.file_type().is_file())
        .filter_map(|e| Some(e.path().strip_prefix(&book.root).ok()?.to_string_lossy().replace('\\', "/")))
        .filter(|rel| yaml_stem(rel).is_some())
        .collect();
    out.sort();
    out
}
