//! Every URL Guichet answers at, so that no page, mail or document can name one that doesn't exist.

/// A page or endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The welcome page, which sends the signed-in to their account.
    Root,
    /// Sign-in with name and password.
    Login,
    /// The second step of a sign-in: the second factor.
    SecondFactor,
    /// Enrolment of a second factor where the sign-in can't go on without.
    EnrolFirst,
    /// Proof, in a running session, that its owner is still there.
    Reauthenticate,
    /// Choice of the company to act for (R-DIR-6).
    CompanyChoice,
    /// Consent to what a relying party sees.
    Consent,
    /// Sign-out from our own pages.
    Logout,
    /// The language switch.
    Language,
    /// "My account".
    Account,
    /// Ends one of the person's sessions.
    EndSession,
    /// Withdraws a consent.
    WithdrawConsent,
    /// One's authenticator app and recovery codes.
    Totp,
    /// Makes new recovery codes.
    RenewRecoveryCodes,
    /// Removes one's authenticator app.
    RemoveTotp,
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
    /// The demonstration's mailbox.
    DemoMailbox,
    /// The demonstration's mailbox for programs.
    DemoMailboxJson,
    /// The demonstration's movable clock.
    DemoClock,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 30] = [
        Self::Root,
        Self::Login,
        Self::SecondFactor,
        Self::EnrolFirst,
        Self::Reauthenticate,
        Self::CompanyChoice,
        Self::Consent,
        Self::Logout,
        Self::Language,
        Self::Account,
        Self::EndSession,
        Self::WithdrawConsent,
        Self::Totp,
        Self::RenewRecoveryCodes,
        Self::RemoveTotp,
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
    pub const fn path(self) -> &'static str {
        match self {
            Self::Root => "/",
            Self::Login => "/login",
            Self::SecondFactor => "/login/second-factor",
            Self::EnrolFirst => "/login/second-factor/enrol",
            Self::Reauthenticate => "/reauthenticate",
            Self::CompanyChoice => "/login/company",
            Self::Consent => "/login/consent",
            Self::Logout => "/logout",
            Self::Language => "/language",
            Self::Account => "/account",
            Self::EndSession => "/account/sessions/end",
            Self::WithdrawConsent => "/account/consents/withdraw",
            Self::Totp => "/account/security/totp",
            Self::RenewRecoveryCodes => "/account/security/totp/recovery-codes",
            Self::RemoveTotp => "/account/security/totp/remove",
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

    /// Whether only the demonstration answers there.
    #[must_use]
    pub const fn is_demo(self) -> bool {
        matches!(self, Self::DemoMailbox | Self::DemoMailboxJson | Self::DemoClock)
    }
}
