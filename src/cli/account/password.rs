//! Where a new password comes from: a file, standard input, or somebody at a terminal who types it twice.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use console::Term;

use crate::account::password::normalised;
use crate::cli::Failure;

/// No password is longer, and a file that is was named by mistake.
const LARGEST: u64 = 4096;

/// Reads the password from the file named, `-` meaning standard input, or asks for it.
pub(super) fn read(file: Option<&Path>) -> Result<String, Failure> {
    let Some(file) = file else { return ask() };
    let text = if file.as_os_str() == "-" { first_of(io::stdin()) } else { fs::File::open(file).and_then(first_of) };
    let text = text.map_err(|error| {
        Failure::new(
            format!("--password-file {} can't be read ({error})", file.display()),
            "name a text file that this user may read",
        )
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn first_of(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

fn ask() -> Result<String, Failure> {
    let terminal = Term::stderr();
    if !terminal.features().is_attended() {
        return Err(Failure::new(
            "there is no terminal to ask for the password at",
            "name a file with --password-file, or - for standard input",
        ));
    }
    let typed = |prompt: &str| {
        let line = terminal.write_str(prompt).and_then(|()| terminal.read_secure_line());
        line.map_err(|error| {
            Failure::new(format!("the password can't be asked for ({error})"), "name a file with --password-file")
        })
    };
    let (once, again) = (typed("Password: ")?, typed("The same again: ")?);
    if normalised(&once) == normalised(&again) {
        Ok(once)
    } else {
        Err(Failure::new("the two passwords differ", "start again"))
    }
}
