//! The example round with one thing broken: every obligation that the records can show is named, with its code and its place, and nothing else is.
//! Run one with `MUTANTS=XH-12-3b cargo test --test mutants -- --nocapture`.

mod common;

use chrono::NaiveDate;
use common::{Book, day, root};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xuncha::assess::{self, Request, rule_words};
use xuncha::casebook::Casebook;
use xuncha::casebook::names::Where;
use xuncha::finding::Finding;
use xuncha::kind::Schema;
use xuncha::procedure::compile::actor_title;
use xuncha::procedure::{Obligation, Origin, Procedure, Strength, Subject};
use xuncha::text::Lang;

/// The day on which the example is complete.
const TODAY: &str = "2021-02-01";

/// A file of `tests/mutants/`.
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
    /// The day of the run, where it is not [`TODAY`].
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

fn mutants() -> Vec<Mutant> {
    let mut files: Vec<_> = fs::read_dir(root().join("tests/mutants")).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let sheet = |f: &std::path::PathBuf| {
        let text = fs::read_to_string(f).unwrap();
        toml::from_str::<Sheet>(&text).unwrap_or_else(|e| panic!("{}: {e}", f.display())).mutant
    };
    files.iter().flat_map(sheet).collect()
}

/// The findings of the casebook, each once.
fn assess(book: &Book, today: NaiveDate, round: Option<&str>) -> Vec<Finding> {
    let casebook = Casebook::open(book.path());
    let place = round.map_or(Where::Book, |r| Where::Round(r.to_string()));
    let report = assess::run(&casebook, &Request { places: vec![place], today });
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

#[test]
fn every_mutant_is_named_for_what_it_is() {
    let only = std::env::var("MUTANTS").ok();
    let mutants: Vec<Mutant> = mutants().into_iter().filter(|m| only.as_deref().is_none_or(|o| m.id.starts_with(o))).collect();
    let next = AtomicUsize::new(0);
    let failures: Mutex<Vec<(usize, String)>> = Mutex::default();
    let said: Mutex<BTreeMap<usize, Finding>> = Mutex::default();
    let work = || {
        let book = Book::new("demo");
        let mut plain: BTreeMap<(NaiveDate, Option<String>), Vec<Finding>> = BTreeMap::new();
        while let Some((i, m)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, mutants.get(i)?))) {
            if m.code.is_none() {
                continue;
            }
            let today = day(m.today.as_deref().unwrap_or(TODAY));
            let round = m.round.as_deref();
            let before = plain.entry((today, m.round.clone())).or_insert_with(|| assess(&book, today, round));
            let fail = |wrong: String| failures.lock().unwrap().push((i, format!("{} #{i}: {wrong}", m.id)));
            let mut undo = Undo::new();
            if let Err(wrong) = apply(&book, m, &mut undo) {
                restore(&book, undo);
                fail(wrong);
                continue;
            }
            let new: Vec<Finding> = assess(&book, today, round).into_iter().filter(|f| !before.contains(f)).collect();
            let wrong = judge(&book, m, &new);
            if let Some(f) = new.iter().find(|f| f.obligation.as_deref() == Some(m.id.as_str())) {
                said.lock().unwrap().insert(i, f.clone());
            }
            if !wrong.is_empty() || only.is_some() {
                let found: Vec<String> = new.iter().map(|f| shown(&book, f)).collect();
                let text = format!("{}\n{}", wrong.join("; "), found.join("\n"));
                match wrong.is_empty() {
                    true => println!("{} #{i}: as demanded{text}", m.id),
                    false => fail(text),
                }
            }
            restore(&book, undo);
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
    assert!(failures.is_empty(), "{} of {} mutants are not named for what they are:\n{}", text.len(), mutants.len(), text.join("\n"));
    if only.is_none() {
        let named = mutants.iter().enumerate().filter(|(i, _)| !failed.contains(i)).map(|(_, m)| m);
        score(named.collect(), mutants.len());
        let said = said.into_inner().unwrap();
        let first = |id: &str| mutants.iter().enumerate().find(|(i, m)| m.id == id && said.contains_key(i)).map(|(i, m)| (m, &said[&i]));
        let faults: Vec<String> = [("docs/obligations/xinghai-2020.zh.md", Lang::Zh), ("docs/obligations/xinghai-2020.md", Lang::En)]
            .into_iter()
            .filter_map(|(file, lang)| common::current(file, &page(lang, &first)))
            .collect();
        assert!(faults.is_empty(), "{}\nXUNCHA_BLESS=1 cargo test --test mutants rewrites them", faults.join("\n\n"));
    }
}

/// The table of all obligations: what is demanded, where it stands, how it is seen, and what the first of its mutants is told.
fn page<'m>(lang: Lang, first: &dyn Fn(&str) -> Option<(&'m Mutant, &'m Finding)>) -> String {
    let (p, schema) = (procedure(), xuncha::kind::load::builtin());
    let put = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_string() } else { en.to_string() };
    let cell = |s: &str| s.replace('|', "\\|").replace('\n', " ⏎ ");
    let (title, n) = (p.title.get(lang).to_string(), p.obligations.len());
    let mut out = put(
        &format!(
            "# {title}：全部事项\n\n共{n}项。每一项弄坏示例案卷的一处记录，看报出什么；本页由规程文件和 `tests/mutants` 生成，改动后运行 \
             `XUNCHA_BLESS=1 cargo test --test mutants`。单个事项：`xuncha explain 编号`。强度：须（错误）、应（警告）、可；推定的和本办自定的只作警告。\n"
        ),
        &format!(
            "# {title}: all obligations\n\n{n} obligations. For each one thing in the example casebook is broken, and what is then said stands beside it. Made from the \
             procedure and `tests/mutants`; after a change run `XUNCHA_BLESS=1 cargo test --test mutants`. One of them: `xuncha explain ID`. What is derived or an office's own is a warning at most.\n"
        ),
    );
    for (i, stage) in p.stages.iter().enumerate() {
        let heads =
            put("| 编号 | 出处 | 要求 | 强度 | 怎样查 | 弄坏一处 | 报出 |", "| id | cite | demands | strength | seen by | broken | said |");
        let _ = write!(out, "\n## {}\n\n{heads}\n|---|---|---|---|---|---|---|\n", stage.title.get(lang));
        for o in p.obligations.iter().filter(|o| o.stage == i) {
            let strength = match o.strength {
                Strength::Must => put("须", "must"),
                Strength::Should => put("应", "should"),
                Strength::May => put("可", "may"),
            };
            let strength = match o.origin {
                Origin::Binding => strength,
                Origin::Derived => put(&format!("{strength}（推定）"), &format!("{strength} (derived)")),
                Origin::Local => put(&format!("{strength}（本办）"), &format!("{strength} (office)")),
            };
            let (broken, said) = match first(&o.id) {
                Some((m, f)) => (m.shown(lang), f.message.get(lang).to_string()),
                None => ("—".into(), "—".into()),
            };
            let row =
                [&format!("`{}`", o.id), &o.cite, o.text.get(lang), &strength, &seen_by(&p, &schema, o, lang), &broken, &said].map(cell);
            let _ = writeln!(out, "| {} |", row.join(" | "));
        }
    }
    out
}

/// How an obligation is verified, in a few words.
fn seen_by(p: &Procedure, schema: &Schema, o: &Obligation, lang: Lang) -> String {
    let put = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let mut parts = Vec::new();
    let looks = !matches!(o.subject, Subject::Scope) || o.require.is_some() || o.event.is_some();
    if looks {
        parts.push(put("记录".into(), "records".into()));
    }
    if let Some(d) = &o.due {
        let from: Vec<&str> = d.from.iter().filter_map(|e| p.event(&e.text)).map(|i| p.events[i].title.get(lang)).collect();
        let rule = d.rule.as_ref().or(d.closes.as_ref()).map_or("", |r| r.text.as_str());
        let words = match rule.strip_prefix("param.").and_then(|id| p.params.iter().find(|x| x.id == id)) {
            Some(param) => param.title.get(lang).to_string(),
            None => rule_words(rule).get(lang).to_string(),
        };
        let from = from.join(&put("、".into(), ", ".into()));
        parts.push(put(format!("期限：{from}起{words}"), format!("due {words} of {from}")));
    }
    if let Some(who) = &o.confirm {
        let who = actor_title(p, schema, who);
        parts.push(put(format!("{}确认", who.zh), format!("confirmed by {}", who.en)));
    }
    parts.join(&put("；".into(), "; ".into()))
}

impl Mutant {
    /// What is broken, in a line.
    fn shown(&self, lang: Lang) -> String {
        let put = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
        let short = |file: &str| file.trim_start_matches("rounds/2020-r2/").to_string();
        let code = |s: &str| format!("`{}`", xuncha::text::cut(s.trim().replace('\n', " ⏎ ").replace('`', "'").as_str(), 56));
        let mut out: Vec<String> = self.remove.iter().map(|f| put(format!("删去 {}", short(f)), format!("no {}", short(f)))).collect();
        for e in &self.edit {
            let file = short(&e.file);
            out.push(match (&e.delete_line, &e.from, &e.to) {
                (Some(line), ..) => put(format!("{file} 删去{}", code(line)), format!("{file} without {}", code(line))),
                (_, Some(from), Some(to)) if to.trim().is_empty() => {
                    put(format!("{file} 删去{}", code(from)), format!("{file} without {}", code(from)))
                }
                (_, Some(from), Some(to)) => format!("{file} {} → {}", code(from), code(to)),
                _ => file,
            });
        }
        out.extend(self.add.iter().map(|a| put(format!("增加 {}", short(&a.file)), format!("with {}", short(&a.file)))));
        if let Some(day) = &self.today {
            out.push(put(format!("今天是 {day}"), format!("today is {day}")));
        }
        out.join(if lang == Lang::Zh { "；" } else { "; " })
    }
}

/// How many rows of the register are named when a record breaks them: the number that stands in `tests/mutants/SCORE` and wherever a README quotes it.
fn score(named: Vec<&Mutant>, all: usize) {
    let by_record: BTreeSet<&str> =
        named.iter().filter(|m| m.code.as_deref().is_some_and(|c| c != "unconfirmed")).map(|m| m.id.as_str()).collect();
    let by_any: BTreeSet<&str> = named.iter().filter(|m| m.code.is_some()).map(|m| m.id.as_str()).collect();
    let rows = register();
    let auto = rows.iter().filter(|r| r.auto).count();
    let killed = rows.iter().filter(|r| r.auto && by_record.contains(r.id.as_str())).count();
    let any = rows.iter().filter(|r| by_any.contains(r.id.as_str())).count();
    let text = format!("auto {killed}/{auto}\nall {any}/{}\nmutants {all}\n", rows.len());
    print!("{text}");
    let kept = fs::read_to_string(root().join("tests/mutants/SCORE")).unwrap_or_default();
    assert_eq!(kept, text, "tests/mutants/SCORE is to be brought up to date");
    for entry in fs::read_dir(root()).unwrap().map(|e| e.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("README") || !name.ends_with(".md") {
            continue;
        }
        let readme = fs::read_to_string(&entry).unwrap();
        for line in readme.lines().filter(|l| l.contains("tests/mutants")) {
            let quoted = [killed, auto].iter().all(|n| line.contains(&n.to_string()));
            assert!(quoted, "{name}: of {auto} rows {killed} are named: {line}");
        }
    }
}

#[test]
fn every_row_and_every_obligation_has_its_mutant_or_its_reason() {
    let mutants = mutants();
    let covered: BTreeSet<&str> = mutants.iter().map(|m| m.id.as_str()).collect();
    let p = procedure();
    let rows = register();
    let mut without: Vec<&str> = rows.iter().map(|r| r.id.as_str()).filter(|id| !covered.contains(id)).collect();
    without.extend(p.obligations.iter().map(|o| o.id.as_str()).filter(|id| !covered.contains(id)));
    assert!(without.is_empty(), "no mutant of {without:?}");
    let unknown: Vec<&str> = covered.iter().copied().filter(|id| p.obligation(id).is_none()).collect();
    assert!(unknown.is_empty(), "no obligation {unknown:?}");
    for m in &mutants {
        let id = &m.id;
        let breaks = !m.remove.is_empty() || !m.edit.is_empty() || !m.add.is_empty() || m.today.is_some();
        assert_eq!(m.code.is_some(), breaks, "{id}: what is broken is named, and only that");
        assert!(m.code.is_some() || m.why.is_some(), "{id}: without a mutant the reason is given");
        assert!(m.code.is_some() == m.file.is_some(), "{id}: the file of the finding");
    }
}

#[test]
fn a_row_that_only_a_person_decides_wants_its_confirmation() {
    let mutants = mutants();
    let p = procedure();
    let asked: BTreeSet<&str> = mutants.iter().filter(|m| m.code.as_deref() == Some("unconfirmed")).map(|m| m.id.as_str()).collect();
    for o in p.obligations.iter().filter(|o| o.confirm.is_some() && o.strength != Strength::May) {
        assert!(asked.contains(o.id.as_str()), "{}: no mutant without its confirmation", o.id);
    }
}

#[test]
fn the_register_is_carried_with_equal_strength() {
    let p = procedure();
    let strength = |s: Strength| match s {
        Strength::Must => "must",
        Strength::Should => "should",
        Strength::May => "may",
    };
    let rows = register();
    assert_eq!(rows.len(), 395);
    for row in &rows {
        let o = p.obligation(&row.id).unwrap_or_else(|| panic!("{} is not carried", row.id));
        assert_eq!(strength(o.strength), row.severity, "{}", row.id);
        // A due date that only counts looks at nothing.
        let done = o.due.as_ref().is_some_and(|d| d.done.is_some());
        let looks = !matches!(o.subject, Subject::Scope) || o.require.is_some() || o.event.is_some() || done;
        assert!(!row.auto || looks, "{} rests on a confirmation alone", row.id);
    }
}

fn procedure() -> Procedure {
    let (p, findings) = xuncha::procedure::by_id(xuncha::procedure::DEFAULT, None).expect("the built-in procedure can be read");
    assert!(findings.is_empty(), "{findings:?}");
    p
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
    let named: BTreeSet<String> =
        mutants().into_iter().filter(|m| m.code.as_deref().is_some_and(|c| c != "unconfirmed")).map(|m| m.id).collect();
    let known = |id: &str| named.contains(id) || codes.iter().any(|c| c.id == id);
    let faults: Vec<String> = table
        .rules
        .iter()
        .flat_map(|(rule, ids)| ids.iter().filter(|id| !known(id)).map(move |id| format!("{rule}: no mutant names {id}")))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
