//! The configuration: every subject's settings in one file, environment variables over it, and unknown keys refused.

mod declared;
mod refused;
mod staff;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::account::password;
use crate::base::{Lifetimes, Networks};
use crate::words::brand::Brand;
use crate::{keys, limits, mail, outbound, relying_party, store};

pub use declared::Declared;
pub use refused::RefusedConfig;
pub use staff::StaffSettings;

/// The documented example, printed by `guichet check-config --example`.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Everything an operator sets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address people and relying parties reach Guichet at. It is never read from a request.
    pub issuer: String,
    /// The address this server listens on.
    pub listen: SocketAddr,
    /// The folder of the access policies and the catalogue of e-services, where they aren't the built-in ones.
    pub policies: Option<PathBuf>,
    /// Where the data is.
    pub store: store::Settings,
    /// Where the secrets are.
    pub secrets: Secrets,
    /// How the signing keys are rotated.
    pub keys: keys::Settings,
    /// How requests are received.
    pub http: Http,
    /// The certificate of this server's own TLS listener.
    pub tls: Tls,
    /// What is logged besides the ordinary.
    pub log: Log,
    /// Whose service it is.
    pub brand: Brand,
    /// What passwords cost.
    pub password: password::Settings,
    /// How many attempts may fail.
    pub limits: limits::Settings,
    /// Where the vendor's people come from.
    pub staff: StaffSettings,
    /// How long things live.
    pub lives: Lifetimes,
    /// How mail is sent.
    pub mail: mail::Settings,
    /// Which addresses are called.
    pub outbound: outbound::Settings,
    /// Who may ask for sign-ins.
    pub clients: Vec<relying_party::Settings>,
}

/// `[secrets]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// The file with the master key, made by `guichet keys create-master`.
    pub master_key_file: PathBuf,
}

/// `[http]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// The proxies whose `X-Forwarded-For` and `X-Request-ID` are believed.
    pub trusted_proxies: Networks,
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Whether each request leaves a line, with the target `guichet::access`.
    pub access: bool,
}

/// `[tls]`. Without it the listener speaks plain HTTP, for a proxy in front of it or on loopback.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those between it and its root, in PEM.
    pub certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    pub key: Option<PathBuf>,
}

impl Tls {
    /// The certificate's file and the key's, where this server speaks TLS itself.
    pub fn files(&self) -> Option<(&Path, &Path)> {
        self.certificate.as_deref().zip(self.key.as_deref())
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self { master_key_file: PathBuf::from("guichet.key") }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: "http://localhost:8080".to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            policies: None,
            store: store::Settings::default(),
            secrets: Secrets::default(),
            keys: keys::Settings::default(),
            http: Http::default(),
            tls: Tls::default(),
            log: Log::default(),
            brand: Brand::default(),
            password: password::Settings::default(),
            limits: limits::Settings::default(),
            staff: StaffSettings::default(),
            lives: Lifetimes::default(),
            mail: mail::Settings::default(),
            outbound: outbound::Settings::default(),
            clients: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the file, where one is named, and the environment over it.
    pub fn read(file: Option<&Path>) -> Result<Self, RefusedConfig> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            // Figment takes a missing file for an empty one.
            std::fs::metadata(file).map_err(|cause| RefusedConfig::file(file, &cause))?;
            figment = figment.merge(Toml::file_exact(file));
        }
        Self::extract(figment.merge(environment()))
    }

    /// Reads a text instead of a file, without the environment.
    pub fn parse(text: &str) -> Result<Self, RefusedConfig> {
        Self::extract(Figment::from(Serialized::defaults(Self::default())).merge(Toml::string(text)))
    }

    fn extract(figment: Figment) -> Result<Self, RefusedConfig> {
        let config: Self = figment.extract().map_err(|error| RefusedConfig::from_figment(&error))?;
        config.check()?;
        Ok(config)
    }

    /// Whether the values fit together.
    pub fn check(&self) -> Result<(), RefusedConfig> {
        check_issuer(&self.issuer)?;
        self.limits.check().map_err(RefusedConfig::Value)?;
        self.lives.check().map_err(RefusedConfig::Value)?;
        self.check_tls()?;
        self.keys.check().map_err(RefusedConfig::Value)?;
        self.staff.upstream.iter().try_for_each(|upstream| upstream.check().map_err(RefusedConfig::Value))?;
        relying_party::check(&self.clients).map_err(RefusedConfig::Value)
    }

    fn check_tls(&self) -> Result<(), RefusedConfig> {
        let refused = |words: String| Err(RefusedConfig::Value(words));
        match (&self.tls.certificate, &self.tls.key) {
            (None, None) => Ok(()),
            (Some(_), None) => {
                refused("tls.certificate is set and tls.key isn't: name the file with its private key".to_owned())
            }
            (None, Some(_)) => {
                refused("tls.key is set and tls.certificate isn't: name the file with its certificate".to_owned())
            }
            (Some(_), Some(_)) if self.is_https() => Ok(()),
            (Some(_), Some(_)) => refused(format!(
                "tls is set, but the issuer `{}` is http: write it with https, or leave tls out",
                self.issuer
            )),
        }
    }

    /// Whether browsers reach Guichet by TLS.
    pub fn is_https(&self) -> bool {
        self.issuer.starts_with("https://")
    }

    /// Scheme, host and port of the issuer.
    pub fn origin(&self) -> &str {
        self.issuer.strip_suffix(self.prefix()).unwrap_or(&self.issuer)
    }

    /// The issuer's path, which stands before every path of ours: empty, or like `/auth`.
    pub fn prefix(&self) -> &str {
        let host = self.issuer.find("://").map_or(0, |scheme| scheme + 3);
        self.issuer[host..].find('/').map_or("", |path| &self.issuer[host + path..])
    }

    /// A link to a path of ours, for mails and documents.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// `GUICHET_ISSUER`, `GUICHET_STORE__URL`, …: what the programs around Guichet read for themselves is left out.
fn environment() -> Env {
    Env::prefixed("GUICHET_").filter(|key| key != "config" && key != "log" && !key.starts_with("test")).split("__")
}

/// OpenID Connect Discovery section 3: an https URL without query or fragment; http is for loopback only. Behind a path
/// every address of ours begins with it.
fn check_issuer(issuer: &str) -> Result<(), RefusedConfig> {
    let advice =
        |why: &str| RefusedConfig::Value(format!("issuer `{issuer}` {why}: write it like https://login.example.com"));
    let url = Url::parse(issuer).map_err(|_| advice("is no URL"))?;
    let path = url.path().strip_suffix('/').unwrap_or(url.path());
    // What browsers call this origin must be the very same text: forms and cookies are held against it.
    if format!("{}{path}", url.origin().ascii_serialization()) != issuer {
        return Err(advice(
            "is more than scheme, host in small letters, a port where it isn't the usual one, and a path",
        ));
    }
    let is_plain = |piece: &str| piece.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if path.split('/').skip(1).any(|piece| piece.is_empty() || !is_plain(piece)) {
        return Err(advice("has a path of more than letters, digits, `-` and `_` between its slashes"));
    }
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(advice("isn't https, which only loopback addresses may do without")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, EXAMPLE};

    #[test]
    fn the_example_is_the_defaults_and_names_every_key() {
        let uncommented: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#:").map_or(line, str::trim_start))
            .collect::<Vec<_>>()
            .join("\n");
        // With TLS switched on as well, the issuer must say so.
        let uncommented = uncommented.replacen("issuer = \"http://", "issuer = \"https://", 1);
        let example: toml::Table = uncommented.parse().unwrap();
        Config::parse(&uncommented).expect("the example with every option switched on is accepted");
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        assert_covers(&defaults, &example, "");
        assert_eq!(
            toml::Table::try_from(Config::parse(EXAMPLE).unwrap()).unwrap(),
            defaults,
            "what isn't commented out is the default"
        );
    }

    fn assert_covers(defaults: &toml::Table, example: &toml::Table, path: &str) {
        for (key, value) in defaults {
            let found = example.get(key).unwrap_or_else(|| panic!("the example lacks {path}{key}"));
            if let (Some(inner), Some(shown)) = (value.as_table(), found.as_table()) {
                assert_covers(inner, shown, &format!("{path}{key}."));
            }
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let refused = Config::parse("[lives]\nsesion = \"1h\"").unwrap_err().to_string();
        assert!(refused.contains("`lives.sesion`") && refused.contains("`session`"), "{refused}");
        let refused = Config::parse("isuer = \"https://a.example\"").unwrap_err().to_string();
        assert!(refused.contains("`isuer`") && refused.contains("`issuer`"), "{refused}");
    }

    #[test]
    fn an_issuer_is_https_or_loopback_and_nothing_but_an_origin_and_a_plain_path() {
        for (issuer, fine) in [
            ("https://login.example.com", true),
            ("http://localhost:8080", true),
            ("http://login.example.com", false),
            ("https://login.example.com/", false),
            ("https://example.com/auth", true),
            ("https://example.com/a/b", true),
            ("https://example.com/auth/", false),
            ("https://example.com/a//b", false),
            ("https://example.com/a/../b", false),
            ("https://example.com/a;b", false),
            ("https://example.com/a?b", false),
            ("https://login.example.com?x", false),
            ("login.example.com", false),
            ("HTTPS://login.example.com", false),
            ("https://Login.example.com", false),
            ("https://login.example.com:443", false),
            ("https://:secret@login.example.com", false),
        ] {
            assert_eq!(Config::parse(&format!("issuer = \"{issuer}\"")).is_ok(), fine, "{issuer}");
        }
    }

    #[test]
    fn a_wrong_value_names_its_key() {
        let refused = Config::parse("[lives]\nsession = \"soon\"").unwrap_err().to_string();
        assert!(refused.contains("lives.session") && refused.contains("30min"), "{refused}");
        for (code, fine) in [("60s", true), ("1min", true), ("61s", false), ("1h", false), ("0s", false)] {
            let read = Config::parse(&format!("[lives]\ncode = \"{code}\""));
            assert_eq!(read.as_ref().is_err_and(|refused| refused.to_string().contains("lives.code")), !fine, "{code}");
        }
        for (text, key) in
            [("name = 0", "limits.name"), ("window = \"0s\"", "limits.window"), ("client = -1", "limits.client")]
        {
            let refused = Config::parse(&format!("[limits]\n{text}")).unwrap_err().to_string();
            assert!(refused.contains(key), "{refused}");
        }
    }

    #[test]
    fn tls_takes_a_certificate_its_key_and_an_https_issuer() {
        let refused = |text: &str| Config::parse(text).map(drop).map_err(|refused| refused.to_string());
        let https = "issuer = \"https://login.example.com\"\n";
        assert_eq!(refused(&format!("{https}[tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"")), Ok(()));
        for (text, words) in [
            (format!("{https}[tls]\ncertificate = \"a.pem\""), "tls.key isn't"),
            (format!("{https}[tls]\nkey = \"a.key\""), "tls.certificate isn't"),
            ("[tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"".to_owned(), "write it with https"),
        ] {
            let refused = refused(&text).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn keys_are_published_before_they_sign() {
        let parse =
            |text: &str| Config::parse(&format!("[keys]\n{text}")).map(drop).map_err(|refused| refused.to_string());
        assert_eq!(parse("rotate_every = \"never\""), Ok(()));
        for (text, words) in [
            ("lead = \"30s\"", "too short"),
            ("rotate_every = \"1h\"", "longer than keys.lead"),
            ("rotate_every = \"0d\"", "longer than keys.lead"),
            ("rotate_every = \"sometimes\"", "nor never"),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
    }
}
