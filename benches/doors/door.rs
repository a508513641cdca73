//! The doors: what each must do at the least, and what is aimed at.

use std::fmt;

use guichet::keys::Algorithm;

/// A door, and how it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Whether the process lives.
    Health,
    /// The provider metadata.
    Discovery,
    /// The public keys.
    Jwks,
    /// The sign-in page.
    LoginPage,
    /// A service's token, by a secret.
    ClientCredentials(Form),
    /// A service's token, by a signed assertion.
    PrivateKeyJwt,
    /// What a token is worth.
    Introspection(Form),
    /// Who a token speaks for.
    UserInfo(Form),
    /// A refresh token for the next one, with an access token and an ID token.
    Refresh(Form),
    /// A code in a running session, and its tokens; the ID token by that algorithm.
    CodeFlow(Algorithm),
    /// A service's signed token taken back.
    Revocation,
}

/// What access tokens look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Signed, ES256.
    Signed,
    /// Opaque.
    Opaque,
}

/// Something that a door can't do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A bare handler that answers a document.
    Get,
    /// A bare handler that reads a form and answers a document.
    Post,
    /// A signature with ES256.
    Es256,
    /// A signature with RS256.
    Rs256,
    /// A verification with ES256.
    Verify,
    /// The query of `access`.
    Access,
    /// A row, committed.
    Commit,
    /// The queries and the commit of a refresh.
    Refresh,
    /// The same, with the row of an opaque access token.
    RefreshOpaque,
    /// The queries and commits of a code flow in a session.
    Flow,
}

impl Door {
    /// Every door, in an order in which those that give tokens come before those that take them.
    pub const ALL: [Self; 16] = [
        Self::Health,
        Self::Discovery,
        Self::Jwks,
        Self::LoginPage,
        Self::ClientCredentials(Form::Signed),
        Self::ClientCredentials(Form::Opaque),
        Self::PrivateKeyJwt,
        Self::Introspection(Form::Signed),
        Self::Introspection(Form::Opaque),
        Self::UserInfo(Form::Signed),
        Self::UserInfo(Form::Opaque),
        Self::Refresh(Form::Signed),
        Self::Refresh(Form::Opaque),
        Self::CodeFlow(Algorithm::Es256),
        Self::CodeFlow(Algorithm::Rs256),
        Self::Revocation,
    ];

    /// What it can't do without; none where there is nothing to compare it with.
    pub const fn parts(self) -> &'static [Part] {
        match self {
            Self::Health | Self::Discovery | Self::Jwks => &[Part::Get],
            Self::LoginPage => &[],
            Self::ClientCredentials(Form::Signed) => &[Part::Post, Part::Es256],
            Self::ClientCredentials(Form::Opaque) => &[Part::Post, Part::Commit],
            Self::PrivateKeyJwt => &[Part::Post, Part::Verify, Part::Commit, Part::Es256],
            // A signed token is asked about in the same words as an opaque one: verifying it isn't counted in favour of
            // the door.
            Self::Introspection(_) => &[Part::Post, Part::Access],
            Self::UserInfo(_) => &[Part::Get, Part::Access],
            Self::Refresh(Form::Signed) => &[Part::Post, Part::Refresh, Part::Es256, Part::Es256],
            Self::Refresh(Form::Opaque) => &[Part::Post, Part::RefreshOpaque, Part::Es256],
            Self::CodeFlow(Algorithm::Es256) => &[Part::Get, Part::Post, Part::Flow, Part::Es256, Part::Es256],
            Self::CodeFlow(Algorithm::Rs256) => &[Part::Get, Part::Post, Part::Flow, Part::Es256, Part::Rs256],
            Self::Revocation => &[Part::Post, Part::Verify, Part::Commit],
        }
    }

    /// How much of its cost those parts are to be at least, in per cent.
    pub const fn aim(self) -> Option<u8> {
        match self {
            Self::Discovery | Self::Jwks => Some(80),
            Self::ClientCredentials(Form::Signed) => Some(70),
            Self::Introspection(_) | Self::UserInfo(_) | Self::Refresh(_) | Self::CodeFlow(_) => Some(60),
            Self::Health
            | Self::LoginPage
            | Self::ClientCredentials(Form::Opaque)
            | Self::PrivateKeyJwt
            | Self::Revocation => None,
        }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Health => f.write_str("health"),
            Self::Discovery => f.write_str("discovery"),
            Self::Jwks => f.write_str("JWKS"),
            Self::LoginPage => f.write_str("sign-in page"),
            Self::ClientCredentials(form) => write!(f, "client credentials, {form}"),
            Self::PrivateKeyJwt => f.write_str("client credentials by private_key_jwt"),
            Self::Introspection(form) => write!(f, "introspection, {form}"),
            Self::UserInfo(form) => write!(f, "UserInfo, {form}"),
            Self::Refresh(form) => write!(f, "refresh, {form}"),
            Self::CodeFlow(alg) => write!(f, "code flow in a session, ID token {}", alg.name()),
            Self::Revocation => f.write_str("revocation, signed"),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signed => "signed",
            Self::Opaque => "opaque",
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "bare GET",
            Self::Post => "bare POST",
            Self::Es256 => "ES256 signature",
            Self::Rs256 => "RS256 signature",
            Self::Verify => "ES256 verification",
            Self::Access => "`access` query",
            Self::Commit => "row committed",
            Self::Refresh => "refresh: queries and commit",
            Self::RefreshOpaque => "refresh with an opaque token: queries and commit",
            Self::Flow => "code flow: queries and commits",
        })
    }
}
