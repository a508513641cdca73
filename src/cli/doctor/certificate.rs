//! The certificate of this server's own TLS listener: whether it can be used, for whom, and for how long.

use url::Url;

use crate::base::{Clock, Life, Timestamp};
use crate::config::Config;
use crate::server::{Pair, Unusable};

use super::{Chart, Fail, Fine, Warn};

/// Whoever renews by hand wants to know by then.
const SOON: Life = Life::days(14);

/// Examines the certificate, where this server has one.
pub(super) fn examine(config: &Config, chart: &mut Chart) {
    let Some((certificate, key)) = config.tls.files() else { return };
    let issuer = Url::parse(&config.issuer);
    let host = issuer.as_ref().ok().and_then(Url::host_str).unwrap_or_default();
    let finding = match Pair::read(certificate, key).and_then(|pair| judge(&pair, host, Clock::System.now())) {
        Ok(Verdict::Fine(until)) => Fine(format!("for {host}, until {until}")),
        Ok(Verdict::EndsSoon(until)) => Warn(format!("it is valid until {until} only: renew it")),
        Ok(Verdict::Over(until)) => Fail(format!("it was valid until {until}: renew it")),
        Ok(Verdict::NotYet(from)) => {
            Fail(format!("it is valid from {from} on: set the clock, or put the right one there"))
        }
        Ok(Verdict::OtherHost) => Fail(format!("it isn't for {host}, the issuer's host: have one made for that name")),
        Err(unusable) => Fail(unusable.to_string()),
    };
    chart.add("certificate", finding);
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Fine(Timestamp),
    EndsSoon(Timestamp),
    Over(Timestamp),
    NotYet(Timestamp),
    OtherHost,
}

fn judge(pair: &Pair, host: &str, now: Timestamp) -> Result<Verdict, Unusable> {
    let (from, until) = (pair.valid_from()?, pair.valid_until()?);
    Ok(if !pair.is_for(host)? {
        Verdict::OtherHost
    } else if until <= now {
        Verdict::Over(until)
    } else if now < from {
        Verdict::NotYet(from)
    } else if until <= now + SOON {
        Verdict::EndsSoon(until)
    } else {
        Verdict::Fine(until)
    })
}

#[cfg(test)]
mod tests {
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;

    use super::{Clock, Life, Pair, Unusable, Verdict, judge};
    use crate::server::trial::Authority;

    #[test]
    fn a_certificate_is_for_its_names_and_its_time() {
        let authority = Authority::new();
        let folder = tempfile::tempdir().unwrap();
        let files = authority.issue_into(folder.path(), &["login.example.com", "*.portal.example", "192.0.2.7"]);
        let pair = Pair::read(&files.0, &files.1).unwrap();
        let (from, until) = (pair.valid_from().unwrap(), pair.valid_until().unwrap());
        let now = Clock::System.now();
        for host in ["login.example.com", "LOGIN.example.com", "a.portal.example", "192.0.2.7"] {
            assert_eq!(judge(&pair, host, now).unwrap(), Verdict::Fine(until), "{host}");
        }
        for host in ["example.com", "a.login.example.com", "portal.example", "a.b.portal.example", "192.0.2.8", ""] {
            assert_eq!(judge(&pair, host, now).unwrap(), Verdict::OtherHost, "{host}");
        }
        let at = |now| judge(&pair, "login.example.com", now).unwrap();
        assert_eq!(at(until - Life::days(13)), Verdict::EndsSoon(until));
        assert_eq!(at(until), Verdict::Over(until));
        assert_eq!(at(from - Life::seconds(1)), Verdict::NotYet(from));
    }

    #[test]
    fn what_can_not_be_used_is_named() {
        let authority = Authority::new();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (certificate, key) = authority.issue_into(one.path(), &["localhost"]);
        let (_, other) = authority.issue_into(two.path(), &["localhost"]);
        assert!(matches!(Pair::read(&certificate, &other).err(), Some(Unusable::Strangers { .. })));
        assert!(matches!(Pair::read(&key, &key).err(), Some(Unusable::NoCertificate(_))));
        assert!(matches!(Pair::read(&certificate, &certificate).err(), Some(Unusable::NoKey(_))));
        assert!(matches!(
            Pair::read(&certificate, &one.path().join("none")).err(),
            Some(Unusable::Unreadable { setting: "tls.key", .. })
        ));
        let sealed = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let sealed =
            sealed.private_key_to_pem_pkcs8_passphrase(openssl::symm::Cipher::aes_256_cbc(), b"secret").unwrap();
        std::fs::write(&key, sealed).unwrap();
        assert!(
            matches!(Pair::read(&certificate, &key).err(), Some(Unusable::NoKey(_))),
            "and nobody is asked for a passphrase"
        );
    }
}
