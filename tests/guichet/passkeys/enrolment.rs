//! Adding, naming and removing passkeys: only with a fresh proof of all there was, and never somebody else's.

use guichet::membership;
use serde_json::json;

use super::PAGE;
use crate::world::{Answer, Authenticator, Browser, PASSWORD, Passkey, both, recovery_codes};

/// What a test does to a passkey.
type Bend = fn(&mut Passkey);

/// The ids that the page's buttons send.
fn ids(page: &Answer) -> Vec<String> {
    page.page().values(&format!("{PAGE}/rename"), "passkey")
}

/// The names that the page lists.
async fn names(browser: &mut Browser) -> Vec<String> {
    browser.open(PAGE).await.page().texts("#passkeys h2")
}

async fn own(browser: &mut Browser) -> Vec<String> {
    ids(&browser.open(PAGE).await)
}

both! {
    async fn a_first_passkey_brings_recovery_codes_strengthens_the_session_and_is_told(world) {
        let mut browser = world.signed_in("carl").await;
        let (before, mut other) = (browser.clone(), world.signed_in("carl").await);
        let (_, answer) = browser.add_passkey().await;
        assert_eq!(recovery_codes(&answer).len(), 10);
        assert_ne!(browser.cookie("session"), before.cookie("session"));
        assert_eq!(browser.get("/account").await.status(), 200);
        assert!(
            other.get("/account").await.header("location").starts_with("/reauthenticate"),
            "one factor is no longer enough elsewhere"
        );
        assert_eq!(own(&mut browser).await.len(), 1);
        let (_, answer) = browser.add_passkey().await;
        assert_eq!(answer.header("location"), PAGE, "a second one brings no codes");
        assert_eq!(own(&mut browser).await.len(), 2);
        let told = world
            .mails()
            .await
            .into_iter()
            .filter(|mail| mail.to == "carl@durand.example" && mail.subject.contains("passkey was added"));
        assert_eq!(told.count(), 2);
    }
}

both! {
    /// The authenticator knows its user under a handle that says nothing of them, and makes a key that knows it.
    async fn a_challenge_asks_for_a_key_that_signs_in_by_itself(world) {
        let mut browser = world.signed_in("carl").await;
        let (passkey, _) = browser.add_passkey().await;
        browser.open(PAGE).await;
        let challenge = browser.challenge().await;
        let options = &challenge["publicKey"];
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["user"]["name"], "carl@durand.example");
        assert_eq!(options["user"]["id"], json!(passkey.handle), "the same for all of one account");
        let account = world.people("carl").await[0].account.id.0;
        assert!(
            !passkey.handle.contains(&*base64::Engine::encode(
                &base64::engine::general_purpose::URL_SAFE_NO_PAD,
                account.as_bytes()
            ))
        );
        assert_eq!(options["excludeCredentials"][0]["id"], json!(passkey.id));
    }
}

both! {
    async fn a_key_is_added_once_for_one_account_and_only_as_it_was_asked_for(world) {
        let (mut browser, mut other) = (world.signed_in("carl").await, world.signed_in("bruno").await);
        let (passkey, _) = browser.add_passkey().await;
        for browser in [&mut browser, &mut other] {
            browser.open(PAGE).await;
            let settled = passkey.attest(&browser.challenge().await);
            let answer = browser.settle("passkey-add", &settled).await;
            assert_eq!(answer.status(), 422, "{:?}", answer.location());
        }
        assert_eq!((own(&mut browser).await.len(), own(&mut other).await.len()), (1, 0));
        let bends: [(&str, Bend); 3] = [
            ("origin", |key| "https://evil.example".clone_into(&mut key.origin)),
            ("site", |key| "evil.example".clone_into(&mut key.site)),
            ("nobody verified", |key| key.verifies_user = false),
        ];
        for (what, bend) in bends {
            other.open(PAGE).await;
            let challenge = other.challenge().await;
            let (mut bent, _) = Passkey::made_for(&challenge);
            bend(&mut bent);
            assert_eq!(other.settle("passkey-add", &bent.attest(&challenge)).await.status(), 422, "{what}");
        }
        other.open(PAGE).await;
        let (_, settled) = Passkey::made_for(&other.challenge().await);
        let mut twice = other.clone();
        assert_eq!(other.settle("passkey-add", &settled).await.status(), 200);
        assert_eq!(twice.settle("passkey-add", &settled).await.status(), 403, "the session has another secret");
        assert_eq!(own(&mut other).await.len(), 1);
    }
}

both! {
    /// With an exponent of 1 everybody could sign in.
    async fn a_key_that_anybody_could_sign_with_is_none(world) {
        let mut browser = world.signed_in("carl").await;
        let modulus = openssl::rsa::Rsa::generate(2048).unwrap().n().to_vec();
        for (exponent, status) in [([0, 0, 1], 422), ([0, 0, 3], 422), ([1, 0, 0], 422), ([1, 0, 1], 200)] {
            browser.open(PAGE).await;
            let challenge = browser.challenge().await;
            let (mut weak, _) = Passkey::made_for(&challenge);
            weak.shows_rsa = Some((modulus.clone(), exponent));
            let answer = browser.settle("passkey-add", &weak.attest(&challenge)).await;
            assert_eq!(answer.status(), status, "{exponent:?}: {}", answer.text());
        }
    }
}

both! {
    async fn every_change_asks_for_a_fresh_proof_with_the_second_factor(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut remembered = world.browser();
        let answer = remembered.sign_in("theo", PASSWORD).await;
        remembered.follow(answer).await;
        remembered.submit("totp-submit", &[("code", &theo.code()), ("remember", "yes")]).await;
        remembered.add_passkey().await;
        let id = own(&mut remembered).await.remove(0);
        let fresh = remembered.clone();
        remembered.forget_session();
        // A further passkey doesn't make this browser a stranger.
        assert_eq!(remembered.sign_in("theo", PASSWORD).await.header("location"), "/account");
        remembered.get("/account").await;
        let token = remembered.csrf();
        world.advance("11min");
        for mut browser in [remembered, fresh] {
            for (door, fields) in [
                ("", vec![("name", "x")]),
                ("/challenge", vec![]),
                ("/rename", vec![("passkey", id.as_str()), ("name", "x")]),
                ("/remove", vec![("passkey", id.as_str())]),
            ] {
                let fields: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fields).collect();
                let answer = browser.post(&format!("{PAGE}{door}"), &fields).await;
                assert_eq!(
                    answer.header("location"),
                    "/reauthenticate?for=%2Faccount%2Fsecurity%2Fpasskeys",
                    "{door} {}",
                    answer.text()
                );
            }
        }
    }
}

both! {
    async fn somebody_elses_passkey_answers_like_none(world) {
        let mut browser = world.signed_in("carl").await;
        browser.add_passkey().await;
        let foreign = own(&mut browser).await.remove(0);
        let mut other = world.signed_in("bruno").await;
        other.add_passkey().await;
        other.open(PAGE).await;
        let token = other.csrf();
        for id in [foreign.as_str(), "00000000-0000-0000-0000-000000000000"] {
            for (door, fields) in [("rename", vec![("name", "Mine")]), ("remove", vec![])] {
                let fields: Vec<_> = [("csrf", token.as_str()), ("passkey", id)].into_iter().chain(fields).collect();
                assert_eq!(other.clone().post(&format!("{PAGE}/{door}"), &fields).await.status(), 404, "{door}");
            }
        }
        assert_eq!(own(&mut browser).await, [foreign]);
    }
}

both! {
    async fn a_passkey_has_a_name_of_its_owners(world) {
        let mut browser = world.signed_in("carl").await;
        browser.open(PAGE).await;
        let (_, settled) = Passkey::made_for(&browser.challenge().await);
        let named = |name: &'static str| {
            [("ceremony", settled.ceremony.as_str()), ("credential", settled.credential.as_str()), ("name", name)]
        };
        assert_eq!(browser.clone().submit("passkey-add", &named(" ")).await.status(), 422);
        assert_eq!(browser.submit("passkey-add", &named("Mon <téléphone>")).await.status(), 200);
        let id = own(&mut browser).await.remove(0);
        assert_eq!(names(&mut browser).await, ["Mon <téléphone>"]);
        let token = browser.csrf();
        for (name, status) in [("Clé", 303), ("", 422), (&*"x".repeat(61), 422)] {
            let fields = [("csrf", token.as_str()), ("passkey", &id), ("name", name)];
            assert_eq!(browser.clone().post(&format!("{PAGE}/rename"), &fields).await.status(), status, "{name}");
        }
        assert_eq!(names(&mut browser).await, ["Clé"]);
    }
}

both! {
    async fn where_a_second_factor_is_demanded_the_last_one_stays(world) {
        let mut browser = world.signed_in("carl").await;
        browser.add_passkey().await;
        let membership = world.people("carl").await[0].membership.id;
        assert!(
            world.as_operator(async |tx| membership::require_second_factor(tx, membership, true).await).await
        );
        let id = own(&mut browser).await.remove(0);
        let token = browser.csrf();
        let fields = [("csrf", token.as_str()), ("passkey", id.as_str())];
        browser.post(&format!("{PAGE}/remove"), &fields).await;
        assert_eq!(own(&mut browser).await.len(), 1, "it is the only one");
        browser.add_passkey().await;
        browser.open(PAGE).await;
        browser.post(&format!("{PAGE}/remove"), &fields).await;
        assert_eq!(own(&mut browser).await.len(), 1, "there was another");
        assert!(world.mails().await.iter().any(|mail| mail.subject.contains("a passkey was removed")));
    }
}

both! {
    async fn ten_are_enough(world) {
        let mut browser = world.signed_in("carl").await;
        for _ in 0..9 {
            browser.add_passkey().await;
        }
        let mut waiting = browser.clone();
        waiting.open(PAGE).await;
        let (_, late) = Passkey::made_for(&waiting.challenge().await);
        browser.add_passkey().await;
        let page = browser.open(PAGE).await;
        assert!(!page.shows("passkey-add") && ids(&page).len() == 10);
        assert_eq!(waiting.settle("passkey-add", &late).await.status(), 422);
        assert_eq!(own(&mut browser).await.len(), 10);
    }
}
