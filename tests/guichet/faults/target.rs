//! Fault 3: checking the parent, the header or the session, and not the target. Each id of somebody else's, at each route that takes one,
//! answers exactly like one that doesn't exist.

use guichet::account;

use crate::world::{Answer, Browser, PASSWORD, World, both, login};

/// Where somebody's sessions, devices and applications are listed.
const SECURITY: &str = "/account/security";

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

/// The one form of somebody's page that goes to that path.
async fn id(browser: &mut Browser, page: &str, path: &str, field: &str) -> String {
    browser.open(page).await;
    let form = browser.page_forms().into_iter().find(|form| form.action == path && form.fields.iter().any(|(name, _)| name == field));
    form.unwrap_or_else(|| panic!("{page} has no form to {path} with {field}")).field(field).to_owned()
}

/// Somebody with something of each kind.
struct Owner {
    browser: Browser,
    session: String,
    consent: String,
    device: String,
    errand: String,
}

impl Owner {
    async fn of(world: &World, who: &str) -> Self {
        let mut browser = world.signed_in(who).await;
        world.client("portal").authorize(&mut browser).await;
        Self {
            session: id(&mut browser, SECURITY, "/account/sessions/end", "session").await,
            consent: id(&mut browser, SECURITY, "/account/consents/withdraw", "consent").await,
            device: id(&mut browser, SECURITY, "/account/devices/forget", "device").await,
            errand: id(&mut browser, &world.client("demo-web").ask().path(), "/login/consent", "errand").await,
            browser,
        }
    }

    /// Whether nothing of theirs was touched.
    async fn is_untouched(&mut self, world: &World) -> bool {
        let (browser, account) = (&mut self.browser, SECURITY);
        let same = id(browser, account, "/account/sessions/end", "session").await == self.session
            && id(browser, account, "/account/consents/withdraw", "consent").await == self.consent
            && id(browser, account, "/account/devices/forget", "device").await == self.device;
        let errand = browser.get(&format!("/login/consent?errand={}", self.errand)).await;
        same && errand.shows("consent-allow") && world.client("portal").receives(&browser.open(&world.client("portal").ask().path()).await)
    }
}

/// A request by somebody signed in that names an id: the path with its gap, and the form where there is one.
type Naming<'a> = (&'a str, Option<Vec<(&'a str, &'a str)>>);

async fn ask(browser: &Browser, (path, form): &Naming<'_>, id: &str) -> Answer {
    let mut browser = browser.clone();
    match form {
        None => browser.get(&path.replace("ID", id)).await,
        Some(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, if *value == "ID" { id } else { value })).collect();
            browser.post(path, &fields).await
        }
    }
}

both! {
    async fn another_persons_id_answers_like_a_missing_one_at_every_page_and_form(world) {
        let mut alice = Owner::of(&world, "alice").await;
        for who in ["bruno", "fanny"] {
            let mut browser = world.signed_in(who).await;
            browser.get("/account").await;
            let (csrf, name) = (browser.csrf(), login(who));
            let token = ("csrf", csrf.as_str());
            let (errand, session, consent) = (alice.errand.clone(), alice.session.clone(), alice.consent.clone());
            let device = alice.device.clone();
            let foreign = if who == "fanny" { "C-1001" } else { "C-1002" };
            let asked: Vec<(Naming<'_>, &str)> = vec![
                (("/login?errand=ID", None), &errand),
                (("/login/company?errand=ID", None), &errand),
                (("/login/consent?errand=ID", None), &errand),
                (("/oauth2/authorize?errand=ID", None), &errand),
                (("/login", Some(vec![token, ("username", &name), ("password", PASSWORD), ("errand", "ID")])), &errand),
                (("/login/company", Some(vec![token, ("company", "C-1001"), ("errand", "ID")])), &errand),
                (("/login/consent", Some(vec![token, ("decision", "allow"), ("errand", "ID")])), &errand),
                (("/login/consent", Some(vec![token, ("decision", "deny"), ("errand", "ID")])), &errand),
                (("/account/sessions/end", Some(vec![token, ("session", "ID")])), &session),
                (("/account/consents/withdraw", Some(vec![token, ("consent", "ID")])), &consent),
                (("/account/devices/forget", Some(vec![token, ("device", "ID")])), &device),
                (("/login/company", Some(vec![token, ("company", "ID")])), foreign),
            ];
            for (naming, id) in &asked {
                let missing = if *id == foreign { "C-9999" } else { NOBODYS };
                let (theirs, none) = (ask(&browser, naming, id).await, ask(&browser, naming, missing).await);
                assert!([400, 404].contains(&theirs.status()), "{who} at {}: {}", naming.0, theirs.status());
                assert_eq!((theirs.status(), theirs.text_without(&[id])), (none.status(), none.text_without(&[missing])), "{who} at {}", naming.0);
            }
        }
        assert!(alice.is_untouched(&world).await);
    }
}

both! {
    /// What a code or token is worth to a client it wasn't given to. Revocation alone tells (RFC 7009 section 2.1): `protocol::revocation`.
    async fn another_clients_code_or_token_answers_like_a_made_up_one(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let tokens = portal.enter(&mut browser).await;
        let made_up = "a".repeat(43);
        for other in ["demo-web", "demo-spa", "opaque", "demo-erp", "demo-rs"] {
            let other = world.client(other);
            for (grant, name, theirs) in [("authorization_code", "code", &code.secret), ("refresh_token", "refresh_token", &tokens.refresh)] {
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
                let answer = portal.post_as(path, None, &[("client_id", client), ("client_secret", "wrong"), ("token", "x")]).await;
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
        let sessions = world.app.look(async |view| account::list(&mut view.db, bruno.account, (view.now, idle)).await).await.unwrap();
        let chosen = world.as_operator(async |tx| account::choose(tx, sessions[0].id, alice.membership).await).await;
        assert!(!chosen, "not even below the doors");
        assert!(browser.clone().get("/account").await.text().contains("Bruno"));
    }
}
