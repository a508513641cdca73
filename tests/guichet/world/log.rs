//! What the program logs while a test listens.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;

/// What is logged on the test's own thread, where its servers work, from now on and until this is dropped. Nobody else
/// hears of faults meanwhile.
pub struct Log {
    written: Arc<Mutex<Vec<u8>>>,
    _listening: DefaultGuard,
}

impl Log {
    /// Listens to what that filter lets through, written as `GUICHET_LOG` is.
    pub fn listen(filter: &str) -> Self {
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let writer = Arc::clone(&written);
        let lines = tracing_subscriber::fmt()
            .json()
            .with_env_filter(EnvFilter::try_new(filter).unwrap())
            .with_writer(move || Shared(Arc::clone(&writer)))
            .finish();
        Self { written, _listening: tracing::subscriber::set_default(lines) }
    }

    /// The lines so far.
    pub fn text(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }

    /// Those of that target.
    pub fn of(&self, target: &str) -> Vec<Value> {
        let lines = self.text();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["target"] == target).collect()
    }
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
