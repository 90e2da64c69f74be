//! Where the certificate and its key lie.

use super::reader::Reader;
use std::path::PathBuf;

/// Two PEM files: the chain, our own certificate first, and its private key.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl TlsFiles {
    /// Reads both settings; one without the other is a problem.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let certificate = reader.optional("SEKISHO_TLS_CERT_FILE");
        let key = reader.optional("SEKISHO_TLS_KEY_FILE");
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Self { certificate: certificate.into(), key: key.into() }),
            (None, None) => None,
            (Some(_), None) => {
                reader.complain("SEKISHO_TLS_KEY_FILE must name the private key of SEKISHO_TLS_CERT_FILE.");
                None
            }
            (None, Some(_)) => {
                reader.complain("SEKISHO_TLS_CERT_FILE must name the certificate of SEKISHO_TLS_KEY_FILE.");
                None
            }
        }
    }
}
