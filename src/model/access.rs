//! Who may open which page. Manners, not security: every domain function asks for proof itself.

/// What a page needs of the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Open to everybody.
    Anyone,
    /// For visitors who are not signed in; others are led to the dashboard.
    SignedOut,
    /// A login that waits for its code.
    PendingCode,
    /// A login that still has to set up its second factor, or a session that may.
    Enrolment,
    /// A full session.
    Session,
    /// A full session whose owner proved who they are within five minutes; others are asked to.
    FreshSession,
}

/// Every page and what it needs.
pub const PAGES: [(&str, Access); 23] = [
    ("/", Access::Session),
    ("/login", Access::SignedOut),
    ("/register", Access::SignedOut),
    ("/forgot-password", Access::Anyone),
    ("/reset-password", Access::Anyone),
    ("/verify-email", Access::Anyone),
    ("/not-me", Access::Anyone),
    ("/undo-email", Access::Anyone),
    ("/verify-email/new-password", Access::Anyone),
    ("/tfa", Access::PendingCode),
    ("/totp-setup", Access::Enrolment),
    ("/recovery-codes", Access::Session),
    ("/dashboard", Access::Session),
    ("/confirm", Access::Session),
    ("/security", Access::Session),
    ("/security/password", Access::Session),
    ("/security/email", Access::FreshSession),
    ("/security/authenticator", Access::Session),
    ("/security/remove-authenticator", Access::Session),
    ("/sessions", Access::Session),
    ("/activity", Access::Session),
    ("/account", Access::Session),
    ("/account/delete", Access::Session),
];

/// What `path` needs; `None` where there is no such page.
pub fn access(path: &str) -> Option<Access> {
    PAGES.iter().find(|(page, _)| *page == path).map(|(_, access)| *access)
}
