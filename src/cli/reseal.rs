//! Finding the records with sealed fields in a place, and sealing them anew.

use super::Ctx;
use crate::casebook::config::Sealing;
use crate::casebook::names::Where;
use crate::casebook::{Casebook, Folder, cipher, readers};
use crate::kind::Record;
use crate::seal::Key;
use crate::text::Text;
use anyhow::Result;

/// Records that were sealed anew, and those that were not.
#[derive(Default)]
pub struct Resealed {
    /// File and number of fields.
    pub done: Vec<(String, usize)>,
    /// File, and why it, or a part of it, stays sealed as it was.
    pub left: Vec<(String, Text)>,
}

/// The records of a place that pass `wanted`, by file; below a round its cases, below the casebook everything.
pub fn records(book: &Casebook, place: &Where, wanted: impl Fn(&Record) -> bool) -> Vec<String> {
    let mut files = Vec::new();
    let mut take = |f: &Folder| files.extend(f.records.iter().chain(&f.drafts).filter(|r| wanted(r)).map(|r| r.file.clone()));
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

/// Seals these records anew for those who may read them under `sealing`. The casebook is locked by the caller.
pub fn reseal(book: &Casebook, ctx: &Ctx, files: &[String], sealing: &Sealing, key: &Key) -> Result<Resealed> {
    let mut out = Resealed::default();
    for file in files {
        let open = match book.reopen(file) {
            Ok(open) => open,
            Err(e) => {
                let why = e.downcast_ref::<crate::text::Bilingual>().map_or_else(|| Text::same(e.to_string()), |b| b.0.clone());
                out.left.push((file.clone(), why));
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
