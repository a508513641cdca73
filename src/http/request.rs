//! What is known of the request that a task answers: its id, and whoever turns out to ask. The log tells both, and
//! nothing else looks here.
//!
//! Both belong to the task, not to the request's extensions: what breaks far from the handler names its request too,
//! and guards that hold no request any more can still say whom they found.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::base::ids::AccountId;
use crate::base::{Address, Dice, Networks, Timestamp};

/// The header that brings an id, and takes it back.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a proxy.
const LONGEST: usize = 64;

/// A request's id, the same in every line of the log about it.
#[derive(Clone, Debug, PartialEq, Eq, derive_more::Display)]
#[display("{}", _0.to_str().unwrap_or_default())]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id that a trusted proxy gave the request, if it is short and printable; anybody else's word would let them
    /// choose what our log says. Otherwise a new one.
    pub fn of(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &Networks, now: Timestamp) -> Self {
        let is_trusted = peer.is_some_and(|peer| proxies.contain(Address::from(peer)));
        let mut lines = headers.get_all(X_REQUEST_ID).iter();
        match (lines.next(), lines.next()) {
            (Some(id), None) if is_trusted && is_well_formed(id) => Self(id.clone()),
            _ => Self::new(now),
        }
    }

    fn new(now: Timestamp) -> Self {
        // Without randomness nothing else works either, and the answer says so: that it has no id is no matter.
        let id = Dice.id(now).unwrap_or_default();
        Self(HeaderValue::try_from(id.to_string()).unwrap_or(HeaderValue::from_static("none")))
    }

    /// As a header's value.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_well_formed(id: &HeaderValue) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

struct Current {
    id: RequestId,
    account: Cell<Option<AccountId>>,
    client: RefCell<Option<String>>,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// Works on the request of that id.
pub async fn answering<T>(id: RequestId, work: impl Future<Output = T>) -> T {
    CURRENT.scope(Current { id, account: Cell::new(None), client: RefCell::new(None) }, work).await
}

/// The id of the request that is answered here; none in a job or a command.
pub fn id() -> Option<RequestId> {
    CURRENT.try_with(|current| current.id.clone()).ok()
}

/// Says which account asks.
pub fn note_account(account: AccountId) {
    // A job or a command has no request, and needs no note.
    let _ = CURRENT.try_with(|current| current.account.set(Some(account)));
}

/// Says which client asks, or which one somebody comes from.
pub fn note_client(client: &str) {
    let _ = CURRENT.try_with(|current| current.client.replace(Some(client.to_owned())));
}

/// Which account and which client were found to ask.
pub fn asker() -> (Option<AccountId>, Option<String>) {
    CURRENT.try_with(|current| (current.account.get(), current.client.take())).unwrap_or_default()
}
