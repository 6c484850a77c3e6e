//! Attachments as ciphertext: sealed whole, opened, sealed anew when their readers change.

use super::amend::Open;
use super::attached::{Reference, SEALED, folder, read, references};
use super::config::Sealing;
use super::journal::{READY, Step};
use super::readers::{self, Readers};
use super::write::{Lock, create_private, failed};
use super::{Casebook, MARKER};
use crate::draw::sha256;
use crate::kind::{Val, skeleton};
use crate::say;
use crate::seal::{self, Key};
use crate::text::{Bilingual, Lang, Text};
use crate::yaml::{Tree, Value, insert_entry, set_scalar};
use anyhow::{Result, bail};
use chrono::NaiveDate;
use std::fs;

/// Those who may read every record that names an attachment: one too few rather than one too many.
pub fn readers(book: &Casebook, sealing: &Sealing, rel: &str, today: NaiveDate) -> Result<Readers, Text> {
    let shown = crate::text::safe(rel);
    let mut all: Option<Readers> = None;
    for record in book.naming(rel) {
        if references(&book.schema, &record).iter().any(|r| r.path == rel && r.never) {
            return Err(say!(
                "标为不得记录的材料不能放在案卷里，密封也不行",
                "a paper that must never be recorded may not lie here, sealed or not"
            ));
        }
        let new = readers::readers(book, sealing, &record, today)?;
        all = Some(match all {
            None => new,
            Some(mut old) => {
                old.holders.retain(|h| new.holders.contains(h));
                old.without.extend(new.without);
                old
            }
        });
    }
    let none = || {
        say!(
            "没有记录的“附件”写着 {shown}，不知道该给谁看；先在它所属的记录里写上",
            "no record names {shown} among its attachments, so it cannot be told who may read it: enter it in its record first"
        )
    };
    let all = all.ok_or_else(none)?;
    if all.holders.is_empty() {
        return Err(say!("写着它的几份记录没有共同的可读的人", "the records that name it have no reader in common"));
    }
    Ok(all)
}

/// Turns an attachment into ciphertext beside it and takes the plain file away; the records that name it follow. Gives the readers.
pub fn shut(book: &Casebook, lock: &Lock, rel: &str, today: NaiveDate) -> Result<Readers> {
    let plain = read(book, rel)?;
    let new = format!("{rel}{SEALED}");
    if rel.ends_with(SEALED) || seal::is_sealed_file(&plain) {
        bail!(Bilingual(say!("{rel} 已是密文", "{rel} is ciphertext already")));
    }
    if book.taken(&new) {
        bail!(Bilingual(say!("{new} 已经有了：先弄清哪一份是对的", "{new} is there already: find out first which is the right one")));
    }
    let old = sha256(&plain);
    for record in book.naming(rel) {
        let other = |r: &Reference| r.path == rel && r.sha256.as_ref().is_some_and(|(h, _)| !h.eq_ignore_ascii_case(&old));
        if references(&book.schema, &record).iter().any(other) {
            let file = &record.file;
            bail!(Bilingual(say!(
                "附件与 {file} 写的校验值不符：先查清哪一份是原件",
                "the attachment is not the one whose hash {file} gives: find out first which is the original"
            )));
        }
    }
    let readers = readers(book, &book.config.sealing, rel, today).map_err(Bilingual)?;
    let sealed = seal::seal_file(&plain, &readers.keys()).map_err(Bilingual)?;
    let from = ready(book, lock, &sealed)?;
    let mut steps = vec![Step::Move { from, to: new.clone() }];
    steps.extend(renamed(book, rel, &new, &sha256(&sealed))?);
    steps.push(Step::Remove { rel: rel.to_string(), old, kept: new });
    book.together(lock, &steps)?;
    Ok(readers)
}

/// Seals an attachment anew for those who may read it under `sealing`.
pub fn again(book: &Casebook, lock: &Lock, rel: &str, key: &Key, sealing: &Sealing, today: NaiveDate) -> Result<()> {
    let old = read(book, rel)?;
    let readers = readers(book, sealing, rel, today).map_err(Bilingual)?;
    let plain = seal::open_file(&old, key).map_err(|why| Bilingual(why.text()))?;
    let sealed = seal::seal_file(&plain, &readers.keys()).map_err(Bilingual)?;
    let from = ready(book, lock, &sealed)?;
    let mut steps = renamed(book, rel, rel, &sha256(&sealed))?;
    steps.push(Step::Exchange { from, to: rel.to_string(), old: sha256(&old) });
    book.together(lock, &steps)
}

/// Puts ciphertext where it waits for its place; gives its name there.
fn ready(book: &Casebook, lock: &Lock, sealed: &[u8]) -> Result<String> {
    const NAME: &str = "attachment";
    let path = book.ready(lock)?.join(NAME);
    create_private(&path, sealed, READY)?;
    // As readable as what lies beside it: it is ciphertext, and others work in the folder.
    let like = fs::metadata(book.root.join(MARKER)).map(|m| m.permissions());
    like.and_then(|p| fs::set_permissions(&path, p)).map_err(|e| failed(READY, &e))?;
    Ok(NAME.to_string())
}

/// The changes by which the records that name `old` name `new` with its hash.
fn renamed(book: &Casebook, old: &str, new: &str, hash: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for record in book.naming(old) {
        let open = book.reopen(&record.file)?;
        let text = follow(book, &open, old, new, hash).map_err(|why| {
            let (file, zh, en) = (&record.file, why.zh, why.en);
            Bilingual(say!("{file} 里的附件改不了：{zh}", "the attachment in {file} cannot be changed: {en}"))
        })?;
        if text != open.record.tree.text() {
            steps.push(Step::amend(&open, &text));
        }
    }
    Ok(steps)
}

fn follow(book: &Casebook, open: &Open, old: &str, new: &str, hash: &str) -> Result<String, Text> {
    let lost = || say!("改写后读不回来", "it cannot be read back");
    let home = folder(&open.record.home);
    let short = new.strip_prefix(&home).unwrap_or(new);
    let mut text = open.record.tree.text().to_string();
    // One value after the other: each moves what stands behind it.
    for _ in 0..=2 * open.record.vals.len() {
        let now = book.after(open, &text).ok_or_else(lost)?;
        let record = &now.record;
        let tree = || Tree::parse(&record.file, text.clone()).0.ok_or_else(lost);
        let all = references(&book.schema, record);
        let Some(r) = all.iter().find(|r| {
            r.path == old && old != new || r.path == new && !r.sha256.as_ref().is_some_and(|(h, _)| h.eq_ignore_ascii_case(hash))
        }) else {
            return Ok(text);
        };
        text = match &r.sha256 {
            _ if r.path != new => set_scalar(&tree()?, r.at, &Value::Str(short.to_string()))?,
            Some((_, at)) => set_scalar(&tree()?, *at, &Value::Str(hash.to_string()))?,
            None => {
                let Val::Map(shape) = record.vals[r.map.0 as usize] else { return Err(lost()) };
                let shape = book.schema.shape(shape);
                let index = shape.find("sha256").ok_or_else(lost)?;
                let key = skeleton::name_of(shape, index, open.lang(book).unwrap_or(Lang::Zh));
                insert_entry(&tree()?, r.map, key, &Value::Str(hash.to_string()))?
            }
        };
    }
    Err(lost())
}
