//! Who computes argon2id: the `argon2` crate, or a faster one that proves at each start that it
//! computes the same, byte for byte.
//!
//! The faster one picks the instructions of this very processor, so what was tested elsewhere may
//! run differently here. Hence the proof: the vector of RFC 9106 and random questions, at each start.

use super::HashParams;
use super::hash::TAG_BYTES;
use crate::server::keys::random;
use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use argon2_rust::params::{Memory, TagLen};

const RANDOM_CASES: usize = 8;
/// RFC 9106, section 5.3.
const RFC_TAG: [u8; TAG_BYTES] = [
    0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0,
    0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
];

/// Who may compute tags, as the operator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The faster one, where it proves itself.
    Auto,
    /// The `argon2` crate of RustCrypto, always.
    RustCrypto,
}

/// Who computes tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implementation {
    /// The `argon2` crate: the oracle of the other one, and what it falls back to.
    RustCrypto,
    /// The `argon2-rust` crate: the widest vectors of this processor.
    Simd,
}

/// One question: everything a tag is made of.
struct Case<'a> {
    password: &'a [u8],
    salt: &'a [u8],
    secret: &'a [u8],
    data: &'a [u8],
    params: HashParams,
}

type Tag = Option<[u8; TAG_BYTES]>;

impl Implementation {
    /// The one to use at `params` on this machine, by proof.
    pub fn choose(choice: Choice, params: HashParams) -> Self {
        if choice == Choice::RustCrypto {
            return Self::RustCrypto;
        }
        if proves_itself(simd, params) {
            return Self::Simd;
        }
        tracing::error!("The faster argon2id computed a wrong hash; the slower one is used instead.");
        Self::RustCrypto
    }
}

/// True if `candidate` knows the vector of the RFC and answers random questions, one of them of
/// the cost in use, as the oracle does.
fn proves_itself(mut candidate: impl FnMut(&Case<'_>) -> Tag, params: HashParams) -> bool {
    let rfc = Case {
        password: &[1; 32],
        salt: &[2; 16],
        secret: &[3; 8],
        data: &[4; 12],
        params: HashParams { memory_kib: 32, passes: 3, lanes: 4 },
    };
    if candidate(&rfc) != Some(RFC_TAG) || oracle(&rfc) != Some(RFC_TAG) {
        return false;
    }
    (0..=RANDOM_CASES).all(|number| {
        let (Ok(dice), Ok(password), Ok(salt)) = (random::<4>(), random::<300>(), random::<16>()) else { return false };
        let [length, memory, passes, lanes] = dice.map(u32::from);
        let params = if number == RANDOM_CASES {
            params
        } else {
            let lanes = 1 + lanes % 3;
            HashParams { memory_kib: (8 + memory) * lanes, passes: 1 + passes % 3, lanes }
        };
        // Past 128 bytes, too: that is where a block of BLAKE2b ends.
        let password = password.get(..length as usize).unwrap_or(&password);
        let case = Case { password, salt: &salt, secret: &[], data: &[], params };
        let expected = oracle(&case);
        expected.is_some() && candidate(&case) == expected
    })
}

fn oracle(case: &Case<'_>) -> Tag {
    let HashParams { memory_kib, passes, lanes } = case.params;
    let mut params = ParamsBuilder::new();
    params.m_cost(memory_kib).t_cost(passes).p_cost(lanes).output_len(TAG_BYTES);
    params.data(AssociatedData::new(case.data).ok()?);
    let params = params.build().ok()?;
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new_with_secret(case.secret, Algorithm::Argon2id, Version::V0x13, params).ok()?;
    let mut tag = [0; TAG_BYTES];
    argon2.hash_password_into_with_memory(case.password, case.salt, &mut tag, &mut blocks).ok()?;
    Some(tag)
}

fn simd(case: &Case<'_>) -> Tag {
    let mut tag = [0; TAG_BYTES];
    let Case { password, salt, secret, data, params } = case;
    configured(*params).ok()?.hash_into_with_ad(password, salt, secret, data, &mut tag).ok()?;
    Some(tag)
}

/// The faster one's settings of this cost.
pub(super) fn configured(params: HashParams) -> Result<argon2_rust::Argon2, String> {
    let built = argon2_rust::Params::builder()
        .memory(Memory::kib(params.memory_kib.into()))
        .passes(params.passes)
        .lanes(params.lanes)
        .threads(1)
        .tag_len(TagLen::bytes(TAG_BYTES as u64))
        .build();
    let built = built.map_err(|error| error.to_string())?;
    Ok(argon2_rust::Argon2::new(argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13, built))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: HashParams = HashParams { memory_kib: 256, passes: 2, lanes: 1 };

    #[test]
    fn the_faster_one_proves_itself_here() {
        assert_eq!(Implementation::choose(Choice::Auto, COST), Implementation::Simd);
        assert_eq!(Implementation::choose(Choice::RustCrypto, COST), Implementation::RustCrypto);
    }

    #[test]
    fn one_wrong_bit_anywhere_is_found() {
        let lies_about = |is_wrong: fn(&Case<'_>) -> bool| {
            proves_itself(
                move |case: &Case<'_>| {
                    let mut tag = simd(case)?;
                    tag[31] ^= u8::from(is_wrong(case));
                    Some(tag)
                },
                COST,
            )
        };
        assert!(lies_about(|_| false));
        assert!(!lies_about(|case| !case.secret.is_empty()), "the vector of the RFC");
        assert!(!lies_about(|case| case.secret.is_empty() && case.params != COST), "random costs");
        assert!(!lies_about(|case| case.params == COST), "the cost in use");
        assert!(!proves_itself(|_| None, COST), "no answer at all");
    }
}
