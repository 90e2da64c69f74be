//! How the REST API behaves.

use super::reader::Reader;
use url::Url;

/// Settings of the REST API.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// `SEKISHO_API_COMPAT`: `strict` (default) or `fastapi_users`.
    pub compat: ApiCompat,
    /// `SEKISHO_ACCESS_TOKEN_MINUTES`: 60; may only be lowered.
    pub access_token_minutes: i64,
    /// `SEKISHO_CORS_ORIGINS`: exact origins, separated by commas; default none.
    pub cors_origins: Vec<String>,
}

/// Whom the API follows where fastapi-users and our rules disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiCompat {
    /// Our rules.
    Strict,
    /// Tells taken and unverified addresses, changes addresses at once, lets superusers set passwords.
    FastapiUsers,
}

const CORS: &str = "SEKISHO_CORS_ORIGINS";

impl ApiConfig {
    /// Reads the settings.
    pub fn read(reader: &mut Reader) -> Self {
        let compat = match reader.choice("SEKISHO_API_COMPAT", ["strict", "fastapi_users"]) {
            0 => ApiCompat::Strict,
            _ => ApiCompat::FastapiUsers,
        };
        let access_token_minutes = reader.at_most("SEKISHO_ACCESS_TOKEN_MINUTES", 60);
        let listed = reader.text(CORS, "");
        let mut cors_origins = Vec::new();
        for origin in listed.split(',').map(str::trim).filter(|origin| !origin.is_empty()) {
            if is_origin(origin) {
                cors_origins.push(origin.to_owned());
            } else {
                reader.complain(format!("{CORS} must list origins such as https://app.example.org, not {origin:?}."));
            }
        }
        Self { compat, access_token_minutes, cors_origins }
    }
}

/// True for what a browser would send in `Origin`, letter by letter: scheme, host, port where unusual.
fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn only_the_spelling_of_a_browser_is_an_origin() {
        for origin in ["https://app.example.org", "http://localhost:5173", "https://[::1]:8443"] {
            assert!(is_origin(origin), "{origin}");
        }
        for other in [
            "*",
            "null",
            "app.example.org",
            "https://a.test/",
            "https://a.test:443",
            "HTTPS://a.test",
            "https://a.test/x",
            "ftp://a.test",
        ] {
            assert!(!is_origin(other), "{other}");
        }
    }
}
