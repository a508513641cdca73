//! HTTP/1.1 over one connection that is kept alive: as little as a load generator needs, so that it costs less than the
//! server.

use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::body::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::form_urlencoded::Serializer;

use crate::Outcome;

/// A request under construction.
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    /// Asks for a document.
    pub fn get(path: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: doors/1\r\n"), body: String::new() }
    }

    /// Sends a form.
    pub fn post(path: &str, fields: &[(&str, &str)]) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let head = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: doors/1\r\n");
        Self { head, body }.with("content-type", "application/x-www-form-urlencoded")
    }

    /// With a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    /// As it is sent.
    pub fn bytes(self) -> Bytes {
        let Self { head, body } = self;
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        Bytes::from(format!("{head}{length}\r\n{body}"))
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    head: String,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// The values of a header, whose name is in lower case as hyper writes it.
    pub fn headers(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.head.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The first value of a header.
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers(name).next()
    }

    /// A member of the body's JSON that is a text without escapes.
    pub fn member(&self, name: &str) -> Outcome<&str> {
        let (_, rest) = self.body.split_once(&format!("\"{name}\":\"")).ok_or_else(|| self.unexpected(name))?;
        Ok(rest.split('"').next().unwrap_or_default())
    }

    /// A parameter of where the answer sends the browser.
    pub fn parameter(&self, name: &str) -> Outcome<&str> {
        let location = self.header("location").ok_or_else(|| self.unexpected(name))?;
        let (_, query) = location.split_once('?').ok_or_else(|| self.unexpected(name))?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Ok(pairs.into_iter().find(|(key, _)| *key == name).ok_or_else(|| self.unexpected(name))?.1)
    }

    /// The answer, if it has that status.
    pub fn expect(self, status: u16) -> Outcome<Self> {
        if self.status == status { Ok(self) } else { Err(self.unexpected(&status.to_string()).into()) }
    }

    fn unexpected(&self, wanted: &str) -> String {
        format!("{wanted} was expected, and this came:\n{}\n{}", self.head, self.body)
    }
}

/// A connection.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.read[..end].to_vec())?;
        let status = head.get(9..12).unwrap_or_default().parse()?;
        let mut answer = Answer { status, head, body: String::new() };
        let length: usize = answer.header("content-length").map(str::parse).transpose()?.unwrap_or_default();
        while self.read.len() < end + 4 + length {
            self.more().await?;
        }
        answer.body = String::from_utf8(self.read[end + 4..].to_vec())?;
        Ok(answer)
    }

    async fn more(&mut self) -> Outcome<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}
