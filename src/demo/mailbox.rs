//! The demonstration's mailbox: every mail sent so far, the newest first.

use askama::Template;

use crate::base::Timestamp;
use crate::page::Frame;

/// The mailbox.
#[derive(Debug, Template)]
#[template(path = "demo/mailbox.html")]
pub struct MailboxPage {
    /// What every page shares.
    pub frame: Frame,
    pub mails: Vec<MailView>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct MailView {
    pub to: String,
    pub subject: String,
    /// When it was written.
    pub at: Timestamp,
    pub text: String,
    /// The HTML part, shown in a frame that may do nothing.
    pub html: String,
    /// The links in it.
    pub links: Vec<String>,
}
