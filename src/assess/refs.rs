//! References between records: which record a name means, and names that mean none.

use super::ground::Ground;
use super::unread;
use crate::casebook::Folder;
use crate::finding::{Finding, Place};
use crate::kind::{KindId, Part, Record, Shape, ShapeId, Type, Val};
use crate::say;
use crate::text::{meant, nearest};

/// The record that `id`, written in `from`, names: in its case, then its round, then at the root.
/// `ROUND/UNIT/KIND/ID` and `KIND/ID` name one by its path.
pub fn resolve<'a>(g: &Ground<'a>, from: &Record, kinds: &[KindId], id: &str) -> Option<&'a Record> {
    if let Some((head, last)) = id.rsplit_once('/') {
        return by_path(g, from, head, last);
    }
    // What the head of another round names stands there.
    if from.home.round != g.round.name
        && let Some(round) = g.term_round(&from.home.round)
    {
        return super::across::resolve(g, round, from, kinds, id);
    }
    for kind in kinds {
        if Some(*kind) == g.known.case {
            if let Some(i) = g.case_named(id) {
                return g.case_record(i);
            }
        } else if Some(*kind) == g.known.round {
            if g.round.name == id {
                return g.round_record();
            }
        } else if Some(*kind) == g.known.team {
            if let Some(team) = g.team_named(id) {
                return Some(team);
            }
        } else if let Some(r) = folders(g, from).into_iter().find_map(|f| f.get(*kind, id)) {
            return Some(r);
        }
    }
    if kinds.is_empty() {
        return folders(g, from).into_iter().find_map(|f| f.records.iter().find(|r| r.id == id));
    }
    None
}

/// The folders that a record can name without a path, nearest first; a record of the round reaches into its cases.
fn folders<'a>(g: &Ground<'a>, from: &Record) -> Vec<&'a Folder> {
    let mut out = Vec::new();
    if !from.home.case.is_empty() {
        out.extend(g.case_named(&from.home.case).map(|i| &g.round.cases[i].folder));
    }
    out.push(&g.round.folder);
    if from.home.case.is_empty() {
        out.extend(g.round.cases.iter().map(|c| &c.folder));
    }
    out.push(g.workspace);
    out
}

fn by_path<'a>(g: &Ground<'a>, from: &Record, head: &str, id: &str) -> Option<&'a Record> {
    let parts: Vec<&str> = head.split('/').filter(|p| *p != "rounds").collect();
    let kind = g.book.schema.find_kind(parts.last()?)?;
    let id = id.trim_end_matches(".yaml");
    match parts.as_slice() {
        [_] => folders(g, from).into_iter().find_map(|f| f.get(kind, id)),
        [case, _] => g
            .case_named(case)
            .and_then(|i| g.round.cases[i].folder.get(kind, id))
            .or_else(|| (*case == g.round.name).then(|| g.round.folder.get(kind, id))?),
        [round, case, _] if *round == g.round.name => g.case_named(case).and_then(|i| g.round.cases[i].folder.get(kind, id)),
        _ => None,
    }
}

/// References of a record that name nothing.
pub fn dangling(g: &Ground, record: &Record, out: &mut Vec<Finding>) {
    let root = record.root();
    if let Val::Map(shape) = root.val() {
        walk(g, root, shape, out);
    }
}

/// An obligation named by a waiver or a confirmation, that the procedure does not have: it would have no effect.
pub fn obligation(g: &Ground, record: &Record, out: &mut Vec<Finding>) {
    let p = g.program.procedure;
    let mut named: Vec<Part> = Vec::new();
    if Some(record.kind) == g.known.waiver || Some(record.kind) == g.known.confirmation {
        let field = g.book.schema.shape(record.shape).find("obligation");
        named.extend(field.and_then(|i| record.root().field(i)));
    }
    let header = g.book.schema.shape(record.shape).find("waived").and_then(|i| record.root().field(i));
    for item in header.into_iter().filter(|p| p.val() == Val::List).flat_map(Part::items) {
        let Val::Map(shape) = item.val() else { continue };
        named.extend(g.book.schema.shape(shape).find("rule").and_then(|i| item.field(i)));
    }
    for part in named.into_iter().filter(|p| p.filled()) {
        let id = part.str().trim();
        if p.obligation(id).is_some() {
            continue;
        }
        let shown = crate::text::safe(&crate::text::cut(id, 40)).into_owned();
        let place = Place::at(&record.file, record.tree.span(part.node));
        let mut f = Finding::error(
            "unknown-obligation",
            place,
            say!("规程里没有事项 `{shown}`，这一条不起作用", "the procedure has no obligation `{shown}`: this has no effect"),
        );
        f.help = nearest(&id.to_uppercase(), p.obligations.iter().map(|o| o.id.as_str())).map(meant);
        out.push(f);
    }
}

fn walk(g: &Ground, map: Part, shape: ShapeId, out: &mut Vec<Finding>) {
    let fields: &Shape = g.book.schema.shape(shape);
    for entry in map.record.tree.entries(map.node) {
        let Val::Key(index) = map.record.vals[entry.key_id.0 as usize] else { continue };
        let field = &fields.fields[index as usize];
        value(g, Part { record: map.record, node: entry.value }, &field.ty, out);
    }
}

fn value(g: &Ground, part: Part, ty: &Type, out: &mut Vec<Finding>) {
    match (ty, part.val()) {
        (Type::List(inner), Val::List) => part.items().for_each(|i| value(g, i, inner, out)),
        (Type::Map(_), Val::Map(shape)) => walk(g, part, shape, out),
        (Type::Ref(kinds), Val::Ref) => check(g, part, kinds, out),
        _ => {}
    }
}

fn check(g: &Ground, part: Part, kinds: &[KindId], out: &mut Vec<Finding>) {
    let id = part.str().trim();
    if id.is_empty() || resolve(g, part.record, kinds, id).is_some() || elsewhere(g, id) {
        return;
    }
    let schema = &g.book.schema;
    let shown = crate::text::safe(&crate::text::cut(id, 40)).into_owned();
    let title = schema.type_title(&Type::Ref(kinds.to_vec()));
    let (zh, en) = (title.zh.trim_end_matches("的编号").to_string(), title.en.trim_start_matches("the id of: ").to_string());
    let place = Place::at(&part.record.file, part.record.tree.span(part.node));
    let mut f = Finding::error("dangling-ref", place, say!("没有编号为 `{shown}` 的{zh}", "there is no record `{shown}` ({en})"));
    let known: Vec<&str> =
        folders(g, part.record).into_iter().flat_map(|f| kinds.iter().flat_map(|k| f.of(*k))).map(|r| r.id.as_str()).collect();
    f.help = match nearest(id, known) {
        Some(near) => Some(meant(near)),
        None => Some(say!(
            "编号就是文件名（不带 .yaml）；别的案卷的记录写成 `轮次/单位/类别/编号`",
            "an id is a file name without .yaml; a record of another case is `ROUND/UNIT/KIND/ID`"
        )),
    };
    f.waits = unread::named(g, part.record, kinds, id).map(str::to_string);
    out.push(f);
}

/// A record of another round or case, named by its path, that is there on disk; or the round or case itself.
fn elsewhere(g: &Ground, id: &str) -> bool {
    let path = id.strip_prefix("rounds/").unwrap_or(id);
    if path.split('/').any(|p| p.is_empty() || p == "..") {
        return false;
    }
    let base = g.book.root.join("rounds");
    base.join(path).is_dir() || (path.contains('/') && (base.join(format!("{path}.yaml")).is_file() || base.join(path).is_file()))
}
