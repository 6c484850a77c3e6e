//! Sealed fields: what their ciphertext looks like. Encryption itself comes behind this seam; nothing here holds a key.

/// The first line of an armoured age file, the only form of ciphertext a record may hold.
pub const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// Whether a value is ciphertext, so that it counts as present and is never shown.
pub fn is_ciphertext(text: &str) -> bool {
    text.trim_start().starts_with(ARMOR)
}
