//! Tests as readable data: each folder of `tests/cases/` is a casebook, a command and what it must print, byte for byte.
//!
//! `case.toml` names the base (`none`, `demo`, or a folder of `tests/bases/`), what is taken out of it (`remove`), the day, the language, the
//! command lines (`args`, or several `[[run]]` with a `name`, perhaps a language of its own) and the exit code; `files/` is laid over the base, then texts that occur once are
//! replaced (`edit`); `pinned` writes the built-in procedure into each round that has none. Each run first does its own `edit` and `remove` to what
//! the runs before it left. `stdout.txt` and, where anything is printed there, `stderr.txt` stand beside it. With `states = true` the state of every obligation stands in `states.txt`.
//! `XUNCHA_BLESS=1 cargo test --test cases` writes what is printed; read the difference before committing it.

mod common;

use common::{Book, Ran, day, root};
use serde::Deserialize;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use xuncha::assess::{self, Request};
use xuncha::casebook::{Casebook, names::Where};
use xuncha::procedure::Scope;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What the case is about.
    about: String,
    base: String,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default = "today")]
    today: String,
    #[serde(default = "zh")]
    lang: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    exit: u8,
    #[serde(default)]
    edit: Vec<Edit>,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    states: bool,
    #[serde(default)]
    run: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    name: String,
    args: Vec<String>,
    /// The case's own, if it is not said.
    lang: Option<String>,
    #[serde(default)]
    exit: u8,
    #[serde(default)]
    edit: Vec<Edit>,
    #[serde(default)]
    remove: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    from: String,
    #[serde(default)]
    to: String,
}

impl Edit {
    fn make(&self, book: &Book, name: &str) {
        let text = fs::read_to_string(book.path().join(&self.file)).unwrap_or_else(|e| panic!("{name}: {}: {e}", self.file));
        let n = text.matches(&self.from).count();
        assert!(n == 1, "{name}: `{}` occurs {n} times in {}", self.from, self.file);
        book.write(&self.file, text.replace(&self.from, &self.to));
    }
}

fn pin(book: &Book) {
    let text = xuncha::procedure::pinned_text(xuncha::procedure::DEFAULT, None).expect("a built-in procedure");
    for round in Casebook::open(book.path()).rounds() {
        let rel = format!("rounds/{round}/procedure.toml");
        if !book.path().join(&rel).exists() {
            book.write(&rel, &text);
        }
    }
}

fn today() -> String {
    "2020-12-31".into()
}

fn zh() -> String {
    "zh".into()
}

#[test]
fn every_case_prints_what_it_should() {
    let mut names: Vec<String> = fs::read_dir(root().join("tests/cases"))
        .expect("tests/cases")
        .map(|e| e.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    assert!(names.len() > 50, "only {} cases", names.len());
    let wanted = std::env::var("XUNCHA_CASE").ok();
    let faults: Vec<String> =
        names.iter().filter(|n| wanted.as_ref().is_none_or(|w| n.contains(w.as_str()))).flat_map(|name| case(name)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn case(name: &str) -> Vec<String> {
    let dir = root().join("tests/cases").join(name);
    let text = fs::read_to_string(dir.join("case.toml")).unwrap_or_else(|e| panic!("{name}/case.toml: {e}"));
    let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}/case.toml: {e}"));
    assert!(!case.about.is_empty(), "{name}: say what it is about");
    let book = Book::new(&case.base);
    case.remove.iter().for_each(|r| book.remove(r));
    if dir.join("files").is_dir() {
        book.lay(&dir.join("files"));
    }
    case.edit.iter().for_each(|e| e.make(&book, name));
    if case.pinned {
        pin(&book);
    }
    let mut runs: Vec<(String, &[String], u8, Option<&Run>)> = Vec::new();
    if !case.args.is_empty() {
        runs.push((String::new(), &case.args, case.exit, None));
    }
    runs.extend(case.run.iter().map(|r| (format!("{}.", r.name), r.args.as_slice(), r.exit, Some(r))));
    assert!(!runs.is_empty() || case.states, "{name}: nothing is run");
    let mut faults = Vec::new();
    let mut known = vec!["case.toml".to_string(), "files".to_string()];
    for (prefix, args, exit, run) in runs {
        if let Some(run) = run {
            run.edit.iter().for_each(|e| e.make(&book, name));
            run.remove.iter().for_each(|r| book.remove(r));
        }
        let mut all: Vec<&str> = args.iter().map(String::as_str).collect();
        all.extend(["--lang", run.and_then(|r| r.lang.as_deref()).unwrap_or(&case.lang)]);
        let Ran { out, err, code } = book.run(&all, &case.today);
        if code != exit {
            faults.push(format!("{name}: {prefix}exit {code}, not {exit}\n{out}{err}"));
        }
        let both = [("stdout.txt", out, true), ("stderr.txt", err, false)];
        for (file, got, always) in both {
            let file = format!("{prefix}{file}");
            if always || !got.is_empty() {
                faults.extend(compare(&dir, name, &file, &got));
                known.push(file);
            }
        }
    }
    if case.states {
        faults.extend(compare(&dir, name, "states.txt", &states(&book, &case)));
        known.push("states.txt".into());
    }
    for entry in fs::read_dir(&dir).expect("the case's folder") {
        let file = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
        if !known.contains(&file) {
            faults.push(format!("{name}/{file}: nothing is printed there any more"));
        }
    }
    faults
}

/// Compares with what is expected, or writes it where that is asked for.
fn compare(dir: &Path, name: &str, file: &str, got: &str) -> Option<String> {
    let path = dir.join(file);
    if std::env::var_os("XUNCHA_BLESS").is_some() {
        fs::write(&path, got).expect("the expectation can be written");
        return None;
    }
    match fs::read_to_string(&path) {
        Ok(want) if want == got => None,
        Ok(want) => Some(format!("{name}/{file} differs:\n--- expected\n{want}--- printed\n{got}---")),
        Err(_) => Some(format!("{name}/{file} is missing; printed:\n{got}---")),
    }
}

/// Every obligation on every instance: state, dates, and in words what is lacking.
fn states(book: &Book, case: &Case) -> String {
    let casebook = Casebook::open(book.path());
    let report = assess::run(&casebook, &Request { places: vec![Where::Book], today: day(&case.today), cache: false });
    let mut out = String::new();
    for xuncha::assess::Entry { procedure: p, assessment: a, .. } in report.assessments() {
        let o = &p.obligations[a.obligation];
        let place = match (a.instance.scope, &a.instance.team) {
            (Scope::Casebook, _) => "casebook".to_string(),
            (_, Some(team)) => format!("{} {team}", a.instance.case),
            _ => a.instance.case.clone(),
        };
        let _ = write!(out, "{} [{place}] {}", o.id, a.state.code());
        if let Some(due) = &a.due {
            let from = due.from.map_or("-", |e| p.events[e].id.as_str());
            let on = due.from_date.map_or("?".to_string(), |d| d.date.to_string());
            let _ = write!(out, "; {} from {from} {on}", due.rule);
            if let Some(opens) = due.opens {
                let _ = write!(out, ", opens {opens}");
            }
            match due.due {
                Some(d) => {
                    let _ = write!(out, ", due {}", d.date);
                }
                None => out.push_str(", no date"),
            }
        }
        if let Some(done) = a.done_on {
            let _ = write!(out, "; done {done}");
        }
        if let Some(unset) = a.unset {
            let _ = write!(out, "; param {} is not set", p.params[unset].id);
        }
        if a.wants_confirmation {
            out.push_str("; to be confirmed");
        }
        if a.waived > 0 {
            let _ = write!(out, "; {} waived", a.waived);
        }
        if !a.findings.is_empty() {
            let codes: Vec<&str> = a.findings.iter().map(|f| f.code.as_ref()).collect();
            let _ = write!(out, "; findings: {}", codes.join(", "));
        }
        out.push('\n');
        for lacking in &a.lacking {
            let _ = writeln!(out, "    {}", if case.lang == "en" { &lacking.en } else { &lacking.zh });
        }
    }
    out
}
