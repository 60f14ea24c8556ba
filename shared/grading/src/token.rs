//! What names one case of one check for ever: the token under a failure, and the random seed that follows
//! from it.

use std::fmt;
use std::str::FromStr;

/// Names a case, as `lab-05:conv_is_linear:0:17`: lab, check, base seed, number of the draw.
///
/// ```
/// use grading::Token;
///
/// let token: Token = "lab-05:conv_is_linear:0:17".parse().unwrap();
/// assert_eq!((token.check.as_str(), token.base_seed, token.case), ("conv_is_linear", 0, 17));
/// assert_eq!(token.to_string(), "lab-05:conv_is_linear:0:17");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The lab's name.
    pub lab: String,
    /// The check's name.
    pub check: String,
    /// The seed of the run, 0 unless `--seed` says otherwise.
    pub base_seed: u64,
    /// The number of the draw, from 0.
    pub case: u32,
}

impl Token {
    /// The 32 bytes that seed the case's generator, the same on every platform and in every version.
    ///
    /// Word i is the 64-bit FNV-1a hash of the token's text preceded by the byte i, passed through the
    /// finaliser of SplitMix64, since FNV alone leaves the high bits of similar texts similar.
    pub fn seed(&self) -> [u8; 32] {
        let text = self.to_string();
        let mut seed = [0; 32];
        for (i, word) in seed.chunks_exact_mut(8).enumerate() {
            let bytes = std::iter::once(i as u8).chain(text.bytes());
            word.copy_from_slice(&mixed(fnv1a(bytes)).to_le_bytes());
        }
        seed
    }
}

/// Fowler, Noll and Vo's hash: xor a byte, multiply by the prime 2⁴⁰ + 2⁸ + 0xb3.
fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The output function of SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.lab, self.check, self.base_seed, self.case)
    }
}

/// The text is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError {
    text: String,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no token: it should look like lab-05:name_of_the_check:0:17, as a failure shows it",
            self.text
        )
    }
}

impl std::error::Error for TokenError {}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Token, TokenError> {
        let error = || TokenError { text: text.to_string() };
        let [lab, check, base_seed, case] = text.trim().split(':').collect::<Vec<_>>()[..] else {
            return Err(error());
        };
        if lab.is_empty() || check.is_empty() {
            return Err(error());
        }
        Ok(Token {
            lab: lab.to_string(),
            check: check.to_string(),
            base_seed: base_seed.parse().map_err(|_| error())?,
            case: case.parse().map_err(|_| error())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn token(lab: &str, check: &str, base_seed: u64, case: u32) -> Token {
        Token { lab: lab.into(), check: check.into(), base_seed, case }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // From the reference vectors of the authors.
        assert_eq!(fnv1a("".bytes()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a".bytes()), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar".bytes()), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn seeds_never_change() {
        // A regrade years later must draw the same cases.
        let seed = token("lab-05", "conv_is_linear", 0, 17).seed();
        assert_eq!(seed, SEED_OF_CASE_17);
    }

    #[test]
    fn near_tokens_have_unlike_seeds() {
        let mut seen = HashSet::new();
        for case in 0..100 {
            for base_seed in 0..10 {
                for check in ["a", "b", "ab"] {
                    assert!(seen.insert(token("lab-05", check, base_seed, case).seed()));
                }
            }
        }
        let words: HashSet<_> = token("l", "c", 0, 0).seed().chunks(8).map(<[u8]>::to_vec).collect();
        assert_eq!(words.len(), 4);
    }

    #[test]
    fn tokens_survive_their_text() {
        let token = token("lab-12", "solver_orders", u64::MAX, u32::MAX);
        assert_eq!(token.to_string().parse(), Ok(token));
        for text in ["", "lab-05", "a:b:c:d", "a:b:-1:0", "a:b:0:0:0", ":b:0:0", "a::0:0"] {
            let error = text.parse::<Token>().unwrap_err();
            assert!(error.to_string().contains(&format!("`{text}`")));
        }
    }

    /// Computed by a separate program.
    const SEED_OF_CASE_17: [u8; 32] = [
        65, 185, 52, 251, 171, 187, 164, 186, 213, 189, 2, 137, 142, 151, 217, 234, 41, 250, 64, 236, 228,
        184, 164, 104, 197, 62, 146, 55, 253, 93, 133, 133,
    ];
}
