use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use axum_server::Handle;
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslMethod, SslVersion};
use openssl::x509::X509;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_openssl::SslStream;

use crate::config::Tls;
use crate::server::tls::Certificate;
use crate::server::trial::Authority;

use super::{Listener, Patience, listen};

/// A listener with one page that tells who asks, and one that answers when it is let.
struct Served {
    address: SocketAddr,
    asked: Arc<Notify>,
    let_go: Arc<Notify>,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn with(tls: &Tls, change: impl FnOnce(&mut Listener)) -> Self {
        let mut listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)), tls).await.unwrap();
        change(&mut listener);
        assert_eq!(listener.is_secure(), tls.files().is_some());
        let (address, handle) = (listener.address().unwrap(), Handle::new());
        let (asked, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let told = (Arc::clone(&asked), Arc::clone(&let_go));
        let held = async move || {
            told.0.notify_one();
            told.1.notified().await;
        };
        let page = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
        let router = Router::new().route("/", get(page)).route("/held", get(held));
        let serving = tokio::spawn(listener.serve(router, handle.clone()));
        Self { address, asked, let_go, handle, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A client that trusts the authority only.
    async fn shake_hands(
        &self,
        authority: &Authority,
        set: impl FnOnce(&mut SslConnectorBuilder),
    ) -> Result<SslStream<TcpStream>, String> {
        let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
        builder.cert_store_mut().add_cert(authority.certificate.clone()).unwrap();
        // Else this client itself would refuse what is old.
        builder.set_security_level(0);
        set(&mut builder);
        let ssl = builder.build().configure().unwrap().into_ssl("localhost").unwrap();
        let mut stream = SslStream::new(ssl, self.connect().await).unwrap();
        std::pin::Pin::new(&mut stream).connect().await.map_err(|error| error.to_string())?;
        Ok(stream)
    }

    async fn certificate(&self, authority: &Authority) -> X509 {
        self.shake_hands(authority, |_| {}).await.unwrap().ssl().peer_certificate().unwrap()
    }
}

/// The configuration of a certificate for localhost in that folder.
fn tls(authority: &Authority, folder: &Path) -> Tls {
    let (certificate, key) = authority.issue_into(folder, &["localhost"]);
    Tls { certificate: Some(certificate), key: Some(key) }
}

/// How long a loaded machine may take for what comes at once.
const GENEROUS: Duration = Duration::from_mins(1);

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn requests_come_in_by_tls_with_the_address_they_come_from() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let served = Served::with(&tls(&authority, folder.path()), |_| {}).await;
    let mut stream = served.shake_hands(&authority, |_| {}).await.unwrap();
    assert_eq!(stream.ssl().version_str(), "TLSv1.3");
    stream.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let own = stream.get_ref().local_addr().unwrap().to_string();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&own), "{answer}");
}

#[tokio::test]
async fn old_versions_and_ciphers_are_refused() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let served = Served::with(&tls(&authority, folder.path()), |_| {}).await;
    let most = |version| move |builder: &mut SslConnectorBuilder| builder.set_max_proto_version(Some(version)).unwrap();
    for old in [SslVersion::TLS1, SslVersion::TLS1_1] {
        let refused = served.shake_hands(&authority, most(old)).await.unwrap_err();
        assert!(refused.contains("protocol version"), "{refused}");
    }
    assert_eq!(served.shake_hands(&authority, most(SslVersion::TLS1_2)).await.unwrap().ssl().version_str(), "TLSv1.2");
    for weak in [
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA384",
        "AES128-GCM-SHA256",
        "DHE-RSA-AES128-GCM-SHA256",
        "NULL",
    ] {
        let with = |builder: &mut SslConnectorBuilder| {
            builder.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
            builder.set_cipher_list(weak).unwrap();
        };
        assert!(served.shake_hands(&authority, with).await.is_err(), "{weak}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_with_who_speaks_it() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let served = Served::with(&tls(&authority, folder.path()), |_| {}).await;
    let offering =
        |protocols: &'static [u8]| move |builder: &mut SslConnectorBuilder| builder.set_alpn_protos(protocols).unwrap();
    let mut stream = served.shake_hands(&authority, offering(b"\x08http/1.1\x02h2")).await.unwrap();
    assert_eq!(stream.ssl().selected_alpn_protocol(), Some(&b"h2"[..]));
    // The preface and an empty `SETTINGS` (RFC 9113 section 3.4); the server's own `SETTINGS` come first.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame");
    let stream = served.shake_hands(&authority, offering(b"\x08http/1.1")).await.unwrap();
    assert_eq!(stream.ssl().selected_alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let settings = tls(&authority, folder.path());
    let (certificate, key) = settings.files().unwrap();
    let mut by_hand = Certificate::open(certificate, key).await.unwrap();
    let served = Served::with(&settings, |listener| {
        let own = listener.tls.as_mut().unwrap();
        own.looked_at = Duration::from_hours(1);
        by_hand.served = own.served.clone();
    });
    let served = served.await;
    let first = served.certificate(&authority).await;
    let mut kept = served.shake_hands(&authority, |_| {}).await.unwrap();
    let file: PathBuf = settings.certificate.unwrap();
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nhalf of one").unwrap();
    by_hand.look().await;
    assert!(served.certificate(&authority).await == first, "the old one stays");
    authority.issue_into(folder.path(), &["localhost"]);
    by_hand.look().await;
    assert!(served.certificate(&authority).await != first, "the new one is there");
    kept.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    kept.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "connections go on: {answer}");
}

#[tokio::test]
async fn a_running_server_looks_at_its_certificate_by_itself() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let often = |listener: &mut Listener| listener.tls.as_mut().unwrap().looked_at = Duration::from_millis(5);
    let served = Served::with(&tls(&authority, folder.path()), often).await;
    let first = served.certificate(&authority).await;
    authority.issue_into(folder.path(), &["localhost"]);
    let renewed = async { while served.certificate(&authority).await == first {} };
    tokio::time::timeout(GENEROUS, renewed).await.unwrap();
}

#[tokio::test]
async fn slow_clients_are_sent_away() {
    let short = Patience { handshake: Duration::from_millis(200), head: Duration::from_millis(200) };
    let ended = async |mut stream: TcpStream, said: &[u8]| {
        stream.write_all(said).await.unwrap();
        let mut rest = Vec::new();
        // The server may reset instead of ending in order.
        let _ = tokio::time::timeout(GENEROUS, stream.read_to_end(&mut rest)).await.expect("it is sent away");
    };
    let plain = Served::with(&Tls::default(), |listener| listener.patience = short).await;
    for said in [&b""[..], b"P", b"GET / HTTP/1.1\r\nhost: loc"] {
        ended(plain.connect().await, said).await;
    }
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let secure = Served::with(&tls(&authority, folder.path()), |listener| listener.patience = short).await;
    ended(secure.connect().await, b"").await;
    for said in [&b""[..], b"PRI * HT", b"GET / HTTP/1.1\r\nhost: loc"] {
        let mut stream = secure.shake_hands(&authority, |_| {}).await.unwrap();
        stream.write_all(said).await.unwrap();
        let mut rest = Vec::new();
        let _ = tokio::time::timeout(GENEROUS, stream.read_to_end(&mut rest)).await.expect("it is sent away");
    }
}

#[tokio::test]
async fn running_requests_end_before_the_server_does() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let served = Served::with(&tls(&authority, folder.path()), |_| {}).await;
    let (mut asking, mut idle) =
        (served.shake_hands(&authority, |_| {}).await.unwrap(), served.shake_hands(&authority, |_| {}).await.unwrap());
    asking.write_all(b"GET /held HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    served.asked.notified().await;
    served.handle.graceful_shutdown(Some(2 * GENEROUS));
    served.let_go.notify_one();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    tokio::time::timeout(GENEROUS, served.serving).await.expect("idle connections don't keep it").unwrap().unwrap();
    assert!(matches!(idle.read(&mut [0; 1]).await, Ok(0) | Err(_)));
    assert!(TcpStream::connect(served.address).await.is_err(), "nobody listens");
}
