//! The head of a bundle, as `gitformat-bundle` describes it: what the receiver must have, the refs it brings, and where the pack begins.

use super::super::git::Id;
use crate::say;
use crate::text::Text;

/// A head longer than this is none.
const LONGEST: usize = 1 << 20;

/// What stands before the pack.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// Commits that the receiver must have.
    pub needs: Vec<Id>,
    /// The refs, by name.
    pub refs: Vec<(String, Id)>,
    /// Where the pack begins.
    pub pack: usize,
}

impl Header {
    /// The commit to take, and the name of its branch: what was checked out, else the only branch.
    pub fn tip(&self) -> Result<(&Id, Option<&str>), Text> {
        let branches: Vec<(&str, &Id)> = self.refs.iter().filter_map(|(n, id)| Some((n.strip_prefix("refs/heads/")?, id))).collect();
        let head = self.refs.iter().find(|(n, _)| n == "HEAD").map(|(_, id)| id);
        match (head, branches.as_slice()) {
            (Some(id), all) => Ok((id, all.iter().find(|(_, b)| *b == id).map(|(n, _)| *n))),
            (None, [(name, id)]) => Ok((id, Some(name))),
            (None, []) => Err(say!("包里没有分支", "the bundle holds no branch")),
            (None, _) => Err(say!(
                "包里有几个分支，不知道取哪一个；请对方用 xuncha bundle 重做",
                "the bundle holds several branches, and which to take is not said: have it made with xuncha bundle"
            )),
        }
    }
}

/// Whether the bytes begin as a bundle does.
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(b"# v2 git bundle\n") || bytes.starts_with(b"# v3 git bundle\n")
}

/// Reads the head.
pub fn read(bytes: &[u8]) -> Result<Header, Text> {
    if !is_bundle(bytes) {
        return Err(say!("这不是 xuncha bundle 写出的包（也不是 git 的包）", "this is no bundle, neither of xuncha nor of git"));
    }
    let broken = || say!("包已损坏：开头不完整；请对方重新拷一份", "the bundle is damaged: its head is not whole; have it copied again");
    let part = &bytes[..bytes.len().min(LONGEST)];
    let mut header = Header::default();
    let mut at = "# v2 git bundle\n".len();
    loop {
        let end = part[at..].iter().position(|b| *b == b'\n').ok_or_else(broken)?;
        let line = std::str::from_utf8(&part[at..at + end]).map_err(|_| broken())?;
        at += end + 1;
        if line.is_empty() {
            header.pack = at;
            return Ok(header);
        }
        if let Some(what) = line.strip_prefix('@') {
            // A filtered bundle lacks contents, and an unknown word may mean anything.
            if !what.starts_with("object-format=") {
                return Err(say!(
                    "包不完整（部分内容被略去），不能接收；请对方用 xuncha bundle 重做",
                    "the bundle leaves contents out and cannot be taken: have it made with xuncha bundle"
                ));
            }
            continue;
        }
        let (needed, rest) = line.strip_prefix('-').map_or((false, line), |rest| (true, rest));
        let (id, name) = rest.split_once(' ').unwrap_or((rest, ""));
        if !is_id(id) {
            return Err(broken());
        }
        match needed {
            true => header.needs.push(id.to_string()),
            false => header.refs.push((name.to_string(), id.to_string())),
        }
    }
}

/// Whether a text is the full name of an object.
pub fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_head_is_read_or_refused() {
        let text = format!("# v2 git bundle\n-{ID} 新建案卷\n{ID} HEAD\n{ID} refs/heads/main\n\nPACK");
        let header = read(text.as_bytes()).unwrap();
        assert_eq!((header.needs.len(), header.refs.len(), &text[header.pack..]), (1, 2, "PACK"));
        assert_eq!(header.tip().unwrap(), (&ID.to_string(), Some("main")));
        for cut in 0..header.pack {
            assert!(read(&text.as_bytes()[..cut]).is_err(), "{cut}");
        }
        let filtered = format!("# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n{ID} HEAD\n\n");
        assert!(read(filtered.as_bytes()).is_err());
        assert!(read(b"# v2 git bundle\n--upload-pack=x HEAD\n\n").is_err());
        assert!(read(b"# v4 git bundle\n\n").is_err());
        let two = format!("# v2 git bundle\n{ID} refs/heads/a\n{ID} refs/heads/b\n\n");
        assert!(read(two.as_bytes()).unwrap().tip().is_err());
    }
}
