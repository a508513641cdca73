//! What carries mail away, and what its answers mean.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::file::AsyncFileTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport as _, Message, Tokio1Executor};

use crate::base::Timestamp;
use crate::mail::message::{self, Sender};
use crate::mail::outbox::ClaimedLetter;
use crate::mail::settings::{CannotSend, Carrier, Settings, Smtp, SmtpTls};
use crate::mail::{Letter, Mailbox};

/// Longer than this no server is waited for; well within the outbox's lease.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long a trial waits: somebody watches.
const TRIAL: Duration = Duration::from_secs(10);

/// The way mail leaves: what carries it, and who it is from.
pub struct Route {
    carrier: Transport,
    sender: Sender,
}

enum Transport {
    File(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Mailbox(Mailbox),
}

/// What became of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum SendAttempt {
    /// The server took the letter.
    Taken,
    /// It can't be sent now.
    Deferred(String),
    /// Its address is refused for good.
    Refused(String),
}

impl Route {
    /// The way the configuration names. Nothing is connected to yet.
    pub fn open(settings: &Settings) -> Result<Self, CannotSend> {
        let sender = sender(settings)?;
        let carrier = match settings.transport {
            Carrier::File => {
                let cannot = |cause| CannotSend::Folder { path: settings.folder.clone(), cause };
                std::fs::create_dir_all(&settings.folder).map_err(cannot)?;
                Transport::File(AsyncFileTransport::with_envelope(&settings.folder))
            }
            Carrier::Smtp => Transport::Smtp(connect(&settings.smtp)?),
        };
        Ok(Self { carrier, sender })
    }

    /// The way into a mailbox in memory.
    pub fn into_mailbox(settings: &Settings, mailbox: Mailbox) -> Result<Self, CannotSend> {
        Ok(Self { carrier: Transport::Mailbox(mailbox), sender: sender(settings)? })
    }

    /// Sends a letter to that mailbox.
    pub async fn send(&self, claimed: &ClaimedLetter, to: &str, letter: Letter, now: Timestamp) -> SendAttempt {
        match message::write(&self.sender, claimed, to, &letter) {
            // An address that can't be written down today can't be tomorrow.
            Err(fault) => SendAttempt::Refused(told(&fault)),
            Ok(message) => match &self.carrier {
                Transport::File(files) => files
                    .send(message)
                    .await
                    .map_or_else(|error| SendAttempt::Deferred(told(&error)), |_| SendAttempt::Taken),
                Transport::Smtp(server) => hand_over(server, message).await,
                Transport::Mailbox(mailbox) => {
                    mailbox.take(claimed.id, to, letter, now);
                    SendAttempt::Taken
                }
            },
        }
    }
}

/// Tries the way the configuration names without sending anything: a folder takes a file, a server greets.
pub async fn try_out(settings: &Settings) -> Result<(), String> {
    let route = Route::open(settings).map_err(|cannot| cannot.to_string())?;
    match route.carrier {
        Transport::File(_) => {
            let trial = settings.folder.join(".trial");
            let written = std::fs::write(&trial, "").and_then(|()| std::fs::remove_file(&trial));
            written.map_err(|cause| CannotSend::Folder { path: settings.folder.clone(), cause }.to_string())
        }
        Transport::Smtp(server) => match tokio::time::timeout(TRIAL, server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server hung up: check mail.smtp.host and mail.smtp.port".to_owned()),
            Ok(Err(error)) => Err(format!("the mail server can't be used ({}): check [mail.smtp]", told(&error))),
            Err(_) => Err(format!(
                "the mail server didn't answer within {} s: check mail.smtp.host and mail.smtp.port",
                TRIAL.as_secs()
            )),
        },
        Transport::Mailbox(_) => Ok(()),
    }
}

async fn hand_over(server: &AsyncSmtpTransport<Tokio1Executor>, message: Message) -> SendAttempt {
    match tokio::time::timeout(PATIENCE, server.send(message)).await {
        Ok(Ok(_)) => SendAttempt::Taken,
        Ok(Err(error)) if refuses_the_address(&error) => SendAttempt::Refused(told(&error)),
        Ok(Err(error)) => SendAttempt::Deferred(told(&error)),
        Err(_) => SendAttempt::Deferred(format!("the mail server didn't answer within {} s", PATIENCE.as_secs())),
    }
}

/// Whether the answer is about this letter's address and won't change: everything else (our relay being down, our own
/// credentials or address being refused, a policy of the day) is retried, for no person is to blame for it (R-OWN-2).
fn refuses_the_address(error: &smtp::Error) -> bool {
    let Some(code) = error.status() else { return false };
    let text = error.to_string();
    // RFC 3463: X.7 is policy, X.5 the protocol, X.1.7 and X.1.8 the sender's address.
    let about_us = ["5.7.", "5.5.", "5.1.7", "5.1.8"].iter().any(|status| text.contains(status));
    error.is_permanent() && ["550", "551", "552", "553", "554", "556"].contains(&code.to_string().as_str()) && !about_us
}

fn sender(settings: &Settings) -> Result<Sender, CannotSend> {
    let party = |key, text: &str| text.parse().map_err(|_| CannotSend::Address { key, text: text.to_owned() });
    Ok(Sender {
        from: party("from", &settings.from)?,
        reply_to: settings.reply_to.as_deref().map(|text| party("reply_to", text)).transpose()?,
    })
}

fn connect(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, CannotSend> {
    let cannot = |cause: smtp::Error| CannotSend::Host { host: smtp.host.clone(), cause: cause.to_string() };
    let (port, tls) = match smtp.tls {
        SmtpTls::StartTls => (587, Tls::Required(TlsParameters::new(smtp.host.clone()).map_err(cannot)?)),
        SmtpTls::Tls => (465, Tls::Wrapper(TlsParameters::new(smtp.host.clone()).map_err(cannot)?)),
        SmtpTls::None => (25, Tls::None),
    };
    let mut server =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host).port(smtp.port.unwrap_or(port)).tls(tls);
    if let Some(credentials) = credentials(smtp)? {
        server = server.credentials(credentials);
    }
    Ok(server.timeout(Some(Duration::from_secs(30))).build())
}

fn credentials(smtp: &Smtp) -> Result<Option<Credentials>, CannotSend> {
    let (user, path) = match (&smtp.user, &smtp.password_file) {
        (None, None) => return Ok(None),
        (Some(user), Some(path)) => (user, path),
        (Some(_), None) | (None, Some(_)) => return Err(CannotSend::HalfCredentials),
    };
    let here = smtp.host == "localhost" || smtp.host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    if smtp.tls == SmtpTls::None && !here {
        return Err(CannotSend::OpenPassword);
    }
    let password =
        std::fs::read_to_string(path).map_err(|cause| CannotSend::PasswordFile { path: path.clone(), cause })?;
    Ok(Some(Credentials::new(user.clone(), password.trim_end_matches(['\r', '\n']).to_owned())))
}

/// An error as the outbox keeps it: one short line.
fn told(error: &dyn std::fmt::Display) -> String {
    message::one_line(&error.to_string()).chars().take(300).collect()
}
