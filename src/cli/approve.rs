//! `approve`: adds an approval to a record by a verified insertion.

use super::ctx::fail;
use super::{Ctx, target};
use crate::casebook::Casebook;
use crate::casebook::amend::Open;
use crate::kind::{ShapeId, Type, skeleton};
use crate::say;
use crate::yaml::{self, Value};
use anyhow::Result;
use chrono::NaiveDate;

/// 在记录的“审批”里加一条，其余内容不动 | add an approval to a record; everything else stays as it is
#[derive(clap::Args)]
pub struct Args {
    /// 记录文件 | the record's file
    #[arg(value_name = "FILE")]
    file: String,
    /// 审批人角色 | who approves (a role)
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// 审批意见：同意、退回、不同意、已阅 | agreed, returned, rejected, noted
    #[arg(long, value_name = "DECISION")]
    decision: String,
    /// 审批日期 | the date of the approval
    #[arg(long, value_name = "DATE")]
    date: String,
    /// 批示所在纸件的登记号 | the registry number of the paper with the opinion
    #[arg(long, value_name = "NO")]
    opinion_paper: Option<String>,
}

/// An approval that is there: role and date as typed.
struct Earlier {
    role: String,
    date: Option<NaiveDate>,
}

/// Exit 2 where the record cannot be read, has no such field, or holds the same approval.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let role = target::role(&book, &args.role, "--role")?;
    let decision = target::value(&book, "decision", &args.decision, "--decision")?;
    let date = target::day(&args.date)?;
    let _lock = book.lock()?;
    let open = book.open_record(&ctx.dir, &args.file)?;
    let rel = open.record.file.clone();
    let shape = book.schema.shape(open.record.shape);
    let found = shape.find("approvals").and_then(|i| item_shape(&shape.fields[i as usize].ty).map(|s| (i, s)));
    let Some((field, item)) = found else {
        let title = &book.schema.kind(open.record.kind).title;
        let (zh, en) = (&title.zh, &title.en);
        return Err(fail(say!("{zh}没有“审批”这一项（{rel}）", "the kind “{en}” has no field `approvals` ({rel})")));
    };
    let earlier = earlier(&book, &open, field, item);
    if earlier.iter().any(|e| e.role == role && e.date == Some(date)) {
        let title = book.schema.value_label("role", &role);
        let (zh, en) = (title.zh, title.en);
        return Err(fail(say!("{zh} {date} 的审批已经有了（{rel}）", "the approval by {en} on {date} is there already ({rel})")));
    }
    let lang = open.lang(&book).unwrap_or_else(|| target::record_lang(&book, ctx));
    let paper = args.opinion_paper.as_deref().map(str::trim).filter(|p| !p.is_empty());
    let paper = paper.map(|p| if p.starts_with("paper:") { p.to_string() } else { format!("paper:{p}") });
    let given = [("role", Some(role.clone())), ("decision", Some(decision)), ("date", Some(date.to_string())), ("opinion", paper)];
    let inner = book.schema.shape(item);
    let entries = given.into_iter().filter_map(|(key, value)| {
        let index = inner.find(key)?;
        let value = skeleton::value_of(&book.schema, &inner.fields[index as usize].ty, &value?, lang);
        Some((skeleton::name_of(inner, index, lang).to_string(), value))
    });
    let value = Value::Map(entries.collect());
    let tree = &open.record.tree;
    let text = match open.record.root().field(field) {
        Some(list) => yaml::append_item(tree, list.node, &value),
        None => yaml::insert_entry(tree, tree.root(), open.name(&book, field, lang), &Value::Seq(vec![value])),
    };
    let text = text.map_err(fail)?;
    let broken = book.broken_by(&open, &text);
    if !broken.is_empty() {
        target::complain(ctx, &broken)?;
        return Ok(2);
    }
    book.amend(&open, &text)?;
    let title = book.schema.value_label("role", &role);
    let (zh, en) = (title.zh, title.en);
    ctx.line(&say!("已加上{zh} {date} 的审批：{rel}", "added the approval by {en} on {date}: {rel}"))?;
    if let Some(last) = earlier.iter().filter_map(|e| e.date).max().filter(|last| date < *last) {
        ctx.note(&say!(
            "注意：这一条（{date}）早于前面已有的一条（{last}），请核对审批次序",
            "note: this one ({date}) is earlier than one before it ({last}); check the order"
        ))?;
    }
    if date > ctx.today {
        ctx.note(&say!("注意：{date} 还没有到", "note: {date} is still to come"))?;
    }
    Ok(0)
}

fn item_shape(ty: &Type) -> Option<ShapeId> {
    match ty {
        Type::List(inner) => match **inner {
            Type::Map(shape) => Some(shape),
            _ => None,
        },
        _ => None,
    }
}

fn earlier(book: &Casebook, open: &Open, field: u16, item: ShapeId) -> Vec<Earlier> {
    let Some(list) = open.record.root().field(field) else { return Vec::new() };
    let inner = book.schema.shape(item);
    let roles = book.schema.find_enum("role").map(|e| book.schema.en(e));
    list.items()
        .map(|i| {
            let text = |key: &str| inner.find(key).and_then(|f| i.field(f)).map(|p| p.str().trim().to_string()).unwrap_or_default();
            let word = text("role");
            let code = roles.and_then(|e| e.find(&word).map(|v| e.values[v as usize].code.clone()));
            Earlier { role: code.unwrap_or(word), date: crate::kind::bind::date(&text("date")) }
        })
        .collect()
}
