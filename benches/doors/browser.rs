//! A browser whose person signs in, consents, and takes codes along: just enough of one to come by sessions and tokens.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Bytes;
use guichet::base::Place;
use url::form_urlencoded::Serializer;

use crate::Outcome;
use crate::client::{CHALLENGE, Client, REDIRECT_URI, VERIFIER};
use crate::wire::{Answer, Connection, Request};

/// What browsers say of what they take.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A browser.
pub struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One that has never been here.
    pub const fn at(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new() }
    }

    /// Signs a person of the demonstration in.
    pub async fn sign_in(&mut self, name: &str) -> Outcome<()> {
        let page = self.get(Place::Login.path()).await?.expect(200)?;
        let fields = [("csrf", field(&page, "csrf")?), ("username", name), ("password", guichet::demo::PASSWORD)];
        self.post(Place::Login.path(), &fields).await?.expect(303)?;
        self.cookie("guichet_session").map(drop)
    }

    /// Has a client ask for that scope, consents where that is asked, and redeems the code: the answer with the tokens.
    pub async fn tokens(&mut self, client: Client, scope: &str) -> Outcome<Answer> {
        let mut answer = self.get(&ask(client, scope)).await?.expect(303)?;
        while let Some(to) = answer.header("location").and_then(here) {
            answer = self.get(&to).await?;
            if answer.status == 200 {
                let fields = [
                    ("csrf", field(&answer, "csrf")?),
                    ("interaction", field(&answer, "interaction")?),
                    ("decision", "allow"),
                ];
                answer = self.post(Place::Consent.path(), &fields).await?.expect(303)?;
            }
        }
        let redemption = redemption(client, answer.parameter("code")?);
        self.ask(&redemption).await?.expect(200)
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Outcome<&str> {
        Ok(self.cookies.get(name).ok_or_else(|| format!("the browser has no cookie {name}"))?)
    }

    /// A request that this browser would send.
    pub fn request(&self, path: &str) -> Request {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(path).with("accept", ACCEPT).with("accept-language", "fr-FR,fr;q=0.9,en;q=0.7");
        if cookies.is_empty() { request } else { request.with("cookie", &cookies.join("; ")) }
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Outcome<Answer> {
        let request = self.request(path).bytes();
        self.send(&request).await
    }

    /// Under `Referrer-Policy: no-referrer`, browsers call the origin of a page's own form null.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Outcome<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::post(path, fields).with("cookie", &cookies.join("; "));
        self.send(&request.with("accept", ACCEPT).with("origin", "null").with("sec-fetch-site", "same-origin").bytes())
            .await
    }

    async fn send(&mut self, request: &[u8]) -> Outcome<Answer> {
        let answer = self.ask(request).await?;
        for cookie in answer.headers("set-cookie") {
            let (name, rest) = cookie.split_once('=').ok_or("a cookie without a value")?;
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        Ok(answer)
    }

    /// On a connection of its own: between two measurements one that is kept would be idle for too long.
    async fn ask(&self, request: &[u8]) -> Outcome<Answer> {
        Connection::open(self.address).await?.ask(request).await
    }
}

/// Where an answer sends the browser, if that is here.
fn here(location: &str) -> Option<String> {
    location.starts_with('/').then(|| location.to_owned())
}

/// The authorization request of a client.
pub fn ask(client: Client, scope: &str) -> String {
    let parameters = [
        ("response_type", "code"),
        ("client_id", client.id),
        ("redirect_uri", REDIRECT_URI),
        ("scope", scope),
        ("state", "af0ifjsldkj"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("{}?{}", Place::Authorize.path(), Serializer::new(String::new()).extend_pairs(parameters).finish())
}

/// The token request for a code.
pub fn redemption(client: Client, code: &str) -> Bytes {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    client.post(Place::Token.path(), &fields)
}

/// The value of a hidden field of a page.
fn field<'a>(page: &'a Answer, name: &str) -> Outcome<&'a str> {
    let (_, rest) =
        page.body.split_once(&format!("name=\"{name}\" value=\"")).ok_or_else(|| format!("the page has no {name}"))?;
    Ok(rest.split('"').next().unwrap_or_default())
}
