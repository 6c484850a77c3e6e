//! For the public: secrets in every field that is not open, and in names of files, comments and reasons, stand in no output with `--public` and in
//! no file of an export; an export is judged as its source is.

mod common;

use common::{Book, Ran, git};
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xuncha::kind::{Level, Schema, Secrecy, ShapeId, Type, load};

const TODAY: &str = "2021-02-01";
/// Every secret begins so, and nothing else in the example does.
const SECRET: &str = "涉密甲乙";
const CASE: &str = "rounds/2020-r2/zhixiao";

/// Fills every field of a shape. Secrets stand in all texts, codes and names of records that are not open; with `wild`, in dates, numbers and
/// choices as well, where they are none.
struct Planter<'s> {
    schema: &'s Schema,
    wild: bool,
    n: std::cell::Cell<usize>,
}

impl Planter<'_> {
    fn secret(&self) -> Value {
        self.n.set(self.n.get() + 1);
        json!(format!("{SECRET}{}", self.n.get()))
    }

    fn shape(&self, shape: ShapeId, depth: usize) -> Value {
        let mut map = Map::new();
        for field in &self.schema.shape(shape).fields {
            let skip = ["draft", "nil", "id", "kind", "round", "secrecy"].contains(&field.key.as_str()) && field.header;
            if !skip && depth < 6 {
                map.insert(field.key.clone(), self.value(&field.ty, field.secrecy, depth));
            }
        }
        Value::Object(map)
    }

    fn value(&self, ty: &Type, secrecy: Secrecy, depth: usize) -> Value {
        let close = secrecy > Secrecy::Open;
        match ty {
            Type::List(inner) => json!([self.value(inner, secrecy, depth)]),
            Type::Map(shape) => self.shape(*shape, depth + 1),
            _ if self.wild && close => self.secret(),
            Type::Text | Type::Code | Type::Slug | Type::Duration | Type::Ref(_) if close => self.secret(),
            Type::Texts if close => json!({ format!("{SECRET}键"): self.secret() }),
            Type::Texts => json!({ "a": "b" }),
            Type::Text | Type::Slug => json!("公开"),
            Type::Code => json!("P-017"),
            Type::Duration => json!("7d"),
            Type::Ref(_) => json!("zhixiao"),
            Type::Date | Type::Time => json!("2020-09-04"),
            Type::Int | Type::Number => json!(3),
            Type::Bool => json!(true),
            Type::Enum(e) => json!(self.schema.en(*e).values[0].code),
        }
    }
}

/// The example with a record of every kind, full of secrets; `broken` brings files that cannot be read as well.
fn planted(wild: bool, broken: bool) -> Book {
    let book = Book::new("demo");
    let schema = load::builtin();
    let p = Planter { schema: &schema, wild, n: std::cell::Cell::new(0) };
    for kind in &schema.kinds {
        let home = match kind.levels[0] {
            Level::Workspace => String::new(),
            Level::Round => "rounds/2020-r2/".to_string(),
            Level::Case => format!("{CASE}/"),
        };
        if ["case", "round"].contains(&kind.id.as_str()) {
            let rel = format!("{home}{}.yaml", kind.id);
            let text = fs::read_to_string(book.path().join(&rel)).expect("the record");
            book.write(&rel, format!("{text}\n# {SECRET}批注\n备注: {SECRET}备注\n"));
            continue;
        }
        let text = p.shape(kind.shape, 0).to_string();
        match kind.single {
            // The ids of units are open, as their names are.
            false if kind.id == "unit" => book.write("unit/some.yaml", text),
            true => book.write(&format!("{home}{}.yaml", kind.id), text),
            false => book.write(&format!("{home}{}/{SECRET}文件{}.yaml", kind.id, kind.id), format!("# {SECRET}批注\n{text}\n")),
        };
    }
    let waiver = format!("obligation: XH-15-1a\nby: leader\ndate: 2020-09-01\nreason: {SECRET}豁免理由\n");
    book.write(&format!("{CASE}/waiver/{SECRET}豁免.yaml"), waiver);
    book.write(
        &format!("{CASE}/clue/2020-09-04-x.yaml"),
        format!("{SECRET}键: {SECRET}值\n主要反映问题: {SECRET}明文\n被反映人代码: {SECRET}名\n"),
    );
    book.write(&format!("{CASE}/files/{SECRET}附件.pdf"), "x");
    book.write(&format!("{CASE}/{SECRET}.docx"), "x");
    // A file that shows when something was done.
    let plan = book.path().join("rounds/2020-r2/plan");
    fs::rename(plan.join("2020-07-13-gongzuo.yaml"), plan.join(format!("{SECRET}方案.yaml"))).expect("it can be renamed");
    if broken {
        book.write(&format!("{CASE}/interview/{SECRET}坏.yaml"), format!("谈话人员: [\"{SECRET}\", \"\n"));
    }
    book
}

/// Command lines, each with whether secrets stand in its output where it is not for the public.
const LINES: [(&str, &[&str], bool); 22] = [
    ("check", &["table", "json", "csv", "md", "sarif"], true),
    ("check 2020-r2/zhixiao", &["table", "json"], true),
    ("check --only XH-12-3b,missing-field,bad-date", &["table"], true),
    ("next", &["table", "json"], true),
    ("next 2020-r2/zhixiao --all", &["table", "json"], true),
    ("status", &["table", "json", "csv", "md"], false),
    ("status 2020-r2/zhixiao", &["table", "json", "md"], true),
    ("deadlines --all", &["table", "json", "csv", "md", "ics"], true),
    ("people", &["table", "json", "csv", "md"], true),
    ("coverage", &["table", "json", "csv", "md"], true),
    ("coverage --by unit", &["table", "json", "csv", "md"], true),
    ("stats", &["table", "json", "csv", "md"], true),
    ("stats --by team", &["table", "json", "csv", "md"], true),
    ("stats --by term", &["table", "json"], true),
    ("stats --text", &["table"], false),
    ("log 2020-r2/zhixiao", &["table", "json", "csv", "md"], true),
    ("log", &["table", "json"], true),
    ("log --decisions", &["table"], true),
    ("check --history", &["table", "json"], true),
    ("check --at HEAD", &["table", "json"], true),
    ("deadlines --all --at HEAD", &["table", "json"], true),
    ("sample 2020-r2/zhixiao --records person -n 3 --seed 1 --dry-run", &["table"], false),
];

fn run(book: &Book, line: &str, format: &str, lang: &str, public: bool) -> Ran {
    let mut args: Vec<&str> = line.split(' ').collect();
    args.extend(["--format", format, "--lang", lang, "--no-cache"]);
    args.extend(public.then_some("--public"));
    book.run(&args, TODAY)
}

/// Commits everything, as somebody whose name is one to keep; then changes what was approved.
fn committed(book: &Book) {
    let dir = book.path();
    git(dir, &["init", "-q"]);
    git(dir, &["add", "-A"]);
    let who = ["-c", "user.name=涉密甲乙作者", "-c", "user.email=涉密甲乙@example.org"];
    git(dir, &[&who[..], &["commit", "-qm", "涉密甲乙说明"]].concat());
    for rel in ["feedback.yaml", "interview/涉密甲乙文件interview.yaml"] {
        let text = fs::read_to_string(dir.join(CASE).join(rel)).expect("a record");
        book.write(&format!("{CASE}/{rel}"), text.replace(SECRET, "涉密甲乙改"));
    }
    git(dir, &["add", "-A"]);
    git(dir, &[&who[..], &["commit", "-qm", "涉密甲乙改动"]].concat());
}

#[test]
fn no_secret_stands_in_any_output_for_the_public() {
    for (wild, broken) in [(false, false), (true, true)] {
        let book = planted(wild, broken);
        committed(&book);
        let runs: Vec<(&str, &str, &str)> = LINES
            .iter()
            .flat_map(|(line, formats, _)| formats.iter().enumerate().map(move |(i, f)| (*line, *f, ["zh", "en"][i % 2])))
            .collect();
        let faults: Vec<String> = runs
            .par_iter()
            .filter_map(|(line, format, lang)| {
                let ran = run(&book, line, format, lang, true);
                let said = format!("{}{}", ran.out, ran.err);
                let at = said.find(SECRET);
                let odd = ran.out.is_empty().then(|| format!("{line} --format {format} --lang {lang}: nothing is printed: {}", ran.err));
                at.map(|at| {
                    let from = said[..at].char_indices().rev().nth(80).map_or(0, |c| c.0);
                    format!("{line} --format {format} --lang {lang}: {}", said[from..].chars().take(160).collect::<String>())
                })
                .or(odd)
            })
            .collect();
        assert!(faults.is_empty(), "wild {wild}: {}\n{}", faults.len(), faults.join("\n\n"));
        if !wild {
            continue;
        }
        // The same without the flag, so that this test can fail.
        let mute: Vec<&str> = LINES
            .par_iter()
            .filter(|(line, formats, told)| *told != formats.iter().any(|f| run(&book, line, f, "zh", false).out.contains(SECRET)))
            .map(|l| l.0)
            .collect();
        assert!(mute.is_empty(), "told or not told against the table: {mute:?}");
    }
}

/// Forms of Kuiwen's procedure, filled from a case.
#[test]
fn forms_for_the_public_leave_out_what_is_not_open() {
    let book = Book::example("kuiwen-2011");
    let case = "2011-1/chengguan";
    let forms: Vec<Value> = serde_json::from_str(&book.run(&["form", "--format", "json"], TODAY).out).expect("JSON");
    let mut told = 0;
    let secrets = closed(&book);
    for form in &forms {
        let id = form["id"].as_str().expect("an id");
        for format in ["md", "html"] {
            let ran = book.run(&["form", id, case, "--format", format, "--public"], TODAY);
            assert_eq!(ran.code, 0, "{id}: {}", ran.err);
            let open = book.run(&["form", id, case, "--format", format], TODAY);
            let left: Vec<&String> =
                secrets.iter().filter(|s| open.out.matches(s.as_str()).count() > ran.out.matches(s.as_str()).count()).collect();
            told += left.len();
            let blank = book.run(&["form", id, "--format", format], TODAY);
            // What the form itself says, once for each sheet, is no content.
            let kept: Vec<&String> = secrets.iter().filter(|s| ran.out.contains(s.as_str()) && !blank.out.contains(s.as_str())).collect();
            assert!(kept.is_empty(), "{id} --format {format}: {kept:?}");
        }
    }
    assert!(told > 5, "only {told} contents were there to be withheld");
}

/// The texts of fields that are not open, of a casebook as it is.
fn closed(book: &Book) -> Vec<String> {
    let opened = xuncha::casebook::Casebook::open(book.path());
    let mut out = Vec::new();
    for round in opened.rounds() {
        let read = opened.read_round(&round, None);
        for r in read.folder.records.iter().chain(read.cases.iter().flat_map(|c| &c.folder.records)) {
            let shape = opened.schema.shape(r.shape);
            for (i, field) in shape.fields.iter().enumerate().filter(|(_, f)| f.secrecy > Secrecy::Open && f.ty == Type::Text) {
                let text = r.root().field(i as u16).map(|p| p.str().trim().to_string());
                out.extend(text.filter(|_| field.key != "obligation").filter(|t| t.chars().count() >= 4));
            }
        }
    }
    // The name of the unit is open, and so is what stands in it.
    out.retain(|t| !"澜湖区城市管理局".contains(t.as_str()));
    // So are the labels of choices that are open.
    out.retain(|t| !opened.schema.enums.iter().any(|e| e.values.iter().any(|v| v.label.zh.contains(t.as_str()))));
    out.sort();
    out.dedup();
    assert!(out.len() > 20, "{out:?}");
    out
}

/// How everything stands, without places and words: obligations and codes, due dates, states.
fn judged(dir: &Path, today: &str) -> BTreeMap<String, usize> {
    let read = |args: &[&str]| -> Vec<Value> {
        let ran = common::run_in(dir, args, today);
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", ran.err))
    };
    let mut out = BTreeMap::new();
    for f in read(&["check", "--format", "json", "--no-cache"]) {
        *out.entry(format!("{} {} {}", f["severity"], f["code"], f["obligation"])).or_default() += 1;
    }
    for d in read(&["deadlines", "--all", "--format", "json", "--no-cache"]) {
        let key = ["obligation", "from", "from_date", "rule", "nominal", "due", "settled", "state", "done_on", "days_left", "period"];
        *out.entry(key.map(|k| d[k].to_string()).join(" ")).or_default() += 1;
    }
    for s in read(&["status", "--format", "json", "--no-cache"]) {
        *out.entry(format!("{} {}", s["stages"], s["counts"])).or_default() += 1;
    }
    assert!(!out.is_empty());
    out
}

#[test]
fn an_export_is_judged_as_its_source_is() {
    let books = [
        ("demo", "2020-11-01"),
        ("midway", "2021-05-12"),
        ("kuiwen-2011", "2011-12-01"),
        ("huaian-2017", "2017-03-10"),
        ("hebei-2013", "2014-01-01"),
        ("press-2010", "2010-12-01"),
        ("published", "2021-01-01"),
    ];
    books.par_iter().for_each(|(name, today)| {
        let book = Book::example(name);
        let above = tempfile::tempdir().expect("a folder");
        let out = above.path().join("out");
        let ran = book.run(&["export", "--public", out.to_str().expect("a path")], today);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
        assert_eq!(judged(book.path(), today), judged(&out, today), "{name}");
        // The same again is the same; no name of a file, and no text, is the source's.
        let again = above.path().join("again");
        book.run(&["export", "--public", again.to_str().expect("a path")], today);
        assert_eq!(texts(&out), texts(&again), "{name}");
        assert_eq!(fs::read_dir(above.path()).expect("the folder").count(), 2, "{name}: something is left beside it");
    });
}

/// The files of a folder with their texts.
fn texts(dir: &Path) -> BTreeMap<String, String> {
    let all = common::files(dir).into_iter();
    all.map(|p| (p.strip_prefix(dir).expect("below it").to_string_lossy().into_owned(), fs::read_to_string(p).expect("a text"))).collect()
}

#[test]
fn no_secret_stands_in_an_export() {
    for wild in [false, true] {
        let book = planted(wild, false);
        book.write(
            "xuncha.toml",
            fs::read_to_string(book.path().join("xuncha.toml")).expect("settings")
                + "\n[[guard.accept]]\nfile = \"x\"\ncode = \"person-name\"\nreason = \"涉密甲乙\"\n",
        );
        git(book.path(), &["init", "-q"]);
        let above = tempfile::tempdir().expect("a folder");
        let out = above.path().join("out");
        fs::create_dir(&out).expect("an empty folder is taken");
        let ran = book.run(&["export", "--public", out.to_str().expect("a path")], TODAY);
        assert_eq!(ran.code, 0, "wild {wild}: {}{}", ran.out, ran.err);
        let files = texts(&out);
        let faults: Vec<&String> = files.iter().filter(|(rel, text)| rel.contains(SECRET) || text.contains(SECRET)).map(|f| f.0).collect();
        assert!(faults.is_empty(), "wild {wild}: {faults:?}");
        let odd: Vec<&String> =
            files.keys().filter(|rel| !rel.ends_with(".yaml") && !["README.md", "xuncha.toml"].contains(&rel.as_str())).collect();
        assert!(odd.is_empty(), "{odd:?}");
        // What was open text is gone as well.
        assert!(!files.values().any(|t| t.contains("公开\n") || t.contains("澄溪")), "an open text or a name is left");
    }
}

#[test]
fn an_export_that_is_not_proved_leaves_nothing() {
    let book = Book::new("demo");
    let above = tempfile::tempdir().expect("a folder");
    let out = above.path().join("out");
    let export = |book: &Book| book.run(&["export", "--public", out.to_str().expect("a path")], TODAY);
    // The office's own procedure repeats what a record keeps back.
    let clue = "主要反映问题: paper:密\n进展:\n  - 日期: 2020-11-01\n    进展状态: 核查组已到乡镇约见当事人\n";
    book.write(&format!("{CASE}/clue/x.yaml"), clue.replace("进展:", "办理进展:"));
    book.write(
        "procedures/own.toml",
        "id = \"own\"\nextends = \"xinghai-2020\"\ntitle = { zh = \"核查组已到乡镇约见当事人\", en = \"Own\" }\n",
    );
    let ran = export(&book);
    assert_eq!((ran.code, ran.out.contains("export-left")), (1, true), "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("核查组已到"), "{}", ran.out);
    assert_eq!(fs::read_dir(above.path()).expect("the folder").count(), 0);
    book.remove("procedures/own.toml");
    // The guard looks too: a name of the register in a comment does not get that far, one in a kind of the office's own does.
    book.write("kinds/own.toml", "kind = \"own\"\ntitle = { zh = \"机密★1年\", en = \"Own\" }\nabout = { zh = \"甲\", en = \"a\" }\nscope = [\"case\"]\n[[field]]\nkey = \"a\"\nlabel = { zh = \"甲\", en = \"A\" }\ntype = \"text\"\nsecrecy = \"open\"\n");
    let ran = export(&book);
    assert_eq!((ran.code, ran.out.contains("above-level")), (1, true), "{}{}", ran.out, ran.err);
    assert_eq!(fs::read_dir(above.path()).expect("the folder").count(), 0);
    book.remove("kinds/own.toml");
    book.write(&format!("{CASE}/clue/bad.yaml"), "主要反映问题: [\"\n");
    let ran = export(&book);
    assert_eq!((ran.code, fs::read_dir(above.path()).expect("the folder").count()), (1, 0), "{}{}", ran.out, ran.err);
    book.remove(&format!("{CASE}/clue/bad.yaml"));
    assert_eq!(export(&book).code, 0);
    // A folder with something in it, one inside the casebook, and no flag.
    assert_eq!(export(&book).code, 2);
    assert_eq!(book.run(&["export", "--public", "out"], TODAY).code, 2);
    assert_eq!(book.run(&["export", "../out"], TODAY).code, 2);
    assert!(!book.path().join("out").exists());
}

/// The same person is the same number wherever he is named, and numbers do not follow the order of names.
#[test]
fn numbers_are_consistent_and_say_nothing() {
    let book = Book::new("demo");
    let above = tempfile::tempdir().expect("a folder");
    let out = above.path().join("out");
    book.run(&["export", "--public", out.to_str().expect("a path")], TODAY);
    let people = fs::read_dir(out.join("person")).expect("people").count();
    assert_eq!(people, fs::read_dir(book.path().join("person")).expect("people").count());
    let old = xuncha::casebook::Casebook::open(book.path());
    let names = xuncha::public::Names::of(&old, xuncha::public::Purpose::Export);
    let register = old.schema.find_kind("person").expect("the kind");
    let ids: Vec<String> = old.read_workspace().of(register).iter().map(|p| p.id.clone()).collect();
    let numbers: Vec<usize> =
        ids.iter().map(|id| names.id(id).expect("a name").trim_start_matches("person-").parse().expect("a number")).collect();
    assert!(!numbers.is_sorted(), "{numbers:?}");
    // Another casebook, though by one letter, has other numbers.
    let settings = fs::read_to_string(book.path().join("unit/zhixiao.yaml")).expect("a unit");
    book.write("unit/zhixiao.yaml", settings + "\n# x\n");
    let other = xuncha::public::Names::of(&old, xuncha::public::Purpose::Export);
    assert!(ids.iter().any(|id| names.id(id) != other.id(id)));
    let ran = common::run_in(&out, &["check", "--only", "dangling-ref"], TODAY);
    assert_eq!(ran.code, 0, "{}", ran.out);
}
