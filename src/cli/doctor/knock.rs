//! Knocks at the issuer as a relying party would, and looks who opens.

use std::error::Error;
use std::io;
use std::time::Duration;

use openssl::error::ErrorStack;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::base::Place;

/// Who opened.
#[derive(Debug)]
pub(super) enum Answer {
    /// A provider that calls itself by this issuer.
    Ours,
    /// Nobody.
    Nobody(String),
    /// Somebody whose certificate isn't valid for that name.
    Untrusted(String),
    /// Somebody else.
    Other(String),
}

const PATIENCE: Duration = Duration::from_secs(5);

/// No metadata is longer.
const LONGEST: usize = 64 * 1024;

/// Asks for the provider's metadata at that address.
pub(super) async fn at(issuer: &Url) -> Answer {
    let asked = async {
        let mut answer = ask(issuer).await?;
        let status = format!("{:?} {}", answer.version(), answer.status());
        Ok((answer.status(), status, read(&mut answer).await?))
    };
    match asked.await {
        Ok((StatusCode::OK, _, body)) => judge(&body, issuer),
        Ok((_, status, _)) => Answer::Other(format!("it answers {status}")),
        Err(error) => nobody(&error),
    }
}

/// Directly, as this machine reaches the name: no proxy of the environment's stands between, and nobody leads on.
async fn ask(issuer: &Url) -> reqwest::Result<Response> {
    let client = Client::builder().connect_timeout(PATIENCE).read_timeout(PATIENCE).redirect(Policy::none()).no_proxy();
    let mut metadata = issuer.clone();
    metadata.set_path(&format!("{}{}", issuer.path().trim_end_matches('/'), Place::OpenidConfiguration.path()));
    client.build()?.get(metadata).header("accept", "application/json").send().await
}

async fn read(answer: &mut Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < LONGEST
        && let Some(piece) = answer.chunk().await?
    {
        body.extend(piece);
    }
    Ok(body)
}

/// What became of a question that nobody answered in order, in the words of whatever gave up first.
fn nobody(error: &reqwest::Error) -> Answer {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        // Only TLS fails by OpenSSL, and what wraps its errors says which certificate was no good, and why.
        if deeper.is::<ErrorStack>() {
            return Answer::Untrusted(cause.to_string());
        }
        cause = deeper;
    }
    if error.is_timeout() {
        Answer::Nobody("no answer within 5 s".to_owned())
    } else if error.is_connect() || cause.is::<io::Error>() {
        Answer::Nobody(cause.to_string())
    } else {
        Answer::Other("no HTTP".to_owned())
    }
}

fn judge(body: &[u8], issuer: &Url) -> Answer {
    let metadata: Value = serde_json::from_slice(body).unwrap_or_default();
    let named = metadata.get("issuer").and_then(Value::as_str).unwrap_or_default();
    if named == issuer.as_str().trim_end_matches('/') {
        Answer::Ours
    } else {
        Answer::Other(format!("it calls itself `{}`", named.chars().take(100).collect::<String>()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod};
    use tokio::net::TcpSocket;
    use url::Url;

    use super::{Answer, at};
    use crate::server::trial::Authority;

    /// Whoever opens says this, whatever is asked.
    async fn found(says: &str) -> Answer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let says = says.replace("ISSUER", &issuer);
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(says.as_bytes()).unwrap();
        });
        at(&issuer.parse().unwrap()).await
    }

    #[tokio::test]
    async fn only_who_calls_itself_by_the_issuer_is_ours() {
        let ours = found("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{\"issuer\":\"ISSUER\"}").await;
        assert!(matches!(ours, Answer::Ours), "{ours:?}");
        for (other, why) in [
            ("", "no HTTP"),
            ("SSH-2.0-OpenSSH_9.2\r\n", "no HTTP"),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "it answers HTTP/1.1 502 Bad Gateway"),
            ("HTTP/1.1 302 Found\r\nLocation: ISSUER/x\r\n\r\n", "it answers HTTP/1.1 302 Found"),
            ("HTTP/1.1 200 OK\r\n\r\n<html>", "it calls itself ``"),
            ("HTTP/1.1 200 OK\r\n\r\n{\"issuer\":\"https://x\"}", "it calls itself `https://x`"),
        ] {
            let answer = found(other).await;
            assert!(matches!(&answer, Answer::Other(found) if found == why), "{other}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn where_nobody_listens_nobody_answers() {
        let held = TcpSocket::new_v4().unwrap();
        held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let issuer = format!("http://{}", held.local_addr().unwrap()).parse().unwrap();
        let answer = at(&issuer).await;
        assert!(matches!(&answer, Answer::Nobody(why) if why.contains("refused")), "{answer:?}");
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = Authority::new().issue_into(folder.path(), &["localhost"]);
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate_file(&certificate, SslFiletype::PEM).unwrap();
        acceptor.set_private_key_file(&key, SslFiletype::PEM).unwrap();
        let (acceptor, listener) = (acceptor.build(), TcpListener::bind("127.0.0.1:0").unwrap());
        let issuer: Url = format!("https://localhost:{}", listener.local_addr().unwrap().port()).parse().unwrap();
        std::thread::spawn(move || acceptor.accept(listener.accept().unwrap().0).is_err());
        let answer = at(&issuer).await;
        assert!(matches!(&answer, Answer::Untrusted(why) if why.contains("certificate verify failed")), "{answer:?}");
    }
}
