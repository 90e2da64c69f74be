//! How many recovery codes are left, and what to do about it.

use super::post_button::PostButton;
use crate::functions::recovery_codes::RenewRecoveryCodes;
use crate::i18n::{fill, locale, td_string};
use crate::model::views::RecoveryCodes;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// As few recovery codes as call for a new set.
const FEW_CODES: i64 = 3;

#[component]
pub fn RecoveryCodesLeft(state: RecoveryCodes, left: i64) -> impl IntoView {
    let l = locale();
    let advice = match state {
        RecoveryCodes::ToConfirm => Some(td_string!(l, codes_unconfirmed)),
        RecoveryCodes::Lost => Some(td_string!(l, codes_lost)),
        RecoveryCodes::Confirmed if left <= FEW_CODES => Some(td_string!(l, codes_few)),
        RecoveryCodes::Confirmed => None,
    };
    view! {
        <p>{fill(td_string!(l, codes_left), &[("count", &left)])}</p>
        {advice.map(|advice| view! { <p class="notice">{advice}</p> })}
        {if state == RecoveryCodes::ToConfirm {
            view! { <p><a class="secondary" href="/recovery-codes" rel="external">{td_string!(l, look_at_codes)}</a></p> }.into_any()
        } else {
            view! { <PostButton action=RenewRecoveryCodes::url() label=td_string!(l, new_codes) class="secondary"/> }.into_any()
        }}
    }
}
