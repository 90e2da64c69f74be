//! Argon2id, with memory that its caller keeps (RFC 9106).

use super::implementation::{Implementation, configured};
use crate::server::keys::random;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use argon2_rust::Hasher;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

pub(super) const TAG_BYTES: usize = 32;

/// Cost of a hash. The default is the floor: it can only be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashParams {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl HashParams {
    /// 19456 KiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
    pub const FLOOR: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// True where any of `other`'s costs is below ours, so that its hash should be made anew.
    pub fn exceed(&self, other: &Self) -> bool {
        other.memory_kib < self.memory_kib || other.passes < self.passes || other.lanes < self.lanes
    }

    /// Reads the cost of a PHC string of argon2id; `None` for any other.
    pub fn of(phc: &str) -> Option<Self> {
        let hash = PasswordHash::new(phc).ok().filter(|hash| hash.algorithm == Algorithm::Argon2id.ident())?;
        let params = Params::try_from(&hash).ok()?;
        Some(Self { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() })
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(TAG_BYTES))
    }
}

/// A PHC string at `params` that no password fits: what it costs to compare with is what counts.
pub(super) fn nobodys(params: HashParams) -> Result<String, String> {
    let failed = |error: crate::server::keys::KeyError| error.to_string();
    phc(params, &random::<16>().map_err(failed)?, &random::<TAG_BYTES>().map_err(failed)?)
}

fn phc(params: HashParams, salt: &[u8], tag: &[u8]) -> Result<String, String> {
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params.params().map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())?,
        salt: Some(Salt::new(salt).map_err(|error| error.to_string())?),
        hash: Some(Output::new(tag).map_err(|error| error.to_string())?),
    };
    Ok(phc.to_string())
}

/// Memory for one hash at a time, allocated at the first one and used again.
pub enum Workspace {
    RustCrypto(Vec<Block>),
    Simd(Option<Hasher>),
}

impl Workspace {
    /// For hashes by this implementation.
    pub fn new(implementation: Implementation) -> Self {
        match implementation {
            Implementation::RustCrypto => Self::RustCrypto(Vec::new()),
            Implementation::Simd => Self::Simd(None),
        }
    }

    /// Hashes `password` under a fresh 16-byte salt into a PHC string.
    pub fn hash(&mut self, password: &[u8], params: HashParams) -> Result<String, String> {
        let salt = random::<16>().map_err(|error| error.to_string())?;
        phc(params, &salt, &self.tag(password, &salt, params)?)
    }

    /// True if `password` is the one that `phc` was made of; compares in constant time.
    pub fn verify(&mut self, password: &[u8], phc: &str) -> Result<bool, String> {
        let params = HashParams::of(phc).ok_or("a stored password hash cannot be read")?;
        let parsed = PasswordHash::new(phc).map_err(|error| error.to_string())?;
        let (Some(salt), Some(expected)) = (parsed.salt, parsed.hash) else {
            return Err("a stored password hash has no salt or no tag".into());
        };
        let tag = self.tag(password, salt.as_ref(), params)?;
        Ok(tag[..].ct_eq(expected.as_bytes()).into())
    }

    /// Gives the memory back, so that nothing of the last password can be read from it.
    pub fn forget(&mut self) {
        match self {
            Self::RustCrypto(blocks) => *blocks = Vec::new(),
            // A mapping of its own, which the system erases before anybody gets it again.
            Self::Simd(hasher) => *hasher = None,
        }
    }

    fn tag(&mut self, password: &[u8], salt: &[u8], params: HashParams) -> Result<[u8; TAG_BYTES], String> {
        match self {
            Self::RustCrypto(blocks) => slow_tag(blocks, password, salt, params).map_err(|error| error.to_string()),
            Self::Simd(hasher) => {
                let argon2 = configured(params)?;
                let hasher = hasher.get_or_insert_with(|| argon2.hasher());
                hasher.set_argon2(argon2);
                let mut tag = [0; TAG_BYTES];
                let done = hasher.hash_into(password, salt, &mut tag).map_err(|error| error.to_string());
                wipe_stack();
                done.map(|()| tag)
            }
        }
    }
}

/// Overwrites what a hash left on the stack below its caller: the password is among it.
#[inline(never)]
fn wipe_stack() {
    std::hint::black_box([0_u8; 8 * 1024]).zeroize();
}

fn slow_tag(
    blocks: &mut Vec<Block>,
    password: &[u8],
    salt: &[u8],
    params: HashParams,
) -> Result<[u8; TAG_BYTES], argon2::Error> {
    let params = params.params()?;
    if blocks.len() < params.block_count() {
        blocks.resize(params.block_count(), Block::default());
    }
    let mut tag = [0; TAG_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password, salt, &mut tag, blocks)?;
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::{HashParams, Implementation, Workspace, nobodys};
    use argon2::{Argon2, PasswordVerifier};

    const BOTH: [Implementation; 2] = [Implementation::RustCrypto, Implementation::Simd];

    #[test]
    fn every_hash_is_argon2id_at_the_floor() {
        let mut workspace = Workspace::new(Implementation::Simd);
        let phc = workspace.hash(b"correct horse", HashParams::FLOOR).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(HashParams::of(&phc), Some(HashParams::FLOOR));
        let salt_and_tag: Vec<usize> = phc.split('$').skip(4).map(str::len).collect();
        assert_eq!(salt_and_tag, [22, 43], "16 bytes of salt, 32 of tag");
    }

    #[test]
    fn what_is_no_argon2id_is_not_compared_as_if_it_were() {
        let phc = Workspace::new(BOTH[0]).hash(b"x", HashParams { memory_kib: 64, ..HashParams::FLOOR }).unwrap();
        for other in ["$a".to_owned(), phc.replace("argon2id", "argon2i"), phc.replace("argon2id", "argon2d")] {
            assert_eq!(HashParams::of(&other), None, "{other}");
            assert!(Workspace::new(BOTH[0]).verify(b"x", &other).is_err());
        }
    }

    #[test]
    fn our_hashes_verify_with_the_library_and_with_a_used_workspace() {
        for (implementation, other) in BOTH.into_iter().zip(BOTH.into_iter().rev()) {
            let mut workspace = Workspace::new(implementation);
            let phc = workspace.hash(b"first", HashParams::FLOOR).unwrap();
            assert!(Argon2::default().verify_password(b"first", &argon2::PasswordHash::new(&phc).unwrap()).is_ok());
            assert!(Workspace::new(other).verify(b"first", &phc).unwrap());
            assert!(workspace.verify(b"first", &phc).unwrap());
            assert!(!workspace.verify(b"second", &phc).unwrap());
        }
    }

    #[test]
    fn a_workspace_takes_hashes_of_every_cost_in_any_order() {
        for implementation in BOTH {
            let mut workspace = Workspace::new(implementation);
            let costs = [(64, 1, 1), (8, 3, 1), (256, 2, 2), (64, 1, 1)];
            for (memory_kib, passes, lanes) in costs {
                let params = HashParams { memory_kib, passes, lanes };
                let phc = Workspace::new(Implementation::RustCrypto).hash(b"x", params).unwrap();
                assert!(workspace.verify(b"x", &phc).unwrap() && !workspace.verify(b"y", &phc).unwrap());
            }
        }
    }

    #[test]
    fn the_hash_of_nobody_costs_what_every_hash_does() {
        let params = HashParams { memory_kib: 64, ..HashParams::FLOOR };
        let (phc, real) = (nobodys(params).unwrap(), Workspace::new(BOTH[0]).hash(b"x", params).unwrap());
        assert_eq!(HashParams::of(&phc), Some(params));
        assert_eq!(phc.len(), real.len());
        assert!(!Workspace::new(BOTH[0]).verify(b"x", &phc).unwrap());
        assert_ne!(phc, nobodys(params).unwrap());
    }

    #[test]
    fn passwords_equal_in_their_first_72_bytes_stay_different() {
        let mut workspace = Workspace::new(Implementation::Simd);
        let phc = workspace.hash("a".repeat(73).as_bytes(), HashParams::FLOOR).unwrap();
        assert!(!workspace.verify("a".repeat(72).as_bytes(), &phc).unwrap());
    }
}
