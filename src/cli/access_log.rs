//! The access log on standard output. Its lines wait in a bounded queue, which a thread of its own writes: a full disk
//! or a pipe that nobody reads holds no request. What finds the queue full, or can't be written, is lost, and counted.

use std::convert::Infallible;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};

use super::harmless::Harmless;

/// The lines that may wait: some megabytes.
const MOST_LINES: usize = 8_192;

/// How often losses are told.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// How long the last lines may take to be written.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// The access log of a server.
pub(super) struct AccessLog {
    lines: NonBlocking,
    losses: Losses,
    writing: WorkerGuard,
}

impl AccessLog {
    pub(super) fn to_standard_output() -> Self {
        // Written in one go as long as lines wait; standard output alone would write each by itself.
        Self::to(BufWriter::new(io::stdout()), MOST_LINES)
    }

    fn to(writer: impl Write + Send + 'static, most: usize) -> Self {
        let queue = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(most).thread_name("access log");
        let unwritten = Arc::default();
        let (lines, writing) = queue.finish(Counted { writer: Harmless(writer), unwritten: Arc::clone(&unwritten) });
        let losses = Losses { unqueued: lines.error_counter(), unwritten, told: 0 };
        Self { lines, losses, writing }
    }

    /// Where its lines go.
    pub(super) fn lines(&self) -> NonBlocking {
        self.lines.clone()
    }

    /// Tells what is lost, for as long as it is asked to.
    pub(super) async fn watch(&mut self) -> Infallible {
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            self.losses.tell();
        }
    }

    /// Writes what waits, for a moment, and tells what was lost since it was last told.
    pub(super) fn close(self) {
        let Self { mut losses, writing, .. } = self;
        let (done, is_done) = mpsc::channel();
        // Letting the writer go prints to standard output where the queue is full, and would wait for its reader.
        std::thread::spawn(move || {
            drop(writing);
            let _ = done.send(());
        });
        let _ = is_done.recv_timeout(LONGEST_GOODBYE);
        losses.tell();
    }
}

/// A writer of lines that counts those it can't write: the queue's own thread drops them in silence.
struct Counted<W> {
    writer: W,
    unwritten: Arc<AtomicUsize>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.writer.write(line).inspect_err(|_| {
            self.unwritten.fetch_add(1, Ordering::Relaxed);
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The lines that were lost.
struct Losses {
    /// Those that found the queue full.
    unqueued: ErrorCounter,
    unwritten: Arc<AtomicUsize>,
    told: usize,
}

impl Losses {
    fn tell(&mut self) {
        let all = self.unqueued.dropped_lines() + self.unwritten.load(Ordering::Relaxed);
        let lost = all - self.told;
        if lost > 0 {
            self.told = all;
            tracing::warn!(lost, "lines of the access log are lost: what they are written to is full or too slow");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::mpsc::{self, Receiver};
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::AccessLog;

    /// Writes nothing for as long as the other end lives, like a pipe that nobody reads.
    struct Blocked(Receiver<()>);

    impl Write for Blocked {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Written {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Written {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What the ordinary log says of the work.
    fn told(work: impl FnOnce()) -> String {
        let log = Written::default();
        let lines = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || lines.clone()).finish();
        tracing::subscriber::with_default(subscriber, work);
        log.text()
    }

    #[test]
    fn a_writer_that_blocks_holds_nobody_and_what_is_lost_is_told_once() {
        let (_reader, unread) = mpsc::channel();
        let mut access = AccessLog::to(Blocked(unread), 4);
        let began = Instant::now();
        for _ in 0..100 {
            access.lines().write_all(b"a line\n").unwrap();
        }
        // One may be with the writer, and four wait.
        let lost = access.losses.unqueued.dropped_lines();
        assert!((95..=96).contains(&lost), "{lost}");
        let said = told(|| {
            access.losses.tell();
            access.losses.tell();
        });
        assert_eq!((said.matches("WARN").count(), said.contains(&format!("lost={lost}"))), (1, true), "{said}");
        assert_eq!(told(|| access.close()), "", "nothing more is lost");
        assert!(began.elapsed() < Duration::from_secs(10), "took {:?}", began.elapsed());
    }

    /// Takes nothing, like a full disk.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_can_not_be_written_is_told_at_the_end() {
        let access = AccessLog::to(Full, 4);
        for _ in 0..3 {
            access.lines().write_all(b"a line\n").unwrap();
        }
        let said = told(|| access.close());
        assert!(said.contains("WARN") && said.contains("lost=3"), "{said}");
    }

    #[test]
    fn what_waits_is_written_at_the_end_and_no_line_forges_another() {
        let written = Written::default();
        let access = AccessLog::to(written.clone(), 4);
        access.lines().write_all("GET \r\nforged\n".as_bytes()).unwrap();
        assert_eq!(told(|| access.close()), "");
        assert_eq!(written.text(), "GET \\r\\nforged\n");
    }
}
