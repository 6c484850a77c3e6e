//! The command line: one file a subcommand, with its arguments and its `run`; no domain logic.

pub mod add;
pub mod add_case;
mod add_list;
pub mod advance;
pub mod approve;
pub mod assign;
pub mod bundle;
pub mod calendar;
pub mod check;
pub mod complete;
pub mod confirm;
pub mod coverage;
pub mod ctx;
pub mod deadlines;
pub mod demo;
pub mod due;
pub mod edit;
pub mod event;
pub mod explain;
pub mod export;
pub mod form;
pub mod guard;
pub mod help;
pub mod init;
pub mod keys;
pub mod kind;
pub mod log;
pub mod man;
pub mod new_round;
pub mod next;
pub mod number;
pub mod open;
mod outlet;
pub mod people;
mod private;
pub mod procedure;
mod public;
pub mod receive;
mod reseal;
pub mod sample;
pub mod seal;
mod secret;
pub mod statement;
pub mod stats;
pub mod status;
pub mod target;
pub mod waive;

pub use crate::text::Format;
pub use ctx::{Ctx, Env};

use crate::text::{Bilingual, Lang, Text};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use outlet::Outlet;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// Help texts are written `中文 | English`; [`help::localize`] keeps the half that is asked for.
#[derive(Parser)]
#[command(
    name = "xuncha",
    version,
    about = "巡察案卷工具：按规程推进轮次、核对记录、推算期限 | Case files of inspection rounds, laid beside the written procedure"
)]
#[command(disable_help_subcommand = true, propagate_version = false, max_term_width = 110)]
struct Cli {
    /// 从这个文件夹起向上找案卷 | look for the casebook from this folder upwards
    #[arg(id = "casebook", short = 'C', long = "dir", global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// 输出格式：table、json、csv、md，有的命令还有 ics、sarif、html | how to print: table, json, csv, md; some commands also ics, sarif, html
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Format>,
    /// 界面语言：zh 或 en | language: zh or en
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
    /// 把这一天当作今天 | take this day as today
    #[arg(long, global = true, value_name = "YYYY-MM-DD")]
    today: Option<String>,
    /// 颜色：auto、always、never | colour: auto, always, never
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    color: Color,
    /// 不使用缓存 | use no cache
    #[arg(long, global = true)]
    no_cache: bool,
    /// 供公开：按字段密级遮去内容、姓名和文件名（见 docs/public.zh.md） | for the public: contents, names and file names are withheld by their marks (docs/public.md)
    #[arg(long, global = true)]
    public: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// 新建案卷 | a new casebook
    Init(init::Args),
    /// 新建轮次和各单位的案卷 | a new round with a case for each unit
    NewRound(new_round::Args),
    /// 新增一份记录（带说明的空表），打印路径 | a new record from its commented skeleton; prints its path
    Add(add::Args),
    /// 记录一个节点：什么事、哪一天 | record that an event happened
    Event(event::Args),
    /// 由人确认一个事项（记录看不出来的事） | confirm an obligation that no record can show
    Confirm(confirm::Args),
    /// 记录经批准未照办的事项和理由 | record that an obligation is set aside, by whom and why
    Waive(waive::Args),
    /// 在记录上加一条审批 | add an approval to a record
    Approve(approve::Args),
    /// 打印规程所附的表样：空白的，或从案卷带出已有内容 | print a form of the procedure: blank, or filled from a case
    Form(form::Args),
    /// 从名单中随机抽取暗访对象，记下种子，谁都可以重抽核对 | draw the subjects of a covert visit from a list, so that anybody can repeat it
    Sample(sample::Args),
    /// 按日期给没有编号的记录编号 | number the records of a kind in the order of their dates
    Number(number::Args),
    /// 把密封字段的明文和附件换成密文，只有该看的人能打开 | turn the plain text of sealed fields, and attachments, into ciphertext for those who may read it
    Seal(seal::Args),
    /// 打印一份记录或密封的附件，解开密封；不用 --to 就不写文件 | print a record with its sealed fields opened, or a sealed attachment; without --to it writes no file
    Open(open::Args),
    /// 解开一份记录来编辑，存盘后重新密封 | edit a record with its sealed fields opened, and seal it again
    Edit(edit::Args),
    /// 钥匙：新建、登记、撤销、查看、更换 | keys: make, enter, take out, list, change
    Keys(keys::Args),
    /// 进入下一阶段；不能进入时说明还缺什么 | go on to the next stage, or hear what keeps its gate shut
    Advance(advance::Args),
    /// 工作日历：看一年的放假安排，收录新通知 | the working calendar: a year's days off, importing a notice
    Calendar(calendar::Args),
    /// 核对记录，列出问题 | check the records, list what is wrong
    Check(check::Args),
    /// 推算期限 | work out when a period ends
    Due(due::Args),
    /// 期限：哪些事何时到期 | due dates: what is due when
    Deadlines(deadlines::Args),
    /// 写出一个完整的示例案卷并核对它 | write a complete example casebook and check it
    Demo(demo::Args),
    /// 提交前把关：不该进 git 的不让进 | keep out of git what must not be kept there
    Guard(guard::Args),
    /// 把对方还没有的提交写成一个文件，用移动存储带过去 | write the commits that the other side lacks into one file, to be carried on a stick
    Bundle(bundle::Args),
    /// 接收带来的提交：先查验，再并入 | take in commits that were carried here: looked through first, then merged
    Receive(receive::Args),
    /// 现在该办什么：谁办、何时、依据、用哪条命令 | what to do now: who, by when, why, with which command
    Next(next::Args),
    /// 新建、查看、检查、比较规程 | begin, show, lint, compare procedures
    Procedure(procedure::Args),
    /// 输出命令行补全脚本 | print a completion script
    Completions(complete::Args),
    /// 输出手册页 | print or write manual pages
    Man(man::Args),
    /// 巡察全覆盖：已巡察、未巡察、进度 | coverage of a term's plan, its pace and forecast
    Coverage(coverage::Args),
    /// 导出可以离开本单位的案卷 | export a casebook that may leave the house
    Export(export::Args),
    /// 统计数字：按对象、组、轮次、年度、届 | numbers by case, team, round, year, term
    Stats(stats::Args),
    /// 人才库：谁参加过哪几轮，谁不能去哪里 | the pool: who served when, who may not go where
    People(people::Args),
    /// 为一轮提出各组人选，说明理由 | propose the teams of a round, with reasons
    Assign(assign::Args),
    /// 一个案卷的来龙去脉：谁在何时记了什么、批了什么、批后改了什么 | the story of a case from git: who recorded, approved and changed what
    Log(log::Args),
    /// 各案卷到了哪一步 | where every case stands
    Status(status::Args),
    /// 说明一个事项或问题代码：含义、依据、办法 | explain an obligation or a code
    Explain(explain::Args),
    /// 查看记录种类和字段，输出 JSON Schema | show the kinds of record, print JSON Schema
    Kind(kind::Args),
}

/// Runs one command line; gives the exit code: 0 fine, 1 something is wrong in the records, 2 the run could not go on.
pub fn run(args: impl IntoIterator<Item = OsString>, env: &Env, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let (mut out, mut err) = (Outlet::new(out), Outlet::new(err));
    let code = run_within(args.into_iter().collect(), env, &mut out, &mut err);
    let _ = out.flush();
    let _ = err.flush();
    code
}

fn run_within(args: Vec<OsString>, env: &Env, out: &mut Outlet, err: &mut Outlet) -> u8 {
    // The language is needed before arguments can be read, for their errors and help.
    let lang = help::early_lang(&args, env);
    let command = help::localize(Cli::command(), lang);
    let cli = match command.try_get_matches_from(&args).and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => cli,
        Err(e) => return help::report(&e, lang, out, err),
    };
    match start(cli, lang, env, out, err) {
        Ok(code) => code,
        Err((e, lang)) => failure(&e, lang, err),
    }
}

fn start(cli: Cli, lang: Lang, env: &Env, out: &mut Outlet, err: &mut Outlet) -> Result<u8, (anyhow::Error, Lang)> {
    let today = help::today(cli.today.as_deref(), env).map_err(|e| (e, lang))?;
    let mut dir = match &cli.dir {
        Some(d) => env.cwd.join(d),
        None => env.cwd.clone(),
    };
    // `-C ..` is the folder above, whose own folders above are looked through.
    if let (true, Ok(full)) = (dir.components().any(|c| c == std::path::Component::ParentDir), dir.canonicalize()) {
        dir = full;
    }
    if cli.dir.is_some() && !dir.is_dir() {
        let shown = dir.display();
        return Err((ctx::fail(crate::say!("没有文件夹 {shown}", "there is no folder {shown}")), lang));
    }
    let lang = help::book_lang(cli.lang.as_deref(), &dir).unwrap_or(lang);
    let color = match cli.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => env.terminal && !env.no_color,
    };
    (out.color, out.json) = (color, matches!(cli.format, Some(Format::Json | Format::Sarif)));
    let mut ctx = Ctx {
        out,
        err,
        lang,
        today,
        asked_today: cli.today.is_some(),
        dir,
        color,
        format: cli.format,
        cache: !cli.no_cache,
        public: cli.public,
        width: env.width,
        editor: env.editor.clone(),
        key: env.key.clone(),
        ask: env.ask,
    };
    use Command as C;
    // These print lines for people, or a text that is itself a format.
    let plain = matches!(
        cli.command,
        C::Init(_)
            | C::NewRound(_)
            | C::Add(_)
            | C::Sample(_)
            | C::Event(_)
            | C::Confirm(_)
            | C::Waive(_)
            | C::Approve(_)
            | C::Number(_)
            | C::Seal(_)
            | C::Open(_)
            | C::Edit(_)
            | C::Keys(_)
            | C::Bundle(_)
            | C::Receive(_)
            | C::Demo(_)
            | C::Completions(_)
            | C::Man(_)
            | C::Export(_)
    );
    if plain {
        ctx.format(&[Format::Table]).map_err(|e| (e, lang))?;
    }
    if cli.public {
        public::allowed(&cli.command).map_err(|e| (e, lang))?;
    }
    let done = match cli.command {
        Command::Init(a) => init::run(a, &mut ctx),
        Command::NewRound(a) => new_round::run(a, &mut ctx),
        Command::Add(a) => add::run(a, &mut ctx),
        Command::Event(a) => event::run(a, &mut ctx),
        Command::Confirm(a) => confirm::run(a, &mut ctx),
        Command::Waive(a) => waive::run(a, &mut ctx),
        Command::Approve(a) => approve::run(a, &mut ctx),
        Command::Number(a) => number::run(a, &mut ctx),
        Command::Sample(a) => sample::run(a, &mut ctx),
        Command::Form(a) => form::run(a, &mut ctx),
        Command::Seal(a) => seal::run(a, &mut ctx),
        Command::Open(a) => open::run(a, &mut ctx),
        Command::Edit(a) => edit::run(a, &mut ctx),
        Command::Keys(a) => keys::run(a, &mut ctx),
        Command::Bundle(a) => bundle::run(a, &mut ctx),
        Command::Receive(a) => receive::run(a, &mut ctx),
        Command::Advance(a) => advance::run(a, &mut ctx),
        Command::Completions(a) => complete::run(a, command_tree(lang), &mut ctx),
        Command::Man(a) => man::run(a, command_tree(lang), &mut ctx),
        Command::Calendar(a) => calendar::run(a, &mut ctx),
        Command::Check(a) => check::run(a, &mut ctx),
        Command::Due(a) => due::run(a, &mut ctx),
        Command::Deadlines(a) => deadlines::run(a, &mut ctx),
        Command::Demo(a) => demo::run(a, &mut ctx),
        Command::Guard(a) => guard::run(a, &mut ctx),
        Command::Next(a) => next::run(a, &mut ctx),
        Command::Procedure(a) => procedure::run(a, &mut ctx),
        Command::Coverage(a) => coverage::run(a, &mut ctx),
        Command::Export(a) => export::run(a, &mut ctx),
        Command::Stats(a) => stats::run(a, &mut ctx),
        Command::People(a) => people::run(a, &mut ctx),
        Command::Assign(a) => assign::run(a, &mut ctx),
        Command::Log(a) => log::run(a, &mut ctx),
        Command::Status(a) => status::run(a, &mut ctx),
        Command::Explain(a) => explain::run(a, &mut ctx),
        Command::Kind(a) => kind::run(a, &mut ctx),
    };
    done.and_then(|code| ctx.out.flush().map(|()| code).map_err(Into::into)).map_err(|e| (e, lang))
}

/// All commands and arguments, described in one language.
pub fn command_tree(lang: Lang) -> clap::Command {
    help::localize(Cli::command(), lang)
}

/// Prints why the run could not go on. A reader who closed the pipe is no error.
fn failure(e: &anyhow::Error, lang: Lang, err: &mut dyn Write) -> u8 {
    let io = e.chain().find_map(|c| c.downcast_ref::<std::io::Error>());
    let json = e.chain().find_map(|c| c.downcast_ref::<serde_json::Error>()).and_then(|e| e.io_error_kind());
    if io.map(|e| e.kind()).or(json) == Some(std::io::ErrorKind::BrokenPipe) {
        return 0;
    }
    let text = match (e.downcast_ref::<Bilingual>(), io) {
        (Some(b), _) => b.0.clone(),
        // Files are named where they are read and written; what is left is the output.
        (None, Some(io)) => {
            let Text { zh, en } = crate::casebook::file::io_text(io);
            crate::say!("结果写不出去：{zh}", "the results cannot be written: {en}")
        }
        (None, None) => Text::same(e.to_string()),
    };
    let (label, body) = match lang {
        Lang::Zh => ("错误：", &text.zh),
        Lang::En => ("error: ", &text.en),
    };
    let _ = writeln!(err, "{label}{body}");
    2
}
