//! Another address.

use super::{ADA, TestApp};
use crate::model::Problem;

const NEW: &str = "ada@new.test";

#[tokio::test]
async fn a_new_address_waits_for_its_confirmation_and_can_be_called_off() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    app.enrolled("eve@example.test").await;
    for (email, problem) in
        [("nonsense", Problem::EmailMalformed), (ADA, Problem::EmailSame), ("EVE@example.test", Problem::EmailTaken)]
    {
        assert_eq!(ada.post("/fn/email", &[("email", email)]).await.problem(), Some(problem), "{email}");
    }
    assert_eq!(ada.post("/fn/email", &[("email", NEW)]).await.location(), Some("/security"));
    let page = ada.get("/security").await.text;
    let asked = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM events WHERE kind = 'email_change_asked'");
    assert_eq!(asked.fetch_one(app.services.store.read()).await.unwrap(), 1, "the history tells it, and once");
    assert!(page.contains("on its way to the new address") && page.contains(NEW) && page.contains(ADA));
    let token = app.mailed_token("verify-email", &[]).await;
    assert_eq!(ada.post("/fn/email-cancel", &[]).await.location(), Some("/security"));
    assert!(!ada.get("/security").await.text.contains(NEW));
    let origin = crate::server::audit::Origin::of_the_server();
    let spent = crate::server::accounts::verify(&app.services, &origin, &token).await;
    assert!(spent.is_err(), "a link called off works no more");
}

#[tokio::test]
async fn what_was_typed_comes_back_with_a_refused_plain_form() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    ada.is_plain = true;
    assert_eq!(ada.post("/fn/email", &[("email", "non sense")]).await.location(), Some("/security/email"));
    assert!(ada.get("/security/email").await.text.contains("value=\"non sense\""));
}
