//! Who asks: one kind of customer for each way in which one request follows from another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::base::{Dice, Place, Secret};
use josekit::jws::{ES256, JwsSigner};
use serde_json::json;

use crate::Outcome;
use crate::browser::redemption;
use crate::client::Client;
use crate::load::Customer;
use crate::wire::{Answer, Request};
use crate::world::World;

/// Tokens that one door gives and another takes.
pub type Purse = Arc<Mutex<Vec<String>>>;

/// Asks the same again and again, and knows what a right answer holds.
pub struct Repeats {
    /// The request.
    pub request: Bytes,
    /// A part of the right answer.
    pub holds: &'static str,
}

impl Customer for Repeats {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        Ok(Some(self.request.clone()))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        let answer = answer.expect(200)?;
        if answer.body.contains(self.holds) {
            Ok(true)
        } else {
            Err(format!("no {} in {}", self.holds, answer.body).into())
        }
    }
}

/// Asks the same again and again, and keeps the access tokens.
pub struct Collects {
    /// The request.
    pub request: Bytes,
    /// Where the tokens go.
    pub purse: Purse,
}

impl Customer for Collects {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        Ok(Some(self.request.clone()))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        let token = answer.expect(200)?.member("access_token")?.to_owned();
        self.purse.lock().unwrap_or_else(PoisonError::into_inner).push(token);
        Ok(true)
    }
}

/// Shows each of the tokens once, at the same endpoint.
pub struct Spends {
    /// Who asks.
    pub client: Client,
    /// Where.
    pub place: Place,
    /// Where the tokens come from.
    pub purse: Purse,
}

impl Customer for Spends {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        let token = self.purse.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(token.map(|token| self.client.post(self.place.path(), &[("token", &token)])))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        answer.expect(200).map(|_| true)
    }
}

/// Exchanges a refresh token, and then the one it was given for it.
pub struct Refreshes {
    /// The relying party.
    pub client: Client,
    /// The live token of its family.
    pub token: String,
}

impl Customer for Refreshes {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &self.token)];
        Ok(Some(self.client.post(Place::Token.path(), &fields)))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        answer.expect(200)?.member("refresh_token")?.clone_into(&mut self.token);
        Ok(true)
    }
}

/// Signs in again and again in a running session: the browser asks, is sent back with a code, and the relying party
/// redeems it.
pub struct SignsIn {
    /// The relying party.
    pub client: Client,
    /// What the browser asks.
    pub ask: Bytes,
    /// The code on its way.
    pub code: Option<String>,
}

impl Customer for SignsIn {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        Ok(Some(match &self.code {
            None => self.ask.clone(),
            Some(code) => redemption(self.client, code),
        }))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        if self.code.is_none() {
            self.code = Some(answer.expect(303)?.parameter("code")?.to_owned());
            return Ok(false);
        }
        answer.expect(200)?.member("id_token")?;
        self.code = None;
        Ok(true)
    }
}

/// Asks for a service's token by a signed assertion (private_key_jwt), a new one each time.
pub struct Asserts {
    issuer: String,
    signer: Box<dyn JwsSigner>,
    id: Secret,
    count: u64,
}

impl Asserts {
    /// One whose assertions nobody else sends.
    pub fn of(world: &World) -> Outcome<Self> {
        let signer = Box::new(ES256.signer_from_jwk(&world.key)?);
        Ok(Self { issuer: world.issuer(), signer, id: Dice.secret()?, count: 0 })
    }

    fn assertion(&mut self) -> Outcome<String> {
        self.count += 1;
        let now = seconds()?;
        let header = json!({ "alg": "ES256", "kid": "benchmark" });
        let claims = json!({
            "iss": "service-signing", "sub": "service-signing", "aud": self.issuer,
            "jti": format!("{}-{}", self.id.expose(), self.count), "iat": now, "exp": now + 60,
        });
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.signer.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", encode(&signature)))
    }
}

impl Customer for Asserts {
    fn next(&mut self) -> Outcome<Option<Bytes>> {
        let assertion = self.assertion()?;
        let fields = BTreeMap::from([
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ]);
        Ok(Some(Request::post(Place::Token.path(), &Vec::from_iter(fields)).bytes()))
    }

    fn read(&mut self, answer: Answer) -> Outcome<bool> {
        answer.expect(200)?.member("access_token").map(|_| true)
    }
}

#[expect(clippy::disallowed_methods, reason = "a relying party has a clock of its own")]
fn seconds() -> Outcome<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
