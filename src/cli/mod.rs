//! The command line, one file per command: what it takes, what it prints, how it ends.

pub mod import;
