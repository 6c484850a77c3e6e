//! From a file's bytes to text: UTF-8 or a remedy; knows no YAML.

use crate::finding::{Finding, Place};
use crate::say;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// The text of a file. A byte order mark is left out; anything but UTF-8, a file with NUL bytes and one above [`MAX_BYTES`] is refused with the remedy.
#[allow(clippy::result_large_err)] // once a file
pub fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Finding> {
    let place = || Place::file(file);
    if bytes.len() > MAX_BYTES {
        return Err(too_large(file, bytes.len()));
    }
    // Bytes of UTF-16 always show a mark or a NUL; what shows neither is spared the closer look.
    let odd = odd(&bytes);
    let nul = odd && bytes.contains(&0);
    let marked = matches!(bytes.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if (nul || marked)
        && let Some(order) = utf16(&bytes)
    {
        return Err(Finding::error(
            "encoding-utf16",
            place(),
            say!("文件编码是 UTF-16 {order}，不是 UTF-8", "the file is UTF-16 {order}, not UTF-8"),
        )
        .help(save_as()));
    }
    if nul {
        let at = bytes.iter().position(|b| *b == 0).unwrap_or(0);
        let line = line_of(&bytes, at);
        return Err(Finding::error(
            "binary-file",
            place(),
            say!("第 {line} 行有空字节，这不是文本文件", "a NUL byte in line {line}: this is not a text file"),
        )
        .help(say!(
            "Word、WPS、图片等请放入 files/ 目录，记录请用文本编辑器书写",
            "put Word files, images and the like under files/, and write records in a text editor"
        )));
    }
    match utf8(bytes) {
        Ok(mut text) => {
            if let Some((at, code)) = odd.then(|| control(&text)).flatten() {
                let line = line_of(text.as_bytes(), at);
                return Err(Finding::error(
                    "control-character",
                    place(),
                    say!(
                        "第 {line} 行有看不见的控制字符（U+{code:04X}），未读取",
                        "an invisible control character (U+{code:04X}) in line {line}; not read"
                    ),
                )
                .help(say!("多半是粘贴带来的：请删去", "copying brings it in, as a rule: delete it")));
            }
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Ok(text)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = line_of(bytes, at);
            Err(if looks_gbk(bytes) {
                Finding::error(
                    "encoding-gbk",
                    place(),
                    say!("文件编码不是 UTF-8（第 {line} 行起），像是 GBK", "the file is not UTF-8 (from line {line}); it looks like GBK"),
                )
            } else {
                Finding::error(
                    "encoding-unknown",
                    place(),
                    say!("文件编码不是 UTF-8（第 {line} 行起）", "the file is not UTF-8 (from line {line})"),
                )
            }
            .help(save_as()))
        }
    }
}

/// Whether a byte is one that no text holds: YAML forbids it, and a terminal would obey it.
fn bad(b: u8) -> bool {
    ((b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r')) | (b == 0x7f)
}

/// Whether any byte is such; hardly a file has one, and a block needs no branch a byte.
fn odd(bytes: &[u8]) -> bool {
    bytes.chunks(64).any(|block| block.iter().fold(false, |odd, b| odd | bad(*b)))
}

/// The first control character, and its code.
fn control(text: &str) -> Option<(usize, u8)> {
    text.bytes().enumerate().find(|(_, b)| bad(*b))
}

/// As `String::from_utf8`, which takes several times as long on Chinese text.
fn utf8(bytes: Vec<u8>) -> Result<String, std::string::FromUtf8Error> {
    if simdutf8::basic::from_utf8(&bytes).is_ok() {
        // SAFETY: the line above has just found the bytes to be UTF-8.
        return Ok(unsafe { String::from_utf8_unchecked(bytes) });
    }
    String::from_utf8(bytes)
}

fn save_as() -> crate::text::Text {
    say!("请用记事本或 WPS 文字打开，“另存为”时编码选 UTF-8", "open it in a text editor and use “save as” with the encoding UTF-8")
}

pub(super) fn too_large(file: &str, len: usize) -> Finding {
    let (len, max) = (len / 1024, MAX_BYTES / 1024);
    Finding::error(
        "file-too-large",
        Place::file(file),
        say!("文件有 {len} KiB，超过 {max} KiB，未读取", "the file has {len} KiB, more than {max} KiB, and is not read"),
    )
    .help(say!("一条记录一个文件；材料请放入 files/ 目录", "one file a record; put materials under files/"))
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().filter(|b| **b == b'\n').count() + 1
}

/// The byte order of UTF-16, told by its mark or by NUL bytes that all stand on one side.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => return Some("LE"),
        [0xfe, 0xff, ..] => return Some("BE"),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    let nul = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    // Chinese text has few NUL bytes in UTF-16, but its line breaks, colons and spaces do.
    let enough = |n: usize| n >= 2 && n * 20 >= head.len();
    match (nul(0), nul(1)) {
        (0, n) if enough(n) => Some("LE"),
        (n, 0) if enough(n) => Some("BE"),
        _ => None,
    }
}

/// Whether all bytes above ASCII pair up as GBK (GB18030 in two or four bytes).
fn looks_gbk(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        at += match (first, bytes.get(at + 1)) {
            (0..=0x7f, _) => 1,
            (0x81..=0xfe, Some(0x40..=0x7e | 0x80..=0xfe)) => 2,
            (0x81..=0xfe, Some(0x30..=0x39)) if matches!(bytes.get(at + 2..at + 4), Some([0x81..=0xfe, 0x30..=0x39])) => 4,
            _ => return false,
        };
    }
    true
}
