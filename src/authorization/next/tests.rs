//! The dispatcher, case by case.

use proptest::prelude::*;
use uuid::Uuid;

use crate::authorization::consent::Consent;
use crate::authorization::{Prompt, Request, ResponseMode};
use crate::base::Timestamp;
use crate::base::ids::{AccountId, ConsentId};
use crate::relying_party::{Claim, Claims, Scopes};
use crate::session::Acr;

use super::{Admission, Next, SignIn, Situation, next};

const ASKED: Timestamp = Timestamp::from_millis(1_000_000);
const NOW: Timestamp = Timestamp::from_millis(1_060_000);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn account(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(n))
}

fn request(prompt: &[Prompt], max_age: Option<i64>, expected: Option<AccountId>) -> Request {
    Request {
        client: "portal".to_owned(),
        redirect_uri: "https://portal.example/cb".to_owned(),
        response_mode: ResponseMode::Query,
        scope: Scopes::known(["openid", "company"]),
        claims: Claims::default(),
        essential_acr: [].into(),
        acr_values: Vec::new(),
        wants_auth_time: false,
        state: None,
        nonce: None,
        challenge: None,
        prompt: prompt.iter().copied().collect(),
        max_age,
        login_hint: None,
        ui_locales: None,
        expected,
    }
}

fn consent(scope: &str, granted_at: Timestamp) -> Consent {
    Consent {
        id: ConsentId(Uuid::nil()),
        client: "portal".to_owned(),
        scope: sqlx::types::Json(Scopes::known(scope.split(' '))),
        granted_at,
    }
}

fn by_password(auth_time: Timestamp) -> SignIn {
    SignIn { account: account(1), auth_time, acr: Acr::OneFactor, could: Acr::OneFactor }
}

struct Case {
    name: &'static str,
    request: Request,
    signed_in_at: Option<i64>,
    consent: Option<Consent>,
    expected: Next,
}

fn decide(case: &Case) -> Next {
    next(Situation {
        request: &case.request,
        asked_at: ASKED,
        now: NOW,
        sign_in: case.signed_in_at.map(|seconds| by_password(at(seconds))),
        admission: Some(Admission::Holds),
        consent: case.consent.as_ref(),
        declined: false,
        allowed: false,
        is_native: false,
    })
}

/// Asked at second 1000, decided at 1060.
fn cases() -> Vec<Case> {
    let all = || Some(consent("openid company email", at(10)));
    let case = |name, request, signed_in_at, consent, expected| Case { name, request, signed_in_at, consent, expected };
    vec![
        case("no session", request(&[], None, None), None, all(), Next::SignIn),
        case("all there", request(&[], None, None), Some(900), all(), Next::Answer),
        case("login asked before the sign-in", request(&[Prompt::Login], None, None), Some(900), all(), Next::SignIn),
        case("login at the same instant", request(&[Prompt::Login], None, None), Some(1000), all(), Next::SignIn),
        case("login met", request(&[Prompt::Login], None, None), Some(1001), all(), Next::Answer),
        case(
            "select_account asks for the sign-in",
            request(&[Prompt::SelectAccount], None, None),
            Some(900),
            all(),
            Next::SignIn,
        ),
        case("max_age met", request(&[], Some(300), None), Some(900), all(), Next::Answer),
        case("max_age passed", request(&[], Some(159), None), Some(900), all(), Next::Reauthenticate),
        case("max_age 0 asks always", request(&[], Some(0), None), Some(1000), all(), Next::Reauthenticate),
        case("max_age 0 met by a later sign-in", request(&[], Some(0), None), Some(1001), all(), Next::Answer),
        case("expected person", request(&[], None, Some(account(1))), Some(900), all(), Next::Answer),
        case("too old, and another person", request(&[], Some(0), Some(account(2))), Some(900), all(), Next::SignIn),
        case("another person", request(&[], None, Some(account(2))), Some(900), all(), Next::SomebodyElse),
        case("never consented", request(&[], None, None), Some(900), None, Next::Consent),
        case("scope grew", request(&[], None, None), Some(900), Some(consent("openid", at(10))), Next::Consent),
        case("consent asked again", request(&[Prompt::Consent], None, None), Some(900), all(), Next::Consent),
        case(
            "consent given again",
            request(&[Prompt::Consent], None, None),
            Some(900),
            Some(consent("openid company", at(1001))),
            Next::Answer,
        ),
    ]
}

#[test]
fn each_wish_of_a_request_leads_to_its_step() {
    for case in cases() {
        assert_eq!(decide(&case), case.expected, "{}", case.name);
    }
}

#[test]
fn a_native_client_is_answered_by_a_consent_to_this_very_request_only() {
    let (silent, asked) = (request(&[Prompt::None], None, None), request(&[], None, None));
    let native = |request, allowed, granted_at: i64| {
        next(Situation {
            request,
            asked_at: ASKED,
            now: NOW,
            sign_in: Some(by_password(at(900))),
            admission: Some(Admission::Holds),
            consent: Some(&consent("openid company email", at(granted_at))),
            declined: false,
            allowed,
            is_native: true,
        })
    };
    for request in [&silent, &asked] {
        assert_eq!(native(request, false, 10), Next::Consent, "remembered");
        assert_eq!(native(request, false, 1001), Next::Consent, "given to another request meanwhile");
        assert_eq!(native(request, true, 1001), Next::Answer);
    }
}

#[test]
fn company_access_and_the_persons_no_have_their_place() {
    let request = request(&[], None, None);
    let held = consent("openid company", at(10));
    let calm = Situation {
        request: &request,
        asked_at: ASKED,
        now: NOW,
        sign_in: Some(by_password(at(900))),
        admission: None,
        consent: Some(&held),
        declined: false,
        allowed: false,
        is_native: false,
    };
    assert_eq!(next(calm), Next::ChooseCompany);
    assert_eq!(next(Situation { admission: Some(Admission::Refused), ..calm }), Next::Refuse);
    assert_eq!(next(Situation { admission: Some(Admission::LacksSecondFactor), ..calm }), Next::Reauthenticate);
    assert_eq!(next(Situation { declined: true, admission: Some(Admission::Refused), ..calm }), Next::Decline);
}

/// Decides for somebody signed in with that strength, before the request or after it, who could have the other
/// strength.
fn decide_strength(request: &Request, seconds: i64, (acr, could): (Acr, Acr)) -> Next {
    let held = consent("openid company", at(10));
    next(Situation {
        request,
        asked_at: ASKED,
        now: NOW,
        sign_in: Some(SignIn { account: account(1), auth_time: at(seconds), acr, could }),
        admission: Some(Admission::Holds),
        consent: Some(&held),
        declined: false,
        allowed: false,
        is_native: false,
    })
}

const PLAIN: (Acr, Acr) = (Acr::OneFactor, Acr::OneFactor);
const ENROLLED: (Acr, Acr) = (Acr::OneFactor, Acr::TwoFactors);
const STRONG: (Acr, Acr) = (Acr::TwoFactors, Acr::TwoFactors);
const WITH_PASSKEY: (Acr, Acr) = (Acr::TwoFactors, Acr::PhishingResistant);

#[test]
fn an_essential_acr_is_met_asked_for_or_refused() {
    let essential = |acr: &[&str]| Request {
        essential_acr: acr.iter().map(|acr| (*acr).to_owned()).collect(),
        ..request(&[], None, None)
    };
    for (asked, strength, expected) in [
        (&["9fa", "1fa"][..], PLAIN, Next::Answer),
        (&["1fa"], STRONG, Next::Answer),
        (&["1fa", "2fa"], PLAIN, Next::Answer),
        (&["2fa"], STRONG, Next::Answer),
        (&["2fa"], ENROLLED, Next::Reauthenticate),
        (&["2fa"], PLAIN, Next::Reauthenticate),
        (&["9fa"], STRONG, Next::TooWeak),
        (&["phr"], WITH_PASSKEY, Next::Reauthenticate),
        (&["phr"], (Acr::PhishingResistant, Acr::PhishingResistant), Next::Answer),
        (&["phr"], STRONG, Next::TooWeak),
        (&["phr"], PLAIN, Next::TooWeak),
        (&["phr", "2fa"], PLAIN, Next::Reauthenticate),
    ] {
        assert_eq!(
            [900, 1001].map(|seconds| decide_strength(&essential(asked), seconds, strength)),
            [expected; 2],
            "{asked:?}"
        );
    }
}

#[test]
fn a_wished_acr_is_asked_for_once_and_only_of_who_can_have_it() {
    let wish = |acr: &str, prompt: &[Prompt]| Request {
        acr_values: acr.split(' ').map(str::to_owned).collect(),
        ..request(prompt, None, None)
    };
    assert_eq!(decide_strength(&wish("2fa", &[]), 900, ENROLLED), Next::Reauthenticate);
    assert_eq!(decide_strength(&wish("2fa", &[]), 1001, ENROLLED), Next::Answer, "it was asked for");
    assert_eq!(decide_strength(&wish("2fa", &[Prompt::None]), 900, ENROLLED), Next::Answer, "no page may be shown");
    assert_eq!(decide_strength(&wish("phr", &[]), 900, WITH_PASSKEY), Next::Reauthenticate);
    for (wished, strength) in
        [("2fa", PLAIN), ("phr", STRONG), ("2fa", STRONG), ("9fa 2fa 1fa", ENROLLED), ("9fa", ENROLLED)]
    {
        assert_eq!(decide_strength(&wish(wished, &[]), 900, strength), Next::Answer, "{wished}");
    }
}

#[test]
fn the_answer_tells_one_of_the_acr_asked_for_where_the_sign_in_satisfies_one() {
    for (essential, wished, acr, told) in [
        ("", "", Acr::TwoFactors, Acr::TwoFactors),
        ("1fa", "", Acr::TwoFactors, Acr::OneFactor),
        ("1fa 2fa", "", Acr::TwoFactors, Acr::TwoFactors),
        ("", "1fa", Acr::TwoFactors, Acr::OneFactor),
        ("", "2fa", Acr::OneFactor, Acr::OneFactor),
        ("2fa", "1fa", Acr::TwoFactors, Acr::TwoFactors),
    ] {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let asked = Request {
            essential_acr: words(essential).into_iter().collect(),
            acr_values: words(wished),
            ..request(&[], None, None)
        };
        assert_eq!(asked.tells(acr), told, "{essential} / {wished}");
    }
}

#[test]
fn a_claim_takes_the_consent_of_its_scope() {
    let claims = Claims { userinfo: [Claim::Email].into(), id_token: [Claim::Name].into() };
    let asked = Request { claims, ..request(&[], None, None) };
    let decide = |scope: &str| {
        let held = consent(scope, at(10));
        let sign_in = Some(by_password(at(900)));
        next(Situation {
            request: &asked,
            asked_at: ASKED,
            now: NOW,
            sign_in,
            admission: Some(Admission::Holds),
            consent: Some(&held),
            declined: false,
            allowed: false,
            is_native: false,
        })
    };
    assert_eq!(decide("openid company email profile"), Next::Answer);
    for less in ["openid company", "openid company email", "openid company profile"] {
        assert_eq!(decide(less), Next::Consent, "{less}");
    }
}

proptest! {
    #[test]
    fn nothing_is_answered_without_a_sign_in_a_standing_that_holds_and_a_consent_that_covers(
        signed_in in proptest::option::of(0i64..1100),
        holds: bool,
        known: bool,
        consented: bool,
        login: bool,
        max_age in proptest::option::of(0i64..2000),
    ) {
        let request = request(if login { &[Prompt::Login] } else { &[] }, max_age, None);
        let consent = consented.then(|| consent("openid company", at(10)));
        let step = next(Situation {
            request: &request,
            asked_at: ASKED,
            now: NOW,
            declined: false,
            allowed: false,
            is_native: false,
            sign_in: signed_in.map(|seconds| by_password(at(seconds))),
            admission: known.then_some(if holds { Admission::Holds } else { Admission::LacksSecondFactor }),
            consent: consent.as_ref(),
        });
        if step == Next::Answer {
            prop_assert!(signed_in.is_some() && known && holds && consented);
            prop_assert!(!login || at(signed_in.unwrap()) > ASKED);
        }
    }
}
