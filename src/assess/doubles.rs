//! What must be there only once: running numbers within a kind, units in the register, members of a round.

use super::ground::Ground;
use crate::casebook::{Casebook, Folder};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Part, Record, Type, Val};
use crate::say;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Running numbers that two records of one kind and folder both bear: after a merge, as a rule.
pub fn numbers(g: &Ground, folder: &Folder, out: &mut Vec<Finding>) {
    let schema = &g.book.schema;
    let mut seen: HashMap<(u16, &str, String), &Record> = HashMap::new();
    for record in &folder.records {
        for key in ["no", "ledger_no"] {
            let shape = schema.shape(record.shape);
            let Some(index) = shape.find(key) else { continue };
            let whole = shape.fields[index as usize].ty == Type::Int || key == "ledger_no";
            let Some(part) = record.root().field(index).filter(|p| whole && matches!(p.val(), Val::Int(_) | Val::Text)) else { continue };
            let number = part.str().trim().to_string();
            if let Some(first) = seen.get(&(record.kind.0, key, number.clone())) {
                let title = &schema.kind(record.kind).title;
                let (zh, en) = (&title.zh, &title.en);
                let file = &first.file;
                out.push(
                    Finding::error(
                        "duplicate-number",
                        place(part),
                        say!("{zh}编号 {number} 重复，另一份是 {file}", "number {number} of {en} is taken twice, also in {file}"),
                    )
                    .help(say!(
                        "合并后常见：核对原件后改正其中一份的编号",
                        "common after a merge: compare the originals and correct one of them"
                    )),
                );
            } else {
                seen.insert((record.kind.0, key, number), record);
            }
        }
    }
}

/// Units that stand twice in the register, by code or name.
pub fn workspace(book: &Casebook, folder: &Folder) -> Vec<Finding> {
    let mut out = Vec::new();
    let schema = &book.schema;
    let Some(unit) = schema.find_kind("unit") else { return out };
    for key in ["code", "name"] {
        let Some(index) = schema.shape_of(unit).find(key) else { continue };
        let label = &schema.shape_of(unit).fields[index as usize].label;
        let (zh, en) = (&label.zh, &label.en);
        let mut seen: HashMap<&str, &Record> = HashMap::new();
        for record in folder.of(unit) {
            let Some(part) = record.root().field(index).filter(|p| matches!(p.val(), Val::Text)) else { continue };
            let value = part.str().trim();
            if let Some(first) = seen.insert(value, record) {
                let file = &first.file;
                let what = say!("{zh}“{value}”重复，另一份是 {file}", "the unit's {en} “{value}” stands twice, also in {file}");
                let help = match key {
                    "code" => say!(
                        "是两个单位的，给其中一个另编代码；是同一个的，合并两份",
                        "two units: give one of them another code; one unit: merge the files"
                    ),
                    _ => say!(
                        "是同一个单位的，合并两份；不是的，名称写全以便分清",
                        "one unit: merge the files; two: write their names in full"
                    ),
                };
                out.push(Finding::new(Severity::Error, "duplicate-unit", place(part), what).help(help));
            }
        }
    }
    out
}

/// Members who stand in two teams of the round, or twice in one, on the same day.
pub fn members(g: &Ground, out: &mut Vec<Finding>) {
    let mut seen: HashMap<&str, Vec<Member>> = HashMap::new();
    for team in g.teams() {
        let Some(list) = g.part(team, "members") else { continue };
        for member in list.items().filter_map(|part| Member::of(g, team, part)) {
            let earlier = seen.entry(member.name.str().trim()).or_default();
            if let Some(other) = earlier.iter().rfind(|o| o.meets(&member)) {
                let (who, file) = (member.name.str().trim(), &other.team.file);
                let what = match other.team.id == team.id {
                    true => say!("`{who}` 在本组列了两次", "`{who}` is listed twice in this team"),
                    false => say!("`{who}` 同时在两个组，另一个是 {file}", "`{who}` is in two teams at once, the other in {file}"),
                };
                let help = say!(
                    "留在一个组；中途换组的，写明离组日期和到组日期",
                    "leave one of them out; for a change of team give the day of leaving and of joining"
                );
                out.push(Finding::new(Severity::Warning, "member-twice", place(member.name), what).help(help));
            }
            earlier.push(member);
        }
    }
}

/// A person's time in a team.
struct Member<'a> {
    team: &'a Record,
    name: Part<'a>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl<'a> Member<'a> {
    fn of(g: &Ground<'a>, team: &'a Record, part: Part<'a>) -> Option<Member<'a>> {
        let Val::Map(shape) = part.val() else { return None };
        let field = |key: &str| part.field(g.book.schema.shape(shape).find(key)?);
        let day = |key: &str| match field(key)?.val() {
            Val::Date(d) => Some(d),
            _ => None,
        };
        let name = field("person").filter(|p| matches!(p.val(), Val::Ref))?;
        Some(Member { team, name, from: day("joined_on"), to: day("left_on") })
    }

    /// Whether there is a day on which both hold. The day of leaving is the other team's.
    fn meets(&self, other: &Member) -> bool {
        let before = |a: &Member, b: &Member| a.to.zip(b.from).is_some_and(|(to, from)| to <= from);
        !before(self, other) && !before(other, self)
    }
}

fn place(part: Part) -> Place {
    Place::at(&part.record.file, part.record.tree.span(part.node))
}
