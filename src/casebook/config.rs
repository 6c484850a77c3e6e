//! The casebook's own settings, `xuncha.toml`: office, defaults, alerts, parameters.

use crate::data::{self, Table};
use crate::finding::Finding;
use crate::kind::Secrecy;
use crate::say;
use crate::seal::Public;
use crate::text::Lang;
use std::collections::BTreeMap;

/// What `xuncha.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The inspection office's name.
    pub office: String,
    /// The procedure of new rounds.
    pub procedure: Option<String>,
    /// The language of messages and of new records.
    pub language: Option<Lang>,
    /// From how many days before a due date it counts as due soon.
    pub due_soon: Option<i64>,
    /// The office's own numbers, by the procedure's parameter id, with the place of each.
    pub params: BTreeMap<String, (String, (usize, usize))>,
    /// Below which a number is withheld from public statistics.
    pub mask_below: Option<i64>,
    /// The levels at which a unit counts as covered when an inspection of another reached it.
    pub covered_by_extension: Option<Vec<String>>,
    /// What the guard lets through.
    pub guard: Guard,
    /// Whether `check` always looks through git's history too.
    pub history: bool,
    /// The persons of the leading group: (role, person).
    pub leading_group: Vec<(String, String)>,
    /// For whom fields are sealed.
    pub sealing: Sealing,
}

/// For whom fields are sealed.
#[derive(Clone, Debug, Default)]
pub struct Sealing {
    /// Whether the content of a direct-delivery item may stand in the casebook, sealed for the leaders of the leading group alone.
    pub direct_content: bool,
    /// The persons with a key.
    pub people: Vec<Holder>,
}

/// A person with a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The person's code, as in `person/`.
    pub code: String,
    /// The role outside the teams; a team's members are known by its record.
    pub role: String,
    /// The public half.
    pub key: Public,
}

fn sealing(t: &Table) -> Sealing {
    let mut out =
        Sealing { direct_content: t.word("direct_content", &[("paper", false), ("leaders", true)]).unwrap_or(false), people: Vec::new() };
    let roles = crate::kind::load::builtin();
    let roles = roles.find_enum("role").map(|e| roles.en(e).clone());
    for p in t.tables("person") {
        let (code, role, key) = (p.need_str("code"), p.need_str("role"), p.need_str("key"));
        let known = roles.as_ref().and_then(|e| e.find(role).map(|i| e.values[i as usize].code.clone()));
        if known.is_none() && !role.is_empty() {
            let shown = crate::text::safe(role).into_owned();
            p.error("data-word", p.place("role"), say!("没有角色 `{shown}`", "there is no role `{shown}`"));
        }
        let public = Public::parse(key);
        if public.is_none() && !key.is_empty() {
            p.error(
                "sealing-key",
                p.place("key"),
                say!(
                    "这不是公钥：应为 `age1` 开头的一串，可能抄漏或抄错",
                    "this is no public key: it begins with `age1`, and may have been copied badly"
                ),
            );
        }
        if out.people.iter().any(|h| h.code == code) {
            let shown = crate::text::safe(code).into_owned();
            p.error("sealing-key", p.place("code"), say!("{shown} 的钥匙写了两次", "{shown} has two keys"));
        } else if let (Some(role), Some(key), false) = (known, public, code.is_empty()) {
            out.people.push(Holder { code: code.to_string(), role, key });
        }
        p.finish();
    }
    out
}

/// What `[guard]` says: what may go into git.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guard {
    /// The highest secrecy of what this casebook may hold; none where the office has not said.
    pub secrecy: Option<Secrecy>,
    /// The largest attachment, in MB.
    pub attachment_mb: Option<i64>,
    /// What somebody has looked at and found harmless: (file, code).
    pub accepted: Vec<(String, String)>,
}

/// Reads the settings; what is wrong in them is reported and left out, the rest stands.
pub fn read(file: &str, text: &str) -> (Config, Vec<Finding>) {
    data::parse(file, text, |t| {
        let mut c = Config::default();
        if let Some(o) = t.table_at("office") {
            c.office = o.str("name").unwrap_or("").to_string();
            o.str("level");
            o.str("director");
            o.int("team_count");
            for member in o.tables("leading_group") {
                c.leading_group.push((member.need_str("role").to_string(), member.need_str("person").to_string()));
                member.finish();
            }
            o.finish();
        }
        if let Some(d) = t.table_at("defaults") {
            c.procedure = d.str("procedure").map(str::to_string);
            c.language = d.word("language", &[("zh", Lang::Zh), ("en", Lang::En)]);
            d.finish();
        }
        if let Some(a) = t.table_at("alerts") {
            c.due_soon = a.int("due_soon").filter(|n| (0..=366).contains(n));
            a.finish();
        }
        if let Some(s) = t.table_at("stats") {
            let place = s.place("mask_below");
            c.mask_below = s.int("mask_below");
            if c.mask_below.is_some_and(|n| !(1..=1000).contains(&n)) {
                s.error("data-range", place, crate::say!("`mask_below` 应在 1 到 1000 之间", "`mask_below` should be from 1 to 1000"));
                c.mask_below = None;
            }
            s.finish();
        }
        if let Some(g) = t.table_at("guard") {
            c.guard.secrecy = g.word("secrecy", &Secrecy::WORDS[..3]);
            let place = g.place("attachment_mb");
            c.guard.attachment_mb = g.int("attachment_mb");
            if c.guard.attachment_mb.is_some_and(|n| !(1..=1000).contains(&n)) {
                g.error(
                    "data-range",
                    place,
                    crate::say!("`attachment_mb` 应在 1 到 1000 之间", "`attachment_mb` should be from 1 to 1000"),
                );
                c.guard.attachment_mb = None;
            }
            for a in g.tables("accept") {
                c.guard.accepted.push((a.need_str("file").to_string(), a.need_str("code").to_string()));
                a.need_str("reason");
                a.finish();
            }
            g.finish();
        }
        if let Some(k) = t.table_at("coverage") {
            c.covered_by_extension = k.has("extended").then(|| k.names("extended"));
            k.finish();
        }
        if let Some(s) = t.table_at("sealing") {
            c.sealing = sealing(&s);
            s.finish();
        }
        if let Some(h) = t.table_at("history") {
            c.history = h.bool("check").unwrap_or(false);
            h.finish();
        }
        if let Some(p) = t.table_at("params") {
            for (key, _) in p.keys() {
                let place = p.place(key);
                let value = match p.type_of(key) {
                    Some("integer") => p.int(key).map(|n| n.to_string()),
                    _ => p.str(key).map(str::to_string),
                };
                if let Some(value) = value {
                    c.params.insert(key.to_string(), (value, (place.start, place.end)));
                }
            }
        }
        t.finish();
        c
    })
}

/// The settings file of a new casebook, commented in its language.
pub fn template(office: &str, procedure: &str, lang: Lang) -> String {
    let quote = |s: &str| toml::Value::String(s.to_string()).to_string();
    let (office, procedure) = (quote(office), quote(procedure));
    match lang {
        Lang::Zh => format!(
            "# 巡察案卷的设置。本文件所在的文件夹就是案卷。\n\n[office]\nname = {office}\n\n[defaults]\nprocedure = {procedure}   # 新建轮次所用规程\nlanguage = \"zh\"\n\n[alerts]\ndue_soon = 7   # 到期前几天起算“临近到期”\n\n# 规程里留给各地自定的数，不填则相应事项报告为“未设置”。\n# xuncha procedure show {procedure} 列出全部参数。\n[params]\n# team_meeting_interval = \"7d\"\n"
        ),
        Lang::En => format!(
            "# The settings of this casebook. The folder with this file is the casebook.\n\n[office]\nname = {office}\n\n[defaults]\nprocedure = {procedure}   # the procedure of new rounds\nlanguage = \"en\"\n\n[alerts]\ndue_soon = 7   # from how many days before its due date something is due soon\n\n# Numbers that the procedure leaves to the office; without a value, what uses one is reported as not set.\n# xuncha procedure show {procedure} lists them.\n[params]\n# team_meeting_interval = \"7d\"\n"
        ),
    }
}
