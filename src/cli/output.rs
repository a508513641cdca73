//! What a command prints.

use std::io::{self, Write as _};

/// Prints a line on standard output. Whoever reads may stop reading, as `head` does.
pub(super) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
