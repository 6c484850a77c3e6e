//! The user's key file and passphrase: where they come from, and what keeps them shut.

use super::Ctx;
use super::ctx::fail;
use crate::casebook::file::io_text;
use crate::say;
use crate::seal::Key;
use crate::text::Text;
use anyhow::Result;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Which key, and how its passphrase is given.
#[derive(clap::Args)]
pub struct KeyArgs {
    /// 钥匙文件；不写则用环境变量 XUNCHA_KEY，再就是用户设置文件夹里的 xuncha/key.age | the key file; by default XUNCHA_KEY, then xuncha/key.age among the user's settings
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// 口令取这个文件的第一行（`-` 为标准输入），不在屏幕上问 | take the passphrase from this file's first line (`-`: standard input) instead of asking
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The path of the key file, whether it is there or not.
    pub fn path(&self, ctx: &Ctx) -> Result<PathBuf> {
        let path = self.key.as_ref().map(|k| ctx.dir.join(k)).or_else(|| ctx.key.clone());
        path.ok_or_else(|| {
            fail(say!(
                "没有指明钥匙文件；用 --key 或环境变量 XUNCHA_KEY 写明",
                "no key file is named: use --key or the variable XUNCHA_KEY"
            ))
        })
    }

    /// Opens the key.
    pub fn unlock(&self, ctx: &mut Ctx) -> Result<Key> {
        let path = self.path(ctx)?;
        let file = read(&path)?;
        let passphrase = self.passphrase(ctx, &say!("钥匙的口令：", "passphrase of the key: "))?;
        open(&path, &file, &passphrase)
    }

    /// The passphrase: from the named file, else asked for.
    pub fn passphrase(&self, ctx: &mut Ctx, prompt: &Text) -> Result<String> {
        let Some(from) = &self.passphrase_file else {
            if !ctx.ask {
                return Err(fail(say!(
                    "要问口令，但没有终端可问；用 --passphrase-file 给出",
                    "a passphrase is needed and there is no terminal to ask at: give it with --passphrase-file"
                )));
            }
            ctx.out.flush()?;
            return rpassword::prompt_password(prompt.get(ctx.lang)).map_err(|e| match e.kind() {
                ErrorKind::UnexpectedEof => fail(say!("没有输入口令", "no passphrase was typed")),
                _ => {
                    let why = io_text(&e);
                    let (zh, en) = (why.zh, why.en);
                    fail(say!("从终端读不了口令：{zh}", "the passphrase cannot be read from the terminal: {en}"))
                }
            });
        };
        let text = match from.to_str() {
            Some("-") => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map(|_| text).map_err(|e| unread(from, &e))?
            }
            _ => std::fs::read_to_string(ctx.dir.join(from)).map_err(|e| unread(from, &e))?,
        };
        Ok(text.trim_start_matches('\u{feff}').lines().next().unwrap_or("").to_string())
    }

    /// A new passphrase: long enough, and typed twice where it is typed.
    pub fn new_passphrase(&self, ctx: &mut Ctx) -> Result<String> {
        let least = crate::seal::MIN_PASSPHRASE;
        let prompt = say!(
            "给新钥匙定一个口令（至少 {least} 个字，不显示）：",
            "a passphrase for the new key (at least {least} characters, not shown): "
        );
        let first = self.passphrase(ctx, &prompt)?;
        if first.chars().count() < least {
            return Err(fail(say!(
                "口令太短：至少 {least} 个字，没有新建钥匙",
                "the passphrase is too short: at least {least} characters; no key was made"
            )));
        }
        if self.passphrase_file.is_none() && self.passphrase(ctx, &say!("再输一遍：", "once more: "))? != first {
            return Err(fail(say!("两遍口令不同，没有新建钥匙", "the passphrases differ; no key was made")));
        }
        Ok(first)
    }
}

/// The text of a key file.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => {
            let shown = path.display();
            fail(say!(
                "没有钥匙文件 {shown}；第一次使用先 `xuncha keys new`，已有的用 --key 指明",
                "there is no key file {shown}; make one with `xuncha keys new`, or name yours with --key"
            ))
        }
        ErrorKind::InvalidData => {
            let shown = path.display();
            fail(say!("{shown} 不是钥匙文件，或已损坏", "{shown} is no key file, or a damaged one"))
        }
        _ => unread(path, &e),
    })
}

/// Opens the text of a key file.
pub fn open(path: &Path, file: &str, passphrase: &str) -> Result<Key> {
    Key::unlock(file, passphrase).map_err(|why| {
        let (shown, why) = (path.display(), why.text());
        let (zh, en) = (why.zh, why.en);
        fail(say!("打不开钥匙 {shown}：{zh}", "the key {shown} does not open: {en}"))
    })
}

fn unread(path: &Path, e: &std::io::Error) -> anyhow::Error {
    let (shown, why) = (path.display(), io_text(e));
    let (zh, en) = (why.zh, why.en);
    fail(say!("读不了 {shown}：{zh}", "cannot read {shown}: {en}"))
}
