//! Browsers hold `form-action` against every redirect that follows a form (Content Security Policy Level 3): each page
//! that stands between an authorization request and its answer admits the origin of the relying party that waits, and
//! of nobody else.

use url::form_urlencoded::Serializer;

use crate::second_factor::person_must;
use crate::world::{Answer, Authenticator, Browser, PASSWORD, RelyingParty, World, both};

const PORTALS: &str = "form-action 'self' http://localhost:8090;";
const OURS: &str = "form-action 'self';";

/// The page that shows this element lets its forms lead there, and only there.
fn assert_leads(answer: &Answer, (element, to): (&str, &str)) {
    assert!(answer.shows(element), "no {element}: {} {:?} {}", answer.status(), answer.location(), answer.text());
    let policy = answer.header("content-security-policy");
    assert!(policy.contains(to), "{element}, {}: {policy}", answer.status());
    assert_eq!(policy.matches("http").count(), to.matches("http").count(), "{element}: {policy}");
}

/// A browser that the portal sent here to sign in, after the right password.
async fn past_the_password(world: &World, who: &str) -> (Browser, Answer) {
    let mut browser = world.browser();
    assert_leads(&browser.open(&world.client("portal").ask().path()).await, ("login-submit", PORTALS));
    let answer = browser.give_password(who, PASSWORD).await;
    let page = browser.follow(answer).await;
    (browser, page)
}

both! {
    async fn sign_in_and_consent_admit_whoever_waits_and_our_own_pages_nobody(world) {
        let mut browser = world.browser();
        browser.open(&world.client("portal").ask().path()).await;
        assert_leads(&browser.give_password("alice", "wrong").await, ("login-submit", PORTALS));
        let (mut browser, consent) = past_the_password(&world, "alice").await;
        assert_leads(&consent, ("consent-allow", PORTALS));
        assert_leads(&browser.get("/account").await, ("sign-out", OURS));
        assert_leads(&world.browser().get("/login").await, ("login-submit", OURS));
        let web = browser.open(&world.client("demo-web").ask().path()).await;
        assert_leads(&web, ("consent-allow", "form-action 'self' http://localhost:9001;"));
    }
}

both! {
    async fn the_choice_of_a_company_admits_whoever_waits(world) {
        let (mut browser, page) = past_the_password(&world, "ines").await;
        assert_leads(&page, ("company-choice", PORTALS));
        assert_leads(&browser.get("/login/company").await, ("company-choice", OURS));
    }
}

both! {
    /// After a wrong password too, and where the page's script speaks with a passkey.
    async fn the_proof_in_a_session_admits_whoever_waits(world) {
        let again = world.client("portal").ask().with("max_age", "0").path();
        let mut browser = world.signed_in("bruno").await;
        world.advance("2s");
        assert_leads(&browser.open(&again).await, ("reauth-submit", PORTALS));
        assert_leads(&browser.submit("reauth-submit", &[("password", "wrong")]).await, ("reauth-submit", PORTALS));
        assert_leads(&browser.submit("reauth-submit", &[("password", "")]).await, ("reauth-submit", PORTALS));
        assert_leads(&browser.get("/reauthenticate").await, ("reauth-submit", OURS));

        let mut passkey = world.browser().with_passkey("carl").await;
        let mut browser = world.browser();
        browser.sign_in_by(&mut passkey).await;
        world.advance("2s");
        let page = browser.open(&again).await;
        assert_leads(&page, ("passkey-submit", PORTALS));
        assert!(page.header("content-security-policy").ends_with("; script-src 'self'; connect-src 'self'"));
        let challenge = browser.challenge().await;
        "https://evil.example".clone_into(&mut passkey.origin);
        let refused = browser.settle("passkey-submit", &passkey.sign(&challenge)).await;
        assert_eq!(refused.status(), 401);
        assert_leads(&refused, ("passkey-submit", PORTALS));
    }
}

both! {
    async fn the_second_step_admits_whoever_waits(world) {
        let theo = Authenticator::of(&world, "theo");
        let (mut browser, page) = past_the_password(&world, "theo").await;
        assert_leads(&page, ("totp-submit", PORTALS));
        assert_leads(&browser.give_code("").await, ("totp-submit", PORTALS));
        assert_leads(&browser.give_code(&theo.wrong_code()).await, ("totp-submit", PORTALS));
        let mut ours = world.browser();
        let answer = ours.sign_in("theo", PASSWORD).await;
        assert_leads(&ours.follow(answer).await, ("totp-submit", OURS));

        world.browser().with_passkey("carl").await;
        let (_, page) = past_the_password(&world, "carl").await;
        assert_leads(&page, ("passkey-submit", PORTALS));
    }
}

both! {
    async fn the_enrolment_that_comes_first_admits_whoever_waits(world) {
        person_must(&world, "bruno").await;
        let (mut browser, page) = past_the_password(&world, "bruno").await;
        assert_leads(&page, ("totp-enable", PORTALS));
        let app = Authenticator::told_by(&world, &page);
        assert_leads(&browser.submit("totp-enable", &[("code", &app.wrong_code())]).await, ("totp-enable", PORTALS));
        let codes = browser.submit("totp-enable", &[("code", &app.code())]).await;
        assert!(codes.shows("recovery-codes"), "{}", codes.text());
        let mut ours = world.browser();
        person_must(&world, "chloe").await;
        let answer = ours.sign_in("chloe", PASSWORD).await;
        assert_leads(&ours.follow(answer).await, ("totp-enable", OURS));
    }
}

fn leaving(parameters: &[(&str, &str)]) -> String {
    format!("/oauth2/logout?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

/// An ID token of the portal's, given in another session of the same person.
async fn hint(world: &World, portal: &RelyingParty) -> String {
    portal.enter(&mut world.signed_in("alice").await).await.id
}

both! {
    /// Only where the confirmation leads on: to a registered address of a proven client.
    async fn the_question_whether_to_sign_out_admits_whoever_is_returned_to(world) {
        let hint = hint(&world, &world.client("portal")).await;
        let mut browser = world.signed_in("alice").await;
        let (hint, home) = (("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "http://localhost:8090/"));
        assert_leads(&browser.get(&leaving(&[hint, home])).await, ("logout-confirm", PORTALS));
        for parameters in [
            vec![],
            vec![hint],
            vec![home, ("client_id", "portal")],
            vec![hint, ("post_logout_redirect_uri", "https://evil.example/")],
        ] {
            assert_leads(&browser.get(&leaving(&parameters)).await, ("logout-confirm", OURS));
        }
    }
}
