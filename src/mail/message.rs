//! A letter as a message of RFC 5322: two parts that say the same, and headers that nothing from outside can add to.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Party, MultiPart};
use lettre::{Address, Message};

use crate::base::Fault;
use crate::mail::Letter;
use crate::mail::outbox::ClaimedLetter;

/// Who letters are from.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) from: Party,
    pub(super) reply_to: Option<Party>,
}

/// Writes the message. Its id and date are the row's, so that a letter sent twice is recognised as one.
pub(super) fn write(sender: &Sender, claimed: &ClaimedLetter, to: &str, letter: &Letter) -> Result<Message, Fault> {
    let mut message = Message::builder()
        .message_id(Some(format!("<{}@{}>", claimed.id, sender.from.email.domain())))
        .date(UNIX_EPOCH + Duration::from_millis(claimed.turn.created_at.millis().unsigned_abs()))
        .from(sender.from.clone())
        .to(Party::new(None, address(to)?))
        .subject(one_line(&letter.subject))
        // RFC 3834 section 5: no absence notices, please.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(reply_to) = &sender.reply_to {
        message = message.reply_to(reply_to.clone());
    }
    message
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(|cause| Fault::broken("writing a mail", cause))
}

/// The address for the envelope: domains of any language in their ASCII form (RFC 5890), as mail servers know them.
pub(super) fn address(recipient: &str) -> Result<Address, Fault> {
    let (local, domain) = recipient.rsplit_once('@').unwrap_or((recipient, ""));
    let domain = url::Host::parse(domain).map_err(|cause| Fault::broken("an address in the outbox", cause))?;
    Address::new(local, domain.to_string()).map_err(|cause| Fault::broken("an address in the outbox", cause))
}

/// Control characters become blanks: a line break would begin another header.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
