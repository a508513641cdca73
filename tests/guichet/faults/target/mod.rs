//! Fault 3: checking the parent, the header or the session, and not the target. Each id of somebody else's, at each
//! route that takes one, answers exactly like one that doesn't exist.

mod challenges;

use std::collections::BTreeMap;

use guichet::base::{Email, Place};
use guichet::{session, staff};

use crate::doors::probes::{By, PROBES, Probe};
use crate::world::{Answer, Browser, World, both};

/// Where somebody's sessions, devices and applications are listed.
const SECURITY: &str = "/account/security";

/// Where somebody's passkeys are.
const PASSKEYS: &str = "/account/security/passkeys";

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

/// The fields and gaps of the table of doors that name something of somebody's, each with the name of what isn't there.
const IDS: [(&str, &str); 9] = [
    ("interaction", NOBODYS),
    ("session", NOBODYS),
    ("consent", NOBODYS),
    ("device", NOBODYS),
    ("passkey", NOBODYS),
    ("ceremony", NOBODYS),
    ("company", "C-9999"),
    ("{ref}", "C-9999"),
    ("{id}", NOBODYS),
];

/// The others: what people type and choose, what a request asks for, and secrets, which prove whose they are by being
/// known.
const NO_IDS: [&str; 30] = [
    "username",
    "password",
    "current",
    "code",
    "credential",
    "name",
    "title",
    "first_name",
    "last_name",
    "phone",
    "mobile",
    "language",
    "email",
    "operator",
    "decision",
    "to",
    "back",
    "open",
    "required",
    "lost",
    "on",
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "state",
    "{token}",
    "{file}",
];

/// What the forms of some doors carry besides what the table probes with.
const CARRIED: [Probe; 3] = [
    form(Place::CompanyChoice, &[("company", "C-1001"), ("interaction", "{interaction}")]),
    form(Place::PasskeySignIn, &[("ceremony", NOBODYS), ("credential", "{}"), ("interaction", "{interaction}")]),
    form(Place::PasskeyReturn, &[("ceremony", NOBODYS), ("credential", "{}"), ("interaction", "{interaction}")]),
];

const fn form(place: Place, fields: &'static [(&'static str, &'static str)]) -> Probe {
    Probe { place, method: "POST", query: &[], fields, by: By::Browser }
}

/// What a probe names: the gaps of its path, its query and its fields.
fn names(probe: &Probe) -> Vec<&'static str> {
    let gaps = probe.place.path().split('/').filter(|piece| piece.starts_with('{'));
    gaps.chain(probe.query.iter().chain(probe.fields).map(|(name, _)| *name)).collect()
}

/// Every probe of people's that names something of that kind.
fn naming(kind: &'static str) -> impl Iterator<Item = &'static Probe> {
    PROBES.iter().chain(&CARRIED).filter(move |probe| probe.by == By::Browser && names(probe).contains(&kind))
}

/// A door that takes a name nobody thought of here fails: of what is named the tests below try each kind at each door
/// that takes it.
#[test]
fn every_field_and_gap_of_the_doors_of_people_is_known_to_name_something_or_nothing() {
    for probe in PROBES.iter().chain(&CARRIED).filter(|probe| probe.by == By::Browser) {
        for name in names(probe) {
            let known = IDS.iter().any(|(id, _)| *id == name) != NO_IDS.contains(&name);
            assert!(
                known,
                "{}: does `{name}` name something of somebody's? Then it belongs to IDS in {}, with a test; \
                 if not, to NO_IDS",
                probe.line(),
                file!()
            );
        }
    }
    let tried = IDS.iter().filter(|(kind, _)| naming(kind).next().is_some()).count();
    assert_eq!(tried, IDS.len(), "no door takes one of them any more");
}

/// The one form of somebody's page that goes to that path.
async fn id(browser: &mut Browser, page: &str, path: &str, field: &str) -> String {
    let ids = browser.open(page).await.page().values(path, field);
    ids.into_iter().next().unwrap_or_else(|| panic!("{page} has no form to {path} with {field}"))
}

/// Somebody with something of each kind.
struct Owner {
    browser: Browser,
    things: BTreeMap<&'static str, String>,
}

impl Owner {
    async fn of(world: &World, who: &str) -> Self {
        let mut browser = world.signed_in(who).await;
        browser.add_passkey().await;
        world.client("portal").authorize(&mut browser).await;
        let mut things = Self::listed(&mut browser).await;
        let interaction =
            id(&mut browser, &world.client("demo-web").ask().path(), "/login/consent", "interaction").await;
        things.insert("interaction", interaction);
        Self { browser, things }
    }

    /// What pages of theirs list.
    async fn listed(browser: &mut Browser) -> BTreeMap<&'static str, String> {
        let mut things = BTreeMap::new();
        for (kind, page, path) in [
            ("session", SECURITY, "/account/sessions/end"),
            ("consent", SECURITY, "/account/consents/withdraw"),
            ("device", SECURITY, "/account/devices/forget"),
            ("passkey", PASSKEYS, "/account/security/passkeys/rename"),
        ] {
            things.insert(kind, id(browser, page, path, kind).await);
        }
        things
    }

    /// Whether nothing of theirs was touched.
    async fn is_untouched(&mut self, world: &World) -> bool {
        let mut things = self.things.clone();
        let interaction = things.remove("interaction").unwrap();
        let waits = self.browser.get(&format!("/login/consent?interaction={interaction}")).await.shows("consent-allow");
        let portal = world.client("portal");
        let entered = self.browser.open(&portal.ask().path()).await;
        Self::listed(&mut self.browser).await == things && waits && portal.receives(&entered)
    }
}

/// The right request of a probe by somebody signed in, naming that id.
async fn ask(browser: &Browser, (probe, kind): (&Probe, &str), id: &str) -> Answer {
    let mut browser = browser.clone();
    let token = browser.csrf();
    let filled = |pairs: &[(&'static str, &'static str)]| -> Vec<(&str, String)> {
        pairs.iter().map(|(name, value)| (*name, if *name == kind { id } else { value }.to_owned())).collect()
    };
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(filled(probe.query)).finish();
    let place = probe.place.path();
    let path = format!("{}?{query}", if kind.starts_with('{') { place.replace(kind, id) } else { place.to_owned() });
    let mut fields = filled(probe.fields);
    fields.push(("csrf", token));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if probe.method == "GET" {
        browser.get(path.trim_end_matches('?')).await
    } else {
        browser.post(path.trim_end_matches('?'), &fields).await
    }
}

/// Somebody else's answers like what isn't there: in status and in words.
async fn assert_like_nobodys(browser: &Browser, (probe, kind): (&Probe, &str), theirs: &str) {
    let missing = IDS.iter().find(|(name, _)| *name == kind).unwrap().1;
    let (found, none) = (ask(browser, (probe, kind), theirs).await, ask(browser, (probe, kind), missing).await);
    assert!(
        [400, 404].contains(&found.status()),
        "{kind} at {}: {} {:?}",
        probe.line(),
        found.status(),
        found.location()
    );
    assert_eq!(
        (found.status(), found.text_without(&[theirs])),
        (none.status(), none.text_without(&[missing])),
        "{kind} at {}",
        probe.line()
    );
}

both! {
    async fn another_persons_id_answers_like_a_missing_one_at_every_page_and_form(world) {
        let mut alice = Owner::of(&world, "alice").await;
        for (who, foreign) in [("bruno", "C-1002"), ("fanny", "C-1001")] {
            let mut browser = world.signed_in(who).await;
            browser.get("/account").await;
            for (kind, theirs) in &alice.things {
                for probe in naming(kind) {
                    assert_like_nobodys(&browser, (probe, kind), theirs).await;
                }
            }
            for probe in naming("company").filter(|probe| !names(probe).contains(&"interaction")) {
                assert_like_nobodys(&browser, (probe, "company"), foreign).await;
            }
        }
        assert!(alice.is_untouched(&world).await);
        for (kind, hers) in &alice.things {
            for probe in naming(kind).filter(|probe| *kind != "interaction" || probe.method == "GET") {
                let answer = ask(&alice.browser, (probe, kind), hers).await;
                assert!(
                    [200, 303].contains(&answer.status()),
                    "{kind} at {}, by its owner: {}",
                    probe.line(),
                    answer.status()
                );
            }
        }
    }
}

async fn on_page(world: &World, who: &str, path: &str) -> Browser {
    let mut browser = world.signed_in(who).await;
    browser.get(path).await;
    browser
}

/// An operator, and the account of somebody who was invited and hasn't come yet.
async fn inviting(world: &World) -> (Browser, String) {
    let mut oscar = on_page(world, "oscar", "/staff").await;
    let (csrf, email) = (oscar.csrf(), "nadia@guichet.example");
    let fields = [("csrf", csrf.as_str()), ("name", "Nadia Roux"), ("email", email), ("operator", "on")];
    assert_eq!(oscar.post("/staff/people", &fields).await.status(), 303);
    let email = Email::parse(email).unwrap();
    let invited = world.app.look(async |view| staff::by_email(&mut view.db, &email).await).await.unwrap().unwrap();
    (oscar, invited.account.to_string())
}

both! {
    /// To a contact nothing behind the console's doors is there; to staff nothing of another kind than the door's.
    async fn an_id_in_a_path_of_the_console_answers_like_a_missing_one_unless_it_is_that_doors(world) {
        let (alice, carole) = (on_page(&world, "alice", "/account").await, on_page(&world, "carole", "/staff").await);
        let (oscar, invited) = inviting(&world).await;
        let chloe = world.people("chloe").await.remove(0);
        let (contact, company, account, membership) = (
            chloe.contact.id.to_string(),
            chloe.company.id.to_string(),
            chloe.account.id.to_string(),
            chloe.membership.id.to_string(),
        );
        for (kind, probe) in ["{ref}", "{id}"].into_iter().flat_map(|kind| naming(kind).map(move |probe| (kind, probe)))
        {
            let (staff, right) = match probe.place.path() {
                path if path.starts_with("/staff/companies/") => (&carole, "C-1001"),
                path if path.starts_with("/staff/contacts/") => (&carole, contact.as_str()),
                _ => (&oscar, invited.as_str()),
            };
            assert_like_nobodys(&alice, (probe, kind), right).await;
            for other in ["C-1001", "D-CHLOE", &contact, &company, &account, &membership, &invited]
                .into_iter()
                .filter(|other| *other != right)
            {
                assert_like_nobodys(staff, (probe, kind), other).await;
            }
            let expected = if probe.method == "GET" { 200 } else { 303 };
            assert_eq!(
                ask(staff, (probe, kind), right).await.status(),
                expected,
                "{}: the door's own id",
                probe.line()
            );
        }
    }
}

both! {
    /// What a code or token is worth to a client it wasn't given to. Revocation alone tells (RFC 7009 section 2.1):
    /// `protocol::revocation`.
    async fn another_clients_code_or_token_answers_like_a_made_up_one(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let tokens = portal.enter(&mut browser).await;
        let made_up = "a".repeat(43);
        for other in ["demo-web", "demo-spa", "opaque", "demo-erp", "demo-rs"] {
            let other = world.client(other);
            for (grant, name, theirs) in
                [("authorization_code", "code", &code.secret), ("refresh_token", "refresh_token", &tokens.refresh)]
            {
                let ask = async |value: &str| {
                    let mut fields = code.redemption();
                    fields.retain(|(key, _)| !["grant_type", "code"].contains(key));
                    fields.extend([("grant_type", grant), (name, value)]);
                    let answer = other.token(&fields).await;
                    (answer.status(), answer.text())
                };
                assert_eq!(ask(theirs).await, ask(&made_up).await, "{} {grant}", other.id());
            }
            if other.id() != "demo-rs" {
                for token in [&tokens.access, &tokens.refresh, &made_up] {
                    assert!(!other.finds_active(token).await, "{}", other.id());
                }
            }
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
        portal.tokens(&code).await;
        assert_eq!(portal.refresh(&tokens.refresh).await.status(), 200);
    }
}

both! {
    async fn an_unknown_client_answers_like_a_wrong_secret(world) {
        let portal = world.client("portal");
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let ask = async |client: &str| {
                let answer = portal
                    .post_as(path, None, &[("client_id", client), ("client_secret", "wrong"), ("token", "x")])
                    .await;
                (answer.status(), answer.text())
            };
            let unknown = ask("nobody").await;
            for known in ["portal", "demo-spa", "demo-rs", "signs"] {
                assert_eq!(ask(known).await, unknown, "{path} {known}");
            }
        }
    }
}

both! {
    /// R-DIR-6: whoever is at two companies acts for the one chosen, and chooses among their own.
    async fn a_membership_of_somebody_elses_is_not_chosen_even_by_its_own_id(world) {
        let browser = world.signed_in("bruno").await;
        let (alice, bruno) = (world.people("alice").await.remove(0), world.people("bruno").await.remove(0));
        let idle = world.app.config.lives.session_idle;
        let sessions = world
            .app
            .look(async |view| session::list(&mut view.db, bruno.account.id, view.now, idle).await)
            .await
            .unwrap();
        let chosen = world.as_operator(async |tx| session::choose(tx, sessions[0].id, alice.membership.id).await).await;
        assert!(!chosen, "not even below the doors");
        assert!(browser.clone().get("/account").await.text().contains("Bruno"));
    }
}
