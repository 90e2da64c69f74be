//! A client of the API: keeps a token, sends it, reads JSON.

use super::super::TestApp;
use super::super::app::{Answer, PASSWORD, Phone};
use super::super::eml::Eml;
use crate::server::accounts::Registration;
use crate::server::admin::{self, Hand};
use crate::server::audit::Origin;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Value, json};
use std::time::Duration;

/// Somebody who speaks to the API.
#[derive(Clone)]
pub struct Client<'a> {
    pub app: &'a TestApp,
    pub token: Option<String>,
}

impl<'a> Client<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, token: None }
    }

    pub fn with(app: &'a TestApp, token: &str) -> Self {
        Self { app, token: Some(token.to_owned()) }
    }

    /// Registers and logs in; where a second factor is required, the login is pending.
    pub async fn registered(app: &'a TestApp, email: &str) -> Self {
        let mut client = Self::new(app);
        let answer = client.post("/auth/register", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(client.log_in(email).await.status, 200);
        client
    }

    /// Registers, logs in and sets up the second factor.
    pub async fn enrolled(app: &'a TestApp, email: &str) -> (Self, Phone) {
        let client = Self::registered(app, email).await;
        let phone = client.set_up().await;
        (client, phone)
    }

    /// A superuser made as the operator does, signed in with two factors.
    pub async fn superuser(app: &'a TestApp, email: &str) -> (Self, Phone) {
        let origin = Origin::by_name("command line");
        let form = Registration { email: email.into(), password: PASSWORD.into() };
        admin::create_superuser(&app.services, &Hand::Operator, &origin, form).await.unwrap();
        let mut client = Self::new(app);
        assert_eq!(client.log_in(email).await.status, 200);
        let phone = client.set_up().await;
        (client, phone)
    }

    /// Sets up an authenticator with the token at hand.
    pub async fn set_up(&self) -> Phone {
        let phone = self.secret().await;
        let answer = self.post("/auth/setup-totp", json!({ "otp": phone.code(self.app) })).await;
        assert_eq!(answer.json()["success"], true, "{}", answer.text);
        phone
    }

    /// The authenticator that would be set up.
    pub async fn secret(&self) -> Phone {
        let uri = self.get("/auth/totp-setup").await.json()["totp_uri"].as_str().unwrap().to_owned();
        Phone(uri.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned())
    }

    /// Logs in and keeps the token.
    pub async fn log_in(&mut self, email: &str) -> Answer {
        let answer = self.form("/auth/jwt/login", &[("username", email), ("password", PASSWORD)]).await;
        if answer.status == 200 {
            self.token = answer.json()["access_token"].as_str().map(str::to_owned);
        }
        answer
    }

    /// Logs in with a code and keeps the token.
    pub async fn log_in_with(&mut self, email: &str, otp: &str) -> Answer {
        let body = json!({ "username": email, "password": PASSWORD, "otp": otp });
        let answer = self.post("/auth/login-tfa", body).await;
        if answer.status == 200 {
            self.token = answer.json()["token"].as_str().map(str::to_owned);
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Request::delete(path), Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json("POST", path, &body.to_string()).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send_json("PATCH", path, &body.to_string()).await
    }

    pub async fn send_json(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, Body::from(body.to_owned())).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let response = self.app.web.answer(None, request.body(body).unwrap()).await;
        let (parts, body) = response.into_parts();
        assert!(!parts.headers.contains_key(header::SET_COOKIE), "the API sets no cookie");
        let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Status and `detail`.
    pub fn said(&self) -> (u16, Value) {
        (self.status.as_u16(), self.json()["detail"].clone())
    }

    /// The kinds and places of what was wrong.
    pub fn wrong(&self) -> Vec<(String, String)> {
        assert_eq!(self.status, 422, "{}", self.text);
        let json = self.json();
        let all = json["detail"].as_array().unwrap().iter();
        all.map(|one| {
            assert!(one.get("input").is_none() && one["msg"].is_string());
            let place = one["loc"].as_array().unwrap().last().unwrap().as_str().unwrap_or("#").to_owned();
            (one["type"].as_str().unwrap().to_owned(), place)
        })
        .collect()
    }
}

impl TestApp {
    /// Address, subject and text of the kept mails, once there are `count` of them, in no order.
    pub async fn mails(&self, count: usize) -> Vec<String> {
        self.raw_mails(count).await.iter().map(|raw| Eml::readable(raw)).collect()
    }

    /// The same as they are kept.
    pub async fn raw_mails(&self, count: usize) -> Vec<String> {
        let folder = self.folder.0.join("mail");
        for _ in 0..100 {
            while crate::server::jobs::post(&self.services).await.unwrap() > 0 {}
            let mails: Vec<String> = std::fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
                .filter_map(|path| std::fs::read_to_string(path).ok())
                .collect();
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{count} mails did not come");
    }

    /// The token in the newest link to `page`, once there is one that is not among `known`.
    pub async fn mailed_token(&self, page: &str, known: &[String]) -> String {
        for count in 1..200 {
            for mail in self.mails(count.min(1)).await {
                let token = mail.split(&format!("/{page}?token=")).nth(1).and_then(|rest| rest.get(..43));
                if let Some(token) = token.filter(|token| !known.iter().any(|known| known == token)) {
                    return token.to_owned();
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no link to {page} came");
    }
}
