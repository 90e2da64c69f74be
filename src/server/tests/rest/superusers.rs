//! GET, PATCH and DELETE /users/{id}, GET /users: who may, and what it does.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::{Client, PROFILES, app};
use crate::model::AccountId;
use crate::server::admin::{self, Hand};
use crate::server::audit::Origin;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const ROOT: &str = "root@example.test";
const NOBODY: &str = "/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77";

async fn id_of(root: &Client<'_>, email: &str) -> String {
    root.get(&format!("/users?email={email}")).await.json()["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_superusers_pass_and_ids_are_told_to_nobody_else() {
    for profile in PROFILES {
        let app = app(profile).await;
        let (root, _) = Client::superuser(&app, ROOT).await;
        let (ada, _) = Client::enrolled(&app, ADA).await;
        let pending = Client::registered(&app, "bob@example.test").await;
        let roots = format!("/users/{}", id_of(&root, ROOT).await);
        for path in [roots.as_str(), NOBODY, "/users/nonsense"] {
            for method in ["GET", "PATCH", "DELETE"] {
                let said = async |client: &Client<'_>| client.send_json(method, path, "{}").await.said();
                assert_eq!(said(&Client::new(&app)).await, (401, json!("Unauthorized")), "{method} {path}");
                assert_eq!(said(&pending).await, (403, json!("SECOND_FACTOR_REQUIRED")), "{method} {path}");
                assert_eq!(said(&ada).await, (403, json!("Forbidden")), "{method} {path}");
            }
        }
        assert_eq!(ada.get("/users").await.said(), (403, json!("Forbidden")));
        assert_eq!(ada.delete("/users/me").await.said(), (403, json!("Forbidden")));
        assert_eq!(root.delete("/users/me").await.said(), (404, json!("Not Found")));
        assert_eq!(root.get(&roots).await.json()["is_superuser"], true);
    }
}

#[tokio::test]
async fn an_id_is_read_in_every_spelling_and_a_malformed_one_is_404() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    let id = id_of(&root, ROOT).await;
    let bare = id.replace('-', "");
    for spelling in [&id, &id.to_uppercase(), &bare, &format!("%7B{id}%7D"), &format!("urn:uuid:{id}")] {
        let answer = root.get(&format!("/users/{spelling}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["id"]), (200, &json!(id)), "{spelling}");
    }
    for malformed in ["x", "1", "%00", "%ff", "..%2fme", &bare[..31], &format!("{id}0")] {
        for method in ["GET", "PATCH", "DELETE"] {
            let answer = root.send_json(method, &format!("/users/{malformed}"), "{\"is_active\": 5}").await;
            assert_eq!(answer.said(), (404, json!("Not Found")), "{method} {malformed}");
        }
    }
    assert_eq!(root.patch(NOBODY, json!({ "is_active": "no flag" })).await.status, 404, "404 before 422");
}

#[tokio::test]
async fn flags_apply_and_end_the_sessions_they_concern() {
    for profile in PROFILES {
        let app = app(profile).await;
        let (root, _) = Client::superuser(&app, ROOT).await;
        let (ada, _) = Client::enrolled(&app, ADA).await;
        let path = format!("/users/{}", id_of(&root, ADA).await);
        assert_eq!(root.patch(&path, json!({})).await.json()["email"], ADA);
        assert_eq!(root.patch(&path, json!({ "is_verified": true })).await.json()["is_verified"], true);
        assert_eq!(ada.get("/users/me").await.json()["is_verified"], true);
        let raised = root.patch(&path, json!({ "is_superuser": true })).await;
        assert_eq!(raised.json()["is_superuser"], true);
        assert_eq!(ada.get("/users/me").await.status, 401, "new rights ask for a new login");
        let disabled = root.patch(&path, json!({ "is_active": false, "is_superuser": false })).await.json();
        assert_eq!((&disabled["is_active"], &disabled["is_superuser"]), (&json!(false), &json!(false)));
        for field in ["is_active", "is_superuser", "is_verified", "email"] {
            let answer = root.patch(&path, json!({ field: null })).await;
            assert_eq!(answer.wrong()[0].1, field);
        }
        let taken = root.patch(&path, json!({ "email": ROOT })).await;
        assert_eq!(taken.said(), (400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")));
    }
}

#[tokio::test]
async fn owners_are_told_by_mail_when_somebody_else_changes_their_access() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    let (ada, _) = Client::enrolled(&app, ADA).await;
    let path = format!("/users/{}", id_of(&root, ADA).await);
    let mut before = app.mails(2).await.len();
    let mut told = async |sentence: &str| {
        let mails = app.mails(before + usize::from(!sentence.is_empty())).await;
        let to_ada = mails.iter().filter(|mail| mail.contains(ADA) && mail.contains(sentence)).count();
        assert!(mails.len() == before + usize::from(!sentence.is_empty()), "{sentence}");
        assert!(sentence.is_empty() || to_ada == 1, "{sentence}: {mails:?}");
        before = mails.len();
    };
    for (change, sentence) in [
        (json!({ "is_superuser": true }), "made your account a superuser"),
        (json!({ "is_superuser": true, "is_verified": true }), ""),
        (json!({ "is_superuser": false }), "took the rights of a superuser"),
        (json!({ "is_active": false }), "disabled your account"),
        (json!({ "is_active": false }), ""),
        (json!({ "is_active": true }), "enabled your account again"),
    ] {
        assert_eq!(root.patch(&path, change).await.status, 200);
        told(sentence).await;
    }
    let (account, operator) = (AccountId::from(path["/users/".len()..].to_owned()), Origin::by_name("command line"));
    for (had_one, sentence) in [(true, "removed the authenticator app"), (false, "")] {
        let reset = admin::reset_second_factor(&app.services, &Hand::Operator, &operator, &account).await;
        assert_eq!(reset.unwrap(), had_one);
        told(sentence).await;
    }
    drop(ada);
    let mails = app.mails(before).await;
    let last = mails.iter().find(|mail| mail.contains("removed the authenticator app")).unwrap();
    assert!(last.contains("Ask whoever runs this site") && last.contains("/not-me?token="), "{last}");
}

#[tokio::test]
async fn a_superuser_sets_a_password_only_for_clients_of_fastapi_users() {
    for profile in PROFILES {
        let app = app(profile).await;
        let (root, _) = Client::superuser(&app, ROOT).await;
        let (ada, _) = Client::enrolled(&app, ADA).await;
        let path = format!("/users/{}", id_of(&root, ADA).await);
        let short = root.patch(&path, json!({ "password": "short" })).await;
        assert_eq!(
            (short.status.as_u16(), &short.json()["detail"]["code"]),
            (400, &json!("UPDATE_USER_INVALID_PASSWORD"))
        );
        let answer = root.patch(&path, json!({ "password": "eight lanterns by the river" })).await;
        assert_eq!(root.patch(&path, json!({ "password": null })).await.status, 200);
        if profile == "strict" {
            assert_eq!(answer.json()["detail"]["code"], "UPDATE_USER_INVALID_PASSWORD");
            assert_eq!(ada.get("/users/me").await.status, 200);
        } else {
            assert_eq!(answer.status, 200);
            assert_eq!(ada.get("/users/me").await.status, 401, "all sessions end");
            let told = |mail: &String| mail.contains(ADA) && mail.contains("password was changed");
            assert!(app.mails(1).await.iter().any(told), "the owner is told");
        }
    }
}

#[tokio::test]
async fn a_new_address_set_by_a_superuser_follows_the_profile() {
    for (profile, shown) in [("strict", ADA), ("fastapi_users", "new@example.test")] {
        let app = app(profile).await;
        let (root, _) = Client::superuser(&app, ROOT).await;
        Client::registered(&app, ADA).await;
        let path = format!("/users/{}", id_of(&root, ADA).await);
        assert_eq!(root.patch(&path, json!({ "email": "new@example.test" })).await.json()["email"], shown);
    }
}

#[tokio::test]
async fn changes_ask_for_a_fresh_login_and_reading_does_not() {
    let app = TestApp::new().await;
    let (mut root, phone) = Client::superuser(&app, ROOT).await;
    Client::registered(&app, ADA).await;
    let path = format!("/users/{}", id_of(&root, ADA).await);
    app.advance(301);
    let reauth = (403, json!("REAUTH_REQUIRED"));
    assert_eq!(root.patch(&path, json!({})).await.said(), reauth);
    assert_eq!(root.delete(&path).await.said(), reauth);
    assert_eq!(root.get(&path).await.status, 200);
    root.log_in_with(ROOT, &phone.code(&app)).await;
    let gone = root.delete(&path).await;
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    assert_eq!(root.get(&path).await.said(), (404, json!("Not Found")));
    assert_eq!(root.delete(&path).await.said(), (404, json!("Not Found")));
    assert_eq!(Client::new(&app).log_in(ADA).await.status, 400);
}

#[tokio::test]
async fn a_superuser_without_a_second_factor_passes_only_where_none_is_required() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let root = {
        let (root, _) = Client::superuser(&app, ROOT).await;
        root
    };
    assert_eq!(root.get("/users").await.status, 200);
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("DELETE FROM authenticators").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(root.get("/users").await.status, 200, "optional and not enrolled");

    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("DELETE FROM authenticators").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(root.get("/users").await.said(), (403, json!("SECOND_FACTOR_REQUIRED")));
}

#[tokio::test]
async fn the_last_active_superuser_cannot_be_lost() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    let path = format!("/users/{}", id_of(&root, ROOT).await);
    let last = (400, json!("LAST_SUPERUSER"));
    assert_eq!(root.patch(&path, json!({ "is_superuser": false })).await.said(), last);
    assert_eq!(root.patch(&path, json!({ "is_active": false })).await.said(), last);
    assert_eq!(root.delete(&path).await.said(), last);
    assert_eq!(root.get("/users/me").await.json()["is_superuser"], true, "nothing changed");
    Client::superuser(&app, "second@example.test").await;
    assert_eq!(root.delete(&path).await.status, 204, "self-delete is allowed then");
    assert_eq!(root.get("/users/me").await.status, 401);
}

#[tokio::test]
async fn of_two_parallel_demotions_one_survives() {
    for _ in 0..5 {
        let app = TestApp::new().await;
        let (first, _) = Client::superuser(&app, ROOT).await;
        let (second, _) = Client::superuser(&app, "second@example.test").await;
        let (one, other) = (id_of(&first, ROOT).await, id_of(&first, "second").await);
        let (one, other) = (format!("/users/{one}"), format!("/users/{other}"));
        let (a, b) = tokio::join!(first.delete(&other), second.patch(&one, json!({ "is_superuser": false })));
        let done = [a.status.is_success(), b.status.is_success()];
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{} {}", a.text, b.text);
        let left = crate::server::store::people::count_active_superusers(app.services.store.read()).await.unwrap();
        assert_eq!(left, 1);
    }
}

#[tokio::test]
async fn the_list_is_bounded_and_searched() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    for name in ["ada", "a_b", "axb"] {
        let body = json!({ "email": format!("{name}@example.test"), "password": PASSWORD });
        assert_eq!(root.post("/auth/register", body).await.status, 201);
    }
    let emails = async |query: &str| {
        let answer = root.get(&format!("/users{query}")).await.json();
        let items = answer["items"].as_array().unwrap().iter();
        (items.map(|item| item["email"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), answer["total"].clone())
    };
    let all = ["a_b@example.test", "ada@example.test", "axb@example.test", ROOT];
    assert_eq!(emails("").await, (all.map(str::to_owned).to_vec(), json!(4)));
    assert_eq!(emails("?limit=2&offset=1").await, (vec![all[1].into(), all[2].into()], json!(4)));
    assert_eq!(emails("?email=A_B").await, (vec![all[0].into()], json!(1)), "no letter of a search is a joker");
    assert_eq!(emails("?email=%25%00\\").await, (vec![], json!(0)));
    assert_eq!(emails("?offset=1000000000").await.0, Vec::<String>::new());
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "offset=-1",
        "offset=9223372036854775808",
        "limit=1e3",
    ] {
        let answer = root.get(&format!("/users?{query}")).await;
        let parameter = query.split('=').next().unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"][0]["loc"]), (422, &json!(["query", parameter])));
    }
    assert_eq!(root.post("/users", Value::Null).await.status, 405);
}
