//! The courier: signs due logout tokens as they leave, hands each to its relying party outside any transaction, and
//! writes down how it went. Delivery is at least once: a server that dies between the call and the writing leaves it to
//! the next one, with a token of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::{Actor, Clock, Dice, Endpoint, Fault, Lifetimes};
use crate::keys::{Keys, TokenType};
use crate::outbound::{Answer, Outbound, Unreached};
use crate::relying_party::{RelyingParties, RelyingParty};
use crate::store::{Start, Store, Tx};

use super::delivery::{self, ClaimedDelivery, DeliveryFailure};
use super::token::{LogoutIssuance, LogoutToken};

/// Calls under way at once …
const AT_ONCE: usize = 32;

/// … and to one relying party, so that a slow one leaves room for the others.
const AT_ONCE_TO_ONE: usize = 4;

/// Deliveries one round begins at most, so that a server that is told to stop soon does.
const PER_ROUND: usize = 500;

/// While calls are under way, this often it is looked whether more are due.
const GLANCE: Duration = Duration::from_millis(250);

/// What the courier works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    /// The numbers in force.
    pub lives: &'a Lifetimes,
    /// What tokens are signed with.
    pub keys: &'a Keys,
    /// Who listens, and where.
    pub parties: &'a RelyingParties,
    pub outbound: &'a Outbound,
    pub issuer: &'a str,
}

/// How a round went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Relying parties told.
    pub delivered: u32,
    /// Attempts to be made again.
    pub deferred: u32,
    /// Deliveries that are over without success.
    pub given_up: u32,
}

/// A call that has ended.
type Returned = (ClaimedDelivery, Result<Answer, Unreached>);

/// Makes the deliveries due now. One that fails leaves its relying party alone until the next round.
pub async fn deliver_due(desk: Context<'_>) -> Result<Round, Fault> {
    let mut round = Round::default();
    if !desk.store.look(desk.clock, desk.lives, async |view| delivery::are_due(&mut view.db, view.now).await).await? {
        return Ok(round);
    }
    let mut turns = Turns::default();
    let mut calls: JoinSet<Returned> = JoinSet::new();
    loop {
        while calls.len() < AT_ONCE
            && let Some(claimed) = turns.next(desk).await?
        {
            match desk.listener(&claimed) {
                Some((party, uri)) => desk.call(&mut calls, claimed, &party, uri)?,
                None => round.count(desk.settle(&claimed, Outcome::Gone).await?),
            }
        }
        if calls.is_empty() {
            return Ok(round);
        }
        tokio::select! {
            Some(returned) = calls.join_next() => {
                let (claimed, answer) = returned.map_err(|error| Fault::broken("delivering a logout token", error))?;
                let outcome = Outcome::of(answer);
                turns.give_back(&claimed.client, &outcome);
                round.count(desk.settle(&claimed, outcome).await?);
            }
            () = tokio::time::sleep(GLANCE) => {}
        }
    }
}

/// Whose turn it is.
#[derive(Default)]
struct Turns {
    begun: usize,
    under_way: BTreeMap<String, usize>,
    failing: BTreeSet<String>,
}

impl Turns {
    async fn next(&mut self, desk: Context<'_>) -> Result<Option<ClaimedDelivery>, Fault> {
        if self.begun == PER_ROUND {
            return Ok(None);
        }
        let busy =
            self.under_way.iter().filter(|(_, calls)| **calls >= AT_ONCE_TO_ONE).map(|(client, _)| client.as_str());
        let except: BTreeSet<&str> = busy.chain(self.failing.iter().map(String::as_str)).collect();
        let claimed = desk.act(async |tx| delivery::claim(tx, except).await).await?;
        if let Some(claimed) = &claimed {
            self.begun += 1;
            *self.under_way.entry(claimed.client.clone()).or_default() += 1;
        }
        Ok(claimed)
    }

    fn give_back(&mut self, client: &str, outcome: &Outcome) {
        if let Some(calls) = self.under_way.get_mut(client) {
            *calls -= 1;
        }
        match outcome {
            Outcome::Unanswered(_) => drop(self.failing.insert(client.to_owned())),
            Outcome::Told | Outcome::Refused(_) | Outcome::Gone => {}
        }
    }
}

/// What became of an attempt.
#[derive(Debug)]
enum Outcome {
    /// The relying party knows (section 2.8: 200; many frameworks answer 204).
    Told,
    /// It said that the token is wrong, and would say so again.
    Refused(String),
    /// It wasn't reached, or is in trouble.
    Unanswered(String),
    /// The operator removed it, or where it listened.
    Gone,
}

impl Outcome {
    fn of(answer: Result<Answer, Unreached>) -> Self {
        match answer {
            Ok(Answer { status: 200 | 204, .. }) => Self::Told,
            Ok(Answer { status: 400, text }) => Self::Refused(one_line(&text)),
            Ok(Answer { status, .. }) => Self::Unanswered(format!("it answered with status {status}")),
            Err(unreached) => Self::Unanswered(one_line(&unreached.to_string())),
        }
    }
}

/// A text of others as the database keeps it: one short line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// How a delivery stands after an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    Delivered,
    Deferred,
    GivenUp,
}

impl Round {
    fn count(&mut self, settled: Settled) {
        match settled {
            Settled::Delivered => self.delivered += 1,
            Settled::Deferred => self.deferred += 1,
            Settled::GivenUp => self.given_up += 1,
        }
    }
}

impl Context<'_> {
    fn listener(self, claimed: &ClaimedDelivery) -> Option<(Arc<RelyingParty>, Endpoint)> {
        let party = self.parties.find(&claimed.client)?;
        let uri = party.backchannel_logout_uri.clone()?;
        Some((party, uri))
    }

    /// Signs the token, now and by the algorithm of the relying party's ID tokens, and begins the call.
    fn call(
        self,
        calls: &mut JoinSet<Returned>,
        claimed: ClaimedDelivery,
        party: &RelyingParty,
        uri: Endpoint,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let issuance = LogoutIssuance { issuer: self.issuer, client: &party.id, jti: Dice.id(now)?, now };
        let token = LogoutToken::new(issuance, claimed.account, claimed.sid);
        let token = self.keys.sign(party.id_token_alg, TokenType::Logout, &token)?;
        let outbound = self.outbound.clone();
        calls.spawn(async move {
            let answer = outbound.post_form(&uri, &[("logout_token", &token)]).await;
            (claimed, answer)
        });
        Ok(())
    }

    /// Writes down how it went; what is over without success leaves a line in the trail.
    async fn settle(self, claimed: &ClaimedDelivery, outcome: Outcome) -> Result<Settled, Fault> {
        let (failure, what, why) = match outcome {
            Outcome::Told => {
                self.act(async |tx| delivery::done(tx, claimed).await).await?;
                return Ok(Settled::Delivered);
            }
            Outcome::Refused(why) => (DeliveryFailure::Final, DeedKind::LogoutRefused, why),
            Outcome::Unanswered(why) => (DeliveryFailure::Passing, DeedKind::LogoutGivenUp, why),
            Outcome::Gone => {
                (DeliveryFailure::Final, DeedKind::LogoutGivenUp, "the relying party listens no more".to_owned())
            }
        };
        tracing::warn!(client = claimed.client, sid = %claimed.sid, why, "a relying party wasn't told of a logout");
        let given_up = self.act(async |tx| {
            let given_up = delivery::failed(tx, claimed, failure, &why).await?;
            let deed = Deed::new(what).account(claimed.account).subject(&claimed.client).reference(claimed.sid);
            tx.record_if(given_up, deed.detail("why", why)).await
        });
        Ok(if given_up.await? { Settled::GivenUp } else { Settled::Deferred })
    }

    async fn act<T>(self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> Result<T, Fault> {
        let start = Start { by: Actor::of(Who::Timetable), clock: self.clock, lives: self.lives };
        self.store.act(start, work).await
    }
}
