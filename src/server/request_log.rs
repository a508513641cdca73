//! What the log tells of each request: its id, a span around all that it does, and a line of the access log.
//!
//! tower-http's layers don't fit: its request ids are believed whoever sends them, and its spans wrap every body.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::body::HttpBody as _;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::app::App;
use crate::base::Address;
use crate::http::address;
use crate::http::request::{self, RequestId, X_REQUEST_ID};

/// Gives a request its id, which its answer carries too, and follows it to the end.
pub(super) async fn follow(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let id = RequestId::of(peer, request.headers(), &app.config.http.trusted_proxies, app.clock.now());
    let span = tracing::debug_span!("request", %id, method = %request.method(), route = route(&request));
    let line = app.config.log.access.then(|| AccessLine::begin(&app, &request, peer));
    let answered = async {
        let response = next.run(request).instrument(span).await;
        if let Some(line) = line {
            line.write(&response);
        }
        response
    };
    let mut response = request::answering(id.clone(), answered).await;
    response.headers_mut().insert(X_REQUEST_ID, id.header());
    response
}

/// The pattern of the route: the path itself may hold a secret, as a mailed link does.
fn route(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

/// A line of the access log, until the request is answered.
struct AccessLine {
    began: Instant,
    method: Method,
    route: Option<MatchedPath>,
    address: Option<Address>,
}

impl AccessLine {
    fn begin(app: &App, request: &Request, peer: Option<IpAddr>) -> Self {
        let proxies = &app.config.http.trusted_proxies;
        Self {
            began: Instant::now(),
            method: request.method().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            address: peer.and_then(|peer| address::of_request(peer, request.headers(), proxies).ok()),
        }
    }

    fn write(self, response: &Response) {
        let (account, client) = request::asker();
        tracing::info!(
            target: "guichet::access",
            request_id = request::id().map(tracing::field::display),
            method = %self.method,
            route = self.route.as_ref().map(MatchedPath::as_str),
            status = response.status().as_u16(),
            duration_ms = milliseconds(self.began),
            bytes = response.size_hint().exact(),
            account = account.map(tracing::field::display),
            client,
            address = self.address.map(tracing::field::display),
        );
    }
}

/// To the microsecond.
fn milliseconds(since: Instant) -> f64 {
    let micros = u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX);
    f64::from(micros) / 1000.0
}
