//! `init`: a new casebook.

use super::Ctx;
use super::ctx::fail;
use crate::casebook::{Casebook, MARKER, config, lock, write};
use crate::kind;
use crate::procedure;
use crate::say;
use crate::text::Lang;
use anyhow::Result;
use std::path::PathBuf;

/// 新建案卷 | a new casebook
#[derive(clap::Args)]
pub struct Args {
    /// 文件夹；不写就是当前文件夹 | the folder; by default the current one
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// 新建轮次所用的规程 | the procedure of new rounds
    #[arg(long, value_name = "ID")]
    procedure: Option<String>,
    /// 巡察办的名称 | the inspection office's name
    #[arg(long, value_name = "NAME")]
    office: Option<String>,
}

/// Files that are there stay as they are. The marker comes last: a crash leaves no half casebook.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let root = args.folder.as_ref().map_or_else(|| ctx.dir.clone(), |d| ctx.dir.join(d));
    let shown = args.folder.as_ref().map_or_else(|| ".".to_string(), |d| crate::text::safe(&d.display().to_string()).into_owned());
    if root.join(MARKER).symlink_metadata().is_ok() {
        return Err(fail(say!(
            "{shown} 已经是案卷（有 {MARKER}），没有改动",
            "{shown} is a casebook already (it has {MARKER}); nothing was changed"
        )));
    }
    if let Some(outer) = Casebook::find(&root) {
        let outer = outer.display();
        return Err(fail(say!(
            "{shown} 在案卷 {outer} 里面；案卷不能套案卷，请换一个文件夹",
            "{shown} lies inside the casebook {outer}; a casebook holds no other: choose another folder"
        )));
    }
    if root.exists() && !root.is_dir() {
        return Err(fail(say!("{shown} 是文件，不是文件夹", "{shown} is a file, no folder")));
    }
    let id = args.procedure.unwrap_or_else(|| procedure::DEFAULT.to_string());
    // A folder may bring its own procedures along before it is a casebook.
    let (p, _) = procedure::by_id(&id, Some(&Casebook::open(&root)))?;
    let office = args.office.unwrap_or_default();
    std::fs::create_dir_all(&root).map_err(|e| write::failed(&shown, &e))?;
    let _lock = lock::folder(&root)?;
    let mut files: Vec<(String, String)> = vec![
        (
            ".gitignore".into(),
            "# 程序的临时文件\n.xuncha/\n.*.tmp\n# ~$*, .DS_Store: Office, macOS\n~$*\n.~*\n.DS_Store\nThumbs.db\n".into(),
        ),
        ("README.md".into(), readme(office.trim(), &p.title, ctx.lang)),
        ("unit/.gitkeep".into(), String::new()),
        ("person/.gitkeep".into(), String::new()),
    ];
    // So that an editor completes and checks records as they are typed; committed, so that a colleague's clone has it too.
    let editor = kind::json_schema::editor_files(&kind::load::builtin(), ctx.lang);
    files.extend(editor);
    // The file that makes the folder a casebook comes last: a crash before it leaves none.
    files.push((MARKER.into(), config::template(office.trim(), &p.id, ctx.lang)));
    let mut kept = Vec::new();
    for (rel, text) in &files {
        let path = root.join(rel);
        if path.symlink_metadata().is_ok() {
            kept.push(rel.clone());
            continue;
        }
        write::create(&path, text.as_bytes(), rel)?;
    }
    let title = &p.title;
    let (zh, en) = (&title.zh, &title.en);
    ctx.line(&say!("已新建案卷：{shown}（规程：{zh}）", "a new casebook: {shown} (procedure: {en})"))?;
    let schemas = ".vscode/schema/";
    for (rel, _) in files.iter().filter(|(rel, _)| !kept.contains(rel) && !rel.starts_with(schemas)) {
        ctx.line(&say!("  {rel}", "  {rel}"))?;
    }
    ctx.line(&say!("  {schemas}（编辑器核对记录用）", "  {schemas} (for editors to check records)"))?;
    for rel in &kept {
        ctx.note(&say!("已有 {rel}，没有改动", "{rel} is there already and stays as it is"))?;
    }
    let quoted = if shown.contains(char::is_whitespace) { format!("'{shown}'") } else { shown.clone() };
    let enter = if shown == "." { String::new() } else { format!("cd {quoted} && ") };
    let git = root.ancestors().any(|d| d.join(".git").exists());
    ctx.note(&say!("\n接下来：", "\nNext:"))?;
    if !git {
        ctx.note(&say!(
            "  {enter}git init && git add -A && git commit -m 新建案卷",
            "  {enter}git init && git add -A && git commit -m \"a new casebook\""
        ))?;
    }
    ctx.note(&say!("  {enter}xuncha new-round 轮次 --unit 编号=单位名称", "  {enter}xuncha new-round ROUND --unit ID=NAME"))?;
    if office.trim().is_empty() {
        ctx.note(&say!("巡察办的名称还没有写，见 {MARKER} 的 [office]。", "The office has no name yet: see [office] in {MARKER}."))?;
    }
    Ok(0)
}

fn readme(office: &str, procedure: &crate::text::Text, lang: Lang) -> String {
    let title = procedure.get(lang);
    match lang {
        Lang::Zh => format!(
            "# {office}巡察案卷\n\n一份记录一个文件，文件夹说明种类，文件名就是编号。规程：{title}。\n\n从这里开始：\n\n```sh\n\
             xuncha new-round 轮次 --unit 编号=单位名称   # 建轮次和各单位的案卷\n\
             xuncha next                                  # 现在该办什么、谁办、依据哪一条\n\
             xuncha check                                 # 核对全部记录\n```\n\n\
             `unit/` 是被巡察单位名录，`person/` 是人才库，`rounds/` 下一轮一个文件夹，`xuncha.toml` 是设置。\n\n\
             git 会永久保存提交过的内容：信访人姓名、径送件内容、密封材料一律不录入，只写代码或 `paper:登记号`。\n"
        ),
        Lang::En => {
            let office = if office.is_empty() { String::new() } else { format!(" of {office}") };
            format!(
                "# The inspection casebook{office}\n\nOne record a file; the folder says its kind, the file name is its id. Procedure: {title}.\n\nBegin here:\n\n```sh\n\
                 xuncha new-round ROUND --unit ID=NAME   # a round, and a case for each unit\n\
                 xuncha next                             # what to do now, by whom, under which citation\n\
                 xuncha check                            # look through all records\n```\n\n\
                 `unit/` is the register of units, `person/` that of staff, `rounds/` has a folder for each round, `xuncha.toml` holds the settings.\n\n\
                 git keeps for ever what was committed: no petitioner's name, no content of direct-delivery items, nothing sealed, only codes and `paper:<registry number>`.\n"
            )
        }
    }
}
