//! Every URL Guichet answers at, so that no page, mail or document can name one that doesn't exist.

use url::form_urlencoded::byte_serialize;

/// A page or endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The welcome page, which sends the signed-in to their account.
    Root,
    /// Sign-in with name and password.
    Login,
    /// Sends staff to the vendor's own OpenID provider.
    Upstream,
    /// Where they come back from it.
    UpstreamCallback,
    /// The second step of a sign-in: the second factor.
    SecondFactor,
    /// Sign-in by a passkey.
    PasskeySignIn,
    /// A challenge for it.
    PasskeySignInChallenge,
    /// The second step by a passkey.
    PasskeySecondStep,
    /// A challenge for it.
    PasskeySecondStepChallenge,
    /// Proof by a passkey, in a running session, that its owner is still there.
    PasskeyReturn,
    /// A challenge for it.
    PasskeyReturnChallenge,
    /// Enrolment of a second factor where the sign-in can't go on without.
    EnrolFirst,
    /// Proof, in a running session, that its owner is still there.
    Reauthenticate,
    /// Choice of the company to act for (R-DIR-6).
    CompanyChoice,
    /// Consent to what a relying party sees.
    Consent,
    Link,
    /// Choice of a password, once a link was confirmed.
    NewPassword,
    /// Says that the password is set.
    PasswordDone,
    /// Sign-out from our own pages.
    Logout,
    Language,
    /// Says that an account is secured, after its owner said that a change wasn't theirs.
    Secured,
    /// "My account".
    Account,
    /// Correction of one's own record (R-DIR-8).
    Record,
    /// A copy of one's own data.
    Export,
    /// Closing of one's own account.
    Close,
    /// Says that it is closed.
    Closed,
    /// How one signs in, where one is signed in, which applications have access, and what happened of late.
    Security,
    /// Change of one's password.
    ChangePassword,
    /// Where staff begin.
    Staff,
    /// Search for a company.
    StaffCompanies,
    /// A company, for staff.
    StaffCompany,
    /// Blocks a company, or lets it in again (R-DIR-1).
    StaffBlockCompany,
    /// Demands a second factor of everybody at a company, or no longer.
    StaffDemandOfCompany,
    /// Search for a contact.
    StaffContacts,
    /// A contact, for staff.
    StaffContact,
    /// Opens the limits of a contact's account.
    StaffUnlock,
    /// Ends every session of a contact's account.
    StaffEndSessions,
    /// Switches a contact's account off or on.
    StaffSwitchAccount,
    /// Asks that a contact's lost second factor go, or no longer.
    StaffResetFactor,
    /// Demands a second factor of a contact, or no longer.
    StaffDemandOfContact,
    StaffPeople,
    /// Gives one of the vendor's people other roles.
    StaffRoles,
    /// Sends one of the vendor's people a new invitation.
    StaffInviteAgain,
    /// Switches the account of one of the vendor's people off.
    StaffDismiss,
    StaffAudit,
    /// Ends one of the person's sessions.
    EndSession,
    /// Ends all of them but this one.
    EndOtherSessions,
    /// Forgets a browser the person signed in from.
    ForgetDevice,
    WithdrawConsent,
    /// One's authenticator app and recovery codes.
    Totp,
    /// Makes new recovery codes.
    RenewRecoveryCodes,
    /// Removes one's authenticator app.
    RemoveTotp,
    Passkeys,
    /// A challenge for a new one.
    PasskeyChallenge,
    /// Gives a passkey another name.
    RenamePasskey,
    RemovePasskey,
    /// The stylesheet and its like.
    Asset,
    /// Authorization endpoint (RFC 6749 section 3.1).
    Authorize,
    /// Token endpoint (RFC 6749 section 3.2).
    Token,
    /// UserInfo endpoint (OpenID Connect Core section 5.3).
    UserInfo,
    /// Introspection endpoint (RFC 7662).
    Introspect,
    /// Revocation endpoint (RFC 7009).
    Revoke,
    /// Public keys (RFC 7517).
    Jwks,
    /// Sign-out asked for by a relying party (OpenID Connect RP-Initiated Logout).
    RelyingPartyLogout,
    /// Provider metadata (OpenID Connect Discovery).
    OpenidConfiguration,
    /// Server metadata (RFC 8414).
    ServerMetadata,
    /// Is the process alive?
    Healthz,
    /// Can it answer requests?
    Readyz,
    DemoMailbox,
    /// The demonstration's mailbox for programs.
    DemoMailboxJson,
    /// The demonstration's movable clock.
    DemoClock,
}

impl Place {
    pub const ALL: [Self; 71] = [
        Self::Root,
        Self::Login,
        Self::Upstream,
        Self::UpstreamCallback,
        Self::SecondFactor,
        Self::PasskeySignIn,
        Self::PasskeySignInChallenge,
        Self::PasskeySecondStep,
        Self::PasskeySecondStepChallenge,
        Self::PasskeyReturn,
        Self::PasskeyReturnChallenge,
        Self::EnrolFirst,
        Self::Reauthenticate,
        Self::CompanyChoice,
        Self::Consent,
        Self::Link,
        Self::NewPassword,
        Self::PasswordDone,
        Self::Logout,
        Self::Language,
        Self::Secured,
        Self::Account,
        Self::Record,
        Self::Export,
        Self::Close,
        Self::Closed,
        Self::Security,
        Self::ChangePassword,
        Self::Staff,
        Self::StaffCompanies,
        Self::StaffCompany,
        Self::StaffBlockCompany,
        Self::StaffDemandOfCompany,
        Self::StaffContacts,
        Self::StaffContact,
        Self::StaffUnlock,
        Self::StaffEndSessions,
        Self::StaffSwitchAccount,
        Self::StaffResetFactor,
        Self::StaffDemandOfContact,
        Self::StaffPeople,
        Self::StaffRoles,
        Self::StaffInviteAgain,
        Self::StaffDismiss,
        Self::StaffAudit,
        Self::EndSession,
        Self::EndOtherSessions,
        Self::ForgetDevice,
        Self::WithdrawConsent,
        Self::Totp,
        Self::RenewRecoveryCodes,
        Self::RemoveTotp,
        Self::Passkeys,
        Self::PasskeyChallenge,
        Self::RenamePasskey,
        Self::RemovePasskey,
        Self::Asset,
        Self::Authorize,
        Self::Token,
        Self::UserInfo,
        Self::Introspect,
        Self::Revoke,
        Self::Jwks,
        Self::RelyingPartyLogout,
        Self::OpenidConfiguration,
        Self::ServerMetadata,
        Self::Healthz,
        Self::Readyz,
        Self::DemoMailbox,
        Self::DemoMailboxJson,
        Self::DemoClock,
    ];

    /// The path, as the router writes it.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table, with one line for each place")]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Root => "/",
            Self::Login => "/login",
            Self::Upstream => "/login/upstream",
            Self::UpstreamCallback => "/login/upstream/callback",
            Self::SecondFactor => "/login/second-factor",
            Self::PasskeySignIn => "/login/passkey",
            Self::PasskeySignInChallenge => "/login/passkey/challenge",
            Self::PasskeySecondStep => "/login/second-factor/passkey",
            Self::PasskeySecondStepChallenge => "/login/second-factor/passkey/challenge",
            Self::PasskeyReturn => "/reauthenticate/passkey",
            Self::PasskeyReturnChallenge => "/reauthenticate/passkey/challenge",
            Self::EnrolFirst => "/login/second-factor/enrol",
            Self::Reauthenticate => "/reauthenticate",
            Self::CompanyChoice => "/login/company",
            Self::Consent => "/login/consent",
            Self::Link => "/links/{token}",
            Self::NewPassword => "/password",
            Self::PasswordDone => "/password/done",
            Self::Logout => "/logout",
            Self::Language => "/language",
            Self::Secured => "/account/secured",
            Self::Account => "/account",
            Self::Record => "/account/record",
            Self::Export => "/account/export",
            Self::Close => "/account/close",
            Self::Closed => "/account/closed",
            Self::Security => "/account/security",
            Self::ChangePassword => "/account/security/password",
            Self::Staff => "/staff",
            Self::StaffCompanies => "/staff/companies",
            Self::StaffCompany => "/staff/companies/{ref}",
            Self::StaffBlockCompany => "/staff/companies/{ref}/block",
            Self::StaffDemandOfCompany => "/staff/companies/{ref}/second-factor",
            Self::StaffContacts => "/staff/contacts",
            Self::StaffContact => "/staff/contacts/{id}",
            Self::StaffUnlock => "/staff/contacts/{id}/unlock",
            Self::StaffEndSessions => "/staff/contacts/{id}/sessions/end",
            Self::StaffSwitchAccount => "/staff/contacts/{id}/switch",
            Self::StaffResetFactor => "/staff/contacts/{id}/reset-factor",
            Self::StaffDemandOfContact => "/staff/contacts/{id}/second-factor",
            Self::StaffPeople => "/staff/people",
            Self::StaffRoles => "/staff/people/{id}/roles",
            Self::StaffInviteAgain => "/staff/people/{id}/invite",
            Self::StaffDismiss => "/staff/people/{id}/dismiss",
            Self::StaffAudit => "/staff/audit",
            Self::EndSession => "/account/sessions/end",
            Self::EndOtherSessions => "/account/sessions/end-others",
            Self::ForgetDevice => "/account/devices/forget",
            Self::WithdrawConsent => "/account/consents/withdraw",
            Self::Totp => "/account/security/totp",
            Self::RenewRecoveryCodes => "/account/security/totp/recovery-codes",
            Self::RemoveTotp => "/account/security/totp/remove",
            Self::Passkeys => "/account/security/passkeys",
            Self::PasskeyChallenge => "/account/security/passkeys/challenge",
            Self::RenamePasskey => "/account/security/passkeys/rename",
            Self::RemovePasskey => "/account/security/passkeys/remove",
            Self::Asset => "/assets/{file}",
            Self::Authorize => "/oauth2/authorize",
            Self::Token => "/oauth2/token",
            Self::UserInfo => "/oauth2/userinfo",
            Self::Introspect => "/oauth2/introspect",
            Self::Revoke => "/oauth2/revoke",
            Self::Jwks => "/oauth2/jwks",
            Self::RelyingPartyLogout => "/oauth2/logout",
            Self::OpenidConfiguration => "/.well-known/openid-configuration",
            Self::ServerMetadata => "/.well-known/oauth-authorization-server",
            Self::Healthz => "/healthz",
            Self::Readyz => "/readyz",
            Self::DemoMailbox => "/dev/mailbox",
            Self::DemoMailboxJson => "/dev/mailbox.json",
            Self::DemoClock => "/dev/clock",
        }
    }

    /// The path, with what stands in its one variable part.
    #[must_use]
    pub fn with(self, part: impl std::fmt::Display) -> String {
        let path = self.path();
        let part: String = byte_serialize(part.to_string().as_bytes()).collect();
        let part = part.replace('+', "%20");
        match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{part}{}", &path[..from], &path[to + 1..]),
            (None, _) | (_, None) => path.to_owned(),
        }
    }

    /// Whether only the demonstration answers there.
    #[must_use]
    pub const fn is_demo(self) -> bool {
        matches!(self, Self::DemoMailbox | Self::DemoMailboxJson | Self::DemoClock)
    }
}
