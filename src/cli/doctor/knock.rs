//! Knocks at the issuer as a relying party would, and looks who opens.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use native_tls::{HandshakeError, TlsConnector};
use serde_json::Value;
use url::Url;

use crate::base::Place;

/// Who opened.
pub(super) enum Answer {
    /// A provider that calls itself by this issuer.
    Ours,
    Nobody(String),
    /// Somebody whose certificate isn't valid for that name.
    Untrusted(String),
    /// Somebody else.
    Other(String),
}

const PATIENCE: Duration = Duration::from_secs(5);

/// No metadata is longer.
const LONGEST: u64 = 64 * 1024;

/// Asks for the provider's metadata at that address.
pub(super) async fn at(issuer: &Url) -> Answer {
    let issuer = issuer.clone();
    let knocking = tokio::task::spawn_blocking(move || knock(&issuer));
    knocking.await.unwrap_or_else(|error| Answer::Nobody(error.to_string()))
}

fn knock(issuer: &Url) -> Answer {
    let host = issuer.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let stream = match connect(host, issuer.port_or_known_default().unwrap_or_default()) {
        Ok(stream) => stream,
        Err(error) => return Answer::Nobody(error.to_string()),
    };
    let heard = if issuer.scheme() == "https" {
        match TlsConnector::new().map_err(HandshakeError::Failure).and_then(|tls| tls.connect(host, stream)) {
            Ok(stream) => ask(stream, issuer),
            Err(HandshakeError::Failure(error)) => return Answer::Untrusted(error.to_string()),
            Err(HandshakeError::WouldBlock(_)) => return Answer::Nobody("no TLS within 5 s".to_owned()),
        }
    } else {
        ask(stream, issuer)
    };
    heard.map_or_else(|error| Answer::Nobody(error.to_string()), |answer| judge(&answer, issuer))
}

fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// HTTP/1.0, so that the answer ends with the connection and comes in one piece.
fn ask(mut stream: impl Read + Write, issuer: &Url) -> io::Result<String> {
    let authority = issuer.authority();
    write!(
        stream,
        "GET {} HTTP/1.0\r\nHost: {authority}\r\nAccept: application/json\r\n\r\n",
        Place::OpenidConfiguration.path()
    )?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn judge(answer: &str, issuer: &Url) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status: String = head.lines().next().unwrap_or_default().chars().take(60).collect();
    if status.split(' ').nth(1) != Some("200") {
        return Answer::Other(if status.is_empty() { "no HTTP".to_owned() } else { format!("it answers {status}") });
    }
    let metadata: Value = serde_json::from_str(body).unwrap_or_default();
    let named = metadata.get("issuer").and_then(Value::as_str).unwrap_or_default();
    let ours = issuer.as_str().trim_end_matches('/');
    if named == ours {
        Answer::Ours
    } else {
        Answer::Other(format!("it calls itself `{}`", named.chars().take(100).collect::<String>()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, judge};

    #[test]
    fn only_who_calls_itself_by_the_issuer_is_ours() {
        let issuer = "https://login.example.com".parse().unwrap();
        let ours = |answer: &str| matches!(judge(answer, &issuer), Answer::Ours);
        assert!(ours("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{\"issuer\":\"https://login.example.com\"}"));
        for other in [
            "",
            "HTTP/1.1 502 Bad Gateway\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n<html>",
            "HTTP/1.1 200 OK\r\n\r\n{\"issuer\":\"https://x\"}",
        ] {
            assert!(!ours(other), "{other}");
        }
    }
}
