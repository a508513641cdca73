//! What a relying party learns of a person: the same in ID token, access token and UserInfo (R-RGT-1, 2, 3, 6,
//! R-DIR-6).

use serde_json::{Value, json};

use crate::world::{Answer, Browser, ISSUER, PASSWORD, Tokens, World, both, header_of};

async fn enter(world: &World, browser: &mut Browser) -> (Tokens, Value) {
    let portal = world.client("portal");
    let tokens = portal.enter(browser).await;
    let answer = portal.userinfo(&tokens.access).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let userinfo = answer.json();
    (tokens, userinfo)
}

/// The claims about the company and the rights there, the company's id aside.
fn rights(claims: &Value) -> Value {
    let mut company = claims["company"].clone();
    assert_eq!(company["id"].as_str().map(str::len), Some(36), "{claims}");
    company.as_object_mut().unwrap().remove("id");
    json!({
        "company": company,
        "access_profile": claims["access_profile"],
        "roles": claims["roles"],
        "entitlements": claims["entitlements"],
    })
}

fn expected(company: Value, profile: &str, (roles, entitlements): (&[&str], &[&str])) -> Value {
    json!({ "company": company, "access_profile": profile, "roles": roles, "entitlements": entitlements })
}

async fn assert_says(world: &World, browser: &mut Browser, expected: &Value) {
    let (tokens, userinfo) = enter(world, browser).await;
    let (id, access) = (world.verified(&tokens.id).await, world.verified(&tokens.access).await);
    for (place, claims) in [("ID token", &id), ("access token", &access), ("UserInfo", &userinfo)] {
        assert_eq!(&rights(claims), expected, "{place}");
        assert_eq!(claims["sub"], id["sub"], "{place}");
        assert_eq!(claims["company"]["id"], id["company"]["id"], "{place}");
    }
}

both! {
    async fn every_profile_role_and_e_service_reaches_the_relying_party_alike_in_all_three_places(world) {
        let durand = json!({ "ref": "C-1001", "name": "Durand Télécom" });
        let lyon = json!({ "ref": "C-1001", "name": "Durand Télécom", "branch": "LYO" });
        for (who, expected) in [
            ("alice", expected(durand.clone(), "complete", (&["account_admin"], &["certificats"]))),
            ("bruno", expected(lyon, "limited", (&["tickets"], &[]))),
            ("chloe", expected(durand.clone(), "invoicing", (&["billing"], &[]))),
            ("carl", expected(durand, "complete", (&[], &["certificats"]))),
        ] {
            let mut browser = world.signed_in(who).await;
            assert_says(&world, &mut browser, &expected).await;
        }
    }
}

both! {
    /// One `sub`, two companies: relying parties key on both.
    async fn ines_is_one_person_with_other_rights_at_each_company(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        browser.follow(answer).await;
        let mut subjects = Vec::new();
        for (reference, name, profile) in
            [("C-1001", "Durand Télécom", "invoicing"), ("C-1002", "Petit Réseau", "complete")]
        {
            browser.press("company", reference).await;
            let company = json!({ "ref": reference, "name": name });
            assert_says(&world, &mut browser, &expected(company, profile, (&[], &[]))).await;
            let (tokens, _) = enter(&world, &mut browser).await;
            subjects.push(tokens.id_claims()["sub"].clone());
            browser.get("/account").await;
        }
        assert_eq!(subjects[0], subjects[1]);
    }
}

both! {
    /// A login may be an email: also of an account that has another name besides.
    async fn the_mailbox_is_proven_whichever_name_of_the_account_it_is(world) {
        let account = world.people("alice").await.remove(0).account.id;
        let sql = "insert into sign_in_names (name, account, kind, created_at) \
            select 'alice@elsewhere.example', account, 'email', 1 from sign_in_names \
            where name = 'alice@durand.example'";
        assert_eq!(world.database().execute(sql).await, 1);
        world.database().execute("update sign_in_names set proven_at = null").await;
        assert!(!world.people("alice").await[0].email_is_proven());
        world.as_operator(async |tx| guichet::account::prove_mailbox(tx, account, tx.now).await).await;
        assert!(world.people("alice").await[0].email_is_proven());
    }
}

both! {
    /// A token never changes company.
    async fn a_token_keeps_its_company_when_the_person_switches(world) {
        let mut browser = world.browser();
        let answer = browser.sign_in("ines", PASSWORD).await;
        browser.follow(answer).await;
        browser.press("company", "C-1001").await;
        let portal = world.client("portal");
        let tokens = portal.enter(&mut browser).await;
        browser.get("/account").await;
        browser.press("company", "C-1002").await;
        let userinfo = portal.userinfo(&tokens.access).await;
        assert_eq!(userinfo.status(), 200, "{}", userinfo.text());
        assert_eq!(userinfo.json()["company"]["ref"], "C-1001");
        let next = portal.enter(&mut browser).await;
        assert_eq!(portal.userinfo(&next.access).await.json()["company"]["ref"], "C-1002", "the switch took place");
    }
}

both! {
    async fn the_id_token_is_what_openid_connect_asks_for(world) {
        let mut browser = world.signed_in("alice").await;
        let before = world.app.clock.now().seconds();
        let (tokens, _) = enter(&world, &mut browser).await;
        let claims = world.verified(&tokens.id).await;
        assert_eq!(header_of(&tokens.id)["alg"], "RS256");
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("portal")));
        assert_eq!(claims["nonce"], "nonce-5f3");
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("1fa"), &json!(["pwd"])));
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        let after = world.app.clock.now().seconds();
        assert!((before..=after).contains(&iat) && exp == iat + 300, "{claims}");
        assert!(claims["sid"].is_string(), "{claims}");
        for mailed in ["email", "name", "given_name", "family_name", "phone_number"] {
            assert!(claims.get(mailed).is_none(), "{mailed} belongs to UserInfo only");
        }
    }
}

both! {
    async fn the_access_token_is_what_rfc_9068_asks_for(world) {
        let mut browser = world.signed_in("alice").await;
        let (tokens, _) = enter(&world, &mut browser).await;
        let claims = world.verified(&tokens.access).await;
        assert_eq!(header_of(&tokens.access)["typ"], "at+jwt");
        assert_eq!((&claims["iss"], &claims["client_id"]), (&json!(ISSUER), &json!("portal")));
        assert!(claims["aud"].is_string() && claims["jti"].is_string() && claims["scope"].is_string(), "{claims}");
        assert_eq!(claims["exp"].as_i64().unwrap(), claims["iat"].as_i64().unwrap() + 300);
        assert!(claims.get("email").is_none() && claims.get("name").is_none(), "{claims}");
        assert_eq!(tokens.answer["token_type"], "Bearer");
        assert_eq!(tokens.answer["expires_in"], 300);
    }
}

both! {
    async fn userinfo_adds_what_profile_email_and_phone_open(world) {
        let mut browser = world.signed_in("alice").await;
        let portal = world.client("portal");
        let userinfo = portal.userinfo(&portal.enter(&mut browser).await.access).await.json();
        assert_eq!(userinfo["email"], "alice@durand.example", "{userinfo}");
        assert!(userinfo["name"].as_str().unwrap().starts_with("Alice"), "{userinfo}");
        assert!(userinfo.get("phone_number").is_none(), "phone wasn't asked for");

        let narrow = portal.scope("openid");
        let userinfo = narrow.userinfo(&narrow.enter(&mut browser).await.access).await.json();
        assert_eq!(userinfo.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"], "{userinfo}");
    }
}

both! {
    /// OpenID Connect Core section 5.4: at UserInfo, and only where the scope was asked for; who has two numbers tells
    /// the first.
    async fn telephone_numbers_are_told_at_userinfo_to_who_has_the_scope_phone_and_nowhere_else(world) {
        let numbers = ["phone_number", "phone_number_verified"];
        for (who, number) in [("alice", "+33 1 99 00 10 01"), ("bruno", "+33 6 39 98 10 03")] {
            let mut browser = world.signed_in(who).await;
            for scope in ["openid", "openid profile email address company rights", "openid phone"] {
                let portal = world.client("portal").scope(scope);
                let tokens = portal.enter(&mut browser).await;
                let userinfo = portal.userinfo(&tokens.access).await.json();
                let told = world.client("demo-rs").introspect(&tokens.access, &[]).await.json();
                for name in numbers {
                    assert_eq!(userinfo.get(name).is_some(), scope.contains("phone"), "{scope}: {userinfo}");
                    for (place, claims) in [
                        ("ID token", &tokens.id_claims()),
                        ("access token", &tokens.access_claims()),
                        ("introspection", &told),
                    ] {
                        assert!(claims.get(name).is_none(), "{scope}, {place}: {claims}");
                    }
                }
                if scope.contains("phone") {
                    assert_eq!(
                        (&userinfo["phone_number"], &userinfo["phone_number_verified"]),
                        (&json!(number), &json!(false)),
                        "nobody proved it"
                    );
                }
            }
        }
    }
}

/// RFC 6750 section 3.1.
fn assert_lacks_openid(answer: &Answer) {
    assert_eq!((answer.status(), answer.error().as_str()), (403, "insufficient_scope"));
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer realm=") && challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
}

both! {
    /// OpenID Connect Core section 3.1.2.1: without `openid` this is plain OAuth.
    async fn without_openid_there_is_no_id_token_and_no_userinfo(world) {
        let mut browser = world.signed_in("alice").await;
        let portal = world.client("portal").scope("company rights");
        let tokens = portal.enter(&mut browser).await;
        assert!(tokens.answer.get("id_token").is_none(), "{}", tokens.answer);
        assert_lacks_openid(&portal.userinfo(&tokens.access).await);
        let service = Tokens::of(&world.client("demo-erp").token(&[("grant_type", "client_credentials")]).await);
        assert_lacks_openid(&portal.userinfo(&service.access).await);
    }
}

both! {
    /// R-OWN-5: the mailbox was proven; an address that the ERP wrote since was proven by nobody.
    async fn an_email_that_the_erp_changed_is_told_as_unverified(world) {
        let mut browser = world.signed_in("alice").await;
        let portal = world.client("portal").scope("openid email");
        let tokens = portal.enter(&mut browser).await;
        let told = async || portal.userinfo(&tokens.access).await.json();
        assert_eq!(
            (&told().await["email"], &told().await["email_verified"]),
            (&json!("alice@durand.example"), &json!(true))
        );
        let header =
            "company_ref,ref,last_name,first_name,email,phone,mobile,type,title,language,newsletter,branch,active";
        world
            .import(&format!(
                "{header}\nC-1001,D-ALICE,Durand,Alice,alice.durand@durand.example,+33 1 99 00 10 01,,,Mme,fr,1,PAR,1\n"
            ))
            .await;
        assert_eq!(
            (&told().await["email"], &told().await["email_verified"]),
            (&json!("alice.durand@durand.example"), &json!(false))
        );
    }
}

both! {
    async fn auth_time_is_told_when_max_age_or_the_registration_asks(world) {
        let mut browser = world.signed_in("alice").await;
        let (tokens, _) = enter(&world, &mut browser).await;
        assert!(tokens.id_claims().get("auth_time").is_none());

        let portal = world.client("portal");
        let ask = portal.ask().with("max_age", "3600");
        let answer = portal.arrive(&mut browser, &ask).await;
        let claims = portal.tokens(&portal.code(&ask, &answer)).await.id_claims();
        assert!(claims["auth_time"].as_i64().unwrap() <= claims["iat"].as_i64().unwrap());

        let registered = world.client("old-fashioned").enter(&mut browser).await;
        assert!(registered.id_claims()["auth_time"].is_i64());
        assert_eq!(header_of(&registered.id)["alg"], "ES256");
        world.verified(&registered.id).await;
    }
}
