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
    let heading = match lang {
        Lang::Zh => "选项",
        Lang::En => "Options",
    };
    command = command.mut_args(|a| {
        let text = a.get_help().map(|s| half(&s.to_string(), lang));
        let positional = a.is_positional();
        let mut a = match text {
            Some(text) => a.help(text.clone()).long_help(text),
            None => a,
        };
        // The values stand in the help text itself, in the reader's language.
        if a.get_action().takes_values() {
            a = a.hide_possible_values(true);
        }
        if lang == Lang::Zh {
            a = a.help_heading(if positional { "参数" } else { heading });
        }
        a
    });
    if lang == Lang::Zh {
        command = command
            .subcommand_help_heading("命令")
            .disable_help_flag(true)
            .arg(clap::Arg::new("help").short('h').long("help").action(clap::ArgAction::Help).help("显示帮助").help_heading(heading))
            .help_template("{about-with-newline}\n用法: {usage}\n\n{all-args}{after-help}");
        if command.get_version().is_some() {
            command = command.disable_version_flag(true).arg(
                clap::Arg::new("version")
                    .short('V')
                    .long("version")
                    .action(clap::ArgAction::Version)
                    .help("显示版本")
                    .help_heading(heading),
            );
        }
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
            let _ = writeln!(out, "{}", rendered(e, lang).trim_end());
            return 0;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = writeln!(err, "{}", rendered(e, lang).trim_end());
            return 2;
        }
        _ => {}
    }
    let text = usage(e);
    let _ = match lang {
        Lang::Zh => writeln!(err, "错误: {}\n\n用 `xuncha --help` 或 `xuncha 命令 --help` 看用法。", text.zh),
        Lang::En => writeln!(err, "error: {}\n\nSee `xuncha --help` or `xuncha COMMAND --help`.", text.en),
    };
    2
}

/// Help as clap writes it, its few fixed words in Chinese where that is the language.
fn rendered(e: &clap::Error, lang: Lang) -> String {
    let mut text = e.render().to_string();
    if lang == Lang::Zh {
        for (en, zh) in [
            ("[OPTIONS]", "[选项]"),
            ("<COMMAND>", "<命令>"),
            ("[COMMAND]", "[命令]"),
            ("[default: ", "[默认: "),
            ("[possible values: ", "[可用: "),
            ("[aliases: ", "[别名: "),
        ] {
            text = text.replace(en, zh);
        }
    }
    text
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
        ErrorKind::MissingSubcommand => say!("没有写命令", "no command is given"),
        ErrorKind::InvalidValue => {
            let list = match e.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(list)) => list.join("、"),
                _ => String::new(),
            };
            match (value.is_empty(), list.is_empty()) {
                (true, _) => say!("{arg} 缺少值", "{arg} needs a value"),
                (false, true) => say!("{arg} 不能是 {value}", "{arg} cannot be {value}"),
                (false, false) => say!("{arg} 不能是 {value}，可用：{list}", "{arg} cannot be {value}; it is one of: {list}"),
            }
        }
        ErrorKind::ValueValidation => say!("{arg} 的值 {value} 不合要求", "the value {value} of {arg} is not valid"),
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
