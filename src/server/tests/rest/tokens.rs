//! Access tokens: what is in them, what is refused, and how keys rotate.

use super::super::TestApp;
use super::Client;
use crate::server::tokens;
use aws_lc_rs::signature::Ed25519KeyPair;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";

/// A signed-in client with an access token.
async fn signed_in(app: &TestApp) -> Client<'_> {
    let (_, phone) = Client::enrolled(app, ADA).await;
    app.advance(60);
    let mut ada = Client::new(app);
    assert_eq!(ada.log_in_with(ADA, &phone.code(app)).await.status, 200);
    ada
}

fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

fn encode(part: &Value) -> String {
    BASE64URL_NOPAD.encode(part.to_string().as_bytes())
}

/// Signs as we do, with our own key.
async fn forge(app: &TestApp, header: &Value, claims: &str) -> String {
    let stored: (String, String) =
        sqlx::query_as("SELECT kid, sealed_secret FROM signing_keys WHERE retired_at IS NULL")
            .fetch_one(app.services.store.read())
            .await
            .unwrap();
    let place = crate::server::keys::Place { table: "signing_keys", column: "sealed_secret", owner: &stored.0 };
    let pair = Ed25519KeyPair::from_pkcs8(&app.services.keys.open(place, &stored.1).unwrap()).unwrap();
    let signed = format!("{}.{}", encode(header), BASE64URL_NOPAD.encode(claims.as_bytes()));
    let signature = BASE64URL_NOPAD.encode(pair.sign(signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

#[tokio::test]
async fn a_token_says_who_for_whom_and_until_when() {
    let app = TestApp::with(&[("SEKISHO_ACCESS_TOKEN_MINUTES", "10")]).await;
    let ada = signed_in(&app).await;
    let (header, claims) = parts(ada.token.as_ref().unwrap());
    let keys = ada.get("/.well-known/jwks.json").await;
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    let key = keys.json()["keys"][0].clone();
    assert_eq!(header, json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": key["kid"] }));
    assert_eq!([&key["kty"], &key["crv"], &key["alg"], &key["use"]], ["OKP", "Ed25519", "EdDSA", "sig"]);
    assert!(key.get("d").is_none());
    let now = app.services.clock.now().seconds();
    let me = ada.get("/users/me").await.json();
    assert_eq!(
        (&claims["sub"], &claims["iss"], &claims["aud"]),
        (&me["id"], &json!("http://127.0.0.1:3000"), &json!("http://127.0.0.1:3000"))
    );
    assert_eq!((&claims["iat"], &claims["nbf"], &claims["exp"]), (&json!(now), &json!(now), &json!(now + 600)));
    assert!(claims["sid"].is_string() && claims["jti"].is_string());
    app.advance(600);
    assert_eq!(ada.get("/users/me").await.said(), (401, json!("Unauthorized")));
}

#[tokio::test]
async fn every_forged_token_is_401() {
    let app = TestApp::new().await;
    let ada = signed_in(&app).await;
    let token = ada.token.clone().unwrap();
    let (header, claims) = parts(&token);
    assert_eq!(Client::with(&app, &forge(&app, &header, &claims.to_string()).await).get("/users/me").await.status, 200);

    let mut forged = Vec::new();
    let changed = |value: &Value, name: &str, new: Value| {
        let mut value = value.clone();
        value[name] = new;
        value
    };
    let now = app.services.clock.now().seconds();
    for (name, new) in [
        ("exp", json!(now - 6)),
        ("exp", json!("9999999999")),
        ("exp", json!(9_999_999_999.5)),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("nbf", json!(now + 60)),
        ("nbf", json!("0")),
        ("iat", json!(now + 60)),
        ("iat", json!(true)),
        ("iss", json!("https://evil.test")),
        ("aud", json!("fastapi-users:auth")),
        ("aud", json!([])),
        ("sub", json!("6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77")),
        ("sub", json!(1)),
        ("sid", json!("x")),
        ("jti", json!(["x"])),
    ] {
        forged.push((format!("{name} {new}"), forge(&app, &header, &changed(&claims, name, new).to_string()).await));
    }
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
        let mut without = claims.clone();
        without.as_object_mut().unwrap().remove(name);
        forged.push((format!("without {name}"), forge(&app, &header, &without.to_string()).await));
    }
    let twice = claims.to_string().replacen('{', "{\"sub\":\"x\",", 1);
    forged.push(("sub twice".into(), forge(&app, &header, &twice).await));
    for (name, new) in [
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("RS256")),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("x".repeat(33))),
        ("kid", json!("unknown")),
        ("kid", json!("")),
        ("kid", json!(7)),
        ("jku", json!("https://evil.test/jwks.json")),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })),
        ("x5u", json!("https://evil.test/x.pem")),
        ("x5c", json!(["MII"])),
        ("crit", json!(["exp"])),
    ] {
        forged.push((format!("{name} {new}"), forge(&app, &changed(&header, name, new), &claims.to_string()).await));
    }
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let public = ada.get("/.well-known/jwks.json").await.json()["keys"][0]["x"].as_str().unwrap().to_owned();
    let hs256 = jsonwebtoken::encode(
        &jsonwebtoken::Header { kid: header["kid"].as_str().map(str::to_owned), ..Default::default() },
        &claims,
        &jsonwebtoken::EncodingKey::from_secret(&BASE64URL_NOPAD.decode(public.as_bytes()).unwrap()),
    );
    let stranger = Ed25519KeyPair::generate().unwrap();
    let other_key = BASE64URL_NOPAD.encode(stranger.sign(format!("{head}.{body}").as_bytes()).as_ref());
    for (name, token) in [
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{token}.x")),
        ("other key", format!("{head}.{body}.{other_key}")),
        ("cut", format!("{head}.{body}.{}", &signature[1..])),
        ("none", format!("{}.{body}.", encode(&json!({ "alg": "none", "typ": "at+jwt" })))),
        ("public key as secret", hs256.unwrap()),
        ("padded", format!("{token}=")),
        ("long", format!("{head}.{}.{signature}", "A".repeat(5000))),
        ("empty", String::new()),
        ("dots", "..".into()),
        ("garbage", "a.b.c".into()),
    ] {
        forged.push((name.into(), token));
    }
    for (name, token) in forged {
        for path in ["/users/me", "/auth/check-totp"] {
            assert_eq!(Client::with(&app, &token).get(path).await.said(), (401, json!("Unauthorized")), "{name}");
        }
    }
}

#[tokio::test]
async fn five_seconds_are_forgiven_and_the_session_decides() {
    let app = TestApp::new().await;
    let ada = signed_in(&app).await;
    let (header, claims) = parts(ada.token.as_ref().unwrap());
    let mut early = claims.clone();
    let soon = app.services.clock.now().seconds() + 5;
    early["nbf"] = json!(soon);
    early["iat"] = json!(soon);
    let token = forge(&app, &header, &early.to_string()).await;
    assert_eq!(Client::with(&app, &token).get("/users/me").await.status, 200);
    let mut long = claims;
    long["exp"] = json!(9_999_999_999_i64);
    let token = forge(&app, &header, &long.to_string()).await;
    app.advance(3600);
    assert_eq!(Client::with(&app, &token).get("/users/me").await.status, 401, "its session is over");
}

#[tokio::test]
async fn a_token_is_read_from_one_bearer_header_only() {
    let app = TestApp::new().await;
    let ada = signed_in(&app).await;
    let token = ada.token.clone().unwrap();
    let anonymous = Client::new(&app);
    let get = |name: &str, value: &str| axum::http::Request::get("/users/me").header(name, value);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let answer =
            anonymous.send(get("authorization", &format!("{scheme} {token}")), axum::body::Body::empty()).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
    for value in [
        "Bearer",
        "Bearer ",
        &format!("Basic {token}"),
        &format!("Bearer{token}"),
        &token,
        &format!("Bearer x {token}"),
    ] {
        let answer = anonymous.send(get("authorization", value), axum::body::Body::empty()).await;
        assert_eq!(answer.said(), (401, json!("Unauthorized")), "{value:.12}");
    }
    let raw = axum::http::HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap();
    let odd = axum::http::Request::get("/users/me").header("authorization", raw);
    assert_eq!(anonymous.send(odd, axum::body::Body::empty()).await.status, 401);
    let doubled = get("authorization", &format!("Bearer {token}")).header("authorization", "Bearer x");
    assert_eq!(anonymous.send(doubled, axum::body::Body::empty()).await.status, 401);
    for query in ["access_token", "token", "authorization"] {
        assert_eq!(anonymous.get(&format!("/users/me?{query}={token}")).await.status, 401);
    }
    let cookie = get("cookie", &format!("__Host-session={token}; fastapiusersauth={token}"));
    assert_eq!(anonymous.send(cookie, axum::body::Body::empty()).await.status, 401);
}

#[tokio::test]
async fn a_token_of_one_purpose_is_none_of_another() {
    let app = TestApp::new().await;
    let mut browser = super::super::Visitor::new(&app);
    let (mut signed_in_browser, _) = app.enrolled("bob@example.test").await;
    app.registered("eve@example.test").await;
    browser.log_in("eve@example.test").await;
    let cookies = [&signed_in_browser.cookies["__Host-session"], &browser.cookies["__Host-mfa"]];
    for cookie in cookies {
        assert_eq!(Client::with(&app, cookie).get("/auth/check-totp").await.status, 401, "a cookie is no bearer token");
    }
    let pending = Client::registered(&app, ADA).await;
    let raised = pending.clone();
    let ada = {
        raised.set_up().await;
        raised
    };
    let token = ada.token.clone().unwrap();
    for name in ["__Host-session", "__Host-mfa"] {
        signed_in_browser.cookies.clear();
        signed_in_browser.cookies.insert(name.into(), token.clone());
        let location = signed_in_browser.get("/dashboard").await.location().map(str::to_owned);
        assert_eq!(location.as_deref(), Some("/login"), "a bearer token is no cookie");
    }
}

#[tokio::test]
async fn keys_rotate_with_overlap_and_without_a_restart() {
    let app = TestApp::new().await;
    let ada = signed_in(&app).await;
    let (old, _) = parts(ada.token.as_ref().unwrap());
    let services = &app.services;
    // As another process would: this one is not told.
    let kid = tokens::rotate_keys(&services.store, &services.keys, services.clock.now()).await.unwrap();
    assert_ne!(old["kid"], kid);
    assert_eq!(ada.get("/users/me").await.status, 200, "tokens of the old key live on");
    app.advance(1);
    let kids = async || {
        let keys = ada.get("/.well-known/jwks.json").await.json();
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kids().await, [kid.clone(), old["kid"].as_str().unwrap().to_owned()]);
    let (bob, phone) = Client::enrolled(&app, "bob@example.test").await;
    app.advance(60);
    let mut bob = Client { token: None, ..bob };
    bob.log_in_with("bob@example.test", &phone.code(&app)).await;
    assert_eq!(parts(bob.token.as_ref().unwrap()).0["kid"], kid, "the newest signs");
    assert_eq!(bob.get("/users/me").await.status, 200);
    app.advance(3610);
    assert_eq!(kids().await, [kid], "the old one is gone with its tokens");
}

#[tokio::test]
async fn no_key_stands_in_the_database() {
    let app = TestApp::new().await;
    let ada = signed_in(&app).await;
    let (token, session) = (ada.token.clone().unwrap(), parts(ada.token.as_ref().unwrap()).1["jti"].clone());
    let stored: (String, String) = sqlx::query_as("SELECT kid, sealed_secret FROM signing_keys")
        .fetch_one(app.services.store.read())
        .await
        .unwrap();
    let place = crate::server::keys::Place { table: "signing_keys", column: "sealed_secret", owner: &stored.0 };
    let secret = app.services.keys.open(place, &stored.1).unwrap();
    let dump = app.dump().await;
    assert!(dump.contains(&stored.1) && !dump.contains(&BASE64URL_NOPAD.encode(&secret[..])));
    assert!(!dump.contains(&token) && !dump.contains(session.as_str().unwrap()));
}
