//! The shapes of requests and answers. Requests are read field by field (see `body`); their shapes
//! stand here for the description of the API.

use super::invalid::Invalid;
use crate::server::store::people::Person;
use serde::Serialize;
use utoipa::ToSchema;

/// An account as the API tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    #[schema(format = "uuid", example = "6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77")]
    id: String,
    #[schema(example = "ada@example.org")]
    email: String,
    /// False once the account was disabled.
    is_active: bool,
    /// May govern other accounts.
    is_superuser: bool,
    /// The owner opened a link sent to the address.
    is_verified: bool,
}

impl From<&Person> for User {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.as_str().to_owned(),
            email: person.email.clone(),
            is_active: person.disabled_at.is_none(),
            is_superuser: person.superuser_at.is_some(),
            is_verified: person.verified_at.is_some(),
        }
    }
}

/// A part of the list of accounts.
#[derive(Serialize, ToSchema)]
pub struct Users {
    pub items: Vec<User>,
    /// How many there are in all.
    #[schema(minimum = 0)]
    pub total: i64,
}

/// A bearer token: an access token (JWT), or an opaque one where a second factor is still owed.
#[derive(Serialize, ToSchema)]
pub struct BearerToken {
    pub access_token: String,
    #[schema(example = "bearer")]
    pub token_type: &'static str,
}

/// What a login still needs.
#[derive(Serialize, ToSchema)]
pub struct TotpState {
    /// No authenticator is set up yet, and one is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp_setup_required: Option<bool>,
    /// An authenticator is set up; false where none is and none is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp_required: Option<bool>,
}

/// The secret waiting for its first code.
#[derive(Serialize, ToSchema)]
pub struct TotpSetup {
    /// A link that authenticator apps read, from a QR code for one.
    #[schema(example = "otpauth://totp/Sekisho:ada%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Sekisho")]
    pub totp_uri: String,
}

/// Whether the second factor is on now.
#[derive(Serialize, ToSchema)]
pub struct TotpOutcome {
    pub success: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Invalid TOTP code")]
    pub detail: Option<&'static str>,
    /// Ten codes that stand in for a lost phone, each once; never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<Vec<String>>,
}

/// An access token, from the route of the demo.
#[derive(Serialize, ToSchema)]
pub struct CodeToken {
    pub token: String,
}

/// Why not: a code, or the name of the status.
#[derive(Serialize, ToSchema)]
pub struct Detail {
    #[schema(example = "LOGIN_BAD_CREDENTIALS")]
    pub detail: String,
    /// Number of a fault in the server's log.
    #[schema(required = false)]
    pub incident: Option<String>,
}

/// Why a password was not taken.
#[derive(Serialize, ToSchema)]
pub struct PasswordDetail {
    pub detail: PasswordReason,
}

/// A code and a sentence.
#[derive(Serialize, ToSchema)]
pub struct PasswordReason {
    #[schema(example = "REGISTER_INVALID_PASSWORD")]
    pub code: String,
    pub reason: String,
}

/// A code, or a code with the reason why a password was not taken.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes an answer")]
pub enum DetailOrReason {
    Code(Detail),
    Password(PasswordDetail),
}

/// What is wrong with the fields.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub struct Invalids {
    pub detail: Vec<Invalid>,
}

/// The login form of OAuth2. `scope`, `client_id` and `client_secret` are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct LoginForm {
    /// Empty or `password`.
    #[schema(required = false, pattern = "^(password)?$")]
    grant_type: String,
    /// The e-mail address.
    #[schema(min_length = 1, example = "ada@example.org")]
    username: String,
    #[schema(min_length = 1, format = Password)]
    password: String,
    #[schema(required = false)]
    scope: String,
    #[schema(required = false)]
    client_id: String,
    #[schema(required = false)]
    client_secret: String,
}

/// A new account. The three flags are read and ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct NewUser {
    #[schema(format = Email, example = "ada@example.org")]
    email: String,
    #[schema(format = Password, example = "seven lamps over the gate")]
    password: String,
    is_active: Option<bool>,
    is_superuser: Option<bool>,
    is_verified: Option<bool>,
}

/// Changes to the own account. The three flags are read and ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct OwnUpdate {
    #[schema(required = false, format = Email, example = "ada@example.org")]
    email: String,
    password: Option<String>,
    /// Asked for where the login is older than five minutes.
    current_password: Option<String>,
    is_active: Option<bool>,
    is_superuser: Option<bool>,
    is_verified: Option<bool>,
}

/// Changes to an account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct UserUpdate {
    #[schema(required = false, format = Email, example = "ada@example.org")]
    email: String,
    /// Only where clients of fastapi-users are served.
    password: Option<String>,
    #[schema(required = false)]
    is_active: bool,
    #[schema(required = false)]
    is_superuser: bool,
    #[schema(required = false)]
    is_verified: bool,
}

/// An address.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct EmailBody {
    #[schema(format = Email, example = "ada@example.org")]
    email: String,
}

/// A token of a mail.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct TokenBody {
    token: String,
}

/// A token of a mail and a new password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct ResetBody {
    token: String,
    #[schema(format = Password)]
    password: String,
}

/// A code of the authenticator app.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct OtpBody {
    #[schema(example = "123456")]
    otp: String,
}

/// Address, password and code at once.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a request")]
pub struct CodeLogin {
    #[schema(example = "ada@example.org")]
    username: String,
    #[schema(format = Password)]
    password: String,
    /// A code, or a recovery code.
    #[schema(example = "123456")]
    otp: String,
}

/// The public keys of access tokens (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct KeySet {
    pub keys: Vec<Key>,
}

/// One public key (RFC 8037).
#[derive(Serialize, ToSchema)]
pub struct Key {
    #[schema(example = "OKP")]
    pub kty: &'static str,
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    pub kid: String,
    pub x: String,
}
