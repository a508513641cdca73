//! A relying party's endpoint for logout tokens, on a real port: it keeps what arrives and answers as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Form, Router};
use guichet::base::{Endpoint, Networks};
use guichet::config::Config;
use guichet::jobs;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

use super::{Server, World, claims_of};

/// The endpoint; clones are the same one.
#[derive(Clone, Default)]
pub struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<String>>>,
    replies: Arc<Mutex<Vec<Reply>>>,
    arrived: Arc<Notify>,
    released: Arc<Released>,
}

/// How many answers that are held may go.
struct Released(Semaphore);

impl Default for Released {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

/// What it answers, once; afterwards 200.
#[derive(Clone, Debug)]
pub enum Reply {
    /// That status.
    Status(u16),
    /// A redirect.
    Redirect(String),
    /// 200, once it is released.
    Held,
}

#[derive(Deserialize)]
struct Posted {
    logout_token: String,
}

impl Receiver {
    /// Listens.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let router = Router::new().route("/bye", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    /// Where.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/bye", self.port)
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.uri()).unwrap()
    }

    /// Listens for every relying party.
    pub(super) fn is_told_by(&self, config: &mut Config) {
        config.outbound.allow = Networks::parse("127.0.0.0/8").unwrap();
        for client in &mut config.clients {
            client.backchannel_logout_uri = Some(self.endpoint());
        }
    }

    /// The next answers.
    pub fn reply(&self, replies: &[Reply]) {
        let mut reversed = replies.to_vec();
        reversed.reverse();
        *self.replies.lock().unwrap() = reversed;
    }

    /// The tokens that came, in their order.
    pub fn tokens(&self) -> Vec<String> {
        self.got.lock().unwrap().clone()
    }

    /// The `sid` of each.
    pub fn sids(&self) -> Vec<Value> {
        self.tokens().iter().map(|token| claims_of(token)["sid"].clone()).collect()
    }

    /// Waits until a token comes.
    pub async fn arrival(&self) {
        tokio::time::timeout(Duration::from_mins(1), self.arrived.notified()).await.expect("no token came");
    }

    /// Lets so many answers go that are held, or will be.
    pub fn release(&self, answers: usize) {
        self.released.0.add_permits(answers);
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, Form(posted): Form<Posted>) -> Response {
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert!(headers.get("cookie").is_none() && headers.get("authorization").is_none());
    receiver.got.lock().unwrap().push(posted.logout_token);
    receiver.arrived.notify_one();
    let reply = receiver.replies.lock().unwrap().pop();
    match reply {
        None => StatusCode::OK.into_response(),
        Some(Reply::Status(status)) => (StatusCode::from_u16(status).unwrap(), "because\r\nof this").into_response(),
        Some(Reply::Redirect(to)) => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", HeaderValue::from_str(&to).unwrap())]).into_response()
        }
        Some(Reply::Held) => {
            receiver.released.0.acquire().await.unwrap().forget();
            StatusCode::OK.into_response()
        }
    }
}

impl World {
    /// A server whose relying parties listen there; loopback may be called.
    pub async fn telling(&self, listeners: &[(&str, &Receiver)]) -> Server {
        self.telling_where(listeners, "127.0.0.0/8").await
    }

    /// The same, where only those networks may be called.
    pub async fn telling_where(&self, listeners: &[(&str, &Receiver)], allowed: &str) -> Server {
        let change = |config: &mut Config| {
            config.outbound.allow = Networks::parse(allowed).unwrap();
            for client in &mut config.clients {
                let listener = listeners.iter().find(|(id, _)| *id == client.id);
                client.backchannel_logout_uri = listener.map(|(_, receiver)| receiver.endpoint());
                client.backchannel_logout_session_required = listener.is_some();
            }
        };
        self.server_with(change).await
    }
}

impl Server {
    /// What the timetable runs by now has run.
    pub async fn run_due(&self) {
        jobs::run_due(&self.app).await.unwrap();
    }
}
