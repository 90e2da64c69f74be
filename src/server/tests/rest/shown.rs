use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

#[derive(serde::Deserialize)]
struct Claims {
    sub: String,
}

/// `keys` as fetched from `/.well-known/jwks.json`; `issuer` such as `https://login.example.org`.
fn account_of(token: &str, keys: &JwkSet, issuer: &str) -> Option<String> {
    let kid = decode_header(token).ok()?.kid?;
    let key = DecodingKey::from_jwk(keys.find(&kid)?).ok()?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[issuer]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    rules.validate_nbf = true;
    Some(decode::<Claims>(token, &key, &rules).ok()?.claims.sub)
}
