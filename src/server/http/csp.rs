//! Content security policies.

/// For everything that is no page: nothing loads, nothing runs.
pub const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// For a page whose inline scripts carry `nonce`. `'self'` is for the `modulepreload`,
/// `'wasm-unsafe-eval'` lets WASM compile; styles come from our one file only.
pub fn page(nonce: &str, is_https: bool) -> String {
    let upgrade = if is_https { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'{upgrade}"
    )
}
