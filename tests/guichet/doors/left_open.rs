//! Forms left open: each counts for whom it was shown to, as they were then, or does nothing. Every form there is comes
//! from the table of doors, so that a new one is tried here too.

use guichet::base::Place;
use guichet::directory;

use super::address;
use super::people::{Visitor, Who};
use super::probes::{By, PROBES, Probe};
use crate::world::{Answer, Browser, PASSWORD, World, both, login};

/// The endpoints of OAuth take other sites' forms too; what they make of ours is looked at by itself.
const NOT_OURS: [Place; 2] = [Place::Authorize, Place::RelyingPartyLogout];

/// Forms whose page alice can't open, or not then.
const PAGELESS: [Place; 6] = [
    Place::SecondFactor,
    Place::EnrolFirst,
    Place::PasskeySecondStep,
    Place::PasskeySecondStepChallenge,
    Place::Link,
    Place::NewPassword,
];

fn forms() -> impl Iterator<Item = &'static Probe> {
    PROBES.iter().filter(|probe| (probe.method, probe.by) == ("POST", By::Browser) && !NOT_OURS.contains(&probe.place))
}

/// The trail: whatever is done leaves a line in it.
async fn trail(world: &World) -> usize {
    world.database().texts("select deed from audit_log").await.unwrap().len()
}

async fn send(world: &World, (shown_to, browser): (&Visitor, &Browser), probe: &Probe) -> Answer {
    let request = shown_to.request(&address(world, probe.place).await, probe);
    browser.clone().send(request).await
}

async fn sign_out(mut browser: Browser) -> Browser {
    browser.open("/logout").await;
    browser.submit("logout-confirm", &[]).await;
    browser
}

/// Proves in another tab, a moment later, to be there.
async fn step_up(world: &World, browser: &Browser) -> Browser {
    world.advance("1s");
    let mut tab = browser.clone();
    assert!(tab.get("/reauthenticate").await.shows("reauth-submit"));
    assert_eq!(tab.submit("reauth-submit", &[("password", PASSWORD)]).await.status(), 303);
    tab
}

both! {
    async fn a_form_left_open_by_one_person_does_nothing_when_another_sends_it(world) {
        for (who, next) in [
            (Who::Administrator, "carl"),
            (Who::Administrator, "oscar"),
            (Who::CustomerService, "suzy"),
            (Who::Operator, "carole"),
            (Who::Nobody, "carl"),
        ] {
            let shown_to = Visitor::of(&world, who).await;
            let mut browser = shown_to.browser.clone();
            if who != Who::Nobody {
                browser = sign_out(browser).await;
            }
            assert_eq!(browser.sign_in(next, PASSWORD).await.status(), 303);
            let before = trail(&world).await;
            for probe in forms() {
                let answer = send(&world, (&shown_to, &browser), probe).await;
                assert_eq!(answer.status(), 403, "{who:?} {}: {}", probe.line(), answer.text());
                assert!(answer.page().text("#error-who").contains(&login(next)), "{who:?} {}", probe.line());
            }
            assert_eq!(trail(&world).await, before, "{who:?}");
        }
    }
}

both! {
    async fn a_form_left_open_does_nothing_once_nobody_is_signed_in(world) {
        let shown_to = Visitor::administrator(&world).await;
        let browser = sign_out(shown_to.browser.clone()).await;
        let before = trail(&world).await;
        for probe in forms() {
            let answer = send(&world, (&shown_to, &browser), probe).await;
            if probe.place == Place::Logout {
                assert_eq!(answer.header("location"), "/logout", "what was asked for is so already");
                continue;
            }
            assert_eq!(answer.status(), 403, "{}: {}", probe.line(), answer.text());
            assert!(answer.shows("error-who"), "{}", probe.line());
        }
        assert_eq!(trail(&world).await, before);
    }
}

both! {
    async fn a_form_is_out_of_date_after_a_step_up_in_another_tab_and_its_page_is_shown_again(world) {
        let shown_to = Visitor::administrator(&world).await;
        let browser = step_up(&world, &shown_to.browser).await;
        let before = trail(&world).await;
        for probe in forms() {
            let answer = send(&world, (&shown_to, &browser), probe).await;
            if has_no_page(probe) {
                assert!([303, 404].contains(&answer.status()), "{}: {}", probe.line(), answer.status());
                continue;
            }
            assert_eq!(answer.status(), 409, "{}: {}", probe.line(), answer.text());
            assert_eq!(answer.page().texts(".notice").len(), 1, "{}", probe.line());
        }
        assert_eq!(trail(&world).await, before);
    }
}

/// Of the sign-in only the page for a relying party is shown to somebody signed in.
fn has_no_page(probe: &Probe) -> bool {
    let is_own = probe.fields.iter().all(|(name, _)| *name != "interaction");
    PAGELESS.contains(&probe.place)
        || probe.place.path().starts_with("/staff")
        || (probe.place.page() == Place::Login && is_own)
}

async fn first_name(world: &World, who: &str) -> String {
    let contact = world.people(who).await.remove(0).contact.id;
    world.app.look(async |view| directory::contact(&mut view.db, contact).await).await.unwrap().unwrap().first_name
}

both! {
    async fn what_was_typed_is_shown_again_and_done_once_it_is_sent_again(world) {
        let mut alice = world.signed_in("alice").await;
        let before = first_name(&world, "alice").await;
        alice.get("/account/record").await;
        let (form, mut tab) = (alice.clone(), step_up(&world, &alice).await);
        tab.showing(&form);
        let again = tab.submit("record-save", &[("first_name", "Alix")]).await;
        assert_eq!((again.status(), again.page().attribute("#record-first-name", "value").as_str()), (409, "Alix"));
        assert_eq!(first_name(&world, "alice").await, before);
        assert_eq!(tab.submit("record-save", &[]).await.status(), 303);
        assert_eq!(first_name(&world, "alice").await, "Alix");

        let mut oscar = world.signed_in("oscar").await;
        oscar.get("/staff/people").await;
        let (form, mut tab) = (oscar.clone(), step_up(&world, &oscar).await);
        tab.showing(&form);
        let typed = [("name", "Nadia Roux"), ("email", "nadia@guichet.example"), ("operator", "on")];
        let again = tab.submit("staff-invite", &typed).await;
        assert_eq!((again.status(), again.page().attribute("#staff-name", "value").as_str()), (409, "Nadia Roux"));
        assert_eq!(tab.submit("staff-invite", &[]).await.status(), 303);
    }
}

both! {
    async fn no_secret_that_was_typed_is_shown_again(world) {
        let mut alice = world.signed_in("alice").await;
        alice.get("/account/security/password").await;
        let (form, mut tab) = (alice.clone(), step_up(&world, &alice).await);
        tab.showing(&form);
        let again = tab.submit("password-submit", &[("current", PASSWORD), ("password", "Tasse-Verte-9?")]).await;
        assert_eq!(again.status(), 409);
        assert!(!again.text().contains(PASSWORD) && !again.text().contains("Tasse-Verte-9?"));
    }
}

both! {
    async fn a_form_is_out_of_date_after_a_change_of_company(world) {
        let mut ines = world.signed_in("ines").await;
        ines.open("/login/company").await;
        ines.press("company", "C-1001").await;
        ines.get("/account/record").await;
        let (form, mut tab) = (ines.clone(), ines);
        tab.open("/login/company").await;
        assert_eq!(tab.press("company", "C-1002").await.status(), 303);
        tab.showing(&form);
        let again = tab.submit("record-save", &[("title", "Dr")]).await;
        assert_eq!(again.status(), 409);
        let text = again.text();
        assert!(text.contains("Petit Réseau") && !text.contains("Durand Télécom"), "{text}");
    }
}

both! {
    async fn a_consent_page_left_open_gives_no_code_about_whoever_signed_in_since(world) {
        let portal = world.client("demo-web");
        let mut browser = world.signed_in("alice").await;
        assert!(browser.open(&portal.ask().path()).await.shows("consent-allow"));
        let form = browser.clone();
        browser = sign_out(browser).await;
        browser.sign_in("carl", PASSWORD).await;
        browser.showing(&form);
        let refused = browser.submit("consent-allow", &[]).await;
        assert_eq!(refused.status(), 403);
        let begin = refused.page().attribute("a.button", "href");
        assert!(browser.open(&begin).await.shows("consent-allow"), "carl is asked for himself");
        assert!(world.signed_in("alice").await.open(&portal.ask().path()).await.shows("consent-allow"));
    }
}

both! {
    async fn a_consent_page_counts_for_the_company_that_it_names(world) {
        let portal = world.client("demo-web");
        let mut ines = world.signed_in("ines").await;
        ines.open("/login/company").await;
        ines.press("company", "C-1001").await;
        assert!(ines.open(&portal.ask().path()).await.text().contains("Durand Télécom"));
        let (form, mut tab) = (ines.clone(), ines);
        tab.open("/login/company").await;
        tab.press("company", "C-1002").await;
        tab.showing(&form);
        let again = tab.submit("consent-allow", &[]).await;
        assert!(again.status() == 409 && again.shows("consent-allow"), "{}", again.text());
        assert!(again.text().contains("Petit Réseau") && !again.text().contains("Durand Télécom"));
        let allowed = tab.submit("consent-allow", &[]).await;
        portal.code(&portal.ask(), &tab.follow(allowed).await);
    }
}

both! {
    async fn the_question_of_signing_out_is_asked_again_where_another_answers_it(world) {
        let mut browser = world.signed_in("alice").await;
        assert!(browser.get("/oauth2/logout").await.shows("logout-confirm"));
        let form = browser.clone();
        browser = sign_out(browser).await;
        browser.sign_in("carl", PASSWORD).await;
        browser.showing(&form);
        assert!(browser.submit("logout-confirm", &[]).await.shows("logout-confirm"));
        assert_eq!(browser.get("/account").await.status(), 200, "carl is still here");
    }
}

/// Confirms the link in somebody's invitation, in a browser that may have confirmed another.
async fn choose_a_password(world: &World, browser: &mut Browser, email: &str) {
    let mut oscar = world.signed_in("oscar").await;
    oscar.get("/staff/people").await;
    let typed = [("name", "Nadia Roux"), ("email", email), ("operator", "on")];
    assert_eq!(oscar.submit("staff-invite", &typed).await.status(), 303);
    let (_, link) = world.last_mail(email).await;
    browser.get(&link).await;
    let confirmed = browser.submit("link-confirm", &[]).await;
    assert!(browser.follow(confirmed).await.shows("password-submit"));
}

both! {
    async fn a_password_is_chosen_for_whom_the_page_named(world) {
        let (first, second) = ("nadia@guichet.example", "noe@guichet.example");
        let mut browser = world.browser();
        choose_a_password(&world, &mut browser, first).await;
        let form = browser.clone();
        choose_a_password(&world, &mut browser, second).await;
        browser.showing(&form);
        let again = browser.submit("password-submit", &[("password", "Corail-Bascule-41")]).await;
        assert!(again.status() == 409 && again.text().contains(second), "{}", again.text());
        for email in [first, second] {
            let mut stranger = world.browser();
            assert_eq!(stranger.sign_in(email, "Corail-Bascule-41").await.status(), 401, "{email}");
        }
    }
}
