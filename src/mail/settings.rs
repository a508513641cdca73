//! `[mail]` in the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How mail leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub transport: Carrier,
    /// Who it is from: `Guichet <no-reply@portal.example>`.
    pub from: String,
    /// Who an answer goes to, where that is somebody else.
    pub reply_to: Option<String>,
    /// The folder that `transport = "file"` writes to.
    pub folder: PathBuf,
    /// The server that `transport = "smtp"` hands letters to.
    pub smtp: Smtp,
}

/// What carries mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// Each letter becomes an `.eml` file with its envelope beside it, for a relay or a person to pick up.
    #[default]
    File,
    /// A mail server takes them.
    Smtp,
}

/// `[mail.smtp]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port, where it isn't the usual one: 587 with STARTTLS, 465 with TLS, 25 without.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// The user, where the server wants one.
    pub user: Option<String>,
    /// The file that holds the user's password.
    pub password_file: Option<PathBuf>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// It starts in the clear and must become TLS before anything is sent (RFC 3207).
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// None, for a relay on this machine.
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            transport: Carrier::default(),
            from: "Guichet <no-reply@localhost.localdomain>".to_owned(),
            reply_to: None,
            folder: PathBuf::from("mail"),
            smtp: Smtp::default(),
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self { host: "localhost".to_owned(), port: None, tls: SmtpTls::default(), user: None, password_file: None }
    }
}

/// Why mail can't leave as configured, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CannotSend {
    /// An address isn't one.
    #[error("mail.{key} `{text}` is no address: write `Name <mailbox@domain>`")]
    Address {
        /// `from` or `reply_to`.
        key: &'static str,
        text: String,
    },
    /// The folder can't be written.
    #[error("mail.folder `{path}` can't be used ({cause}): name a folder \
        where this user may write", path = path.display())]
    Folder { path: PathBuf, cause: std::io::Error },
    /// A user without password, or the other way round.
    #[error("mail.smtp.user and mail.smtp.password_file go together: set both or neither")]
    HalfCredentials,
    /// The password would be readable on the network.
    #[error("mail.smtp.tls = \"none\" would send the password in the clear: use \"starttls\" or \"tls\"")]
    OpenPassword,
    /// The file can't be read.
    #[error("mail.smtp.password_file `{path}` can't be read ({cause}): create it \
        or correct the configuration", path = path.display())]
    PasswordFile { path: PathBuf, cause: std::io::Error },
    /// The server's name can't be used for TLS.
    #[error("mail.smtp.host `{host}` can't be used ({cause}): correct it")]
    Host { host: String, cause: String },
}
