//! The rows of authorizations on both databases: single use, replay, binding to a browser, and what ends with what.

use sqlx::types::Json;
use uuid::Uuid;

use crate::access;
use crate::base::actor::Who;
use crate::base::ids::{AccountId, AuthorizationId, MembershipId, SessionId};
use crate::base::{Actor, Clock, Digest, Fault, Life, Lifetimes, Secret};
use crate::relying_party::{Claim, Claims, Scopes};
use crate::store::trial::{self, Trial};
use crate::store::{self, Start, Store, Tx, View};

use super::code::{self, CodeProof, ProvenCode, SpentCode, Unproven};
use super::refresh::{self, Family};
use super::{NewAuthorization, Request, ResponseMode, begin, consent, find, interaction};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://portal.example/cb";

/// A database with one person signed in, and a clock to move.
struct World {
    trial: Trial,
    clock: Clock,
    lives: Lifetimes,
}

impl World {
    async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for trial in trial::databases().await {
            let world = Self { trial, clock: Clock::movable(), lives: Lifetimes::default() };
            world.act(async |tx| seed(tx).await).await;
            worlds.push(world);
        }
        worlds
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        self.act_on(&self.trial.store, work).await
    }

    async fn act_on<T>(&self, store: &Store, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        let start = Start { by: Actor::of(Who::Visitor), clock: &self.clock, lives: &self.lives };
        store.act(start, work).await.unwrap()
    }

    async fn look<T>(&self, work: impl AsyncFnOnce(&mut View) -> Result<T, Fault>) -> T {
        self.trial.store.look(&self.clock, &self.lives, work).await.unwrap()
    }

    /// Consent, authorization and code, as an answer of `/oauth2/authorize` makes them.
    async fn code(&self) -> (AuthorizationId, Secret) {
        self.act(async |tx| {
            let consent = consent::grant(tx, account(), "portal", &request().scope).await?;
            let sid = begin(tx, beginning(consent, tx.now)).await?;
            Ok((sid, code::issue(tx, sid, &request(), false).await?))
        })
        .await
    }

    async fn proven(&self, code: &Secret) -> ProvenCode {
        let found = self.look(async |view| code::find(&mut view.db, code).await).await.unwrap();
        found.prove(proof()).unwrap()
    }

    async fn is_live(&self, sid: AuthorizationId) -> bool {
        self.look(async |view| access::of_authorization(&mut view.db, sid).await)
            .await
            .unwrap()
            .is_live(self.clock.now(), self.lives.session_idle)
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn account() -> AccountId {
    AccountId(id(3))
}

fn proof() -> CodeProof<'static> {
    CodeProof { client: "portal", redirect_uri: Some(REDIRECT), verifier: Some(VERIFIER) }
}

fn request() -> Request {
    Request {
        client: "portal".to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        response_mode: ResponseMode::FormPost,
        scope: Scopes::known(["openid", "company"]),
        claims: Claims { userinfo: [Claim::Email].into(), id_token: [Claim::Name].into() },
        essential_acr: ["1fa".to_owned()].into(),
        acr_values: vec!["2fa".to_owned()],
        wants_auth_time: true,
        state: Some("s".to_owned()),
        nonce: Some("n".to_owned()),
        challenge: Some(CHALLENGE.to_owned()),
        prompt: [].into(),
        max_age: None,
        login_hint: None,
        ui_locales: None,
        expected: None,
    }
}

fn beginning(consent: crate::base::ids::ConsentId, now: crate::base::Timestamp) -> NewAuthorization {
    NewAuthorization {
        session: SessionId(id(5)),
        account: account(),
        membership: MembershipId(id(4)),
        client: "portal".to_owned(),
        consent,
        scope: request().scope,
        claims: request().claims,
        acr: "1fa".to_owned(),
        amr: vec!["pwd".to_owned()],
        auth_time: now,
        second_factor_at: None,
    }
}

async fn seed(tx: &mut Tx) -> Result<(), Fault> {
    let empty = || Json(Vec::<String>::new());
    store::execute!(
        tx.db,
        "insert into companies (id, ref, name, subscriptions, vendor_networks, own_networks, revision, created_at, \
         updated_at) values ($1, 'C-1', 'Durand', $2, $2, $2, 1, $3, $3)",
        id(1),
        empty(),
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into contacts (id, company, last_name, first_name, email, phone, newsletter, created_at, updated_at) \
         values ($1, $2, 'Durand', 'Alice', 'alice@durand.example', '1', false, $3, $3)",
        id(2),
        id(1),
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into accounts (id, kind, created_at) values ($1, 'contact', $2)",
        account(),
        tx.now
    )?;
    store::execute!(
        tx.db,
        "insert into memberships (id, account, contact, company, profile, roles, e_services, networks, requested_at) \
         values ($1, $2, $3, $4, 'complete', $5, $5, $5, $6)",
        id(4),
        account(),
        id(2),
        id(1),
        empty(),
        tx.now,
    )?;
    store::execute!(
        tx.db,
        "insert into sessions (id, hash, account, acr, amr, auth_time, created_at, last_seen_at, \
         expires_at, user_agent) \
         values ($1, $2, $3, '1fa', $4, $5, $5, $5, $6, '')",
        id(5),
        Digest::of(b"cookie"),
        account(),
        empty(),
        tx.now,
        tx.now + tx.lives.session,
    )?;
    Ok(())
}

#[tokio::test]
async fn a_code_is_spent_by_whoever_it_was_given_to_and_by_nobody_else() {
    for world in World::each().await {
        let (sid, code) = world.code().await;
        let wrong = [
            (CodeProof { client: "other", ..proof() }, Unproven::Client),
            (CodeProof { redirect_uri: Some("https://portal.example/cb/"), ..proof() }, Unproven::RedirectUri),
            (CodeProof { redirect_uri: None, ..proof() }, Unproven::RedirectUri),
            (CodeProof { verifier: None, ..proof() }, Unproven::Verifier),
            (
                CodeProof { verifier: Some("wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"), ..proof() },
                Unproven::Verifier,
            ),
            (CodeProof { verifier: Some(CHALLENGE), ..proof() }, Unproven::Verifier),
        ];
        for (proof, why) in wrong {
            let found = world.look(async |view| code::find(&mut view.db, &code).await).await.unwrap();
            assert_eq!(found.prove(proof).unwrap_err(), why);
        }
        let proven = world.proven(&code).await;
        let SpentCode::Now(spent) = world.act(async |tx| code::spend(tx, proven).await).await else {
            panic!("a wrong proof spent the code")
        };
        assert_eq!((spent.authorization.sid, spent.nonce.as_deref()), (sid, Some("n")));
        assert_eq!(spent.authorization.claims.0, request().claims);
        assert!(world.is_live(sid).await);
    }
}

#[tokio::test]
async fn of_fifty_redemptions_at_once_one_wins_and_the_replay_ends_the_authorization() {
    for world in World::each().await {
        let (sid, code) = world.code().await;
        let other_server = world.trial.second_server().await;
        let redeem = async |n: usize| {
            let proven = world.proven(&code).await;
            let store = if n.is_multiple_of(2) { &world.trial.store } else { &other_server };
            world.act_on(store, async |tx| code::spend(tx, proven).await).await
        };
        let answers = futures_util::future::join_all((0..50).map(redeem)).await;
        let won = answers.iter().filter(|spent| matches!(spent, SpentCode::Now(_))).count();
        let replayed = answers.iter().filter(|spent| matches!(spent, SpentCode::Before)).count();
        assert_eq!((won, replayed), (1, 49));
        assert!(!world.is_live(sid).await);
    }
}

#[tokio::test]
async fn a_code_waits_its_life_and_no_longer() {
    for world in World::each().await {
        let (sid, code) = world.code().await;
        let proven = world.proven(&code).await;
        world.clock.advance(Life::seconds(61));
        assert!(matches!(world.act(async |tx| code::spend(tx, proven).await).await, SpentCode::TooLate));
        assert!(world.is_live(sid).await, "lateness is no replay");
        assert_eq!(world.act(async |tx| code::sweep(tx).await).await, 0, "a replay could still be recognised");
        world.clock.advance(world.lives.session);
        assert_eq!(world.act(async |tx| code::sweep(tx).await).await, 1);
    }
}

/// With `offline_access` what a code gave outlives every session: so long its replay must end it (RFC 6749 section
/// 4.1.2).
#[tokio::test]
async fn a_code_is_known_as_long_as_a_refresh_token_of_it() {
    for world in World::each().await {
        let (sid, code) = world.code().await;
        let proven = world.proven(&code).await;
        let again = world.proven(&code).await;
        assert!(matches!(world.act(async |tx| code::spend(tx, proven).await).await, SpentCode::Now(_)));
        world
            .act(async |tx| {
                refresh::begin(tx, Family { sid, until: tx.now + tx.lives.refresh_family, wants_auth_time: false })
                    .await
            })
            .await;
        world.clock.advance(world.lives.session);
        world.clock.advance(Life::hours(1));
        assert_eq!(world.act(async |tx| code::sweep(tx).await).await, 0);
        assert!(matches!(world.act(async |tx| code::spend(tx, again).await).await, SpentCode::Before));
        assert!(!world.is_live(sid).await);
        world.clock.advance(world.lives.refresh_family);
        world.act(async |tx| refresh::sweep(tx).await).await;
        assert_eq!(world.act(async |tx| code::sweep(tx).await).await, 1);
    }
}

#[tokio::test]
async fn a_consent_that_grows_ends_nothing_and_one_withdrawn_ends_all_it_gave() {
    for world in World::each().await {
        let (sid, _) = world.code().await;
        let consent = |scope: &'static str| {
            let (world, scopes) = (&world, Scopes::known([scope]));
            async move { world.act(async |tx| consent::grant(tx, account(), "portal", &scopes).await).await }
        };
        let grown = consent("email").await;
        assert!(world.is_live(sid).await);
        let held = world.look(async |view| consent::standing(&mut view.db, account(), "portal").await).await.unwrap();
        assert_eq!((held.id, held.scope.to_string().as_str()), (grown, "openid email company"));
        let stranger = AccountId(id(99));
        assert!(!world.act(async |tx| consent::withdraw(tx, stranger, grown).await).await, "only one's own");
        assert!(world.act(async |tx| consent::withdraw(tx, account(), grown).await).await);
        assert!(!world.is_live(sid).await);
        assert!(world.look(async |view| consent::of_account(&mut view.db, account()).await).await.is_empty());
        assert_ne!(consent("openid").await, grown, "a new consent revives nothing");
        assert!(!world.is_live(sid).await);
    }
}

#[tokio::test]
async fn an_interaction_belongs_to_the_browser_that_took_it_up_first() {
    for world in World::each().await {
        let (mine, theirs) = (Digest::of(b"mine"), Digest::of(b"theirs"));
        let interaction = world.act(async |tx| interaction::park(tx, &request(), None).await).await;
        let find = async |browser: &Digest| {
            let now = world.clock.now();
            world.look(async |view| interaction::find(&mut view.db, interaction, browser, now).await).await
        };
        assert!(find(&mine).await.is_none(), "nobody has taken it up");
        assert!(world.act(async |tx| interaction::bind(tx, interaction, &mine).await).await.is_some());
        assert!(world.act(async |tx| interaction::bind(tx, interaction, &theirs).await).await.is_none());
        assert_eq!(find(&mine).await.unwrap().request.0, request());
        assert!(find(&theirs).await.is_none());
        assert!(!world.act(async |tx| interaction::decline(tx, interaction, &theirs).await).await);
        assert!(world.act(async |tx| interaction::decline(tx, interaction, &mine).await).await);
        assert!(find(&mine).await.unwrap().declined_at.is_some());
    }
}

#[tokio::test]
async fn an_answered_interaction_lingers_for_a_double_click_and_is_gone() {
    for world in World::each().await {
        let browser = Digest::of(b"mine");
        let interaction = world.act(async |tx| interaction::park(tx, &request(), Some(&browser)).await).await;
        assert!(world.act(async |tx| interaction::conclude(tx, interaction).await).await);
        world.clock.advance(Life::seconds(20));
        assert!(world.act(async |tx| interaction::conclude(tx, interaction).await).await, "a double click");
        world.clock.advance(Life::seconds(20));
        assert!(
            !world.act(async |tx| interaction::conclude(tx, interaction).await).await,
            "nor does answering again prolong it"
        );
        assert_eq!(world.act(async |tx| interaction::sweep(tx).await).await, 1);
    }
}

#[tokio::test]
async fn an_authorization_ends_with_its_session_its_consent_or_itself() {
    for world in World::each().await {
        let (sid, _) = world.code().await;
        assert_eq!(world.look(async |view| find(&mut view.db, sid).await).await.unwrap().client, "portal");
        assert!(world.act(async |tx| super::end(tx, sid, crate::audit::EndReason::AccessLost).await).await);
        assert!(!world.act(async |tx| super::end(tx, sid, crate::audit::EndReason::AccessLost).await).await);
        assert!(!world.is_live(sid).await);
        let (sid, _) = world.code().await;
        world
            .act(async |tx| {
                crate::session::end(tx, account(), SessionId(id(5)), crate::audit::EndReason::SignedOut).await
            })
            .await;
        assert!(!world.is_live(sid).await);
    }
}
