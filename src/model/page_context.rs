//! What the server knows about a page before it is drawn, sent along once for the browser side.

use super::{Language, Notice, Problem};
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
    /// Whether the signed-in account has a second factor.
    pub has_second_factor: bool,
    /// Where the part of a list begins that was asked for.
    pub before: Option<i64>,
    /// What the form that led here has to tell, once.
    pub flash: Option<Flash>,
    /// What went wrong, where there is no other page to show.
    pub trouble: Option<Problem>,
    /// A login went well but its cookie did not come back.
    pub cookie_was_lost: bool,
    pub min_password_chars: usize,
    pub registration_is_open: bool,
    pub second_factor_is_required: bool,
    /// An address must be confirmed before its account may log in.
    pub verification_is_required: bool,
    /// Mail reaches people; else it is only kept for the operator.
    pub sends_mail: bool,
    /// The link of a mail that was opened last, on the pages that links lead to.
    pub link: LinkState,
}

/// What a page can do with the link that was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// None was opened.
    #[default]
    None,
    /// Used, over, or none of ours.
    Dead,
    Live,
    /// It works together with the password chosen at registration.
    AsksPassword,
}

/// What became of a form, on its way to the page that follows; never holds a password or a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The page it is for.
    pub page: String,
    pub news: News,
    /// The address typed, to be kept in its field.
    pub email: String,
}

/// What became of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    Refused(Problem),
    Done(Notice),
}

impl PageContext {
    /// The refusal and the address typed, if they are for the page at `path`.
    pub fn flash_for(&self, path: &str) -> (Option<Problem>, String) {
        match &self.flash {
            Some(Flash { page, news: News::Refused(problem), email }) if page == path => {
                (Some(problem.clone()), email.clone())
            }
            _ => (None, String::new()),
        }
    }

    /// The good news this page was sent with.
    pub fn notice(&self) -> Option<Notice> {
        match &self.flash {
            Some(Flash { page, news: News::Done(notice), .. }) if *page == self.path => Some(*notice),
            _ => None,
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
