//! The casebook's own settings, `xuncha.toml`: office, defaults, alerts, parameters.

use crate::data;
use crate::finding::Finding;
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
    /// Whether `check` always looks through git's history too.
    pub history: bool,
    /// The persons of the leading group: (role, person).
    pub leading_group: Vec<(String, String)>,
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
        if let Some(k) = t.table_at("coverage") {
            c.covered_by_extension = k.has("extended").then(|| k.names("extended"));
            k.finish();
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
