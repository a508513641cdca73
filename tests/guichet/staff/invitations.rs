//! How the vendor's people come, change and go: invitations by one-time link, roles, the last operator (R-OWN-6,
//! R-ADM-6, R-DEL-6).

use crate::staff::contact_page;
use crate::world::{Browser, PASSWORD, World, both};

/// The link in a letter.
fn link_in(text: &str) -> String {
    let start = text.find("/links/").unwrap_or_else(|| panic!("no link: {text}"));
    text[start..].split_whitespace().next().unwrap().to_owned()
}

/// An operator invites; the path of the link.
async fn invited(world: &World, email: &str, role: &str) -> String {
    let mut oscar = world.signed_in("oscar").await;
    oscar.get("/staff/people").await;
    let csrf = oscar.csrf();
    let fields = [("csrf", csrf.as_str()), ("name", "Nadia Roux"), ("email", email), (role, "on")];
    let answer = oscar.post("/staff/people", &fields).await;
    assert_eq!(answer.status(), 303, "{}", answer.text());
    let mails = world.mails().await;
    let letter = mails.iter().rev().find(|mail| mail.to == email).unwrap();
    link_in(&letter.text)
}

const NEW_PASSWORD: &str = "Corail-Bascule-41";

both! {
    /// R-OWN-6: opening changes nothing, the button does, once; then a password is chosen and the person signs in.
    async fn an_invitation_leads_to_a_password_and_the_console(world) {
        let link = invited(&world, "nadia@guichet.example", "support_agent").await;
        assert_eq!(world.browser().sign_in("nadia@guichet.example", NEW_PASSWORD).await.status(), 401);
        for _ in 0..3 {
            let opened = world.browser().get(&link).await;
            assert!(opened.status() == 200 && opened.shows("link-confirm"), "{}", opened.text());
        }
        let mut browser = world.browser();
        assert_eq!(browser.get("/password").await.status(), 404, "nothing was confirmed here");
        browser.get(&link).await;
        let confirmed = browser.submit("link-confirm", &[]).await;
        let page = browser.follow(confirmed).await;
        assert!(page.shows("password-new"), "{}", page.text());
        assert_eq!(world.browser().get(&link).await.status(), 404, "it was used");
        for weak in ["short", "Password123!", "Nadia-Roux-2026", ""] {
            assert_eq!(browser.submit("password-submit", &[("password", weak)]).await.status(), 422, "{weak}");
        }
        let set = browser.submit("password-submit", &[("password", NEW_PASSWORD)]).await;
        let done = browser.follow(set).await;
        assert!(done.shows("password-done"), "{}", done.text());
        assert_eq!(browser.get("/password").await.status(), 404);
        let mut nadia = world.browser();
        assert_eq!(nadia.sign_in("nadia@guichet.example", NEW_PASSWORD).await.header("location"), "/staff");
        assert_eq!(nadia.get("/staff/contacts").await.status(), 200);
        assert_eq!(nadia.get("/staff/people").await.status(), 403);
    }
}

both! {
    async fn a_link_stops_with_a_newer_one_its_time_and_its_account(world) {
        let first = invited(&world, "nadia@guichet.example", "operator").await;
        let mut oscar = world.signed_in("oscar").await;
        let id = member_id(&mut oscar, "nadia@guichet.example").await;
        let csrf = oscar.csrf();
        assert_eq!(oscar.post(&format!("/staff/people/{id}/invite"), &[("csrf", &csrf)]).await.status(), 303);
        assert_eq!(world.browser().get(&first).await.status(), 404, "a newer one came");
        let second = link_in(&world.mails().await.last().unwrap().text);
        assert_eq!(world.browser().get(&second).await.status(), 200);
        world.advance("7d");
        assert_eq!(world.browser().get(&second).await.status(), 404, "its time is over");

        let third = invited(&world, "noe@guichet.example", "operator").await;
        let mut oscar = world.signed_in("oscar").await;
        let id = member_id(&mut oscar, "noe@guichet.example").await;
        let csrf = oscar.csrf();
        assert_eq!(oscar.post(&format!("/staff/people/{id}/dismiss"), &[("csrf", &csrf)]).await.status(), 303);
        assert_eq!(world.browser().get(&third).await.status(), 404, "the account is switched off");
        for path in ["/links/x", "/links/..%2f..", "/links/%00"] {
            assert_eq!(world.browser().get(path).await.status(), 404, "{path}");
        }
    }
}

async fn member_id(oscar: &mut Browser, email: &str) -> String {
    let page = oscar.get("/staff/people").await.page();
    let action = page.attribute(&format!("[data-email={email:?}] form"), "action");
    action.split('/').nth(3).unwrap().to_owned()
}

both! {
    /// R-DEL-6: whoever is a contact, with an account or without, is refused as staff, by whatever name.
    async fn no_contact_is_invited_as_staff(world) {
        let mut oscar = world.signed_in("oscar").await;
        oscar.get("/staff/people").await;
        let csrf = oscar.csrf();
        for email in [
            "alice@durand.example",
            " ALICE@Durand.Example ",
            "hugo@petit.example",
            "eve@durand.example",
            "oscar@guichet.example",
            "no email",
        ] {
            let fields = [("csrf", csrf.as_str()), ("name", "X"), ("email", email), ("operator", "on")];
            assert_eq!(oscar.post("/staff/people", &fields).await.status(), 422, "{email}");
        }
        // Roles of staff given to an account of a contact, whose id somebody knows.
        let alice = world.people("alice").await.remove(0).account.id;
        for deed in ["roles", "dismiss", "invite"] {
            let answer =
                oscar.post(&format!("/staff/people/{alice}/{deed}"), &[("csrf", &csrf), ("operator", "on")]).await;
            assert_eq!(answer.status(), 404, "{deed}");
        }
        assert_eq!(world.signed_in("alice").await.get("/staff").await.status(), 404);
    }
}

both! {
    async fn roles_count_at_once_and_the_last_operator_stays(world) {
        let mut oscar = world.signed_in("oscar").await;
        let mut sam = world.signed_in("sam").await;
        let id = member_id(&mut oscar, "sam@guichet.example").await;
        let csrf = oscar.csrf();
        assert_eq!(sam.get("/staff/people").await.status(), 403);
        assert_eq!(
            oscar.post(&format!("/staff/people/{id}/roles"), &[("csrf", &csrf), ("operator", "on")]).await.status(),
            303
        );
        assert_eq!(sam.get("/staff/people").await.status(), 200);
        assert_eq!(sam.get("/staff/contacts").await.status(), 403);
        assert_eq!(
            oscar
                .post(&format!("/staff/people/{id}/roles"), &[("csrf", &csrf), ("support_agent", "on")])
                .await
                .status(),
            303
        );

        let own = member_id(&mut oscar, "oscar@guichet.example").await;
        let csrf = oscar.csrf();
        assert_eq!(oscar.post(&format!("/staff/people/{own}/roles"), &[("csrf", &csrf)]).await.status(), 422);
        assert_eq!(oscar.post(&format!("/staff/people/{own}/dismiss"), &[("csrf", &csrf)]).await.status(), 422);
        assert_eq!(oscar.post(&format!("/staff/people/{id}/dismiss"), &[("csrf", &csrf)]).await.status(), 303);
        assert_eq!(sam.get("/staff").await.header("location"), "/login", "his session ended");
        assert_eq!(world.browser().sign_in("sam", PASSWORD).await.unmet(), ["account-enabled"]);
    }
}

both! {
    async fn no_form_of_the_console_is_taken_without_its_token(world) {
        let mut carole = world.signed_in("carole").await;
        let bruno = contact_page(&mut carole, "bruno").await;
        let mut oscar = world.signed_in("oscar").await;
        let sam = member_id(&mut oscar, "sam@guichet.example").await;
        let mut stranger = world.browser();
        stranger.get("/login").await;
        let foreign = stranger.csrf();
        let link = invited(&world, "nadia@guichet.example", "operator").await;
        let forms = [
            (&carole, format!("{bruno}/unlock")),
            (&carole, format!("{bruno}/sessions/end")),
            (&carole, format!("{bruno}/switch")),
            (&carole, "/staff/companies/C-1001/block".to_owned()),
            (&oscar, "/staff/people".to_owned()),
            (&oscar, format!("/staff/people/{sam}/roles")),
            (&oscar, format!("/staff/people/{sam}/invite")),
            (&oscar, format!("/staff/people/{sam}/dismiss")),
            (&stranger, link),
            (&stranger, "/password".to_owned()),
        ];
        for (browser, path) in forms {
            let fields = [
                ("on", "false"),
                ("open", "false"),
                ("name", "X"),
                ("email", "x@guichet.example"),
                ("operator", "on"),
                ("password", NEW_PASSWORD),
            ];
            for token in [None, Some("AAAA"), Some(foreign.as_str())].into_iter().filter(|token| {
                *token != Some(foreign.as_str()) || browser.cookie("browser") != stranger.cookie("browser")
            }) {
                let fields: Vec<_> = fields.into_iter().chain(token.map(|token| ("csrf", token))).collect();
                assert_eq!(browser.clone().post(&path, &fields).await.status(), 403, "{path} {token:?}");
            }
        }
        assert_eq!(world.signed_in("bruno").await.get("/account").await.status(), 200);
        assert_eq!(world.signed_in("sam").await.get("/staff").await.status(), 200);
    }
}
