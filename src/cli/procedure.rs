//! `procedure`: list, show, lint and compare procedures.

use super::{Ctx, Format};
use crate::procedure;
use crate::render;
use anyhow::Result;

/// 查看、检查、比较规程 | show, lint, compare procedures
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 检查规程文件:每个表达式、路径、名称和期限 | check a procedure file: every expression, path, name and period
    Lint {
        /// 规程文件或编号 | a file, or an id
        #[arg(value_name = "FILE")]
        file: String,
    },
}

/// Exit 1 where a procedure has errors.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = crate::casebook::Casebook::find(&ctx.dir).map(|root| crate::casebook::Casebook::open(&root));
    let load = |ctx: &Ctx, name: &str| {
        let path = ctx.dir.join(name);
        if path.is_file() { procedure::from_file(&path, name, book.as_ref()) } else { procedure::by_id(name, book.as_ref()) }
    };
    match args.what {
        What::Lint { file } => {
            let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md, Format::Sarif])?;
            let (p, mut findings) = load(ctx, &file)?;
            let schema = book.as_ref().map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
            findings.extend(procedure::lint::lint(&p, &schema));
            let refs: Vec<_> = findings.iter().collect();
            let mut sources = render::Sources::new(&ctx.dir);
            render::any_findings(ctx.out, &refs, &mut sources, format, ctx.lang, ctx.color)?;
            Ok(u8::from(findings.iter().any(|f| f.severity == crate::finding::Severity::Error)))
        }
    }
}
