//! The table of deeds (idea 3): whatever anybody does is one row here. The row says the name in the trail, whether it
//! stands in the person's own activity, whether the console asks for a reason, which letters go to whom, and which
//! event it raises. A page, the command line and a job that do the same thing record the same deed, and so have the
//! same effect. What a deed is called in words for people stands in `deeds.ftl`, by its name.

use uuid::Uuid;

use super::letter::{LetterKind, Recipient};
use crate::base::ids::{AccountId, AuthorizationId, CompanyId, ConsentId, ContactId, MembershipId, SessionId};
use crate::events::Event;

macro_rules! deeds {
    ($(
        #[doc = $sentence:literal]
        $variant:ident = $name:literal [$($flag:ident),*] [$($letter:ident => $recipient:ident),*] [$($event:ident)?];
    )*) => {
        /// Every deed the trail tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DeedKind { $(#[doc = $sentence] $variant),* }

        impl DeedKind {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name stored: subject, dot, participle. Names never change, for lines are kept for years.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            const fn flags(self) -> &'static [Flag] {
                match self { $(Self::$variant => &[$(Flag::$flag),*]),* }
            }

            /// The letters it sends; what an ending sends depends on its reason besides
            /// ([`super::EndReason::letter`]).
            pub const fn letters(self) -> &'static [(LetterKind, Recipient)] {
                match self { $(Self::$variant => &[$((LetterKind::$letter, Recipient::$recipient)),*]),* }
            }

            /// The event it raises, of the row it was done to.
            pub(super) fn event(self, row: Uuid) -> Option<Event> {
                match self { $(Self::$variant => deeds!(@event row $($event)?)),* }
            }
        }
    };
    (@event $row:ident) => { None };
    (@event $row:ident SessionEnded) => { Some(Event::SessionEnded(SessionId($row))) };
    (@event $row:ident SessionsEnded) => { Some(Event::SessionsEnded(AccountId($row))) };
    (@event $row:ident AuthorizationEnded) => { Some(Event::AuthorizationEnded(AuthorizationId($row))) };
    (@event $row:ident AuthorizationsEnded) => { Some(Event::AuthorizationsEnded(AccountId($row))) };
    (@event $row:ident ConsentWithdrawn) => { Some(Event::ConsentWithdrawn(ConsentId($row))) };
    (@event $row:ident AccountDisabled) => { Some(Event::AccountDisabled(AccountId($row))) };
    (@event $row:ident MembershipDisabled) => { Some(Event::MembershipDisabled(MembershipId($row))) };
    (@event $row:ident ContactInactive) => { Some(Event::ContactInactive(ContactId($row))) };
    (@event $row:ident CompanyInactive) => { Some(Event::CompanyInactive(CompanyId($row))) };
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "they are written as words of the table")]
enum Flag {
    shown,
    reason,
}

impl DeedKind {
    /// Whether the person it was done to sees it among their recent activity. Links that were made, letters and the
    /// like are the machine's affairs.
    pub fn is_shown(self) -> bool {
        self.flags().contains(&Flag::shown)
    }

    /// Whether the console asks for a reason: it takes something from others.
    pub fn asks_reason(self) -> bool {
        self.flags().contains(&Flag::reason)
    }

    /// The deed of that name; nothing where only a newer server than this one knows it.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.name() == name)
    }

    /// The key of its sentence, for whoever reads the trail.
    pub fn key(self) -> String {
        format!("deed-{}", self.name().replace('.', "-"))
    }
}

deeds! {
    /// A person signed in.
    SessionBegan = "session.began" [shown] [] [];
    /// Somebody tried to sign in and was refused.
    SessionRefused = "session.refused" [shown] [] [];
    /// A person proved again who they are, in a running session.
    SessionStrengthened = "session.strengthened" [shown] [] [];
    /// A session ended: its person signed out, somebody ended it, or its conditions no longer held.
    SessionEnded = "session.ended" [shown] [] [SessionEnded];
    /// Every session of an account ended, or all but one.
    SessionsEnded = "session.all_ended" [shown] [] [SessionsEnded];
    /// A person chose the company to act for (R-DIR-6).
    CompanyChosen = "session.company_chosen" [] [] [];
    /// A session no longer acts for a company that its person lost.
    CompanyLeft = "session.company_left" [] [] [MembershipDisabled];
    /// An account came to exist.
    AccountCreated = "account.created" [] [] [];
    /// A password was set.
    PasswordSet = "account.password_set" [shown] [] [];
    /// Another password took the place of the one before.
    PasswordChanged = "account.password_changed" [shown] [PasswordChanged => Owner] [];
    /// The owner of an account said that a change wasn't theirs: everything that signs in there was made void.
    AlarmRaised = "account.alarm_raised" [shown] [NewPassword => Owner, Alarm => CustomerService] [];
    /// The owner of an account closed it for good.
    AccountClosed = "account.closed" [] [AccountClosed => Owner] [AccountDisabled];
    /// The owner of an account took a copy of their data.
    AccountExported = "account.exported" [shown] [] [];
    /// A second factor is to be taken away, because its owner lost it.
    FactorResetAsked = "factor.reset_asked" [shown, reason] [FactorResetAsked => Owner] [];
    /// It isn't: somebody objected.
    FactorResetStopped = "factor.reset_stopped" [shown] [] [];
    /// A lost second factor is gone.
    FactorResetDone = "factor.reset_done" [shown] [FactorReset => Owner] [];
    /// A browser that an account had signed in from was forgotten.
    DeviceForgotten = "account.device_forgotten" [shown] [DeviceForgotten => Owner] [];
    /// An account was signed in to from a browser not seen before, and its owner was told.
    DeviceSeen = "account.device_seen" [shown] [NewDevice => Owner] [];
    /// A one-time link was made: what it is for is its purpose.
    LinkIssued = "link.issued" [] [] [];
    /// A one-time link was confirmed.
    LinkUsed = "link.used" [] [] [];
    /// One of the vendor's people was invited.
    StaffInvited = "staff.invited" [] [StaffInvitation => Owner] [];
    /// The vendor's own provider vouched for nobody who may come in, or its answer couldn't be believed.
    UpstreamRefused = "session.upstream_refused" [] [] [];
    /// One of the vendor's people may do other things than before.
    StaffRolesChanged = "staff.roles_changed" [reason] [StaffRolesChanged => Owner] [];
    /// The limits on an account's sign-ins were opened again.
    AccountUnlocked = "account.unlocked" [shown] [] [];
    /// A browser won't be asked for the second factor for a while.
    DeviceRemembered = "account.device_remembered" [] [] [];
    /// An authenticator app was enrolled.
    TotpEnrolled = "factor.totp_enrolled" [shown] [TotpEnrolled => Owner] [];
    /// A passkey was enrolled.
    PasskeyEnrolled = "factor.passkey_enrolled" [shown] [PasskeyEnrolled => Owner] [];
    /// The authenticator app of an account was removed.
    TotpRemoved = "factor.totp_removed" [shown] [TotpRemoved => Owner] [];
    /// A passkey of an account was removed.
    PasskeyRemoved = "factor.passkey_removed" [shown] [PasskeyRemoved => Owner] [];
    /// Every second factor of an account was removed.
    FactorsRemoved = "factor.all_removed" [shown] [] [];
    /// A passkey counted backwards: there may be a copy of it, and what it signed was refused.
    PasskeyCopied = "factor.passkey_copied" [shown] [PasskeyCopied => Owner] [];
    /// A second factor is demanded of somebody.
    FactorDemanded = "factor.demanded" [shown, reason] [FactorDemanded => Owner] [];
    /// A second factor is no longer demanded of somebody.
    FactorNotDemanded = "factor.not_demanded" [shown] [FactorNotDemanded => Owner] [];
    /// A second factor is demanded of everybody at a company.
    CompanyFactorDemanded = "company.factor_demanded" [reason] [CompanyFactorDemanded => Administrators] [];
    /// A second factor is no longer demanded of everybody at a company.
    CompanyFactorNotDemanded = "company.factor_not_demanded" [] [CompanyFactorNotDemanded => Administrators] [];
    /// New recovery codes were made; earlier ones are void.
    RecoveryCodesMade = "factor.recovery_codes_made" [shown] [RecoveryCodesMade => Owner] [];
    /// A recovery code was used in place of the second factor.
    RecoveryCodeUsed = "factor.recovery_code_used" [shown] [RecoveryCodeUsed => Owner] [];
    /// An account was switched off.
    AccountDisabled = "account.disabled" [shown, reason] [AccountDisabled => Owner] [AccountDisabled];
    /// An account was switched on again.
    AccountEnabled = "account.enabled" [shown] [AccountEnabled => Owner] [];
    /// A page refused somebody, and gave them a reference.
    AccessRefused = "access.refused" [] [] [];
    /// A request broke, and its page gave a reference.
    RequestBroke = "request.broke" [] [] [];
    /// A person lets a relying party see something.
    ConsentGiven = "consent.given" [shown] [] [];
    /// A person no longer lets a relying party see anything.
    ConsentWithdrawn = "consent.withdrawn" [shown] [ApplicationWithdrawn => Owner] [ConsentWithdrawn];
    /// A relying party was given a sign-in.
    AuthorizationBegan = "authorization.began" [shown] [] [];
    /// A relying party's sign-in ended, and every token of it.
    AuthorizationEnded = "authorization.ended" [] [] [AuthorizationEnded];
    /// Every sign-in of an account at relying parties ended.
    AuthorizationsEnded = "authorization.all_ended" [] [] [AuthorizationsEnded];
    /// A spent code came back: somebody else has it, so all that it gave was ended.
    CodeReplayed = "authorization.code_replayed" [shown] [] [AuthorizationEnded];
    /// A used refresh token came back: somebody else has one of its family, so all that it gave was ended.
    RefreshTokenReplayed = "authorization.refresh_token_replayed" [shown] [] [AuthorizationEnded];
    /// A relying party gave a refresh token back, and with it all that hung from the sign-in.
    AuthorizationRevoked = "authorization.revoked" [] [] [AuthorizationEnded];
    /// A relying party gave an access token back before its time.
    AccessTokenRevoked = "access_token.revoked" [] [] [];
    /// Files of the ERP were imported (R-DIR-3).
    DirectoryImported = "directory.imported" [] [] [];
    /// A company came into the directory.
    CompanyAdded = "company.added" [] [] [];
    /// Customer Service blocked a company (R-DIR-1).
    CompanyBlocked = "company.blocked" [reason] [CompanyBlocked => Administrators] [CompanyInactive];
    /// Customer Service let a company in again.
    CompanyUnblocked = "company.unblocked" [] [CompanyUnblocked => Administrators] [];
    /// A company's record changed.
    CompanyChanged = "company.changed" [] [] [];
    /// A company is no active customer any more (R-DIR-1).
    CompanyLost = "company.lost" [] [] [CompanyInactive];
    /// A contact came into the directory.
    ContactAdded = "contact.added" [] [] [];
    /// A contact's record changed.
    ContactChanged = "contact.changed" [] [] [];
    /// A contact corrected their own record (R-DIR-8).
    ContactCorrected = "contact.corrected" [shown] [RecordChanged => Owner] [];
    /// A contact went inactive and lost access (R-DIR-3).
    ContactDeactivated = "contact.deactivated" [] [] [ContactInactive];
    /// A contact came back.
    ContactReactivated = "contact.reactivated" [] [] [];
    /// An account may act as a contact.
    MembershipApproved = "membership.approved" [shown] [] [];
    /// What a membership may do changed.
    MembershipChanged = "membership.changed" [shown] [] [];
    /// An account's access as a contact was taken away (R-DEL-2).
    MembershipDisabled = "membership.disabled" [shown] [MembershipDisabled => Owner] [MembershipDisabled];
    /// An account no longer acts as a contact, who stays.
    MembershipDetached = "membership.detached" [] [] [];
    /// A company was designated a user administrator (R-DEL-1).
    AdministratorDesignated = "membership.administrator_designated" [shown] [] [];
    /// So many attempts failed that none is taken for a while.
    LimitClosed = "limit.closed" [shown] [] [];
    /// Somebody who has the password gave too many wrong codes.
    CodesGuessed = "limit.codes_guessed" [shown] [CodesGuessed => Owner] [];
    /// A relying party refused to be told that a sign-in is over.
    LogoutRefused = "logout.refused" [] [] [];
    /// A relying party couldn't be told for too long that a sign-in is over.
    LogoutGivenUp = "logout.given_up" [] [] [];
    /// A letter was given up: its server refused it for good, or too long.
    MailGivenUp = "mail.given_up" [] [] [];
    /// A letter was dropped: what it leads to was made void before it left.
    MailDropped = "mail.dropped" [] [] [];
    /// A signing key was published and takes over from another at the instant named.
    KeyPublished = "key.published" [] [] [];
    /// A published key signs earlier than it was to.
    KeyHastened = "key.hastened" [] [] [];
    /// A signing key was taken out at once: whatever it signed is refused.
    KeyRetired = "key.retired" [] [] [];
}
