//! Fault 7: failing open. What can't be read, verified or reached refuses: the database, its rows, the keys.

use guichet::base::Place;

use crate::doors;
use crate::world::{Browser, RelyingParty, Tokens, World, both};

/// What a server answers by itself.
const BY_ITSELF: [Place; 9] = [
    Place::Language,
    Place::PasswordDone,
    Place::Secured,
    Place::Closed,
    Place::Asset,
    Place::Jwks,
    Place::OpenidConfiguration,
    Place::ServerMetadata,
    Place::Healthz,
];

/// What there isn't for this browser, whatever the database says: a provider that isn't
/// configured.
const NOT_THERE: [Place; 2] = [Place::Upstream, Place::UpstreamCallback];

both! {
    /// Retry-After tells programs that it will pass; nobody is let in meanwhile.
    async fn without_its_database_every_door_answers_503(world) {
        world.expects_faults("the pool is closed");
        let requests = doors::right_requests(&world).await;
        world.app.store.close().await;
        for (probe, mut browser, request) in requests {
            let answer = browser.send(request).await;
            // The portal is no service, which it is told in any weather; what hangs from no row is given without a
            // database.
            if probe.grant() == Some("client_credentials") {
                assert_eq!(answer.status(), 400);
                continue;
            }
            if BY_ITSELF.contains(&probe.place) {
                assert!([200, 303].contains(&answer.status()), "{}: {}", probe.line(), answer.status());
                continue;
            }
            if NOT_THERE.contains(&probe.place) {
                assert_eq!(answer.status(), 404, "{}: {}", probe.line(), answer.text());
                continue;
            }
            assert_eq!(answer.status(), 503, "{}: {}", probe.line(), answer.text());
            assert!(probe.place == Place::Readyz || answer.header("retry-after") == "5", "{}", probe.line());
            assert!(
                answer.cookies().next().is_none() && answer.header("cache-control") == "no-store",
                "{}",
                probe.line()
            );
        }
    }
}

/// Alice with a sign-in at a relying party.
struct Held {
    browser: Browser,
    portal: RelyingParty,
    tokens: Tokens,
}

impl Held {
    async fn of(world: &World) -> Self {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        Self { browser, portal, tokens }
    }

    /// The doors that are open.
    async fn open_doors(&self, world: &World) -> Vec<&'static str> {
        let Self { browser, portal, tokens } = self;
        let code = portal.authorize_silently(&mut browser.clone()).await;
        let told = world.client("demo-rs").introspect(&tokens.access, &[]).await;
        let doors = [
            ("page", browser.clone().get("/account/security").await.status() == 200),
            ("authorize", code),
            ("userinfo", portal.userinfo(&tokens.access).await.status() == 200),
            ("introspection", told.status() == 200 && told.json()["active"] == true),
            ("refresh", portal.refresh(&tokens.refresh).await.status() == 200),
        ];
        doors.into_iter().filter(|(_, open)| *open).map(|(door, _)| door).collect()
    }
}

/// Rows that nobody wrote: the table, the column, and what stands there. A list that can't be read isn't an empty one.
const NONSENSE: [[&str; 3]; 13] = [
    ["memberships", "networks", "[\"192.0.2.0/33\"]"],
    ["memberships", "networks", "{}"],
    ["companies", "vendor_networks", "[\"everywhere\"]"],
    ["companies", "vendor_networks", "\"\""],
    ["companies", "own_networks", "{}"],
    ["memberships", "roles", "[\"emperor\"]"],
    ["memberships", "e_services", "[\"%\"]"],
    ["memberships", "e_services", "7"],
    ["companies", "subscriptions", "null"],
    ["authorizations", "scope", "{\"openid\": true}"],
    ["authorizations", "claims", "[]"],
    ["consents", "scope", "[\"everything\"]"],
    ["sessions", "amr", "\"pwd\""],
];

/// The doors that never look at that column.
fn spared(column: [&str; 2]) -> &'static [&'static str] {
    match column {
        ["authorizations", _] => &["page", "authorize"],
        ["consents" | "sessions", _] => &["userinfo", "introspection", "refresh"],
        _ => &[],
    }
}

both! {
    async fn a_row_that_can_not_be_read_opens_no_door(world) {
        world.expects_faults("rows hold nonsense");
        for [table, column, nonsense] in NONSENSE {
            let held = Held::of(&world).await;
            assert_eq!(held.open_doors(&world).await.len(), 5, "before {table}.{column}");
            let held = Held::of(&world).await;
            let hers = match table {
                "memberships" => "account = (select account from sign_in_names where name = 'alice@durand.example')",
                "companies" => "ref = 'C-1001'",
                _ => "1 = 1",
            };
            world.database().execute(&format!("create table kept as select id, {column} from {table}")).await;
            world.database().execute(&format!("update {table} set {column} = '{nonsense}' where {hers}")).await;
            assert_eq!(held.open_doors(&world).await, spared([table, column]), "{table}.{column} = {nonsense}");
            let heal = format!(
                "update {table} set {column} = (select k.{column} from kept k where k.id = {table}.id) \
                 where id in (select id from kept)"
            );
            world.database().execute(&heal).await;
            world.database().execute("drop table kept").await;
        }
    }
}

both! {
    /// Neither signing keys that can't be unsealed nor public halves that can't be read: a server doesn't start with
    /// them.
    async fn a_server_does_not_start_with_keys_that_it_can_not_read(world) {
        assert!(world.cannot_start().await.is_none());
        for nonsense in [
            "sealed_private_jwk = '\\x00'",
            "public_jwk = '{}'",
            "alg = 'none'",
            "sealed_by = (select fingerprint from master_keys), kid = 'another'",
        ] {
            let keys = world.app.look(async |view| guichet::keys::list(&mut view.db).await).await.unwrap();
            assert!(!keys.is_empty());
            world.database().execute("create table kept as select * from signing_keys").await;
            world
                .database()
                .execute(&format!("update signing_keys set {nonsense} where kid = (select min(kid) from signing_keys)"))
                .await;
            let refusal = world.cannot_start().await;
            assert!(refusal.is_some(), "{nonsense}");
            world.database().execute("delete from signing_keys").await;
            world.database().execute("insert into signing_keys select * from kept").await;
            world.database().execute("drop table kept").await;
        }
        assert!(world.cannot_start().await.is_none());
    }
}
