//! A passkey as second factor: no path signs in by the password alone where one is enrolled.

use guichet::account::factor;
use serde_json::json;

use crate::world::{Authenticator, PASSWORD, both, recovery_codes};

both! {
    async fn whoever_has_a_passkey_is_not_in_by_the_password_alone(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let mut browser = world.browser();
        let answer = browser.sign_in("alice", PASSWORD).await;
        assert_eq!(answer.header("location"), "/login/second-factor");
        let page = browser.follow(answer).await;
        assert!(
            page.shows("passkey-submit") && !page.shows("totp-code") && page.shows("recovery-code"),
            "{}",
            page.text()
        );
        assert_eq!(browser.get("/account").await.header("location"), "/login");
        browser.get("/login/second-factor").await;
        let challenge = browser.challenge().await;
        assert_eq!(challenge["publicKey"]["allowCredentials"], json!([{ "type": "public-key", "id": passkey.id }]));
        let answer = browser.settle("passkey-submit", &passkey.sign(&challenge)).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/account"), "{}", answer.text());
        let claims = world.client("portal").enter(&mut browser).await.id_claims();
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pwd", "pop", "user", "mfa"])));
    }
}

both! {
    async fn app_and_passkey_stand_beside_one_another(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut browser = world.browser();
        browser.sign_in_twice("theo", &theo).await;
        let (mut passkey, answer) = browser.add_passkey().await;
        assert_eq!(answer.header("location"), super::PAGE, "the recovery codes there are stay");
        let mut by_app = world.browser();
        world.advance("30s");
        let answer = by_app.sign_in("theo", PASSWORD).await;
        let page = by_app.follow(answer).await;
        assert!(page.shows("totp-code") && page.shows("passkey-submit"));
        let mut by_passkey = by_app.clone();
        assert_eq!(by_app.give_code(&theo.code()).await.status(), 303);
        by_passkey.sign_in("theo", PASSWORD).await;
        by_passkey.get("/login/second-factor").await;
        assert_eq!(by_passkey.use_passkey(&mut passkey).await.header("location"), "/account");
    }
}

both! {
    async fn a_recovery_code_stands_in_for_a_lost_device(world) {
        let mut owner = world.browser();
        owner.sign_in("alice", PASSWORD).await;
        let (_, answer) = owner.add_passkey().await;
        let codes = recovery_codes(&answer);
        let mut browser = world.browser();
        let answer = browser.sign_in("alice", PASSWORD).await;
        browser.follow(answer).await;
        assert_eq!(browser.submit("totp-submit", &[("recovery_code", "")]).await.status(), 422);
        assert_eq!(browser.submit("totp-submit", &[("recovery_code", "0000-0000-0000-0000")]).await.status(), 401);
        assert_eq!(browser.submit("totp-submit", &[("recovery_code", &codes[0])]).await.header("location"), "/account");
    }
}

both! {
    /// Removing one factor leaves the other; removing the last, or a reset, leaves nothing of any.
    async fn the_codes_go_with_the_last_factor(world) {
        let theo = Authenticator::of(&world, "theo");
        let mut browser = world.browser();
        browser.sign_in_twice("theo", &theo).await;
        let (mut passkey, _) = browser.add_passkey().await;
        browser.open("/account/security/totp").await;
        browser.submit("recovery-codes-renew", &[]).await;
        browser.open("/account/security/totp").await;
        browser.submit("totp-remove", &[]).await;
        let account = world.people("theo").await[0].account.id;
        let left = async || world.app.look(async |view| factor::left(&mut view.db, account).await).await.unwrap();
        assert_eq!(left().await, 10);
        let mut other = world.browser();
        assert_eq!(other.sign_in("theo", PASSWORD).await.header("location"), "/login/second-factor");
        assert_eq!(other.sign_in_by(&mut passkey).await.status(), 303);
        assert!(world.as_operator(async |tx| factor::remove_all(tx, account).await).await);
        assert_eq!(left().await, 0);
        assert_eq!(world.browser().sign_in_by(&mut passkey).await.status(), 401);
        assert_eq!(world.browser().sign_in("theo", PASSWORD).await.header("location"), "/account");
    }
}

both! {
    async fn a_half_made_sign_in_ends_with_its_password_and_its_passkey(world) {
        let mut passkey = world.browser().with_passkey("alice").await;
        let account = world.people("alice").await[0].account.id;
        let pending = async || {
            let mut browser = world.browser();
            let answer = browser.sign_in("alice", PASSWORD).await;
            browser.follow(answer).await;
            browser
        };
        let mut outdated = pending().await;
        let challenge = outdated.challenge().await;
        world
            .as_operator(async |tx| guichet::account::set_password(tx, account, "$argon2id$another", tx.now).await)
            .await;
        let answer = outdated.settle("passkey-submit", &passkey.sign(&challenge)).await;
        assert_eq!(answer.header("location"), "/login", "{}", answer.text());
        assert!(outdated.cookie("session").is_none());
    }
}
