//! How fast a cold check is, against public things that do less, in one run: `cargo bench`.
//!
//! Ratios count, seconds do not: machines are shared and differ. What is not installed is left out and said so.
//! `XUNCHA_BENCH_CASES` sets the size (default 40 cases, about 14,000 records); `XUNCHA_BENCH_RUNS` the counted runs (default 5).
//! Linters and validators of YAML that take minutes on that tree are given its interviews alone: compare the times for a record.

use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run of something; nothing where it is not installed.
type Run = Box<dyn Fn() -> Option<Duration>>;

const DAY: &str = "2021-02-01";

fn main() {
    let number = |name: &str, default: usize| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let (cases, runs) = (number("XUNCHA_BENCH_CASES", 40), number("XUNCHA_BENCH_RUNS", 5));
    let xuncha = PathBuf::from(env!("CARGO_BIN_EXE_xuncha"));
    let temp = tempfile::tempdir().expect("a temporary folder");
    let dir = temp.path().join("book");
    run(Command::new(&xuncha).args(["demo", "--cases", &cases.to_string()]).arg(&dir));
    run(Command::new("git").args(["init", "-q"]).current_dir(&dir));
    run(Command::new("git").args(["add", "-A"]).current_dir(&dir));
    // The schemas that the schema-only tools are given; `ys` knows fewer words of JSON Schema.
    let (schemas, plainer) = (temp.path().join("schema"), temp.path().join("plain"));
    std::fs::create_dir(&schemas).expect("a folder");
    std::fs::create_dir(&plainer).expect("a folder");
    for kind in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/kinds")).expect("the kinds").flatten() {
        let name = kind.file_name().to_string_lossy().trim_end_matches(".toml").to_string();
        let out = Command::new(&xuncha).args(["kind", "schema", &name]).output().expect("the program runs");
        if out.status.success() {
            let schema: Value = serde_json::from_slice(&out.stdout).expect("JSON");
            std::fs::write(plainer.join(format!("{name}.json")), plain(&schema, &schema, &mut Vec::new()).to_string()).expect("a file");
            std::fs::write(schemas.join(format!("{name}.json")), out.stdout).expect("a file");
        }
    }
    let files = yaml_files(&dir);
    let bytes: u64 = files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum();
    println!(
        "{} records, {:.1} MB, {} threads; medians of {runs} runs in turn",
        files.len(),
        bytes as f64 / 1e6,
        rayon::current_num_threads()
    );

    let one_case = "2020-r2/zhixiao";
    let mut peers: Vec<(String, Run)> = Vec::new();
    let mut add = |name: &str, f: Run| peers.push((name.to_string(), f));
    let check = |args: &[&str]| {
        let (xuncha, dir, args) = (xuncha.clone(), dir.clone(), args.iter().map(|a| a.to_string()).collect::<Vec<_>>());
        Box::new(move || time(Command::new(&xuncha).arg("-C").arg(&dir).args(&args).args(["--today", DAY, "--no-cache"]))) as Run
    };
    add("xuncha check (cold)", check(&["check"]));
    let (bin, at) = (xuncha.clone(), dir.clone());
    let alone =
        move || time(Command::new(&bin).arg("-C").arg(&at).args(["check", "--today", DAY, "--no-cache"]).env("RAYON_NUM_THREADS", "1"));
    add("xuncha check (cold), one thread", Box::new(alone));
    let kept = |args: &[&str]| {
        let (xuncha, dir, args) = (xuncha.clone(), dir.clone(), args.iter().map(|a| a.to_string()).collect::<Vec<_>>());
        Box::new(move || time(Command::new(&xuncha).arg("-C").arg(&dir).args(&args).args(["--today", DAY]))) as Run
    };
    for args in [["check", "--color=never"], ["deadlines", "--all"], ["status", "--color=never"]] {
        add(&format!("xuncha {}, nothing changed", args[0]), kept(&args));
    }
    let (changed, again) =
        (files.iter().find(|f| f.parent().is_some_and(|p| p.ends_with("interview"))).cloned().expect("an interview"), kept(&["check"]));
    add("xuncha check, one record changed", Box::new(move || touch(&changed).and_then(|()| again())));
    let list = files.clone();
    add("read + serde_yaml, as many threads", Box::new(move || Some(read_and_parse(&list))));
    let at = dir.clone();
    add("rg -c '' (2 threads)", Box::new(move || time(Command::new("rg").args(["-j2", "-c", "", "-g", "*.yaml", "."]).current_dir(&at))));
    let at = dir.clone();
    add("git status", Box::new(move || time(Command::new("git").arg("status").current_dir(&at))));
    let at = dir.clone();
    add("ys (JSON Schema over YAML)", Box::new(move || schema_only(&at)));
    add("xuncha check of one case", check(&["check", one_case]));
    add("xuncha deadlines of one case", check(&["deadlines", one_case, "--all"]));
    add("xuncha next of one case", check(&["next", one_case]));
    let bin = xuncha.clone();
    add("xuncha --version", Box::new(move || time(Command::new(&bin).arg("--version"))));
    let bin = xuncha.clone();
    add("xuncha due 2020-09-18 +10wd", Box::new(move || time(Command::new(&bin).args(["due", "2020-09-18", "+10wd"]).current_dir("/"))));
    add("git --version", Box::new(|| time(Command::new("git").arg("--version"))));

    // Files as young as the clock's own step are never kept.
    std::thread::sleep(Duration::from_millis(2500));
    let plain: Vec<(&str, &Run, usize)> = peers.iter().map(|(name, f)| (name.as_str(), f, 0)).collect();
    table(&plain, runs);
    if let Some(kb) = peak(&xuncha, &dir) {
        println!("\npeak memory of a cold check: {:.1} MB", kb as f64 / 1024.0);
    }
    tools(&peers[0], &dir, files.len(), runs);
}

/// Runs them in turn and prints a row for each; the first is what the others are compared with. With a number of records, also the time for each.
fn table(peers: &[(&str, &Run, usize)], runs: usize) {
    let mut samples: Vec<Vec<Duration>> = vec![Vec::new(); peers.len()];
    for round in 0..=runs {
        for (i, (_, f, _)) in peers.iter().enumerate() {
            // The first round only warms the file cache.
            if let Some(d) = f().filter(|_| round > 0) {
                samples[i].push(d);
            }
        }
    }
    let base = median(&mut samples[0]);
    println!("\n| what | median | a record | cold check / it |\n|---|---|---|---|");
    for ((name, _, records), s) in peers.iter().zip(&mut samples) {
        match median(s) {
            Some(m) => {
                let each = if *records > 0 { format!("{:.0} µs", m.as_secs_f64() * 1e6 / *records as f64) } else { String::new() };
                let ratio = base.map_or(0.0, |b| b.as_secs_f64() / m.as_secs_f64());
                println!("| {name} | {:.1} ms | {each} | {ratio:.2} |", m.as_secs_f64() * 1e3)
            }
            None => println!("| {name} | not installed | | |"),
        }
    }
}

/// A tool that is given a schema and records: its name, how to install it, its arguments before the schema, before each record.
struct Tool {
    program: &'static str,
    install: &'static str,
    before: &'static [&'static str],
    schema: bool,
    each: &'static [&'static str],
}

const TOOLS: [Tool; 3] = [
    Tool { program: "yamllint", install: "pip install yamllint", before: &["-d", "relaxed"], schema: false, each: &[] },
    Tool { program: "check-jsonschema", install: "pip install check-jsonschema", before: &["--schemafile"], schema: true, each: &[] },
    Tool {
        program: "ajv",
        install: "npm install -g ajv-cli",
        before: &["validate", "--spec=draft2020", "--strict=false", "-s"],
        schema: true,
        each: &["-d"],
    },
];

/// The tools that are there, over the interviews, each in one process; beside the check of everything.
fn tools(check: &(String, Run), dir: &Path, records: usize, runs: usize) {
    let kinds = by_kind(dir, &dir.join("../schema"));
    let Some((schema, files)) = kinds.into_iter().find(|(s, _)| s.file_stem().is_some_and(|s| s == "interview")) else { return };
    println!("\nthe {} interviews against the check of all {records} records", files.len());
    let mut runners: Vec<(&str, Run, usize)> = Vec::new();
    for tool in TOOLS {
        if Command::new(tool.program).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            println!("{} is left out; to have it: {}", tool.program, tool.install);
            continue;
        }
        let (schema, files, n) = (schema.clone(), files.clone(), files.len());
        let one = move || {
            let mut command = Command::new(tool.program);
            command.args(tool.before);
            if tool.schema {
                command.arg(&schema);
            }
            for file in &files {
                command.args(tool.each).arg(file);
            }
            time(&mut command)
        };
        runners.push((tool.program, Box::new(one), n));
    }
    let first = (check.0.as_str(), &check.1, records);
    let peers: Vec<(&str, &Run, usize)> = std::iter::once(first).chain(runners.iter().map(|(n, f, r)| (*n, f, *r))).collect();
    table(&peers, runs);
}

/// Each schema with the records of its kind.
fn by_kind(dir: &Path, schemas: &Path) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let files = yaml_files(dir);
    let of = |kind: &str| {
        let of =
            |p: &&PathBuf| p.parent().and_then(|d| d.file_name()).is_some_and(|n| n == kind) || p.file_stem().is_some_and(|n| n == kind);
        files.iter().filter(of).cloned().collect::<Vec<_>>()
    };
    let all = std::fs::read_dir(schemas).expect("the schemas").flatten().map(|e| e.path());
    all.map(|s| (s.clone(), of(&s.file_stem().expect("a name").to_string_lossy()))).filter(|(_, f)| !f.is_empty()).collect()
}

fn run(command: &mut Command) {
    let ok = command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    assert!(ok, "{command:?} failed");
}

fn time(command: &mut Command) -> Option<Duration> {
    let start = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    Some(start.elapsed())
}

/// Changes a record, and changes it back the next time.
fn touch(file: &Path) -> Option<()> {
    let text = std::fs::read_to_string(file).ok()?;
    let text = text.strip_suffix("# x\n").map_or_else(|| format!("{text}# x\n"), str::to_string);
    std::fs::write(file, text).ok()
}

fn median(s: &mut [Duration]) -> Option<Duration> {
    s.sort();
    s.get(s.len() / 2).copied()
}

fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(dir).into_iter().flatten().map(|e| e.into_path());
    all.filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect()
}

/// The same files read and parsed by the YAML library, and nothing else.
fn read_and_parse(files: &[PathBuf]) -> Duration {
    let start = Instant::now();
    let n: usize = files
        .par_iter()
        .filter_map(|f| std::fs::read_to_string(f).ok())
        .map(|text| usize::from(serde_yaml::from_str::<serde_yaml::Value>(&text).is_ok()))
        .sum();
    assert_eq!(n, files.len(), "the example is plain YAML");
    start.elapsed()
}

/// The schemas of `kind schema` over every record, where the tool is installed. Every record of the tree holds to them: a tool that fails did not read them.
fn schema_only(dir: &Path) -> Option<Duration> {
    Command::new("ys").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let kinds = by_kind(dir, &dir.join("../plain"));
    let start = Instant::now();
    for (schema, files) in kinds {
        for chunk in files.chunks(500) {
            let done = Command::new("ys").arg("-f").arg(&schema).args(chunk).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
            assert!(done.success(), "ys fails on {}", schema.display());
        }
    }
    Some(start.elapsed())
}

/// The same schema without lists of types and without references into properties, which `ys` 0.9.3 cannot read: each type an alternative of `anyOf`, each
/// reference what it refers to. Only where a shape holds itself is anything allowed instead.
fn plain(v: &Value, root: &Value, open: &mut Vec<String>) -> Value {
    let Value::Object(m) = v else {
        return match v {
            Value::Array(a) => a.iter().map(|v| plain(v, root, open)).collect(),
            _ => v.clone(),
        };
    };
    if let Some(to) = m.get("$ref").and_then(Value::as_str)
        && !(to.starts_with("#/$defs/") && to.matches('/').count() == 2)
    {
        if open.iter().any(|o| o == to) {
            return json!({});
        }
        open.push(to.to_string());
        let out = plain(root.pointer(&to[1..]).expect("a reference within"), root, open);
        open.pop();
        return out;
    }
    let mut out: Map<String, Value> = m.iter().map(|(k, v)| (k.clone(), plain(v, root, open))).collect();
    let Some(Value::Array(types)) = out.remove("type").map(|t| if t.is_array() { t } else { json!([t]) }) else {
        return Value::Object(out);
    };
    if let [one] = types.as_slice() {
        out.insert("type".into(), one.clone());
        return Value::Object(out);
    }
    let of = |ty: &str| match ty {
        "object" => &["properties", "additionalProperties", "allOf"][..],
        "array" => &["items"],
        "string" => &["pattern"],
        _ => &[],
    };
    let each = types.iter().map(|ty| {
        let mut alone = Map::from_iter([("type".to_string(), ty.clone())]);
        alone.extend(of(ty.as_str().unwrap_or_default()).iter().filter_map(|k| Some((k.to_string(), out.get(*k)?.clone()))));
        Value::Object(alone)
    });
    json!({ "anyOf": each.collect::<Vec<_>>() })
}

/// Peak memory in KiB, by the system's own accounting.
fn peak(xuncha: &Path, dir: &Path) -> Option<u64> {
    let out = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .arg(xuncha)
        .arg("-C")
        .arg(dir)
        .args(["check", "--today", DAY, "--no-cache"])
        .stdout(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8_lossy(&out.stderr).lines().last()?.trim().parse().ok()
}
