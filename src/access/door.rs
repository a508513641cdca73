//! The door table: which condition counts where, and whose address is looked at.

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

/// Whether a condition counts at a door.
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Condition, Door, counts};

    #[test]
    fn the_door_table_is_the_reviewed_one() {
        assert_eq!(table(), include_str!("doors.golden.txt"), "the table changed: review it and say why");
    }

    fn table() -> String {
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
        line("(address)", &whose_address);
        for condition in Condition::ALL {
            line(condition.as_str(), &|door| if counts(*condition, door) { "counts" } else { "-" });
        }
        text.push('\n');
        text
    }

    /// Whose address a door looks at (R-RGT-6): the connection's where the person's own browser or program is at the
    /// other end, else the one the relying party reports for its user, or the session's last.
    fn whose_address(door: Door) -> &'static str {
        match door {
            Door::SignIn | Door::Page | Door::Authorize | Door::PublicClient => "caller's",
            Door::ConfidentialClient => "reported or session's",
        }
    }
}
