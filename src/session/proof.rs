//! What somebody proved to be let in, and how strong that is: `acr`, which relying parties ask for and
//! read, and `amr` in the words of RFC 8176.

use crate::account::{factor, passkey};
use crate::base::ids::AccountId;
use crate::base::vocabulary::words;
use crate::base::{Fault, Timestamp};
use crate::store::Db;

words! {
    /// How strongly somebody proved who they are, the weakest first.
    #[derive(sqlx::Type)]
    #[sqlx(type_name = "TEXT")]
    Acr, "acr" {
        /// By a password.
        #[sqlx(rename = "1fa")]
        OneFactor = "1fa",
        /// By a password, and by something they have.
        #[sqlx(rename = "2fa")]
        TwoFactors = "2fa",
        /// By a passkey, whose answer is of no use to any other site (OpenID Connect EAP ACR Values section 2).
        #[sqlx(rename = "phr")]
        PhishingResistant = "phr",
    }
}

/// What was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How strong it is.
    pub acr: Acr,
    /// By what means (RFC 8176).
    pub amr: &'static [&'static str],
    /// When the second factor was proven, now or in this browser before; none where it wasn't.
    pub second_factor_at: Option<Timestamp>,
    /// When it was proven, where that wasn't now.
    pub proven_at: Option<Timestamp>,
}

impl Proof {
    /// The password alone.
    pub const fn password() -> Self {
        Self { acr: Acr::OneFactor, amr: &["pwd"], second_factor_at: None, proven_at: None }
    }

    /// The password, in a browser where the second factor was proven before and its owner wished not to be asked again.
    /// That satisfies what we demand ourselves, but relying parties aren't told of two factors: one was proven now.
    pub const fn remembered(second_factor_at: Timestamp) -> Self {
        Self { second_factor_at: Some(second_factor_at), ..Self::password() }
    }

    /// The password, and a code of an authenticator app.
    pub const fn totp(now: Timestamp) -> Self {
        Self { acr: Acr::TwoFactors, amr: &["pwd", "otp", "mfa"], second_factor_at: Some(now), proven_at: None }
    }

    /// The password, and a recovery code. RFC 8176 has no word for something kept on paper: `mfa` says that there were
    /// two.
    pub const fn recovery_code(now: Timestamp) -> Self {
        Self { acr: Acr::TwoFactors, amr: &["pwd", "mfa"], second_factor_at: Some(now), proven_at: None }
    }

    /// A passkey, which verified its user: something they have, opened by something they know or are. Nobody attests
    /// where its key lies, so that it is neither `hwk` nor `swk` but a possession that was proven.
    pub const fn passkey(now: Timestamp) -> Self {
        Self { acr: Acr::PhishingResistant, amr: &["pop", "user", "mfa"], second_factor_at: Some(now), proven_at: None }
    }

    /// The password, and a passkey.
    pub const fn password_and_passkey(now: Timestamp) -> Self {
        Self { amr: &["pwd", "pop", "user", "mfa"], ..Self::passkey(now) }
    }

    /// The password, and a passkey just made: no answer to a challenge of ours that another site couldn't have asked
    /// for.
    pub const fn new_passkey(now: Timestamp) -> Self {
        Self { acr: Acr::TwoFactors, ..Self::password_and_passkey(now) }
    }

    /// The word of the vendor's own provider, of what it saw then. RFC 8176 has no name for another's vouching: `mfa`
    /// says that it saw two factors.
    pub const fn vouched(by_two_factors: bool, then: Timestamp) -> Self {
        if by_two_factors {
            Self { acr: Acr::TwoFactors, amr: &["mfa"], second_factor_at: Some(then), proven_at: Some(then) }
        } else {
            Self { acr: Acr::OneFactor, amr: &[], second_factor_at: None, proven_at: Some(then) }
        }
    }
}

/// How strongly an account can sign in, by what it has enrolled.
pub async fn strongest(db: &mut Db, account: AccountId) -> Result<Acr, Fault> {
    let has_passkey = !passkey::list(db, account).await?.is_empty();
    Ok(match (has_passkey, factor::enrolled(db, account).await?) {
        (true, _) => Acr::PhishingResistant,
        (false, Some(_)) => Acr::TwoFactors,
        (false, None) => Acr::OneFactor,
    })
}

#[cfg(test)]
mod tests {
    use super::{Acr, Proof};
    use crate::base::Timestamp;

    #[test]
    fn a_remembered_device_satisfies_us_and_is_no_second_factor_to_others() {
        let then = Timestamp::from_millis(1);
        let remembered = Proof::remembered(then);
        assert_eq!(
            (remembered.acr, remembered.amr, remembered.second_factor_at),
            (Acr::OneFactor, &["pwd"][..], Some(then))
        );
        assert!(Acr::OneFactor < Acr::TwoFactors && Acr::TwoFactors < Acr::PhishingResistant);
        for proof in [Proof::totp(then), Proof::recovery_code(then)] {
            assert!(proof.acr == Acr::TwoFactors && proof.amr.contains(&"mfa") && proof.amr.contains(&"pwd"));
        }
    }
}
