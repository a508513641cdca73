//! The door table: which condition counts where, and whose address is looked at.

use std::fmt::Write as _;

use crate::base::vocabulary::words;

use super::Condition;

words! {
    /// A way in.
    Door, "door" {
        /// Signing in, by whatever means.
        SignIn = "sign-in",
        /// One of our own pages, in a running session.
        Page = "page",
        /// The authorization endpoint, in a running session.
        Authorize = "authorize",
        /// Tokens and UserInfo for a client that runs at the person's own machine.
        PublicClient = "public-client",
        /// Tokens and UserInfo for a client with a server of its own, and introspection, which only servers ask for.
        ConfidentialClient = "confidential-client",
    }
}

/// Whose address a door looks at (R-RGT-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSource {
    /// The connection's: the person's own browser or program is at the other end.
    Callers,
    /// The one the relying party reports for its user, else the session's last.
    ReportedOrSessions,
}

impl Door {
    /// Whose address this door looks at.
    #[must_use]
    pub const fn address(self) -> AddressSource {
        match self {
            Self::SignIn | Self::Page | Self::Authorize | Self::PublicClient => AddressSource::Callers,
            Self::ConfidentialClient => AddressSource::ReportedOrSessions,
        }
    }
}

/// Whether a condition counts at a door.
#[must_use]
pub const fn counts(condition: Condition, door: Door) -> bool {
    match condition {
        Condition::CompanyValidated
        | Condition::CompanyOrdered
        | Condition::CompanyOpen
        | Condition::ContactListed
        | Condition::ContactEnabled
        | Condition::MembershipApproved
        | Condition::MembershipEnabled
        | Condition::AccountEnabled
        | Condition::AccountActivated
        | Condition::MailboxProven
        | Condition::PasswordSet
        | Condition::SecondFactor
        | Condition::Network => true,
        // An e-service is asked for by a relying party: our own pages need none.
        Condition::EService => match door {
            Door::SignIn | Door::Page => false,
            Door::Authorize | Door::PublicClient | Door::ConfidentialClient => true,
        },
    }
}

/// The whole table as text, for people to review and for the golden test.
#[must_use]
pub fn table() -> String {
    let mut text = format!("{:22}", "");
    for door in Door::ALL {
        let _ = write!(text, "{:>23}", door.as_str());
    }
    let mut line = |name: &str, cell: &dyn Fn(Door) -> &'static str| {
        let _ = write!(text, "\n{name:22}");
        for door in Door::ALL {
            let _ = write!(text, "{:>23}", cell(*door));
        }
    };
    line("(address)", &|door| match door.address() {
        AddressSource::Callers => "caller's",
        AddressSource::ReportedOrSessions => "reported or session's",
    });
    for condition in Condition::ALL {
        line(condition.as_str(), &|door| if counts(*condition, door) { "counts" } else { "-" });
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_door_table_is_the_reviewed_one() {
        assert_eq!(super::table(), include_str!("doors.golden.txt"), "the table changed: review it and say why");
    }
}
