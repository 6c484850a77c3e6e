//! `new-round`: a round with its pinned procedure, a case for each unit, and skeletons of the first papers.

use super::add_case::{NewFile, paths};
use super::ctx::fail;
use super::{Ctx, add_case, target};
use crate::casebook::Casebook;
use crate::casebook::names::Where;
use crate::casebook::units::{self, Row};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{Fill, Home, KindId, Level, bind, skeleton};
use crate::procedure::{self, Procedure, first};
use crate::render;
use crate::say;
use crate::text::{Lang, Text, meant, nearest};
use anyhow::Result;
use std::collections::HashMap;
use std::path::PathBuf;

/// 新建轮次和各单位的案卷 | a new round with a case for each unit
#[derive(clap::Args)]
pub struct Args {
    /// 轮次，作文件夹名，如 2020-2 | the round's folder name, as in 2020-2
    #[arg(value_name = "ROUND")]
    round: String,
    /// 所用规程；不写就是案卷设置的规程 | the procedure; by default the casebook's
    #[arg(long, value_name = "ID")]
    procedure: Option<String>,
    /// 被巡察单位，可写多个；名录里已有的只写编号 | a unit, several times; the id alone where the register has it
    #[arg(long = "unit", value_name = "ID=NAME")]
    units: Vec<String>,
    /// 单位名单（CSV，各列为 id,name,level,category,parent） | a list of units (CSV: id,name,level,category,parent)
    #[arg(long, value_name = "UNITS.csv")]
    from: Option<PathBuf>,
    /// 写散了的单位名称 | a name that was typed apart from its unit
    #[arg(hide = true)]
    apart: Vec<String>,
}

/// Everything is checked before anything is written; the round appears as a whole or not at all.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    if let Some(word) = args.apart.first() {
        let word = crate::text::safe(word).into_owned();
        let unit = args.units.iter().rev().find(|u| !u.contains('=')).map_or("ID".into(), |u| crate::text::safe(u).into_owned());
        return Err(fail(say!(
            "单位的编号和名称用等号连写：--unit {unit}={word}",
            "a unit's id and name are joined by an equals sign: --unit {unit}={word}"
        )));
    }
    let lang = target::record_lang(&book, ctx);
    let id = args.procedure.clone().or_else(|| book.config.procedure.clone()).unwrap_or_else(|| procedure::DEFAULT.to_string());
    let lock = book.lock()?;
    let old = book.rounds().into_iter().any(|r| r == args.round);
    // A round that is there is judged by what was pinned into it.
    let (p, pinned) = match old {
        true => (target::procedure_of(&book, &Where::Round(args.round.clone())), None),
        false => (procedure::by_id(&id, Some(&book))?.0, Some(procedure::pinned_text(&id, Some(&book))?)),
    };
    if let Some(other) = args.procedure.as_ref().filter(|id| old && **id != p.id) {
        let (round, other, own) = (&args.round, crate::text::safe(other).into_owned(), &p.id);
        return Err(fail(say!(
            "轮次 {round} 已固定规程 {own}，不能按 {other} 加案卷",
            "the round {round} is pinned to {own}; no case can be added under {other}"
        )));
    }
    let mut findings = Vec::new();
    let mut rows = command_rows(&args.units);
    if let Some(from) = &args.from {
        let shown = from.display().to_string();
        let bytes = std::fs::read(ctx.dir.join(from)).map_err(|e| {
            let why = crate::casebook::file::io_text(&e);
            let (zh, en) = (why.zh, why.en);
            fail(say!("读不了 {shown}：{zh}", "cannot read {shown}: {en}"))
        })?;
        let (more, f) = units::read(&shown, bytes);
        rows.extend(more);
        findings.extend(f);
    }
    let list = args.from.as_ref().map(|f| f.display().to_string()).unwrap_or_default();
    if !old {
        check_round(&book, &args.round, &mut findings);
    }
    if rows.is_empty() && findings.is_empty() {
        return Err(fail(say!(
            "没有写被巡察单位：用 --unit 编号=名称（可写多个），或 --from 名单.csv",
            "no unit is given: use --unit ID=NAME (several times) or --from LIST.csv"
        )));
    }
    let plan = Plan { book: &book, p: &p, round: &args.round, rows: &rows, list: &list, lang };
    let register = plan.check(&mut findings);
    let files = match &pinned {
        Some(pinned) => plan.files(pinned)?,
        None => plan.added(&mut findings)?,
    };
    let new_units = plan.units(&register, &mut findings)?;
    let errors = findings.iter().any(|f| f.severity == Severity::Error);
    if !findings.is_empty() {
        let refs: Vec<&Finding> = findings.iter().collect();
        let mut sources = render::Sources::new(&ctx.dir);
        render::any_findings(ctx.err, &refs, &mut sources, super::Format::Table, ctx.lang, ctx.color)?;
    }
    if errors {
        ctx.note(&say!("没有写入任何文件。", "Nothing was written."))?;
        return Ok(2);
    }
    if old {
        let named = add_case::put(&book, &lock, &args.round, &rows, &files, &new_units)?;
        return add_case::report(ctx, named, &args.round, &rows, &files, &new_units);
    }
    add_case::put_round(&book, &lock, &args.round, &files, &new_units)?;
    report(ctx, &plan, &files, &new_units)
}

/// The units of the command line.
fn command_rows(units: &[String]) -> Vec<Row> {
    let row = |u: &String| {
        let (id, name) = u.split_once('=').unwrap_or((u, ""));
        Row { id: id.trim().to_string(), name: name.trim().to_string(), ..Row::default() }
    };
    units.iter().map(row).collect()
}

fn check_round(book: &Casebook, round: &str, findings: &mut Vec<Finding>) {
    let shown = crate::text::safe(round).into_owned();
    let place = Place::file(format!("rounds/{shown}"));
    if !bind::slug(round) {
        findings.push(
            Finding::error("round-name", place, say!("轮次名 `{shown}` 不能作文件夹名", "`{shown}` cannot be a folder name"))
                .help(say!("只用字母、数字、汉字、`-`、`_`、`.`，如 2020-2", "use letters, digits, `-`, `_`, `.` only, as in 2020-2")),
        );
    } else if let Some(old) = book.rounds().iter().find(|r| r.to_lowercase() == round.to_lowercase()) {
        findings.push(
            Finding::error(
                "round-exists",
                Place::file(format!("rounds/{old}")),
                say!("已经有轮次 {old}", "there is a round {old} already"),
            )
            .help(say!(
                "换一个轮次名；往已有轮次加案卷，轮次名要与文件夹一字不差",
                "choose another name; to add a case to a round, write the round's name as its folder is called"
            )),
        );
    } else if book.taken(&format!("rounds/{round}")) {
        findings.push(Finding::error("round-exists", place, say!("rounds/{shown} 已被占用", "rounds/{shown} is taken")));
    }
}

struct Plan<'a> {
    book: &'a Casebook,
    p: &'a Procedure,
    round: &'a str,
    rows: &'a [Row],
    list: &'a str,
    lang: Lang,
}

impl Plan<'_> {
    /// A place for a unit: its line in the list, or the command line.
    fn place(&self, row: &Row) -> Place {
        if row.line == 0 {
            Place::file(format!("--unit {}", crate::text::safe(&row.id)))
        } else {
            Place::file(format!("{}:{}", self.list, row.line))
        }
    }

    /// Checks ids, names and parents; gives the names of the units that the register has.
    fn check(&self, findings: &mut Vec<Finding>) -> HashMap<String, String> {
        let schema = &self.book.schema;
        let mut register = HashMap::new();
        if let Some(kind) = schema.find_kind("unit") {
            let folder = self.book.read_folder("", Level::Workspace, &Home::default(), Some(&[kind]));
            let name = schema.shape_of(kind).find("name");
            for r in folder.of(kind) {
                let text = name.and_then(|i| r.root().field(i)).map(|p| p.str().trim().to_string()).unwrap_or_default();
                register.insert(r.id.clone(), text);
            }
        }
        let mut seen: HashMap<String, &Row> = HashMap::new();
        for row in self.rows {
            let shown = crate::text::safe(&row.id).into_owned();
            let mut error = |code, message: Text, help: Text| findings.push(Finding::error(code, self.place(row), message).help(help));
            if !bind::slug(&row.id) {
                error(
                    "unit-id",
                    say!("单位编号 `{shown}` 不能作文件夹名", "the unit's id `{shown}` cannot be a folder name"),
                    say!(
                        "只用字母、数字、汉字、`-`、`_`、`.`，如 jiaoyuju=教育局",
                        "use letters, digits, `-`, `_`, `.` only, as in jiaoyuju=教育局"
                    ),
                );
                continue;
            }
            if schema.find_kind(&row.id).is_some() || row.id == "files" {
                error(
                    "unit-id",
                    say!(
                        "单位编号 `{shown}` 是记录种类的名称，会被当作记录文件夹",
                        "the unit's id `{shown}` is the name of a kind of record, whose folder it would be"
                    ),
                    say!("换一个编号", "choose another id"),
                );
                continue;
            }
            if let Some(other) = seen.insert(row.id.to_lowercase(), row) {
                let at = self.place(other).file;
                error(
                    "unit-twice",
                    say!("单位 `{shown}` 出现两次（另见 {at}）", "the unit `{shown}` is named twice (see {at})"),
                    say!("删去一个", "take one out"),
                );
                continue;
            }
            match register.get(&row.id) {
                None if row.name.is_empty() => {
                    let near = nearest(&row.id, register.keys().map(String::as_str));
                    error(
                        "unit-name",
                        say!(
                            "单位 `{shown}` 没有名称，名录里也没有它",
                            "the unit `{shown}` has no name, and the register does not have it"
                        ),
                        match near {
                            Some(n) => {
                                say!("是否指 `{n}`？新单位写 `{shown}=名称`", "did you mean `{n}`? For a new unit write `{shown}=NAME`")
                            }
                            None => say!("写成 `{shown}=名称`", "write `{shown}=NAME`"),
                        },
                    );
                }
                Some(name) if !row.name.is_empty() && *name != row.name => {
                    let (old, new) = (name.clone(), &row.name);
                    findings.push(Finding::warning(
                        "unit-name",
                        self.place(row),
                        say!(
                            "名录里 `{shown}` 是“{old}”，不是“{new}”；名录没有改动",
                            "in the register `{shown}` is “{old}”, not “{new}”; the register stays as it is"
                        ),
                    ));
                }
                _ => {}
            }
            let parent = &row.parent;
            if !parent.is_empty() && !register.contains_key(parent) && !self.rows.iter().any(|r| r.id == *parent) {
                let shown = crate::text::safe(parent).into_owned();
                let known = register.keys().chain(self.rows.iter().map(|r| &r.id)).map(String::as_str);
                let mut f = Finding::error(
                    "dangling-ref",
                    self.place(row),
                    say!("上级单位 `{shown}` 既不在名录也不在名单里", "the parent `{shown}` is neither in the register nor in the list"),
                );
                f.help = nearest(parent, known).map(meant);
                findings.push(f);
            }
        }
        register
    }

    fn skeleton(&self, kind: &str, level: Level, values: &[(&str, &str)], head: &[String]) -> Result<String> {
        let kind: KindId = self.book.kind_named(kind).map_err(fail)?;
        let shape = self.book.schema.kind(kind).shape;
        let mut fill = Fill::new();
        for (key, value) in values.iter().filter(|(_, v)| !v.is_empty()) {
            fill.set(&self.book.schema, shape, key, value).map_err(fail)?;
        }
        Ok(skeleton::skeleton(&self.book.schema, kind, level, self.lang, &fill, head))
    }

    /// The files of the round's folder, relative to it.
    fn files(&self, pinned: &str) -> Result<Vec<NewFile>> {
        let targets: Vec<&str> = self.rows.iter().map(|r| r.id.as_str()).collect();
        let (year, no) = numbers(self.round).unwrap_or_default();
        let values = [("year", year.as_str()), ("no", no.as_str()), ("procedure", self.p.id.as_str()), ("targets", &targets.join(","))];
        let mut files = vec![
            ("procedure.toml".to_string(), pinned.to_string()),
            ("round.yaml".to_string(), self.skeleton("round", Level::Round, &values, &[])?),
        ];
        let papers = first::papers(self.p, &self.book.schema);
        for paper in papers.iter().filter(|p| p.level == Level::Round) {
            files.push(self.paper(paper, "")?);
        }
        for row in self.rows {
            files.extend(self.case(row, &papers)?);
        }
        Ok(files)
    }

    /// The files of one case.
    fn case(&self, row: &Row, papers: &[first::Paper]) -> Result<Vec<NewFile>> {
        let mut files = vec![(format!("{}/case.yaml", row.id), self.skeleton("case", Level::Case, &[("unit", &row.id)], &[])?)];
        for paper in papers.iter().filter(|p| p.level == Level::Case) {
            files.push(self.paper(paper, &row.id)?);
        }
        Ok(files)
    }

    /// The files of cases that are added to a round; a folder that is taken is refused.
    fn added(&self, findings: &mut Vec<Finding>) -> Result<Vec<NewFile>> {
        let papers = first::papers(self.p, &self.book.schema);
        let mut files = Vec::new();
        for row in self.rows.iter().filter(|r| bind::slug(&r.id)) {
            let rel = format!("rounds/{}/{}", self.round, row.id);
            let names = crate::casebook::subfolders(&self.book.root.join("rounds").join(self.round));
            if self.book.taken(&rel) || names.iter().any(|n| n.to_lowercase() == row.id.to_lowercase()) {
                let f = Finding::error("case-exists", self.place(row), say!("{rel} 已经有了", "{rel} is there already"));
                findings
                    .push(f.help(say!("已有的案卷不动；从名单里去掉它", "a case that is there stays as it is: take it out of the list")));
            }
            files.extend(self.case(row, &papers)?);
        }
        Ok(files)
    }

    /// A draft of a paper that the first stage demands, naming who demands it.
    fn paper(&self, paper: &first::Paper, case: &str) -> Result<NewFile> {
        let kind = &self.book.schema.kind(paper.kind).id;
        let head: Vec<String> =
            paper.demanded.iter().map(|o| format!("{} {} {}", o.id, o.cite, o.text.get(self.lang).replace('\n', " "))).collect();
        let text = self.skeleton(kind, paper.level, &[("type", &paper.code), ("draft", "true")], &head)?;
        let rel = format!("{kind}/{}.yaml", paper.code);
        Ok((crate::casebook::file::join(case, &rel), text))
    }

    /// Records for the units that the register lacks; a level or category that cannot be is reported.
    fn units(&self, register: &HashMap<String, String>, findings: &mut Vec<Finding>) -> Result<Vec<NewFile>> {
        let kind = self.book.kind_named("unit").map_err(fail)?;
        let mut out = Vec::new();
        for row in self.rows.iter().filter(|r| !register.contains_key(&r.id) && bind::slug(&r.id)) {
            let rel = format!("unit/{}.yaml", row.id);
            let values = [
                ("name", row.name.as_str()),
                ("code", &row.id),
                ("level", &row.level),
                ("category", &row.category),
                ("parent", &row.parent),
            ];
            let text = self.skeleton("unit", Level::Workspace, &values, &[])?;
            let (_, wrong) = self.book.judge(kind, &rel, &Home::default(), &text);
            findings.extend(wrong.into_iter().map(|mut f| {
                f.place = self.place(row);
                f
            }));
            if self.book.taken(&rel) {
                findings.push(Finding::error(
                    "unit-id",
                    self.place(row),
                    say!("{rel} 已经有了，但读不了", "{rel} is there but cannot be read"),
                ));
            }
            out.push((rel, text));
        }
        Ok(out)
    }
}

/// Year and number in a name like `2020-2`, `2020-r2`, `2020年第2轮`.
fn numbers(round: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = round.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).collect();
    match parts.as_slice() {
        [year, no] if year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && no.len() <= 2 => {
            Some((year.to_string(), no.parse::<u32>().ok()?.to_string()))
        }
        _ => None,
    }
}

fn report(ctx: &mut Ctx, plan: &Plan, files: &[NewFile], units: &[NewFile]) -> Result<u8> {
    let (round, n, title) = (plan.round, plan.rows.len(), &plan.p.title);
    let (zh, en) = (&title.zh, &title.en);
    let cases = if n == 1 { "one case".to_string() } else { format!("{n} cases") };
    ctx.line(&say!("已新建轮次 {round}：{n} 个案卷，规程《{zh}》", "a new round {round}: {cases}, procedure “{en}”"))?;
    paths(ctx, round, files, units)?;
    ctx.note(&say!(
        "标有“草稿”的是本阶段要制的文书的空表，填好后删去“草稿”一行才算已有。\n接下来：填写 rounds/{round}/round.yaml 和各 case.yaml，然后 xuncha next {round}",
        "Files marked `draft` are forms for the papers of the first stage; one counts once it is filled in and that line deleted.\nNext: fill in rounds/{round}/round.yaml and each case.yaml, then xuncha next {round}"
    ))?;
    Ok(0)
}
