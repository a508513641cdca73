//! The site that passkeys are bound to: the configured issuer, whatever a request calls it. It asks for keys and for
//! what they sign, and judges both by WebAuthn section 7; rows and accounts it doesn't know.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    COSEKeyType, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::base::{Fault, public_key};

use super::StoredPasskey;

/// The site, as authenticators know it.
#[derive(Clone, Debug)]
pub struct Site(Webauthn);

/// What must be remembered of a challenge until its answer comes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeremonyState {
    /// A key is to be made.
    Creation(PasskeyRegistration),
    /// A key is to sign.
    Assertion(DiscoverableAuthentication),
}

/// Whose authenticator is asked to make a key.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Who they are to authenticators.
    pub handle: Uuid,
    /// What they sign in as.
    pub login: String,
    /// What they are called.
    pub name: String,
}

/// Why an answer isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasskeyFlaw {
    /// Its counter went back: there may be a copy of the key (WebAuthn section 6.1.1).
    Copied,
    /// It isn't an answer to this challenge, from here, of this key, with its user verified.
    Invalid(String),
}

impl PasskeyFlaw {
    /// As the trail keeps it.
    pub fn why(&self) -> &str {
        match self {
            Self::Copied => "the counter went back",
            Self::Invalid(why) => why,
        }
    }
}

/// An answer to be judged, as a browser brought it.
#[derive(Clone, Debug)]
pub struct SignedChallenge(PublicKeyCredential);

impl SignedChallenge {
    /// Reads one; nothing where it can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The key that is said to have signed.
    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }
}

/// An answer that was judged right, still to be counted by the key's row.
#[derive(Clone, Debug)]
pub struct VerifiedPasskey {
    /// The key before.
    pub kept: StoredPasskey,
    pub(super) after: Passkey,
    pub(super) counter: i64,
}

impl Site {
    /// The site of an issuer; none where that is a bare IP address, which authenticators refuse (WebAuthn section
    /// 5.1.2).
    pub fn of(issuer: &str, name: &str) -> Option<Self> {
        let mut origin = url::Url::parse(issuer).ok()?;
        origin.set_path("");
        let builder = WebauthnBuilder::new(origin.domain()?, &origin).ok()?;
        builder.rp_name(name).build().ok().map(Self)
    }

    /// Asks for a new key, other than those there are: one that knows its user's name, so that it signs in without any.
    pub fn ask_for_key(&self, newcomer: &Newcomer, known: &[StoredPasskey]) -> Result<(Value, CeremonyState), Fault> {
        let known = known.iter().map(|kept| kept.credential_id.clone()).collect();
        let Newcomer { handle, login, name } = newcomer;
        let (options, state) = self.0.start_passkey_registration(*handle, login, name, Some(known)).map_err(broken)?;
        let mut options = written(&options.public_key)?;
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok((options, CeremonyState::Creation(state)))
    }

    /// Asks for a signature of one of these keys, or of whichever its owner chooses where none is named.
    pub fn ask_to_sign(&self, allowed: &[StoredPasskey]) -> Result<(Value, CeremonyState), Fault> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(broken)?;
        let mut options = written(&options.public_key)?;
        let allowed: Vec<_> =
            allowed.iter().map(|kept| json!({ "type": "public-key", "id": kept.text_id() })).collect();
        options["allowCredentials"] = Value::Array(allowed);
        Ok((options, CeremonyState::Assertion(state)))
    }

    /// Judges a new key (WebAuthn section 7.1).
    pub fn judge_key(&self, state: &CeremonyState, answer: &str) -> Result<Passkey, PasskeyFlaw> {
        let CeremonyState::Creation(state) = state else {
            return Err(PasskeyFlaw::Invalid("it answers another question".to_owned()));
        };
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(answer).map_err(|error| PasskeyFlaw::Invalid(error.to_string()))?;
        let passkey = self.0.finish_passkey_registration(&answer, state).map_err(flaw)?;
        let is_sound = match &passkey.get_public_key().key {
            COSEKeyType::RSA(key) => public_key::is_sound_rsa(&key.n, &key.e),
            COSEKeyType::EC_OKP(key) => public_key::is_sound_ed25519(&key.x),
            COSEKeyType::EC_EC2(_) => true,
        };
        if is_sound { Ok(passkey) } else { Err(PasskeyFlaw::Invalid("anybody could sign with its key".to_owned())) }
    }

    /// Judges a signature (WebAuthn section 7.2) by the key as it is kept now. What its user handle says must be its
    /// owner's own.
    pub fn judge_signature(
        &self,
        state: CeremonyState,
        answer: &SignedChallenge,
        kept: StoredPasskey,
    ) -> Result<VerifiedPasskey, PasskeyFlaw> {
        let CeremonyState::Assertion(state) = state else {
            return Err(PasskeyFlaw::Invalid("it answers another question".to_owned()));
        };
        if answer.0.get_user_unique_id().is_some_and(|handle| handle != kept.handle.as_bytes()) {
            return Err(PasskeyFlaw::Invalid("the user handle is another's".to_owned()));
        }
        let result =
            self.0.finish_discoverable_authentication_v2(&answer.0, state, &kept.credential.0).map_err(flaw)?;
        let mut after = kept.credential.0.clone();
        after.update_credential(&result);
        Ok(VerifiedPasskey { kept, after, counter: i64::from(result.counter()) })
    }
}

fn written(options: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(options).map_err(|error| Fault::broken("writing a challenge", error))
}

fn broken(error: WebauthnError) -> Fault {
    Fault::broken("making a challenge", error)
}

fn flaw(error: WebauthnError) -> PasskeyFlaw {
    if matches!(error, WebauthnError::CredentialPossibleCompromise) {
        PasskeyFlaw::Copied
    } else {
        PasskeyFlaw::Invalid(error.to_string())
    }
}
