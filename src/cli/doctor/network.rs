//! Whether people and relying parties reach this server where the issuer says, and whose word about addresses is taken.

use url::Url;

use crate::config::Config;

use super::knock::{self, Answer};
use super::{Chart, Fail, Finding, Fine, Warn};

/// Examines issuer, listener and proxies.
pub(super) async fn examine(config: &Config, chart: &mut Chart) {
    let name = &config.issuer;
    let Ok(issuer) = Url::parse(name) else {
        chart.add("issuer", Fail(format!("{name} is no URL: correct it")));
        return;
    };
    chart.add("listen", listener(config, &issuer));
    chart.add("proxies", proxies(config));
    let finding = match knock::at(&issuer).await {
        Answer::Ours => Fine(format!("{name} answers and calls itself so")),
        Answer::Nobody(why) => {
            Warn(format!("nobody answers at {name} ({why}): start the server, or look at the proxy"))
        }
        Answer::Untrusted(why) => Fail(format!("the certificate of {name} is no good ({why}): renew it")),
        Answer::Other(who) => Fail(format!("{name} is somebody else's ({who}): correct issuer, or the proxy")),
    };
    chart.add("issuer", finding);
}

fn listener(config: &Config, issuer: &Url) -> Finding {
    let (listen, port) = (config.listen, issuer.port_or_known_default().unwrap_or_default());
    if config.is_https() && config.tls.files().is_none() {
        Fine(format!("{listen}, for the proxy that speaks TLS in front of it"))
    } else if listen.port() != port {
        Warn(format!("people come to port {port}, and the server listens on {listen}: correct issuer or listen"))
    } else if config.is_https() {
        Fine(format!("{listen}, by TLS"))
    } else if listen.ip().is_loopback() {
        Fine(listen.to_string())
    } else {
        Warn(format!("{listen} can be reached from elsewhere without TLS: listen on loopback, or put a proxy in front"))
    }
}

fn proxies(config: &Config) -> Finding {
    let trusted = &config.http.trusted_proxies;
    let words: Vec<String> = trusted.iter().map(ToString::to_string).collect();
    if let Some(everybody) = trusted.iter().find(|network| network.prefix_len() == 0) {
        Fail(format!("{everybody} is everybody, so anyone may claim any address: list the proxies only"))
    } else if trusted.is_empty() && config.is_https() && config.tls.files().is_none() {
        let why = "http.trusted_proxies is empty: every address will be that of the proxy that speaks TLS";
        Warn(why.to_owned())
    } else if trusted.is_empty() {
        Fine("none is trusted; addresses are the connections' own".to_owned())
    } else {
        Fine(words.join(", "))
    }
}
