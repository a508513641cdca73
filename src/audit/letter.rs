//! The kinds of letters that deeds send, who gets them, what their links are for, and what is fixed of each when it is
//! posted.

use serde::{Deserialize, Serialize};

use crate::base::Timestamp;
use crate::base::ids::{AccountId, CompanyId, ContactId};
use crate::base::vocabulary::words;
use crate::mail::LinkPurpose;

words! {
    /// What a letter is about.
    LetterKind, "letter" {
        /// Somebody signed in from a browser that wasn't known.
        NewDevice = "new-device",
        /// Another password was chosen.
        PasswordChanged = "password-changed",
        /// An authenticator app was enrolled.
        TotpEnrolled = "totp-enrolled",
        TotpRemoved = "totp-removed",
        /// New recovery codes were made.
        RecoveryCodesMade = "recovery-codes-made",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery-code-used",
        /// A passkey was added.
        PasskeyEnrolled = "passkey-enrolled",
        PasskeyRemoved = "passkey-removed",
        /// One counted backwards, as a copy of it does.
        PasskeyCopied = "passkey-copied",
        /// Somebody who has the password gave too many wrong codes.
        CodesGuessed = "codes-guessed",
        /// The contact's own record was corrected.
        RecordChanged = "record-changed",
        /// Customer Service was asked to take the second factor away, which happens later.
        FactorResetAsked = "factor-reset-asked",
        /// It is taken away.
        FactorReset = "factor-reset",
        /// The account was closed for good.
        AccountClosed = "account-closed",
        /// One session was ended from another one.
        SessionEnded = "session-ended",
        /// All sessions but one were ended from that one.
        SessionsEnded = "sessions-ended",
        /// A browser was forgotten.
        DeviceForgotten = "device-forgotten",
        /// An application's access was withdrawn.
        ApplicationWithdrawn = "application-withdrawn",
        /// Those who run the service ended every session.
        SignedOutByService = "signed-out-by-service",
        /// They switched the account off.
        AccountDisabled = "account-disabled",
        /// They switched it on again.
        AccountEnabled = "account-enabled",
        /// Access as a contact of a company was taken away.
        MembershipDisabled = "membership-disabled",
        /// A second factor is demanded of the account.
        FactorDemanded = "factor-demanded",
        FactorNotDemanded = "factor-not-demanded",
        /// One of the vendor's people may do other things than before.
        StaffRolesChanged = "staff-roles-changed",
        /// Nobody of the company gets in any more.
        CompanyBlocked = "company-blocked",
        CompanyUnblocked = "company-unblocked",
        /// A second factor is demanded of everybody at the company.
        CompanyFactorDemanded = "company-factor-demanded",
        CompanyFactorNotDemanded = "company-factor-not-demanded",
        /// The way to a new password.
        NewPassword = "new-password",
        /// One of the vendor's people is invited.
        StaffInvitation = "staff-invitation",
        /// Customer Service is told that somebody said a change wasn't theirs.
        Alarm = "alarm",
    }
}

/// Who gets a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Whoever reads the mailbox of the account it was done to.
    Owner,
    /// The administrators of the company it was done to.
    Administrators,
    CustomerService,
}

impl LetterKind {
    /// What the link in it is for. Where those who run the service did something, there is nothing to take back by a
    /// link, nor where an account is gone for good.
    pub const fn leads_to(self) -> Option<LinkPurpose> {
        match self {
            Self::NewDevice
            | Self::PasswordChanged
            | Self::TotpEnrolled
            | Self::TotpRemoved
            | Self::RecoveryCodesMade
            | Self::RecoveryCodeUsed
            | Self::PasskeyEnrolled
            | Self::PasskeyRemoved
            | Self::PasskeyCopied
            | Self::CodesGuessed
            | Self::RecordChanged
            | Self::FactorResetAsked
            | Self::FactorReset
            | Self::SessionEnded
            | Self::SessionsEnded
            | Self::DeviceForgotten
            | Self::ApplicationWithdrawn => Some(LinkPurpose::NotMe),
            Self::NewPassword => Some(LinkPurpose::NewPassword),
            Self::StaffInvitation => Some(LinkPurpose::StaffInvitation),
            Self::AccountClosed
            | Self::SignedOutByService
            | Self::AccountDisabled
            | Self::AccountEnabled
            | Self::MembershipDisabled
            | Self::FactorDemanded
            | Self::FactorNotDemanded
            | Self::StaffRolesChanged
            | Self::CompanyBlocked
            | Self::CompanyUnblocked
            | Self::CompanyFactorDemanded
            | Self::CompanyFactorNotDemanded
            | Self::Alarm => None,
        }
    }
}

/// What a letter tells besides its kind and its instant: ids and codes, sealed until it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The account it was done to.
    pub account: Option<AccountId>,
    /// As which contact its reader is written to.
    pub contact: Option<ContactId>,
    /// The company it was done to.
    pub company: Option<CompanyId>,
    /// The address it came from, where its reader did it, or somebody in their place.
    pub address: Option<String>,
    /// The browser it was done in, likewise.
    pub user_agent: Option<String>,
    /// When it happens, where that is later.
    pub until: Option<Timestamp>,
    /// What the trail finds it by.
    pub reference: Option<String>,
}
