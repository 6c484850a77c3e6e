//! A casebook from a stranger: what it holds is shown and never obeyed, in every format, and its expressions end.

mod common;

use common::{Book, Ran};
use rayon::prelude::*;
use std::time::{Duration, Instant};
use xuncha::text::is_unsafe_char;

const TODAY: &str = "2021-02-01";

/// An escape sequence, a bell, a backspace, a title, reversed and zero-width characters, an invisible letter, a tag, a C1 control.
const EVIL: &str = "甲\\u001b[31m\\u0007\\u0008\\u001b]0;x\\u0007\\u202e\\u2066\\u200b\\u200d\\ufeff\\u3164\\u2028\\U000e0041\\u009b2J乙";

/// The same as the bytes of a file.
const RAW: &str = "甲\u{1b}[31m\u{7}\u{202e}\u{200b}\u{feff}\u{3164}\u{e0041}\u{9b}2J乙";

/// What a spreadsheet runs, a browser runs, a table and a calendar take for their own.
const FORMS: [&str; 6] =
    ["=cmd|' /C calc'!A0", "@SUM(1)", "+A1*2", "-2+3", "<script>x()</script>", "x\\r\\nEND:VEVENT\\nBEGIN:VEVENT | a | [b](javascript:c)"];

/// The example casebook with these, in turn, in every place where a stranger can write.
fn book(evils: &[&str], first: usize) -> Book {
    let book = Book::new("demo");
    let next = std::cell::Cell::new(first);
    let text = |s: &str| {
        let mut parts = s.split("EVIL");
        let mut out = parts.next().unwrap_or("").to_string();
        for part in parts {
            out.push_str(evils[next.replace(next.get() + 1) % evils.len()]);
            out.push_str(part);
        }
        out
    };
    let case = "rounds/2020-r2/zhixiao";
    let edit = |rel: &str, from: &str, to: &str| {
        let old = std::fs::read_to_string(book.path().join(rel)).expect("a file");
        let new = old.replacen(from, &text(to), 1);
        assert!(new != old, "{rel} has no `{from}`");
        book.write(rel, new);
    };
    edit("xuncha.toml", "[office]\nname = \"", "[office]\nname = \"EVIL");
    edit("xuncha.toml", "[params]\n", "[params]\n\"EVIL\" = \"EVIL\"\n");
    // A unit's name stands in nearly every output.
    edit("unit/zhixiao.yaml", "名称: ", "名称: \"EVIL\"\n\"EVIL\": ");
    edit(&format!("{case}/interview/2020-09-04-wm52.yaml"), "记录人: ", "\"EVIL\": \"EVIL\"\n谈话地点: \"EVIL\"\n记录人: \"EVIL\" # ");
    edit(&format!("{case}/interview/2020-09-04-wm52.yaml"), "谈话日期: ", "谈话日期: \"EVIL\" # ");
    book.write(&format!("{case}/interview/bad.yaml"), text("谈话人员: [\"EVIL\", \"EVIL\"\n"));
    book.write(&format!("{case}/issue/x.yaml"), text("标题: \"EVIL\"\n问题类别: \"EVIL\"\n责任主体: [\"EVIL\"]\n"));
    book.write("unit/raw.yaml", format!("名称: {RAW}\n{RAW}: 甲\n"));
    book.write("unit/other.yaml", text("名称: \"EVIL\"\n上级单位: \"EVIL\"\n层级: \"EVIL\"\n"));
    book.write(&format!("unit/{RAW}.yaml"), "名称: 甲\n");
    book.write(&format!("{case}/files/{RAW}.pdf"), "x");
    book.write(&format!("{RAW}/x.docx"), "x");
    book.write(&format!("rounds/{RAW}/round.yaml"), "编号: 1\n");
    book.write("kinds/own.toml", text("kind = \"own\"\ntitle = { zh = \"EVIL\", en = \"EVIL\" }\nscope = [\"case\"]\n\"EVIL\" = 1\n[[field]]\nkey = \"a\"\nlabel = { zh = \"EVIL\", en = \"EVIL\" }\nnote = { zh = \"EVIL\", en = \"EVIL\" }\ntype = \"EVIL\"\nsecrecy = \"open\"\n"));
    book.write("calendar/own.toml", text("title = \"EVIL\"\n\"EVIL\" = 1\n"));
    book.write(
        "procedures/own.toml",
        text(
            "id = \"own\"\nextends = \"xinghai-2020\"\nissuer = \"EVIL\"\ntitle = { zh = \"EVIL\", en = \"EVIL\" }\n\"EVIL\" = 2\n[[obligation]]\nid = \"OWN-1\"\ncite = \"EVIL\"\nstage = \"prepare\"\nstrength = \"must\"\n\
             text = { zh = \"EVIL\", en = \"EVIL\" }\nhelp = { zh = \"EVIL\", en = \"EVIL\" }\ndue = { from = \"entry\", rule = \"+3d\" }\nrequire = \"it.EVIL == 'EVIL'\"\n",
        ),
    );
    let pinned = std::fs::read_to_string(book.path().join("procedures/own.toml")).expect("a procedure");
    book.write("rounds/2021-r1/procedure.toml", pinned.replace("require = ", "confirm = \"office\" # "));
    book.write("rounds/2021-r1/round.yaml", text("编号: 1\n名称: \"EVIL\"\n"));
    book.write("rounds/2021-r1/zhixiao/case.yaml", text("被巡察单位: zhixiao\n巡察组: \"EVIL\"\n"));
    book.write("rounds/2021-r1/zhixiao/milestone/a.yaml", "事件: entry\n日期: 2021-01-20\n");
    book
}

/// Command lines, and the formats of each.
const RUNS: [(&str, &str); 26] = [
    ("check", "table json csv md sarif"),
    ("deadlines --all", "table json csv md ics"),
    ("deadlines --all 2021-r1", "table json csv md ics"),
    ("next", "table json csv md"),
    ("next 2021-r1", "table json csv md"),
    ("status", "table json csv md html"),
    ("status 2021-r1", "table json csv md html"),
    ("stats --by case", "table json csv md html"),
    ("stats --by case --public", "table json csv md"),
    ("coverage", "table json csv md"),
    ("coverage --by unit", "table json csv md"),
    ("explain XH-12-3b", "table json"),
    ("advance 2021-r1/zhixiao", "table json csv md"),
    ("kind list", "table json csv md"),
    ("kind show own", "table json csv md"),
    ("kind schema own", "table"),
    ("procedure list", "table json csv md"),
    ("procedure show own", "table json csv md"),
    ("procedure show own OWN-1", "table json csv md"),
    ("procedure lint own", "table json csv md sarif"),
    ("procedure diff xinghai-2020 own", "table json csv md html"),
    ("calendar show 2021", "table json csv md"),
    ("calendar check", "table json csv md"),
    ("add unit EVIL=EVIL", "table"),
    ("check EVIL", "table"),
    ("EVIL --EVIL EVIL", "table"),
];

fn outputs(book: &Book) -> Vec<(String, String, Ran)> {
    let each = |(line, format): (&str, &str)| {
        // Colours are for terminals; the one run in which they are on counts for both.
        let color = if format == "table" { "always" } else { "never" };
        let line = line.replace("EVIL", RAW);
        let mut args: Vec<&str> = line.split(' ').collect();
        if format != "table" {
            args.extend(["--format", format]);
        }
        args.extend(["--color", color, "--no-cache"]);
        let ran = book.run(&args, TODAY);
        (format!("{line} {format} {color}"), format.to_string(), ran)
    };
    let all: Vec<(&str, &str)> = RUNS.iter().flat_map(|(line, formats)| formats.split(' ').map(move |f| (*line, f))).collect();
    all.into_par_iter().map(each).collect()
}

/// Takes away what a format or the program itself brings: the mark of UTF-8, line ends, colours.
fn own(text: &str, color: bool) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if !color {
        return text;
    }
    ["0", "1", "1;31", "1;33", "1;36", "1;34", "2", "31", "32", "33", "36"].iter().fold(text, |t, c| t.replace(&format!("\u{1b}[{c}m"), ""))
}

#[test]
fn no_control_character_of_a_record_reaches_an_output() {
    let book = book(&[EVIL], 0);
    let (mut wrong, mut shown) = (Vec::new(), 0);
    for (what, _, ran) in outputs(&book) {
        for text in [&ran.out, &ran.err] {
            let text = own(text, what.ends_with("always"));
            shown += usize::from(text.contains("u{202e}") || text.contains("u202e"));
            if let Some(line) = text.lines().find(|l| l.chars().any(is_unsafe_char)) {
                wrong.push(format!("{what}: {line:?}"));
            }
            // A coloured line of a record would be one of the program's own.
            if text.contains('\u{1b}') || text.contains("甲\u{1b}") {
                wrong.push(format!("{what}: an escape sequence"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 60, "the characters were to be seen, marked, in {shown} outputs only");
}

#[test]
fn no_text_of_a_record_becomes_a_formula_a_tag_or_an_entry() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    let book = book(&FORMS, 0);
    for (what, format, ran) in outputs(&book) {
        let text = ran.out.replace("\r\n", "\n");
        match format.as_str() {
            "csv" => {
                let rows: Vec<_> = xuncha::csv::rows(&text).collect();
                for cell in rows.iter().flat_map(|r| r.cells.as_ref().expect("CSV")) {
                    seen += 1;
                    // A signed number, a period, or a window of periods: letters behind digits, and so no cell's name.
                    let part = |p: &str| {
                        p.trim_start_matches(['+', '-'])
                            .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                            .chars()
                            .all(|c| c.is_ascii_alphabetic())
                    };
                    let number = cell.split("..").flat_map(|p| p.split(',')).all(part);
                    if cell.starts_with(['=', '@', '\t', '\r']) || (cell.starts_with(['+', '-']) && !number) {
                        wrong.push(format!("{what}: {cell:?}"));
                    }
                }
            }
            "html" | "md" if text.contains("<script>x") => wrong.push(format!("{what}: a tag")),
            "md" if text.contains("[b](javascript") => wrong.push(format!("{what}: a link")),
            "ics" => {
                let (begun, ended) = (text.matches("\nBEGIN:VEVENT").count(), text.matches("\nUID:").count());
                if begun != ended {
                    wrong.push(format!("{what}: {begun} entries and {ended} ids"));
                }
            }
            "json" | "sarif" if !ran.out.is_empty() => {
                if let Err(e) = serde_json::from_str::<serde_json::Value>(&ran.out) {
                    wrong.push(format!("{what}: {e}"));
                }
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 1000, "{seen} cells");
}

#[test]
fn no_name_of_a_record_becomes_a_file_name_as_it_is() {
    let book = Book::new("demo");
    let before: Vec<_> = common::files(book.path());
    for args in [
        &["add", "unit", &format!("id={RAW}")][..],
        &["add", "interview", "zhixiao", &format!("date={RAW}")],
        &["new-round", &format!("r{RAW}"), "--unit", "a=甲"],
        &["new-round", "2021-9", "--unit", &format!("a{RAW}=甲")],
        &["new-round", "2021-9", "--unit", "../../x=甲"],
        &["event", "zhixiao", &format!("entry{RAW}"), "2020-09-01"],
        &["confirm", "zhixiao", &format!("XH-{RAW}")],
    ] {
        let ran = book.run(args, TODAY);
        assert!(!ran.out.chars().chain(ran.err.chars()).any(is_unsafe_char), "{args:?}");
    }
    for path in common::files(book.path()).into_iter().filter(|p| !before.contains(p)) {
        let name = path.to_string_lossy();
        assert!(!name.chars().any(is_unsafe_char), "{name:?}");
        assert!(path.starts_with(book.path()), "{name}");
    }
}

/// Expressions that would read a file, never end, or fill the memory.
fn nasty() -> Vec<String> {
    let nested = |n: usize, f: &str| (0..n).fold("true".to_string(), |inner, i| format!("interview.{f}(x{i}, {inner})"));
    let mut all: Vec<String> = [
        "read('/etc/passwd') == ''",
        "open('xuncha.toml') != null",
        "env('HOME') == ''",
        "include('../../x')",
        "import('os').system('touch x')",
        "it['../../xuncha.toml']",
        "size('%s%n') > 0",
        "matches(it.id, '(a+)+$')",
        "9223372036854775807 * 9223372036854775807 > 0",
        "1 / 0 == 1",
        "-9223372036854775807 - 9 == 0",
        "add(today, '+999999999y') == today",
        "add(today, '+99999999wd') == today",
        "workdays(date('1900-01-01'), date('9999-12-31')) > 1",
    ]
    .map(str::to_string)
    .to_vec();
    all.extend((1..30).step_by(4).flat_map(|n| ["all", "exists", "map", "filter"].map(|f| nested(n, f))));
    all.push((0..20).fold("interview".to_string(), |l, i| format!("flat([{l}, {l}].map(x{i}, x{i}))")) + ".size() > 0");
    all.push((0..30).fold("interview".to_string(), |l, i| format!("flat({l}.map(x{i}, interview))")) + ".size() > 0");
    all.push(format!("{}1{}", "(".repeat(5000), ")".repeat(5000)));
    all.push("!".repeat(16000) + "true");
    all.push(format!("'{}' == ''", "甲".repeat(1_000_000)));
    all.push(vec!["it.date == it.date"; 100_000].join(" && "));
    all
}

#[test]
fn an_expression_ends_and_reads_no_file() {
    let book = Book::new("demo");
    for i in 0..200 {
        book.write(&format!("rounds/2021-r1/zhixiao/interview/x{i:03}.yaml"), "谈话日期: 2021-01-20\n谈话人员: [zu-01, zu-02]\n");
    }
    book.write("rounds/2021-r1/zhixiao/case.yaml", "被巡察单位: zhixiao\n");
    let before = common::files(book.path());
    for src in nasty() {
        let quoted = toml::Value::String(src.clone()).to_string();
        book.write(
            "rounds/2021-r1/procedure.toml",
            format!(
                "id = \"t\"\ntitle = {{ zh = \"试\", en = \"T\" }}\n[[stage]]\nid = \"inquire\"\ntitle = {{ zh = \"了解\", en = \"Inquiry\" }}\n[[obligation]]\nid = \"T-1\"\ncite = \"1\"\nstage = \"inquire\"\nstrength = \"must\"\n\
                 text = {{ zh = \"某项\", en = \"one\" }}\nrequire = {quoted}\n"
            ),
        );
        let short: String = src.chars().take(80).collect();
        let started = Instant::now();
        let ran = book.run(&["check", "2021-r1", "--no-cache"], TODAY);
        assert!(ran.code <= 1, "{short}: {}", ran.err);
        // A run of the whole takes a fraction of a second; the bound is for a slow machine.
        assert!(started.elapsed() < Duration::from_secs(20), "{short}: {:?}", started.elapsed());
        assert!(!ran.out.contains("root:") && ran.out.len() < 1 << 20, "{short}");
    }
    let after = common::files(book.path());
    let new: Vec<_> = after.iter().filter(|p| !before.contains(p) && !p.ends_with("procedure.toml")).collect();
    assert!(new.is_empty(), "{new:?}");
}

#[test]
fn a_bomb_of_yaml_is_refused_at_once() {
    let laughs = (1..30).fold("a0: &a0 [甲, 甲]\n".to_string(), |t, i| format!("{t}a{i}: &a{i} [*a{p}, *a{p}, *a{p}]\n", p = i - 1));
    let merged =
        (1..30).fold("m0: &m0 { 备注: 甲 }\n".to_string(), |t, i| format!("{t}m{i}: &m{i} {{ <<: [*m{p}, *m{p}] }}\n", p = i - 1));
    let bombs = [
        ("aliases", laughs),
        ("merge keys", merged),
        ("brackets", "备注: ".to_string() + &"[".repeat(1_000_000)),
        ("braces", "备注: ".to_string() + &"{a: ".repeat(300_000)),
        ("indents", (0..1000).map(|i| format!("{}a:\n", " ".repeat(i))).collect()),
        ("one key", "备注: 甲\n".repeat(200_000)),
        ("documents", "---\n备注: 甲\n".repeat(100_000)),
        ("an endless quote", "备注: \"".to_string() + &"甲\n".repeat(500_000)),
        ("anchors", (0..200_000).map(|i| format!("- &x{i} 甲\n")).collect()),
    ];
    for (what, text) in bombs {
        let book = Book::new("demo");
        book.write("rounds/2020-r2/zhixiao/interview/bomb.yaml", &text);
        let started = Instant::now();
        let ran = book.run(&["check", "--no-cache"], TODAY);
        assert!(ran.code == 1 && ran.out.contains("bomb.yaml"), "{what}: {} {}", ran.code, ran.err);
        // A run of the whole takes a fraction of a second; the bound is for a slow machine.
        assert!(started.elapsed() < Duration::from_secs(20), "{what}: {:?}", started.elapsed());
        assert!(ran.out.len() < 1 << 20, "{what}: {} bytes printed", ran.out.len());
    }
}
