//! Device, address and time in one line.

use super::moment::Moment;
use crate::i18n::{fill, locale, td_string};
use crate::model::Timestamp;
use crate::model::views::Device;
use leptos::prelude::*;

#[component]
pub fn Place(device: Device, address: String, at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <p class="place"><span>{device_words(device)}</span> " · " <span>{address}</span> " · " <Moment at now/></p> }
}

/// A device as people call it: "Firefox on Android".
pub fn device_words(device: Device) -> String {
    let l = locale();
    match (device.browser, device.system) {
        (browser, system) if browser.is_empty() && system.is_empty() => td_string!(l, unknown_device).to_string(),
        (browser, system) if browser.is_empty() || system.is_empty() => browser + &system,
        (browser, system) => fill(td_string!(l, device_words), &[("browser", &browser), ("system", &system)]),
    }
}
