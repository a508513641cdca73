//! What a request still lacks: one pure decision over the request, the session, the standing and the consent.

use crate::account::ACR;
use crate::base::Timestamp;
use crate::base::ids::AccountId;

use super::consent::Consent;
use super::request::{Prompt, Request};

/// Everything the decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// When it was asked: an errand's creation, or now.
    pub asked_at: Timestamp,
    /// When this is.
    pub now: Timestamp,
    /// The browser's live session.
    pub sign_in: Option<SignIn<'a>>,
    /// Whether access admits the person, once it is known as which contact they act.
    pub admitted: Option<bool>,
    /// The live consent of this person to this relying party.
    pub consent: Option<&'a Consent>,
    /// Whether the person refused on the consent page.
    pub declined: bool,
}

/// Who is signed in, and since when.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The account.
    pub account: AccountId,
    /// When the person proved to be its owner.
    pub auth_time: Timestamp,
    /// How strongly.
    pub acr: &'a str,
}

/// The next step, or the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The person signs in.
    SignIn,
    /// The person says for which company they act (R-DIR-6).
    ChooseCompany,
    /// The person consents.
    Consent,
    /// Access refuses; its standing says why.
    Refuse,
    /// Another person is signed in than the relying party expects.
    SomebodyElse,
    /// No sign-in here is as strong as the relying party must have it.
    TooWeak,
    /// The person said no.
    Decline,
    /// Nothing is missing.
    Answer,
}

/// Decides. The order is the order in which a person meets the steps.
#[must_use]
pub fn next(situation: Situation<'_>) -> Next {
    if situation.declined {
        return Next::Decline;
    }
    if !situation.can_be_strong_enough() {
        return Next::TooWeak;
    }
    let Some(sign_in) = situation.sign_in else { return Next::SignIn };
    if !situation.is_fresh_enough(sign_in) {
        return Next::SignIn;
    }
    // OpenID Connect Core section 3.1.2.1, `id_token_hint`: never an answer about somebody else.
    if situation.request.expected.is_some_and(|expected| expected != sign_in.account) {
        return Next::SomebodyElse;
    }
    if !situation.request.is_met_by(sign_in.acr) {
        // Whoever has signed in for this very request can't do better.
        return if sign_in.auth_time > situation.asked_at { Next::TooWeak } else { Next::SignIn };
    }
    match situation.admitted {
        None => Next::ChooseCompany,
        Some(false) => Next::Refuse,
        Some(true) if !situation.is_consented() => Next::Consent,
        Some(true) => Next::Answer,
    }
}

impl Situation<'_> {
    /// The person isn't bothered for nothing.
    fn can_be_strong_enough(&self) -> bool {
        ACR.iter().any(|acr| self.request.is_met_by(acr))
    }

    /// `prompt=login` and `max_age` are met by a sign-in that came after the request; `max_age` also by one young enough.
    fn is_fresh_enough(&self, sign_in: SignIn<'_>) -> bool {
        if sign_in.auth_time > self.asked_at {
            return true;
        }
        let asked_again = self.request.prompts(Prompt::Login) || self.request.prompts(Prompt::SelectAccount);
        let too_old = self.request.oldest_sign_in().is_some_and(|oldest| self.now >= sign_in.auth_time + oldest);
        !asked_again && !too_old
    }

    fn is_consented(&self) -> bool {
        self.consent.is_some_and(|consent| {
            let given_since = consent.granted_at > self.asked_at;
            consent.scope.cover(&self.request.sights()) && (given_since || !self.request.prompts(Prompt::Consent))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{Next, SignIn, Situation, next};
    use crate::authorization::consent::Consent;
    use crate::authorization::{Prompt, Request, ResponseMode};
    use crate::base::Timestamp;
    use crate::base::ids::{AccountId, ConsentId};
    use crate::relying_party::{Claim, Claims, Scopes};

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
            sign_in: case.signed_in_at.map(|seconds| SignIn { account: account(1), auth_time: at(seconds), acr: "1fa" }),
            admitted: Some(true),
            consent: case.consent.as_ref(),
            declined: false,
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
            case("select_account asks for the sign-in", request(&[Prompt::SelectAccount], None, None), Some(900), all(), Next::SignIn),
            case("max_age met", request(&[], Some(300), None), Some(900), all(), Next::Answer),
            case("max_age passed", request(&[], Some(159), None), Some(900), all(), Next::SignIn),
            case("max_age 0 asks always", request(&[], Some(0), None), Some(1000), all(), Next::SignIn),
            case("max_age 0 met by a later sign-in", request(&[], Some(0), None), Some(1001), all(), Next::Answer),
            case("expected person", request(&[], None, Some(account(1))), Some(900), all(), Next::Answer),
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
    fn company_access_and_the_persons_no_have_their_place() {
        let request = request(&[], None, None);
        let held = consent("openid company", at(10));
        let calm = Situation {
            request: &request,
            asked_at: ASKED,
            now: NOW,
            sign_in: Some(SignIn { account: account(1), auth_time: at(900), acr: "1fa" }),
            admitted: None,
            consent: Some(&held),
            declined: false,
        };
        assert_eq!(next(calm), Next::ChooseCompany);
        assert_eq!(next(Situation { admitted: Some(false), ..calm }), Next::Refuse);
        assert_eq!(next(Situation { declined: true, admitted: Some(false), ..calm }), Next::Decline);
    }

    #[test]
    fn an_essential_acr_is_met_asked_for_or_refused() {
        let held = consent("openid company", at(10));
        let decide = |essential: &[&str], signed_in: Option<(i64, &'static str)>| {
            let essential_acr = essential.iter().map(|acr| (*acr).to_owned()).collect();
            next(Situation {
                request: &Request { essential_acr, ..request(&[], None, None) },
                asked_at: ASKED,
                now: NOW,
                sign_in: signed_in.map(|(seconds, acr)| SignIn { account: account(1), auth_time: at(seconds), acr }),
                admitted: Some(true),
                consent: Some(&held),
                declined: false,
            })
        };
        assert_eq!(decide(&["phr", "1fa"], Some((900, "1fa"))), Next::Answer);
        assert_eq!(decide(&["1fa"], Some((900, "other"))), Next::SignIn, "another sign-in may do");
        assert_eq!(decide(&["1fa"], Some((1001, "other"))), Next::TooWeak, "it didn't");
        assert_eq!([decide(&["9fa"], None), decide(&["9fa"], Some((900, "1fa")))], [Next::TooWeak; 2], "none can do");
    }

    #[test]
    fn a_claim_takes_the_consent_of_its_scope() {
        let claims = Claims { userinfo: [Claim::Email].into(), id_token: [Claim::Name].into() };
        let asked = Request { claims, ..request(&[], None, None) };
        let decide = |scope: &str| {
            let held = consent(scope, at(10));
            let sign_in = Some(SignIn { account: account(1), auth_time: at(900), acr: "1fa" });
            next(Situation {
                request: &asked,
                asked_at: ASKED,
                now: NOW,
                sign_in,
                admitted: Some(true),
                consent: Some(&held),
                declined: false,
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
            signed_in in proptest::option::of(0i64..1100), holds: bool, known: bool, consented: bool, login: bool, max_age in proptest::option::of(0i64..2000),
        ) {
            let request = request(if login { &[Prompt::Login] } else { &[] }, max_age, None);
            let consent = consented.then(|| consent("openid company", at(10)));
            let step = next(Situation {
                request: &request, asked_at: ASKED, now: NOW, declined: false,
                sign_in: signed_in.map(|seconds| SignIn { account: account(1), auth_time: at(seconds), acr: "1fa" }),
                admitted: known.then_some(holds), consent: consent.as_ref(),
            });
            if step == Next::Answer {
                prop_assert!(signed_in.is_some() && known && holds && consented);
                prop_assert!(!login || at(signed_in.unwrap()) > ASKED);
            }
        }
    }
}
