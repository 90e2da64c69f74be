//! Codes as pure rules over a secret and a time.

use crate::model::{Problem, Timestamp};
use crate::server::keys::{KeyError, random};
use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

/// Length of a time step.
pub const STEP_S: i64 = 30;
/// How far a code may be off to be called a matter of the phone's clock: five minutes.
const CLOCK_STEPS: i64 = 10;

/// Six ASCII digits.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// Reads what was typed; spaces between the digits are ignored.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let digits: Zeroizing<String> = Zeroizing::new(typed.chars().filter(|c| *c != ' ').collect());
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(digits)) } else { Err(Problem::CodeMalformed) }
    }
}

/// 20 random bytes shared with the authenticator app.
pub struct Secret(Zeroizing<Vec<u8>>);

/// When a code is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Now, or one step on either side; the step is to be spent.
    Now(i64),
    /// At a time this many steps away; negative: the phone is behind.
    Elsewhere(i64),
    Never,
}

impl Secret {
    /// Makes a new one (RFC 4226 section 4 recommends 160 bits).
    pub fn new() -> Result<Self, KeyError> {
        Ok(Self(Zeroizing::new(random::<20>()?.to_vec())))
    }

    /// A secret from its bytes.
    pub fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key as people type it into an app.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// When `code` is right: around `now`, else nearest to it within five minutes.
    pub fn moment_of(&self, code: &Code, now: Timestamp) -> Moment {
        let totp = self.totp();
        let today = now.seconds().div_euclid(STEP_S);
        let matches = |step: i64| u64::try_from(step * STEP_S).is_ok_and(|at| totp.check(&code.0, at).is_some());
        if let Some(step) = [0, -1, 1].map(|offset| today + offset).into_iter().find(|step| matches(*step)) {
            return Moment::Now(step);
        }
        let away = (2..=CLOCK_STEPS).flat_map(|distance| [-distance, distance]).find(|offset| matches(today + offset));
        away.map_or(Moment::Never, Moment::Elsewhere)
    }

    /// The code of the step that contains `at`; for tests and vectors.
    #[cfg(test)]
    pub fn code_at(&self, at: Timestamp) -> String {
        self.totp().generate(at.seconds().unsigned_abs()).to_string()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(0)
            .with_step_duration(STEP_S.unsigned_abs())
            .with_secret(self.0.to_vec())
            .build_noncompliant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc_secret() -> Secret {
        Secret::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec()))
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // Appendix B, SHA-1, cut to six digits.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (at, code) in vectors {
            assert_eq!(rfc_secret().code_at(Timestamp::from(at)), code);
        }
    }

    #[test]
    fn the_vectors_of_rfc_4226_hold() {
        // Appendix D: HOTP of counters 0 to 9 are the codes of steps 0 to 9.
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(rfc_secret().code_at(Timestamp::from(counter * STEP_S)), code);
        }
    }

    #[test]
    fn a_code_is_right_one_step_around_now_and_no_further() {
        let now = Timestamp::from(1_700_000_000);
        let at = |offset: i64| {
            let code = Code::parse(&rfc_secret().code_at(now.plus_s(offset * STEP_S))).unwrap();
            rfc_secret().moment_of(&code, now)
        };
        let today = 1_700_000_000 / STEP_S;
        assert_eq!([at(-1), at(0), at(1)], [-1, 0, 1].map(|offset| Moment::Now(today + offset)));
        assert_eq!([at(-2), at(2), at(-10)], [-2, 2, -10].map(Moment::Elsewhere));
        assert_eq!(at(-12), Moment::Never);
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        assert!(Code::parse("123 456").is_ok());
        for typed in ["", "12345", "1234567", "+12345", "１２３４５６", "12345a", "12 34 5", "123\u{a0}456", "-12345"]
        {
            assert!(Code::parse(typed).is_err(), "{typed:?}");
        }
    }
}
