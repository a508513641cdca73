//! The demonstration's mailbox: every mail sent so far, the newest first.

use askama::Template;

use crate::mail::Sent;
use crate::page::Frame;

/// The mailbox.
#[derive(Debug, Template)]
#[template(path = "demo/mailbox.html")]
pub struct MailboxPage {
    /// What every page shares.
    pub frame: Frame,
    pub mails: Vec<Sent>,
}
