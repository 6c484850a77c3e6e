//! `edit`: a record opened in the user's editor, outside the casebook, and sealed again.

use super::Ctx;
use super::ctx::fail;
use super::open::{all_shut, note_shut};
use super::private::Room;
use super::secret::KeyArgs;
use super::target::complain;
use crate::casebook::file::io_text;
use crate::casebook::{cipher, readers};
use crate::finding::Severity;
use crate::say;
use anyhow::Result;
use std::path::Path;

/// 解开一份记录来编辑，存盘后重新密封 | edit a record with its sealed fields opened, and seal it again
#[derive(clap::Args)]
pub struct Args {
    /// 记录的文件 | the record's file
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 2, with nothing written, where what was saved cannot be read or sealed.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let open = book.open_record(&ctx.dir, &args.file)?;
    let record = &open.record;
    let before = readers::readers(&book, &book.config.sealing, record, ctx.today).map_err(fail)?;
    let Some(editor) = ctx.editor.clone().filter(|e| !e.trim().is_empty()) else {
        return Err(fail(say!("没有设置编辑器：请设环境变量 VISUAL 或 EDITOR", "no editor is set: set VISUAL or EDITOR")));
    };
    let sealed = cipher::leaves(&book.schema, record).iter().filter(|l| !l.plain).count();
    let (text, mut known, shut) = match sealed {
        0 => (record.tree.text().to_string(), cipher::Known::new(), Vec::new()),
        _ => {
            let key = args.key.unlock(ctx)?;
            let (changed, known) = cipher::opened(&book.schema, record, &key).map_err(fail)?;
            if changed.count == 0 {
                return Err(fail(all_shut(&record.file, &changed.shut)));
            }
            (changed.text, known, changed.shut)
        }
    };
    note_shut(ctx, &shut)?;
    let room = Room::new()?;
    if !room.in_memory {
        ctx.note(&say!(
            "注意：这台机器没有内存盘，编辑时明文会暂存在临时文件夹里（仅本人可读），完后清除",
            "note: this machine has no folder in memory; while you edit, the plain text lies in the temporary folder, readable by you alone, and is wiped afterwards"
        ))?;
    }
    let path = room.write("record.yaml", &text)?;
    loop {
        launch(ctx, &editor, &path)?;
        let new = std::fs::read_to_string(&path).map_err(|e| {
            let why = io_text(&e);
            let (zh, en) = (why.zh, why.en);
            fail(say!("读不回编辑后的文本，没有写入：{zh}", "what was edited cannot be read, nothing was written: {en}"))
        })?;
        if new == text {
            ctx.note(&say!("没有改动。", "Nothing was changed."))?;
            return Ok(0);
        }
        let (after, findings) = book.judge(record.kind, &record.file, &record.home, &new);
        let broken = |f: &crate::finding::Finding| f.severity == Severity::Error && crate::yaml::CODES.contains(&f.code.as_ref());
        let unread: Vec<_> = findings.into_iter().filter(broken).collect();
        let Some(after) = after.filter(|_| unread.is_empty()) else {
            complain(ctx, &unread)?;
            if again(ctx)? {
                continue;
            }
            ctx.note(&say!("没有写入；改动已随临时文件清除。", "Nothing was written; the changes were wiped with the temporary file."))?;
            return Ok(2);
        };
        let now = readers::readers(&book, &book.config.sealing, &after, ctx.today).map_err(fail)?;
        if now.codes() != before.codes() {
            // Whoever may read it is not who might before: what stayed the same is sealed anew too.
            known.clear();
            if !shut.is_empty() {
                return Err(fail(say!(
                    "可读的人变了，而有的字段这把钥匙打不开，无法重新密封；没有写入",
                    "other persons may read it now, and some fields do not open with this key, so they cannot be sealed anew; nothing was written"
                )));
            }
        }
        let changed = cipher::shut(&book.schema, &after, &now.keys(), known).map_err(fail)?;
        if cipher::stands_open(&book, &open, &changed.text) {
            return Err(fail(cipher::refused()));
        }
        let _lock = book.lock()?;
        book.amend(&open, &changed.text)?;
        let file = &record.file;
        let who = now.codes().join("、");
        let who_en = now.codes().join(", ");
        ctx.line(&say!("已写入并密封 {file}；可读：{who}", "written and sealed: {file}; readable by {who_en}"))?;
        let (_, findings) = book.judge(record.kind, file, &record.home, &changed.text);
        complain(ctx, &findings)?;
        return Ok(0);
    }
}

/// Opens the editor and waits for it.
fn launch(ctx: &mut Ctx, editor: &str, path: &Path) -> Result<()> {
    ctx.out.flush()?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    match std::process::Command::new(program).args(words).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(fail(say!("编辑器 {editor} 没有正常退出，没有写入", "the editor {editor} did not end normally; nothing was written"))),
        Err(e) => {
            let why = io_text(&e);
            let (zh, en) = (why.zh, why.en);
            Err(fail(say!("打不开编辑器 {editor}：{zh}", "the editor {editor} cannot be started: {en}")))
        }
    }
}

/// Whether the user wants to mend it; nobody does where nobody can be asked.
fn again(ctx: &mut Ctx) -> Result<bool> {
    if !ctx.ask {
        return Ok(false);
    }
    ctx.note(&say!("按回车再改；输入 q 放弃改动。", "Press Enter to edit again; type q to give the changes up."))?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer).unwrap_or(0);
    Ok(read > 0 && !answer.trim().eq_ignore_ascii_case("q"))
}
