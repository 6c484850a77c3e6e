//! Where a new record belongs and what it is called: the folder by kind and place, the file name by its date or its own number.

use super::names::Where;
use super::{Casebook, write};
use crate::finding::Finding;
use crate::kind::{Fill, Home, KindId, Level, Record, bind};
use crate::say;
use crate::text::{Text, nearest};
use crate::yaml::Tree;
use chrono::NaiveDate;

/// The level, folder and home of a record.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Where records of the kind stand there.
    pub level: Level,
    /// The folder of the casebook, round or case, relative to the casebook.
    pub folder: String,
    /// The round and case.
    pub home: Home,
}

impl Casebook {
    /// The kind that an id, Chinese title or alias means; else a refusal with a suggestion.
    pub fn kind_named(&self, name: &str) -> Result<KindId, Text> {
        let schema = &self.schema;
        if let Some(kind) = schema.find_kind(name.trim()) {
            return Ok(kind);
        }
        let shown = crate::text::safe(name).into_owned();
        let aliases = schema.kinds.iter().flat_map(|k| k.aliases.iter().map(String::as_str));
        let names = schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]).chain(aliases);
        Err(match nearest(name, names) {
            Some(near) => {
                say!("没有 `{shown}` 这类记录；是否指 `{near}`？", "there is no kind of record `{shown}`; did you mean `{near}`?")
            }
            None => {
                let zh = schema.kinds.iter().map(|k| k.title.zh.as_ref()).collect::<Vec<_>>().join("、");
                let en = schema.kinds.iter().map(|k| k.id.as_str()).collect::<Vec<_>>().join(", ");
                say!("没有 `{shown}` 这类记录；可用：{zh}", "there is no kind of record `{shown}`; there are: {en}")
            }
        })
    }

    /// Where a record of `kind` belongs, seen from `place`: as near to it as the kind may stand.
    pub fn spot(&self, kind: KindId, place: &Where) -> Result<Spot, Text> {
        let k = self.schema.kind(kind);
        let (zh, en) = (&k.title.zh, &k.title.en);
        let has = |level| k.levels.contains(&level);
        let place = match place {
            Where::Case(..) if has(Level::Case) => place.clone(),
            Where::Case(round, _) | Where::Round(round) if has(Level::Round) => Where::Round(round.clone()),
            _ if has(Level::Workspace) => Where::Book,
            Where::Round(round) => {
                return Err(say!(
                    "{zh}属于一个案卷，请写明，如 `{round}/单位`",
                    "a record of the kind “{en}” belongs to a case: name it, as in `{round}/UNIT`"
                ));
            }
            _ => {
                return Err(say!(
                    "{zh}属于一个轮次或案卷，请写明 `轮次` 或 `轮次/单位`，或进入它的文件夹",
                    "a record of the kind “{en}” belongs to a round or case: name `ROUND` or `ROUND/UNIT`, or go into its folder"
                ));
            }
        };
        let level = match place {
            Where::Book => Level::Workspace,
            Where::Round(_) => Level::Round,
            Where::Case(..) => Level::Case,
        };
        let home = match &place {
            Where::Book => Home::default(),
            Where::Round(r) => Home { round: r.clone(), case: String::new() },
            Where::Case(r, c) => Home { round: r.clone(), case: c.clone() },
        };
        Ok(Spot { level, folder: place.folder(), home })
    }

    /// The path of a record relative to the casebook.
    pub fn record_path(&self, kind: KindId, spot: &Spot, stem: &str) -> String {
        let k = self.schema.kind(kind);
        let inner = if k.single { format!("{}.yaml", k.id) } else { format!("{}/{stem}.yaml", k.id) };
        super::file::join(&spot.folder, &inner)
    }

    /// The file name (without ending) of a new record, and whether it is its own: its `id`, its code or number, its date and four letters.
    pub fn stem(&self, kind: KindId, fill: &Fill, today: NaiveDate) -> (String, bool) {
        let k = self.schema.kind(kind);
        let shape = self.schema.shape(k.shape);
        let slug = |name: &str| fill.text(shape, name).map(str::trim).filter(|s| crate::kind::bind::slug(s));
        if let Some(id) = slug("id") {
            return (id.to_string(), true);
        }
        if k.single {
            return (k.id.clone(), true);
        }
        let letters = write::random_letters();
        if let Some(date) = k.date {
            let given = fill.text(shape, &shape.fields[date as usize].key).and_then(|t| crate::kind::bind::time(t.trim()));
            let date = given.map_or(today, |(d, _)| d);
            return (format!("{date}-{letters}"), false);
        }
        match (slug("code"), slug("no")) {
            (Some(code), _) => (code.to_string(), true),
            (None, Some(no)) if no.bytes().all(|b| b.is_ascii_digit()) => (format!("{}-{no}", k.id), true),
            (None, Some(no)) => (no.to_string(), true),
            (None, None) => (format!("{}-{letters}", k.id), false),
        }
    }

    /// Reads a text as the reader would read the file `rel`: the record, and everything wrong in it.
    pub fn judge(&self, kind: KindId, rel: &str, home: &Home, text: &str) -> (Option<Record>, Vec<Finding>) {
        let (tree, mut findings) = Tree::parse(rel, text.to_string());
        let Some(tree) = tree else { return (None, findings) };
        let id = rel.rsplit('/').next().unwrap_or(rel).trim_end_matches(".yaml").trim_end_matches(".yml");
        let (record, more) = bind(&self.schema, kind, id, rel, home.clone(), tree);
        findings.extend(more);
        findings.extend(super::integrity::header(&self.schema, &record));
        findings.extend(super::integrity::sealed_files(&self.schema, &record));
        (Some(record), findings)
    }

    /// Whether a path relative to the casebook is taken, by whatever.
    pub fn taken(&self, rel: &str) -> bool {
        self.root.join(rel).symlink_metadata().is_ok()
    }
}
