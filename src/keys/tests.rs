use std::collections::BTreeSet;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{HS256, JwsSigner as _};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::base::{Clock, Lifetimes, Timestamp};
use crate::store::trial;

use super::{Algorithm, CannotUse, Keys, MasterKey, RefusedToken, TokenType, list};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

async fn keys() -> Keys {
    let trial = trial::database().await;
    Keys::open(&trial.store, MasterKey::random().unwrap(), &Clock::System, &Lifetimes::default()).await.unwrap()
}

fn claims() -> Value {
    json!({ "iss": "http://localhost:8080", "sub": "alice", "exp": NOW.seconds() + 300 })
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn what_is_signed_verifies_and_says_its_type_key_and_algorithm() {
    let keys = keys().await;
    for alg in Algorithm::ALL {
        let token = keys.sign(alg, TokenType::Access, &claims()).unwrap();
        assert_eq!(Value::Object(keys.verify(&token, TokenType::Access, NOW).unwrap()), claims());
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        let jwks: Value = serde_json::from_str(keys.ring().jwks()).unwrap();
        let published = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
        assert_eq!(
            (&header["typ"], &header["alg"], &published["alg"], &published["use"]),
            (&json!("at+jwt"), &json!(alg.name()), &header["alg"], &json!("sig"))
        );
    }
}

#[tokio::test]
async fn the_jwks_shows_public_members_only() {
    let jwks: Value = serde_json::from_str(keys().await.ring().jwks()).unwrap();
    let members: Vec<BTreeSet<&str>> = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    assert_eq!(
        members,
        [
            BTreeSet::from(["alg", "crv", "kid", "kty", "use", "x", "y"]),
            BTreeSet::from(["alg", "e", "kid", "kty", "n", "use"])
        ]
    );
}

#[tokio::test]
async fn types_times_and_bytes_must_be_right() {
    let keys = keys().await;
    let token = keys.sign(Algorithm::Es256, TokenType::Id, &claims()).unwrap();
    assert_eq!(keys.verify(&token, TokenType::Access, NOW), Err(RefusedToken::OtherType));
    let late = Timestamp::from_millis(NOW.millis() + 300_000);
    assert_eq!(keys.verify(&token, TokenType::Id, late), Err(RefusedToken::Expired));
    assert!(keys.ring().verify_hint(&token, TokenType::Id).is_ok(), "a hint may be old");
    let endless = keys.sign(Algorithm::Es256, TokenType::Id, &json!({"sub": "alice"})).unwrap();
    assert_eq!(keys.verify(&endless, TokenType::Id, NOW), Err(RefusedToken::Malformed));
    let (message, _) = token.rsplit_once('.').unwrap();
    for signature in [
        String::new(),
        "A".repeat(86),
        URL_SAFE_NO_PAD.encode([0; 64]),
        URL_SAFE_NO_PAD.encode([255; 64]),
        URL_SAFE_NO_PAD.encode([1; 3]),
    ] {
        assert_eq!(
            keys.verify(&format!("{message}.{signature}"), TokenType::Id, NOW),
            Err(RefusedToken::WrongSignature),
            "{signature}"
        );
    }
    let other = self::keys().await;
    assert_eq!(other.verify(&token, TokenType::Id, NOW), Err(RefusedToken::UnknownKey));
}

#[tokio::test]
async fn headers_smuggle_nothing_in() {
    let keys = keys().await;
    let rows: Value = serde_json::from_str(keys.ring().jwks()).unwrap();
    let (ec, rsa) = (rows["keys"][0].clone(), rows["keys"][1].clone());
    let token = keys.sign(Algorithm::Rs256, TokenType::Access, &claims()).unwrap();
    let signature = token.rsplit('.').next().unwrap();
    let with = |header: Value| format!("{}.{}.{signature}", encoded(&header), encoded(&claims()));
    let kid = &rsa["kid"];
    let cases = [
        (json!({"typ": "at+jwt", "alg": "none", "kid": kid}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "HS256", "kid": kid}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "rs256", "kid": kid}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "ES256", "kid": kid}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": ec["kid"]}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": "' or 1=1 --"}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": "../../dev/null"}), RefusedToken::UnknownKey),
        (json!({"typ": "at+jwt", "alg": "RS256"}), RefusedToken::Malformed),
        (json!({"alg": "RS256", "kid": kid}), RefusedToken::Malformed),
        (json!({"typ": "logout+jwt", "alg": "RS256", "kid": kid}), RefusedToken::OtherType),
        (json!({"typ": "secevent+jwt", "alg": "RS256", "kid": kid}), RefusedToken::Malformed),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": kid, "jwk": rsa}), RefusedToken::Malformed),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": kid, "jku": "http://127.0.0.1/"}), RefusedToken::Malformed),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": kid, "x5u": "http://127.0.0.1/"}), RefusedToken::Malformed),
        (json!({"typ": "at+jwt", "alg": "RS256", "kid": kid, "crit": ["b64"], "b64": false}), RefusedToken::Malformed),
    ];
    for (header, refused) in cases {
        assert_eq!(keys.verify(&with(header.clone()), TokenType::Access, NOW), Err(refused), "{header}");
    }
    // The public key as an HMAC secret: the confusion of RS256 with HS256.
    let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": kid});
    let message = format!("{}.{}", encoded(&header), encoded(&claims()));
    let mac = HS256.signer_from_bytes(rsa.to_string()).unwrap().sign(message.as_bytes()).unwrap();
    let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac));
    assert_eq!(keys.verify(&forged, TokenType::Access, NOW), Err(RefusedToken::UnknownKey));
}

#[tokio::test]
async fn oversized_and_nested_tokens_are_refused_fast() {
    let keys = keys().await;
    let long = "a".repeat(50_000_000);
    let nested = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode("[".repeat(5_000)));
    let began = Instant::now();
    assert_eq!(keys.verify(&long, TokenType::Access, NOW), Err(RefusedToken::TooLong));
    assert_eq!(keys.verify(&".".repeat(8_000), TokenType::Access, NOW), Err(RefusedToken::Malformed));
    assert_eq!(keys.verify(&nested, TokenType::Access, NOW), Err(RefusedToken::Malformed));
    // Generous, for a busy machine: a signature check alone would take less.
    assert!(began.elapsed().as_millis() < 500, "{:?}", began.elapsed());
}

#[tokio::test]
async fn no_changed_token_verifies() {
    let keys = keys().await;
    let token = keys.sign(Algorithm::Es256, TokenType::Access, &claims()).unwrap();
    proptest!(|(at: prop::sample::Index, c in "[A-Za-z0-9_.=-]")| {
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &c);
        prop_assume!(changed != token);
        prop_assert!(keys.verify(&changed, TokenType::Access, NOW).is_err());
    });
    proptest!(|(sub in "\\PC{0,60}", n: i32)| {
        let claims = json!({"sub": sub, "n": n, "exp": NOW.seconds() + 1});
        let claims: Map<String, Value> = serde_json::from_value(claims).unwrap();
        let token = keys.sign(Algorithm::Es256, TokenType::Access, &claims).unwrap();
        prop_assert_eq!(keys.verify(&token, TokenType::Access, NOW).unwrap(), claims);
    });
}

#[tokio::test]
async fn a_second_start_finds_the_same_keys_and_another_master_key_is_refused() {
    for trial in trial::databases().await {
        let (clock, lives, master) = (Clock::System, Lifetimes::default(), MasterKey::random().unwrap());
        let first = Keys::open(&trial.store, master.clone(), &clock, &lives).await.unwrap();
        let again = Keys::open(&trial.store, master.clone(), &clock, &lives).await.unwrap();
        assert_eq!(first.ring().jwks(), again.ring().jwks());
        let token = first.sign(Algorithm::Es256, TokenType::Access, &claims()).unwrap();
        assert!(again.verify(&token, TokenType::Access, NOW).is_ok());
        let other = Keys::open(&trial.store, MasterKey::random().unwrap(), &clock, &lives).await.err().unwrap();
        assert!(matches!(&other, CannotUse::WrongMasterKey { needed, .. } if needed == master.fingerprint()));
        assert!(other.to_string().contains("put the file with"), "{other}");
    }
}

#[tokio::test]
async fn servers_that_start_at_once_end_with_one_set() {
    for trial in trial::databases().await {
        let (clock, lives, master) = (Clock::System, Lifetimes::default(), MasterKey::random().unwrap());
        let other = trial.second_server().await;
        let (one, two) = tokio::join!(
            Keys::open(&trial.store, master.clone(), &clock, &lives),
            Keys::open(&other, master.clone(), &clock, &lives)
        );
        assert_eq!(one.unwrap().ring().jwks(), two.unwrap().ring().jwks());
        let rows = trial.store.look(&clock, &lives, async |view| list(&mut view.db).await).await.unwrap();
        assert_eq!(rows.len(), Algorithm::ALL.len());
    }
}

#[tokio::test]
async fn of_two_master_keys_at_once_one_is_refused() {
    for trial in trial::databases().await {
        let (clock, lives) = (Clock::System, Lifetimes::default());
        let other = trial.second_server().await;
        let [one, two] = [MasterKey::random().unwrap(), MasterKey::random().unwrap()];
        let (one, two) =
            tokio::join!(Keys::open(&trial.store, one, &clock, &lives), Keys::open(&other, two, &clock, &lives));
        assert!(one.is_ok() != two.is_ok());
    }
}

#[tokio::test]
async fn a_running_server_takes_up_a_change_of_the_table() {
    for trial in trial::databases().await {
        let (clock, lives) = (Clock::movable(), Lifetimes::default());
        let keys = Keys::open(&trial.store, MasterKey::random().unwrap(), &clock, &lives).await.unwrap();
        let before = keys.ring();
        let refresh = async || trial.store.look(&clock, &lives, async |view| keys.refresh(view).await).await.unwrap();
        refresh().await;
        assert!(std::sync::Arc::ptr_eq(&before, &keys.ring()), "nothing changed");
        let start = crate::store::Start {
            by: crate::base::Actor::of(crate::base::actor::Who::Operator),
            clock: &clock,
            lives: &lives,
        };
        trial
            .store
            .act(start, async |tx| {
                crate::store::execute!(
                    tx.db,
                    "update signing_keys set gone_at = $1 where alg = 'ES256'",
                    tx.now + crate::base::Life::hours(1)
                )
            })
            .await
            .unwrap();
        refresh().await;
        let publishes = |alg: &str| {
            let set: Value = serde_json::from_str(keys.ring().jwks()).unwrap();
            set["keys"].as_array().unwrap().iter().any(|key| key["alg"] == alg)
        };
        assert!(publishes("ES256") && publishes("RS256"), "its time hasn't come");
        clock.advance(crate::base::Life::hours(2));
        refresh().await;
        assert!(!publishes("ES256") && publishes("RS256"));
    }
}
