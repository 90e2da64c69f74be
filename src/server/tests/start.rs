//! The start: keys, folders and databases that do not fit are refused with a sentence.

use super::app::Folder;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::services::Services;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

async fn open(folder: &Folder) -> Result<(), String> {
    let services = Services::open(Config::from_map(folder.settings(&[])).unwrap(), Clock::System).await?;
    services.store.close().await;
    Ok(())
}

#[tokio::test]
async fn a_key_is_made_once_and_a_lost_short_open_or_other_key_is_refused() {
    let folder = Folder::new();
    let key = folder.0.join("master.key");
    open(&folder).await.unwrap();
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&key).unwrap();
    open(&folder).await.unwrap();
    assert_eq!(fs::read(&key).unwrap(), bytes, "a second start makes no new key");

    fs::remove_file(&key).unwrap();
    assert!(open(&folder).await.unwrap_err().contains("missing"));
    assert!(!key.exists(), "a lost key is never made anew");
    fs::write(&key, [1; 32]).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    assert!(open(&folder).await.unwrap_err().contains("chmod 600"));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    assert!(open(&folder).await.unwrap_err().contains("not the key"));
    fs::write(&key, [1; 31]).unwrap();
    assert!(open(&folder).await.unwrap_err().contains("31 bytes"));
    fs::write(&key, bytes).unwrap();
    open(&folder).await.unwrap();
}

#[tokio::test]
async fn a_list_of_passwords_of_ones_own_is_refused_beside_the_bundled_one() {
    let folder = Folder::new();
    let path = folder.0.join("list.txt");
    fs::write(&path, "Corvus Corax 1831\n").unwrap();
    let list = [("SEKISHO_PASSWORD_LIST_FILE", path.to_str().unwrap())];
    let app = TestApp::with(&list).await;
    for refused in ["corvus corax 1831", "CORVUS CORAX 1831corvus corax 1831", "password1234"] {
        let form = [("email", "ada@example.test"), ("password", refused)];
        let answer = Visitor::new(&app).post("/fn/register", &form).await;
        assert_eq!(answer.problem(), Some(Problem::PasswordCommon), "{refused}");
    }
    app.registered("ada@example.test").await;

    fs::write(&path, b"caf\xe9\n").unwrap();
    let config = Config::from_map(folder.settings(&list)).unwrap();
    let said = Services::open(config, Clock::System).await.err().unwrap();
    assert!(said.starts_with("SEKISHO_PASSWORD_LIST_FILE: ") && said.contains("UTF-8"), "{said}");
    assert!(!folder.0.join("sekisho.db").exists(), "nothing was made");
}

#[tokio::test]
async fn a_database_from_the_future_is_refused() {
    let folder = Folder::new();
    let services = Services::open(Config::from_map(folder.settings(&[])).unwrap(), Clock::System).await.unwrap();
    let mut tx = services.store.begin().await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 2").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    services.store.close().await;
    let said = open(&folder).await.unwrap_err();
    assert!(said.starts_with("SEKISHO_DATABASE_URL") && said.contains("a newer Sekisho"), "{said}");
}
