//! One file: what in it must not go into git, by its path, its size and its content.

use super::names::Names;
use super::place::{self, Role};
use super::record::{self, Hashed, Trace};
use super::{ATTACHMENT_MB, Found, keys};
use crate::casebook::config::{Guard, Sealing};
use crate::casebook::git::File;
use crate::casebook::{attached, file, read, readers};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Record, Schema};
use crate::say;
use std::sync::Arc;

/// A record larger than this, in bytes, is not read.
pub const RECORD: u64 = 4 << 20;

/// What a person can have looked at and found harmless.
pub const ACCEPTABLE: [&str; 4] = ["personal-number", "person-name", "stray-attachment", "large-attachment"];

/// Of a file that lies in the past, what is reported: what must not be in any history. A slip of writing is none of it.
const LASTING: [&str; 8] =
    ["personal-number", "person-name", "private-key", "above-level", "large-attachment", "sealed-plain", "direct-content", "never-field"];

/// Endings of attachments that are text.
const TEXTS: [&str; 3] = [".txt", ".md", ".csv"];

/// How a classified paper is marked: degree and term with a star between.
const MARKS: [&str; 3] = ["绝密★", "机密★", "秘密★"];

/// What files are checked by.
pub struct Checker {
    /// The kinds of record.
    pub schema: Arc<Schema>,
    /// What `[guard]` says.
    pub guard: Guard,
    /// What `[sealing]` says.
    pub sealing: Sealing,
    /// The names of the staff register.
    pub names: Names,
}

impl Checker {
    /// What the file at a path is.
    pub fn role(&self, path: &str) -> Role {
        place::role(&self.schema, path)
    }

    /// Up to how many bytes a file is read.
    pub fn limit(&self) -> u64 {
        ((self.guard.attachment_mb.unwrap_or(ATTACHMENT_MB) as u64) << 20).max(RECORD)
    }

    /// The record that the bytes at a path are, with its text.
    pub fn record(&self, path: &str, bytes: Vec<u8>) -> Option<(Record, String)> {
        let Role::Record(kind, id, home) = self.role(path) else { return None };
        let text = crate::yaml::decode(path, bytes).ok()?;
        let record = read::bound(&self.schema, kind, &id, path, home, text.clone()).0?;
        Some((record, text))
    }

    /// The name that a record of the register gives.
    pub fn register_name(&self, path: &str, bytes: Option<Vec<u8>>) -> Option<String> {
        let (record, _) = self.record(path, bytes?)?;
        record::own_name(&self.schema, &record).map(str::to_string)
    }

    /// Checks a file, called `shown` in what is found; gives the attachments whose hash it gives.
    pub fn file(&self, shown: &str, f: &File, size: u64, bytes: Option<Vec<u8>>, past: bool, found: &mut Found) -> Vec<Hashed> {
        found.files += 1;
        let mut own: Vec<Finding> = Vec::new();
        let whole = || Place::file(shown);
        if f.link {
            own.push(
                Finding::error("symlink", whole(), say!("符号链接不读取", "a symbolic link is not followed"))
                    .help(say!("把文件本身放进案卷", "put the file itself into the casebook")),
            );
        }
        own.extend(record::in_text(&f.path, &self.names).into_iter().map(|(_, trace)| trace.finding(whole())));
        if f.path.chars().any(crate::text::is_unsafe_char) {
            own.push(
                Finding::error("unsafe-name", whole(), say!("文件名含有看不见的字符", "a file name holds invisible characters"))
                    .help(say!("改名", "rename the file")),
            );
        }
        let role = self.role(&f.path);
        if role == Role::Stray && file::yaml_stem(&f.path).is_none() {
            own.push(Finding::error("stray-attachment", whole(), say!("附件不在 files/ 里", "an attachment outside files/")).help(say!(
                "移到本轮次或本案卷的 files/，再 `git add`；不该入库的用 `git rm --cached` 撤下",
                "Move it to files/ of its round or case and `git add` it; take out what should not be kept with `git rm --cached`"
            )));
        }
        let mb = self.guard.attachment_mb.unwrap_or(ATTACHMENT_MB);
        if size > (mb as u64) << 20 {
            let has = size.div_ceil(1 << 20);
            own.push(
                Finding::error(
                    "large-attachment",
                    whole(),
                    say!("文件有 {has} MB，超过 {mb} MB", "the file has {has} MB, more than {mb} MB"),
                )
                .help(say!(
                    "另行存放，记录里填纸质登记号；限额在 xuncha.toml 的 [guard] attachment_mb",
                    "Keep it elsewhere and record its paper number; the limit is [guard] attachment_mb in xuncha.toml"
                )),
            );
        }
        let mut hashed = Vec::new();
        if let Some(bytes) = bytes.filter(|_| !f.link) {
            hashed = self.content(shown, &role, bytes, &mut own, found);
        }
        // What is only worth a look does not stand in the way of a commit, but for a name that may be one.
        own.retain(|f| f.severity == Severity::Error || f.code == "person-name");
        if past {
            own.retain(|f| LASTING.contains(&f.code.as_ref()));
            for f in &mut own {
                f.help = Some(say!(
                    "它已在 git 历史中，改文件不能去掉；如何清除、清除不了什么，见 docs/guard.zh.md",
                    "It is in git's history, and no change to the file takes it out; docs/guard.md says how to purge it, and what a purge cannot do"
                ));
            }
        }
        found.findings.extend(own);
        hashed
    }

    fn content(&self, shown: &str, role: &Role, bytes: Vec<u8>, own: &mut Vec<Finding>, found: &mut Found) -> Vec<Hashed> {
        let keys = keys::find(&bytes);
        if *role == Role::Attachment && shown.ends_with(attached::SEALED) && !crate::seal::is_sealed_file(&bytes) {
            own.push(attached::unsealed(Place::file(shown)));
        }
        // What is larger is searched for keys only.
        let text = if bytes.len() as u64 > RECORD { Err(None) } else { crate::yaml::decode(shown, bytes).map_err(Some) };
        for key in keys {
            let place = if text.is_ok() { Place::at(shown, key) } else { Place::file(shown) };
            own.push(Finding::error("private-key", place, say!("这里有一把私钥", "here stands a private key")).help(say!(
                "从文件中删去，另存于案卷之外；若已推送或交给过别人，就当作已泄露，换新的",
                "Take it out and keep it outside the casebook; if it was pushed or handed on, count it as known and make a new one"
            )));
        }
        let (kind, id, home) = match role {
            Role::Record(kind, id, home) => (*kind, id, home.clone()),
            other => {
                let Ok(text) = text else { return Vec::new() };
                own.extend(marks(shown, &text));
                // Notes beside the records are read as they are; attachments are papers of their own, in which numbers may stand, but no name of the register.
                let whole = *other == Role::Stray;
                let readable = *other == Role::Attachment && TEXTS.iter().any(|end| shown.to_lowercase().ends_with(end));
                let told = |t: &Trace| whole || readable && matches!(t, Trace::Name { .. });
                let traces = record::in_text(&text, &self.names).into_iter().filter(|(_, t)| told(t));
                own.extend(traces.map(|(at, t)| t.finding(Place::at(shown, at))));
                found.texts.insert(shown.to_string(), text);
                return Vec::new();
            }
        };
        let text = match text {
            Ok(text) => text,
            Err(f) => {
                own.extend(f);
                return Vec::new();
            }
        };
        own.extend(marks(shown, &text));
        let (record, findings) = read::bound(&self.schema, kind, id, shown, home, text.clone());
        own.extend(findings);
        let mut hashed = Vec::new();
        match record {
            Some(record) => {
                own.extend(record::traces(&self.schema, &record, &self.names));
                own.extend(record::above(&self.schema, &record, &self.guard));
                own.extend(readers::on_paper(&self.schema, &self.sealing, &record));
                hashed = record::hashed(&self.schema, &record);
            }
            None => own.extend(record::in_text(&text, &self.names).into_iter().map(|(at, t)| t.finding(Place::at(shown, at)))),
        }
        found.texts.insert(shown.to_string(), text);
        hashed
    }
}

/// Whether somebody has looked at a finding of that code in that file.
pub fn accepted(guard: &Guard, f: &Finding) -> bool {
    let path = f.place.file.split_once(':').map_or(f.place.file.as_str(), |(_, path)| path);
    let listed = |(file, code): &(String, String)| *code == f.code && (*file == f.place.file || file == path);
    ACCEPTABLE.contains(&f.code.as_ref()) && guard.accepted.iter().any(listed)
}

/// The marks of classified papers in a text.
fn marks(shown: &str, text: &str) -> Vec<Finding> {
    let at = |mark: &'static str| text.match_indices(mark).map(move |(i, m)| Place::at(shown, i..i + m.len()));
    let found = MARKS.iter().flat_map(|m| at(m));
    found
        .map(|place| {
            Finding::error("above-level", place, say!("这里有国家秘密标志", "here stands the mark of a state secret")).help(say!(
                "国家秘密只在经批准的涉密系统中处理，不得进入案卷",
                "State secrets belong on approved systems only, and never into a casebook"
            ))
        })
        .collect()
}
