//! A draw that anybody can repeat: places in a list, from a seed; knows no records.
//!
//! The random words are the ChaCha20 key stream (RFC 8439 block function, all-zero nonce, counter from 0) of a key that is the seed as eight bytes,
//! the least first, and 24 zero bytes; eight bytes of it, the least first, make a word. A number below `m` is a word's remainder by `m`; words
//! from the greatest multiple of `m` below 2⁶⁴ on are passed over, so that every number is as likely as another. The first place drawn is number
//! `below(size)` of the list, the next number `below(size - 1)` of what is left, and so on, where the place drawn is filled by the first of the
//! list that has not moved (the shuffle of Fisher and Yates, ended early).

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// `n` different places of a list of `size`, from 1, in the order drawn; all of them where `n` is more than `size`.
pub fn draw(size: u64, n: u64, seed: u64) -> Vec<u64> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha20Rng::from_seed(key);
    // What stands at a place where it is no longer the place's own number.
    let mut moved: HashMap<u64, u64> = HashMap::new();
    (0..n.min(size))
        .map(|i| {
            let at = i + below(&mut rng, size - i);
            let own = moved.get(&i).copied().unwrap_or(i);
            moved.insert(at, own).unwrap_or(at) + 1
        })
        .collect()
}

fn below(rng: &mut ChaCha20Rng, m: u64) -> u64 {
    // 2⁶⁴ mod m.
    let rest = (u64::MAX % m + 1) % m;
    loop {
        let word = rng.next_u64();
        if word <= u64::MAX - rest {
            return word % m;
        }
    }
}

/// The SHA-256 of a file's bytes, as `sha256sum` prints it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by another program from the description above.
    #[test]
    fn the_draw_never_changes() {
        assert_eq!(draw(10, 3, 1), [8, 10, 5]);
        let many = [282, 121, 319, 408, 39, 395, 271, 292, 368, 365, 233, 37, 24, 473, 143, 459, 108, 312, 324, 252];
        assert_eq!(draw(486, 20, 20110905), many);
        assert_eq!(draw(1000, 12, 1 << 63), [584, 342, 748, 273, 279, 140, 562, 717, 857, 448, 208, 386]);
    }

    #[test]
    fn places_are_different_and_inside() {
        for (size, n) in [(1, 1), (7, 7), (100, 30), (3, 9), (0, 4)] {
            let mut places = draw(size, n, 2011);
            assert_eq!(places.len() as u64, n.min(size));
            assert!(places.iter().all(|p| (1..=size).contains(p)));
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len() as u64, n.min(size));
        }
        assert_eq!(draw(u64::MAX, 3, 5).len(), 3);
    }

    #[test]
    fn the_hash_is_that_of_sha256sum() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
