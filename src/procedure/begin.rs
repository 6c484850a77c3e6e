//! The text of a procedure of one's own: what it extends, and commented samples of striking, setting, changing, replacing and adding, taken from that.

use super::model::*;
use super::show;
use crate::text::{Lang, Text};
use chrono::NaiveDate;
use serde_json::{Map, Value};

/// A file that extends `base` and changes nothing yet. Its samples are true as they stand: without the `# ` before them they lint clean.
pub fn template(id: &str, base: &Procedure, today: NaiveDate, lang: Lang) -> String {
    let pick = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    let (from, title) = (&base.id, base.title.get(lang));
    let mut out = match lang {
        Lang::Zh => format!(
            "# 本单位自己的规程，在 {from}（{title}）上改；没有写到的，全部照原规程。\n\
             # 以 `# ` 开头的样例都取自原规程：去掉 `# ` 就生效，再改成本单位的。\n#\n\
             #   xuncha procedure lint {id}                                核对这个文件\n\
             #   xuncha procedure diff {from} {id} --format html > 对照.html   与原规程的对照表，可以打印\n\
             #   xuncha new-round 轮次 --procedure {id}                    用于新的轮次；已建的轮次仍按各自固定的规程\n"
        ),
        Lang::En => format!(
            "# The office's own procedure, on top of {from} ({title}): whatever is not written here stays as it is there.\n\
             # The samples behind `# ` are taken from it: without the `# ` they are in force, then make them your own.\n#\n\
             #   xuncha procedure lint {id}                                 checks this file\n\
             #   xuncha procedure diff {from} {id} --format html > diff.html   both side by side, to be printed\n\
             #   xuncha new-round ROUND --procedure {id}                    for a new round; a round that exists keeps the procedure pinned into it\n"
        ),
    };
    out.push_str(&format!("id = {}\nextends = {}\n", quoted(id), quoted(from)));
    out.push_str(&format!("title = {}\n", "{ zh = \"（规程名称）\", en = \"(title of the procedure)\" }"));
    out.push_str(&format!("issuer = {}\nissued = {today}\n", quoted(&pick("（发文单位）", "(issuer)"))));
    out.push_str(&format!("basis = [{}]\n", quoted(&pick("（依据的文件，写名称和文号）", "(the document it rests on, with its number)"))));
    let mut part = |words: String, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        out.push_str(&format!("\n# ---- {words}\n"));
        for line in lines {
            out.push_str(format!("# {line}").trim_end());
            out.push('\n');
        }
    };
    part(
        pick(
            "取消：不沿用的事项写编号；原规程全部事项用 xuncha procedure show 列出",
            "Strike: ids that do not apply here; xuncha procedure show lists them all",
        ),
        strike(base),
    );
    part(
        pick(
            "参数：原规程留给各地自定的数，设了 value 才核对；也可以写在 xuncha.toml 的 [params]",
            "Parameters: numbers left to the office, in force once they have a value; [params] of xuncha.toml sets them too",
        ),
        params(base, lang),
    );
    part(
        pick(
            "修改：只写要改的键，其余照旧；本单位文件明文规定的，cite 写本单位的条款",
            "Change: only the keys that change; where a document of your own says so, cite it",
        ),
        change(base, lang),
    );
    part(
        pick(
            "替换：编号与原规程相同的 [[obligation]] 整项代替原来的，所有的键都要写",
            "Replace: an [[obligation]] with an id of the base takes its place, all keys written out",
        ),
        replace(base),
    );
    part(
        pick(
            "新增：新的编号；只由人确认的写 confirm，能从记录看出的写 artifact、each 或 require",
            "Add: a new id; confirm where only a person can tell, artifact, each or require where records show it",
        ),
        add(base, lang),
    );
    out
}

fn quoted(s: &str) -> String {
    toml::Value::String(s.to_string()).to_string()
}

fn strike(base: &Procedure) -> Vec<String> {
    let optional = base.obligations.iter().find(|o| o.strength == Strength::May).or(base.obligations.last());
    optional.map(|o| format!("strike = [{}]", quoted(&o.id))).into_iter().collect()
}

fn params(base: &Procedure, lang: Lang) -> Vec<String> {
    let mut out = Vec::new();
    for p in base.params.iter().filter(|p| p.value.is_none()) {
        let Value::Object(m) = show::param(p) else { continue };
        out.push("[[param]]".to_string());
        out.extend(lines(&m, &["suggest"]));
        // A number that nobody has suggested is not made up.
        out.push(match (p.ty, &p.suggest) {
            (ParamType::Number, Some(n)) if n.parse::<f64>().is_ok() => format!("value = {n}"),
            (_, Some(s)) => format!("value = {}", quoted(s)),
            (_, None) => Text::new("  value 由本单位定", "  value: for the office to set").get(lang).to_string(),
        });
        out.push(String::new());
    }
    out.pop();
    out
}

fn change(base: &Procedure, lang: Lang) -> Vec<String> {
    let dated = |o: &&Obligation| o.due.as_ref().is_some_and(|d| d.rule.is_some() && !d.from.is_empty() && d.done.is_none());
    let Some(o) = base.obligations.iter().rfind(dated) else { return Vec::new() };
    let all = show::obligation(base, o);
    let keep: Map<String, Value> = all.into_iter().filter(|(k, _)| ["id", "text", "due"].contains(&k.as_str())).collect();
    let mut out = vec!["[[change]]".to_string()];
    out.extend(lines(&keep, &[]));
    out.push(format!("cite = {}", quoted(Text::new("（本单位文件的条款）", "(article of your own document)").get(lang))));
    out
}

fn replace(base: &Procedure) -> Vec<String> {
    let simple = base.obligations.iter().filter(|o| matches!(o.subject, Subject::Artifact(_)));
    let Some(o) = simple.min_by_key(|o| show::obligation(base, o).len()) else { return Vec::new() };
    let mut out = vec!["[[obligation]]".to_string()];
    out.extend(lines(&show::obligation(base, o), &[]));
    out
}

fn add(base: &Procedure, lang: Lang) -> Vec<String> {
    let Some(stage) = base.stages.first() else { return Vec::new() };
    let pick = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    vec![
        "[[obligation]]".to_string(),
        "id = \"OWN-01\"".to_string(),
        format!("cite = {}", quoted(&pick("（本单位文件的条款）", "(article of your own document)"))),
        format!("stage = {}", quoted(&stage.id)),
        "strength = \"should\"".to_string(),
        format!(
            "origin = \"local\"   # {}",
            pick("自定的最多是警告；文件明文规定的删去这一行", "a warning at most; leave this line out where a document says so")
        ),
        "actor = \"office\"".to_string(),
        "text = { zh = \"（要求什么）\", en = \"(what is demanded)\" }".to_string(),
        "confirm = \"office_director\"".to_string(),
    ]
}

/// Keys and values as a data file writes them.
fn lines(m: &Map<String, Value>, without: &[&str]) -> Vec<String> {
    let told = m.iter().filter(|(k, _)| !without.contains(&k.as_str()));
    told.filter_map(|(k, v)| Some(format!("{k} = {}", toml::Value::try_from(v).ok()?))).collect()
}
