//! Mail: letters are rows of the outbox, written in the unit of work that causes them and sent after its commit.
//! It knows how a letter travels, and nothing of who must be told what.

mod mailbox;
mod message;
mod outbox;
mod postman;
mod settings;
#[cfg(test)]
mod tests;
mod transport;

use serde::{Deserialize, Serialize};

pub use mailbox::{Mailbox, Sent};
pub use outbox::{Fate, Outgoing, fate, post, sweep};
pub use postman::{Context, Delivery, GivenUp, Postman};
pub use settings::{CannotSend, Carrier, Settings, Smtp, SmtpTls};
pub use transport::{Route, try_out};

/// What a mail says, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub subject: String,
    /// The part that reads well alone.
    pub text: String,
    /// The part with a button.
    pub html: String,
}
