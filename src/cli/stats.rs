//! `stats`: the numbers that leaders ask for, added up from the records.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::casebook::names::Where;
use crate::finding::{Finding, Severity};
use crate::render::stats::View;
use crate::say;
use crate::tally::cube::{By, Cube};
use crate::tally::fold::Counted;
use crate::tally::measure::{self, Measure};
use crate::tally::{fold, mask, terms};
use crate::text::nearest;
use anyhow::Result;
use std::collections::BTreeSet;

/// 统计数字：谈话、问卷、信访、问题、线索、整改，一律由记录算出 | numbers of talks, questionnaires, petitions, issues, clues, rectification, all worked out from the records
#[derive(clap::Args)]
pub struct Args {
    /// 案卷或轮次；不写就是所在的案卷 | a case or round; by default where you are
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// 按什么分组：case 对象、team 组、round 轮次、year 年度、term 届 | what to group by: case, team, round, year, term
    #[arg(long, value_enum, value_name = "GROUP", hide_possible_values = true)]
    by: Option<By>,
    /// 只看这些指标，用逗号分开 | only these measures, separated by commas
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    only: Vec<String>,
    /// 每组一句话，供写进汇报 | a sentence a group, for a report
    #[arg(long, conflicts_with = "only")]
    text: bool,
    /// 列出可用的指标 | list the measures there are
    #[arg(long)]
    list: bool,
}

/// Exit 1 where a file of measures is wrong.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let (sheet, findings) = measure::load(&book);
    let measures = &sheet.measures;
    let refs: Vec<&Finding> = findings.iter().collect();
    let mut sources = crate::render::Sources::new(&book.root).within(ctx.width);
    if !refs.is_empty() {
        crate::render::any_findings(ctx.err, &refs, &mut sources, Format::Table, ctx.lang, ctx.color)?;
    }
    if args.list {
        list(ctx, format, measures)?;
        return Ok(u8::from(findings.iter().any(|f| f.severity == Severity::Error)));
    }
    let sentence = sheet.sentence.as_ref().filter(|_| args.text);
    let shown = match sentence {
        Some(s) => measure::holes(&s.zh)
            .chain(measure::holes(&s.en))
            .filter_map(|id| sheet.find(id))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        None => wanted(measures, &args.only)?,
    };
    // What is withheld is the same whatever is asked for, so for the public everything is counted.
    let read = if ctx.public { Where::Book } else { place.clone() };
    let mut counted = fold::run(&book, measures, &read, ctx.today);
    let names = ctx.names(&book);
    if let Some(names) = &names {
        for leaf in counted.leaves.iter_mut().filter(|l| !l.team.is_empty()) {
            leaf.team = names.id(&leaf.team).unwrap_or("team-0").to_string();
        }
    }
    let mut terms = terms::all(&book);
    for term in &mut terms {
        if let Some(names) = &names {
            term.id = names.id(&term.id).unwrap_or("coverage_plan-0").to_string();
        }
    }
    let cube = Cube::new(&counted, &terms);
    let by = args.by.unwrap_or(match &place {
        Where::Case(..) => By::Case,
        _ => By::Round,
    });
    let (mut groups, whole) = groups(&cube, by, &place)?;
    // What belongs to no case, or to no team, is a group of its own only where there is any.
    groups.retain(|n| {
        let node = &cube.nodes[*n];
        let own = matches!(by, By::Case | By::Team) && node.case.is_empty() && (by == By::Case || node.id == node.round);
        !own || node.cells.iter().any(|(k, c)| shown.contains(&k.measure) && c.value != 0)
    });
    let below = book.config.mask_below.unwrap_or(mask::BELOW);
    let hidden = ctx.public.then(|| mask::masked(&cube, measures, below));
    let view = View {
        cube: &cube,
        measures,
        shown: &shown,
        schema: &book.schema,
        by,
        groups: &groups,
        whole,
        public: hidden.as_ref(),
        below,
        lang: ctx.lang,
    };
    match sentence {
        Some(sentence) => view.sentences(ctx.out, sentence)?,
        None => view.print(ctx.out, format, ctx.width)?,
    }
    notes(ctx, &counted, measures, &shown, &place)?;
    if ctx.public {
        ctx.note(&say!(
            "供公开：小于 {below} 的数值，以及可据以推算的数值，均以 * 代替；限知字段的分类未列。",
            "For the public: numbers below {below}, and those by which they could be worked out, stand as *; classes by restricted fields are left out."
        ))?;
    }
    Ok(u8::from(findings.iter().any(|f| f.severity == Severity::Error)))
}

/// The indices of the measures asked for; of all where none is.
fn wanted(measures: &[Measure], only: &[String]) -> Result<Vec<usize>> {
    if only.is_empty() {
        return Ok((0..measures.len()).collect());
    }
    let names = || measures.iter().flat_map(|m| [m.id.as_str(), m.title.zh.as_ref()]);
    only.iter()
        .map(|name| {
            let name = name.trim();
            let found = measures.iter().position(|m| m.id == name || m.title.zh == name || m.title.en.eq_ignore_ascii_case(name));
            found.ok_or_else(|| {
                let shown = crate::text::safe(name).into_owned();
                fail(match nearest(name, names()) {
                    Some(n) => say!("没有指标 `{shown}`；是否指 `{n}`？", "there is no measure `{shown}`; did you mean `{n}`?"),
                    None => say!(
                        "没有指标 `{shown}`；用 `xuncha stats --list` 列出",
                        "there is no measure `{shown}`; `xuncha stats --list` lists them"
                    ),
                })
            })
        })
        .collect()
}

/// The groups of a place, and the one that holds them all where it is another.
fn groups(cube: &Cube, by: By, place: &Where) -> Result<(Vec<usize>, Option<usize>)> {
    let node = |n: usize| &cube.nodes[n];
    let of = |by| cube.of(by);
    Ok(match place {
        Where::Book => (of(by).collect(), Some(0)),
        _ if matches!(by, By::Year | By::Term) => {
            return Err(fail(say!(
                "按年度、按届分组要看整个案卷：在案卷根目录运行，或用 `-C`",
                "by year and by term the whole casebook is looked at: run it at its root, or use `-C`"
            )));
        }
        Where::Round(r) => {
            let list: Vec<usize> = of(by).filter(|n| node(*n).round == *r).collect();
            let round = of(By::Round).find(|n| node(*n).id == *r);
            (list, round.filter(|_| by != By::Round))
        }
        Where::Case(r, c) => (of(By::Case).filter(|n| node(*n).round == *r && node(*n).case == *c).collect(), None),
    })
}

/// What could not be counted is said, not passed over.
fn notes(ctx: &mut Ctx, counted: &Counted, measures: &[Measure], shown: &[usize], place: &Where) -> Result<()> {
    let inside = |l: &&fold::Leaf| match place {
        Where::Book => true,
        Where::Round(r) => l.round == *r,
        Where::Case(r, c) => l.round == *r && l.case == *c,
    };
    for m in shown {
        let n: u64 = counted.leaves.iter().filter(inside).filter_map(|l| l.undecided.get(m)).sum();
        if n > 0 {
            let (zh, en) = (&measures[*m].title.zh, &measures[*m].title.en);
            let lack = if n == 1 {
                "1 record lacks what is asked for and is".into()
            } else {
                format!("{n} records lack what is asked for and are")
            };
            ctx.note(&say!("“{zh}”有 {n} 条记录缺少所需内容，没有计入", "“{en}”: {lack} not counted"))?;
        }
    }
    Ok(())
}

fn list(ctx: &mut Ctx, format: Format, measures: &[Measure]) -> Result<()> {
    let lang = ctx.lang;
    let head = match lang {
        crate::text::Lang::Zh => ["编号", "指标", "单位", "分类", "公开时遮蔽小数值"],
        crate::text::Lang::En => ["id", "measure", "unit", "classes", "masked when small"],
    };
    let yes = |b: bool| if b { say!("是", "yes") } else { say!("否", "no") }.get(lang).to_string();
    let rows: Vec<Vec<String>> = measures
        .iter()
        .map(|m| {
            let by: Vec<&str> = m.by.iter().map(|d| d.title.get(lang)).collect();
            let sep = if lang == crate::text::Lang::Zh { "、" } else { ", " };
            vec![m.id.clone(), m.title.get(lang).into(), m.unit.get(lang).into(), by.join(sep), yes(m.persons)]
        })
        .collect();
    let json = || {
        serde_json::Value::Array(
            measures
                .iter()
                .map(|m| {
                    let by: Vec<&str> = m.by.iter().map(|d| d.id.as_str()).collect();
                    serde_json::json!({"id": m.id, "title": m.title.get(lang), "unit": m.unit.get(lang), "by": by, "persons": m.persons})
                })
                .collect(),
        )
    };
    crate::render::rows(format, ctx.out, &head, rows, json, ctx.width)
}
