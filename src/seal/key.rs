//! Keys: the public half that a casebook names, and the private half in a file that a passphrase locks.

use crate::say;
use crate::text::Text;
use age::secrecy::{ExposeSecret, SecretString};
use std::io::{Read, Write};
use std::str::FromStr;

/// Below this many characters a passphrase is refused: it is all that guards a stolen key file.
pub const MIN_PASSPHRASE: usize = 10;
/// A key file that asks for more than 2^22 rounds is not tried: it would hold the machine for minutes.
const MOST_WORK: u8 = 22;

/// The public half of a key: `age1…`.
#[derive(Clone, Debug)]
pub struct Public(age::x25519::Recipient);

impl Public {
    /// Reads `age1…`.
    pub fn parse(text: &str) -> Option<Public> {
        age::x25519::Recipient::from_str(text.trim()).ok().map(Public)
    }

    pub(super) fn recipient(&self) -> &age::x25519::Recipient {
        &self.0
    }
}

impl std::fmt::Display for Public {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for Public {
    fn eq(&self, other: &Public) -> bool {
        self.to_string() == other.to_string()
    }
}

/// The private half of a key. It is never printed.
pub struct Key(age::x25519::Identity);

/// Why a key file stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// Another passphrase locks it.
    Passphrase,
    /// It holds a key that no passphrase guards.
    Bare,
    /// It is no key file, or a damaged one.
    Damaged,
    /// It asks for more work than a key file of this program does.
    Excessive,
}

impl Locked {
    /// In words, as the end of a sentence.
    pub fn text(self) -> Text {
        match self {
            Locked::Passphrase => say!("口令不对", "the passphrase is wrong"),
            Locked::Bare => say!(
                "钥匙没有口令保护，不使用；请用 `xuncha keys new` 另建一把，再删去这个文件",
                "no passphrase guards the key, so it is not used; make another with `xuncha keys new` and delete this file"
            ),
            Locked::Damaged => say!("不是钥匙文件，或已损坏", "it is no key file, or a damaged one"),
            Locked::Excessive => say!("文件要求的运算量异常，不予打开", "it asks for an unreasonable amount of work and is not opened"),
        }
    }
}

impl Key {
    /// A new key from the system's randomness.
    pub fn generate() -> Key {
        Key(age::x25519::Identity::generate())
    }

    /// Reads `AGE-SECRET-KEY-1…`; lines that begin with `#` are passed over.
    pub fn parse(text: &str) -> Option<Key> {
        let line = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('#'))?;
        age::x25519::Identity::from_str(line).ok().map(Key)
    }

    /// The public half.
    pub fn public(&self) -> Public {
        Public(self.0.to_public())
    }

    pub(super) fn identity(&self) -> &dyn age::Identity {
        &self.0
    }

    /// The text of a key file. `work` is the base-2 logarithm of the rounds that guessing a passphrase costs; by default about a second of this machine.
    pub fn lock(&self, passphrase: &str, work: Option<u8>) -> std::io::Result<String> {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_string()));
        if let Some(work) = work {
            recipient.set_work_factor(work.clamp(1, MOST_WORK));
        }
        let encryptor =
            age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(std::io::Error::other)?;
        let secret = self.0.to_string();
        let armor = age::armor::ArmoredWriter::wrap_output(Vec::new(), age::armor::Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armor)?;
        writer.write_all(format!("# public key: {}\n", self.public()).as_bytes())?;
        writer.write_all(secret.expose_secret().as_bytes())?;
        writer.write_all(b"\n")?;
        let bytes = writer.finish()?.finish()?;
        String::from_utf8(bytes).map_err(std::io::Error::other)
    }

    /// Opens the text of a key file.
    pub fn unlock(file: &str, passphrase: &str) -> Result<Key, Locked> {
        if Key::parse(file).is_some() {
            return Err(Locked::Bare);
        }
        let decryptor = age::Decryptor::new(age::armor::ArmoredReader::new(file.trim_start().as_bytes())).map_err(|_| Locked::Damaged)?;
        if !decryptor.is_scrypt() {
            return Err(Locked::Damaged);
        }
        let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_string()));
        identity.set_max_work_factor(MOST_WORK);
        let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|e| match e {
            age::DecryptError::ExcessiveWork { .. } => Locked::Excessive,
            age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed | age::DecryptError::NoMatchingKeys => {
                Locked::Passphrase
            }
            _ => Locked::Damaged,
        })?;
        let mut text = String::new();
        reader.read_to_string(&mut text).map_err(|_| Locked::Damaged)?;
        Key::parse(&text).ok_or(Locked::Damaged)
    }
}
