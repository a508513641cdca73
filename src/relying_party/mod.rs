//! Relying parties: the applications that send people here to sign in, as the operator declares them.
//! It knows what each may ask for and how it proves itself, and nothing of any request.

mod scope;
mod settings;

use std::collections::HashMap;

use crate::base::redirect_uri::origin;
use crate::base::{Digest, EServiceCode, Endpoint, Language, RedirectUri, Secret};
use crate::keys::Algorithm;

pub use scope::{Scope, Scopes};
use settings::Misconfigured;
pub use settings::Settings;

/// Every relying party, by client id.
#[derive(Debug, Default)]
pub struct RelyingParties(HashMap<String, RelyingParty>);

impl RelyingParties {
    /// Reads what the operator declared; refused with one line that says what to mend.
    pub fn new(settings: &[Settings]) -> Result<Self, String> {
        let mut parties = HashMap::with_capacity(settings.len());
        for one in settings {
            let party = one.declare().map_err(|refused| refused.to_string())?;
            if parties.insert(one.id.clone(), party).is_some() {
                return Err(Misconfigured::twice(&one.id).to_string());
            }
        }
        Ok(Self(parties))
    }

    /// The relying party with that client id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&RelyingParty> {
        self.0.get(id)
    }

    /// Whether a script of that origin belongs to a relying party: one of its redirect URIs lies there.
    #[must_use]
    pub fn serve_from(&self, asked: &str) -> bool {
        self.0.values().flat_map(|party| &party.redirect_uris).any(|uri| origin(uri.as_str()).is_some_and(|own| own == asked))
    }
}

/// Whether the declarations can be used, before anything is started with them.
pub fn check(settings: &[Settings]) -> Result<(), String> {
    RelyingParties::new(settings).map(drop)
}

/// A relying party.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// The client identifier.
    pub id: String,
    /// The name people see.
    pub names: Names,
    /// How it proves who it is.
    pub kind: Kind,
    /// Where authorization answers may be sent.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may be sent after a sign-out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it is told that a sign-in is over, if it listens.
    pub backchannel_logout_uri: Option<Endpoint>,
    /// The scopes it may ask for.
    pub scope: Scopes,
    /// The e-service a person must hold to be signed in there (R-RGT-3).
    pub e_service: Option<EServiceCode>,
    /// Whether PKCE is demanded.
    pub require_pkce: bool,
    /// Whether its ID tokens always carry `auth_time`.
    pub require_auth_time: bool,
    /// How its ID tokens are signed.
    pub id_token_alg: Algorithm,
}

/// A name per language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    fr: String,
    en: String,
}

/// How a relying party proves who it is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// It can't keep a secret: a script in a browser or a program on the person's device.
    Public,
    /// It runs on a server of its own and keeps a secret, of which only the digest is held.
    Confidential {
        /// The secret's digest.
        secret: Digest,
    },
}

impl RelyingParty {
    /// The name in that language.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.names.fr,
            Language::En => &self.names.en,
        }
    }

    /// Whether it can't keep a secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self.kind {
            Kind::Public => true,
            Kind::Confidential { .. } => false,
        }
    }

    /// Whether it registered that redirect URI.
    #[must_use]
    pub fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered.admits(uri))
    }

    /// Whether it registered that address for after a sign-out; exactly, port included.
    #[must_use]
    pub fn returns_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|registered| registered.as_str() == uri)
    }

    /// Whether the secret presented is its own. Digests are compared, so that the duration tells nothing of the secret.
    #[must_use]
    pub fn knows(&self, presented: &Secret) -> bool {
        match &self.kind {
            Kind::Public => false,
            Kind::Confidential { secret } => secret.matches(&presented.digest()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Algorithm, Language, RelyingParties, Scope, Secret, Settings};

    fn read(text: &str) -> Result<RelyingParties, String> {
        #[derive(serde::Deserialize)]
        struct File {
            clients: Vec<Settings>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        RelyingParties::new(&file.clients)
    }

    #[test]
    fn a_short_section_is_a_careful_client() {
        let parties =
            read("[[clients]]\nid = \"app\"\nname = \"App\"\nname_fr = \"Appli\"\nredirect_uris = [\"http://127.0.0.1/cb\"]").unwrap();
        let app = parties.find("app").unwrap();
        assert!(app.is_public() && app.require_pkce && !app.require_auth_time);
        assert_eq!(app.id_token_alg, Algorithm::Rs256);
        assert!(Scope::ALL.iter().all(|scope| app.scope.has(*scope)));
        assert_eq!((app.name(Language::Fr), app.name(Language::En)), ("Appli", "App"));
        assert!(app.redirects_to("http://127.0.0.1:4711/cb") && !app.redirects_to("http://127.0.0.1:4711/cb2"));
        assert!(parties.find("App").is_none());
    }

    #[test]
    fn what_is_unsafe_or_unknown_is_refused_in_one_line() {
        let head = "[[clients]]\nid = \"app\"\nname = \"App\"\n";
        for (more, words) in [
            ("secret = \"short\"", "shorter than 16"),
            ("secret = \"0123456789abcdef\"\nsecret_file = \"x\"", "keep one"),
            ("secret_file = \"/nowhere/at/all\"", "can't be read"),
            ("require_pkce = false", "public client"),
            ("redirect_uri = \"https://app.example\"", "unknown field"),
            ("redirect_uris = [\"http://app.example/cb\"]", "loopback only"),
            ("backchannel_logout_uri = \"http://app.example/bye\"", "isn't https"),
            ("backchannel_logout_uri = \"https://app.example/bye#f\"", "fragment"),
            ("backchannel_logout_session_required = true", "without a backchannel_logout_uri"),
            ("scope = [\"everything\"]", "unknown variant"),
            ("id_token_alg = \"none\"", "unknown variant"),
            ("[[clients]]\nid = \"app\"\nname = \"Other\"", "two clients"),
            ("[[clients]]\nid = \"a:b\"\nname = \"Other\"", "letters, digits"),
        ] {
            let error = read(&format!("{head}{more}")).unwrap_err();
            assert!(error.contains(words) && !error.contains('\n'), "{more}: {error}");
        }
    }

    #[test]
    fn a_secret_is_compared_whole_wherever_it_comes_from() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "correct horse battery").unwrap();
        let section = format!("[[clients]]\nid = \"app\"\nname = \"App\"\nsecret_file = {:?}", file.path());
        let parties = read(&section).unwrap();
        let app = parties.find("app").unwrap();
        assert!(app.knows(&Secret::presented("correct horse battery")));
        for wrong in ["", "correct horse", "correct horse battery\n", "CORRECT HORSE BATTERY"] {
            assert!(!app.knows(&Secret::presented(wrong)), "{wrong:?}");
        }
    }

    #[test]
    fn scripts_are_served_from_the_origins_of_redirect_uris_only() {
        let parties =
            read("[[clients]]\nid = \"app\"\nname = \"App\"\nredirect_uris = [\"https://app.example/cb\", \"com.example.app:/cb\"]")
                .unwrap();
        assert!(parties.serve_from("https://app.example"));
        for origin in ["https://evil.example", "http://app.example", "https://app.example:8443", "null", "https://app.example/"] {
            assert!(!parties.serve_from(origin), "{origin}");
        }
    }
}
