//! Sealed values: text made unreadable for all but the holders of named keys (the age format, X25519), and back; knows no record and no casebook.

mod key;

pub use key::{Key, Locked, MIN_PASSPHRASE, Public};

use crate::say;
use crate::text::Text;
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use std::io::{Read, Write};

/// The first line of an armoured age file, which a record may hold as a block.
pub const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
/// How ciphertext on one line begins: the mark, then the first line of an age file in Base64. Plain text that merely begins with `age:` is none.
pub const PREFIX: &str = "age:YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+";

/// Whether a value is ciphertext, so that it counts as present and is never shown.
pub fn is_ciphertext(text: &str) -> bool {
    let text = text.trim();
    let code = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=') || b.is_ascii_whitespace();
    text.starts_with(ARMOR) || text.strip_prefix("age:").is_some_and(|rest| text.starts_with(PREFIX) && rest.bytes().all(code))
}

/// Why a sealed value stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// It was sealed for others.
    NotForThisKey,
    /// Its characters are not those that were written.
    Damaged,
}

impl Shut {
    /// In words, as the end of a sentence.
    pub fn text(self) -> Text {
        match self {
            Shut::NotForThisKey => say!("不是封给这把钥匙的", "it was not sealed for this key"),
            Shut::Damaged => say!(
                "密文已损坏（缺字、多字或被改动），请从备份或 git 历史取回",
                "its ciphertext is damaged (cut, added to or changed): take it back from a backup or git's history"
            ),
        }
    }
}

/// How a sealed file begins: an age file as it is, without an armour.
const HEAD: &[u8] = b"age-encryption.org/v1\n";

/// Whether the bytes of a file are ciphertext.
pub fn is_sealed_file(bytes: &[u8]) -> bool {
    bytes.starts_with(HEAD) || bytes.starts_with(ARMOR.as_bytes())
}

/// The text, readable for these keys alone, on one line. Each call gives other characters. Fails where there is nobody to seal it for.
pub fn seal(plain: &str, readers: &[Public]) -> Result<String, Text> {
    Ok(format!("age:{}", BASE64.encode(seal_file(plain.as_bytes(), readers)?)))
}

/// The bytes of a file, readable for these keys alone, as an age file. Fails where there is nobody to seal it for.
pub fn seal_file(plain: &[u8], readers: &[Public]) -> Result<Vec<u8>, Text> {
    let nobody = || say!("没有可以密封给的人", "there is nobody to seal it for");
    let recipients = readers.iter().map(|r| r.recipient() as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|_| nobody())?;
    let mut out = Vec::new();
    let written = encryptor.wrap_output(&mut out).and_then(|mut w| {
        w.write_all(plain)?;
        w.finish().map(drop)
    });
    written.map_err(|e| say!("无法加密：{e}", "cannot encrypt: {e}"))?;
    Ok(out)
}

/// The text behind a sealed value.
pub fn open(sealed: &str, key: &Key) -> Result<String, Shut> {
    let text = sealed.trim();
    let bytes = match text.strip_prefix("age:") {
        Some(code) => {
            let code: String = code.split_ascii_whitespace().collect();
            BASE64.decode(code).map_err(|_| Shut::Damaged)?
        }
        None => text.as_bytes().to_vec(),
    };
    String::from_utf8(open_file(&bytes, key)?).map_err(|_| Shut::Damaged)
}

/// The bytes behind a sealed file, armoured or not.
pub fn open_file(sealed: &[u8], key: &Key) -> Result<Vec<u8>, Shut> {
    let wrong = |e: age::DecryptError| match e {
        age::DecryptError::NoMatchingKeys => Shut::NotForThisKey,
        _ => Shut::Damaged,
    };
    let decryptor = age::Decryptor::new(age::armor::ArmoredReader::new(sealed)).map_err(wrong)?;
    if decryptor.is_scrypt() {
        return Err(Shut::NotForThisKey);
    }
    let mut plain = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(key.identity())).map_err(wrong)?;
    reader.read_to_end(&mut plain).map_err(|_| Shut::Damaged)?;
    Ok(plain)
}

#[cfg(test)]
mod tests;
