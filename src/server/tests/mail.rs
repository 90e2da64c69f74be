//! What is written to owners, and how it looks to mail programs.

use super::TestApp;
use super::eml::Eml;
use crate::model::{AccountId, Language};
use crate::server::audit::{Origin, Shown};
use crate::server::keys::Token;
use crate::server::mail::{self, Message, Recipient, SecurityNotice};
use crate::server::store::{accounts, outbox};
use crate::server::tokens::one_time::{self, Purpose};
use std::collections::HashSet;

const ADA: &str = "ada@example.test";
const NOTICES: [SecurityNotice; 17] = [
    SecurityNotice::PasswordChanged,
    SecurityNotice::EmailChanged,
    SecurityNotice::NewDevice,
    SecurityNotice::SecondFactorOn,
    SecurityNotice::SecondFactorReplaced,
    SecurityNotice::SecondFactorRemoved,
    SecurityNotice::RecoveryCodesMade,
    SecurityNotice::RecoveryCodeUsed,
    SecurityNotice::CodeUsedTwice,
    SecurityNotice::SuccessAfterFailures,
    SecurityNotice::SecondFactorGuessed,
    SecurityNotice::DeletionScheduled,
    SecurityNotice::SecondFactorReset,
    SecurityNotice::AccountDisabled,
    SecurityNotice::AccountEnabled,
    SecurityNotice::RightsGiven,
    SecurityNotice::RightsTaken,
];

fn origin() -> Origin {
    Origin {
        device: None,
        shown: Shown::default(),
        address: "203.0.113.9".into(),
        agent: "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0".into(),
        language: Language::En,
    }
}

/// The account of `email`, which reads `language`.
pub async fn account(app: &TestApp, email: &str, language: Language) -> AccountId {
    app.registered(email).await;
    let id = accounts::find_by_email(app.services.store.read(), email).await.unwrap().unwrap().id;
    let mut tx = app.services.store.begin().await.unwrap();
    accounts::set_language(&mut *tx, &id, language).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Sends one of each kind.
async fn send_all(app: &TestApp, account: &AccountId) -> usize {
    let to = Recipient { account, email: ADA };
    let mut tx = app.services.store.begin().await.unwrap();
    let token = || Token::new().unwrap();
    let plain = [
        Message::VerifyEmail(token()),
        Message::ConfirmNewEmail(token()),
        Message::ResetPassword(token()),
        Message::AlreadyRegistered,
        Message::AccountDeleted,
    ];
    for message in &plain {
        mail::send(&app.services, &mut tx, to, message).await.unwrap();
    }
    for notice in NOTICES {
        mail::notify(&app.services, &mut tx, to, notice, &origin()).await.unwrap();
    }
    tx.commit().await.unwrap();
    plain.len() + NOTICES.len()
}

#[tokio::test]
async fn every_mail_is_whole_in_both_languages_and_fetches_nothing() {
    let mut subjects = HashSet::new();
    for language in [Language::En, Language::Ja] {
        let app = TestApp::new().await;
        let ada = account(&app, ADA, language).await;
        let count = send_all(&app, &ada).await;
        for raw in app.raw_mails(count).await {
            let mail = Eml::read(&raw);
            assert_eq!((mail.header("to"), mail.header("auto-submitted")), (ADA, "auto-generated"));
            assert_eq!(mail.header("from"), "Sekisho <sekisho@127.0.0.1>");
            assert_eq!(mail.header("date"), "Fri, 15 Jan 2027 08:00:00 +0000");
            assert!(mail.header("message-id").starts_with('<') && mail.header("message-id").ends_with("@127.0.0.1>"));
            assert!(subjects.insert(mail.header("subject").to_owned()), "{}", mail.header("subject"));
            assert!(mail.html.contains(&format!("<html lang=\"{}\">", language.tag())), "{}", mail.html);
            for part in [&mail.text, &mail.html] {
                assert!(!part.contains(['{', '}']) || part.contains("@media"), "a place was left empty: {part}");
                assert_eq!(part.contains("アカウント"), language == Language::Ja, "{part}");
            }
            for remote in ["<img", "<link", "<script", "url(", "src=", "@import"] {
                assert!(!mail.html.contains(remote), "{remote} in {}", mail.html);
            }
            let links = mail.text.split("http://").skip(1).map(|rest| rest.split_whitespace().next().unwrap());
            assert!(links.clone().all(|link| link.starts_with("127.0.0.1:3000")), "{}", mail.text);
            for link in links.filter(|link| link.contains('/')) {
                assert!(mail.html.contains(&format!("href=\"http://{link}\"")), "{link} in {}", mail.html);
            }
        }
    }
}

#[tokio::test]
async fn a_notice_says_when_where_and_how_to_object_for_seven_days() {
    let app = TestApp::new().await;
    let ada = account(&app, ADA, Language::En).await;
    let mut tx = app.services.store.begin().await.unwrap();
    let to = Recipient { account: &ada, email: ADA };
    for notice in [SecurityNotice::NewDevice, SecurityNotice::NewDevice, SecurityNotice::EmailChanged] {
        mail::notify(&app.services, &mut tx, to, notice, &origin()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mails = app.mails(3).await;
    for mail in &mails {
        assert!(mail.contains("When: 15 January 2027, 08:00 UTC\nDevice: Firefox on Android\nAddress: 203.0.113.9"));
    }
    let token_of = |page: &str| {
        let ways = mails.iter().filter_map(move |mail| mail.split(&format!("/{page}?token=")).nth(1));
        ways.map(|rest| rest[..43].to_owned()).collect::<Vec<_>>()
    };
    let (not_me, undo) = (token_of("not-me"), token_of("undo-email"));
    assert_eq!((not_me.len(), undo.len()), (2, 1));
    app.advance(7 * 24 * 3600 - 1);
    for token in &not_me {
        one_time::look(&app.services, token, Purpose::NotMe).await.unwrap();
        assert!(one_time::look(&app.services, token, Purpose::UndoEmail).await.is_err(), "one purpose");
    }
    assert_eq!(one_time::look(&app.services, &undo[0], Purpose::UndoEmail).await.unwrap().email, ADA);
    app.advance(1);
    assert!(one_time::look(&app.services, &not_me[0], Purpose::NotMe).await.is_err());
}

#[tokio::test]
async fn a_thief_who_changes_the_password_cannot_keep_the_owner_from_objecting() {
    let app = TestApp::new().await;
    let ada = account(&app, ADA, Language::En).await;
    let mut tx = app.services.store.begin().await.unwrap();
    let mut make = async |email: &str, purpose| {
        one_time::make(&app.services, &mut tx, &ada, email, purpose).await.unwrap().unwrap()
    };
    let reset = make(ADA, Purpose::ResetPassword).await;
    let (not_me, undo) = (make(ADA, Purpose::NotMe).await, make(ADA, Purpose::UndoEmail).await);
    tx.commit().await.unwrap();
    app.advance(60);
    let mut tx = app.services.store.begin().await.unwrap();
    let thief = one_time::make(&app.services, &mut tx, &ada, "thief@example.test", Purpose::UndoEmail).await;
    let thief = thief.unwrap().unwrap();
    tx.commit().await.unwrap();
    crate::server::passwords::reset::reset(&app.services, &origin(), reset.expose(), "nine boats on the lake".into())
        .await
        .unwrap();
    one_time::look(&app.services, not_me.expose(), Purpose::NotMe).await.unwrap();
    let proof = one_time::look(&app.services, undo.expose(), Purpose::UndoEmail).await.unwrap();
    let mut tx = app.services.store.begin().await.unwrap();
    one_time::end_younger(&mut tx, &proof).await.unwrap();
    tx.commit().await.unwrap();
    assert!(one_time::look(&app.services, thief.expose(), Purpose::UndoEmail).await.is_err());
}

#[tokio::test]
async fn the_operator_reads_what_waits_and_what_was_kept_in_words() {
    for (language, subject, word) in
        [(Language::En, "Choose a new password", "Somebody"), (Language::Ja, "パスワードの再設定", "ご本人")]
    {
        let app = TestApp::new().await;
        let ada = account(&app, ADA, language).await;
        let mut tx = app.services.store.begin().await.unwrap();
        let token = Token::new().unwrap();
        let link = format!("http://127.0.0.1:3000/reset-password?token={}\n", token.expose());
        let to = Recipient { account: &ada, email: ADA };
        mail::send(&app.services, &mut tx, to, &Message::ResetPassword(token)).await.unwrap();
        tx.commit().await.unwrap();
        let id = outbox::list(app.services.store.read(), 1).await.unwrap().remove(0).id;
        for _ in ["it waits", "it was kept"] {
            let shown = mail::shown(&app.services, &id).await.unwrap().unwrap();
            for wanted in [ADA, subject, word, &link] {
                assert!(shown.contains(wanted), "{wanted} in {shown}");
            }
            mail::deliver(&app.services).await.unwrap();
        }
        for nothing in ["", "../master.key", "0", "%"] {
            assert!(mail::shown(&app.services, nothing).await.unwrap().is_none(), "{nothing}");
        }
    }
}
