//! Reads a folder of records: the folder says the kind, the file name is the id; one bad file never hides another.

use super::Casebook;
use super::file::{join, link, read_text, special, unreadable, yaml_stem};
use super::integrity;
use crate::finding::{Finding, Place};
use crate::kind::{Home, KindId, Level, Record, Schema, bind};
use crate::say;
use crate::text::{meant, nearest};
use crate::yaml;
use std::fs;

/// The records of one folder (casebook, round or case), sorted by kind and id, and what was wrong in reading them.
#[derive(Debug, Default)]
pub struct Folder {
    /// Sorted by kind, then id.
    pub records: Vec<Record>,
    /// Records that say of themselves that they are no papers yet.
    pub drafts: Vec<Record>,
    /// What could not be read or is wrong in itself.
    pub findings: Vec<Finding>,
    /// Subfolders that hold no kind: cases, in a round.
    pub others: Vec<String>,
    /// Records that are there and of which nothing could be read.
    pub unread: Vec<Unread>,
}

/// A record of which nothing could be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// What it is, by its folder or name.
    pub kind: KindId,
    /// Its file name without ending.
    pub id: String,
    /// Its path relative to the casebook.
    pub file: String,
}

impl Folder {
    /// The records of a kind, sorted by id.
    pub fn of(&self, kind: KindId) -> &[Record] {
        let start = self.records.partition_point(|r| r.kind < kind);
        let end = self.records.partition_point(|r| r.kind <= kind);
        &self.records[start..end]
    }

    /// The record of a kind with that id.
    pub fn get(&self, kind: KindId, id: &str) -> Option<&Record> {
        let of = self.of(kind);
        of.binary_search_by(|r| r.id.as_str().cmp(id)).ok().map(|i| &of[i])
    }
}

/// Folder names at the root of a casebook that hold no records.
pub const RESERVED: [&str; 8] = ["rounds", "kinds", "procedures", "templates", "calendar", "files", "target", "node_modules"];

impl Casebook {
    /// Reads the records of the folder `rel` (relative to the casebook, `/`, no trailing slash; empty for the root) at `level`.
    /// With `only`, no other kinds are opened.
    pub fn read_folder(&self, rel: &str, level: Level, home: &Home, only: Option<&[KindId]>) -> Folder {
        let mut out = Folder::default();
        let mut r = Reader { book: self, level, home, out: &mut out };
        for name in r.entries(rel) {
            let path = join(rel, &name.name);
            match name.form {
                Form::Dir => match self.schema.find_kind(&name.name) {
                    _ if level == Level::Workspace && RESERVED.contains(&name.name.as_str()) => {}
                    _ if name.name == "files" => {}
                    Some(kind) if only.is_some_and(|o| !o.contains(&kind)) => {}
                    Some(kind) => r.kind_folder(&path, kind),
                    None => {
                        if level == Level::Workspace {
                            r.near(&path, &name.name);
                        }
                        r.out.others.push(name.name);
                    }
                },
                Form::File | Form::Odd => {
                    let odd = matches!(name.form, Form::Odd);
                    let Some(stem) = yaml_stem(&name.name) else { continue };
                    match self.schema.find_kind(stem) {
                        Some(kind) if only.is_some_and(|o| !o.contains(&kind)) => {}
                        Some(kind) if self.schema.kind(kind).single && !self.schema.kind(kind).levels.contains(&level) => {
                            r.misplaced(&path, kind)
                        }
                        Some(kind) if odd && self.schema.kind(kind).single => r.unread(&path, kind, Some(stem)),
                        _ if odd => {}
                        Some(kind) if self.schema.kind(kind).single => r.record(&path, kind, &self.schema.kind(kind).id),
                        _ if only.is_none() => r.stray(&path, stem),
                        _ => {}
                    }
                }
            }
        }
        out.records.sort_by(|a, b| (a.kind, &a.id, &a.file).cmp(&(b.kind, &b.id, &b.file)));
        for pair in out.records.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            if (first.kind, &first.id) == (second.kind, &second.id) {
                let (id, other) = (&second.id, &first.file);
                out.findings.push(
                    Finding::error(
                        "duplicate-id",
                        Place::file(&second.file),
                        say!("编号 `{id}` 已由 {other} 占用", "the id `{id}` is taken by {other}"),
                    )
                    .help(say!("文件名就是编号：改名或删去其中一份", "the file name is the id: rename or delete one of them")),
                );
            }
        }
        out
    }

    /// Files among the rounds, which are folders: no one would read them.
    pub(super) fn stray_rounds(&self, findings: &mut Vec<Finding>) {
        if !self.root.join("rounds").is_dir() {
            return;
        }
        let mut out = Folder::default();
        let names = Reader { book: self, level: Level::Round, home: &Home::default(), out: &mut out }.entries("rounds");
        findings.append(&mut out.findings);
        for name in names.into_iter().filter(|n| matches!(n.form, Form::File)) {
            findings.push(Finding::warning(
                "stray-file",
                Place::file(join("rounds", &name.name)),
                say!("rounds/ 下只放轮次文件夹，没有读取", "rounds/ holds the folders of rounds; not read"),
            ));
        }
    }
}

enum Form {
    Dir,
    File,
    /// A link, a pipe: reported and not opened.
    Odd,
}

struct Name {
    name: String,
    form: Form,
}

struct Reader<'a> {
    book: &'a Casebook,
    level: Level,
    home: &'a Home,
    out: &'a mut Folder,
}

impl Reader<'_> {
    /// The entries of a folder in the order of their names, without hidden ones; links and special files are reported, not followed.
    fn entries(&mut self, rel: &str) -> Vec<Name> {
        let mut names = Vec::new();
        // A walk would open every folder in it to see that it need not go there.
        let list = match fs::read_dir(self.book.root.join(rel)) {
            Ok(list) => list,
            Err(e) => {
                self.unreadable(rel, &e);
                return names;
            }
        };
        let mut found = Vec::new();
        for entry in list {
            match entry.and_then(|e| Ok((e.file_name(), e.file_type()?))) {
                Ok(entry) => found.push(entry),
                Err(e) => self.unreadable(rel, &e),
            }
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (raw, form) in found {
            let name = raw.to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if raw.to_str().is_none() {
                self.out.findings.push(
                    Finding::error(
                        "unreadable-name",
                        Place::file(join(rel, &name)),
                        say!("文件名不是 UTF-8，没有读取", "the name is not UTF-8; the file was not read"),
                    )
                    .help(say!(
                        "改名；压缩包解出的乱码文件名请用支持中文的工具重新解压",
                        "rename it, or unpack the archive with a tool that knows its encoding"
                    )),
                );
                continue;
            }
            if name.chars().any(crate::text::is_unsafe_char) {
                let shown = crate::text::safe(&name).into_owned();
                self.out.findings.push(Finding::error(
                    "unsafe-name",
                    Place::file(rel),
                    say!("文件名含有看不见的字符：{shown}", "a file name holds invisible characters: {shown}"),
                ));
                continue;
            }
            let form = match form {
                _ if form.is_dir() => Form::Dir,
                _ if form.is_file() => Form::File,
                _ => {
                    let path = join(rel, &name);
                    self.out.findings.push(if form.is_symlink() { link(&path) } else { special(&path) });
                    Form::Odd
                }
            };
            names.push(Name { name, form });
        }
        names
    }

    fn unreadable(&mut self, rel: &str, e: &std::io::Error) {
        let rel = if rel.is_empty() { "." } else { rel };
        self.out.findings.push(unreadable(rel, e));
    }

    /// A kind that has no place at this level.
    fn misplaced(&mut self, rel: &str, kind: KindId) {
        let k = self.book.schema.kind(kind);
        let (zh, en) = (&k.title.zh, &k.title.en);
        let what = say!("“{zh}”不放在这一级，没有读取", "“{en}” does not stand at this level; not read");
        let level = |l: &Level| match l {
            Level::Workspace => say!("案卷根目录", "the root of the casebook"),
            Level::Round => say!("轮次文件夹", "the round's folder"),
            Level::Case => say!("单位文件夹", "the unit's folder"),
        };
        let places: Vec<crate::text::Text> = k.levels.iter().map(level).collect();
        let zh = places.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("或");
        let en = places.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(" or ");
        let f = Finding::error("misplaced-record", Place::file(rel), what).help(say!("移到{zh}", "move it to {en}"));
        self.out.findings.push(f);
    }

    fn kind_folder(&mut self, rel: &str, kind: KindId) {
        let k = self.book.schema.kind(kind);
        if k.single {
            let (zh, en) = (&k.title.zh, &k.title.en);
            let what = say!("“{zh}”只有一份，应是文件而不是文件夹", "there is one “{en}”: a file, not a folder");
            self.out.findings.push(Finding::error("misplaced-record", Place::file(rel), what));
            return;
        }
        if !k.levels.contains(&self.level) {
            return self.misplaced(rel, kind);
        }
        for name in self.entries(rel) {
            let path = join(rel, &name.name);
            match (name.form, yaml_stem(&name.name)) {
                (Form::File, Some(stem)) => self.record(&path, kind, stem),
                (Form::Odd, stem) => self.unread(&path, kind, stem),
                (Form::File, None) => self.out.findings.push(
                    Finding::warning("stray-file", Place::file(path), say!("不是 .yaml 文件，没有读取", "not a .yaml file, not read"))
                        .help(say!("附件放进 files/，记录用 .yaml 结尾", "attachments go into files/, records end in .yaml")),
                ),
                (Form::Dir, stem) => {
                    self.unread(&path, kind, stem);
                    self.out.findings.push(Finding::warning(
                        "stray-folder",
                        Place::file(path),
                        say!("记录文件夹里不应再有文件夹，没有读取", "a folder inside a folder of records is not read"),
                    ))
                }
            }
        }
    }

    /// A folder at the root that is nearly named like a kind; others are the office's own business.
    fn near(&mut self, path: &str, name: &str) {
        let kinds = self.book.schema.kinds.iter().filter(|k| k.levels.contains(&Level::Workspace));
        let Some(near) = nearest(name, kinds.flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()])) else { return };
        let f = Finding::warning(
            "stray-folder",
            Place::file(path),
            say!("不知道 `{name}` 是哪一类记录，没有读取", "what kind of record `{name}` is cannot be told; not read"),
        );
        self.out.findings.push(f.help(meant(near)));
    }

    fn stray(&mut self, path: &str, stem: &str) {
        let schema = &self.book.schema;
        let mut f = Finding::warning(
            "stray-file",
            Place::file(path),
            say!("不知道 `{stem}` 是哪一类记录，没有读取", "what kind of record `{stem}` is cannot be told; not read"),
        );
        let known = schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]);
        if let Some(kind) = schema.find_kind(stem) {
            let id = &schema.kind(kind).id;
            f = f.help(say!("放进文件夹 `{id}/`", "put it into the folder `{id}/`"));
        } else if let Some(near) = nearest(stem, known) {
            f = f.help(meant(near));
        }
        self.out.findings.push(f);
    }

    /// Something that is named like a record and is none.
    fn unread(&mut self, rel: &str, kind: KindId, id: Option<&str>) {
        self.out.unread.extend(id.map(|id| Unread { kind, id: id.to_string(), file: rel.to_string() }));
    }

    fn record(&mut self, rel: &str, kind: KindId, id: &str) {
        let schema = &self.book.schema;
        let text = match read_text(&self.book.root.join(rel), rel) {
            Ok(text) => text,
            Err(f) => {
                self.out.findings.push(*f);
                return self.unread(rel, kind, Some(id));
            }
        };
        let (record, findings) = bound(schema, kind, id, rel, self.home.clone(), text);
        self.out.findings.extend(findings);
        let Some(record) = record else { return self.unread(rel, kind, Some(id)) };
        self.out.findings.extend(super::readers::on_paper(schema, &self.book.config.sealing, &record));
        match integrity::draft(schema, &record) {
            Some(found) => {
                self.out.findings.extend(found);
                self.out.drafts.push(record);
            }
            None => self.out.records.push(record),
        }
    }
}

/// The record that a text is, and what is wrong with it in itself; no record where nothing of it could be read.
pub fn bound(schema: &Schema, kind: KindId, id: &str, rel: &str, home: Home, text: String) -> (Option<Record>, Vec<Finding>) {
    let (tree, mut findings) = yaml::Tree::parse(rel, text);
    let cut = integrity::few(&mut findings);
    let tree = tree.filter(|t| matches!(t.shape(t.root()), yaml::Shape::Map | yaml::Shape::Null));
    let Some(tree) = tree else {
        findings.extend(cut.then(|| integrity::too_many(rel)));
        return (None, findings);
    };
    let said: Vec<Place> = findings.iter().map(|f| f.place.clone()).collect();
    let (record, mut own) = bind(schema, kind, id, rel, home, tree);
    // A key that a colon has spoiled is no unknown field besides.
    own.retain(|f| f.code != "unknown-field" || !said.iter().any(|p| p.within(&f.place)));
    findings.extend(own);
    findings.extend(integrity::sealed_files(schema, &record));
    findings.extend(integrity::header(schema, &record));
    let more = integrity::few(&mut findings);
    findings.extend((cut || more).then(|| integrity::too_many(rel)));
    (Some(record), findings)
}
