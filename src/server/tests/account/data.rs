//! Everything about somebody, for themselves.

use super::{ADA, TestApp};

#[tokio::test]
async fn everything_about_me_is_one_file_without_secrets_and_without_others() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    app.enrolled("eve@example.test").await;
    let codes = ada.read_codes().await;
    let answer = ada.get("/account/data.json").await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert!(answer.header("content-disposition").contains("sekisho-my-data.json"));
    let data: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((&data["account"]["email"], &data["account"]["language"]), (&ADA.into(), &"en".into()));
    assert_eq!(data["second_factor"], serde_json::json!({ "is_on": true, "recovery_codes_left": 10 }));
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    assert!(data["history"].as_array().unwrap().iter().any(|event| event["what"] == "registered"));
    assert_eq!(data["made_at"], "2027-01-15T08:00:00Z");
    for secret in ["eve@", "argon2", phone.0.as_str(), codes[0].as_str()] {
        assert!(!answer.text.contains(secret), "{secret}");
    }
    ada.cookies.clear();
    assert_eq!(ada.get("/account/data.json").await.location(), Some("/login?next=%2Faccount"));
}
