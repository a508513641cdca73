//! Mail: letters are rows of the outbox, written in the unit of work that causes them and sent after its commit.
//! It knows how a letter travels, and nothing of who must be told what.

mod mailbox;
mod message;
mod outbox;
mod purpose;
mod settings;
mod transport;

use serde::{Deserialize, Serialize};

pub use mailbox::{Mailbox, Sent};
pub use outbox::{
    ClaimedLetter, Fate, Intent, claim, drop_void, failed, fate, post, sweep, taken, void, withdraw, write,
};
pub use purpose::LinkPurpose;
pub use settings::{CannotSend, Carrier, Settings, Smtp, SmtpTls};
pub use transport::{Route, SendAttempt, try_out};

/// What a mail says, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub subject: String,
    /// The part that reads well alone.
    pub text: String,
    /// The part with a button.
    pub html: String,
}
