//! Every URL Guichet answers at, so that no page, mail or document can name one that doesn't exist.

use std::fmt::Display;

use url::form_urlencoded::byte_serialize;

use super::ids::{AccountId, ContactId};

/// Declares the places, each with its path as the router writes it; where that has a variable part, also the function
/// that writes an address there, and what it takes.
macro_rules! places {
    ($( $(#[$doc:meta])* $place:ident $([$address:ident: $part:ty])? = $path:literal ),+ $(,)?) => {
        /// A page or endpoint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Place { $( $(#[$doc])* $place ),+ }

        impl Place {
            pub const ALL: [Self; [$( $path ),+].len()] = [ $( Self::$place ),+ ];

            /// The path, as the router writes it.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $( Self::$place => $path ),+ }
            }
        }

        /// The addresses of places with a variable part.
        impl Place {
            $($( pub fn $address(part: &$part) -> String { Self::$place.with(part) } )?)+
        }
    };
}

places! {
    /// The welcome page, which sends the signed-in to their account.
    Root = "/",
    /// Sign-in with name and password.
    Login = "/login",
    /// Sends staff to the vendor's own OpenID provider.
    Upstream = "/login/upstream",
    /// Where they come back from it.
    UpstreamCallback = "/login/upstream/callback",
    /// The second step of a sign-in: the second factor.
    SecondFactor = "/login/second-factor",
    /// Sign-in by a passkey.
    PasskeySignIn = "/login/passkey",
    /// A challenge for it.
    PasskeySignInChallenge = "/login/passkey/challenge",
    /// The second step by a passkey.
    PasskeySecondStep = "/login/second-factor/passkey",
    /// A challenge for it.
    PasskeySecondStepChallenge = "/login/second-factor/passkey/challenge",
    /// Proof by a passkey, in a running session, that its owner is still there.
    PasskeyReturn = "/reauthenticate/passkey",
    /// A challenge for it.
    PasskeyReturnChallenge = "/reauthenticate/passkey/challenge",
    /// Enrolment of a second factor where the sign-in can't go on without.
    EnrolFirst = "/login/second-factor/enrol",
    /// Proof, in a running session, that its owner is still there.
    Reauthenticate = "/reauthenticate",
    /// Choice of the company to act for (R-DIR-6).
    CompanyChoice = "/login/company",
    /// Consent to what a relying party sees.
    Consent = "/login/consent",
    Link[link: str] = "/links/{token}",
    /// Choice of a password, once a link was confirmed.
    NewPassword = "/password",
    /// Says that the password is set.
    PasswordDone = "/password/done",
    /// Sign-out from our own pages.
    Logout = "/logout",
    Language = "/language",
    /// Says that an account is secured, after its owner said that a change wasn't theirs.
    Secured = "/account/secured",
    /// "My account".
    Account = "/account",
    /// Correction of one's own record (R-DIR-8).
    Record = "/account/record",
    /// A copy of one's own data.
    Export = "/account/export",
    /// Closing of one's own account.
    Close = "/account/close",
    /// Says that it is closed.
    Closed = "/account/closed",
    /// How one signs in, where one is signed in, which applications have access, and what happened of late.
    Security = "/account/security",
    /// Change of one's password.
    ChangePassword = "/account/security/password",
    /// Where staff begin.
    Staff = "/staff",
    /// Search for a company.
    StaffCompanies = "/staff/companies",
    /// A company, for staff.
    StaffCompany[staff_company: str] = "/staff/companies/{ref}",
    /// Blocks a company, or lets it in again (R-DIR-1).
    StaffBlockCompany[staff_block_company: str] = "/staff/companies/{ref}/block",
    /// Demands a second factor of everybody at a company, or no longer.
    StaffDemandOfCompany[staff_demand_of_company: str] = "/staff/companies/{ref}/second-factor",
    /// Search for a contact.
    StaffContacts = "/staff/contacts",
    /// A contact, for staff.
    StaffContact[staff_contact: ContactId] = "/staff/contacts/{id}",
    /// Opens the limits of a contact's account.
    StaffUnlock[staff_unlock: ContactId] = "/staff/contacts/{id}/unlock",
    /// Ends every session of a contact's account.
    StaffEndSessions[staff_end_sessions: ContactId] = "/staff/contacts/{id}/sessions/end",
    /// Switches a contact's account off or on.
    StaffSwitchAccount[staff_switch_account: ContactId] = "/staff/contacts/{id}/switch",
    /// Asks that a contact's lost second factor go, or no longer.
    StaffResetFactor[staff_reset_factor: ContactId] = "/staff/contacts/{id}/reset-factor",
    /// Demands a second factor of a contact, or no longer.
    StaffDemandOfContact[staff_demand_of_contact: ContactId] = "/staff/contacts/{id}/second-factor",
    StaffPeople = "/staff/people",
    /// Gives one of the vendor's people other roles.
    StaffRoles[staff_roles: AccountId] = "/staff/people/{id}/roles",
    /// Sends one of the vendor's people a new invitation.
    StaffInviteAgain[staff_invite_again: AccountId] = "/staff/people/{id}/invite",
    /// Switches the account of one of the vendor's people off.
    StaffDismiss[staff_dismiss: AccountId] = "/staff/people/{id}/dismiss",
    StaffAudit = "/staff/audit",
    /// Ends one of the person's sessions.
    EndSession = "/account/sessions/end",
    /// Ends all of them but this one.
    EndOtherSessions = "/account/sessions/end-others",
    /// Forgets a browser the person signed in from.
    ForgetDevice = "/account/devices/forget",
    WithdrawConsent = "/account/consents/withdraw",
    /// One's authenticator app and recovery codes.
    Totp = "/account/security/totp",
    /// Makes new recovery codes.
    RenewRecoveryCodes = "/account/security/totp/recovery-codes",
    /// Removes one's authenticator app.
    RemoveTotp = "/account/security/totp/remove",
    Passkeys = "/account/security/passkeys",
    /// A challenge for a new one.
    PasskeyChallenge = "/account/security/passkeys/challenge",
    /// Gives a passkey another name.
    RenamePasskey = "/account/security/passkeys/rename",
    RemovePasskey = "/account/security/passkeys/remove",
    /// The stylesheet and its like.
    Asset = "/assets/{file}",
    /// Authorization endpoint (RFC 6749 section 3.1).
    Authorize = "/oauth2/authorize",
    /// Token endpoint (RFC 6749 section 3.2).
    Token = "/oauth2/token",
    /// UserInfo endpoint (OpenID Connect Core section 5.3).
    UserInfo = "/oauth2/userinfo",
    /// Introspection endpoint (RFC 7662).
    Introspect = "/oauth2/introspect",
    /// Revocation endpoint (RFC 7009).
    Revoke = "/oauth2/revoke",
    /// Public keys (RFC 7517).
    Jwks = "/oauth2/jwks",
    /// Sign-out asked for by a relying party (OpenID Connect RP-Initiated Logout).
    RelyingPartyLogout = "/oauth2/logout",
    /// Provider metadata (OpenID Connect Discovery).
    OpenidConfiguration = "/.well-known/openid-configuration",
    /// Server metadata (RFC 8414).
    ServerMetadata = "/.well-known/oauth-authorization-server",
    /// Is the process alive?
    Healthz = "/healthz",
    /// Can it answer requests?
    Readyz = "/readyz",
    DemoMailbox = "/dev/mailbox",
    /// The demonstration's mailbox for programs.
    DemoMailboxJson = "/dev/mailbox.json",
    /// The demonstration's movable clock.
    DemoClock = "/dev/clock",
}

impl Place {
    /// The path, with what stands in its one variable part.
    #[must_use]
    fn with(self, part: &(impl Display + ?Sized)) -> String {
        let path = self.path();
        let part: String = byte_serialize(part.to_string().as_bytes()).collect();
        let part = part.replace('+', "%20");
        match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{part}{}", &path[..from], &path[to + 1..]),
            (None, _) | (_, None) => path.to_owned(),
        }
    }

    /// The page on which the form stands that is sent there.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "most places are their own page")]
    pub const fn page(self) -> Self {
        match self {
            Self::PasskeySignIn | Self::PasskeySignInChallenge => Self::Login,
            Self::PasskeySecondStep | Self::PasskeySecondStepChallenge | Self::EnrolFirst => Self::SecondFactor,
            Self::PasskeyReturn | Self::PasskeyReturnChallenge => Self::Reauthenticate,
            Self::EndSession | Self::EndOtherSessions | Self::ForgetDevice | Self::WithdrawConsent => Self::Security,
            Self::RenewRecoveryCodes | Self::RemoveTotp => Self::Totp,
            Self::PasskeyChallenge | Self::RenamePasskey | Self::RemovePasskey => Self::Passkeys,
            Self::StaffBlockCompany | Self::StaffDemandOfCompany => Self::StaffCompany,
            Self::StaffUnlock
            | Self::StaffEndSessions
            | Self::StaffSwitchAccount
            | Self::StaffResetFactor
            | Self::StaffDemandOfContact => Self::StaffContact,
            Self::StaffRoles | Self::StaffInviteAgain | Self::StaffDismiss => Self::StaffPeople,
            page => page,
        }
    }

    /// Whether only the demonstration answers there.
    #[must_use]
    pub const fn is_demo(self) -> bool {
        matches!(self, Self::DemoMailbox | Self::DemoMailboxJson | Self::DemoClock)
    }
}
