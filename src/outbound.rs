//! Calls to other people's servers: to public addresses only, checked as the connection is
//! made; without redirects; with little patience and a small appetite. It doesn't know what is said.

use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, RequestBuilder, header};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::base::{Address, Endpoint, Fault, Networks};

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(3);

/// How long a call may take in all.
pub const WHOLE_CALL: Duration = Duration::from_secs(5);

/// How many bytes of an answer are read.
const LONGEST_ANSWER: usize = 2 * 1024;

/// The longest answer that is read whole, in bytes: a provider's metadata or its keys.
const LONGEST_DOCUMENT: usize = 256 * 1024;

/// `[outbound]` in the configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The networks that are called although the Internet can't reach them.
    pub allow: Networks,
}

/// Calls other servers; clones share their connections.
#[derive(Clone)]
pub struct Outbound {
    allow: Networks,
    http: Client,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The beginning of the body.
    pub text: String,
}

/// An answer read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    pub status: u16,
    /// What the body is said to be.
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no answer, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreached(String);

impl Outbound {
    /// Ready to call, as the settings allow.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        Self::through(Gate { allow: settings.allow.clone(), lookup: Box::new(|name| Box::pin(look_up(name))) })
    }

    fn through(gate: Gate) -> Result<Self, Fault> {
        let allow = gate.allow.clone();
        let http = Client::builder()
            .dns_resolver(Arc::new(gate))
            // A proxy of the environment would resolve names itself, past the gate.
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECTING)
            .timeout(WHOLE_CALL)
            .min_tls_version(reqwest::tls::Version::TLS_1_2)
            .pool_idle_timeout(Duration::from_secs(10))
            .user_agent("Guichet")
            .build()
            .map_err(|error| Fault::broken("preparing outbound calls", error))?;
        Ok(Self { allow, http })
    }

    /// Posts a form and reads the beginning of the answer.
    pub async fn post_form(&self, to: &Endpoint, fields: &[(&str, &str)]) -> Result<Answer, Unreached> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .http
            .post(to.url().clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        self.call(to, request).await
    }

    /// Sends any request and reads the whole answer, unless it is longer than anything expected. What is asked is the
    /// caller's to know.
    pub async fn send(&self, request: Request) -> Result<Whole, Unreached> {
        self.admit(request.url())?;
        let mut response = self.http.execute(request).await.map_err(|error| unreached(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreached(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_DOCUMENT {
                return Err(Unreached("the answer is longer than anything expected".to_owned()));
            }
        }
        let content_type =
            response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Whole { status: response.status().as_u16(), content_type, body })
    }

    /// A host that is an address already is never resolved, so that the gate would not be asked.
    fn admit(&self, to: &Url) -> Result<(), Unreached> {
        let literal = match to.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(address) = literal
            && !admits(&self.allow, address)
        {
            return Err(Unreached(Shut(address).to_string()));
        }
        Ok(())
    }

    async fn call(&self, to: &Endpoint, request: RequestBuilder) -> Result<Answer, Unreached> {
        self.admit(to.url())?;
        let mut response = request.send().await.map_err(|error| unreached(&error))?;
        let mut read = Vec::new();
        while read.len() < LONGEST_ANSWER
            && let Some(chunk) = response.chunk().await.map_err(|error| unreached(&error))?
        {
            read.extend(chunk.iter().take(LONGEST_ANSWER - read.len()));
        }
        Ok(Answer { status: response.status().as_u16(), text: String::from_utf8_lossy(&read).into_owned() })
    }
}

/// Who says which addresses a name has.
type Lookup = Box<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Lets addresses through. It is the resolver itself: what it answers is what is connected to, so that a name can't
/// mean one address when it is checked and another when it is called (DNS rebinding).
struct Gate {
    allow: Networks,
    lookup: Lookup,
}

fn admits(allow: &Networks, address: IpAddr) -> bool {
    let address = Address::from(address);
    address.is_public() || allow.contain(address)
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = (self.lookup)(name.as_str().to_owned());
        let allow = self.allow.clone();
        Box::pin(async move {
            let found = looking.await?;
            let admitted = found.iter().copied().filter(|address| admits(&allow, *address));
            // The port is the URL's.
            let admitted: Vec<_> = admitted.map(|address| SocketAddr::new(address, 0)).collect();
            match (found.first(), admitted.is_empty()) {
                (Some(shut), true) => Err(Shut(*shut).into()),
                (Some(_) | None, _) => Ok(Box::new(admitted.into_iter()) as Addrs),
            }
        })
    }
}

async fn look_up(name: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
}

/// An address that is not called.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no public address: list its network in outbound.allow if it may be called")]
struct Shut(IpAddr);

/// An error with its causes, without the URL, whose query may hold a secret.
fn unreached(error: &reqwest::Error) -> Unreached {
    let mut text = if error.is_timeout() { "no answer in time" } else { "no answer" }.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    Unreached(text)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::{Answer, Endpoint, Gate, Networks, Outbound, Settings};

    /// A server that answers everything alike and counts.
    struct Server {
        port: u16,
        connections: Arc<AtomicUsize>,
        asked: Arc<Mutex<String>>,
    }

    impl Server {
        async fn answering(answer: &'static str, after: Duration) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = Self {
                port: listener.local_addr().unwrap().port(),
                connections: Arc::default(),
                asked: Arc::default(),
            };
            let (connections, asked) = (server.connections.clone(), server.asked.clone());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    let mut request = vec![0; 4096];
                    let read = stream.read(&mut request).await.unwrap();
                    *asked.lock().unwrap() = String::from_utf8_lossy(&request[..read]).into_owned();
                    tokio::time::sleep(after).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            });
            server
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::SeqCst)
        }

        async fn asked_by(&self, outbound: &Outbound, host: &str) -> Result<Answer, String> {
            let to = Endpoint::parse(&format!("http://{host}:{}/bye?x=secret", self.port)).unwrap();
            outbound.post_form(&to, &[("logout_token", "a.b&c")]).await.map_err(|unreached| unreached.to_string())
        }
    }

    const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

    fn allowing(networks: &str) -> Outbound {
        Outbound::new(&Settings { allow: Networks::parse(networks).unwrap() }).unwrap()
    }

    #[tokio::test]
    async fn nothing_private_is_called_unless_listed_whether_named_or_numbered() {
        let server = Server::answering(NO_CONTENT, Duration::ZERO).await;
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let refused = server.asked_by(&allowing("10.0.0.0/8"), host).await.unwrap_err();
            assert!(refused.contains("outbound.allow") && !refused.contains("secret"), "{host}: {refused}");
        }
        assert_eq!(server.connections(), 0, "not even a connection");
        for host in ["127.0.0.1", "localhost"] {
            assert_eq!(server.asked_by(&allowing("127.0.0.0/8"), host).await.unwrap().status, 204, "{host}");
        }
        let asked = server.asked.lock().unwrap().clone();
        assert!(asked.starts_with("POST /bye?x=secret ") && asked.ends_with("logout_token=a.b%26c"), "{asked}");
    }

    /// The address that was checked is the one that is called, and every connection is checked anew.
    #[tokio::test]
    async fn a_name_that_changes_its_address_gets_nowhere() {
        let server = Server::answering("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", Duration::ZERO).await;
        let looked = Arc::new(AtomicUsize::new(0));
        let asked = looked.clone();
        let addresses: [&[&str]; 3] = [&["10.0.0.1", "127.0.0.1"], &["169.254.169.254"], &[]];
        let gate = Gate {
            allow: Networks::parse("127.0.0.0/8").unwrap(),
            lookup: Box::new(move |_| {
                let found = addresses[asked.fetch_add(1, Ordering::SeqCst)];
                Box::pin(async move { Ok(found.iter().map(|address| address.parse::<IpAddr>().unwrap()).collect()) })
            }),
        };
        let outbound = Outbound::through(gate).unwrap();
        assert_eq!(server.asked_by(&outbound, "localhost").await.unwrap().status, 204);
        assert_eq!(looked.load(Ordering::SeqCst), 1, "looked up once, for the check and the connection");
        assert!(server.asked_by(&outbound, "localhost").await.unwrap_err().contains("169.254.169.254"));
        assert!(server.asked_by(&outbound, "localhost").await.is_err(), "a name without addresses");
        assert_eq!(server.connections(), 1);
    }

    #[tokio::test]
    async fn no_redirect_is_followed() {
        let elsewhere = Server::answering(NO_CONTENT, Duration::ZERO).await;
        let location = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{}/\r\nContent-Length: 0\r\n\r\n",
            elsewhere.port
        );
        let server = Server::answering(location.leak(), Duration::ZERO).await;
        assert_eq!(server.asked_by(&allowing("127.0.0.0/8"), "127.0.0.1").await.unwrap().status, 307);
        assert_eq!(elsewhere.connections(), 0);
    }

    #[tokio::test]
    async fn an_answer_is_read_to_its_limit_and_a_slow_one_not_at_all() {
        let long = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: 10000000\r\n\r\n{}", "x".repeat(100_000));
        let server = Server::answering(long.leak(), Duration::ZERO).await;
        let answer = server.asked_by(&allowing("127.0.0.0/8"), "127.0.0.1").await.unwrap();
        assert_eq!((answer.status, answer.text.len()), (400, 2048));
        let server = Server::answering(NO_CONTENT, Duration::from_mins(1)).await;
        let since = tokio::time::Instant::now();
        let refused = server.asked_by(&allowing("127.0.0.0/8"), "127.0.0.1").await.unwrap_err();
        assert!(refused.starts_with("no answer in time"), "{refused}");
        assert!(since.elapsed() < Duration::from_secs(8));
    }
}
