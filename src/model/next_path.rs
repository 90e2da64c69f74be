//! Where somebody was going before we asked who they are.

/// The page to open after login: `candidate` if it is a plain path of ours, else the dashboard.
///
/// Only a path whose second character starts no host is taken (an open redirect otherwise: a
/// browser reads `//host` and `/\host` as another site), without control characters, at most
/// 512 bytes, and never a page that would end or repeat the login.
pub fn next_path(candidate: &str) -> &str {
    if is_own_page(candidate) { candidate } else { "/dashboard" }
}

fn is_own_page(path: &str) -> bool {
    let mut bytes = path.bytes();
    let first = bytes.next();
    let second = bytes.next();
    first == Some(b'/')
        && !matches!(second, None | Some(b'/' | b'\\'))
        && path.len() <= 512
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !["/login", "/tfa", "/register", "/fn/"].iter().any(|own| path.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::next_path;

    #[test]
    fn a_path_of_ours_is_kept() {
        assert_eq!(next_path("/recovery-codes"), "/recovery-codes");
        assert_eq!(next_path("/dashboard?week=2#top"), "/dashboard?week=2#top");
    }

    #[test]
    fn anything_else_leads_to_the_dashboard() {
        let payloads = [
            "",
            "/",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=1",
            "/a\tb",
            "/a b",
            "/é",
            "/x\\y",
            "/login?next=/x",
            "dashboard",
            " /dashboard",
            "/\u{0}",
            "data:text/html,x",
            "/fn/logout",
            "http:evil.test",
            "/%\u{7f}",
            "///evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "\t//evil.test",
            "//evil.test/%2e%2e",
            "/\\/evil.test",
            "\\/evil.test",
            "/\u{2028}",
            "/\u{ff0f}evil.test",
            "/\u{202e}drowssap",
            "HTTPS://EVIL.TEST",
            "https:evil.test",
            "https:/evil.test",
            "https:\\\\evil.test",
            "ftp://evil.test",
            "file:///etc/passwd",
            "vbscript:x",
            "blob:x",
            "about:blank",
            "mailto:a@b.test",
            "evil.test",
            "//user@evil.test",
            "//evil.test:443/x",
            "//[::1]/",
            "?next=//evil.test",
            "#//evil.test",
            "./dashboard",
            "../dashboard",
            "/login",
            "/login/../x",
            "/register",
            "/tfa",
            "/fn/login",
            "/a\u{0}b",
            "/a\u{b}b",
            "/a\u{1f}b",
            "/a\"b c",
            "/a\u{a0}b",
            "/dashboard\r",
            "/dashboard\n\n<script>",
        ];
        for payload in payloads {
            assert_eq!(next_path(payload), "/dashboard", "{payload:?}");
        }
        assert_eq!(next_path(&format!("/{}", "a".repeat(600))), "/dashboard");
    }
}
