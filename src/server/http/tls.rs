//! https without a proxy: certificate and key from two files, read again when they change.

use crate::server::config::TlsFiles;
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What new connections are served with.
pub struct Tls {
    files: TlsFiles,
    current: RwLock<Loaded>,
}

struct Loaded {
    pems: Pems,
    acceptor: TlsAcceptor,
}

#[derive(PartialEq, Eq)]
struct Pems {
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

impl Tls {
    /// Reads both files; fails with a sentence for the operator.
    pub fn open(files: TlsFiles) -> Result<Self, String> {
        let pems = read(&files)?;
        let acceptor = acceptor(&pems)?;
        Ok(Self { files, current: RwLock::new(Loaded { pems, acceptor }) })
    }

    /// For one new connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.current.read().unwrap_or_else(PoisonError::into_inner).acceptor.clone()
    }

    /// Reads the files again if they changed; a pair that does not fit leaves the old one in use.
    pub fn refresh(&self) -> Result<(), String> {
        let pems = read(&self.files)?;
        if self.current.read().unwrap_or_else(PoisonError::into_inner).pems == pems {
            return Ok(());
        }
        let acceptor = acceptor(&pems)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Loaded { pems, acceptor };
        tracing::info!("The changed certificate is in use.");
        Ok(())
    }

    /// Refreshes for ever; says once what is wrong with a change.
    pub async fn keep_fresh(self: Arc<Self>) {
        let mut told = None;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let problem = self.refresh().err();
            if problem != told
                && let Some(sentence) = &problem
            {
                tracing::error!("{sentence} The certificate read before stays in use.");
            }
            told = problem;
        }
    }
}

fn read(files: &TlsFiles) -> Result<Pems, String> {
    let file = |name: &str, path: &Path| {
        fs::read(path).map_err(|error| format!("{name}: {} cannot be read: {error}.", path.display()))
    };
    Ok(Pems {
        certificate: file("SEKISHO_TLS_CERT_FILE", &files.certificate)?,
        key: file("SEKISHO_TLS_KEY_FILE", &files.key)?.into(),
    })
}

fn acceptor(pems: &Pems) -> Result<TlsAcceptor, String> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pems.certificate)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("SEKISHO_TLS_CERT_FILE holds no PEM certificates: {error}."))?;
    let key = PrivateKeyDer::from_pem_slice(&pems.key)
        .map_err(|error| format!("SEKISHO_TLS_KEY_FILE holds no PEM private key: {error}."))?;
    let unfit = |error: rustls::Error| {
        format!("SEKISHO_TLS_CERT_FILE and SEKISHO_TLS_KEY_FILE cannot serve together: {error}.")
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
