//! `/recovery-codes`: ten codes, until one of them is typed back.

use crate::components::alert::Alert;
use crate::components::code_input::{CodeField, SixDigits};
use crate::components::copy_button::CopyButton;
use crate::components::form::{Form, FormState};
use crate::components::frame::MemberPage;
use crate::components::submit::Submit;
use crate::functions::recovery_codes::{ConfirmRecoveryCode, recovery_sheet};
use crate::i18n::{locale, td_string};
use crate::model::views::RecoverySheetView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/recovery-codes");
    let sheet = Resource::new(|| (), |()| recovery_sheet());
    view! {
        <MemberPage>
            <div class="card narrow">
                <Alert refusal=state.refusal()/>
                <Suspense>
                    {move || Suspend::new(async move {
                        match sheet.await {
                            Ok(Some(sheet)) => view! { <Sheet sheet state/> }.into_any(),
                            _ => view! {
                                <p>{td_string!(l, sheet_gone)}</p>
                                <p><a href="/dashboard" rel="external">{td_string!(l, to_dashboard)}</a></p>
                            }.into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </MemberPage>
    }
}

#[component]
fn Sheet(sheet: RecoverySheetView, state: FormState) -> impl IntoView {
    let l = locale();
    let text = sheet.codes.join("\n");
    let is_awake = RwSignal::new(false);
    Effect::new(move || is_awake.set(true));
    let print = move |_| {
        let printed = window().print();
        debug_assert!(printed.is_ok(), "a page can be printed");
    };
    view! {
        <p>{td_string!(l, sheet_intro)}</p>
        <ol class="codes">
            {sheet.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
        </ol>
        <div class="actions">
            <CopyButton label=td_string!(l, copy_codes) text/>
            <a class="secondary" href="/recovery-codes.txt" rel="external" download="sekisho-recovery-codes.txt">{td_string!(l, download_codes)}</a>
            <button type="button" class="secondary" hidden=move || !is_awake.get() on:click=print>{td_string!(l, print_codes)}</button>
        </div>
        <Form action=ConfirmRecoveryCode::url() state>
            <CodeField label=td_string!(l, sheet_confirm) is_six_digits=SixDigits::Never refusal=state.refusal()/>
            <Submit label=td_string!(l, sheet_action) state/>
        </Form>
    }
}
