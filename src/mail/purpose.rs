//! What the links in letters are for. How they work is `account::link`'s to know (R-OWN-6).

use crate::base::vocabulary::words;
use crate::base::{Life, Lifetimes};

words! {
    /// What a link is for.
    #[derive(sqlx::Type)]
    #[sqlx(type_name = "TEXT", rename_all = "kebab-case")]
    LinkPurpose, "purpose of a link" {
        /// One of the vendor's people takes up an invitation.
        StaffInvitation = "staff-invitation",
        /// Whoever confirmed another link chooses a password. It is never mailed: the browser keeps it.
        PasswordChoice = "password-choice",
        /// Somebody who was told of a change of their account says that it wasn't theirs. It stands in every letter
        /// about one.
        NotMe = "not-me",
        /// The owner of an account chooses a password in the place of one that is void.
        NewPassword = "new-password",
    }
}

impl LinkPurpose {
    /// How long such a link works.
    pub const fn life(self, lives: &Lifetimes) -> Life {
        match self {
            Self::StaffInvitation => lives.invitation,
            Self::PasswordChoice => lives.password_choice,
            Self::NotMe => lives.not_me,
            Self::NewPassword => lives.recovery,
        }
    }
}
