//! A person whose access ends is refused at once at every door, whatever ended it (SECURITY 2 and 4, R-DIR-3, R-OWN-4): door × cause.

use guichet::account::{self, Because};
use guichet::base::actor::Who;
use guichet::base::{Actor, SignInName};

use crate::world::{Answer, Ask, Browser, Cause, Code, PASSWORD, RelyingParty, Server, Tokens, World, both, login};

/// The one door that outlives the session.
const OFFLINE: &str = "refresh, offline access";

/// Everything a person holds at the moment it happens. A refusal may end the session or the authorization it was asked about, so
/// each door has its own.
struct Holdings {
    at_a_page: Browser,
    at_authorize: Browser,
    at_authorize_silently: Browser,
    confidential: Held,
    public: Held,
    opaque: Held,
    offline: Held,
    resource_server: RelyingParty,
}

/// What one relying party holds.
struct Held {
    party: RelyingParty,
    for_userinfo: Tokens,
    for_introspection: Tokens,
    for_introspection_of_refresh: Tokens,
    for_refresh: Tokens,
    in_flight: Code,
}

impl Held {
    async fn by(party: RelyingParty, browser: &mut Browser) -> Self {
        Self {
            for_userinfo: party.enter(browser).await,
            for_introspection: party.enter(browser).await,
            for_introspection_of_refresh: party.enter(browser).await,
            for_refresh: party.enter(browser).await,
            in_flight: party.authorize(browser).await,
            party,
        }
    }

    async fn userinfo(&self) -> u16 {
        self.party.userinfo(&self.for_userinfo.access).await.status()
    }

    async fn code(&self) -> u16 {
        granted(&self.party.redeem(&self.in_flight).await)
    }

    async fn refresh(&self) -> u16 {
        granted(&self.party.refresh(&self.for_refresh.refresh).await)
    }

    async fn introspection_by(&self, resource_server: &RelyingParty) -> u16 {
        if resource_server.finds_active(&self.for_introspection.access).await { 200 } else { 400 }
    }

    async fn introspection_of_refresh(&self) -> u16 {
        if self.party.finds_active(&self.for_introspection_of_refresh.refresh).await { 200 } else { 400 }
    }
}

fn granted(answer: &Answer) -> u16 {
    if answer.status() == 400 {
        assert_eq!(answer.error(), "invalid_grant");
    }
    answer.status()
}

impl Holdings {
    async fn of(world: &World, who: &str) -> Self {
        let mut browser = world.signed_in(who).await;
        Self {
            confidential: Held::by(world.client("portal"), &mut browser).await,
            public: Held::by(world.client("demo-spa"), &mut browser).await,
            opaque: Held::by(world.client("opaque"), &mut browser).await,
            offline: Held::by(world.client("demo-web").scope("openid offline_access"), &mut browser).await,
            at_a_page: world.signed_in(who).await,
            at_authorize: world.signed_in(who).await,
            at_authorize_silently: world.signed_in(who).await,
            resource_server: world.client("demo-rs"),
        }
    }

    /// The same, brought to another server.
    fn at(self, server: &Server) -> Self {
        let there = |held: Held, client: &str| Held { party: server.client(client), ..held };
        Self {
            confidential: there(self.confidential, "portal"),
            public: there(self.public, "demo-spa"),
            opaque: there(self.opaque, "opaque"),
            offline: there(self.offline, "demo-web"),
            resource_server: server.client("demo-rs"),
            ..self
        }
    }

    /// How every door answers.
    async fn try_every_door(&self) -> Vec<(&'static str, u16)> {
        let authorize = async |browser: &Browser, ask: Ask| {
            let answer = browser.clone().open(&ask.path()).await;
            if answer.parameter("code").is_some() { 200 } else { 400 }
        };
        let Self { confidential, public, opaque, offline, resource_server, .. } = self;
        let ask = || confidential.party.ask();
        vec![
            ("userinfo, confidential client", confidential.userinfo().await),
            ("userinfo, public client", public.userinfo().await),
            ("userinfo, opaque token", opaque.userinfo().await),
            ("userinfo, offline access", offline.userinfo().await),
            ("token, confidential client", confidential.code().await),
            ("token, public client", public.code().await),
            ("token, opaque token", opaque.code().await),
            ("token, offline access", offline.code().await),
            ("refresh, confidential client", confidential.refresh().await),
            ("refresh, public client", public.refresh().await),
            ("refresh, opaque token", opaque.refresh().await),
            (OFFLINE, offline.refresh().await),
            ("introspection, confidential client", confidential.introspection_by(resource_server).await),
            ("introspection, public client", public.introspection_by(resource_server).await),
            ("introspection, opaque token", opaque.introspection_by(resource_server).await),
            ("introspection, offline access", offline.introspection_by(resource_server).await),
            ("introspection, refresh token", confidential.introspection_of_refresh().await),
            ("authorize without a page", authorize(&self.at_authorize_silently, ask().with("prompt", "none")).await),
            ("authorize", authorize(&self.at_authorize, ask()).await),
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
            if door == OFFLINE {
                assert_eq!(status, 200, "offline access is for the time after the session");
            } else {
                assert!([303, 400, 401].contains(&status), "{door} answers {status}");
            }
        }
    }
}

both! {
    /// The same on another server that shares the database.
    async fn what_ends_a_persons_access_ends_it_on_every_server(world) {
        let second = world.second_server().await;
        for (who, cause) in [("alice", Cause::AccountDisabled), ("carl", Cause::CompanyBlocked)] {
            let held = Holdings::of(&world, who).await.at(&second);
            cause.strike(&world, who).await;
            for (door, status) in held.try_every_door().await {
                assert!([303, 400, 401, 403].contains(&status), "{cause:?}: {door} answers {status}");
            }
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
