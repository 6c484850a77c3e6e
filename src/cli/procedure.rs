//! `procedure`: begin, list, show, lint and compare procedures.

use super::{Ctx, Format, ctx::fail};
use crate::casebook::Casebook;
use crate::finding::{Finding, Severity};
use crate::procedure::{self, Procedure};
use crate::render::{self, compare, procedures};
use crate::say;
use crate::text::{Text, nearest};
use anyhow::Result;

/// 新建、查看、检查、比较规程 | begin, show, lint, compare procedures
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 列出可用的规程 | list the procedures
    List,
    /// 一部规程的阶段、事件、参数和全部事项，或其中一个事项 | the stages, events, parameters and obligations of a procedure, or one obligation
    Show {
        /// 规程文件或编号 | a file, or an id
        #[arg(value_name = "ID")]
        id: String,
        /// 事项编号，如 XH-42-1a | an obligation, such as XH-42-1a
        #[arg(value_name = "OBLIGATION")]
        obligation: Option<String>,
    },
    /// 新建本单位自己的规程：沿用一部，写出带样例的文件 | a procedure of one's own on top of another, with samples to begin from
    New {
        /// 新规程的编号，也是文件名 | its id, and the name of its file
        #[arg(value_name = "ID")]
        id: String,
        /// 沿用哪一部；不写就是案卷的规程 | what it extends; by default the casebook's procedure
        #[arg(long, value_name = "BASE", conflicts_with = "copy")]
        extends: Option<String>,
        /// 照抄一部或一个样本，如 county-2026.example | copy one, or an example such as county-2026.example
        #[arg(long, value_name = "FROM")]
        copy: Option<String>,
    },
    /// 检查规程文件：每个表达式、路径、名称和期限 | check a procedure file: every expression, path, name and period
    Lint {
        /// 规程文件或编号 | a file, or an id
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// 比较两部规程：增加、删去、改动的事项、事件、阶段、参数 | compare two procedures: what is added, struck and changed
    Diff {
        /// 旧的：规程文件或编号 | the old one: a file, or an id
        #[arg(value_name = "A")]
        a: String,
        /// 新的：规程文件或编号 | the new one: a file, or an id
        #[arg(value_name = "B")]
        b: String,
    },
}

const TABLES: [Format; 4] = [Format::Table, Format::Json, Format::Csv, Format::Md];

/// Exit 1 where a procedure that is linted has errors.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = Casebook::find(&ctx.dir).map(|root| Casebook::open(&root));
    let book = book.as_ref();
    match args.what {
        What::List => list(ctx, book),
        What::Show { id, obligation } => show(ctx, book, &id, obligation.as_deref()),
        What::New { id, extends, copy } => new(ctx, &id, extends, copy),
        What::Lint { file } => {
            let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md, Format::Sarif])?;
            let path = ctx.dir.join(&file);
            let read = if path.is_file() { procedure::read_file(&path, &file, book) } else { procedure::read_id(&file, book) };
            let (p, mut findings) = read?;
            let schema = book.map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
            findings.extend(p.iter().flat_map(|p| procedure::lint::lint(p, &schema)));
            let refs: Vec<_> = findings.iter().collect();
            let mut sources = render::Sources::new(&ctx.dir).within(ctx.width);
            render::any_findings(ctx.out, &refs, &mut sources, format, ctx.lang, ctx.color)?;
            Ok(u8::from(findings.iter().any(|f| f.severity == Severity::Error)))
        }
        What::Diff { a, b } => {
            let format = ctx.format(&[Format::Table, Format::Md, Format::Html, Format::Json, Format::Csv])?;
            let (a, b) = (usable(ctx, book, &a)?, usable(ctx, book, &b)?);
            let diff = procedure::diff::diff(&a, &b);
            let schema = book.map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
            let page = || compare::page(&a, &b, &diff, &schema, book.map(|b| &b.config), ctx.lang);
            match format {
                Format::Table => write!(ctx.out, "{}", procedures::diff_text(&a, &b, &diff, ctx.lang))?,
                Format::Md => compare::md::page(ctx.out, &page(), ctx.lang)?,
                Format::Html => compare::html::page(ctx.out, &page(), &ctx.today.to_string(), ctx.lang)?,
                format => {
                    let rows = procedures::diff_rows(&diff, ctx.lang);
                    let json = || serde_json::json!({ "a": a.id, "b": b.id, "changes": diff });
                    render::rows(format, ctx.out, &procedures::diff_head(ctx.lang), rows, json, ctx.width)?;
                }
            }
            Ok(0)
        }
    }
}

fn list(ctx: &mut Ctx, book: Option<&Casebook>) -> Result<u8> {
    let format = ctx.format(&TABLES)?;
    let mut found = Vec::new();
    for id in procedure::ids(book) {
        match procedure::by_id(&id, book) {
            Ok((p, _)) => found.push(p),
            // One file that cannot be read hides none of the others.
            Err(e) => {
                super::failure(&e, ctx.lang, ctx.err);
            }
        }
    }
    let json = || procedures::list_json(&found, ctx.lang);
    render::rows(format, ctx.out, &procedures::list_head(ctx.lang), procedures::list_rows(&found, ctx.lang), json, ctx.width)?;
    if format == Format::Table {
        let examples = procedure::example_ids().join(", ");
        ctx.note(&say!(
            "样本：{examples}（照着写本单位的：xuncha procedure new 编号 --copy 样本）",
            "examples: {examples} (to write your own: xuncha procedure new ID --copy EXAMPLE)"
        ))?;
    }
    Ok(0)
}

fn show(ctx: &mut Ctx, book: Option<&Casebook>, id: &str, obligation: Option<&str>) -> Result<u8> {
    let format = ctx.format(&TABLES)?;
    let p = usable(ctx, book, id)?;
    let schema = book.map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
    let config = book.map(|b| &b.config);
    let Some(wanted) = obligation else {
        match format {
            Format::Table => write!(ctx.out, "{}", procedures::text(&p, &schema, config, ctx.lang, ctx.width))?,
            Format::Md => procedures::markdown(ctx.out, &p, &schema, config, ctx.lang)?,
            format => {
                let rows = p.obligations.iter().map(|o| procedures::row(&p, &schema, o, ctx.lang)).collect();
                render::rows(format, ctx.out, &procedures::head(ctx.lang), rows, || procedure::show::to_json(&p), ctx.width)?;
            }
        }
        return Ok(0);
    };
    let Some(o) = p.obligation(wanted) else {
        let shown = crate::text::safe(wanted).into_owned();
        let id = &p.id;
        let upper = wanted.to_uppercase();
        return Err(fail(match nearest(&upper, p.obligations.iter().map(|o| o.id.as_str())) {
            Some(near) => {
                say!("规程 {id} 没有事项 `{shown}`；是否指 `{near}`？", "{id} has no obligation `{shown}`; did you mean `{near}`?")
            }
            None => say!(
                "规程 {id} 没有事项 `{shown}`；全部事项见 `xuncha procedure show {id}`",
                "{id} has no obligation `{shown}`; all of them: `xuncha procedure show {id}`"
            ),
        }));
    };
    match format {
        Format::Table => {
            let view = render::explain::obligation::view(&p, &schema, config, o, ctx.lang);
            write!(ctx.out, "{}", view.text(ctx.lang))?;
        }
        format => {
            let rows = vec![procedures::row(&p, &schema, o, ctx.lang)];
            let json = || serde_json::Value::Object(procedure::show::obligation(&p, o));
            render::rows(format, ctx.out, &procedures::head(ctx.lang), rows, json, ctx.width)?;
        }
    }
    Ok(0)
}

/// Writes `procedures/ID.toml`; a file that is there, and the id of a built-in procedure, are left alone.
fn new(ctx: &mut Ctx, id: &str, extends: Option<String>, copy: Option<String>) -> Result<u8> {
    ctx.format(&[Format::Table])?;
    let book = ctx.book()?;
    let shown = crate::text::safe(id).into_owned();
    if !crate::kind::bind::slug(id) || id.ends_with(".example") {
        return Err(fail(say!(
            "`{shown}` 不能作编号：只用字母、数字、`-` 和汉字",
            "`{shown}` cannot be an id: letters, digits, `-` and Chinese characters only"
        )));
    }
    if procedure::builtin_ids().iter().any(|b| b == id) {
        return Err(fail(say!("`{shown}` 是内置规程的编号，请另起一个", "`{shown}` is the id of a built-in procedure; choose another")));
    }
    let text = match copy {
        Some(from) => {
            let (p, _) = procedure::by_id(&from, Some(&book))?;
            let (_, text) = procedure::by_id_text(&from, &book).unwrap_or_default();
            text.replacen(&format!("\nid = \"{}\"\n", p.id), &format!("\nid = \"{id}\"\n"), 1)
        }
        None => {
            let base = extends.or_else(|| book.config.procedure.clone()).unwrap_or_else(|| procedure::DEFAULT.to_string());
            let (p, _) = procedure::by_id(&base, Some(&book))?;
            procedure::begin::template(id, &p, ctx.today, super::target::record_lang(&book, ctx))
        }
    };
    let rel = format!("procedures/{id}.toml");
    let _lock = book.lock()?;
    book.create(&rel, &text)?;
    ctx.line(&Text::same(rel))?;
    ctx.note(&say!(
        "接下来：改这个文件，然后 xuncha procedure lint {id}；用于新轮次：xuncha new-round 轮次 --procedure {id}",
        "Next: edit the file, then xuncha procedure lint {id}; for a new round: xuncha new-round ROUND --procedure {id}"
    ))?;
    Ok(0)
}

fn load(ctx: &Ctx, book: Option<&Casebook>, name: &str) -> Result<(Procedure, Vec<Finding>)> {
    let path = ctx.dir.join(name);
    if path.is_file() {
        return procedure::from_file(&path, name, book);
    }
    if name.ends_with(".toml") {
        let shown = crate::text::safe(name).into_owned();
        return Err(fail(say!("没有规程文件 {shown}", "there is no procedure file {shown}")));
    }
    procedure::by_id(name, book)
}

/// A procedure to look at; says beside it how much of its file could not be read.
fn usable(ctx: &mut Ctx, book: Option<&Casebook>, name: &str) -> Result<Procedure> {
    let (p, findings) = load(ctx, book, name)?;
    let n = findings.iter().filter(|f| f.severity == Severity::Error).count();
    if n > 0 {
        let shown = crate::text::safe(name).into_owned();
        ctx.note(&say!(
            "规程 {shown} 有{n}处错误，有错的部分没有读取；用 `xuncha procedure lint {shown}` 查看",
            "{shown} has errors ({n}), and what they touch was not read: see `xuncha procedure lint {shown}`"
        ))?;
    }
    Ok(p)
}
