//! What the server knows about a page before it is drawn, sent along once for the browser side.

use super::{Language, Problem};
use serde::{Deserialize, Serialize};

/// The circumstances of one page view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageContext {
    pub language: Language,
    /// `light`, `dark`, or empty to follow the device.
    pub theme: String,
    /// The path asked for, for forms that lead back to it.
    pub path: String,
    /// Where to go after login; already checked.
    pub next: String,
    /// E-mail of the signed-in account.
    pub signed_in_as: Option<String>,
    /// A refusal of the form that led here, told once (forms without JavaScript).
    pub flash: Option<Flash>,
    /// What went wrong, where there is no other page to show.
    pub trouble: Option<Problem>,
    /// A login went well but its cookie did not come back.
    pub cookie_was_lost: bool,
    pub min_password_chars: usize,
    pub registration_is_open: bool,
    pub second_factor_is_required: bool,
}

/// A refusal on its way from a form to its page; never holds a password or a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The page it is for.
    pub page: String,
    pub problem: Problem,
    /// The address typed, to be kept in its field.
    pub email: String,
}

impl PageContext {
    /// The refusal and the address typed, if they are for the page at `path`.
    pub fn flash_for(&self, path: &str) -> (Option<Problem>, String) {
        match &self.flash {
            Some(flash) if flash.page == path => (Some(flash.problem.clone()), flash.email.clone()),
            _ => (None, String::new()),
        }
    }
}

/// What the document around the app names: the built files, hashes included, and its nonce.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// New for each response; inline scripts run only with it.
    pub nonce: String,
}
