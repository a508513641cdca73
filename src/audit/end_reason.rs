//! Why something ended: one list, whatever ended.

use crate::base::vocabulary::words;

use super::deeds::DeedKind;
use super::letter::{LetterKind, Recipient};

words! {
    /// Why a session, or what a sign-in gave a relying party, ended.
    EndReason, "reason" {
        /// Its owner signed out in it.
        SignedOut = "signed-out",
        /// Its owner ended it from another one.
        EndedByOwner = "ended-by-owner",
        /// Its owner chose another password in another one.
        PasswordChanged = "password-changed",
        /// Its owner said that a change of the account wasn't theirs.
        Alarm = "alarm",
        /// Its owner closed the account.
        Closed = "closed",
        /// The code of a sign-in came back after it was spent: somebody else has it (RFC 6749 section 4.1.2).
        CodeReplayed = "code-replayed",
        /// A used refresh token came back: two parties hold its family (RFC 9700 section 4.14.2).
        RefreshTokenReplayed = "refresh-token-replayed",
        /// The relying party gave its refresh token back (RFC 7009 section 2.1).
        Revoked = "revoked",
        /// A relying party asked, and it was its own user.
        RelyingParty = "relying-party",
        /// The same browser signed in again.
        Replaced = "replaced",
        /// A final condition of access isn't met any more.
        AccessLost = "access-lost",
        /// The account was switched off.
        SwitchedOff = "switched-off",
        /// The operator ended it.
        Operator = "operator",
        /// Customer Service ended it.
        CustomerService = "customer-service",
        /// Its time ran out.
        RanOut = "ran-out",
    }
}

impl EndReason {
    /// The letter that an ending for this reason sends: whoever ended something of their own from elsewhere, or had it
    /// ended by those who run the service. What ends with a new password, an alarm or a closed account is told by the
    /// letter about that.
    pub fn letter(self, what: DeedKind) -> Option<(LetterKind, Recipient)> {
        let letter = match (self, what) {
            (Self::EndedByOwner, DeedKind::SessionEnded) => LetterKind::SessionEnded,
            (Self::EndedByOwner, DeedKind::SessionsEnded) => LetterKind::SessionsEnded,
            (Self::Operator | Self::CustomerService, DeedKind::SessionsEnded) => LetterKind::SignedOutByService,
            _ => return None,
        };
        Some((letter, Recipient::Owner))
    }

    /// What the trail calls the ending of what a sign-in gave a relying party.
    pub const fn of_authorization(self) -> DeedKind {
        match self {
            Self::CodeReplayed => DeedKind::CodeReplayed,
            Self::RefreshTokenReplayed => DeedKind::RefreshTokenReplayed,
            Self::Revoked => DeedKind::AuthorizationRevoked,
            Self::SignedOut
            | Self::EndedByOwner
            | Self::PasswordChanged
            | Self::Alarm
            | Self::Closed
            | Self::RelyingParty
            | Self::Replaced
            | Self::AccessLost
            | Self::SwitchedOff
            | Self::Operator
            | Self::CustomerService
            | Self::RanOut => DeedKind::AuthorizationEnded,
        }
    }
}
