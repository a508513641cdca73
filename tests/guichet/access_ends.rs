//! A person whose access ends is refused at once at every door, whatever ended it (SECURITY 2 and 4, R-DIR-3, R-OWN-4): door × cause.

use guichet::account::{self, Because};
use guichet::base::actor::Who;
use guichet::base::{Actor, SignInName};

use crate::world::{Ask, Browser, Cause, Code, PASSWORD, RelyingParty, Tokens, World, both, login};

/// Everything a person holds at the moment it happens. A refused page may end the session it was asked in, so each door has its own.
struct Holdings {
    at_a_page: Browser,
    at_authorize: Browser,
    at_authorize_silently: Browser,
    portal: RelyingParty,
    spa: RelyingParty,
    tokens: Tokens,
    spa_tokens: Tokens,
    in_flight: Code,
    spa_in_flight: Code,
}

impl Holdings {
    async fn of(world: &World, who: &str) -> Self {
        let (portal, spa) = (world.client("portal"), world.client("demo-spa"));
        let mut browser = world.signed_in(who).await;
        let (tokens, spa_tokens) = (portal.enter(&mut browser).await, spa.enter(&mut browser).await);
        let (in_flight, spa_in_flight) = (portal.authorize(&mut browser).await, spa.authorize(&mut browser).await);
        let [at_a_page, at_authorize, at_authorize_silently] =
            [world.signed_in(who).await, world.signed_in(who).await, world.signed_in(who).await];
        Self { at_a_page, at_authorize, at_authorize_silently, portal, spa, tokens, spa_tokens, in_flight, spa_in_flight }
    }

    /// How every door answers.
    async fn try_every_door(&self) -> Vec<(&'static str, u16)> {
        let code = async |party: &RelyingParty, code: &Code| {
            let answer = party.redeem(code).await;
            if answer.status() == 400 {
                assert_eq!(answer.error(), "invalid_grant");
            }
            answer.status()
        };
        let authorize = async |browser: &Browser, ask: Ask| {
            let answer = browser.clone().open(&ask.path()).await;
            if answer.parameter("code").is_some() { 200 } else { 400 }
        };
        vec![
            ("userinfo, confidential client", self.portal.userinfo(&self.tokens.access).await.status()),
            ("userinfo, public client", self.spa.userinfo(&self.spa_tokens.access).await.status()),
            ("token, confidential client", code(&self.portal, &self.in_flight).await),
            ("token, public client", code(&self.spa, &self.spa_in_flight).await),
            ("authorize without a page", authorize(&self.at_authorize_silently, self.portal.ask().with("prompt", "none")).await),
            ("authorize", authorize(&self.at_authorize, self.portal.ask()).await),
            ("page", self.at_a_page.clone().get("/account").await.status()),
        ]
    }
}

both! {
    async fn while_access_holds_every_door_is_open(world) {
        let held = Holdings::of(&world, "alice").await;
        for (door, status) in held.try_every_door().await {
            assert_eq!(status, 200, "{door}: the table below would prove nothing");
        }
    }
}

async fn assert_every_door_is_shut(world: &World, cause: Cause) {
    let held = Holdings::of(world, "alice").await;
    cause.strike(world, "alice").await;
    for (door, status) in held.try_every_door().await {
        assert!([303, 400, 401, 403].contains(&status), "{cause:?}: {door} answers {status}");
    }
    let sign_in = world.browser().sign_in("alice", PASSWORD).await;
    assert_eq!(sign_in.status(), 403, "{cause:?}");
}

macro_rules! every_cause {
    ($($name:ident: $cause:ident,)*) => {
        $(both! {
            async fn $name(world) {
                assert_every_door_is_shut(&world, Cause::$cause).await;
            }
        })*

        #[test]
        fn no_cause_is_left_out() {
            assert_eq!([$(Cause::$cause),*], Cause::ALL);
        }
    };
}

every_cause! {
    a_contact_that_the_erp_deactivates_is_refused_at_every_door: ContactInactiveAtErp,
    a_contact_that_the_company_deactivates_is_refused_at_every_door: ContactDisabled,
    people_of_a_blocked_company_are_refused_at_every_door: CompanyBlocked,
    people_of_a_company_no_longer_validated_are_refused_at_every_door: CompanyNotValidated,
    a_deactivated_membership_is_refused_at_every_door: MembershipDisabled,
    a_detached_membership_is_refused_at_every_door: MembershipDetached,
    a_deactivated_account_is_refused_at_every_door: AccountDisabled,
}

both! {
    async fn ended_sessions_are_refused_at_every_door(world) {
        let held = Holdings::of(&world, "alice").await;
        let name = SignInName::parse(&login("alice")).unwrap();
        let ended = world.app.act(Actor::of(Who::Operator), async |tx| {
            let found = account::credentials(&mut tx.db, &name).await?.unwrap();
            account::end_all(tx, found.account, Because::Operator).await
        });
        assert_eq!(ended.await.unwrap(), 4);
        for (door, status) in held.try_every_door().await {
            assert!([303, 400, 401].contains(&status), "{door} answers {status}");
        }
    }
}

both! {
    /// R-DIR-3: what was final stays ended when the ERP changes its mind; what was passing works again.
    async fn after_a_final_cause_nothing_held_before_comes_back(world) {
        let held = Holdings::of(&world, "alice").await;
        Cause::ContactInactiveAtErp.strike(&world, "alice").await;
        held.try_every_door().await;
        world.import(&format!("{}\n", include_str!("../../src/demo/contacts.csv").trim_end())).await;
        for (door, status) in held.try_every_door().await {
            assert!([303, 400, 401, 403].contains(&status), "{door} answers {status}");
        }
        world.signed_in("alice").await;
    }
}

both! {
    async fn what_happens_to_one_person_leaves_their_colleagues_alone(world) {
        let held = Holdings::of(&world, "carl").await;
        for cause in [Cause::ContactInactiveAtErp, Cause::MembershipDisabled, Cause::AccountDisabled] {
            cause.strike(&world, "alice").await;
        }
        for (door, status) in held.try_every_door().await {
            assert_eq!(status, 200, "{door}");
        }
    }
}
