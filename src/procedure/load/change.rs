//! `[[change]]`: some keys of an obligation that an extended procedure has, the others as they were; knows no expression.

use super::Reader;
use crate::data::Table;
use crate::procedure::*;
use crate::say;

impl Reader<'_> {
    pub(super) fn changes(&mut self) {
        for t in self.t.tables("change") {
            let ids = t.strs("id");
            if ids.is_empty() {
                t.missing("id");
            }
            let mut found = false;
            for (id, range) in ids {
                match self.p.obligations.iter().position(|o| o.id == id) {
                    Some(i) => {
                        self.p.obligations[i] = self.changed(&t, &self.p.obligations[i]);
                        found = true;
                    }
                    None => self.unknown(
                        "procedure-change",
                        id,
                        range,
                        say!("要修改的事项 `{id}` 不存在", "the obligation to change, `{id}`, does not exist"),
                        self.p.obligations.iter().map(|o| o.id.as_str()),
                    ),
                }
            }
            // Nobody has asked for the keys of a change of nothing: they are not unknown.
            if found {
                t.finish();
            }
        }
    }

    fn changed(&self, t: &Table, old: &Obligation) -> Obligation {
        let new = self.obligation(t, Some(old));
        let mut o = old.clone();
        macro_rules! take {
            ($($field:ident: $($key:literal)+;)*) => {
                $(if [$($key),+].into_iter().any(|key| t.has(key)) { o.$field = new.$field; })*
            };
        }
        for key in ["filings", "submit_to", "cc", "sent_to"].into_iter().filter(|key| t.has(key)) {
            o.recipients.retain(|r| r.key != key);
            o.recipients.extend(new.recipients.iter().filter(|r| r.key == key).cloned());
        }
        take! {
            cite: "cite"; text: "text"; stage: "stage"; gate: "gate" "stage"; strength: "strength"; origin: "origin"; scope: "scope";
            every: "every"; mend: "mend"; made_by: "made_by";
            actor: "actor"; when: "when"; help: "help"; subject: "artifact" "each"; filter: "where"; count: "count"; per: "per"; by: "by";
            nil: "nil"; event: "event"; require: "require"; at: "at"; says: "says"; sections: "sections"; sections_at: "sections_at";
            approvals: "approvals"; approvals_at: "approvals_at"; approved_by: "approved_by"; signatures: "signatures"; copies: "copies";
            date: "date"; dateless: "date"; before: "before"; after: "after"; same_day: "same_day"; due: "due"; confirm: "confirm"; archive: "archive";
        }
        o.names_at.retain(|(key, _)| !t.has(key));
        o.names_at.extend(new.names_at);
        o.place = new.place;
        o
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;

    const BASE: &str = "id = \"b\"\ntitle = { zh = \"本\", en = \"B\" }\n[[stage]]\nid = \"s\"\ntitle = { zh = \"段\", en = \"S\" }\n\
        [[event]]\nid = \"e\"\ntitle = { zh = \"节\", en = \"E\" }\n\
        [[obligation]]\nid = \"B-1\"\ncite = \"一\"\nstage = \"s\"\nstrength = \"must\"\ntext = { zh = \"甲\", en = \"A\" }\nartifact = \"interview\"\n\
        due = { from = \"e\", rule = \"+2m\" }\nfilings = [\"office\"]\ncc = [\"county_committee\"]\n";

    fn changed(tail: &str) -> (crate::procedure::Procedure, Vec<String>) {
        let text = format!("id = \"c\"\nextends = \"b\"\n{tail}");
        let (p, findings) = load("c.toml", &text, &|id: &str| (id == "b").then(|| ("b.toml".to_string(), BASE.to_string())));
        (p.expect("it can be read"), findings.iter().map(|f| format!("{}: {}", f.code, f.message.en)).collect())
    }

    #[test]
    fn what_is_not_named_stays_as_it_was() {
        let (p, findings) = changed("[[change]]\nid = \"B-1\"\ndue = { from = \"e\", rule = \"+3m\" }\ncc = [\"office\"]\n");
        assert!(findings.is_empty(), "{findings:?}");
        let o = p.obligation("B-1").expect("it is there");
        assert_eq!(o.due.as_ref().and_then(|d| d.rule.as_ref()).map(|r| r.text.as_str()), Some("+3m"));
        assert_eq!((o.text.zh.as_ref(), o.cite.as_str(), o.place.file.as_str()), ("甲", "一", "c.toml"));
        let to: Vec<(&str, &str)> = o.recipients.iter().map(|r| (r.key, r.to[0][0].as_str())).collect();
        assert_eq!(to, [("filings", "office"), ("cc", "office")]);
    }

    #[test]
    fn several_change_alike_and_an_unknown_one_is_reported() {
        let (p, findings) =
            changed("[[change]]\nid = [\"B-1\", \"B-2\"]\nstrength = \"should\"\nduue = 1\n[[change]]\nstrength = \"may\"\n");
        assert_eq!(p.obligations[0].severity(), crate::finding::Severity::Warning);
        let want = [
            "procedure-change: the obligation to change, `B-2`, does not exist",
            "data-unknown-key: unknown key `duue`",
            "data-missing-key: `id` is missing",
        ];
        assert_eq!(findings, want);
    }
}
