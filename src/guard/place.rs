//! What a file is by its path: a record, an attachment, data of the office, or a thing out of its place.

use crate::casebook::MARKER;
use crate::casebook::file::yaml_stem;
use crate::kind::{Home, KindId, Schema};

/// What a file of a casebook is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A record: its kind, its id, the round and case it stands in.
    Record(KindId, String, Home),
    /// A file below a `files/`.
    Attachment,
    /// Settings, kinds, procedures, days off, hidden files, the office's own texts.
    Own,
    /// A paper where no attachment belongs.
    Stray,
}

/// Endings of papers, tables, pictures, recordings and archives.
const PAPERS: &str = "doc docx wps wpt rtf odt pdf ofd caj xls xlsx et ods ppt pptx dps jpg jpeg png bmp gif tif tiff heic webp \
                      mp3 m4a wav amr aac mp4 mov avi mkv zip rar 7z tar gz tgz eml msg mdb accdb db sqlite";
const DATA: [&str; 4] = ["kinds", "procedures", "calendar", "templates"];

/// What the file at a path of the casebook is.
pub fn role(schema: &Schema, path: &str) -> Role {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|p| p.starts_with('.')) {
        return Role::Own;
    }
    match parts.as_slice() {
        [] | [MARKER] => Role::Own,
        ["rounds", _] => Role::Stray,
        ["rounds", round, rest @ ..] => {
            let home = |case: &str| Home { round: round.to_string(), case: case.to_string() };
            within(schema, rest, home("")).unwrap_or_else(|| match rest {
                ["procedure.toml"] => Role::Own,
                [case, rest @ ..] if !rest.is_empty() => within(schema, rest, home(case)).unwrap_or(Role::Stray),
                _ => Role::Stray,
            })
        }
        [first, ..] if DATA.contains(first) => Role::Own,
        all => within(schema, all, Home::default()).unwrap_or_else(|| {
            let ending = path.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
            if PAPERS.split_whitespace().any(|p| p == ending) { Role::Stray } else { Role::Own }
        }),
    }
}

/// Whether a path that a record gives stays in the casebook.
pub fn inside(path: &str) -> bool {
    !path.starts_with(['/', ':']) && path.split('/').all(|p| !p.is_empty() && p != "..")
}

/// The same inside a folder of records; nothing where the rest of the path names no kind.
fn within(schema: &Schema, rest: &[&str], home: Home) -> Option<Role> {
    match rest {
        ["files", _, ..] => Some(Role::Attachment),
        [name] => {
            let kind = schema.find_kind(yaml_stem(name)?).filter(|k| schema.kind(*k).single)?;
            Some(Role::Record(kind, schema.kind(kind).id.clone(), home))
        }
        [folder, inside @ ..] => {
            let kind = schema.find_kind(folder)?;
            let id = match inside {
                [name] if !schema.kind(kind).single => yaml_stem(name),
                _ => None,
            };
            Some(id.map_or(Role::Stray, |id| Role::Record(kind, id.to_string(), home)))
        }
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_what_a_file_is() {
        let schema = crate::kind::load::builtin();
        let word = |path: &str| match role(&schema, path) {
            Role::Record(kind, id, home) => format!("{} {id} {}/{}", schema.kind(kind).id, home.round, home.case),
            other => format!("{other:?}"),
        };
        for (path, want) in [
            ("xuncha.toml", "Own"),
            ("README.md", "Own"),
            ("名单.xlsx", "Stray"),
            ("资料/通知.PDF", "Stray"),
            ("资料/通知.md", "Own"),
            ("kinds/notice.toml", "Own"),
            ("person/.gitkeep", "Own"),
            ("person/zu-01.yaml", "person zu-01 /"),
            ("人才库人员/zu-01.yaml", "person zu-01 /"),
            ("office.yaml", "office office /"),
            ("files/a.pdf", "Attachment"),
            ("rounds/说明.md", "Stray"),
            ("rounds/r/procedure.toml", "Own"),
            ("rounds/r/files/a.pdf", "Attachment"),
            ("rounds/r/round.yaml", "round round r/"),
            ("rounds/r/meeting/m.yaml", "meeting m r/"),
            ("rounds/r/u/case.yaml", "case case r/u"),
            ("rounds/r/u/interview/i.yaml", "interview i r/u"),
            ("rounds/r/u/interview/i.docx", "Stray"),
            ("rounds/r/u/谈话.docx", "Stray"),
            ("rounds/r/u/files/谈话.docx", "Attachment"),
        ] {
            assert_eq!(word(path), want, "{path}");
        }
    }
}
