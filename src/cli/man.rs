//! `man`: manual pages.

use super::Ctx;
use crate::casebook::write;
use crate::say;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// 输出手册页；写明文件夹时每个命令写一页 | print the manual page, or write one a command into a folder
#[derive(clap::Args)]
pub struct Args {
    /// 写入的文件夹 | the folder to write into
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints or writes the pages of `tree`; pages that are there are replaced.
pub fn run(args: Args, tree: clap::Command, ctx: &mut Ctx) -> Result<u8> {
    let Some(dir) = args.folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(tree).render(&mut page)?;
        ctx.out.write_all(&page)?;
        return Ok(0);
    };
    let full = ctx.dir.join(&dir);
    std::fs::create_dir_all(&full).map_err(|e| write::failed(&dir.display().to_string(), &e))?;
    let n = pages(&tree, "xuncha", &full)?;
    let shown = dir.display();
    ctx.line(&say!("已写入 {n} 页：{shown}", "written: {n} pages in {shown}"))?;
    Ok(0)
}

fn pages(command: &clap::Command, name: &str, dir: &Path) -> Result<usize> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(name.to_string())).render(&mut page)?;
    let file = format!("{name}.1");
    std::fs::write(dir.join(&file), page).map_err(|e| write::failed(&file, &e))?;
    let mut n = 1;
    for sub in command.get_subcommands() {
        n += pages(sub, &format!("{name}-{}", sub.get_name()), dir)?;
    }
    Ok(n)
}
