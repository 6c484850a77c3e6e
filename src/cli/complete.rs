//! `completions`: a completion script for a shell.

use super::Ctx;
use anyhow::Result;

/// 输出命令行补全脚本 | print a completion script
#[derive(clap::Args)]
pub struct Args {
    /// bash、zsh、fish、powershell、elvish | bash, zsh, fish, powershell, elvish
    #[arg(value_enum, value_name = "SHELL")]
    shell: clap_complete::Shell,
}

/// Prints the script for `tree`.
pub fn run(args: Args, mut tree: clap::Command, ctx: &mut Ctx) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut tree, "xuncha", &mut script);
    ctx.out.write_all(&script)?;
    Ok(0)
}
