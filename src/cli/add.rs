//! `add`: a record from its commented skeleton.

use super::ctx::fail;
use super::{Ctx, add_list, target};
use crate::casebook::Casebook;
use crate::casebook::add::Spot;
use crate::finding::Severity;
use crate::kind::{Fill, Given, KindId, Type, Val, skeleton};
use crate::say;
use anyhow::Result;
use std::path::Path;

/// 新增一份记录（带说明的空表），打印路径 | a new record from its commented skeleton; prints its path
#[derive(clap::Args)]
#[command(override_usage = "xuncha add <KIND> [CASE] [FIELD=VALUE]... [--edit] [--from LIST.csv]")]
pub struct Args {
    /// 记录种类，如 谈话、interview | the kind of record, as in interview
    #[arg(value_name = "KIND")]
    kind: String,
    /// 案卷（在案卷文件夹内可不写），然后是 字段=值 | the case (not needed inside its folder), then FIELD=VALUE
    #[arg(value_name = "CASE|FIELD=VALUE")]
    rest: Vec<String>,
    /// 写好后用编辑器打开 | open it in the editor afterwards
    #[arg(long)]
    edit: bool,
    /// 从表格批量新增：列名是字段，每行一份；命令行上的字段=值各行共用 | many at once from a table: columns are fields, a record a line; FIELD=VALUE holds for every line
    #[arg(long, value_name = "LIST.csv", conflicts_with = "edit")]
    from: Option<std::path::PathBuf>,
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
    if let Some(from) = &args.from {
        return add_list::run(&add_list::List { book: &book, kind, spot: &spot, lang }, from, &fill, ctx);
    }
    let _lock = book.lock()?;
    let (mut stem, own) = book.stem(kind, &fill, ctx.today);
    let mut rel = book.record_path(kind, &spot, &stem);
    while !own && book.taken(&rel) {
        stem = book.stem(kind, &fill, ctx.today).0;
        rel = book.record_path(kind, &spot, &stem);
    }
    if let Some(draft) = waiting(&book, kind, &spot, &fill) {
        ctx.line(&crate::text::Text::same(draft.clone()))?;
        ctx.note(&say!(
            "这份文书已有草稿，没有另建；填好后删去“草稿”一行",
            "there is a draft of this paper, so none was made; fill it in and delete the line `draft`"
        ))?;
        drop(_lock);
        return if args.edit { edit(ctx, &book.root.join(&draft)).map(|()| 0) } else { Ok(0) };
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
        return Err(fail(say!("{rel} 已经有了；请直接编辑它", "{rel} is there already: edit it")));
    }
    book.create(&rel, &text)?;
    drop(_lock);
    target::complain(ctx, &findings)?;
    ctx.line(&crate::text::Text::same(rel.clone()))?;
    if args.edit {
        ctx.out.flush()?;
        edit(ctx, &book.root.join(&rel))?;
        let after = match crate::casebook::file::read_text(&book.root.join(&rel), &rel) {
            Ok(text) => book.judge(kind, &rel, &spot.home, &text).1,
            Err(f) => vec![*f],
        };
        target::complain(ctx, &after)?;
    }
    Ok(0)
}

/// A draft of the same type that nobody has begun to fill in, where nothing but the type is given.
fn waiting(book: &Casebook, kind: KindId, spot: &Spot, fill: &Fill) -> Option<String> {
    let shape = book.schema.shape_of(kind);
    let ty = shape.find("type")?;
    let Type::Enum(e) = shape.fields[ty as usize].ty else { return None };
    let set = book.schema.en(e);
    let mut rest = fill.clone();
    let Some(Given::Text(wanted)) = rest.take(ty) else { return None };
    let wanted = set.find(wanted.trim())?;
    if rest != Fill::new() {
        return None;
    }
    let folder = book.read_folder(&spot.folder, spot.level, &spot.home, Some(&[kind]));
    let begun = |file: &str| folder.findings.iter().any(|f| f.place.file == file);
    let draft = folder.drafts.iter().find(|r| {
        let of = r.root().field(ty).is_some_and(|p| p.val() == Val::Enum(e, wanted));
        of && !begun(&r.file)
    });
    draft.map(|r| r.file.clone())
}

/// Opens the user's editor on a file and waits for it.
fn edit(ctx: &mut Ctx, path: &Path) -> Result<()> {
    let Some(editor) = ctx.editor.clone() else {
        return ctx.note(&say!(
            "没有设置编辑器（环境变量 VISUAL 或 EDITOR），请自行打开",
            "no editor is set (VISUAL or EDITOR): open it yourself"
        ));
    };
    let mut words = editor.split_whitespace();
    let Some(program) = words.next() else { return Ok(()) };
    let done = std::process::Command::new(program).args(words).arg(path).status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => ctx.note(&say!("编辑器 {editor} 没有正常退出", "the editor {editor} did not end normally")),
        Err(e) => {
            let why = crate::casebook::file::io_text(&e);
            let (zh, en) = (why.zh, why.en);
            ctx.note(&say!("打不开编辑器 {editor}：{zh}", "the editor {editor} cannot be started: {en}"))
        }
    }
}
