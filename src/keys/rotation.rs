//! Rotation: a successor is published before it signs, and what a key signed verifies until nobody can show it any
//! more. Each transition is one conditional statement, so that two operators or servers at once make one of it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::{Fault, Life, Lifetimes, Timestamp};
use crate::store::{self, Tx};

use super::signing::{self, Algorithm, FreshKey, KeyRow, Stage};

/// `[keys]` in the configuration.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A new key is published this long before it signs, so that relying parties, which keep the JWKS for a while, have
    /// read it.
    pub lead: Life,
    /// How long a key signs before its successor takes over by itself.
    pub rotate_every: Rhythm,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lead: Life::hours(1), rotate_every: Rhythm::Every(Life::days(90)) }
    }
}

impl Settings {
    /// A shorter lead leaves no time to cache the JWKS, and to other servers none to publish the key.
    const SHORTEST_LEAD: Life = Life::minutes(1);

    /// Whether rotation works with these, or why it doesn't.
    pub fn check(&self) -> Result<(), String> {
        if self.lead < Self::SHORTEST_LEAD {
            return Err(format!(
                "keys.lead `{}` is too short: let relying parties have {} or more",
                self.lead,
                Self::SHORTEST_LEAD
            ));
        }
        match self.rotate_every {
            Rhythm::Every(life) if life <= self.lead => Err(format!(
                "keys.rotate_every `{life}` must be longer than keys.lead `{}`: write more, or never",
                self.lead
            )),
            Rhythm::Every(_) | Rhythm::Never => Ok(()),
        }
    }

    /// How long the JWKS may be kept: whoever reads it just before a key is published reads it again well before the
    /// key signs.
    pub fn cached(&self) -> Life {
        Life::seconds(self.lead.as_seconds() / 2).min(Life::minutes(5))
    }
}

/// How often keys are rotated without anybody asking. Written `90d` or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, derive_more::Display)]
pub enum Rhythm {
    /// Only by `guichet keys rotate`.
    #[display("never")]
    Never,
    /// When a key has signed for so long.
    Every(Life),
}

impl Serialize for Rhythm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rhythm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "never" {
            return Ok(Self::Never);
        }
        Life::parse(&text)
            .map(Self::Every)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is neither a duration, like 90d, nor never")))
    }
}

/// The keys whose successor is to be published now, for it to take over when their time is up.
pub fn due<'r>(rows: &'r [KeyRow], settings: &Settings, now: Timestamp) -> Vec<&'r KeyRow> {
    let Rhythm::Every(life) = settings.rotate_every else { return Vec::new() };
    let is_due = |row: &&KeyRow| match row.stage(now) {
        Stage::Signing { since, until: None } => since + life <= now + settings.lead,
        Stage::Signing { until: Some(_), .. } | Stage::Waiting { .. } | Stage::Leaving { .. } | Stage::Gone { .. } => {
            false
        }
    };
    rows.iter().filter(is_due).collect()
}

/// A key about to follow another.
pub struct Succession<'a> {
    pub fresh: &'a FreshKey,
    /// The `kid` of the one that signs.
    pub replaces: &'a str,
    /// How long the new one is published before it signs; none in an emergency.
    pub lead: Life,
}

/// A successor that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    #[serde(skip)]
    pub kid: String,
    /// What it signs with.
    pub alg: Algorithm,
    pub signs_from: Timestamp,
    /// The key it takes over from …
    pub replaces: String,
    /// … which is gone from then on.
    pub gone_at: Timestamp,
}

/// Publishes a successor. `None` where the other key doesn't sign or has one already: of two rotations at once, one
/// counts.
pub async fn succeed(tx: &mut Tx, succession: Succession<'_>) -> Result<Option<Published>, Fault> {
    let Succession { fresh, replaces, lead } = succession;
    let signs_from = tx.now + lead;
    let gone_at = gone_after(signs_from, &tx.lives);
    let sql = "update signing_keys set signs_until = $1, gone_at = $2 \
         where kid = $3 and alg = $4 and signs_until is null and signs_from <= $5";
    let followed = store::execute!(tx.db, sql, signs_from, gone_at, replaces, fresh.alg, tx.now)?;
    if followed == 0 {
        return Ok(None);
    }
    if !signing::publish(tx, fresh, signs_from).await? {
        return Err(Fault::broken("rotating a key", "its successor wasn't taken"));
    }
    let (kid, replaces) = (fresh.kid.clone(), replaces.to_owned());
    Ok(Some(Published { kid, alg: fresh.alg, signs_from, replaces, gone_at }))
}

/// A waiting successor that signs from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hastened {
    /// When it would have taken over.
    pub instead_of: Timestamp,
    /// When the key before it is gone.
    pub gone_at: Timestamp,
}

/// Lets a waiting key sign at once. `None` where it doesn't wait.
pub async fn hasten(tx: &mut Tx, waiting: &KeyRow) -> Result<Option<Hastened>, Fault> {
    let sql = "update signing_keys set signs_from = $1 where kid = $2 and signs_from = $3 and signs_from > $1 \
         and signs_until is null";
    let hastened = store::execute!(tx.db, sql, tx.now, waiting.kid.as_str(), waiting.signs_from)?;
    if hastened == 0 {
        return Ok(None);
    }
    let gone_at = gone_after(tx.now, &tx.lives);
    let sql = "update signing_keys set signs_until = $1, gone_at = $2 where alg = $3 and signs_until = $4";
    store::execute!(tx.db, sql, tx.now, gone_at, waiting.alg, waiting.signs_from)?;
    Ok(Some(Hastened { instead_of: waiting.signs_from, gone_at }))
}

/// What became of a key that was to go at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retired {
    Gone {
        /// What it signed with.
        alg: Algorithm,
        /// It was about to sign: the key that goes on in its place.
        stays: Option<String>,
    },
    /// It is the one that signs, and nothing could be signed without it.
    Signs {
        /// What it signs with.
        alg: Algorithm,
        /// Whether a successor is published already.
        has_successor: bool,
    },
    /// It was gone before.
    Before(Timestamp),
    /// There is no such key.
    Unknown,
}

/// Takes a key out at once: whatever it signed is refused as soon as each server has read the table again.
pub async fn retire(tx: &mut Tx, kid: &str) -> Result<Retired, Fault> {
    let Some(before) = find(tx, kid).await? else { return Ok(Retired::Unknown) };
    // Where it was hastened meanwhile, `signs_from` isn't what was read, even if that instant is a little after this
    // one.
    let gone = store::execute!(
        tx.db,
        "update signing_keys set signs_until = coalesce(signs_until, $1), gone_at = $1 \
         where kid = $2 and signs_from = $3 and (signs_from > $1 or signs_until <= $1) and (gone_at is null \
         or gone_at > $1)",
        tx.now,
        kid,
        before.signs_from,
    )?;
    if gone == 1 {
        return Ok(Retired::Gone { alg: before.alg, stays: reinstate(tx, &before).await? });
    }
    // A later statement sees what stood in the way, another operator's retirement included.
    let Some(now) = find(tx, kid).await? else { return Ok(Retired::Unknown) };
    match now.stage(tx.now) {
        Stage::Gone { since } => Ok(Retired::Before(since)),
        Stage::Signing { .. } | Stage::Waiting { .. } | Stage::Leaving { .. } => {
            Ok(Retired::Signs { alg: now.alg, has_successor: !now.is_newest() })
        }
    }
}

/// Without its successor, the key that signs goes on.
async fn reinstate(tx: &mut Tx, successor: &KeyRow) -> Result<Option<String>, Fault> {
    let stays = store::optional!(
        tx.db,
        (String,),
        "update signing_keys set signs_until = null, gone_at = null where alg = $1 and signs_until = $2 \
         and signs_until > $3 and kid <> $4 \
         returning kid",
        successor.alg,
        successor.signs_from,
        tx.now,
        successor.kid.as_str(),
    )?;
    Ok(stays.map(|(kid,)| kid))
}

async fn find(tx: &mut Tx, kid: &str) -> Result<Option<KeyRow>, Fault> {
    let sql = "select kid, alg, published_at, signs_from, signs_until, gone_at from signing_keys where kid = $1";
    store::optional!(tx.db, KeyRow, sql, kid)
}

/// A server may sign with what it read a moment ago, and servers' clocks differ.
const SLACK: Life = Life::minutes(1);

/// When nothing is left that a key signed until `last` and anybody may show: tokens live as long as the settings say,
/// and an ID token, though expired, is a hint as long as its session (OpenID Connect RP-Initiated Logout section 2).
fn gone_after(last: Timestamp, lives: &Lifetimes) -> Timestamp {
    last + lives.token.max(lives.session) + SLACK
}

#[cfg(test)]
mod tests;
