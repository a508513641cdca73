//! The doors of programs: which client gets what by every grant and every endpoint, with its own tokens and with other
//! people's.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use url::form_urlencoded::Serializer;

use super::probes::{By, PROBES, Probe};
use super::{Table, assert_reviewed};
use crate::world::{Answer, Browser, RelyingParty, Tokens, World, both};

/// Who comes, and whose code and tokens they bring.
const WHO: [(&str, Who); 9] = [
    ("nobody", Who::Nobody),
    ("unknown client", Who::Unknown),
    ("wrong secret", Who::WrongSecret),
    ("without its secret", Who::Unproven),
    ("confidential", Who::Confidential),
    ("another client", Who::Another),
    ("public", Who::Public),
    ("resource server", Who::ResourceServer),
    ("service", Who::Service),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Without a word on who it is, and without any token.
    Nobody,
    /// Under a name nobody registered, with the portal's code and tokens.
    Unknown,
    /// The portal with a wrong secret.
    WrongSecret,
    /// The portal as if it were a public client.
    Unproven,
    /// The portal.
    Confidential,
    /// Another confidential client, with the portal's.
    Another,
    /// A public client with its own.
    Public,
    /// A resource server, with the portal's; where a bearer is asked, with one of its own.
    ResourceServer,
    /// A service, likewise.
    Service,
}

impl Who {
    /// What `Authorization` says, and the fields that say who it is.
    fn proof(self, world: &World) -> Proof {
        let basic = |client: &str| (world.client(client).basic(), vec![]);
        match self {
            Self::Nobody => (None, vec![]),
            Self::Unknown => (None, vec![("client_id", "unknown"), ("client_secret", "portal-secret")]),
            Self::WrongSecret => (None, vec![("client_id", "portal"), ("client_secret", "wrong")]),
            Self::Unproven => (None, vec![("client_id", "portal")]),
            Self::Confidential => basic("portal"),
            Self::Another => basic("demo-web"),
            Self::Public => (None, vec![("client_id", "demo-spa")]),
            Self::ResourceServer => basic("demo-rs"),
            Self::Service => basic("demo-erp"),
        }
    }
}

/// Fresh ones of each kind: doors that open spend them.
pub async fn named(party: &RelyingParty, alice: &mut Browser) -> BTreeMap<&'static str, String> {
    let (code, tokens) = (party.authorize(alice).await, party.enter(alice).await);
    BTreeMap::from([
        ("{code}", code.secret),
        ("{redirect_uri}", code.redirect_uri),
        ("{access}", tokens.access),
        ("{refresh}", tokens.refresh),
    ])
}

async fn probe(world: &World, (probe, who): (&Probe, Who), named: &BTreeMap<&'static str, String>) -> Answer {
    let proof = match probe.by {
        By::Bearer => (bearer(world, who, named).await, vec![]),
        By::Client | By::Browser => who.proof(world),
    };
    world.browser().with("accept", "application/json").send(request(probe, named, proof)).await
}

/// The portal's own right request, with what it has.
pub async fn of_the_portal(world: &World, probe: &Probe, alice: &mut Browser) -> Request<Body> {
    let named = named(&world.client("portal"), alice).await;
    let proof = if probe.by == By::Bearer {
        (bearer(world, Who::Confidential, &named).await, vec![])
    } else {
        Who::Confidential.proof(world)
    };
    request(probe, &named, proof)
}

/// How a client proves itself: what `Authorization` says, and what its form says.
type Proof = (Option<String>, Vec<(&'static str, &'static str)>);

fn request(probe: &Probe, named: &BTreeMap<&'static str, String>, (authorization, proof): Proof) -> Request<Body> {
    let fields =
        probe.fields.iter().chain(&proof).map(|(name, value)| (*name, named.get(value).map_or(*value, String::as_str)));
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = Request::builder().method(probe.method).uri(probe.place.path());
    request = request.header("content-type", "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    request.body(Body::from(body)).unwrap()
}

async fn bearer(world: &World, who: Who, named: &BTreeMap<&'static str, String>) -> Option<String> {
    let token = match who {
        Who::Nobody => return None,
        Who::Unknown | Who::WrongSecret | Who::Unproven => "made-up".to_owned(),
        Who::Confidential | Who::Another | Who::Public => named["{access}"].clone(),
        Who::ResourceServer | Who::Service => {
            let service = world.client(if who == Who::Service { "demo-erp" } else { "demo-rs" });
            Tokens::of(&service.token(&[("grant_type", "client_credentials")]).await).access
        }
    };
    Some(format!("Bearer {token}"))
}

/// What a program got, in a few words.
fn outcome(answer: &Answer) -> String {
    let words = if answer.header("content-type").starts_with("application/json") {
        let json = answer.json();
        match (json["error"].as_str(), json["active"].as_bool()) {
            (Some(error), _) => error.to_owned(),
            (None, Some(active)) => if active { "active" } else { "inactive" }.to_owned(),
            (None, None) => String::new(),
        }
    } else {
        let challenge = answer.header("www-authenticate").split("error=\"").nth(1);
        challenge.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    format!("{} {words}", answer.status()).trim_end().to_owned()
}

both! {
    async fn every_endpoint_answers_every_client_as_the_table_says(world) {
        let mut alice = world.signed_in("alice").await;
        let mut table = Table::new(&[42, 25], &WHO.map(|(name, _)| name));
        let (portal, spa) = (world.client("portal"), world.client("demo-spa"));
        let (mut of_portal, mut of_spa) = (named(&portal, &mut alice).await, named(&spa, &mut alice).await);
        for door in PROBES.iter().filter(|probe| probe.by != By::Browser) {
            let mut cells = Vec::new();
            for (_, who) in WHO {
                let (party, named_so) =
                    if who == Who::Public { (&spa, &mut of_spa) } else { (&portal, &mut of_portal) };
                let answer = probe(&world, (door, who), named_so).await;
                if answer.status() == 200 {
                    *named_so = named(party, &mut alice).await;
                }
                assert_eq!(answer.header("cache-control"), "no-store", "{} {who:?}", door.line());
                cells.push(outcome(&answer));
            }
            table.line(&door.line(), cells);
        }
        assert_reviewed(&table.text, "doors/programs.golden.txt");
    }
}
