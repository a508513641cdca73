//! Keys of relying parties that sign assertions: made once per process, the public halves declared in every world's
//! configuration.

use std::sync::LazyLock;

use guichet::relying_party::Settings;
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ed::EdCurve;
use josekit::jws::{self, JwsSigner};
use serde_json::{Value, json};

use super::tokens::signing_input;
use super::{ISSUER, RelyingParty};

/// A key pair of the relying parties "signs" and "signs-as-ever", by its algorithm, which is its `kid` too.
static PAIRS: LazyLock<Vec<(&str, Jwk)>> = LazyLock::new(|| {
    let rsa = Jwk::generate_rsa_key(2048).unwrap();
    vec![
        ("ES256", Jwk::generate_ec_key(EcCurve::P256).unwrap()),
        ("EdDSA", Jwk::generate_ed_key(EdCurve::Ed25519).unwrap()),
        ("RS256", rsa.clone()),
        ("PS256", rsa),
    ]
});

/// The relying parties that sign, as an operator declares them.
pub fn clients() -> Vec<Settings> {
    #[derive(serde::Deserialize)]
    struct File {
        clients: Vec<Settings>,
    }
    let jwks = json!({ "keys": PAIRS.iter().map(|(alg, pair)| public(alg, pair)).collect::<Vec<_>>() });
    let mut clients = toml::from_str::<File>(include_str!("clients_with_keys.toml")).unwrap().clients;
    for client in &mut clients {
        client.jwks = Some(jwks.clone());
    }
    clients
}

fn public(alg: &str, pair: &Jwk) -> Value {
    let mut jwk = pair.to_public_key().unwrap();
    jwk.set_key_id(alg);
    jwk.set_algorithm(alg);
    Value::Object(jwk.as_ref().clone())
}

/// The public key of an algorithm.
pub fn public_key(alg: &str) -> Value {
    public(alg, &PAIRS.iter().find(|(name, _)| *name == alg).unwrap().1)
}

/// Signs with the key of that algorithm, whatever the header says.
pub fn sign(alg: &str, header: &Value, claims: &Value) -> String {
    use base64::Engine as _;
    let pair = &PAIRS.iter().find(|(name, _)| *name == alg).unwrap().1;
    let signer: Box<dyn JwsSigner> = match alg {
        "RS256" => Box::new(jws::RS256.signer_from_jwk(pair).unwrap()),
        "PS256" => Box::new(jws::PS256.signer_from_jwk(pair).unwrap()),
        "ES256" => Box::new(jws::ES256.signer_from_jwk(pair).unwrap()),
        "EdDSA" => Box::new(jws::EdDSA.signer_from_jwk(pair).unwrap()),
        other => panic!("no key for {other}"),
    };
    let input = signing_input(header, claims);
    let signature = signer.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(signature))
}

/// An assertion under construction: right unless a test bends it.
#[derive(Clone, Debug)]
pub struct Assertion {
    alg: &'static str,
    /// Its header.
    pub header: Value,
    /// Its claims.
    pub claims: Value,
}

impl Assertion {
    /// One that is right for that relying party at that second.
    pub fn of(party: &RelyingParty, now: i64) -> Self {
        let jti = format!("{:?}", guichet::base::Dice.bytes::<16>().unwrap());
        Self {
            alg: "ES256",
            header: json!({ "alg": "ES256", "kid": "ES256", "typ": "JWT" }),
            claims: json!({
                "iss": party.id(), "sub": party.id(), "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60,
            }),
        }
    }

    /// Signed with another algorithm.
    pub fn by(mut self, alg: &'static str) -> Self {
        self.alg = alg;
        self.header = json!({ "alg": alg, "kid": alg });
        self
    }

    /// With another header member.
    pub fn header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    /// With another claim; null takes it out.
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        if value.is_null() {
            self.claims.as_object_mut().unwrap().remove(name);
        } else {
            self.claims[name] = value;
        }
        self
    }

    /// As text.
    pub fn signed(&self) -> String {
        sign(self.alg, &self.header, &self.claims)
    }
}
