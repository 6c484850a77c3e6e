//! Finding the records and attachments that are sealed in a place, and sealing them anew.

use super::Ctx;
use crate::casebook::config::Sealing;
use crate::casebook::names::Where;
use crate::casebook::readers::Readers;
use crate::casebook::write::Lock;
use crate::casebook::{Casebook, Folder, attached, cipher, envelope, readers};
use crate::kind::Record;
use crate::seal::Key;
use crate::text::{Bilingual, Text};
use anyhow::Result;

/// Records and attachments that were sealed anew, and those that were not.
#[derive(Default)]
pub struct Resealed {
    /// File and number of fields; one for an attachment.
    pub done: Vec<(String, usize)>,
    /// File, and why it, or a part of it, stays sealed as it was.
    pub left: Vec<(String, Text)>,
}

/// The records of a place that pass `wanted`, by file; below a round its cases, below the casebook everything.
pub fn records(book: &Casebook, place: &Where, wanted: impl Fn(&Record) -> bool) -> Vec<String> {
    gather(book, place, |r| if wanted(r) { vec![r.file.clone()] } else { Vec::new() })
}

/// The attachments that the records of a place name and that pass `wanted`, each once, and only those that are there.
pub fn attachments(book: &Casebook, place: &Where, wanted: impl Fn(&attached::Reference) -> bool) -> Vec<String> {
    let there = |r: &attached::Reference| attached::home(&r.path).is_some() && book.root.join(&r.path).is_file();
    let of = |r: &Record| attached::references(&book.schema, r).into_iter().filter(|r| wanted(r) && there(r)).map(|r| r.path).collect();
    let mut files: Vec<String> = gather(book, place, of);
    files.sort();
    files.dedup();
    files
}

/// What is sealed in a place: records with ciphertext, then attachments.
pub fn sealed(book: &Casebook, place: &Where) -> Vec<String> {
    let mut files = records(book, place, |r| is_sealed(book, r));
    files.extend(attachments(book, place, is_sealed_file));
    files
}

/// Whether the file of a reference is called sealed.
pub fn is_sealed_file(r: &attached::Reference) -> bool {
    r.path.ends_with(attached::SEALED)
}

fn gather(book: &Casebook, place: &Where, of: impl Fn(&Record) -> Vec<String>) -> Vec<String> {
    let mut files = Vec::new();
    let mut take = |f: &Folder| files.extend(f.records.iter().chain(&f.drafts).flat_map(&of));
    let rounds = match place {
        Where::Case(round, case) => {
            take(&book.read_case(round, case).folder);
            Vec::new()
        }
        Where::Round(round) => vec![round.clone()],
        Where::Book => {
            take(&book.read_workspace());
            book.rounds()
        }
    };
    for round in rounds {
        let round = book.read_round(&round, None);
        take(&round.folder);
        round.cases.iter().for_each(|c| take(&c.folder));
    }
    files
}

/// Whether a record holds ciphertext.
pub fn is_sealed(book: &Casebook, record: &Record) -> bool {
    let text = record.tree.text();
    (text.contains(crate::seal::PREFIX) || text.contains(crate::seal::ARMOR))
        && cipher::leaves(&book.schema, record).iter().any(|l| !l.plain)
}

/// Who may read a record or an attachment under `sealing`.
pub fn readers_of(book: &Casebook, ctx: &Ctx, sealing: &Sealing, file: &str) -> Result<Readers, Text> {
    if attached::home(file).is_some() {
        return envelope::readers(book, sealing, file, ctx.today);
    }
    let open = book.reopen(file).map_err(|e| why(&e))?;
    readers::readers(book, sealing, &open.record, ctx.today)
}

/// An error in words.
pub fn why(e: &anyhow::Error) -> Text {
    e.downcast_ref::<Bilingual>().map_or_else(|| Text::same(e.to_string()), |b| b.0.clone())
}

/// Seals these records and attachments anew for those who may read them under `sealing`.
pub fn reseal(book: &Casebook, ctx: &Ctx, files: &[String], sealing: &Sealing, key: &Key, lock: &Lock) -> Result<Resealed> {
    let mut out = Resealed::default();
    for file in files {
        if attached::home(file).is_some() {
            match envelope::again(book, lock, file, key, sealing, ctx.today) {
                Ok(()) => out.done.push((file.clone(), 1)),
                Err(e) => out.left.push((file.clone(), why(&e))),
            }
            continue;
        }
        let open = match book.reopen(file) {
            Ok(open) => open,
            Err(e) => {
                out.left.push((file.clone(), why(&e)));
                continue;
            }
        };
        let done = readers::readers(book, sealing, &open.record, ctx.today)
            .and_then(|r| cipher::resealed(&book.schema, &open.record, key, &r.keys()));
        match done {
            Ok(changed) => {
                if changed.count > 0 {
                    book.amend(&open, &changed.text)?;
                    out.done.push((file.clone(), changed.count));
                }
                out.left.extend(changed.shut.first().map(|(_, why)| (file.clone(), why.text())));
            }
            Err(why) => out.left.push((file.clone(), why)),
        }
    }
    Ok(out)
}
