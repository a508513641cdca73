//! Whose sign-in the provider's word is: whom it lets in, how fresh it is, which roles it gives and takes.

use guichet::access::SecondFactor;
use guichet::base::{Email, Networks, StaffRole};
use guichet::staff;
use serde_json::{Value, json};

use super::{NADIA, arrive, is_refused, without};
use crate::world::both;
use crate::world::upstream::{Begun, Forger};

both! {
    /// R-DEL-6: no claim makes a contact one of staff, with an account or without.
    async fn the_providers_word_opens_accounts_of_staff_only(world) {
        let forger = Forger::start().await;
        let by_claim = world
            .server_with(|config| {
                forger.configure(config);
                let upstream = config.staff.upstream.as_mut().unwrap();
                upstream.role_claim = Some("groups".to_owned());
                upstream.roles =
                    [("ops".to_owned(), StaffRole::Operator), ("help".to_owned(), StaffRole::CustomerService)].into();
            })
            .await;
        let by_invitation = world.server_with(|config| forger.configure(config)).await;
        for email in ["alice@durand.example", "ALICE@Durand.Example", "hugo@petit.example", "eve@durand.example"] {
            for server in [&by_claim, &by_invitation] {
                let (_, answer) = arrive(server, &forger, (email, |claims| claims["groups"] = json!(["ops"]))).await;
                is_refused(&answer, 403, email);
            }
            assert!(!world.employs(email).await, "{email}");
        }
        let (_, answer) = arrive(&by_invitation, &forger, (NADIA, |claims| claims["groups"] = json!(["ops"]))).await;
        is_refused(&answer, 403, "nobody invited her, and no claim counts");
        for groups in [json!([]), json!(["unknown"]), json!("OPS"), json!({ "ops": true }), Value::Null] {
            let (_, answer) = arrive(&by_claim, &forger, (NADIA, |claims| claims["groups"] = groups.clone())).await;
            is_refused(&answer, 403, &groups.to_string());
        }
        assert!(!world.employs(NADIA).await);

        let (mut browser, answer) =
            arrive(&by_claim, &forger, (NADIA, |claims| claims["groups"] = json!(["ops", "unknown"]))).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        assert_eq!(
            (browser.get("/staff/people").await.status(), browser.get("/staff/contacts").await.status()),
            (200, 403)
        );
        let (mut browser, answer) =
            arrive(&by_claim, &forger, (NADIA, |claims| claims["groups"] = json!("help"))).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        assert_eq!(
            (browser.get("/staff/people").await.status(), browser.get("/staff/contacts").await.status()),
            (403, 200)
        );
        let (_, answer) = arrive(
            &by_claim,
            &forger,
            (NADIA, |claims| {
                claims["sub"] = json!("somebody-who-got-the-mailbox");
                claims["groups"] = json!("ops");
            }),
        )
        .await;
        is_refused(&answer, 403, "another subject with her mailbox");
    }
}

both! {
    /// `auth_time`: a session at the provider may be older than what we call a fresh proof, and `prompt=login` asks for
    /// one.
    async fn a_sign_in_of_long_ago_at_the_provider_is_no_fresh_proof_here(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let ago =
            |claims: &mut Value, seconds: i64| claims["auth_time"] = json!(claims["iat"].as_i64().unwrap() - seconds);
        let (_, answer) = arrive(&server, &forger, (NADIA, |claims| ago(claims, 13 * 3600))).await;
        is_refused(&answer, 403, "older than a session lives here, which was asked");

        let page = "/account/security/totp";
        let (_, answer) = arrive(&server, &forger, (NADIA, |claims| without(claims, "auth_time"))).await;
        assert_eq!(answer.status(), 303, "a provider that doesn't say when: {}", answer.text());
        let (mut browser, answer) = arrive(&server, &forger, (NADIA, |claims| ago(claims, 3600))).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        let asked = browser.get(page).await;
        assert!(asked.header("location").starts_with("/reauthenticate?for="), "{}", asked.header("location"));
        let again = browser.follow(asked).await;
        let begun = Begun::again(&mut browser, &again).await;
        assert_eq!((begun.parameter("prompt"), begun.parameter("max_age")), ("login".to_owned(), "43200".to_owned()));
        forger.claim(&forger.claims(&begun.parameter("nonce"), NADIA));
        let back = begun.arrive(&mut browser).await;
        assert_eq!((back.status(), back.header("location")), (303, page), "{}", back.text());
        assert_eq!(browser.get(page).await.status(), 200);
        for elsewhere in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example"] {
            let answer = browser.get(&format!("/login/upstream?for={elsewhere}")).await;
            let begun = Begun { sent_to: answer.location().unwrap() };
            forger.claim(&forger.claims(&begun.parameter("nonce"), NADIA));
            assert_eq!(begun.arrive(&mut browser).await.header("location"), "/staff", "{elsewhere}");
        }
    }
}

both! {
    /// The claim says what somebody is: also that they are nothing any more, in sessions that run as well. An operator
    /// stays.
    async fn whoever_lost_every_role_at_the_provider_lost_them_here(world) {
        let forger = Forger::start().await;
        let server = world
            .server_with(|config| {
                forger.configure(config);
                let upstream = config.staff.upstream.as_mut().unwrap();
                upstream.role_claim = Some("groups".to_owned());
                upstream.roles = [("help".to_owned(), StaffRole::CustomerService)].into();
            })
            .await;
        let groups = |groups: Value| move |claims: &mut Value| claims["groups"] = groups;
        let (mut browser, answer) = arrive(&server, &forger, (NADIA, groups(json!("help")))).await;
        assert_eq!((answer.status(), browser.get("/staff/contacts").await.status()), (303, 200));
        let (_, answer) = arrive(
            &server,
            &forger,
            (NADIA, |claims| {
                claims["sub"] = json!("somebody-who-got-the-mailbox");
                claims["groups"] = json!([]);
            }),
        )
        .await;
        is_refused(&answer, 403, "another subject without roles");
        assert_eq!(browser.get("/staff/contacts").await.status(), 200, "which says nothing of her");
        let (_, answer) = arrive(&server, &forger, (NADIA, groups(json!(["gardening"])))).await;
        is_refused(&answer, 403, "no role any more");
        assert_eq!(browser.get("/staff/contacts").await.status(), 403);
    }
}

both! {
    /// Judged first: only what the claim takes away counts at once.
    async fn a_refused_sign_in_at_the_provider_gives_no_role_to_sessions_that_run(world) {
        let forger = Forger::start().await;
        let roles = [
            ("ops".to_owned(), StaffRole::Operator),
            ("help".to_owned(), StaffRole::CustomerService),
            ("support".to_owned(), StaffRole::SupportAgent),
        ];
        let server = world
            .server_with(|config| {
                forger.configure(config);
                config.staff.second_factor = SecondFactor::Required;
                let upstream = config.staff.upstream.as_mut().unwrap();
                upstream.role_claim = Some("groups".to_owned());
                upstream.roles = roles.into();
            })
            .await;
        let arrives = async |groups: Value, methods: Value| {
            let bend = |claims: &mut Value| (claims["groups"], claims["amr"]) = (groups, methods);
            arrive(&server, &forger, (NADIA, bend)).await
        };
        let (mut running, answer) = arrives(json!(["help", "support"]), json!(["mfa"])).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        let (_, answer) = arrives(json!(["help", "ops"]), json!(["pwd"])).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["second-factor".to_owned()]));
        let has = async || {
            let email = Email::parse(NADIA).unwrap();
            world.app.look(async |view| staff::by_email(&mut view.db, &email).await).await.unwrap().unwrap().roles
        };
        assert_eq!(has().await, [StaffRole::CustomerService].into(), "support is taken away, operator isn't given");
        assert_eq!(running.get("/staff/people").await.status(), 403);
        let (_, answer) = arrives(json!(["ops"]), json!(["pwd"])).await;
        assert_eq!((answer.status(), has().await), (403, [].into()));
        assert_eq!(running.get("/staff/contacts").await.status(), 403, "taken away at once");
        let (_, answer) = arrives(json!(["ops"]), json!(["mfa"])).await;
        assert_eq!((answer.status(), has().await), (303, [StaffRole::Operator].into()));
        assert_eq!(running.get("/staff/people").await.status(), 200);
    }
}

both! {
    async fn what_access_asks_of_staff_it_asks_here_too(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world
            .server_with(|config| {
                forger.configure(config);
                config.staff.second_factor = SecondFactor::Required;
                config.staff.upstream.as_mut().unwrap().second_factor_acr = ["2fa".to_owned()].into();
            })
            .await;
        let (_, answer) = arrive(&server, &forger, (NADIA, |_| {})).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["second-factor".to_owned()]));
        for (claim, value) in [("acr", json!("2fa")), ("amr", json!(["pwd", "mfa"]))] {
            let (mut browser, answer) = arrive(&server, &forger, (NADIA, |claims| claims[claim] = value.clone())).await;
            assert_eq!(answer.status(), 303, "{claim}: {}", answer.text());
            assert_eq!(browser.get("/staff").await.status(), 200, "{claim}");
        }
        let email = Email::parse(NADIA).unwrap();
        world
            .as_operator(async |tx| {
                let member = staff::by_email(&mut tx.db, &email).await?.unwrap();
                guichet::authorization::switch_off(tx, member.account).await
            })
            .await;
        let (_, answer) = arrive(&server, &forger, (NADIA, |claims| claims["acr"] = json!("2fa"))).await;
        assert_eq!((answer.status(), answer.unmet()), (403, vec!["account-enabled".to_owned()]));
    }
}

both! {
    async fn a_provider_at_a_private_address_is_not_called(world) {
        let forger = Forger::start().await;
        let server = world
            .server_with(|config| {
                forger.configure(config);
                config.outbound.allow = Networks::default();
            })
            .await;
        let mut browser = server.browser();
        browser.get("/login").await;
        is_refused(&browser.get("/login/upstream").await, 403, forger.issuer());
    }
}
