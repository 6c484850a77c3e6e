//! `docs/findings.md` and `docs/findings.zh.md`: what each code of a finding means, commands that bring it about, and what is then printed.
//!
//! Both are made here from `templates/codes.toml` and `tests/findings.toml`, whose commands are run in a copy of `examples/demo`; every code has
//! its example, and it is reported there. `XUNCHA_BLESS=1 cargo test --test findings` writes what is printed now.

#![cfg(unix)]

mod common;

use common::{Book, root};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use xuncha::render::explain::library;
use xuncha::text::{Lang, Text};

/// The day of the runs, on which the example is complete.
const TODAY: &str = "2021-02-01";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    example: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    code: String,
    /// Commands; where the last is not xuncha's, `xuncha check --only CODE` follows.
    #[serde(default)]
    run: Vec<String>,
    /// Why nothing is run.
    why: Option<Why>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    zh: String,
    en: String,
}

impl Example {
    fn commands(&self) -> Vec<String> {
        let mut all = self.run.clone();
        if !all.last().is_some_and(|l| l.starts_with("xuncha ")) {
            all.push(format!("xuncha check --only {}", self.code));
        }
        all
    }
}

fn examples() -> Vec<Example> {
    let text = fs::read_to_string(root().join("tests/findings.toml")).expect("the examples");
    toml::from_str::<Sheet>(&text).unwrap_or_else(|e| panic!("tests/findings.toml: {e}")).example
}

/// What a command prints, results and notes in their order.
fn run(dir: &Path, command: &str, lang: Lang) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_xuncha")).parent().expect("a folder");
    let path = format!("{}:{}", built.display(), std::env::var("PATH").unwrap_or_default());
    let done = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .current_dir(dir)
        .stdin(Stdio::null())
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", if lang == Lang::Zh { "zh_CN.UTF-8" } else { "en_US.UTF-8" })
        .envs([("PATH", path.as_str()), ("XUNCHA_TODAY", TODAY), ("COLUMNS", "100"), ("NO_COLOR", "1")])
        .output()
        .expect("sh");
    assert!(done.status.code().is_some_and(|c| c < 3), "`{command}` ended with {}", done.status);
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// What an example prints last in each language; every command before that prints nothing.
fn play(example: &Example) -> Result<[String; 2], String> {
    let code = &example.code;
    let commands = example.commands();
    let (last, before) = commands.split_last().expect("a command");
    let said = |lang: Lang, more: &str| -> Result<String, String> {
        let book = Book::new("demo");
        // The example is Chinese; its reader need not be.
        let settings = fs::read_to_string(book.path().join("xuncha.toml")).expect("settings");
        book.write(
            "xuncha.toml",
            settings.replace("language = \"zh\"", if lang == Lang::Zh { "language = \"zh\"" } else { "language = \"en\"" }),
        );
        for command in before {
            let out = run(book.path(), command, lang);
            if !out.is_empty() {
                return Err(format!("{code}: `{command}` prints {out}"));
            }
        }
        Ok(run(book.path(), &format!("{last}{more}"), lang))
    };
    let both = [said(Lang::Zh, "")?, said(Lang::En, "")?];
    // Where the obligation's id stands in the place of the code, the data has both.
    let named = both[0].contains(&format!("[{code}]")) || said(Lang::Zh, " --format json")?.contains(&format!("\"code\": \"{code}\""));
    if !named {
        return Err(format!("{code}: it is not reported:\n{}", both[0]));
    }
    Ok(both)
}

fn page(lang: Lang, examples: &[Example], printed: &BTreeMap<String, [String; 2]>) -> String {
    let put = |t: Text| t.get(lang).to_string();
    let mut out = put(Text::new(
        "# 问题代码\n\n`xuncha` 能报出的每一个代码：含义、办法、一个例子。本页由 `templates/codes.toml` 和 `tests/findings.toml` 生成，例子都真的运行过；改动后运行 \
         `XUNCHA_BLESS=1 cargo test --test findings`。\n\n每个例子都从一份新的示例案卷开始，日期定在示例办结之后：\n\n\
         ```sh\nexport XUNCHA_TODAY=2021-02-01\nxuncha demo d && cd d\n```\n\n规程事项报出的问题，方括号里是事项编号，代码在 `--format json` 里。每一事项见 \
         [obligations/xinghai-2020.zh.md](obligations/xinghai-2020.zh.md)。单个代码：`xuncha explain 代码`。\n",
        "# Codes of findings\n\nEvery code that `xuncha` can report: what it means, the remedy, an example. This page is made from `templates/codes.toml` and \
         `tests/findings.toml`, and the examples were run; after a change run `XUNCHA_BLESS=1 cargo test --test findings`.\n\nEach example begins in a fresh copy of \
         the example casebook, on a day when it is complete (the messages below are those with `language = \"en\"` in its xuncha.toml):\n\n\
         ```sh\nexport XUNCHA_TODAY=2021-02-01\nxuncha demo d && cd d\n```\n\nA finding of an obligation has the obligation's id in the brackets; its code is in \
         `--format json`. All obligations: [obligations/xinghai-2020.md](obligations/xinghai-2020.md). One code: `xuncha explain CODE`.\n",
    ));
    for code in &library::codes().0 {
        let (title, meaning, remedy) = (code.title.get(lang), code.meaning.get(lang), code.remedy.get(lang));
        let _ = write!(out, "\n## `{}` {title}\n\n{meaning}\n\n{}{remedy}\n", code.id, put(Text::new("办法：", "Remedy: ")));
        let Some(example) = examples.iter().find(|e| e.code == code.id) else { continue };
        if let Some(why) = &example.why {
            let _ = write!(out, "\n{}\n", if lang == Lang::Zh { &why.zh } else { &why.en });
            continue;
        }
        let said = &printed[&code.id][usize::from(lang == Lang::En)];
        let commands: String = example.commands().iter().map(|c| format!("$ {c}\n")).collect();
        let _ = write!(out, "\n```console\n{commands}{}\n```\n", said.trim_end());
    }
    out
}

#[test]
fn every_code_has_its_example_and_the_pages_are_current() {
    let examples = examples();
    let codes = library::codes().0;
    let mut wrong: Vec<String> = Vec::new();
    for c in &codes {
        let n = examples.iter().filter(|e| e.code == c.id).count();
        if n != 1 {
            wrong.push(format!("{}: {n} examples in tests/findings.toml", c.id));
        }
    }
    wrong.extend(examples.iter().filter(|e| !codes.iter().any(|c| c.id == e.code)).map(|e| format!("{}: no such code", e.code)));
    let without = examples.iter().filter(|e| e.why.is_some()).count();
    assert!(without <= 2, "{without} codes without a run");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let next = AtomicUsize::new(0);
    let (printed, failed) = (Mutex::new(BTreeMap::new()), Mutex::new(Vec::new()));
    let work = || {
        while let Some(e) = examples.get(next.fetch_add(1, Ordering::Relaxed)) {
            match e.why {
                Some(_) => {}
                None => match play(e) {
                    Ok(both) => drop(printed.lock().unwrap().insert(e.code.clone(), both)),
                    Err(why) => failed.lock().unwrap().push(why),
                },
            }
        }
    };
    std::thread::scope(|s| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8);
        (0..threads).for_each(|_| drop(s.spawn(work)));
    });
    wrong.extend(failed.into_inner().unwrap());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let printed = printed.into_inner().unwrap();
    for (file, lang) in [("docs/findings.zh.md", Lang::Zh), ("docs/findings.md", Lang::En)] {
        let text = page(lang, &examples, &printed);
        if let Some(fault) = common::current(file, &text) {
            wrong.push(fault);
        }
    }
    assert!(wrong.is_empty(), "{}\nXUNCHA_BLESS=1 cargo test --test findings rewrites them", wrong.join("\n\n"));
}
