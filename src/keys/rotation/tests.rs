use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::base::actor::Who;
use crate::base::{Actor, Clock, Fault, Life, Lifetimes};
use crate::keys::{Algorithm, FreshKey, KeyRow, Keys, MasterKey, RefusedToken, Stage, TokenType, list};
use crate::store::trial::{self, Trial};
use crate::store::{Start, Store, Tx};

use super::{Hastened, Published, Retired, Rhythm, Settings, Succession, due, hasten, retire, succeed};

const LEAD: Life = Life::hours(1);
const ALG: Algorithm = Algorithm::Es256;

/// A server, and the operator's hand on its database.
struct Server {
    store: Store,
    keys: Keys,
    master: MasterKey,
    clock: Clock,
    lives: Lifetimes,
}

impl Server {
    async fn on(store: &Store, master: MasterKey, clock: Clock) -> Self {
        let lives = Lifetimes::default();
        let keys = Keys::open(store, master.clone(), &clock, &lives).await.unwrap();
        Self { store: store.clone(), keys, master, clock, lives }
    }

    async fn first(trial: &Trial) -> Self {
        Self::on(&trial.store, MasterKey::random().unwrap(), Clock::movable()).await
    }

    async fn beside(&self, trial: &Trial) -> Self {
        Self::on(&trial.second_server().await, self.master.clone(), self.clock.clone()).await
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        self.store
            .act(Start { by: Actor::of(Who::Operator), clock: &self.clock, lives: &self.lives }, work)
            .await
            .unwrap()
    }

    async fn rows(&self) -> Vec<KeyRow> {
        let rows = self.store.look(&self.clock, &self.lives, async |view| list(&mut view.db).await).await.unwrap();
        rows.into_iter().filter(|row| row.alg == ALG).collect()
    }

    async fn newest(&self) -> KeyRow {
        self.rows().await.into_iter().find(KeyRow::is_newest).unwrap()
    }

    async fn stages(&self) -> Vec<Stage> {
        self.rows().await.iter().map(|row| row.stage(self.clock.now())).collect()
    }

    async fn rotate(&self, lead: Life) -> Option<Published> {
        let (fresh, newest) = (FreshKey::make(ALG, &self.master).await.unwrap(), self.newest().await);
        self.act(async |tx| succeed(tx, Succession { fresh: &fresh, replaces: &newest.kid, lead }).await).await
    }

    async fn hasten(&self, waiting: &KeyRow) -> Option<Hastened> {
        self.act(async |tx| hasten(tx, waiting).await).await
    }

    async fn retire(&self, kid: &str) -> Retired {
        self.act(async |tx| retire(tx, kid).await).await
    }

    /// What the job does every few seconds.
    async fn refresh(&self) {
        self.store.look(&self.clock, &self.lives, async |view| self.keys.refresh(view).await).await.unwrap();
    }

    fn sign(&self) -> String {
        let claims = json!({ "sub": "alice", "exp": self.clock.now().seconds() + 300 });
        self.keys.sign(ALG, TokenType::Id, &claims).unwrap()
    }

    fn signs_with(&self, kid: &str) -> bool {
        let header = URL_SAFE_NO_PAD.decode(self.sign().split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert!(
            self.keys.ring().jwks().contains(header["kid"].as_str().unwrap()),
            "nothing signs that isn't published"
        );
        header["kid"] == kid
    }

    fn verifies(&self, token: &str) -> Result<(), RefusedToken> {
        self.keys.verify(token, TokenType::Id, self.clock.now()).map(drop)
    }

    fn takes_as_hint(&self, token: &str) -> bool {
        self.keys.ring().verify_hint(token, TokenType::Id).is_ok()
    }
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_what_the_old_one_signed_verifies_to_its_end() {
    for trial in trial::databases().await {
        let server = Server::first(&trial).await;
        let old = server.newest().await.kid;
        let published = server.rotate(LEAD).await.unwrap();
        server.refresh().await;
        assert!(server.keys.ring().jwks().contains(&published.kid), "published at once");
        assert!(server.signs_with(&old));
        server.clock.advance(Life::minutes(59));
        server.refresh().await;
        assert!(server.signs_with(&old), "relying parties may not have read the new one");
        let last = server.sign();
        server.clock.advance(Life::minutes(2));
        server.refresh().await;
        assert!(server.signs_with(&published.kid));
        assert_eq!(server.verifies(&last), Ok(()));
        server.clock.advance(Life::minutes(10));
        assert_eq!(server.verifies(&last), Err(RefusedToken::Expired));
        server.clock.advance(Life::hours(11));
        server.refresh().await;
        assert!(server.takes_as_hint(&last), "its session may still last");
        assert!(server.keys.ring().jwks().contains(&old));
        server.clock.advance(Life::hours(1));
        server.refresh().await;
        assert!(!server.takes_as_hint(&last));
        assert!(!server.keys.ring().jwks().contains(&old));
    }
}

#[tokio::test]
async fn other_servers_follow() {
    for trial in trial::databases().await {
        let one = Server::first(&trial).await;
        let two = one.beside(&trial).await;
        let old = one.newest().await.kid;
        let published = one.rotate(LEAD).await.unwrap();
        two.refresh().await;
        assert!(two.keys.ring().jwks().contains(&published.kid));
        one.clock.advance(Life::hours(1));
        one.refresh().await;
        let (new, last) = (one.sign(), two.sign());
        assert_eq!(two.verifies(&new), Ok(()), "it was published long before");
        assert_eq!(one.verifies(&last), Ok(()), "signed a moment later with the old key");
        two.refresh().await;
        assert!(two.signs_with(&published.kid));
        assert!(matches!(one.retire(&old).await, Retired::Gone { stays: None, .. }));
        two.refresh().await;
        assert_eq!(two.verifies(&last), Err(RefusedToken::UnknownKey));
        assert!(!two.keys.ring().jwks().contains(&old));
    }
}

#[tokio::test]
async fn of_rotations_at_once_one_counts() {
    for trial in trial::databases().await {
        let one = Server::first(&trial).await;
        let two = one.beside(&trial).await;
        // Those of an emergency sign at once, and can be followed themselves.
        for (round, lead) in [(1, Life::seconds(0)), (2, LEAD)] {
            let replaces = one.newest().await.kid;
            let mut keys = Vec::new();
            for _ in 0..8 {
                keys.push(FreshKey::make(ALG, &one.master).await.unwrap());
            }
            let rotations = keys.iter().enumerate().map(|(n, fresh)| {
                let (server, replaces) = (if n % 2 == 0 { &one } else { &two }, replaces.as_str());
                server.act(async move |tx| succeed(tx, Succession { fresh, replaces, lead }).await)
            });
            let rotated = futures_util::future::join_all(rotations).await;
            assert_eq!(rotated.iter().flatten().count(), 1);
            assert_eq!(one.rows().await.len(), 1 + round);
        }
    }
}

#[tokio::test]
async fn a_key_that_has_a_successor_gets_no_second_one() {
    for trial in trial::databases().await {
        let server = Server::first(&trial).await;
        let old = server.newest().await.kid;
        server.rotate(LEAD).await.unwrap();
        assert_eq!(server.rotate(LEAD).await, None, "the newest one doesn't sign yet");
        let fresh = FreshKey::make(ALG, &server.master).await.unwrap();
        let again =
            server.act(async |tx| succeed(tx, Succession { fresh: &fresh, replaces: &old, lead: LEAD }).await).await;
        assert_eq!(again, None);
    }
}

#[tokio::test]
async fn in_an_emergency_the_successor_signs_at_once() {
    for trial in trial::databases().await {
        let server = Server::first(&trial).await;
        let old = server.newest().await.kid;
        let token = server.sign();
        let new = server.rotate(Life::seconds(0)).await.unwrap();
        server.refresh().await;
        assert!(server.signs_with(&new.kid));
        assert_eq!(server.verifies(&token), Ok(()), "until the old one is retired");
        assert!(matches!(server.retire(&old).await, Retired::Gone { stays: None, .. }));
        assert!(matches!(server.retire(&old).await, Retired::Before(_)));
        server.refresh().await;
        assert_eq!(server.verifies(&token), Err(RefusedToken::UnknownKey));
        assert!(!server.takes_as_hint(&token));
    }
}

#[tokio::test]
async fn a_waiting_successor_can_be_hastened_once() {
    for trial in trial::databases().await {
        let server = Server::first(&trial).await;
        let old = server.newest().await.kid;
        server.rotate(LEAD).await.unwrap();
        server.clock.advance(Life::minutes(5));
        let waiting = server.newest().await;
        assert!(server.hasten(&waiting).await.is_some());
        assert_eq!(server.hasten(&waiting).await, None);
        server.refresh().await;
        assert!(server.signs_with(&waiting.kid));
        assert!(matches!(server.stages().await[..], [Stage::Leaving { .. }, Stage::Signing { until: None, .. }]));
        assert!(matches!(server.retire(&old).await, Retired::Gone { .. }));
    }
}

#[tokio::test]
async fn the_key_that_signs_stays_and_a_waiting_one_leaves_its_place_to_it() {
    for trial in trial::databases().await {
        let server = Server::first(&trial).await;
        let old = server.newest().await.kid;
        assert_eq!(server.retire(&old).await, Retired::Signs { alg: ALG, has_successor: false });
        assert_eq!(server.retire("-another").await, Retired::Unknown);
        let waiting = server.rotate(LEAD).await.unwrap().kid;
        assert_eq!(server.retire(&old).await, Retired::Signs { alg: ALG, has_successor: true });
        assert_eq!(server.retire(&waiting).await, Retired::Gone { alg: ALG, stays: Some(old.clone()) });
        server.clock.advance(Life::days(2));
        server.refresh().await;
        assert!(server.signs_with(&old), "nothing takes over");
        assert!(!server.keys.ring().jwks().contains(&waiting));
        assert!(server.rotate(LEAD).await.is_some(), "and it can be rotated again");
    }
}

/// Retiring and hastening one key at once: whichever comes first counts, and one key of the algorithm always signs.
#[tokio::test]
async fn one_key_signs_whatever_happens_at_once() {
    for trial in trial::databases().await {
        let one = Server::first(&trial).await;
        let two = one.beside(&trial).await;
        for _ in 0..30 {
            one.rotate(LEAD).await.unwrap();
            let waiting = one.newest().await;
            tokio::join!(one.retire(&waiting.kid), two.hasten(&waiting));
            let signing =
                one.stages().await.iter().filter(|stage| matches!(stage, Stage::Signing { until: None, .. })).count();
            assert_eq!(signing, 1, "{:?}", one.stages().await);
        }
    }
}

#[tokio::test]
async fn a_successor_is_due_a_lead_before_the_time_is_up() {
    let trial = trial::database().await;
    let server = Server::first(&trial).await;
    let (rows, since) = (server.rows().await, server.newest().await.signs_from);
    let settings = Settings { lead: LEAD, rotate_every: Rhythm::Every(Life::days(90)) };
    assert!(due(&rows, &settings, since + Life::days(89)).is_empty());
    assert_eq!(due(&rows, &settings, since + Life::days(90) - LEAD).len(), 1);
    let never = Settings { rotate_every: Rhythm::Never, ..settings };
    assert!(due(&rows, &never, since + Life::days(900)).is_empty());
    server.rotate(LEAD).await.unwrap();
    assert!(due(&server.rows().await, &settings, since + Life::days(90)).is_empty(), "it has a successor");
}

#[test]
fn the_jwks_is_kept_for_less_than_the_lead() {
    for (lead, cached) in [(Life::minutes(1), 30), (Life::minutes(8), 240), (LEAD, 300)] {
        assert_eq!(Settings { lead, ..Settings::default() }.cached().as_seconds(), cached);
    }
}
