//! https without a proxy.

use super::TestApp;
use super::app::Folder;
use crate::server::config::{Networks, TlsFiles};
use crate::server::http::{self, Tls};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Makes a certificate for `localhost` and its key.
pub fn certificate(folder: &Folder, name: &str) -> TlsFiles {
    let (certificate, key) = (folder.0.join(format!("{name}.pem")), folder.0.join(format!("{name}.key")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    TlsFiles { certificate, key }
}

/// The status line that a client gets who trusts the certificate at `trusted` alone.
async fn ask(port: u16, trusted: &PathBuf) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn https_is_served_and_a_changed_certificate_taken_up() {
    let app = TestApp::with(&[("SEKISHO_PUBLIC_URL", "https://localhost")]).await;
    let (first, second) = (certificate(&app.folder, "first"), certificate(&app.folder, "second"));
    let used = TlsFiles { certificate: app.folder.0.join("used.pem"), key: app.folder.0.join("used.key") };
    let copy = |from: &TlsFiles| {
        std::fs::copy(&from.certificate, &used.certificate).unwrap();
        std::fs::copy(&from.key, &used.key).unwrap();
    };
    copy(&first);
    let tls = Arc::new(Tls::open(used.clone()).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = http::Behind::Web(app.web.clone());
    let door = http::Door { behind, tls: Some(Arc::clone(&tls)), proxies: Networks::default() };
    let server = tokio::spawn(http::serve(listener, door, std::future::pending()));

    let answer = ask(port, &first.certificate).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security: max-age=31536000"));
    assert!(ask(port, &second.certificate).await.is_err());

    std::fs::copy(&second.certificate, &used.certificate).unwrap();
    assert!(tls.refresh().unwrap_err().contains("cannot serve together"), "half of a change");
    assert!(ask(port, &first.certificate).await.is_ok(), "the old pair stays in use");
    copy(&second);
    tls.refresh().unwrap();
    assert!(ask(port, &second.certificate).await.is_ok());
    assert!(ask(port, &first.certificate).await.is_err());
    server.abort();
}

#[test]
fn files_that_hold_no_certificate_are_named() {
    let folder = Folder::new();
    let good = certificate(&folder, "good");
    let missing = TlsFiles { certificate: folder.0.join("missing.pem"), ..good.clone() };
    assert!(Tls::open(missing).err().unwrap().starts_with("SEKISHO_TLS_CERT_FILE"));
    let swapped = TlsFiles { certificate: good.key.clone(), key: good.certificate.clone() };
    assert!(Tls::open(swapped).err().unwrap().starts_with("SEKISHO_TLS_"));
    let other = certificate(&folder, "other");
    let unfit = TlsFiles { key: other.key, ..good };
    assert!(Tls::open(unfit).err().unwrap().contains("cannot serve together"));
}
