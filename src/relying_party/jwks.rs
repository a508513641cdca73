//! The public keys of a relying party (RFC 7517), made into verifiers once at the start: building one costs more than
//! using it.

use std::sync::Arc;

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsVerifier, PS256, RS256};
use serde_json::{Map, Value};

use crate::base::public_key;
use crate::base::vocabulary::words;

words! {
    /// How a relying party may sign its assertions. Nothing symmetric: a public key must never serve as a secret.
    SignatureAlgorithm, "signature algorithm" {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        Ps256 = "PS256",
        /// ECDSA on P-256 with SHA-256.
        Es256 = "ES256",
        /// EdDSA with Ed25519.
        EdDsa = "EdDSA",
    }
}

/// The keys that a relying party signs with.
#[derive(Clone, Debug)]
pub struct PublicKeys(Arc<[PublicKey]>);

/// One key, for one algorithm: an RSA key that names none stands here twice.
#[derive(Debug)]
struct PublicKey {
    kid: Option<String>,
    alg: SignatureAlgorithm,
    verifier: Box<dyn JwsVerifier>,
}

/// Why a key set isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKeySet {
    /// No `keys`, or nothing in it that signs.
    #[error("it holds no key for signatures: write it like {{ keys = [{{ kty = \"EC\", … }}] }}")]
    Empty,
    /// A key that must stay where it is.
    #[error("its key number {0} is a private or symmetric key: give us the public half only, and make a new one")]
    Private(usize),
    /// A key of another kind, or broken.
    #[error(
        "its key number {0} can't be used: RSA from 2048 bits and `e` = 65537 on, EC on P-256 and \
        Ed25519 can, where only their owner can sign with them"
    )]
    Unusable(usize),
    /// A `kid` that leads to two keys.
    #[error("its key number {0} has the `kid` of another key of the same algorithm")]
    Twice(usize),
}

impl PublicKeys {
    /// Reads a JWK Set. Keys for encryption are left out.
    pub fn parse(jwks: &Value) -> Result<Self, NotAKeySet> {
        let members = jwks.get("keys").and_then(Value::as_array).ok_or(NotAKeySet::Empty)?;
        let mut keys: Vec<PublicKey> = Vec::new();
        for (number, member) in (1..).zip(members) {
            let jwk = member.as_object().ok_or(NotAKeySet::Unusable(number))?;
            if ["d", "k", "p", "q"].iter().any(|member| jwk.contains_key(*member)) {
                return Err(NotAKeySet::Private(number));
            }
            if jwk.get("use").is_some_and(|purpose| purpose == "enc") {
                continue;
            }
            for key in verifiers(jwk).ok_or(NotAKeySet::Unusable(number))? {
                if keys.iter().any(|other| other.kid == key.kid && other.alg == key.alg) {
                    return Err(NotAKeySet::Twice(number));
                }
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(NotAKeySet::Empty) } else { Ok(Self(keys.into())) }
    }

    /// The verifier for that algorithm and `kid`; without a `kid` there must be no choice (OpenID Connect Core section
    /// 10.1).
    pub(super) fn verifier(&self, kid: Option<&str>, alg: SignatureAlgorithm) -> Option<&dyn JwsVerifier> {
        let mut fitting = self.0.iter().filter(|key| key.alg == alg && (kid.is_none() || key.kid.as_deref() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Some(key.verifier.as_ref()),
            (None | Some(_), _) => None,
        }
    }
}

/// The key as each algorithm it may be used with. `None` where it can't be used at all.
fn verifiers(jwk: &Map<String, Value>) -> Option<Vec<PublicKey>> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let fitting: &[SignatureAlgorithm] = match (text("kty")?, text("crv")) {
        _ if !public_key::is_sound(jwk) => return None,
        ("RSA", None) => &[SignatureAlgorithm::Rs256, SignatureAlgorithm::Ps256],
        ("EC", Some("P-256")) => &[SignatureAlgorithm::Es256],
        ("OKP", Some("Ed25519")) => &[SignatureAlgorithm::EdDsa],
        _ => return None,
    };
    let named = jwk.get("alg").map(|alg| alg.as_str().and_then(|alg| alg.parse::<SignatureAlgorithm>().ok()));
    let chosen = |alg: &SignatureAlgorithm| named.is_none_or(|named| named == Some(*alg));
    let keys: Option<Vec<_>> = fitting.iter().copied().filter(chosen).map(|alg| build(jwk, alg)).collect();
    keys.filter(|keys| !keys.is_empty())
}

fn build(jwk: &Map<String, Value>, alg: SignatureAlgorithm) -> Option<PublicKey> {
    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
    let jwk = Jwk::from_map(jwk.clone()).ok()?;
    let verifier: Box<dyn JwsVerifier> = match alg {
        SignatureAlgorithm::Rs256 => Box::new(RS256.verifier_from_jwk(&jwk).ok()?),
        SignatureAlgorithm::Ps256 => Box::new(PS256.verifier_from_jwk(&jwk).ok()?),
        SignatureAlgorithm::Es256 => Box::new(ES256.verifier_from_jwk(&jwk).ok()?),
        SignatureAlgorithm::EdDsa => Box::new(EdDSA.verifier_from_jwk(&jwk).ok()?),
    };
    Some(PublicKey { kid, alg, verifier })
}

#[cfg(test)]
mod tests {
    use josekit::jwk::Jwk;
    use josekit::jwk::alg::ec::EcCurve;
    use josekit::jwk::alg::ed::EdCurve;
    use serde_json::{Value, json};

    use super::{NotAKeySet, PublicKeys, SignatureAlgorithm};

    fn public(private: &Jwk) -> Value {
        Value::Object(private.to_public_key().unwrap().as_ref().clone())
    }

    fn with(mut key: Value, name: &str, value: &str) -> Value {
        key[name] = json!(value);
        key
    }

    fn ec() -> Value {
        public(&Jwk::generate_ec_key(EcCurve::P256).unwrap())
    }

    fn parse(keys: &[Value]) -> Result<PublicKeys, NotAKeySet> {
        PublicKeys::parse(&json!({ "keys": keys }))
    }

    #[test]
    fn each_kind_of_key_serves_its_algorithms_and_an_rsa_key_that_names_one_only_that() {
        let rsa = public(&Jwk::generate_rsa_key(2048).unwrap());
        let ed = public(&Jwk::generate_ed_key(EdCurve::Ed25519).unwrap());
        let serve = |keys: &[Value]| {
            let keys = parse(keys).unwrap();
            SignatureAlgorithm::ALL
                .iter()
                .copied()
                .filter(|alg| keys.verifier(None, *alg).is_some())
                .map(SignatureAlgorithm::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(serve(std::slice::from_ref(&rsa)), ["RS256", "PS256"]);
        assert_eq!(serve(&[with(rsa.clone(), "alg", "PS256"), with(ec(), "alg", "ES256")]), ["PS256", "ES256"]);
        assert_eq!(serve(&[ed, with(rsa, "use", "enc")]), ["EdDSA"]);
    }

    #[test]
    fn a_kid_leads_to_its_key_and_without_one_there_must_be_no_choice() {
        let keys = parse(&[with(ec(), "kid", "a"), with(ec(), "kid", "b")]).unwrap();
        let finds = |kid| keys.verifier(kid, SignatureAlgorithm::Es256).is_some();
        assert_eq!([finds(Some("a")), finds(Some("b")), finds(Some("c")), finds(None)], [true, true, false, false]);
        assert!(keys.verifier(Some("a"), SignatureAlgorithm::EdDsa).is_none());
    }

    #[test]
    fn what_is_private_weak_or_ambiguous_is_refused() {
        let private = Value::Object(Jwk::generate_ec_key(EcCurve::P256).unwrap().as_ref().clone());
        let p384 = public(&Jwk::generate_ec_key(EcCurve::P384).unwrap());
        let short = json!({ "kty": "RSA", "e": "AQAB", "n": "w".repeat(171) });
        let off_the_curve = with(ec(), "x", &"A".repeat(43));
        for (keys, flaw) in [
            (vec![], NotAKeySet::Empty),
            (vec![with(ec(), "use", "enc")], NotAKeySet::Empty),
            (vec![ec(), private], NotAKeySet::Private(2)),
            (vec![json!({ "kty": "oct", "k": "c2VjcmV0" })], NotAKeySet::Private(1)),
            (vec![p384], NotAKeySet::Unusable(1)),
            (vec![short], NotAKeySet::Unusable(1)),
            (vec![off_the_curve], NotAKeySet::Unusable(1)),
            (vec![with(ec(), "alg", "HS256")], NotAKeySet::Unusable(1)),
            (vec![with(ec(), "alg", "RS256")], NotAKeySet::Unusable(1)),
            (vec![json!("EC")], NotAKeySet::Unusable(1)),
            (vec![with(ec(), "kid", "a"), with(ec(), "kid", "a")], NotAKeySet::Twice(2)),
        ] {
            assert_eq!(parse(&keys).unwrap_err(), flaw, "{keys:?}");
        }
        assert_eq!(PublicKeys::parse(&json!([])).unwrap_err(), NotAKeySet::Empty);
    }
}
