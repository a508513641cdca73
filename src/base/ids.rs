//! The ids of rows: one type per kind, so that a contact's id can't stand where an account's is asked.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[derive(derive_more::Display, derive_more::FromStr, derive_more::Into)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub uuid::Uuid);
    )* };
}

ids! {
    /// A customer company.
    CompanyId,
    /// A person's record at a company.
    ContactId,
    /// A login with its credentials: OpenID Connect's `sub`.
    AccountId,
    /// An account acting as one contact.
    MembershipId,
    /// A link that was mailed or printed.
    LinkId,
    /// A second factor that is to be taken away.
    FactorResetId,
    /// A browser in which an account is signed in.
    SessionId,
    /// A browser an account has signed in from before.
    DeviceId,
    /// A sign-in whose second factor is still to come.
    SignInId,
    /// The seed of an authenticator app.
    TotpId,
    /// A passkey of an account.
    PasskeyId,
    /// A challenge on its way to a passkey and back.
    CeremonyId,
    /// What one sign-in gave one relying party: OpenID Connect's `sid`.
    AuthorizationId,
    /// An authorization request that waits for its person.
    InteractionId,
    /// What a person lets a relying party see.
    ConsentId,
    /// A letter in the outbox.
    MailId,
    /// Something that happened.
    EventId,
    /// A logout token on its way to a relying party.
    DeliveryId,
    /// A signing key's row.
    SigningKeyId,
    /// A line of the audit trail.
    AuditId,
}
