//! `add`: a record from its commented skeleton.

use super::ctx::fail;
use super::{Ctx, target};
use crate::finding::Severity;
use crate::kind::{Fill, skeleton};
use crate::say;
use anyhow::Result;
use std::path::Path;

/// 新增一份记录(带说明的空表),打印路径 | a new record from its commented skeleton; prints its path
#[derive(clap::Args)]
pub struct Args {
    /// 记录种类,如 谈话、interview | the kind of record, as in interview
    #[arg(value_name = "KIND")]
    kind: String,
    /// 案卷(在案卷文件夹内可不写),然后是 字段=值 | the case (not needed inside its folder), then FIELD=VALUE
    #[arg(value_name = "CASE|FIELD=VALUE")]
    rest: Vec<String>,
    /// 写好后用编辑器打开 | open it in the editor afterwards
    #[arg(long)]
    edit: bool,
}

/// Exit 2 where a value cannot stand in its field; nothing is written then.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let kind = book.kind_named(&args.kind).map_err(fail)?;
    let (case, fields) = match args.rest.split_first() {
        Some((first, rest)) if !first.contains('=') => (Some(first.as_str()), rest),
        _ => (None, args.rest.as_slice()),
    };
    let place = ctx.place(&book, case)?;
    let spot = book.spot(kind, &place).map_err(fail)?;
    let shape = book.schema.kind(kind).shape;
    let mut fill = Fill::new();
    for field in fields {
        let Some((name, value)) = field.split_once('=') else {
            let shown = crate::text::safe(field).into_owned();
            return Err(fail(say!("`{shown}` 应写成 `字段=值`", "`{shown}` should be `FIELD=VALUE`")));
        };
        if !value.trim().is_empty() {
            fill.set(&book.schema, shape, name, value).map_err(fail)?;
        }
    }
    let lang = target::record_lang(&book, ctx);
    let _lock = book.lock()?;
    let (mut stem, own) = book.stem(kind, &fill, ctx.today);
    let mut rel = book.record_path(kind, &spot, &stem);
    while !own && book.taken(&rel) {
        stem = book.stem(kind, &fill, ctx.today).0;
        rel = book.record_path(kind, &spot, &stem);
    }
    let s = book.schema.shape(shape);
    if let Some(id) = s.find("id").filter(|i| s.fields[*i as usize].header) {
        fill.take(id);
    }
    let text = skeleton::skeleton(&book.schema, kind, spot.level, lang, &fill, &[]);
    let (_, findings) = book.judge(kind, &rel, &spot.home, &text);
    if findings.iter().any(|f| f.severity == Severity::Error) {
        target::complain(ctx, &findings)?;
        ctx.note(&say!("没有写入任何文件。", "Nothing was written."))?;
        return Ok(2);
    }
    if book.taken(&rel) {
        return Err(fail(say!("{rel} 已经有了;请直接编辑它", "{rel} is there already: edit it")));
    }
    book.create(&rel, &text)?;
    drop(_lock);
    target::complain(ctx, &findings)?;
    ctx.line(&crate::text::Text::same(rel.clone()))?;
    if args.edit {
        ctx.out.flush()?;
        edit(ctx, &book.root.join(&rel))?;
        let after = book.reopen(&rel)?;
        target::complain(ctx, &after.findings)?;
    }
    Ok(0)
}

/// Opens the user's editor on a file and waits for it.
fn edit(ctx: &mut Ctx, path: &Path) -> Result<()> {
    let Some(editor) = ctx.editor.clone() else {
        return ctx
            .note(&say!("没有设置编辑器(环境变量 VISUAL 或 EDITOR),请自行打开", "no editor is set (VISUAL or EDITOR): open it yourself"));
    };
    let mut words = editor.split_whitespace();
    let Some(program) = words.next() else { return Ok(()) };
    let done = std::process::Command::new(program).args(words).arg(path).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => ctx.note(&say!("编辑器 {editor} 没有正常退出", "the editor {editor} did not end normally")),
        Err(e) => {
            let why = crate::casebook::read::io_text(&e);
            let (zh, en) = (why.zh, why.en);
            ctx.note(&say!("打不开编辑器 {editor}:{zh}", "the editor {editor} cannot be started: {en}"))
        }
    }
}
