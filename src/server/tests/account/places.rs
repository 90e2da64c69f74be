//! Where one is signed in, what happened, and getting strangers out.

use super::{ADA, TestApp, is_signed_in, two_browsers};
use crate::model::Problem;
use crate::server::tests::Visitor;

/// The names of the sessions that the page offers to end.
async fn names(visitor: &mut Visitor<'_>) -> Vec<String> {
    let page = visitor.get("/sessions").await.text;
    let fields = page.split("name=\"name\" value=\"").skip(1);
    fields.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_session_or_all_others_are_ended() {
    let app = TestApp::new().await;
    let (mut ada, mut other, phone) = two_browsers(&app).await;
    let found = names(&mut ada).await;
    assert_eq!(found.len(), 1, "this one is not offered");
    let eve = app.enrolled("eve@example.test").await.0;
    let foreign = eve.clone().post("/fn/session-end", &[("name", &found[0])]).await;
    assert_eq!(foreign.problem(), Some(Problem::NoSuchSession));
    assert!(is_signed_in(&mut other).await);
    let ended = ada.post("/fn/session-end", &[("name", &found[0])]).await;
    assert_eq!(ended.location(), Some("/sessions"), "{:?}", ended.problem());
    assert!(!is_signed_in(&mut other).await && is_signed_in(&mut ada).await);
    let again = ada.post("/fn/session-end", &[("name", &found[0])]).await;
    assert_eq!(again.problem(), Some(Problem::NoSuchSession));

    other.log_in(ADA).await;
    other.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert!(is_signed_in(&mut other).await);
    assert_eq!(ada.post("/fn/sessions-end", &[]).await.location(), Some("/sessions"));
    assert!(ada.get("/sessions").await.text.contains("Every other place is signed out."));
    assert!(!is_signed_in(&mut other).await && is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn the_page_shows_no_digest_of_a_session() {
    let app = TestApp::new().await;
    let (mut ada, _, _) = two_browsers(&app).await;
    let page = ada.get("/sessions").await.text;
    let digests: Vec<String> =
        sqlx::query_scalar("SELECT digest FROM sessions").fetch_all(app.services.store.read()).await.unwrap();
    assert!(digests.len() == 2 && digests.iter().all(|digest| !page.contains(digest.as_str())));
}

#[tokio::test]
async fn activity_is_told_newest_first_in_parts() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    for _ in 0..60 {
        ada.post("/fn/recovery-codes-new", &[]).await;
    }
    let page = ada.get("/activity").await.text;
    assert!(page.contains("Recovery codes made") && !page.contains("Account created"));
    let older = page.split("/activity?before=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let rest = ada.get(&format!("/activity?before={older}")).await.text;
    assert!(rest.contains("Account created") && !rest.contains("/activity?before="));
    for odd in ["x", "-1", "0", "99999999999999999999", "1%20OR%201=1"] {
        assert_eq!(ada.get(&format!("/activity?before={odd}")).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn this_was_not_me_signs_everybody_out_and_mails_the_way_back() {
    let app = TestApp::new().await;
    let (mut ada, mut other, _) = two_browsers(&app).await;
    let answer = ada.post("/fn/not-me", &[]).await;
    assert_eq!(answer.location(), Some("/login"));
    assert!(!answer.text.contains("token"));
    assert!(ada.get("/login").await.text.contains("Every place is signed out"));
    assert!(!is_signed_in(&mut ada).await && !is_signed_in(&mut other).await);
    app.mailed_token("reset-password", &[]).await;
}
