//! The real program on a real port, and a caller who may get no answer.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpSocket;
use url::{Position, Url};

use crate::world::{Answer, Ask, ISSUER, PASSWORD, write_master_key};

/// A server process with its folder: configuration, master key, log.
pub struct Process {
    visitor: Wire,
    folder: TempDir,
    child: Child,
}

/// Any free port, as the system chooses it: what listens there says which it got.
pub const ANY_PORT: &str = "127.0.0.1:0";

/// An address that refuses connections for as long as this lives: it is held, and nobody listens.
pub struct Refusing(TcpSocket);

impl Refusing {
    /// Takes one.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(ANY_PORT.parse().unwrap()).unwrap();
        Self(socket)
    }

    /// Which.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

/// Where a server says in its log, in JSON, that it listens.
pub fn listens_at(line: &str) -> Option<SocketAddr> {
    let said: serde_json::Value = serde_json::from_str(line).ok()?;
    let fields = said.get("fields").filter(|fields| fields["message"] == "Guichet serves")?;
    fields["listen"].as_str()?.parse().ok()
}

impl Process {
    /// Starts `guichet serve` on that database and waits until it is ready. A guess that a crash interrupts stays
    /// counted, so that people who live through many crashes need a wide limit.
    pub async fn start(database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_master_key(&folder.path().join("master.key"));
        let config = format!(
            "issuer = \"{ISSUER}\"\nlisten = \"{ANY_PORT}\"\n\
             [store]\nurl = \"{database}\"\n\
             [secrets]\nmaster_key_file = \"master.key\"\n\
             [password]\nmemory_kib = 8\npasses = 1\nlanes = 1\nat_once = 2\n\
             [limits]\nname = 10000\n\
             [lives]\ntoken = \"30min\"\n\n{}",
            include_str!("clients.toml")
        );
        std::fs::write(folder.path().join("guichet.toml"), config).unwrap();
        let child = spawn(&folder);
        let mut process = Self { visitor: Wire::to(ISSUER), folder, child };
        process.ready().await;
        process
    }

    /// A browser that has never been there.
    pub fn visitor(&self) -> Wire {
        self.visitor.clone()
    }

    /// Ends it at once, as a crash of the machine's power wouldn't and a crash of the process would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, after it was killed.
    pub async fn restart(&mut self) {
        self.child = spawn(&self.folder);
        self.ready().await;
    }

    async fn ready(&mut self) {
        for _ in 0..1_500 {
            if let Some(address) = self.log().lines().find_map(listens_at) {
                self.visitor = Wire::to(&format!("http://{address}"));
                if self.visitor().get("/readyz").await.is_some_and(|answer| answer.status() == 200) {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server doesn't start: {}", self.log());
    }

    /// What it logged since it was last started.
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

fn spawn(folder: &TempDir) -> Child {
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    program("serve", folder)
        .args(["--log-format", "json"])
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// The program in a folder of its own, with nothing of ours in its environment.
fn program(command: &str, folder: &TempDir) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_guichet"));
    program.arg(command).current_dir(folder.path()).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GUICHET_")) {
        program.env_remove(name);
    }
    program
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `guichet demo`, once it serves.
pub struct Demonstration {
    /// Its issuer.
    pub issuer: String,
    /// What it printed.
    pub told: String,
    child: Child,
    _folder: TempDir,
}

impl Demonstration {
    /// Starts it with these arguments and reads what it says until it serves.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = program("demo", &folder);
        command.args(["--data", "data", "--listen", ANY_PORT]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut told = String::new();
        // Where to is the last that is said.
        for line in lines.take_while(|line| !line.starts_with("Open http")) {
            told += &line;
            told.push('\n');
        }
        let issuer = issuer_in(&told).unwrap_or_else(|| panic!("the demonstration doesn't say where it is: {told}"));
        Self { issuer: issuer.to_owned(), told, child, _folder: folder }
    }
}

/// Where a demonstration says that it is.
pub fn issuer_in(told: &str) -> Option<&str> {
    told.split_once("Guichet's demonstration is at ")?.1.split_once(". Who").map(|(issuer, _)| issuer)
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser over TCP. Every question may stay without an answer.
#[derive(Clone)]
pub struct Wire {
    http: reqwest::Client,
    url: String,
    cookies: BTreeMap<String, String>,
}

impl Wire {
    /// A browser with connections of its own. Making one reads the machine's certificates: rather clone one.
    pub fn to(url: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.timeout(Duration::from_secs(30)).build().unwrap(),
            url: url.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser at the process as it runs now: its connections to the one before are broken.
    pub fn at(mut self, process: &Process) -> Self {
        let Self { http, url, .. } = process.visitor();
        (self.http, self.url) = (http, url);
        self
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Option<Answer> {
        let request = self.http.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            self.http.post(format!("{}{path}", self.url)).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    /// Asks UserInfo.
    pub async fn userinfo(&mut self, access: &str) -> Option<Answer> {
        let request = self.http.get(format!("{}/oauth2/userinfo", self.url)).bearer_auth(access);
        self.send(request).await
    }

    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Option<Answer> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        // An answer cut off in the middle is none.
        let body = response.bytes().await.ok()?;
        let answer = Answer::new(status, headers, body.to_vec());
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        Some(answer)
    }

    /// Signs in; the session's cookie is there when this answers.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Option<()> {
        let form = self.get("/login").await?.page().form_of("#login-submit");
        let answer =
            self.post("/login", &[("csrf", form.field("csrf")), ("username", login), ("password", password)]).await?;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        Some(())
    }

    /// Goes where answers send it and answers what is asked on the way, until it is sent elsewhere.
    pub async fn walk(&mut self, path: &str, login: &str) -> Url {
        let home = Url::parse(&self.url).unwrap();
        let mut answer = self.get(path).await.unwrap();
        for _ in 0..10 {
            let location = home.join(answer.header("location")).unwrap();
            answer = match answer.status() {
                303 if location.origin() == home.origin() => self.get(&location[Position::BeforePath..]).await.unwrap(),
                303 => return location,
                _ => self.answer(&answer, login).await,
            };
        }
        panic!("in circles: {}", answer.text());
    }

    /// Presses the button of the page shown: the sign-in's or the consent's.
    async fn answer(&mut self, asked: &Answer, login: &str) -> Answer {
        let form = asked.page().form_of("#login-submit, #consent-allow");
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| match name.as_str() {
                "username" => ("username", login),
                "password" => ("password", PASSWORD),
                name => (name, value.as_str()),
            })
            .collect();
        self.post(&form.action, &fields).await.unwrap()
    }

    /// The code that a request gets without any question.
    pub async fn code(&mut self, ask: &Ask) -> Option<String> {
        let answer = self.get(&ask.path()).await?;
        Some(answer.parameter("code").unwrap_or_else(|| panic!("{:?} {}", answer.location(), answer.text())))
    }

    /// Gives the consent that a request asks for.
    pub async fn consent(&mut self, ask: &Ask) {
        let sent = self.get(&ask.path()).await.unwrap();
        let form = self.get(sent.header("location")).await.unwrap().page().form_of("#consent-allow");
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(self.post(&form.action, &fields).await.unwrap().status(), 303);
    }
}
