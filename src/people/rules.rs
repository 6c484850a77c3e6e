//! Who may sit in a team, and what is weighed where nothing decides: `templates/people.toml`, and the casebook's own `people.toml` over it.

use crate::builtin;
use crate::casebook::Casebook;
use crate::data::{self, Table};
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, nearest};

const BUILT_IN: &str = "templates/people.toml";
const OWN: &str = "people.toml";

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The pool of the person is none of the seat's.
    Pool,
    /// Not in the pool at present.
    Inactive,
    /// Does not qualify.
    Unqualified,
    /// A line of the vetting says no.
    Vetting,
    /// The round has a record of training, and the person attended none.
    Untrained,
    /// Sits in another team of the round.
    Taken,
    /// Works there.
    Home,
    /// A tie of these relations.
    Tie,
    /// A place of the person is in the unit's name.
    Place,
    /// A recusal that the person declared.
    Declared,
    /// A recusal that the inspected unit asked for.
    Objected,
    /// A tie to the body above, or work there.
    Above,
    /// Led a team there before.
    Led,
    /// Led a team in the round before.
    LedLast,
    /// Not free of the home unit.
    Attached,
    /// Borrowed.
    Borrowed,
}

const TESTS: [(&str, Test); 16] = [
    ("pool", Test::Pool),
    ("inactive", Test::Inactive),
    ("unqualified", Test::Unqualified),
    ("vetting", Test::Vetting),
    ("untrained", Test::Untrained),
    ("taken", Test::Taken),
    ("home", Test::Home),
    ("tie", Test::Tie),
    ("place", Test::Place),
    ("declared", Test::Declared),
    ("objected", Test::Objected),
    ("above", Test::Above),
    ("led", Test::Led),
    ("led_last", Test::LedLast),
    ("attached", Test::Attached),
    ("borrowed", Test::Borrowed),
];

impl Test {
    /// Whether it asks about a person and a unit; the others ask about the person alone.
    pub fn of_unit(self) -> bool {
        use Test::*;
        matches!(self, Home | Tie | Place | Declared | Objected | Above | Led)
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Keeps a person out.
    Hard,
    /// Costs.
    Soft,
    /// Is not looked at.
    Off,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it asks.
    pub title: Text,
    /// Where it stands.
    pub cite: Text,
    /// What it looks at.
    pub test: Test,
    /// What it does.
    pub strength: Strength,
    /// The seats that it is for; all where none is named.
    pub roles: Vec<String>,
    /// The relations of a tie.
    pub relations: Vec<String>,
    /// Only what ended less than so many years ago.
    pub within: Option<i64>,
    /// Or lasted more than so many years.
    pub longer: Option<i64>,
    /// What it costs where it is soft.
    pub cost: i64,
}

/// A post of a team and the pools that it is filled from.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The role.
    pub role: String,
    /// Codes of pools, the first preferred.
    pub pools: Vec<String>,
}

/// The costs of what is weighed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weights {
    /// Another source system than the seat wishes.
    pub system: i64,
    /// A later pool.
    pub pool: i64,
    /// Each round served.
    pub turn: i64,
    /// Served in the round before.
    pub last: i64,
    /// The other half of the ages.
    pub age: i64,
    /// Another specialty.
    pub specialty: i64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// The posts; the last is that of all other members.
    pub seats: Vec<Seat>,
    /// Members of a team.
    pub size: i64,
    /// What is weighed.
    pub weights: Weights,
}

/// The role of those who hold no post.
pub const MEMBER: &str = "member";

impl Rules {
    /// The rules of a casebook, and what is wrong in its file.
    pub fn load(book: &Casebook) -> (Rules, Vec<Finding>) {
        let mut out = Rules::default();
        let mut findings = read(BUILT_IN, builtin::file(BUILT_IN).unwrap_or(""), book, &mut out);
        if std::fs::symlink_metadata(book.root.join(OWN)).is_ok() {
            match crate::casebook::file::read_text(&book.root.join(OWN), OWN) {
                Ok(text) => findings.extend(read(OWN, &text, book, &mut out)),
                Err(f) => findings.push(*f),
            }
        }
        (out, findings)
    }

    /// The pools of a role.
    pub fn pools(&self, role: &str) -> &[String] {
        self.seats.iter().find(|s| s.role == role).map_or(&[], |s| &s.pools)
    }

    /// The roles of the seats of a team of that size: each post once, the rest members.
    pub fn roles(&self, size: usize) -> Vec<&str> {
        let posts = self.seats.iter().map(|s| s.role.as_str()).filter(|r| *r != MEMBER);
        posts.chain(std::iter::repeat(MEMBER)).take(size).collect()
    }
}

fn read(file: &str, text: &str, book: &Casebook, out: &mut Rules) -> Vec<Finding> {
    let ((), findings) = data::parse(file, text, |t| {
        for (id, range) in t.strs("strike") {
            match out.rules.iter().position(|r| r.id == id) {
                Some(i) => drop(out.rules.remove(i)),
                None => {
                    let shown = crate::text::safe(id).into_owned();
                    let message = say!("没有规则 `{shown}`", "there is no rule `{shown}`");
                    let mut f = Finding::error("people-unknown", Place::at(file, range), message);
                    f.help = nearest(id, out.rules.iter().map(|r| r.id.as_str())).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
                    t.report(f);
                }
            }
        }
        if let Some(n) = number(&t, "size", 1, 100) {
            out.size = n;
        }
        let seats: Vec<Seat> = t.tables("seat").into_iter().map(|s| seat(s, book)).collect();
        if !seats.is_empty() {
            out.seats = seats;
        }
        if let Some(w) = t.table_at("weights") {
            let set = |key: &str, at: &mut i64| {
                if let Some(n) = number(&w, key, 0, 100_000) {
                    *at = n;
                }
            };
            set("system", &mut out.weights.system);
            set("pool", &mut out.weights.pool);
            set("turn", &mut out.weights.turn);
            set("last", &mut out.weights.last);
            set("age", &mut out.weights.age);
            set("specialty", &mut out.weights.specialty);
            w.finish();
        }
        for r in t.tables("rule") {
            if let Some(rule) = rule(&r, book) {
                match out.rules.iter().position(|o| o.id == rule.id) {
                    Some(i) => out.rules[i] = rule,
                    None => out.rules.push(rule),
                }
            }
            r.finish();
        }
        t.finish();
    });
    findings
}

fn number(t: &Table, key: &str, least: i64, most: i64) -> Option<i64> {
    let place = t.place(key);
    let n = t.int(key)?;
    if !(least..=most).contains(&n) {
        t.error("data-range", place, say!("`{key}` 应在 {least} 到 {most} 之间", "`{key}` should be from {least} to {most}"));
        return None;
    }
    Some(n)
}

/// Codes of an enumeration; reports what is none.
fn codes(t: &Table, key: &str, set: &str, book: &Casebook) -> Vec<String> {
    let known = book.schema.find_enum(set).map(|e| book.schema.en(e));
    let known: Vec<&str> = known.iter().flat_map(|e| &e.values).map(|v| v.code.as_str()).collect();
    let mut out = Vec::new();
    for (code, range) in t.strs(key) {
        if known.contains(&code) {
            out.push(code.to_string());
            continue;
        }
        let (shown, list) = (crate::text::safe(code).into_owned(), known.join(" | "));
        t.error("data-word", range, say!("`{key}` 不能有 `{shown}`，可用：{list}", "`{key}` cannot hold `{shown}`; it is of {list}"));
    }
    out
}

fn seat(t: Table, book: &Casebook) -> Seat {
    let seat = Seat { role: t.need_str("role").to_string(), pools: codes(&t, "pools", "person_pool", book) };
    t.finish();
    seat
}

fn rule(t: &Table, book: &Casebook) -> Option<Rule> {
    let id = t.need_str("id").to_string();
    let strength = [("hard", Strength::Hard), ("soft", Strength::Soft), ("off", Strength::Off)];
    if !t.has("test") {
        t.missing("test");
    }
    let rule = Rule {
        id,
        title: t.need_text("title"),
        cite: t.need_text("cite"),
        test: t.word("test", &TESTS)?,
        strength: t.word("strength", &strength).unwrap_or(Strength::Hard),
        roles: codes(t, "roles", "member_role", book),
        relations: codes(t, "relations", "recusal_ground", book),
        within: number(t, "within_years", 0, 100),
        longer: number(t, "longer_years", 0, 100),
        cost: number(t, "cost", 0, 100_000).unwrap_or(0),
    };
    Some(rule)
}
