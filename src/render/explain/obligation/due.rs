//! The date by which, in words: from what, by which rule or parameter.

use super::Teller;
use crate::calendar;
use crate::procedure::Src;
use crate::say;
use crate::text::{Lang, Text};

impl Teller<'_> {
    pub(super) fn due(&self) -> Vec<String> {
        let Some(d) = &self.o.due else { return Vec::new() };
        let or = if self.lang == Lang::Zh { "或" } else { " or " };
        let mut from = d.from.iter().map(|s| self.event(&s.text)).collect::<Vec<_>>().join(or);
        if d.from.len() > 1 {
            from = self.pick(say!("{from}（先发生的）", "{from} (whichever is first)"));
        }
        let mut out = Vec::new();
        if let Some(rule) = &d.rule {
            let words = self.pick(self.period(rule, &from));
            out.push(format!("{words}  `{}`", rule.text));
        }
        let edge = |src: &Option<Src>, zh: &str, en: &str| {
            src.as_ref().map(|s| {
                let words = self.period(s, &from);
                let (z, e) = (words.zh, words.en);
                format!("{}  `{}`", self.pick(say!("{zh}:{z}", "{en}: {e}")), s.text)
            })
        };
        out.extend(edge(&d.opens, "最早", "opens"));
        out.extend(edge(&d.closes, "最晚", "closes"));
        if let Some(done) = &d.done {
            out.push(self.pick(say!("办结之日取自", "done on the day of")) + &format!(" `{}`", done.text));
        }
        out
    }

    /// A period, a day or a parameter in words, after an event.
    fn period(&self, src: &Src, from: &str) -> Text {
        if let Some(id) = src.text.strip_prefix("param.") {
            let param = self.p.params.iter().find(|p| p.id == id);
            let title = param.map_or_else(|| Text::same(id), |p| p.title.clone());
            let value = self.config.and_then(|c| c.params.get(id)).map(|(v, _)| v.clone()).or_else(|| param.and_then(|p| p.value.clone()));
            let (zh, en) = (title.zh, title.en);
            return match value {
                Some(v) => say!("自{from}起，参数“{zh}”（{v}）", "{from}, the parameter “{en}” ({v})"),
                None => {
                    let suggest = param.and_then(|p| p.suggest.clone()).unwrap_or_default();
                    say!(
                        "参数“{zh}”未设，因而不计期限；要计，在 xuncha.toml 的 [params] 中设 {id} = \"{suggest}\"（仅供参考）",
                        "the parameter “{en}” is not set, so no date is counted; to count one, set {id} = \"{suggest}\" (only a suggestion) in [params] of xuncha.toml"
                    )
                }
            };
        }
        match calendar::Rule::parse(&src.text) {
            Ok(rule) => {
                let words = rule.describe();
                let back = rule.steps().first().is_some_and(|s| s.n < 0);
                let same = rule.steps().len() == 1 && rule.steps()[0].n == 0;
                let (zh, en) = (words.zh, words.en);
                match (back, same) {
                    (_, true) => say!("{from}{zh}", "{en} as {from}"),
                    (true, _) => say!("{from}{zh}", "{en} {from}"),
                    _ => say!("自{from}起{zh}内", "within {en} {from}"),
                }
            }
            Err(_) => Text::same(&src.text),
        }
    }
}
