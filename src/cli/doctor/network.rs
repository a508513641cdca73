//! Whether people and relying parties reach this server where the issuer says, and whose word about addresses is taken.

use url::Url;

use crate::config::Config;

use super::Chart;
use super::knock::{self, Answer};

/// Examines issuer, listener and proxies.
pub(super) async fn examine(config: &Config, chart: &mut Chart) {
    let Ok(issuer) = Url::parse(&config.issuer) else {
        chart.fail("issuer", format!("{} is no URL: correct it", config.issuer));
        return;
    };
    listener(config, &issuer, chart);
    proxies(config, chart);
    match knock::at(&issuer).await {
        Answer::Ours => chart.ok("issuer", format!("{} answers and calls itself so", config.issuer)),
        Answer::Nobody(why) => {
            chart.warn(
                "issuer",
                format!("nobody answers at {} ({why}): start the server, or look at the proxy", config.issuer),
            );
        }
        Answer::Untrusted(why) => {
            chart.fail("issuer", format!("the certificate of {} is no good ({why}): renew it", config.issuer));
        }
        Answer::Other(who) => {
            chart.fail("issuer", format!("{} is somebody else's ({who}): correct issuer, or the proxy", config.issuer));
        }
    }
}

fn listener(config: &Config, issuer: &Url, chart: &mut Chart) {
    let (listen, port) = (config.listen, issuer.port_or_known_default().unwrap_or_default());
    if config.is_https() && config.tls.files().is_none() {
        chart.ok("listen", format!("{listen}, for the proxy that speaks TLS in front of it"));
    } else if listen.port() != port {
        chart.warn(
            "listen",
            format!("people come to port {port}, and the server listens on {listen}: correct issuer or listen"),
        );
    } else if config.is_https() {
        chart.ok("listen", format!("{listen}, by TLS"));
    } else if listen.ip().is_loopback() {
        chart.ok("listen", listen);
    } else {
        chart.warn(
            "listen",
            format!("{listen} can be reached from elsewhere without TLS: listen on loopback, or put a proxy in front"),
        );
    }
}

fn proxies(config: &Config, chart: &mut Chart) {
    let trusted = &config.http.trusted_proxies;
    let words: Vec<String> = trusted.iter().map(ToString::to_string).collect();
    if let Some(everybody) = trusted.iter().find(|network| network.prefix_len() == 0) {
        chart.fail(
            "proxies",
            format!("{everybody} is everybody, so anyone may claim any address: list the proxies only"),
        );
    } else if trusted.is_empty() && config.is_https() && config.tls.files().is_none() {
        chart.warn("proxies", "http.trusted_proxies is empty: every address will be that of the proxy that speaks TLS");
    } else if trusted.is_empty() {
        chart.ok("proxies", "none is trusted; addresses are the connections' own");
    } else {
        chart.ok("proxies", words.join(", "));
    }
}
