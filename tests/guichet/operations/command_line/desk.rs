//! An operator's desk: a folder, the program run in it, and a server started from it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::world::Database;
use crate::world::wire::{ANY_PORT, listens_at};

/// A folder the program is run in, with nothing of the surrounding environment.
pub struct Desk(pub TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With a configuration.
    pub fn with(config: &str) -> Self {
        let desk = Self::new();
        desk.write("guichet.toml", config);
        desk
    }

    /// With a database in that state.
    pub fn on(database: &Database) -> Self {
        Self::with(&format!("[store]\nurl = {:?}", database.url()))
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.path().join(name);
        fs::write(&file, text).unwrap();
        file
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
        command.args(line.split_whitespace()).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        // Any free port, whatever else runs on this machine.
        command.env("GUICHET_LISTEN", ANY_PORT);
        command
    }

    pub fn run(&self, line: &str) -> Ran {
        Ran::of(self.command(line).output().unwrap())
    }

    /// Runs what must work, and answers what it prints.
    #[track_caller]
    pub fn does(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {}{}", ran.printed, ran.complained);
        ran.printed
    }

    /// Runs what can't work: one line that names the trouble and what to do, soon.
    #[track_caller]
    pub fn fails(&self, line: &str, words: &[&str]) {
        let began = Instant::now();
        let ran = self.run(line);
        ran.is_one_clear_line(line, words);
        assert!(began.elapsed() < Duration::from_secs(20), "{line} took {:?}", began.elapsed());
    }

    /// What its server printed.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.0.path().join("printed")).unwrap()
    }

    /// A server, behind a proxy on the issuer's port: only what is held already is known before it starts.
    pub fn serve(&self) -> Server {
        let front = TcpListener::bind(ANY_PORT).unwrap();
        let issuer = format!("http://localhost:{}", front.local_addr().unwrap().port());
        let mut command = self.command("serve --log-format json");
        let printed = fs::File::create(self.0.path().join("printed")).unwrap();
        command.env("GUICHET_ISSUER", &issuer).stdout(printed).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let (mut logged, mut line) = (String::new(), String::new());
        let address = loop {
            assert!(log.read_line(&mut line).unwrap() > 0, "the server doesn't start: {logged}");
            logged += &line;
            match listens_at(&line) {
                Some(address) => break address,
                None => line.clear(),
            }
        };
        std::thread::spawn(move || pass_on(&front, address));
        let server = Server { process, address, issuer, log, logged };
        server.is_ready();
        server
    }
}

/// Passes on what arrives, one connection after another, for as long as the test runs.
fn pass_on(front: &TcpListener, to: SocketAddr) {
    for mut caller in front.incoming().map_while(Result::ok) {
        let Ok(mut server) = TcpStream::connect(to) else { return };
        let (mut asking, mut asked) = (caller.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut asking, &mut asked);
            let _ = asked.shutdown(Shutdown::Write);
        });
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut server, &mut caller);
            let _ = caller.shutdown(Shutdown::Write);
        });
    }
}

/// How the program ended.
pub struct Ran {
    pub code: Option<i32>,
    pub printed: String,
    pub complained: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), printed: text(output.stdout), complained: text(output.stderr) }
    }

    #[track_caller]
    pub fn is_one_clear_line(&self, line: &str, words: &[&str]) {
        let complaint = self.complained.trim_end_matches('\n');
        assert_eq!(self.code, Some(1), "{line}: {complaint}");
        assert!(
            complaint.starts_with("guichet: ") && complaint.matches(": ").count() >= 2,
            "what is wrong, and what to do: {complaint}"
        );
        for word in words {
            assert!(complaint.contains(word), "`{word}` is missing: {complaint}");
        }
        assert_eq!(complaint.lines().count(), 1, "one line: {complaint}");
        for debris in ["panicked", "Error {", "Err(", "Some(", "PoolTimedOut", "\u{1b}"] {
            assert!(!complaint.contains(debris), "{debris}: {complaint}");
        }
    }
}

/// A running server, which ends with the test.
pub struct Server {
    process: Child,
    address: SocketAddr,
    pub issuer: String,
    log: BufReader<ChildStderr>,
    logged: String,
}

impl Server {
    fn is_ready(&self) {
        let began = Instant::now();
        while !self.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.0 200")) {
            assert!(began.elapsed() < Duration::from_mins(1), "the server isn't ready");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Tells it that something changed, and answers what it logs of that.
    pub fn hangs_up(&mut self) -> String {
        let told = Command::new("kill").args(["-HUP", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "it ended: {}", self.logged);
            self.logged += &line;
            if line.contains("read again") {
                return line;
            }
        }
    }

    /// Asks it to stop as a service manager does, and answers what it logged.
    pub fn stop(mut self) -> String {
        let told = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(told.success());
        assert!(self.process.wait().unwrap().success(), "a server that is told to stop ends well");
        self.log.read_to_string(&mut self.logged).unwrap();
        std::mem::take(&mut self.logged)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
