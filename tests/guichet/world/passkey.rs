//! An authenticator in software (WebAuthn section 6), and what people do with it. It does what a page asks of it,
//! unless a test bends it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use super::{Answer, Browser, ISSUER, PASSWORD};

/// A passkey. Its fields are what a test bends.
#[derive(Clone)]
pub struct Passkey {
    key: EcKey<Private>,
    /// Its id, as pages write it.
    pub id: String,
    /// Who it says its owner is, as pages write it.
    pub handle: String,
    /// What it counted to.
    pub counter: u32,
    /// The page that it believes to be asked by.
    pub origin: String,
    /// The site that it believes to be asked by.
    pub site: String,
    /// Whether it verifies who uses it.
    pub verifies_user: bool,
    /// The modulus and exponent of an RSA key that it shows for its own.
    pub shows_rsa: Option<(Vec<u8>, [u8; 3])>,
}

/// What a passkey made of a challenge, on its way back.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Which challenge.
    pub ceremony: String,
    /// What was made of it.
    pub credential: String,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const WITH_KEY: u8 = 1 << 6;

impl Passkey {
    /// Makes one, as that challenge asks.
    pub fn made_for(challenge: &Value) -> (Self, Settled) {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let mut id = [0; 16];
        openssl::rand::rand_bytes(&mut id).unwrap();
        let options = &challenge["publicKey"];
        let passkey = Self {
            key: EcKey::generate(&group).unwrap(),
            id: URL_SAFE_NO_PAD.encode(id),
            handle: options["user"]["id"].as_str().unwrap().to_owned(),
            counter: 0,
            origin: ISSUER.to_owned(),
            site: options["rp"]["id"].as_str().unwrap().to_owned(),
            verifies_user: true,
            shows_rsa: None,
        };
        let settled = passkey.attest(challenge);
        (passkey, settled)
    }

    /// Shows itself, as if it had just been made for that challenge.
    pub fn attest(&self, challenge: &Value) -> Settled {
        let mut data = self.data(WITH_KEY);
        let id = URL_SAFE_NO_PAD.decode(&self.id).unwrap();
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(&id);
        data.extend(self.public_key());
        let text = |text: &str| Cbor::Text(text.to_owned());
        let object = [
            (text("fmt"), text("none")),
            (text("attStmt"), Cbor::Map([].into())),
            (text("authData"), Cbor::Bytes(data)),
        ]
        .into_iter()
        .collect();
        let object = serde_cbor_2::to_vec(&Cbor::Map(object)).unwrap();
        let response = json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", challenge)),
        });
        self.settled(challenge, &response)
    }

    /// Signs a challenge.
    pub fn sign(&mut self, challenge: &Value) -> Settled {
        self.counter += 1;
        self.sign_without_counting(challenge)
    }

    /// Signs a challenge, as a copy does that didn't hear of the last time.
    pub fn sign_without_counting(&self, challenge: &Value) -> Settled {
        let (data, client_data) = (self.data(0), self.client_data("webauthn.get", challenge));
        let key = PKey::from_ec_key(self.key.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.update(&data).unwrap();
        signer.update(&sha256(client_data.as_bytes())).unwrap();
        let response = json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "signature": URL_SAFE_NO_PAD.encode(signer.sign_to_vec().unwrap()),
            "userHandle": self.handle,
        });
        self.settled(challenge, &response)
    }

    fn settled(&self, challenge: &Value, response: &Value) -> Settled {
        let credential = json!({ "id": self.id, "rawId": self.id, "type": "public-key", "response": response });
        Settled { ceremony: challenge["ceremony"].as_str().unwrap().to_owned(), credential: credential.to_string() }
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let verified = if self.verifies_user { VERIFIED } else { 0 };
        let mut data = sha256(self.site.as_bytes()).to_vec();
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        let challenge = &challenge["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    /// As COSE writes it (RFC 9053 section 7.1.1, RFC 8230 section 4).
    fn public_key(&self) -> Vec<u8> {
        let number = Cbor::Integer;
        if let Some((n, e)) = &self.shows_rsa {
            let (n, e) = (Cbor::Bytes(n.clone()), Cbor::Bytes(e.to_vec()));
            let key = [(number(1), number(3)), (number(3), number(-257)), (number(-1), n), (number(-2), e)];
            return serde_cbor_2::to_vec(&Cbor::Map(key.into_iter().collect())).unwrap();
        }
        let mut context = openssl::bn::BigNumContext::new().unwrap();
        let (mut x, mut y) = (openssl::bn::BigNum::new().unwrap(), openssl::bn::BigNum::new().unwrap());
        self.key.public_key().affine_coordinates(self.key.group(), &mut x, &mut y, &mut context).unwrap();
        let key = [
            (number(1), number(2)),
            (number(3), number(-7)),
            (number(-1), number(1)),
            (number(-2), Cbor::Bytes(x.to_vec_padded(32).unwrap())),
            (number(-3), Cbor::Bytes(y.to_vec_padded(32).unwrap())),
        ];
        serde_cbor_2::to_vec(&Cbor::Map(key.into_iter().collect())).unwrap()
    }
}

impl Browser {
    /// The challenge that the page shown asks for, as its script does.
    pub async fn challenge(&mut self) -> Value {
        let answer = self.ask_for_challenge().await;
        assert_eq!(answer.status(), 200, "{:?} {}", answer.location(), answer.text());
        answer.json()
    }

    /// The same, whatever comes of it.
    pub async fn ask_for_challenge(&mut self) -> Answer {
        let from = self.challenges_of_page().expect("the page takes no passkey");
        let token = self.csrf();
        self.post(&from, &[("csrf", &token)]).await
    }

    /// Sends what a passkey made of a challenge, with the page's form.
    pub async fn settle(&mut self, button: &str, settled: &Settled) -> Answer {
        self.submit(button, &[("ceremony", &settled.ceremony), ("credential", &settled.credential)]).await
    }

    /// Takes the page's challenge to a passkey and back.
    pub async fn use_passkey(&mut self, passkey: &mut Passkey) -> Answer {
        let challenge = self.challenge().await;
        self.settle("passkey-submit", &passkey.sign(&challenge)).await
    }

    /// Signs in by a passkey alone.
    pub async fn sign_in_by(&mut self, passkey: &mut Passkey) -> Answer {
        self.get("/login").await;
        self.use_passkey(passkey).await
    }

    /// Adds a passkey to the account signed in.
    pub async fn add_passkey(&mut self) -> (Passkey, Answer) {
        let page = self.open("/account/security/passkeys").await;
        assert!(page.shows("passkey-add"), "{:?} {}", page.location(), page.text());
        let (passkey, settled) = Passkey::made_for(&self.challenge().await);
        (passkey, self.settle("passkey-add", &settled).await)
    }

    /// A passkey of somebody who has none yet, added in a browser of its own.
    pub async fn with_passkey(mut self, who: &str) -> Passkey {
        assert_eq!(self.sign_in(who, PASSWORD).await.status(), 303);
        let (passkey, answer) = self.add_passkey().await;
        assert!(answer.shows("recovery-codes"), "{} {:?} {}", answer.status(), answer.location(), answer.text());
        passkey
    }
}
