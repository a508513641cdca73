//! This server's own certificate: read and checked, and read again when its files change, while connections go on.

use std::convert::Infallible;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_openssl::OpenSSLConfig;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{self, AlpnError, SslAcceptor, SslMethod, SslOptions, SslVersion};
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext, X509StoreContextRef};

use crate::base::Timestamp;

/// How often the files are looked at.
const LOOKED_AT: Duration = Duration::from_secs(2);

/// What of TLS 1.2 is offered: forward secrecy and authenticated encryption only (Mozilla's intermediate list without
/// finite-field DHE).
const CIPHERS_OF_TLS_1_2: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
                                  ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
                                  ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// HTTP/2 where the client speaks it, else HTTP/1.1 (RFC 7301).
const PROTOCOLS: &[u8] = b"\x02h2\x08http/1.1";

/// The certificate in use, and the files it comes from; clones are the same one.
#[derive(Clone)]
pub struct ServedCertificate {
    /// What connections are accepted with; it changes when the files do.
    pub(super) config: OpenSSLConfig,
    files: Files,
}

impl ServedCertificate {
    /// Reads the files; nothing changes yet.
    pub async fn read(&self) -> Result<SslAcceptor, Unusable> {
        self.files.acceptor().await
    }

    /// From now on connections are accepted with it.
    pub fn take_up(&self, acceptor: SslAcceptor) {
        self.config.reload_from_acceptor(Arc::new(acceptor));
    }
}

/// The certificate in use, and how its files looked when it was last read.
pub(super) struct Certificate {
    pub(super) served: ServedCertificate,
    /// How often the files are looked at.
    pub(super) looked_at: Duration,
    seen: Marks,
}

impl Certificate {
    pub(super) async fn open(certificate: &Path, key: &Path) -> Result<Self, Unusable> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let seen = files.marks().await;
        let config = OpenSSLConfig::from_acceptor(Arc::new(files.acceptor().await?));
        Ok(Self { served: ServedCertificate { config, files }, looked_at: LOOKED_AT, seen })
    }

    /// Takes up what changes in the files, for as long as it is asked to. What can't be used changes nothing.
    pub(super) async fn follow(mut self) -> Infallible {
        loop {
            tokio::time::sleep(self.looked_at).await;
            self.look().await;
        }
    }

    /// Looks at the files once.
    pub(super) async fn look(&mut self) {
        let marks = self.served.files.marks().await;
        if marks == self.seen {
            return;
        }
        match self.served.read().await {
            Ok(acceptor) => self.served.take_up(acceptor),
            Err(unusable) => {
                tracing::error!(%unusable, "the TLS certificate changed and can't be used: the old one stays");
            }
        }
        self.seen = marks;
    }
}

#[derive(Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What tells whether files were written or replaced: device, number, size, and both times to the nanosecond.
type Marks = [Option<(u64, u64, u64, [i64; 4])>; 2];

impl Files {
    async fn marks(&self) -> Marks {
        let mark = async |path: &Path| {
            let of = tokio::fs::metadata(path).await.ok()?;
            Some((of.dev(), of.ino(), of.size(), [of.mtime(), of.mtime_nsec(), of.ctime(), of.ctime_nsec()]))
        };
        [mark(&self.certificate).await, mark(&self.key).await]
    }

    async fn acceptor(&self) -> Result<SslAcceptor, Unusable> {
        let files = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let pair = Pair::read(&files.certificate, &files.key)?;
            let acceptor = pair.acceptor()?;
            let until = pair.valid_until()?;
            tracing::info!(certificate = %files.certificate.display(), %until, "TLS uses this certificate");
            Ok(acceptor)
        });
        reading.await.unwrap_or_else(|_| Err(Unusable::Refused("reading it panicked".to_owned())))
    }
}

/// Why a certificate can't be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// A file can't be read.
    #[error("{setting} `{path}` can't be read ({cause}): let this user read it, \
        or correct the configuration", path = path.display())]
    Unreadable {
        /// The setting that names it.
        setting: &'static str,
        path: PathBuf,
        cause: std::io::Error,
    },
    /// There is no certificate in the file.
    #[error("tls.certificate `{path}` holds no certificate in PEM: put it there, followed by those between it \
        and its root", path = .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the file.
    #[error("tls.key `{path}` holds no private key in PEM without a passphrase: put it there", path = .0.display())]
    NoKey(PathBuf),
    /// The key is another certificate's.
    #[error("tls.key `{key}` isn't the key of the certificate in `{certificate}`: put both there together",
        key = key.display(), certificate = certificate.display())]
    Strangers { certificate: PathBuf, key: PathBuf },
    /// OpenSSL doesn't take them.
    #[error("the TLS certificate isn't taken ({0}): have another one made")]
    Refused(String),
}

impl From<ErrorStack> for Unusable {
    fn from(errors: ErrorStack) -> Self {
        Self::Refused(errors.errors().iter().filter_map(openssl::error::Error::reason).collect::<Vec<_>>().join(", "))
    }
}

/// A certificate with what leads to its root, and its key.
pub struct Pair {
    certificate: X509,
    between: Vec<X509>,
    key: PKey<Private>,
}

impl Pair {
    /// Reads a certificate's file and its key's.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, Unusable> {
        let mut chain = X509::stack_from_pem(&read("tls.certificate", certificate)?).unwrap_or_default().into_iter();
        let leaf = chain.next().ok_or_else(|| Unusable::NoCertificate(certificate.to_owned()))?;
        // An empty passphrase, for OpenSSL would ask for one at the terminal.
        let private = PKey::private_key_from_pem_callback(&read("tls.key", key)?, |_| Ok(0));
        let private = private.map_err(|_| Unusable::NoKey(key.to_owned()))?;
        if !leaf.public_key()?.public_eq(&private) {
            return Err(Unusable::Strangers { certificate: certificate.to_owned(), key: key.to_owned() });
        }
        Ok(Self { certificate: leaf, between: chain.collect(), key: private })
    }

    /// TLS 1.3, and 1.2 with what is still good of it.
    fn acceptor(&self) -> Result<SslAcceptor, ErrorStack> {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        builder.set_cipher_list(CIPHERS_OF_TLS_1_2)?;
        builder.set_options(SslOptions::NO_RENEGOTIATION);
        builder.set_alpn_select_callback(|_, offered| {
            ssl::select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::ALERT_FATAL)
        });
        builder.set_certificate(&self.certificate)?;
        for certificate in &self.between {
            builder.add_extra_chain_cert(certificate.clone())?;
        }
        builder.set_private_key(&self.key)?;
        builder.check_private_key()?;
        Ok(builder.build())
    }

    /// When its time begins.
    pub fn valid_from(&self) -> Result<Timestamp, Unusable> {
        instant(self.certificate.not_before())
    }

    /// When its time is over.
    pub fn valid_until(&self) -> Result<Timestamp, Unusable> {
        instant(self.certificate.not_after())
    }

    /// Whether it was made for that host name or address, by the names clients look at (RFC 6125: never the subject's).
    pub fn is_for(&self, host: &str) -> Result<bool, Unusable> {
        if host.is_empty() {
            // OpenSSL would take no name for any name.
            return Ok(false);
        }
        let mut asked = X509VerifyParam::new()?;
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => asked.set_ip(address)?,
            Err(_) => asked.set_host(host)?,
        }
        asked.set_hostflags(X509CheckFlags::NEVER_CHECK_SUBJECT | X509CheckFlags::NO_PARTIAL_WILDCARDS);
        // Who vouches for it, and its dates, are other questions.
        asked.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME)?;
        let mut store = X509StoreBuilder::new()?;
        store.set_param(&asked)?;
        store.add_cert(self.certificate.clone())?;
        let store = store.build();
        let nothing_more = Stack::new()?;
        Ok(X509StoreContext::new()?.init(&store, &self.certificate, &nothing_more, X509StoreContextRef::verify_cert)?)
    }
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path).map_err(|cause| Unusable::Unreadable { setting, path: path.to_owned(), cause })
}

fn instant(time: &Asn1TimeRef) -> Result<Timestamp, Unusable> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(Timestamp::from_millis((i64::from(since.days) * 86_400 + i64::from(since.secs)) * 1000))
}
