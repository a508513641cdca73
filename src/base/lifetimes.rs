//! The numbers of the rules, each a setting with the default of the source documents.

use serde::{Deserialize, Serialize};

use super::Life;

/// How long things live (`[lives]` in the configuration).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lifetimes {
    /// An authorization code waits this long to be redeemed.
    pub code: Life,
    /// An access token and an ID token are valid this long (R-OWN-4: who validates alone lags at most this).
    pub token: Life,
    /// A client assertion expires within this time, so that what must be remembered of it is bounded (RFC 7523 section
    /// 3).
    pub client_assertion: Life,
    /// A family of refresh tokens given with `offline_access` ends this long after its first token …
    pub refresh_family: Life,
    /// … and a refresh token that isn't used for this long is refused.
    pub refresh_idle: Life,
    /// A refresh token whose answer was lost is answered once more within this time.
    pub refresh_grace: Life,
    /// An authorization request waits this long for its person to sign in.
    pub interaction: Life,
    /// A session ends this long after the sign-in.
    pub session: Life,
    /// A session ends after this long without a request.
    pub session_idle: Life,
    /// Somebody who gave the right password has this long for the second factor, or to enrol one.
    pub second_step: Life,
    /// What people sign in with is changed in a session whose sign-in is at most this old.
    pub fresh: Life,
    /// A browser is remembered this long after its last sign-in, and doesn't ask for the second factor this long after
    /// it was proven there.
    pub device: Life,
    /// An invitation can be taken up this long (R-ADM-8).
    pub invitation: Life,
    /// Whoever confirmed a link has this long to choose a password.
    pub password_choice: Life,
    /// The owner of an account who lost the password has this long to take up the link that was mailed (R-ADM-11).
    pub recovery: Life,
    /// A second factor that Customer Service resets goes so long after its owner was told.
    pub factor_reset: Life,
    /// Whoever was told of a change of their account can object to it this long.
    pub not_me: Life,
    /// The audit trail keeps its lines this long.
    pub audit: Life,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: Life::seconds(60),
            token: Life::minutes(5),
            client_assertion: Life::minutes(5),
            refresh_family: Life::days(90),
            refresh_idle: Life::days(30),
            refresh_grace: Life::seconds(10),
            interaction: Life::hours(1),
            session: Life::hours(12),
            session_idle: Life::hours(2),
            second_step: Life::minutes(10),
            fresh: Life::minutes(10),
            device: Life::days(30),
            invitation: Life::days(7),
            password_choice: Life::minutes(30),
            recovery: Life::minutes(30),
            factor_reset: Life::hours(24),
            not_me: Life::days(7),
            audit: Life::days(730),
        }
    }
}

/// The longest a code may wait: it passes through browsers, histories and logs.
const LONGEST_CODE: Life = Life::seconds(60);

impl Lifetimes {
    /// Whether the numbers can be kept to.
    pub fn check(&self) -> Result<(), String> {
        if (Life::seconds(1)..=LONGEST_CODE).contains(&self.code) {
            return Ok(());
        }
        Err(format!(
            "lives.code is {}: write a time from 1s to {LONGEST_CODE}, for a code is redeemed at once",
            self.code
        ))
    }
}
