//! The table of all obligations of a procedure, as `docs/obligations/` shows it.

use std::fmt::Write as _;
use xuncha::assess::rule_words;
use xuncha::kind::Schema;
use xuncha::procedure::compile::actor_title;
use xuncha::procedure::{Obligation, Origin, Procedure, Strength, Subject};
use xuncha::text::{Lang, Text};

/// What is demanded, where it stands, how it is seen, and what the first of its mutants is told: `first` gives what is broken and what is then said.
pub fn of(p: &Procedure, sheets: &str, lang: Lang, first: &dyn Fn(&str) -> Option<(Text, Text)>) -> String {
    let schema = xuncha::kind::load::builtin();
    let put = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_string() } else { en.to_string() };
    let cell = |s: &str| s.replace('|', "\\|").replace('\n', " ⏎ ");
    let (title, n) = (p.title.get(lang).to_string(), p.obligations.len());
    let mut out = put(
        &format!(
            "# {title}：全部事项\n\n共{n}项。每一项弄坏示例案卷的一处记录，看报出什么；本页由规程文件和 `tests/mutants/{sheets}` 生成，改动后运行 \
             `XUNCHA_BLESS=1 cargo test --test mutants`。单个事项：`xuncha explain 编号`。强度：须（错误）、应（警告）、可；推定的和本办自定的只作警告。\n"
        ),
        &format!(
            "# {title}: all obligations\n\n{n} obligations. For each one thing in the example casebook is broken, and what is then said stands beside it. Made from the \
             procedure and `tests/mutants/{sheets}`; after a change run `XUNCHA_BLESS=1 cargo test --test mutants`. One of them: `xuncha explain ID`. What is derived or an office's own is a warning at most.\n"
        ),
    );
    for (i, stage) in p.stages.iter().enumerate() {
        let heads =
            put("| 编号 | 出处 | 要求 | 强度 | 怎样查 | 弄坏一处 | 报出 |", "| id | cite | demands | strength | seen by | broken | said |");
        let _ = write!(out, "\n## {}\n\n{heads}\n|---|---|---|---|---|---|---|\n", stage.title.get(lang));
        for o in p.obligations.iter().filter(|o| o.stage == i) {
            let strength = match o.strength {
                Strength::Must => put("须", "must"),
                Strength::Should => put("应", "should"),
                Strength::May => put("可", "may"),
            };
            let strength = match o.origin {
                Origin::Binding => strength,
                Origin::Derived => put(&format!("{strength}（推定）"), &format!("{strength} (derived)")),
                Origin::Local => put(&format!("{strength}（本办）"), &format!("{strength} (office)")),
            };
            let (broken, said) = match first(&o.id) {
                Some((broken, said)) => (broken.get(lang).to_string(), said.get(lang).to_string()),
                None => ("—".into(), "—".into()),
            };
            let row =
                [&format!("`{}`", o.id), &o.cite, o.text.get(lang), &strength, &seen_by(p, &schema, o, lang), &broken, &said].map(cell);
            let _ = writeln!(out, "| {} |", row.join(" | "));
        }
    }
    out
}

/// How an obligation is verified, in a few words.
fn seen_by(p: &Procedure, schema: &Schema, o: &Obligation, lang: Lang) -> String {
    let put = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let mut parts = Vec::new();
    let looks = !matches!(o.subject, Subject::Scope) || o.require.is_some() || o.event.is_some();
    if looks {
        parts.push(put("记录".into(), "records".into()));
    }
    if let Some(d) = &o.due {
        let from: Vec<&str> = d.from.iter().filter_map(|e| p.event(&e.text)).map(|i| p.events[i].title.get(lang)).collect();
        let rule = d.rule.as_ref().or(d.closes.as_ref()).map_or("", |r| r.text.as_str());
        let words = match rule.strip_prefix("param.").and_then(|id| p.params.iter().find(|x| x.id == id)) {
            Some(param) => param.title.get(lang).to_string(),
            None => rule_words(rule).get(lang).to_string(),
        };
        let from = from.join(&put("、".into(), ", ".into()));
        parts.push(put(format!("期限：{from}起{words}"), format!("due {words} of {from}")));
    }
    if let Some(every) = o.every {
        parts.push(every.title().get(lang).to_string());
    }
    if let Some(who) = &o.confirm {
        let who = actor_title(p, schema, who);
        parts.push(put(format!("{}确认", who.zh), format!("confirmed by {}", who.en)));
    }
    parts.join(&put("；".into(), "; ".into()))
}
