//! Recovery codes: what stands in for a lost authenticator app. They are shown when they are made, kept as digests, and
//! each counts once.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::account::lock;
use crate::audit::{Deed, DeedKind, LetterKind};
use crate::base::ids::AccountId;
use crate::base::{Dice, Digest, Fault};
use crate::store::{self, Db, Tx};

/// How many are made at a time.
pub const HOW_MANY: usize = 10;

/// Crockford's alphabet: digits and capital letters without those that people mistake for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a code: 80 bits, far beyond what can be tried offline should the digests leak.
const LENGTH: usize = 16;

/// Characters between two hyphens.
const GROUP: usize = 4;

/// A recovery code, in its one spelling.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
#[debug("RecoveryCode(…)")]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A fresh one.
    pub fn roll(dice: Dice) -> Result<Self, Fault> {
        // 256 is a multiple of 32: every character is as likely as any other.
        let bytes: [u8; LENGTH] = dice.bytes()?;
        Ok(Self(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()))
    }

    /// Reads what somebody typed: hyphens of any kind, blanks, width and case don't count, and letters left out of the
    /// alphabet are what they look like.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text.nfkc().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).take(LENGTH + 1).map(|c| {
            match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            }
        });
        let code: String = kept.collect();
        let fits = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(code))
    }

    /// What the database knows it by: the digest holds the account, so that one table of guesses doesn't serve for all.
    fn digest(&self, account: AccountId) -> Digest {
        Digest::of(format!("recovery code {account} {}", self.0).as_bytes())
    }
}

/// Hyphens and dashes, which printers and phones exchange for one another.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// In groups, as it is shown.
impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, c) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// Makes new codes, because their owner asked; those before are void.
pub async fn renew(tx: &mut Tx, account: AccountId) -> Result<Vec<RecoveryCode>, Fault> {
    make(tx, account, Deed::new(DeedKind::RecoveryCodesMade)).await
}

/// The same, with a factor that was enrolled: the letter about that is enough.
pub async fn renew_with_factor(tx: &mut Tx, account: AccountId) -> Result<Vec<RecoveryCode>, Fault> {
    make(tx, account, Deed::new(DeedKind::RecoveryCodesMade).without(LetterKind::RecoveryCodesMade)).await
}

async fn make(tx: &mut Tx, account: AccountId, deed: Deed) -> Result<Vec<RecoveryCode>, Fault> {
    store::execute!(tx.db, "delete from recovery_codes where account = $1", account)?;
    let mut codes = Vec::with_capacity(HOW_MANY);
    for _ in 0..HOW_MANY {
        let code = RecoveryCode::roll(tx.dice)?;
        let sql = "insert into recovery_codes (account, hash, made_at) values ($1, $2, $3)";
        store::execute!(tx.db, sql, account, code.digest(account), tx.now)?;
        codes.push(code);
    }
    tx.record(deed.account(account)).await?;
    Ok(codes)
}

/// Uses a code. The row decides: of fifty at once one succeeds.
pub async fn spend(tx: &mut Tx, account: AccountId, code: &RecoveryCode) -> Result<bool, Fault> {
    lock(tx, account).await?;
    let sql = "update recovery_codes set used_at = $3 where account = $1 and hash = $2 and used_at is null";
    let spent = store::execute!(tx.db, sql, account, code.digest(account), tx.now)?;
    tx.record_if(spent > 0, Deed::new(DeedKind::RecoveryCodeUsed).account(account)).await
}

/// How many codes are left.
pub async fn left(db: &mut Db, account: AccountId) -> Result<usize, Fault> {
    let sql = "select count(*) from recovery_codes where account = $1 and used_at is null";
    let (count,) = store::one!(*db, (i64,), sql, account)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::RecoveryCode;
    use crate::base::Dice;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = RecoveryCode::parse("7K0P-2M41-XYZA-9Q8R").unwrap();
        for typed in
            ["7k0p2m41xyza9q8r", " 7kop-2m4l-xyza-9q8r ", "7K0P 2M4I XYZA 9Q8R", "7-K-0-P-2-M-4-1-X-Y-Z-A-9-Q-8-R"]
        {
            assert_eq!(RecoveryCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        for typed in
            ["", "123456", "7K0P-2M41-XYZA-9Q8", "7K0P-2M41-XYZA-9Q8RR", "7K0P-2M41-XYZA-9Q8U", "7K0P-2M41-XYZA-9Q8é"]
        {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same_code(_ in 0..32) {
            let code = RecoveryCode::roll(Dice).unwrap();
            prop_assert_eq!(code.to_string().len(), 19);
            prop_assert_eq!(RecoveryCode::parse(&code.to_string()), Some(code));
        }

        #[test]
        fn no_text_breaks_it(text: String) {
            let _ = RecoveryCode::parse(&text);
        }
    }
}
