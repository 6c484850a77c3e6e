//! Private keys in files: by the lines with which their formats begin.

use std::ops::Range;

/// A PEM block that ends so is a private key: `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const PRIVATE: [&[u8]; 2] = [b"PRIVATE KEY-----", b"PRIVATE KEY BLOCK-----"];

/// The private keys in a file's bytes: the line that gives each away.
pub fn find(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in all(bytes, b"AGE-SECRET-KEY-1") {
        let key = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
        let end = at + bytes[at..].iter().take_while(|b| key(b)).count();
        // The mark alone is a mention.
        if end - at >= 40 {
            found.push(at..end);
        }
    }
    for at in all(bytes, b"-----BEGIN ") {
        let line = &bytes[at..bytes.len().min(at + 80)];
        let end = line.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(line.len());
        if PRIVATE.iter().any(|p| line[..end].trim_ascii_end().ends_with(p)) {
            found.push(at..at + end);
        }
    }
    found.sort_by_key(|r| r.start);
    found
}

fn all<'a>(bytes: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = mark[0];
    bytes.iter().enumerate().filter(move |(i, b)| **b == first && bytes[*i..].starts_with(mark)).map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_what_only_speaks_of_them_is_not() {
        let age = format!("# key\nAGE-SECRET-KEY-1{}\n", "Q".repeat(58));
        assert_eq!(find(age.as_bytes()).len(), 1);
        assert!(find(b"AGE-SECRET-KEY-1 stands at the beginning").is_empty());
        for begin in ["-----BEGIN PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN PGP PRIVATE KEY BLOCK-----"] {
            assert_eq!(find(format!("x\n{begin}\r\nAAAA").as_bytes()), std::slice::from_ref(&(2..2 + begin.len())));
        }
        for other in ["-----BEGIN CERTIFICATE-----\n", "-----BEGIN AGE ENCRYPTED FILE-----\n", "-----BEGIN PUBLIC KEY-----\n"] {
            assert!(find(other.as_bytes()).is_empty(), "{other}");
        }
    }
}
