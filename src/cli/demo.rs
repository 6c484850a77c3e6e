//! `demo`: writes the bundled example casebook, looks at it, and says what to try.

use super::{Ctx, check, deadlines, next};
use crate::casebook::example;
use crate::procedure;
use crate::say;
use anyhow::Result;

/// 写出一个完整的示例案卷并核对它 | write a complete example casebook and check it
#[derive(clap::Args)]
pub struct Args {
    /// 写到哪里 | where to
    #[arg(value_name = "DIR", default_value = "xuncha-demo")]
    dir: std::path::PathBuf,
    /// 写出几个案卷（试规模用） | how many cases, for trying the scale
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=5000))]
    cases: u32,
}

/// The day on which the example is looked at: its round was closed a little before.
const TODAY: (i32, u32, u32) = (2021, 2, 1);

/// Exit 1 if the example itself were not clean.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let dir = ctx.dir.join(&args.dir);
    let shown = args.dir.display().to_string();
    let text = procedure::pinned_text(procedure::DEFAULT, None)?;
    let records = example::write(&dir, args.cases as usize, &text)?;
    let n = args.cases;
    let cases = if n == 1 { "one case".to_string() } else { format!("{n} cases") };
    ctx.note(&say!(
        "示例案卷已写到 {shown}：{n} 个案卷，{records} 份记录。县、单位、人员均为虚构。",
        "The example is in {shown}: {cases}, {records} records. County, unit and people are invented."
    ))?;
    if args.cases > 1 {
        ctx.note(&say!("试一试：cd {shown} && xuncha check", "Try: cd {shown} && xuncha check"))?;
        return Ok(0);
    }
    ctx.dir = dir;
    if let Some(day) = chrono::NaiveDate::from_ymd_opt(TODAY.0, TODAY.1, TODAY.2) {
        ctx.today = day;
    }
    ctx.format = None;
    let code = show(ctx, "check", |ctx| check::run(check::Args::default(), ctx))?;
    show(ctx, "deadlines", |ctx| deadlines::run(deadlines::Args::default(), ctx))?;
    show(ctx, "next", |ctx| next::run(next::Args::default(), ctx))?;
    ctx.note(&say!(
        "\n试一试（在 {shown} 里）：\n  xuncha status                   各案卷到了哪一步\n  xuncha deadlines --all          全部期限，已办的也列出\n  xuncha add 谈话 zhixiao         新增一份谈话记录，再运行 xuncha check",
        "\nTry, in {shown}:\n  xuncha status                   where every case stands\n  xuncha deadlines --all          every due date, those met as well\n  xuncha add interview zhixiao    one more record; then run xuncha check"
    ))?;
    Ok(code)
}

/// Runs a command as if it had been typed, under its command line.
fn show(ctx: &mut Ctx, name: &str, run: impl FnOnce(&mut Ctx) -> Result<u8>) -> Result<u8> {
    ctx.line(&say!("\n> xuncha {name}", "\n> xuncha {name}"))?;
    run(ctx)
}
