//! Authenticator apps (RFC 6238): a seed is offered, proven by a first code, and from then on each step counts once.

use totp_rs::{Builder, Secret as Raw, Totp};
use unicode_normalization::UnicodeNormalization as _;

use crate::account::lock;
use crate::audit::{Deed, DeedKind};
use crate::base::ids::{AccountId, TotpId};
use crate::base::seal::Fingerprint;
use crate::base::{Dice, Fault, Life, Seal, Sealed, Timestamp};
use crate::store::{self, Db, Tx};

use super::super::device;
use super::{RecoveryCode, enrolled, note_factors, renew_with_factor, reset};

/// An offer that nobody took up is replaced, and swept, after this time.
const OFFERED_FOR: Life = Life::hours(1);

/// What an app and this server share: 160 bits, as RFC 4226 section 4 recommends.
#[derive(Clone, derive_more::Debug)]
#[debug("Seed(…)")]
pub struct Seed([u8; 20]);

impl Seed {
    /// A fresh one.
    pub fn roll(dice: Dice) -> Result<Self, Fault> {
        Ok(Self(dice.bytes()?))
    }

    /// Reads what [`Seed::base32`] wrote, blanks or not.
    pub fn parse(text: &str) -> Option<Self> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let raw = Raw::try_from_base32(compact).ok()?;
        raw.as_bytes().try_into().ok().map(Self)
    }

    /// As people type it into an app.
    pub fn base32(&self) -> String {
        Raw::from(self.0.to_vec()).to_base32()
    }

    /// As a square says it to an app: whose service, and which account there.
    pub fn url(&self, service: &str, login: &str) -> Result<String, Fault> {
        // A colon parts the two in the label.
        let plain = |text: &str| text.replace(':', " ");
        let totp = Builder::new()
            .with_secret(self.0.to_vec())
            .with_issuer(Some(plain(service)))
            .with_account_name(plain(login))
            .build();
        totp.and_then(|totp| totp.to_url()).map_err(|cause| Fault::broken("writing a seed", cause.to_string()))
    }

    /// The step that a code is of, where it is of this one, the one before or the one after (RFC 6238 section 5.2).
    /// Blanks and the width of digits don't count.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Result<Option<i64>, Fault> {
        let compact: String = code.nfkc().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        Ok(self.app()?.check(&compact, seconds).and_then(|step| i64::try_from(step).ok()))
    }

    /// The code that an app shows at an instant.
    pub fn code(&self, at: Timestamp) -> Result<String, Fault> {
        Ok(self.app()?.generate(u64::try_from(at.seconds()).unwrap_or_default()).to_string())
    }

    fn app(&self) -> Result<Totp, Fault> {
        let totp = Builder::new().with_secret(self.0.to_vec()).with_account_name("-").build();
        totp.map_err(|cause| Fault::broken("reading a seed", cause.to_string()))
    }
}

/// A seed in its row, proven or offered.
#[derive(Debug, sqlx::FromRow)]
pub struct Enrolled {
    pub id: TotpId,
    sealed_seed: Vec<u8>,
    sealed_by: Fingerprint,
}

impl Enrolled {
    pub fn open(&self, seal: &dyn Seal) -> Result<Seed, Fault> {
        let sealed = Sealed { by: self.sealed_by.clone(), bytes: self.sealed_seed.clone() };
        let seed = seal.open(&sealed, self.id.0.as_bytes())?;
        seed.try_into().map(Seed).map_err(|_| Fault::broken("opening a seed", "it isn't 20 bytes"))
    }
}

/// The authenticator app of an account.
pub async fn find(db: &mut Db, account: AccountId) -> Result<Option<Enrolled>, Fault> {
    let sql = "select id, sealed_seed, sealed_by from totp_factors where account = $1 and proven_at is not null";
    store::optional!(*db, Enrolled, sql, account)
}

/// Since when the account has one.
pub async fn since(db: &mut Db, account: AccountId) -> Result<Option<Timestamp>, Fault> {
    let sql = "select proven_at from totp_factors where account = $1 and proven_at is not null";
    Ok(store::optional!(*db, (Timestamp,), sql, account)?.map(|(proven_at,)| proven_at))
}

/// To whom a seed is shown: the account, and the session or half-made sign-in that sees it. Somebody else with the
/// password sees another one, and so can't slip theirs under the owner's first code.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Whose factor it would be.
    pub account: AccountId,
    /// The id of the session or half-made sign-in.
    pub to: uuid::Uuid,
}

/// The seed offered there, where one is.
pub async fn offered(db: &mut Db, offer: Offer, now: Timestamp) -> Result<Option<Enrolled>, Fault> {
    let sql = "select id, sealed_seed, sealed_by from totp_factors where account = $1 and offered_to = $2 \
         and proven_at is null and created_at > $3";
    store::optional!(*db, Enrolled, sql, offer.account, offer.to, now - OFFERED_FOR)
}

/// Offers a seed in place of one offered there before.
pub async fn offer(tx: &mut Tx, seal: &dyn Seal, offer: Offer, seed: &Seed) -> Result<TotpId, Fault> {
    let id = TotpId(tx.dice.id(tx.now)?);
    let sealed = seal.seal(&seed.0, id.0.as_bytes())?;
    let sql = "delete from totp_factors where account = $1 and offered_to = $2 and proven_at is null";
    store::execute!(tx.db, sql, offer.account, offer.to)?;
    let sql = "insert into totp_factors (id, account, offered_to, sealed_seed, sealed_by, created_at) \
         values ($1, $2, $3, $4, $5, $6)";
    store::execute!(tx.db, sql, id, offer.account, offer.to, sealed.bytes, sealed.by, tx.now)?;
    Ok(id)
}

/// Counts a code of that step, unless it or a later one counted before (RFC 6238 section 5.2): the row decides, with
/// fifty at once too.
pub async fn accept(tx: &mut Tx, account: AccountId, id: TotpId, step: i64) -> Result<bool, Fault> {
    lock(tx, account).await?;
    let sql = "update totp_factors set last_step = $2 where id = $1 and proven_at is not null and last_step < $2";
    let accepted = store::execute!(tx.db, sql, id, step)?;
    if accepted == 1 {
        // Whoever has the app hasn't lost it.
        reset::stop(tx, account).await?;
    }
    Ok(accepted == 1)
}

/// Whether a new app may take the place of one. Only who proved the old one may say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacing {
    /// There must be none.
    Nothing,
    /// The old one goes.
    TheOldOne,
}

/// A first code proved an offered seed: it is the account's factor from now on, with new recovery codes. Nothing where
/// the offer is gone, or there is a factor that this may not replace.
pub async fn prove(
    tx: &mut Tx,
    offer: Offer,
    id: TotpId,
    step: i64,
    replacing: Replacing,
) -> Result<Option<Vec<RecoveryCode>>, Fault> {
    lock(tx, offer.account).await?;
    let is_free = replacing == Replacing::TheOldOne || enrolled(&mut tx.db, offer.account).await?.is_none();
    let standing = offered(&mut tx.db, offer, tx.now).await?.filter(|standing| standing.id == id);
    if standing.is_none() || !is_free {
        return Ok(None);
    }
    // Of the account's other seeds, proven or offered, none is left, and what devices remember was proven by those.
    store::execute!(tx.db, "delete from totp_factors where account = $1 and id <> $2", offer.account, id)?;
    device::forget_second_factors(tx, offer.account).await?;
    // Nor is this one lost.
    reset::stop(tx, offer.account).await?;
    store::execute!(tx.db, "update totp_factors set proven_at = $2, last_step = $3 where id = $1", id, tx.now, step)?;
    note_factors(tx, offer.account).await?;
    tx.record(Deed::new(DeedKind::TotpEnrolled).account(offer.account)).await?;
    renew_with_factor(tx, offer.account).await.map(Some)
}

/// Forgets offers that nobody took up, and answers how many.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(
        tx,
        "from totp_factors",
        "id",
        "proven_at is null and created_at < $1 order by created_at",
        tx.now - OFFERED_FOR
    )
}
