//! A point in time: relative within a week, else the date; UTC until the browser knows better.

use crate::i18n::{fill, locale, td_string};
use crate::model::Timestamp;
use leptos::prelude::*;
use time::OffsetDateTime;

/// `at` as seen from `now`.
#[component]
pub fn Moment(at: Timestamp, now: Timestamp) -> impl IntoView {
    let title = RwSignal::new(utc(at, " ", " UTC"));
    // Local time is known to the browser only.
    Effect::new(move || {
        let date = js_sys::Date::new(&wasm_seconds(at).into());
        title.set(String::from(
            date.to_locale_string(leptos_i18n::Locale::as_str(locale()), &leptos::wasm_bindgen::JsValue::UNDEFINED),
        ));
    });
    view! {
        <time datetime=utc(at, "T", "Z") title=move || title.get()>
            {relative(at, now).map_or_else(|| title.get().into_any(), |text| text.into_any())}
        </time>
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of our times fit a double exactly")]
fn wasm_seconds(at: Timestamp) -> f64 {
    at.seconds() as f64 * 1000.0
}

fn relative(at: Timestamp, now: Timestamp) -> Option<String> {
    let l = locale();
    let ago_s = now.seconds().saturating_sub(at.seconds());
    match ago_s {
        i64::MIN..60 => Some(td_string!(l, just_now).to_string()),
        60..3600 => Some(fill(td_string!(l, minutes_ago), &[("n", &(ago_s / 60))])),
        3600..86_400 => Some(fill(td_string!(l, hours_ago), &[("n", &(ago_s / 3600))])),
        86_400..604_800 => Some(fill(td_string!(l, days_ago), &[("n", &(ago_s / 86_400))])),
        _ => None,
    }
}

fn utc(at: Timestamp, separator: &str, zone: &str) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (day, hour, minute) = (at.date(), at.hour(), at.minute());
    let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
    format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}{zone}")
}
