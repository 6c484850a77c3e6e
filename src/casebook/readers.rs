//! Who may read the sealed fields of a record: by its kind and class, its team, the office, and whom it is about.

use super::config::{Holder, Sealing};
use super::{Casebook, attached, cipher};
use crate::data;
use crate::finding::{Finding, Place};
use crate::kind::{Part, Record, Schema, Val};
use crate::say;
use crate::seal::{self, Public};
use crate::text::{Text, list_text};
use chrono::NaiveDate;
use std::collections::BTreeSet;

const FILE: &str = "templates/sealing.toml";

/// For whom a record is sealed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readers {
    /// Those with a key, by code.
    pub holders: Vec<Holder>,
    /// Members of the team without one.
    pub without: Vec<String>,
}

impl Readers {
    /// The public keys.
    pub fn keys(&self) -> Vec<Public> {
        self.holders.iter().map(|h| h.key.clone()).collect()
    }

    /// The codes.
    pub fn codes(&self) -> Vec<&str> {
        self.holders.iter().map(|h| h.code.as_str()).collect()
    }
}

/// Records whose content goes past the usual readers.
struct Narrow {
    kind: String,
    title: Text,
    has: String,
    field: String,
    values: Vec<String>,
    roles: Vec<String>,
}

/// The rules of `templates/sealing.toml`.
struct Rules {
    usual: Vec<String>,
    narrow: Vec<Narrow>,
    concerned: Vec<(String, String)>,
    means: Vec<(String, Vec<String>)>,
}

fn rules() -> Rules {
    let text = crate::builtin::file(FILE).unwrap_or("");
    let read = |t: data::Table<'_>| Rules {
        usual: t.table_at("usual").map(|u| u.names("roles")).unwrap_or_default(),
        narrow: t
            .tables("narrow")
            .iter()
            .map(|n| Narrow {
                kind: n.need_str("kind").into(),
                title: n.need_text("title"),
                has: n.need_str("has").into(),
                field: n.need_str("field").into(),
                values: n.names("values"),
                roles: n.names("roles"),
            })
            .collect(),
        concerned: t.tables("concerned").iter().map(|c| (c.need_str("kind").into(), c.need_str("field").into())).collect(),
        means: t.tables("means").iter().map(|m| (m.need_str("role").into(), m.names("roles"))).collect(),
    };
    data::parse(FILE, text, read).0
}

/// The readers of a record on a day. Fails where its content may not stand in the casebook, or nobody with a key may read it.
pub fn readers(book: &Casebook, sealing: &Sealing, record: &Record, today: NaiveDate) -> Result<Readers, Text> {
    let rules = rules();
    let team = team(book, record);
    let named: BTreeSet<String> = concerned(book, &rules, record).into_iter().collect();
    let mut about = named.clone();
    for role in &named {
        let more = rules.means.iter().filter(|(r, _)| r == role).flat_map(|(_, m)| m.clone());
        about.extend(more);
    }
    let kind = &book.schema.kind(record.kind).id;
    let narrow = rules.narrow.iter().find(|n| n.kind == *kind && is_narrow(&book.schema, record, n));
    if let Some(n) = narrow.filter(|_| !sealing.direct_content) {
        let (zh, en) = (&n.title.zh, &n.title.en);
        return Err(say!(
            "{zh}的内容不入案卷：留在密封袋里，记录中只写 `paper:登记号`",
            "the content of {en} stays out of the casebook: keep it in its sealed envelope and write `paper:<registry number>`"
        ));
    }
    let member = |code: &str| team.iter().filter(|m| m.person == code).collect::<Vec<_>>();
    let roles = |h: &Holder| -> Vec<String> {
        let led = book.config.leading_group.iter().filter(|(_, p)| *p == h.code).map(|(r, _)| r.clone());
        member(&h.code).iter().map(|m| m.role.clone()).chain(led).chain([h.role.clone()]).collect()
    };
    let on_team = |code: &str| member(code).iter().any(|m| m.left.is_none_or(|d| d >= today));
    let may = |h: &&Holder| {
        let roles = roles(h);
        let wanted = match narrow {
            Some(n) => roles.iter().any(|r| n.roles.contains(r)),
            None => on_team(&h.code) || roles.iter().any(|r| rules.usual.contains(r)),
        };
        wanted && !roles.iter().any(|r| about.contains(r))
    };
    let holders: Vec<Holder> = sealing.people.iter().filter(may).cloned().collect();
    let without: BTreeSet<&str> = match narrow {
        Some(_) => BTreeSet::new(),
        None => team.iter().map(|m| m.person.as_str()).filter(|p| on_team(p) && !sealing.people.iter().any(|h| h.code == *p)).collect(),
    };
    if holders.is_empty() {
        return Err(nobody(book, sealing, narrow, &named));
    }
    Ok(Readers { holders, without: without.into_iter().map(str::to_string).collect() })
}

/// The ciphertext of a record whose content stays on paper under the casebook's settings: there, and should not be.
pub fn on_paper(schema: &Schema, sealing: &Sealing, record: &Record) -> Vec<Finding> {
    let text = record.tree.text();
    if sealing.direct_content || !(text.contains(seal::PREFIX) || text.contains(seal::ARMOR) || text.contains(attached::SEALED)) {
        return Vec::new();
    }
    let kind = &schema.kind(record.kind).id;
    let rules = rules();
    let Some(n) = rules.narrow.iter().find(|n| n.kind == *kind && is_narrow(schema, record, n)) else { return Vec::new() };
    let (zh, en) = (&n.title.zh, &n.title.en);
    let values = cipher::leaves(schema, record).into_iter().filter(|l| !l.plain).map(|l| l.node);
    let files = attached::references(schema, record).into_iter().filter(|r| r.path.ends_with(attached::SEALED)).map(|r| r.at);
    let finding = |node| {
        let place = Place::at(&record.file, record.tree.span(node));
        Finding::error("direct-content", place, say!("这里有{zh}的内容（密文）", "here stands content of {en}, as ciphertext")).help(say!(
            "本案卷的设置是不入案卷：移出，只写 `paper:登记号`；要放在案卷里，须由单位定下 [sealing] direct_content = \"leaders\"，再重新密封",
            "By this casebook's setting it stays out: take it out and write `paper:<registry number>`. If the office decides that it may stand here, it sets [sealing] direct_content = \"leaders\" and seals it anew"
        ))
    };
    values.chain(files).map(finding).collect()
}

fn nobody(book: &Casebook, sealing: &Sealing, narrow: Option<&Narrow>, about: &BTreeSet<String>) -> Text {
    if sealing.people.is_empty() {
        return say!(
            "xuncha.toml 里还没有任何人的公钥；先用 `xuncha keys new` 建钥匙，再用 `xuncha keys add` 登记",
            "xuncha.toml holds nobody's public key yet: make a key with `xuncha keys new` and enter it with `xuncha keys add`"
        );
    }
    let who = match narrow {
        Some(_) => say!("领导小组领导", "the leaders of the leading group"),
        None => say!("本组和巡察办", "the team and the office"),
    };
    let (zh, en) = (who.zh, who.en);
    if about.is_empty() {
        return say!(
            "{zh}中没有人登记了公钥，无人可读；用 `xuncha keys add` 登记，或写 `paper:登记号`",
            "nobody of {en} has a public key, so nobody could read it: enter one with `xuncha keys add`, or write `paper:<registry number>`"
        );
    }
    let titles: Vec<Text> = about.iter().filter_map(|r| book.schema.actor(r)).collect();
    let roles = Text::new(
        list_text(&titles.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>()).zh,
        list_text(&titles.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>()).en,
    );
    let (about_zh, about_en) = (roles.zh, roles.en);
    say!(
        "除去所涉及的人（{about_zh}），{zh}中没有登记了公钥的人；内容留在纸上，写 `paper:登记号`",
        "without those it is about ({about_en}), nobody of {en} has a public key: keep it on paper and write `paper:<registry number>`"
    )
}

fn field<'r>(schema: &Schema, record: &'r Record, key: &str) -> Option<Part<'r>> {
    let i = schema.shape(record.shape).find(key)?;
    record.root().field(i).filter(|p| p.filled())
}

fn is_narrow(schema: &Schema, record: &Record, n: &Narrow) -> bool {
    let code = |p: Part<'_>| match p.val() {
        Val::Enum(e, i) => schema.en(e).values[i as usize].code.clone(),
        _ => p.str().trim().to_string(),
    };
    field(schema, record, &n.has).is_some() || field(schema, record, &n.field).is_some_and(|p| n.values.contains(&code(p)))
}

/// The roles that the record, or a record it refers to, is about.
fn concerned(book: &Casebook, rules: &Rules, record: &Record) -> Vec<String> {
    let named = |r: &Record, key: &str| -> Vec<String> {
        let Some(part) = field(&book.schema, r, key) else { return Vec::new() };
        let code = |p: Part<'_>| match p.val() {
            Val::Enum(e, i) => book.schema.en(e).values[i as usize].code.clone(),
            _ => p.str().trim().to_string(),
        };
        match part.val() {
            Val::List => r.tree.items(part.node).map(|node| code(Part { record: r, node })).collect(),
            _ => vec![code(part)],
        }
    };
    let mut out = Vec::new();
    for (kind, key) in &rules.concerned {
        let Some(kind) = book.schema.find_kind(kind) else { continue };
        if record.kind == kind {
            out.extend(named(record, key));
            continue;
        }
        let ids: Vec<&str> = record
            .vals
            .iter()
            .zip(0..)
            .filter(|(v, _)| **v == Val::Ref)
            .map(|(_, i)| record.tree.str(crate::yaml::NodeId(i)).trim())
            .collect();
        if ids.is_empty() || record.home.case.is_empty() {
            continue;
        }
        let folder = book.read_case(&record.home.round, &record.home.case).folder;
        let refers = |r: &&Record| ids.iter().any(|id| *id == r.id || id.strip_suffix(&r.id).is_some_and(|rest| rest.ends_with('/')));
        out.extend(folder.of(kind).iter().filter(refers).flat_map(|r| named(r, key)));
    }
    out
}

/// One place on a team.
struct Member {
    person: String,
    role: String,
    left: Option<NaiveDate>,
}

/// The members of the team or teams that a record belongs to: its own field says which, else its case; else all of its round.
fn team(book: &Casebook, record: &Record) -> Vec<Member> {
    let (round, case) = (&record.home.round, &record.home.case);
    let Some(kind) = book.schema.find_kind("team").filter(|_| !round.is_empty()) else { return Vec::new() };
    let text = |r: &Record, key: &str| field(&book.schema, r, key).map(|p| p.str().trim().to_string());
    let own = text(record, "team").or_else(|| {
        let cases = book.schema.find_kind("case").filter(|_| !case.is_empty())?;
        let folder = book.read_case(round, case).folder;
        folder.of(cases).first().and_then(|r| text(r, "team"))
    });
    if own.is_none() && !case.is_empty() {
        return Vec::new();
    }
    let folder = book.read_round(round, Some(&[])).folder;
    let teams = folder.of(kind).iter().filter(|t| own.as_ref().is_none_or(|id| t.id == *id));
    teams.flat_map(|t| members(book, t)).collect()
}

fn members(book: &Casebook, team: &Record) -> Vec<Member> {
    let Some(list) = field(&book.schema, team, "members") else { return Vec::new() };
    let one = |node| {
        let part = Part { record: team, node };
        let Val::Map(shape) = part.val() else { return None };
        let get = |key: &str| book.schema.shape(shape).find(key).and_then(|i| part.field(i)).filter(|p| p.filled());
        let role = get("role").map_or(String::new(), |p| match p.val() {
            Val::Enum(e, i) => book.schema.en(e).values[i as usize].code.clone(),
            _ => p.str().trim().to_string(),
        });
        let left = get("left_on").and_then(|p| if let Val::Date(d) = p.val() { Some(d) } else { None });
        Some(Member { person: get("person")?.str().trim().to_string(), role, left })
    };
    team.tree.items(list.node).filter_map(one).collect()
}
