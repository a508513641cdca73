//! Everything a person holds at four relying parties of different kinds, and every door it can be brought to.

use crate::world::{Ask, Browser, Code, RelyingParty, Server, Tokens, World};

/// Everything one person holds. A refusal may end the session or the authorization it was asked about, so that each
/// door has its own.
pub struct Holdings {
    /// The session behind every token, which is brought to no door.
    pub behind: Browser,
    pub at_a_page: Browser,
    pub at_authorize: Browser,
    pub at_authorize_silently: Browser,
    pub held: [Held; 4],
    resource_server: RelyingParty,
}

/// What a relying party holds.
pub struct Held {
    pub party: RelyingParty,
    for_userinfo: Granted,
    for_introspection: Granted,
    for_introspection_of_refresh: Granted,
    for_refresh: Granted,
    in_flight: Code,
    /// Brought to no door: what becomes of it isn't a door's doing.
    pub untouched: Granted,
}

/// A spent code, and what it gave.
pub struct Granted {
    pub code: Code,
    pub tokens: Tokens,
}

impl Granted {
    async fn to(party: &RelyingParty, browser: &mut Browser) -> Self {
        let code = party.authorize(browser).await;
        Self { tokens: party.tokens(&code).await, code }
    }
}

impl Held {
    async fn by(party: RelyingParty, browser: &mut Browser) -> Self {
        Self {
            for_userinfo: Granted::to(&party, browser).await,
            for_introspection: Granted::to(&party, browser).await,
            for_introspection_of_refresh: Granted::to(&party, browser).await,
            for_refresh: Granted::to(&party, browser).await,
            untouched: Granted::to(&party, browser).await,
            in_flight: party.authorize(browser).await,
            party,
        }
    }

    /// Everything granted for a code that is spent.
    pub fn granted(&self) -> [&Granted; 5] {
        [
            &self.for_userinfo,
            &self.for_introspection,
            &self.for_introspection_of_refresh,
            &self.for_refresh,
            &self.untouched,
        ]
    }

    /// Whether each door is open: a letter of `ciurf` for code, introspection, UserInfo, refresh and introspection of
    /// the refresh token.
    async fn try_every_door(&self, resource_server: &RelyingParty) -> String {
        let Self {
            party, for_userinfo, for_introspection, for_introspection_of_refresh, for_refresh, in_flight, ..
        } = self;
        let grants = [party.redeem(in_flight).await, party.refresh(&for_refresh.tokens.refresh).await];
        for refused in grants.iter().filter(|answer| answer.status() != 200) {
            assert_eq!((refused.status(), refused.error().as_str()), (400, "invalid_grant"), "{}", party.id());
        }
        let userinfo = party.userinfo(&for_userinfo.tokens.access).await.status();
        assert!([200, 401].contains(&userinfo), "{}: {userinfo}", party.id());
        let meant = [("token_type_hint", "refresh_token")];
        let of_refresh = resource_server.introspect(&for_introspection_of_refresh.tokens.refresh, &meant).await.json()
            ["active"]
            == true;
        let doors = [
            ('c', grants[0].status() == 200),
            ('i', resource_server.finds_active(&for_introspection.tokens.access).await),
            ('u', userinfo == 200),
            ('r', grants[1].status() == 200),
            ('f', of_refresh),
        ];
        doors.map(|(letter, open)| if open { letter } else { '-' }).iter().collect()
    }
}

/// How wide the doors are: every one of them, as `try_every_door` tells it.
pub const OPEN: [&str; 7] = ["open", "open", "open", "ciurf", "ciurf", "ciurf", "ciurf"];

/// And none.
pub const SHUT: [&str; 7] = ["-", "-", "-", "-----", "-----", "-----", "-----"];

impl Holdings {
    pub async fn of(world: &World, who: &str) -> Self {
        let mut behind = world.signed_in(who).await;
        Self {
            held: [
                Held::by(world.client("portal"), &mut behind).await,
                Held::by(world.client("demo-spa"), &mut behind).await,
                Held::by(world.client("opaque"), &mut behind).await,
                Held::by(world.client("demo-web").scope("openid offline_access"), &mut behind).await,
            ],
            behind,
            at_a_page: world.signed_in(who).await,
            at_authorize: world.signed_in(who).await,
            at_authorize_silently: world.signed_in(who).await,
            resource_server: world.client("demo-rs"),
        }
    }

    /// Every session.
    pub fn browsers(&self) -> [&Browser; 4] {
        [&self.behind, &self.at_a_page, &self.at_authorize, &self.at_authorize_silently]
    }

    /// The same, brought to another server.
    pub fn at(mut self, server: &Server) -> Self {
        for held in &mut self.held {
            held.party = server.client(held.party.id());
        }
        for browser in [&mut self.behind, &mut self.at_a_page, &mut self.at_authorize, &mut self.at_authorize_silently]
        {
            *browser = server.taking_over(browser);
        }
        Self { resource_server: server.client("demo-rs"), ..self }
    }

    /// How each door answers: page, authorize, authorize without a page, then each relying party's.
    pub async fn try_every_door(&self) -> [String; 7] {
        let ask = self.held[0].party.ask();
        let open = |open: bool| if open { "open" } else { "-" }.to_owned();
        let [confidential, public, opaque, offline] = &self.held;
        let rs = &self.resource_server;
        [
            open(page(&self.at_a_page).await),
            open(authorize(&self.at_authorize, &ask).await),
            open(authorize(&self.at_authorize_silently, &ask.clone().with("prompt", "none")).await),
            confidential.try_every_door(rs).await,
            public.try_every_door(rs).await,
            opaque.try_every_door(rs).await,
            offline.try_every_door(rs).await,
        ]
    }
}

async fn page(browser: &Browser) -> bool {
    let answer = browser.clone().get("/account").await;
    assert!([200, 303, 403].contains(&answer.status()), "{}", answer.status());
    answer.status() == 200
}

async fn authorize(browser: &Browser, ask: &Ask) -> bool {
    browser.clone().open(&ask.path()).await.parameter("code").is_some()
}
