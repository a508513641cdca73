//! Lines of the log that no value in them can turn into two, or into another colour.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::failure::is_unprintable;

/// A writer of lines. The formatter hands over one event at a time; whatever in it isn't printable is written as JSON
/// would escape it.
pub(super) struct Harmless<W>(pub(super) W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(harmless(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn harmless(event: &str) -> String {
    let mut line = String::with_capacity(event.len());
    for c in event.trim_end_matches('\n').chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            c if is_unprintable(c) => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::Harmless;
    use std::io::Write as _;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_its_values() {
        let mut written = Harmless(Vec::new());
        written.write_all("signed in name=eve\r\n2026 INFO all is well \u{1b}[1A\u{9b}2K é\n".as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(written.0).unwrap(),
            "signed in name=eve\\r\\n2026 INFO all is well \\u001b[1A\\u009b2K é\n"
        );
    }
}
