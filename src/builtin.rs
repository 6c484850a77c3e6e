//! The data files compiled into the program, by their path in the repository; knows nothing of what stands in them.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The text of a built-in file such as `templates/kinds/interview.toml`.
pub fn file(path: &str) -> Option<&'static str> {
    EMBEDDED.binary_search_by(|(name, _)| (*name).cmp(path)).ok().map(|i| EMBEDDED[i].1)
}

/// All built-in files whose path starts with `prefix`, sorted, with the rest of their path.
pub fn under(prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let start = EMBEDDED.partition_point(|(name, _)| *name < prefix);
    EMBEDDED[start..].iter().take_while(move |(name, _)| name.starts_with(prefix)).map(move |(name, text)| (&name[prefix.len()..], *text))
}

/// The packed form of a data file, if `text` is one that the program was built with, word for word.
pub fn packed(text: &str) -> Option<(&'static [u8], &'static str)> {
    let (.., words, pool) = PACKED.iter().find(|(i, ..)| EMBEDDED[*i].1 == text)?;
    Some((words, pool))
}
