//! `kind`: list and show the kinds of record, and print them as JSON Schema.

use super::{Ctx, Format, ctx::fail};
use crate::casebook::Casebook;
use crate::kind::{KindId, Schema, json_schema};
use crate::render::{self, kinds};
use crate::say;
use crate::text::{Lang, nearest};
use anyhow::Result;
use std::sync::Arc;

/// 查看记录种类和字段，输出 JSON Schema | show the kinds of record and their fields, print JSON Schema
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 列出全部种类 | list all kinds
    List,
    /// 一个种类的字段、必填、密级和可用的值 | one kind: fields, what is required, secrecy, values
    Show {
        /// 种类，如 interview 或 个别谈话 | a kind, such as interview
        #[arg(value_name = "KIND")]
        kind: String,
    },
    /// 供编辑器用的 JSON Schema；不写种类就是全部 | JSON Schema for editors; all kinds if none is named
    Schema {
        /// 种类，如 interview 或 个别谈话 | a kind, such as interview
        #[arg(value_name = "KIND")]
        kind: Option<String>,
    },
}

/// Kinds of the casebook around the folder, or the built-in ones. What is wrong in a casebook's own kinds is said beside them.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let schema = schema(ctx)?;
    match args.what {
        What::List => {
            let head = kinds::list_head(ctx.lang);
            let json = || kinds::list_json(&schema, ctx.lang);
            render::rows(ctx.format(&TABLES)?, ctx.out, &head, kinds::list_rows(&schema, ctx.lang), json, ctx.width)?;
        }
        What::Show { kind } => {
            let id = find(&schema, &kind)?;
            match ctx.format(&TABLES)? {
                Format::Table => write!(ctx.out, "{}", kinds::text(&schema, id, ctx.lang, ctx.width))?,
                format => {
                    let head = kinds::head(ctx.lang);
                    let json = || kinds::to_json(&schema, id);
                    render::rows(format, ctx.out, &head, kinds::rows(&schema, id, ctx.lang), json, ctx.width)?;
                }
            }
        }
        What::Schema { kind } => {
            ctx.format(&[Format::Json])?;
            let value = match kind {
                Some(kind) => json_schema::one(&schema, find(&schema, &kind)?, ctx.lang),
                None => json_schema::all(&schema, ctx.lang),
            };
            render::json::write(ctx.out, &value)?;
        }
    }
    Ok(0)
}

const TABLES: [Format; 4] = [Format::Table, Format::Json, Format::Csv, Format::Md];

fn schema(ctx: &mut Ctx) -> Result<Arc<Schema>> {
    let Some(root) = Casebook::find(&ctx.dir) else { return Ok(crate::kind::load::builtin()) };
    let book = Casebook::open(&root);
    let wrong: Vec<_> = book.findings.iter().filter(|f| f.place.file.starts_with("kinds/")).collect();
    if !wrong.is_empty() {
        render::findings::list(ctx.err, &wrong, &mut render::Sources::new(&book.root).within(ctx.width), ctx.lang, false)?;
    }
    Ok(book.schema)
}

fn find(schema: &Schema, name: &str) -> Result<KindId> {
    if let Some(id) = schema.find_kind(name).or_else(|| schema.find_kind(&name.to_lowercase())) {
        return Ok(id);
    }
    let shown = crate::text::safe(name).into_owned();
    let names =
        schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()].into_iter().chain(k.aliases.iter().map(|a| a.as_ref())));
    Err(fail(match nearest(name, names) {
        Some(near) => say!("没有记录种类 `{shown}`；是否指 `{near}`？", "there is no kind `{shown}`; did you mean `{near}`?"),
        None => {
            let list = crate::text::list(&schema.kinds.iter().map(|k| k.id.as_str()).collect::<Vec<_>>(), Lang::En);
            let list_zh = schema.kinds.iter().map(|k| k.title.zh.as_ref()).collect::<Vec<_>>().join("、");
            say!("没有记录种类 `{shown}`；现有：{list_zh}", "there is no kind `{shown}`; there are: {list}")
        }
    }))
}
