//! `/totp-setup`: three steps to a second factor.

use crate::components::alert::Alert;
use crate::components::code_input::{CodeField, SixDigits};
use crate::components::copy_button::CopyButton;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::post_button::PostButton;
use crate::components::submit::Submit;
use crate::functions::totp::{ConfirmTotp, RestartTotp, enrolment};
use crate::i18n::{locale, td_string};
use crate::model::views::EnrolmentView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn TotpSetupPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/totp-setup");
    let shown = Resource::new(|| (), |()| enrolment());
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            <Suspense>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => view! { <Steps shown state/> }.into_any(),
                        Err(_) => view! { <p class="notice">{td_string!(l, setup_gone)}</p> }.into_any(),
                    }
                })}
            </Suspense>
            <PostButton action=RestartTotp::url() label=td_string!(l, setup_restart) class="link"/>
        </VisitorPage>
    }
}

#[component]
fn Steps(shown: EnrolmentView, state: FormState) -> impl IntoView {
    let l = locale();
    view! {
        <p>{td_string!(l, setup_intro)}</p>
        <ol class="steps">
            <li>
                <h2>{td_string!(l, setup_step_app)}</h2>
                <p>{td_string!(l, setup_step_app_text)}</p>
            </li>
            <li>
                <h2>{td_string!(l, setup_step_scan)}</h2>
                <p class="on-phone"><a class="secondary" href=shown.uri rel="external">{td_string!(l, setup_open_app)}</a></p>
                // Our own drawing: digits and path commands, nothing anybody typed.
                <div class="qr" role="img" aria-label=td_string!(l, setup_qr_label) inner_html=shown.qr_svg></div>
                <p class="secret-line">
                    <span>{td_string!(l, setup_key)}</span> " " <code class="secret">{shown.key.clone()}</code>
                </p>
                <CopyButton label=td_string!(l, copy_key) text=shown.key.replace(' ', "")/>
            </li>
            <li>
                <h2>{td_string!(l, setup_step_code)}</h2>
                <Form action=ConfirmTotp::url() state>
                    <CodeField label=td_string!(l, code) is_six_digits=SixDigits::Only refusal=state.refusal()/>
                    <Submit label=td_string!(l, setup_action) state/>
                </Form>
            </li>
        </ol>
    }
}
