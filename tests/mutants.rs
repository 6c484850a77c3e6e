//! The examples with one thing broken: every obligation that the records can show is named, with its code and its place, and nothing else is.
//! Each folder of `tests/mutants/` breaks one example. Run some with `MUTANTS=XH-12-3b cargo test --test mutants -- --nocapture`.

mod common;
mod page;

use chrono::NaiveDate;
use common::{Book, day, root};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xuncha::assess::{self, Request};
use xuncha::casebook::Casebook;
use xuncha::casebook::names::Where;
use xuncha::finding::Finding;
use xuncha::procedure::{Procedure, Strength, Subject};
use xuncha::text::{Lang, Text};

/// A folder of `tests/mutants/`: its `base.toml`, and the mutants of its other sheets.
struct Base {
    name: String,
    about: About,
    mutants: Vec<Mutant>,
}

/// A `base.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// The folder of `examples/` that is broken.
    example: String,
    /// The day on which it is complete.
    today: String,
    /// How the ids of its rows of the register begin.
    rows: String,
}

/// A sheet of mutants.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    mutant: Vec<Mutant>,
}

/// One thing broken, and what must be said of it.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Mutant {
    /// The obligation.
    id: String,
    /// Files taken away.
    remove: Vec<String>,
    /// Texts replaced, lines taken out.
    edit: Vec<Edit>,
    /// Files added.
    add: Vec<Add>,
    /// The day of the run, where it is not the base's.
    today: Option<String>,
    /// Only this round is assessed, where a second one is added.
    round: Option<String>,
    /// The code of the finding; none for a row that no record can break.
    code: Option<String>,
    /// The file of the finding.
    file: Option<String>,
    /// What stands at its place: the text begins with this. Nothing where it points at a whole file.
    at: Option<String>,
    /// What the line of its place contains, where `at` alone could be elsewhere.
    line: Option<String>,
    /// How many findings of this obligation there are.
    times: Option<usize>,
    /// Other obligations that are broken by it.
    also: Vec<String>,
    /// Codes of findings without an obligation.
    plain: Vec<String>,
    /// Why no record can break it, or why it is broken in this way.
    why: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    /// Occurs exactly once.
    from: Option<String>,
    to: Option<String>,
    /// Occurs in exactly one line.
    delete_line: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    file: String,
    text: String,
}

/// A row of the register.
struct Row {
    id: String,
    severity: String,
    auto: bool,
}

fn register() -> Vec<Row> {
    let text = fs::read_to_string(root().join("tests/data/register.csv")).expect("the register can be read");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("id,severity,checkable"));
    lines
        .map(|line| {
            let [id, severity, checkable] = line.split(',').collect::<Vec<_>>()[..] else { panic!("`{line}`") };
            Row { id: id.to_string(), severity: severity.to_string(), auto: checkable == "auto" }
        })
        .collect()
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn bases() -> Vec<Base> {
    let base = |dir: &PathBuf| {
        let mut files = sorted(dir);
        files.retain(|f| f.extension().is_some_and(|e| e == "toml") && !f.ends_with("base.toml"));
        let mutants = files.iter().flat_map(|f| read::<Sheet>(f).mutant).collect();
        Base { name: dir.file_name().unwrap().to_str().unwrap().to_string(), about: read(&dir.join("base.toml")), mutants }
    };
    sorted(&root().join("tests/mutants")).iter().map(base).collect()
}

impl Base {
    /// Its rows of the register.
    fn rows(&self) -> Vec<Row> {
        register().into_iter().filter(|r| r.id.starts_with(&self.about.rows)).collect()
    }

    /// The procedure of its example.
    fn procedure(&self) -> Procedure {
        let book = Casebook::open(&root().join("examples").join(&self.about.example));
        let id = book.config.procedure.as_deref().expect("the example names its procedure");
        let (p, findings) = xuncha::procedure::by_id(id, Some(&book)).expect("the procedure can be read");
        assert!(findings.is_empty(), "{findings:?}");
        p
    }
}

/// The findings of the casebook, each once.
fn assess(book: &Book, today: NaiveDate, round: Option<&str>) -> Vec<Finding> {
    let casebook = Casebook::open(book.path());
    let place = round.map_or(Where::Book, |r| Where::Round(r.to_string()));
    let report = assess::run(&casebook, &Request { places: vec![place], today, cache: false });
    report.all_findings().into_iter().cloned().collect()
}

/// What files held before they were touched; nothing for those that were not there.
type Undo = Vec<(String, Option<Vec<u8>>)>;

/// Breaks the copy and notes how to undo it, as far as it gets; what is wrong with the mutant, if anything.
fn apply(book: &Book, m: &Mutant, undo: &mut Undo) -> Result<(), String> {
    for file in &m.remove {
        let bytes = fs::read(book.path().join(file)).map_err(|e| format!("{file}: {e}"))?;
        undo.push((file.clone(), Some(bytes)));
        book.remove(file);
    }
    for e in &m.edit {
        let text = fs::read_to_string(book.path().join(&e.file)).map_err(|err| format!("{}: {err}", e.file))?;
        let changed = match (&e.from, &e.to, &e.delete_line) {
            (Some(from), Some(to), None) if text.matches(from.as_str()).count() == 1 => text.replace(from, to),
            (None, None, Some(part)) if text.lines().filter(|l| l.contains(part.as_str())).count() == 1 => {
                text.split_inclusive('\n').filter(|l| !l.contains(part.as_str())).collect()
            }
            (from, _, line) => return Err(format!("{}: {:?} does not occur exactly once", e.file, from.as_ref().or(line.as_ref()))),
        };
        undo.push((e.file.clone(), Some(text.into_bytes())));
        book.write(&e.file, changed);
    }
    for a in &m.add {
        if book.path().join(&a.file).exists() {
            return Err(format!("{} is there already", a.file));
        }
        undo.push((a.file.clone(), None));
        book.write(&a.file, &a.text);
    }
    Ok(())
}

fn restore(book: &Book, undo: Undo) {
    for (file, bytes) in undo.into_iter().rev() {
        match bytes {
            Some(bytes) => drop(book.write(&file, bytes)),
            // An added round leaves no empty folders behind.
            None => {
                let mut path = book.path().join(file);
                fs::remove_file(&path).unwrap();
                while path.pop() && path != book.path() && fs::remove_dir(&path).is_ok() {}
            }
        }
    }
}

/// A finding's text in its file, and the line in which it begins.
fn text_at(book: &Book, f: &Finding) -> Option<(String, String)> {
    let (start, end) = f.place.range?;
    let text = fs::read_to_string(book.path().join(&f.place.file)).ok()?;
    let first = text[..start].rfind('\n').map_or(0, |i| i + 1);
    let last = text[start..].find('\n').map_or(text.len(), |i| start + i);
    Some((text[start..end].to_string(), text[first..last].to_string()))
}

/// What is wrong with what was said, if anything.
fn judge(book: &Book, m: &Mutant, new: &[Finding]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mine: Vec<&Finding> = new.iter().filter(|f| f.obligation.as_deref() == Some(&m.id)).collect();
    let times = m.times.unwrap_or(1);
    if mine.len() != times {
        wrong.push(format!("named {} times, not {times}", mine.len()));
    }
    let place = |f: &&&Finding| {
        let here = text_at(book, f);
        Some(f.code.as_ref()) == m.code.as_deref()
            && m.file.as_deref() == Some(&f.place.file)
            && match (&m.at, here) {
                (None, None) => true,
                (Some(at), Some((text, line))) => {
                    text.starts_with(at.as_str()) && m.line.as_ref().is_none_or(|l| line.contains(l.as_str()))
                }
                _ => false,
            }
    };
    if !mine.iter().any(|f| place(&f)) {
        wrong.push("not with this code at this place".to_string());
    }
    let others: BTreeSet<&str> = new.iter().filter_map(|f| f.obligation.as_deref()).filter(|o| *o != m.id).collect();
    let also: BTreeSet<&str> = m.also.iter().map(String::as_str).collect();
    if others != also {
        wrong.push(format!("also {others:?}, not {also:?}"));
    }
    let bare: BTreeSet<&str> = new.iter().filter(|f| f.obligation.is_none()).map(|f| f.code.as_ref()).collect();
    let plain: BTreeSet<&str> = m.plain.iter().map(String::as_str).collect();
    if bare != plain {
        wrong.push(format!("plain {bare:?}, not {plain:?}"));
    }
    wrong
}

fn shown(book: &Book, f: &Finding) -> String {
    let (at, line) = text_at(book, f).unwrap_or_default();
    let at = at.lines().next().unwrap_or_default();
    let id = f.obligation.as_deref().unwrap_or("-");
    format!("      {id}\t{}\t{}\t{at}\t{line}\t{}", f.code, f.place.file, f.message.zh)
}

/// What an example's findings were before it was broken, by day and round.
type Plain = BTreeMap<(NaiveDate, Option<String>), Vec<Finding>>;

#[test]
fn every_mutant_is_named_for_what_it_is() {
    let only = std::env::var("MUTANTS").ok();
    let bases = bases();
    let wanted = |m: &&Mutant| only.as_deref().is_none_or(|o| m.id.starts_with(o));
    let jobs: Vec<(usize, &Mutant)> =
        bases.iter().enumerate().flat_map(|(b, base)| base.mutants.iter().filter(wanted).map(move |m| (b, m))).collect();
    let next = AtomicUsize::new(0);
    let failures: Mutex<Vec<(usize, String)>> = Mutex::default();
    let said: Mutex<BTreeMap<usize, Finding>> = Mutex::default();
    let work = || {
        let mut books: BTreeMap<usize, (Book, Plain)> = BTreeMap::new();
        while let Some((i, (b, m))) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, *jobs.get(i)?))) {
            if m.code.is_none() {
                continue;
            }
            let base = &bases[b];
            let (book, plain) = books.entry(b).or_insert_with(|| (Book::example(&base.about.example), Plain::new()));
            let today = day(m.today.as_deref().unwrap_or(&base.about.today));
            let round = m.round.as_deref();
            let before = plain.entry((today, m.round.clone())).or_insert_with(|| assess(book, today, round));
            let fail = |wrong: String| failures.lock().unwrap().push((i, format!("{} {} #{i}: {wrong}", base.name, m.id)));
            let mut undo = Undo::new();
            if let Err(wrong) = apply(book, m, &mut undo) {
                restore(book, undo);
                fail(wrong);
                continue;
            }
            let new: Vec<Finding> = assess(book, today, round).into_iter().filter(|f| !before.contains(f)).collect();
            let wrong = judge(book, m, &new);
            if let Some(f) = new.iter().find(|f| f.obligation.as_deref() == Some(m.id.as_str())) {
                said.lock().unwrap().insert(i, f.clone());
            }
            if !wrong.is_empty() || only.is_some() {
                let found: Vec<String> = new.iter().map(|f| shown(book, f)).collect();
                let text = format!("{}\n{}", wrong.join("; "), found.join("\n"));
                match wrong.is_empty() {
                    true => println!("{} #{i}: as demanded{text}", m.id),
                    false => fail(text),
                }
            }
            restore(book, undo);
        }
    };
    std::thread::scope(|s| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8);
        (0..threads).for_each(|_| drop(s.spawn(work)));
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let failed: BTreeSet<usize> = failures.iter().map(|(i, _)| *i).collect();
    let text: Vec<String> = failures.iter().map(|(_, t)| t.clone()).collect();
    assert!(failures.is_empty(), "{} of {} mutants are not named for what they are:\n{}", text.len(), jobs.len(), text.join("\n"));
    if only.is_none() {
        let said = said.into_inner().unwrap();
        let mut faults = Vec::new();
        for (b, base) in bases.iter().enumerate() {
            let named = jobs.iter().enumerate().filter(|(i, (of, _))| *of == b && !failed.contains(i)).map(|(_, (_, m))| *m);
            base.score(&named.collect::<Vec<_>>());
            let first = |id: &str| {
                let (i, (_, m)) = jobs.iter().enumerate().find(|(i, (of, m))| *of == b && m.id == id && said.contains_key(i))?;
                Some((m.words(), said[&i].message.clone()))
            };
            let p = base.procedure();
            for (tail, lang) in [(".zh", Lang::Zh), ("", Lang::En)] {
                let file = format!("docs/obligations/{}{tail}.md", p.id);
                faults.extend(common::current(&file, &page::of(&p, &base.name, lang, &first)));
            }
        }
        assert!(faults.is_empty(), "{}\nXUNCHA_BLESS=1 cargo test --test mutants rewrites them", faults.join("\n\n"));
    }
}

impl Base {
    /// How many of its rows are named when a record breaks them: the numbers that stand in its `SCORE` and wherever a README quotes them.
    fn score(&self, named: &[&Mutant]) {
        let by_record: BTreeSet<&str> =
            named.iter().filter(|m| m.code.as_deref().is_some_and(|c| c != "unconfirmed")).map(|m| m.id.as_str()).collect();
        let by_any: BTreeSet<&str> = named.iter().filter(|m| m.code.is_some()).map(|m| m.id.as_str()).collect();
        let rows = self.rows();
        let auto = rows.iter().filter(|r| r.auto).count();
        let killed = rows.iter().filter(|r| r.auto && by_record.contains(r.id.as_str())).count();
        let any = rows.iter().filter(|r| by_any.contains(r.id.as_str())).count();
        let all = self.mutants.len();
        let text = format!("auto {killed}/{auto}\nall {any}/{}\nmutants {all}\n", rows.len());
        let place = format!("tests/mutants/{}", self.name);
        print!("{place}\n{text}");
        let kept = fs::read_to_string(root().join(&place).join("SCORE")).unwrap_or_default();
        assert_eq!(kept, text, "{place}/SCORE is to be brought up to date");
        for file in sorted(root()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if !name.starts_with("README") || !name.ends_with(".md") {
                continue;
            }
            let readme = fs::read_to_string(&file).unwrap();
            for line in readme.lines().filter(|l| l.contains(&format!("`{place}`"))) {
                let numbers: BTreeSet<&str> = line.split(|c: char| !c.is_ascii_digit()).collect();
                let quoted = [killed, auto, all].iter().all(|n| numbers.contains(n.to_string().as_str()));
                assert!(quoted, "{name}: of {auto} rows {killed} are named, by {all} mutants: {line}");
            }
        }
    }
}

#[test]
fn the_readmes_quote_the_score_of_the_first_example() {
    for name in ["README.md", "README.zh.md"] {
        let readme = fs::read_to_string(root().join(name)).unwrap();
        assert!(readme.contains("`tests/mutants/demo`"), "{name}");
    }
}

#[test]
fn every_row_and_every_obligation_has_its_mutant_or_its_reason() {
    for base in bases() {
        let (p, rows, name) = (base.procedure(), base.rows(), &base.name);
        let covered: BTreeSet<&str> = base.mutants.iter().map(|m| m.id.as_str()).collect();
        let mut without: Vec<&str> = rows.iter().map(|r| r.id.as_str()).filter(|id| !covered.contains(id)).collect();
        without.extend(p.obligations.iter().map(|o| o.id.as_str()).filter(|id| !covered.contains(id)));
        assert!(without.is_empty(), "{name}: no mutant of {without:?}");
        let unknown: Vec<&str> = covered.iter().copied().filter(|id| p.obligation(id).is_none()).collect();
        assert!(unknown.is_empty(), "{name}: no obligation {unknown:?}");
        for m in &base.mutants {
            let id = &m.id;
            let breaks = !m.remove.is_empty() || !m.edit.is_empty() || !m.add.is_empty() || m.today.is_some();
            assert_eq!(m.code.is_some(), breaks, "{name} {id}: what is broken is named, and only that");
            assert!(m.code.is_some() || m.why.is_some(), "{name} {id}: without a mutant the reason is given");
            assert!(m.code.is_some() == m.file.is_some(), "{name} {id}: the file of the finding");
        }
    }
}

#[test]
fn a_row_that_only_a_person_decides_wants_its_confirmation() {
    for base in bases() {
        let unconfirmed = base.mutants.iter().filter(|m| m.code.as_deref() == Some("unconfirmed"));
        let asked: BTreeSet<&str> = unconfirmed.map(|m| m.id.as_str()).collect();
        for o in base.procedure().obligations.iter().filter(|o| o.confirm.is_some() && o.strength != Strength::May) {
            assert!(asked.contains(o.id.as_str()), "{}: {}: no mutant without its confirmation", base.name, o.id);
        }
    }
}

#[test]
fn the_register_is_carried_with_equal_strength() {
    let strength = |s: Strength| match s {
        Strength::Must => "must",
        Strength::Should => "should",
        Strength::May => "may",
    };
    let bases = bases();
    for base in &bases {
        let p = base.procedure();
        for row in base.rows() {
            let o = p.obligation(&row.id).unwrap_or_else(|| panic!("{}: {} is not carried", base.name, row.id));
            assert_eq!(strength(o.strength), row.severity, "{}", row.id);
            // A due date that only counts looks at nothing.
            let done = o.due.as_ref().is_some_and(|d| d.done.is_some());
            let looks = !matches!(o.subject, Subject::Scope) || o.require.is_some() || o.event.is_some() || done;
            assert!(!row.auto || looks, "{} rests on a confirmation alone", row.id);
        }
    }
    for row in register() {
        let of = bases.iter().filter(|b| row.id.starts_with(&b.about.rows)).count();
        assert_eq!(of, 1, "{} belongs to one example", row.id);
    }
}

/// Each rule that crosses records is carried by obligations that a broken record names, or by codes that are explained.
#[test]
fn every_rule_across_records_is_carried() {
    #[derive(Deserialize)]
    struct Table {
        rules: BTreeMap<String, Vec<String>>,
    }
    let text = fs::read_to_string(root().join("tests/data/cross-rules.toml")).expect("the table");
    let table: Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(table.rules.len(), 43);
    let (codes, _) = xuncha::render::explain::library::codes();
    let named: BTreeSet<String> = bases()
        .into_iter()
        .flat_map(|b| b.mutants)
        .filter(|m| m.code.as_deref().is_some_and(|c| c != "unconfirmed"))
        .map(|m| m.id)
        .collect();
    let known = |id: &str| named.contains(id) || codes.iter().any(|c| c.id == id);
    let faults: Vec<String> = table
        .rules
        .iter()
        .flat_map(|(rule, ids)| ids.iter().filter(|id| !known(id)).map(move |id| format!("{rule}: no mutant names {id}")))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

impl Mutant {
    /// What is broken, in a line.
    fn words(&self) -> Text {
        let short = |file: &str| {
            file.split('/').skip_while(|p| *p == "rounds").skip(usize::from(file.starts_with("rounds/"))).collect::<Vec<_>>().join("/")
        };
        let code = |s: &str| format!("`{}`", xuncha::text::cut(s.trim().replace('\n', " ⏎ ").replace('`', "'").as_str(), 56));
        let gone = |what: String| Text::new(format!("删去 {what}"), format!("no {what}"));
        let mut out: Vec<Text> = self.remove.iter().map(|f| gone(short(f))).collect();
        for e in &self.edit {
            let file = short(&e.file);
            let cut = |line: &str| Text::new(format!("{file} 删去{}", code(line)), format!("{file} without {}", code(line)));
            out.push(match (&e.delete_line, &e.from, &e.to) {
                (Some(line), ..) => cut(line),
                (_, Some(from), Some(to)) if to.trim().is_empty() => cut(from),
                (_, Some(from), Some(to)) => Text::same(format!("{file} {} → {}", code(from), code(to))),
                _ => Text::same(file.clone()),
            });
        }
        out.extend(self.add.iter().map(|a| Text::new(format!("增加 {}", short(&a.file)), format!("with {}", short(&a.file)))));
        out.extend(self.today.iter().map(|day| Text::new(format!("今天是 {day}"), format!("today is {day}"))));
        let join = |lang: Lang, mark: &str| out.iter().map(|t| t.get(lang)).collect::<Vec<_>>().join(mark);
        Text::new(join(Lang::Zh, "；"), join(Lang::En, "; "))
    }
}
