//! `explain`: what an obligation or a finding's code means, its source, how to mend it.

use super::{Ctx, Format, ctx::fail};
use crate::casebook::Casebook;
use crate::procedure::{self, Procedure};
use crate::render::{self, explain};
use crate::say;
use crate::text::nearest;
use anyhow::Result;

/// 说明一个事项或问题代码：含义、依据、办法 | explain an obligation or a code: what it means, its source, how to mend it
#[derive(clap::Args)]
pub struct Args {
    /// 事项编号（如 XH-42-1a）或问题代码（如 dangling-ref） | an obligation (such as XH-42-1a) or a code (such as dangling-ref)
    #[arg(value_name = "CODE_OR_OBLIGATION")]
    what: String,
}

/// Exit 2 where nothing is called so.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json])?;
    let what = args.what.trim();
    let (codes, _) = explain::library::codes();
    let book = Casebook::find(&ctx.dir).map(|root| Casebook::open(&root));
    let book = book.as_ref();
    let mut ids: Vec<String> = codes.iter().map(|c| c.id.clone()).collect();
    let view = match codes.iter().find(|c| c.id.eq_ignore_ascii_case(what)) {
        Some(code) => Some(explain::code::view(code, ctx.lang)),
        None => {
            let schema = book.map_or_else(crate::kind::load::builtin, |b| b.schema.clone());
            let procedures = procedures(ctx, book);
            ids.extend(procedures.iter().flat_map(|p| p.obligations.iter().map(|o| o.id.clone())));
            let found = procedures.iter().find_map(|p| p.obligation(what).map(|o| (p, o)));
            found.map(|(p, o)| explain::obligation::view(p, &schema, book.map(|b| &b.config), o, ctx.lang))
        }
    };
    let Some(view) = view else {
        let shown = crate::text::safe(what).into_owned();
        // Upper and lower case are no difference here.
        let low: Vec<String> = ids.iter().map(|id| id.to_lowercase()).collect();
        let near = nearest(&what.to_lowercase(), low.iter().map(String::as_str));
        let near = near.and_then(|n| low.iter().position(|l| l == n)).map(|i| &ids[i]);
        return Err(fail(match near {
            Some(near) => {
                say!("没有事项或问题代码 `{shown}`；是否指 `{near}`？", "`{shown}` is no obligation and no code; did you mean `{near}`?")
            }
            None => {
                let id = book.and_then(|b| b.config.procedure.as_deref()).unwrap_or(procedure::DEFAULT);
                say!(
                    "没有事项或问题代码 `{shown}`；全部事项见 `xuncha procedure show {id}`",
                    "`{shown}` is no obligation and no code; all obligations: `xuncha procedure show {id}`"
                )
            }
        }));
    };
    match format {
        Format::Json => render::json::write(ctx.out, &view.json)?,
        _ => write!(ctx.out, "{}", view.text(ctx.lang))?,
    }
    Ok(0)
}

/// The procedures in which an obligation is looked for: the round's own, the casebook's present one, then all others.
fn procedures(ctx: &Ctx, book: Option<&Casebook>) -> Vec<Procedure> {
    let mut out = Vec::new();
    if let Some(book) = book {
        let here = ctx.place(book, None).ok().and_then(|w| w.round().map(str::to_string));
        let pinned = |round: &String| {
            let rel = format!("rounds/{round}/procedure.toml");
            procedure::from_file(&book.root.join(&rel), &rel, Some(book)).ok().map(|(p, _)| p)
        };
        let present = book.config.procedure.clone().unwrap_or_else(|| procedure::DEFAULT.to_string());
        out.extend(here.as_ref().and_then(pinned));
        out.extend(procedure::by_id(&present, Some(book)).ok().map(|(p, _)| p));
        out.extend(book.rounds().iter().filter(|r| Some(*r) != here.as_ref()).filter_map(pinned));
    } else {
        out.extend(procedure::by_id(procedure::DEFAULT, None).ok().map(|(p, _)| p));
    }
    out.extend(procedure::ids(book).iter().filter_map(|id| procedure::by_id(id, book).ok()).map(|(p, _)| p));
    out
}
