//! `log`: the story of a case from git's history.

use super::{Ctx, Format, target};
use crate::casebook::git::Git;
use crate::casebook::history;
use crate::casebook::names::Where;
use crate::procedure::compile;
use crate::render::public::withheld;
use crate::render::story;
use crate::say;
use crate::text::Text;
use anyhow::Result;

/// 一个案卷的来龙去脉，出自 git 历史：记录、节点、审批、豁免、批后改动 | the story of a case from git: records, events, approvals, waivers, changes after approval
#[derive(clap::Args)]
pub struct Args {
    /// 案卷或轮次；不写就是所在的案卷 | a case or round; by default where you are
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// 只列审批、豁免、转阶段和批后改动 | only approvals, waivers, stages, and changes after approval
    #[arg(long)]
    decisions: bool,
}

/// Exit 2 where there is no history to read.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let git = Git::of(&book.root)?;
    let mut commits = history::commits(&git, &place.folder())?;
    let names = ctx.names(&book);
    if let Some(names) = &names {
        commits = story::veiled(&commits, names);
    }
    let public = ctx.public;
    let p = match &place {
        Where::Book => None,
        place => Some(target::procedure_of(&book, place)),
    };
    let title = |what: &str, id: &str| -> Text {
        let Some(p) = &p else { return if public { withheld() } else { Text::same(id) } };
        let found = match what {
            "stage" => p.stage(id).map(|s| p.stages[s].title.clone()),
            "event" => p.event(id).map(|e| p.events[e].title.clone()),
            _ => p.obligation(id).map(|o| o.text.clone()),
        };
        found.unwrap_or_else(|| if public { withheld() } else { compile::actor_title(p, &book.schema, id) })
    };
    let mut list = story::entries(&book, &git, &commits, &title, public)?;
    if args.decisions {
        use story::What::*;
        list.retain(|e| matches!(e.what, Advanced | Waived | Confirmed | Approved | ChangedAfterApproval));
    }
    if list.is_empty() && format == Format::Table {
        ctx.line(&say!("git 里还没有这里的提交", "git has no commit of this yet"))?;
    } else {
        let file = |f: &str| names.as_ref().map_or_else(|| f.to_string(), |n| n.path(f, &book));
        story::print(ctx.out, &list, &file, format, ctx.lang, ctx.width)?;
    }
    let n = git.uncommitted(&folder(&place))?.len();
    if n > 0 {
        ctx.note(&say!("另有 {n} 个文件改了还没有提交", "{n} files are changed and not committed"))?;
    }
    Ok(0)
}

fn folder(place: &Where) -> String {
    let folder = place.folder();
    if folder.is_empty() { ".".into() } else { folder }
}
