//! The story of a case: what was recorded, approved, decided and changed, by whom and when, as git has it.

use super::{json, rows};
use crate::casebook::history::{Commit, altered};
use crate::casebook::{Casebook, git::Git};
use crate::kind::Record;
use crate::public::Names;
use crate::say;
use crate::text::{Format, Lang, Text};
use anyhow::Result;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

/// What a change was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A record that was not there.
    Recorded,
    /// An event.
    Happened,
    /// Another stage.
    Advanced,
    /// An obligation set aside.
    Waived,
    /// A person's word.
    Confirmed,
    /// One approval more.
    Approved,
    /// Other contents.
    Changed,
    /// Other contents in what was approved before.
    ChangedAfterApproval,
    /// A record taken away.
    Removed,
    /// An attachment, or a file that is no record.
    File,
}

impl What {
    /// The word for programs.
    pub fn code(self) -> &'static str {
        match self {
            What::Recorded => "recorded",
            What::Happened => "event",
            What::Advanced => "advanced",
            What::Waived => "waived",
            What::Confirmed => "confirmed",
            What::Approved => "approved",
            What::Changed => "changed",
            What::ChangedAfterApproval => "changed-after-approval",
            What::Removed => "removed",
            What::File => "file",
        }
    }
}

/// One line of the story.
#[derive(Clone, Debug)]
pub struct Entry<'c> {
    /// The commit.
    pub commit: &'c Commit,
    /// What it did.
    pub what: What,
    /// The file.
    pub file: &'c str,
    /// The same in words.
    pub words: Text,
}

/// Reads the changes of the commits; the titles of events, stages and obligations come from `title`.
/// For the public, records have no names, reasons are left out, and of what is no record only that it is a file.
pub fn entries<'c>(
    book: &Casebook,
    git: &Git,
    commits: &'c [Commit],
    title: &dyn Fn(&str, &str) -> Text,
    public: bool,
) -> Result<Vec<Entry<'c>>> {
    let mut ids: Vec<String> = commits.iter().flat_map(|c| &c.changes).flat_map(|c| c.before.iter().chain(&c.after).cloned()).collect();
    ids.sort();
    ids.dedup();
    let texts: HashMap<&str, Option<Vec<u8>>> = ids.iter().map(String::as_str).zip(git.objects(&ids)?).collect();
    let mut out = Vec::new();
    for commit in commits {
        for change in &commit.changes {
            let record = |object: &Option<String>| {
                let bytes = texts.get(object.as_deref()?)?.clone()?;
                book.past_record(&change.file, bytes)
            };
            let (before, after) = (record(&change.before), record(&change.after));
            let told = Told { book, title, file: &change.file, public };
            let list = match (&change.before, &change.after, before, after) {
                (None, _, _, Some(new)) => told.added(&new),
                (Some(_), Some(_), Some(old), Some(new)) => told.changed(&old, &new),
                (_, None, Some(old), _) => vec![(What::Removed, named(&told.noun(&old), "删去", "removed"))],
                (before, after, ..) => vec![told.file(before.is_some(), after.is_some())],
            };
            out.extend(list.into_iter().map(|(what, words)| Entry { commit, what, file: &change.file, words }));
        }
    }
    Ok(out)
}

struct Told<'t> {
    book: &'t Casebook,
    title: &'t dyn Fn(&str, &str) -> Text,
    file: &'t str,
    public: bool,
}

fn named(noun: &Text, zh: &str, en: &str) -> Text {
    let (noun_zh, noun_en) = (&noun.zh, &noun.en);
    say!("{zh}{noun_zh}", "{en}: {noun_en}")
}

impl Told<'_> {
    /// The kind and id of a record.
    fn noun(&self, r: &Record) -> Text {
        let k = self.book.schema.kind(r.kind);
        let (zh, en, id) = (&k.title.zh, &k.title.en, crate::text::safe(&r.id));
        if k.single || self.public { say!("{zh}", "{en}") } else { say!("{zh} {id}", "{en} {id}") }
    }

    fn added(&self, r: &Record) -> Vec<(What, Text)> {
        let fields = self.book.contents(r);
        let get = |key: &str| fields.get(key).cloned().unwrap_or_default();
        let reason = if self.public { super::public::withheld() } else { Text::same(get("reason")) };
        let (date, reason_zh, reason_en) = (get("date"), reason.zh, reason.en);
        // A day that is none is a text.
        let date = if self.public && date.parse::<chrono::NaiveDate>().is_err() { String::new() } else { date };
        let known = |id: String, title: &Text| if self.public && *title == super::public::withheld() { String::new() } else { id };
        let first = match self.book.schema.kind(r.kind).id.as_str() {
            "milestone" if get("event") == "advance" => {
                let Text { zh, en } = (self.title)("stage", &get("stage"));
                (What::Advanced, say!("进入“{zh}” {date}", "entered “{en}” {date}"))
            }
            "milestone" => {
                let Text { zh, en } = (self.title)("event", &get("event"));
                (What::Happened, say!("节点：{zh} {date}", "event: {en} {date}"))
            }
            "waiver" => {
                let title = (self.title)("obligation", &get("obligation"));
                let (id, Text { zh, en }) = (known(get("obligation"), &title), title);
                (What::Waived, say!("豁免 {id} {zh}：{reason_zh}", "waived {id} {en}: {reason_en}"))
            }
            "confirmation" => {
                let title = (self.title)("obligation", &get("obligation"));
                let (id, Text { zh, en }) = (known(get("obligation"), &title), title);
                (What::Confirmed, say!("确认 {id} {zh}", "confirmed {id} {en}"))
            }
            _ => (What::Recorded, named(&self.noun(r), "新增", "recorded")),
        };
        std::iter::once(first).chain(self.book.approvals(r).iter().map(|a| self.approved(a, r))).collect()
    }

    fn approved(&self, a: &BTreeMap<String, String>, r: &Record) -> (What, Text) {
        let schema = &self.book.schema;
        let word = |set: &str, key: &str| {
            let code = a.get(key).map_or("", String::as_str);
            let is = schema.find_enum(set).is_some_and(|e| schema.en(e).find(code).is_some());
            if self.public && !is { super::public::withheld() } else { schema.value_label(set, code) }
        };
        let (role, decision, noun) = (word("role", "role"), word("decision", "decision"), self.noun(r));
        let date = a.get("date").filter(|d| !self.public || d.parse::<chrono::NaiveDate>().is_ok()).cloned().unwrap_or_default();
        let (zh, en) = ((role.zh, decision.zh, noun.zh), (role.en, decision.en, noun.en));
        let ((role_zh, decision_zh, noun_zh), (role_en, decision_en, noun_en)) = (zh, en);
        (What::Approved, say!("{role_zh} {date} {decision_zh}：{noun_zh}", "{role_en}, {date}, {decision_en}: {noun_en}"))
    }

    fn changed(&self, old: &Record, new: &Record) -> Vec<(What, Text)> {
        let (before, after) = (self.book.contents(old), self.book.contents(new));
        let (was, is) = (self.book.approvals(old), self.book.approvals(new));
        let mut keys: Vec<&str> = altered(&before, &after);
        let kept = keys.is_empty();
        keys.extend(altered(&after, &before));
        let shape = self.book.schema.shape(new.shape);
        let label = |path: &&str| {
            let head = path.split('.').next().unwrap_or(path);
            let unknown = || if self.public { super::public::withheld() } else { Text::same(head) };
            shape.find(head).map_or_else(unknown, |i| shape.fields[i as usize].label.clone())
        };
        let mut labels: Vec<Text> = keys.iter().map(label).collect();
        labels.sort();
        labels.dedup();
        let mut out = Vec::new();
        let noun = self.noun(new);
        let (zh, en) = (&noun.zh, &noun.en);
        if !labels.is_empty() {
            let list = labels.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("、");
            let list_en = labels.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(", ");
            out.push(match (was.is_empty(), kept) {
                (false, false) => {
                    (What::ChangedAfterApproval, say!("审批后改动{zh}：{list}", "changed after its approval, {en}: {list_en}"))
                }
                (_, true) => (What::Changed, say!("补填{zh}：{list}", "filled in, {en}: {list_en}")),
                (true, false) => (What::Changed, say!("改动{zh}：{list}", "changed, {en}: {list_en}")),
            });
        }
        out.extend(is.iter().filter(|a| !was.contains(a)).map(|a| self.approved(a, new)));
        for gone in was.iter().filter(|a| !is.contains(a)) {
            let (_, Text { zh, en }) = self.approved(gone, new);
            out.push((What::ChangedAfterApproval, say!("去掉审批：{zh}", "approval taken out: {en}")));
        }
        out
    }

    fn file(&self, was: bool, is: bool) -> (What, Text) {
        if self.public {
            return (What::File, say!("附件或其他文件", "an attachment or another file"));
        }
        let name = crate::text::safe(self.file).into_owned();
        let words = match (was, is) {
            (false, _) => say!("放入文件 {name}", "file put in: {name}"),
            (_, false) => say!("删去文件 {name}", "file removed: {name}"),
            _ => say!("改动文件 {name}", "file changed: {name}"),
        };
        (What::File, words)
    }
}

/// Commits for the public: their days, and a number for each who wrote one.
pub fn veiled(commits: &[Commit], names: &Names) -> Vec<Commit> {
    let numbers = names.order(commits.iter().map(|c| c.mail.clone()));
    let one = |c: &Commit| Commit {
        id: String::new(),
        who: format!("P-{:03}", numbers.get(&c.mail).copied().unwrap_or(0)),
        mail: String::new(),
        subject: String::new(),
        when: c.day().to_string(),
        ..c.clone()
    };
    commits.iter().map(one).collect()
}

/// Prints the story; the names of files are what `file` makes of them.
pub fn print(out: &mut dyn Write, list: &[Entry], file: &dyn Fn(&str) -> String, format: Format, lang: Lang, width: usize) -> Result<()> {
    let signed = say!("已签名", "signed");
    let head = match lang {
        Lang::Zh => ["日期", "谁", "做了什么", "提交"],
        Lang::En => ["date", "who", "what", "commit"],
    };
    let short = |id: &str| id.get(..8).unwrap_or(id).to_string();
    let row = |e: &Entry| {
        let c = e.commit;
        let mark = if c.signed { format!("{}({})", short(&c.id), signed.get(lang)) } else { short(&c.id) };
        vec![c.day().to_string(), c.who.clone(), e.words.get(lang).to_string(), mark]
    };
    let value = || {
        let one = |e: &Entry| {
            let c = e.commit;
            json!({
                "commit": c.id, "date": c.when, "author": c.who, "email": c.mail, "signed": c.signed, "subject": c.subject,
                "what": e.what.code(), "file": file(e.file), "text": e.words.get(lang),
            })
        };
        serde_json::Value::Array(list.iter().map(one).collect())
    };
    if format == Format::Json {
        return json::write(out, &value());
    }
    rows(format, out, &head, list.iter().map(row).collect(), value, width)
}
