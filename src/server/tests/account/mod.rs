//! Looking after one's account, as fetch and as plain form.

mod data;
mod email;
mod leave;
mod objection;
mod places;
mod proof;
mod protection;

use super::app::{Answer, PASSWORD, Phone};
use super::{TestApp, Visitor};

const ADA: &str = "ada@example.test";
const NEW: &str = "eight lanterns by the river";
const OPTIONAL: [(&str, &str); 1] = [("SEKISHO_SECOND_FACTOR", "optional")];

/// Somebody with two factors, and another browser of theirs.
async fn two_browsers(app: &TestApp) -> (Visitor<'_>, Visitor<'_>, Phone) {
    let (ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let mut other = Visitor::new(app);
    other.log_in(ADA).await;
    let answer = other.post("/fn/tfa", &[("code", &phone.code(app))]).await;
    assert_eq!(answer.location(), Some("/dashboard"), "{:?}", answer.problem());
    app.advance(60);
    (ada, other, phone)
}

/// Sends a form with the right password and the code of now.
async fn proved(visitor: &mut Visitor<'_>, phone: &Phone, path: &str, more: &[(&str, &str)]) -> Answer {
    let code = phone.code(visitor.app);
    let mut fields = vec![("current_password", PASSWORD), ("code", code.as_str())];
    fields.extend_from_slice(more);
    visitor.post(path, &fields).await
}

async fn is_signed_in(visitor: &mut Visitor<'_>) -> bool {
    visitor.get("/dashboard").await.status == 200
}
