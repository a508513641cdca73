//! What a request still lacks: one pure decision over the request, the session, the standing and the consent.

#[cfg(test)]
mod tests;

use crate::base::Timestamp;
use crate::base::ids::AccountId;
use crate::session::Acr;

use super::consent::Consent;
use super::request::{Prompt, Request};

/// Everything the decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub request: &'a Request,
    /// When it was asked: an interaction's creation, or now.
    pub asked_at: Timestamp,
    pub now: Timestamp,
    /// The browser's live session.
    pub sign_in: Option<SignIn>,
    /// What access says of the person, once it is known as which contact they act.
    pub admission: Option<Admission>,
    /// The live consent of this person to this relying party.
    pub consent: Option<&'a Consent>,
    /// Whether the person refused on the consent page.
    pub declined: bool,
    /// Whether they consented there, to this very request.
    pub allowed: bool,
    /// Whether every program on the person's machine could be the one that asks (RFC 8252 section 8.6): a remembered
    /// consent says nothing of it.
    pub is_native: bool,
}

/// Who is signed in, and since when.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    pub account: AccountId,
    /// When the person proved to be its owner.
    pub auth_time: Timestamp,
    pub acr: Acr,
    /// How strongly they could, by what they have enrolled.
    pub could: Acr,
}

/// What access says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Holds,
    /// Nothing is missing but the second factor, which the person can prove now.
    LacksSecondFactor,
    /// Something else doesn't hold.
    Refused,
}

/// The next step, or the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The person signs in.
    SignIn,
    /// The person proves again who they are: the sign-in is too old, or not strong enough.
    Reauthenticate,
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
pub fn next(situation: Situation<'_>) -> Next {
    if situation.declined {
        return Next::Decline;
    }
    if !situation.can_be_strong_enough() {
        return Next::TooWeak;
    }
    let Some(sign_in) = situation.sign_in else { return Next::SignIn };
    let is_expected = situation.request.expected.is_none_or(|expected| expected == sign_in.account);
    if situation.asks_again(sign_in) || (situation.is_too_old(sign_in) && !is_expected) {
        return Next::SignIn;
    }
    // OpenID Connect Core section 3.1.2.1, `id_token_hint`: never an answer about somebody else.
    if !is_expected {
        return Next::SomebodyElse;
    }
    if !situation.is_within_reach(sign_in) {
        return Next::TooWeak;
    }
    if situation.is_too_old(sign_in)
        || !situation.request.is_met_by(sign_in.acr)
        || situation.is_wished_stronger(sign_in)
    {
        return Next::Reauthenticate;
    }
    match situation.admission {
        None => Next::ChooseCompany,
        Some(Admission::LacksSecondFactor) => Next::Reauthenticate,
        Some(Admission::Refused) => Next::Refuse,
        Some(Admission::Holds) if !situation.is_consented() => Next::Consent,
        Some(Admission::Holds) => Next::Answer,
    }
}

impl Situation<'_> {
    /// The person isn't bothered for nothing.
    fn can_be_strong_enough(&self) -> bool {
        Acr::ALL.iter().any(|acr| self.request.is_met_by(*acr))
    }

    /// A second factor can be enrolled on the way. A passkey can't: whoever has none can't be as strong as that now.
    fn is_within_reach(&self, sign_in: SignIn) -> bool {
        self.request.is_met_by(sign_in.acr.max(sign_in.could).max(Acr::TwoFactors))
    }

    /// `prompt=login` is met by a sign-in that came after the request.
    fn asks_again(&self, sign_in: SignIn) -> bool {
        let asked = self.request.prompts(Prompt::Login) || self.request.prompts(Prompt::SelectAccount);
        asked && sign_in.auth_time <= self.asked_at
    }

    /// `max_age` is met by a sign-in that came after the request, and by one young enough.
    fn is_too_old(&self, sign_in: SignIn) -> bool {
        let too_old = self.request.oldest_sign_in().is_some_and(|oldest| self.now >= sign_in.auth_time + oldest);
        too_old && sign_in.auth_time <= self.asked_at
    }

    /// `acr_values` is a wish: whoever can meet it is asked to, once, where a page may be shown.
    fn is_wished_stronger(&self, sign_in: SignIn) -> bool {
        let can_be_met = !self.request.is_content_with(sign_in.acr) && self.request.is_content_with(sign_in.could);
        can_be_met && sign_in.auth_time <= self.asked_at && !self.request.prompts(Prompt::None)
    }

    fn is_consented(&self) -> bool {
        self.consent.is_some_and(|consent| {
            let given_since = consent.granted_at > self.asked_at;
            let remembered = !self.is_native && (given_since || !self.request.prompts(Prompt::Consent));
            consent.scope.cover(&self.request.sights()) && (self.allowed || remembered)
        })
    }
}
