//! Where connections come in: plain HTTP for a proxy in front or loopback, or TLS of this server's own. Slow clients
//! are sent away.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_openssl::OpenSSLAcceptor;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;

use crate::app::CannotStart;
use crate::config::Tls;

use super::first_byte::Hurrying;
use super::tls::{Certificate, ServedCertificate};

/// How long a client may take to say what it wants. A connection that waits for its next request counts as one that
/// says it slowly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a handshake.
    pub(super) handshake: Duration,
    /// For the head of a request.
    pub(super) head: Duration,
}

impl Patience {
    /// Proxies keep idle connections for a minute by default: were they closed first, the next request on one would be
    /// lost.
    const WITH_PROXIES: Self = Self { handshake: Duration::ZERO, head: Duration::from_secs(75) };
    const WITH_ANYBODY: Self = Self { handshake: Duration::from_secs(10), head: Duration::from_secs(20) };
}

/// The most requests at once on one connection of HTTP/2.
const MOST_STREAMS: u32 = 100;

/// A socket that listens.
pub struct Listener {
    socket: TcpListener,
    pub(super) tls: Option<Certificate>,
    pub(super) patience: Patience,
}

/// Listens, or says in one line why it can't.
pub async fn listen(address: SocketAddr, tls: &Tls) -> Result<Listener, CannotStart> {
    let (tls, patience) = match tls.files() {
        None => (None, Patience::WITH_PROXIES),
        Some((certificate, key)) => {
            let certificate = Certificate::open(certificate, key)
                .await
                .map_err(|unusable| CannotStart::Settings(unusable.to_string()))?;
            (Some(certificate), Patience::WITH_ANYBODY)
        }
    };
    let socket = TcpListener::bind(address).await.map_err(|error| {
        CannotStart::Settings(format!(
            "can't listen on {address} ({error}): stop what uses that port, or set `listen` to another one"
        ))
    })?;
    Ok(Listener { socket, tls, patience })
}

impl Listener {
    /// Where it listens: the port may have been the system's choice.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Whether connections come in by TLS.
    pub fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// The certificate of its own, where connections come in by TLS.
    pub fn certificate(&self) -> Option<ServedCertificate> {
        self.tls.as_ref().map(|certificate| certificate.served.clone())
    }

    /// Serves until the handle is told to stop, and running requests have ended.
    pub(super) async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> io::Result<()> {
        let Self { socket, tls, patience } = self;
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = Server::from_listener(socket).handle(handle);
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(patience.head);
        let Some(certificate) = tls else {
            return server.acceptor(NoDelayAcceptor::new()).http1_only().serve(service).await;
        };
        let mut http2 = server.http_builder().http2();
        http2.timer(TokioTimer::new()).keep_alive_interval(patience.head).keep_alive_timeout(patience.head);
        http2.max_concurrent_streams(MOST_STREAMS);
        let acceptor = OpenSSLAcceptor::new(certificate.served.config.clone())
            .handshake_timeout(patience.handshake)
            .acceptor(NoDelayAcceptor::new());
        tokio::select! {
            ended = server.acceptor(Hurrying::new(acceptor, patience.head)).serve(service) => ended,
            never = certificate.follow() => match never {},
        }
    }
}

#[cfg(test)]
mod tests;
