//! Help, usage errors and the choice of language, in the reader's language.

use super::Env;
use crate::say;
use crate::text::{Lang, Text};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

/// The language of help and usage errors: `--lang`, else the casebook's, else the locale's, else Chinese.
pub fn early_lang(args: &[OsString], env: &Env) -> Lang {
    let words: Vec<&str> = args.iter().filter_map(|a| a.to_str()).collect();
    let value = |short: &str, long: &str| {
        words.iter().enumerate().find_map(|(i, w)| {
            w.strip_prefix(long)
                .and_then(|v| v.strip_prefix('='))
                .or_else(|| (*w == long || *w == short).then(|| words.get(i + 1).copied())?)
        })
    };
    if let Some(lang) = value("--lang", "--lang").and_then(Lang::parse) {
        return lang;
    }
    let dir = value("-C", "--dir").map_or_else(|| env.cwd.clone(), |d| env.cwd.join(d));
    book_lang(None, &dir).or_else(|| env.locale.as_deref().and_then(Lang::parse)).unwrap_or_default()
}

/// `--lang`, else what the casebook around `dir` says.
pub fn book_lang(asked: Option<&str>, dir: &Path) -> Option<Lang> {
    if let Some(lang) = asked.and_then(Lang::parse) {
        return Some(lang);
    }
    let root = crate::casebook::Casebook::find(dir)?;
    let text = std::fs::read_to_string(root.join(crate::casebook::MARKER)).ok()?;
    crate::casebook::config::read(crate::casebook::MARKER, &text).0.language
}

/// The day of the run: `--today`, `XUNCHA_TODAY`, the clock.
pub fn today(asked: Option<&str>, env: &Env) -> anyhow::Result<chrono::NaiveDate> {
    let Some(text) = asked.or(env.today.as_deref()) else { return Ok(env.clock) };
    crate::kind::bind::date(text.trim()).ok_or_else(|| {
        let shown = crate::text::safe(text).into_owned();
        super::ctx::fail(say!("“今天”应写成 2020-09-04 这样的日期，不是 `{shown}`", "today is given like 2020-09-04, not `{shown}`"))
    })
}

/// Keeps the half of every help text (`中文 | English`) that is asked for, and the headings in that language.
pub fn localize(mut command: clap::Command, lang: Lang) -> clap::Command {
    let about = command.get_about().map(|s| half(&s.to_string(), lang));
    if let Some(about) = about {
        command = command.about(about);
    }
    let long = command.get_long_about().map(|s| half(&s.to_string(), lang));
    if let Some(long) = long {
        command = command.long_about(long);
    }
    let after = command.get_after_help().map(|s| half(&s.to_string(), lang));
    if let Some(after) = after {
        command = command.after_help(after);
    }
    // A command's own arguments as they are written in its file, then those of every command, then help.
    let mut order = 0;
    command = command.mut_args(|a| {
        order += 1;
        let order = order + if a.is_global_set() { 100 } else { 0 };
        let text = a.get_help().map(|s| half(&s.to_string(), lang)).unwrap_or_default();
        let positional = a.is_positional();
        let names: Vec<String> = a.get_value_names().unwrap_or_default().iter().map(|n| named(n, lang)).collect();
        // The values stand in the help text itself, in the reader's language.
        let hide = a.get_action().takes_values();
        let mut a = a.help(text).display_order(order);
        if !names.is_empty() {
            a = a.value_names(names);
        }
        if hide {
            a = a.hide_possible_values(true);
        }
        if lang == Lang::Zh {
            a = a.help_heading(if positional { "参数" } else { "选项" });
        }
        a
    });
    let fixed = |id: &'static str, short: char, action, text: &'static str, order| {
        let arg = clap::Arg::new(id).short(short).long(id).action(action).help(text).display_order(order);
        if lang == Lang::Zh { arg.help_heading("选项") } else { arg }
    };
    let (help, version) = match lang {
        Lang::Zh => ("显示帮助", "显示版本"),
        Lang::En => ("print help", "print the version"),
    };
    command = command.disable_help_flag(true).arg(fixed("help", 'h', clap::ArgAction::Help, help, 300));
    if command.get_version().is_some() {
        command = command.disable_version_flag(true).arg(fixed("version", 'V', clap::ArgAction::Version, version, 301));
    }
    if lang == Lang::Zh {
        command = command.subcommand_help_heading("命令").help_template("{about-with-newline}\n用法: {usage}\n\n{all-args}{after-help}");
    }
    let names: Vec<String> = command.get_subcommands().map(|s| s.get_name().to_string()).collect();
    for name in names {
        command = command.mut_subcommand(name, |s| localize(s, lang));
    }
    command
}

fn half(text: &str, lang: Lang) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in text.lines() {
        out.push(match line.split_once(" | ") {
            Some((zh, en)) => match lang {
                Lang::Zh => zh,
                Lang::En => en,
            },
            None => line,
        });
    }
    out.join("\n").trim().to_string()
}

/// Prints help, the version, or what is wrong with the arguments; gives the exit code.
pub fn report(e: &clap::Error, lang: Lang, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return match writeln!(out, "{}", rendered(e, lang).trim_end()).and_then(|()| out.flush()) {
                Ok(()) => 0,
                Err(e) => super::failure(&e.into(), lang, err),
            };
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = writeln!(err, "{}", rendered(e, lang).trim_end());
            return 2;
        }
        _ => {}
    }
    let text = usage(e);
    let _ = match lang {
        Lang::Zh => writeln!(err, "错误：{}\n\n用 `xuncha --help` 或 `xuncha 命令 --help` 看用法。", text.zh),
        Lang::En => writeln!(err, "error: {}\n\nSee `xuncha --help` or `xuncha COMMAND --help`.", text.en),
    };
    2
}

/// The names of arguments and their Chinese ones.
const NAMES: [(&str, &str); 32] = [
    ("DIR", "文件夹"),
    ("FORMAT", "格式"),
    ("LANG", "语言"),
    ("YYYY-MM-DD", "日期"),
    ("WHEN", "时候"),
    ("ID", "编号"),
    ("NAME", "名称"),
    ("ROUND", "轮次"),
    ("ID=NAME", "编号=名称"),
    ("UNITS.csv", "名单.csv"),
    ("KIND", "种类"),
    ("CASE", "案卷"),
    ("CASE|FIELD=VALUE", "案卷|字段=值"),
    ("FIELD=VALUE", "字段=值"),
    ("EVENT", "节点"),
    ("DATE", "日期"),
    ("ROLE", "角色"),
    ("PERSON", "人员代码"),
    ("PUBLIC-KEY", "公钥"),
    ("FILE|CASE", "文件|案卷"),
    ("TEXT", "文字"),
    ("OBLIGATION", "事项"),
    ("FILE", "文件"),
    ("DECISION", "意见"),
    ("NO", "登记号"),
    ("STAGE", "阶段"),
    ("YEAR", "年份"),
    ("PATH", "路径"),
    ("CODE,...", "代码,…"),
    ("N", "个数"),
    ("SEED", "种子"),
    ("LIST.csv", "名单.csv"),
];

/// The same where a name has no other meaning than in one command.
const MORE: [(&str, &str); 20] = [
    ("ANCHOR", "起算日"),
    ("RULE", "期限"),
    ("ROLL", "顺延"),
    ("PERIOD", "时长"),
    ("SHELL", "命令行"),
    ("CODE_OR_OBLIGATION", "事项或代码"),
    ("A", "旧"),
    ("B", "新"),
    ("FORM", "表样"),
    ("GROUP", "分组"),
    ("PLAN", "规划"),
    ("BASE", "规程"),
    ("FROM", "样本"),
    ("ID,...", "编号,…"),
    ("REV", "提交"),
    ("REV|DATE", "提交|日期"),
    ("UNIT", "单位"),
    ("POOL", "库"),
    ("APART", "间隔"),
    ("PERSON|ROLE", "人员|角色"),
];

/// An argument's name in the reader's language.
fn named(name: &str, lang: Lang) -> String {
    let zh = NAMES.iter().chain(&MORE).find(|(en, _)| *en == name).map(|(_, zh)| *zh);
    match (lang, zh) {
        (Lang::Zh, Some(zh)) => zh.to_string(),
        _ => name.to_string(),
    }
}

/// Help as clap writes it, its few fixed words in Chinese where that is the language.
fn rendered(e: &clap::Error, lang: Lang) -> String {
    let mut text = e.render().to_string();
    if lang == Lang::Zh {
        for (en, zh) in [("[OPTIONS]", "[选项]"), ("<COMMAND>", "<命令>"), ("[COMMAND]", "[命令]"), ("用法: ", "用法：")] {
            text = text.replace(en, zh);
        }
        for heading in ["命令", "参数", "选项"] {
            text = text.replace(&format!("\n{heading}:\n"), &format!("\n{heading}：\n"));
        }
        // The usage lines that a command writes itself.
        for (en, zh) in NAMES {
            text = text.replace(&format!("<{en}>"), &format!("<{zh}>")).replace(&format!("[{en}]"), &format!("[{zh}]"));
        }
        while let Some((before, rest)) = text.split_once("[default: ") {
            let (value, after) = rest.split_once(']').unwrap_or((rest, ""));
            text = format!("{}（不写就是 {value}）{after}", before.trim_end());
        }
    }
    text
}

/// What clap lists as possible, for a Chinese and for an English sentence.
fn strings(e: &clap::Error, kind: ContextKind) -> (String, String) {
    match e.get(kind) {
        Some(ContextValue::Strings(list)) => (list.join("、"), list.join(", ")),
        _ => Default::default(),
    }
}

fn usage(e: &clap::Error) -> Text {
    let get = |kind| match e.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(list)) => list.join(" "),
        Some(ContextValue::StyledStr(s)) => s.to_string(),
        _ => String::new(),
    };
    let arg = crate::text::safe(&get(ContextKind::InvalidArg)).into_owned();
    let value = crate::text::safe(&get(ContextKind::InvalidValue)).into_owned();
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand]
        .into_iter()
        .map(get)
        .find(|s| !s.is_empty());
    let base = match e.kind() {
        ErrorKind::UnknownArgument => say!("不认识的参数 {arg}", "unknown argument {arg}"),
        ErrorKind::InvalidSubcommand => {
            let name = crate::text::safe(&get(ContextKind::InvalidSubcommand)).into_owned();
            say!("没有命令 {name}", "there is no command {name}")
        }
        ErrorKind::MissingRequiredArgument => say!("缺少参数 {arg}", "missing argument {arg}"),
        ErrorKind::MissingSubcommand => {
            let (list, list_en) = strings(e, ContextKind::ValidSubcommand);
            say!("没有写命令，可用：{list}", "no command is given; there are: {list_en}")
        }
        ErrorKind::InvalidValue => {
            let (list, list_en) = strings(e, ContextKind::ValidValue);
            match (value.is_empty(), list.is_empty()) {
                (true, _) => say!("{arg} 缺少值", "{arg} needs a value"),
                (false, true) => say!("{arg} 不能是 {value}", "{arg} cannot be {value}"),
                (false, false) => say!("{arg} 不能是 {value}，可用：{list}", "{arg} cannot be {value}; it is one of: {list_en}"),
            }
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(e).map(ToString::to_string).unwrap_or_default();
            match why.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
                Some((from, to)) => {
                    say!("{arg} 应在 {from} 到 {to} 之间，不能是 {value}", "{arg} lies between {from} and {to}; it cannot be {value}")
                }
                None => say!("{arg} 应是一个整数，不能是 {value}", "{arg} is a whole number; it cannot be {value}"),
            }
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            say!("{arg} 的值个数不对", "wrong number of values for {arg}")
        }
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg);
            say!("{arg} 不能与 {other} 同用", "{arg} cannot be used with {other}")
        }
        ErrorKind::NoEquals => say!("{arg} 要写成 {arg}=值", "write {arg}=VALUE"),
        ErrorKind::InvalidUtf8 => say!("参数不是 UTF-8 文本", "an argument is not UTF-8 text"),
        _ => say!("参数不对", "the arguments are not right"),
    };
    match near {
        Some(near) => {
            let (zh, en) = (base.zh, base.en);
            say!("{zh}；是否指 {near}？", "{en}; did you mean {near}?")
        }
        None => base,
    }
}
