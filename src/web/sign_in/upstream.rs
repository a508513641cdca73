//! Staff on their way to the vendor's own OpenID provider, and back. Only accounts of staff are entered here (R-DEL-6).

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;

use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::ids::InteractionId;
use crate::base::{Fault, Place, Secret};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::{Caller, InteractionQuery, interaction, request, wanted_by};
use crate::page::{ErrorPage, Framed as _};
use crate::session::sign_in::{BrowserContext, Outcome};
use crate::staff;
use crate::staff::upstream::linking::{Recognition, RefusedIdentity, follow, recognise};
use crate::staff::upstream::{Provider, UpstreamAttempt, UpstreamError as Upstream, UpstreamPurpose, Vouched};
use crate::staff::vouched::{self, VouchedAccount as Account};
use crate::store::Tx;
use crate::web::sign_in::back::For;
use crate::web::sign_in::step::SignInStep;

/// Sends the browser to the provider, and remembers what must come back with it.
pub(crate) async fn depart(
    State(app): State<App>,
    caller: Caller,
    InteractionQuery(interaction): InteractionQuery,
    Query(wanted): Query<For>,
) -> Result<Response, Rejection> {
    let (provider, browser) = begin(&app, &caller)?;
    let departure =
        match provider.depart(UpstreamPurpose { language: caller.language, interaction, back: wanted.page() }).await {
            Ok(departure) => departure,
            Err(trouble) => return Ok(refuse(&app, &caller, &trouble.to_string()).await?),
        };
    let browser = browser.digest();
    let remembered = app.act(caller.acts_as(Who::Visitor), async |tx| {
        staff::upstream::begin(tx, &departure.state, &browser, &departure.attempt).await
    });
    remembered.await?;
    Ok(answer::see_other(&departure.url))
}

/// The provider, and the browser whose attempt it is.
fn begin<'a>(app: &'a App, caller: &'a Caller) -> Result<(&'a Provider, &'a Secret), Rejection> {
    let provider = app.upstream.as_ref().ok_or_else(|| answer::trouble(caller, ErrorKind::NotFound))?;
    let browser = caller.browser.as_ref().ok_or_else(|| answer::trouble(caller, ErrorKind::StaleInteraction))?;
    Ok((provider, browser))
}

/// Takes the provider's answer: once, in the browser that was sent there, from the provider that was asked.
pub(crate) async fn arrive(
    State(app): State<App>,
    caller: Caller,
    Query(answered): Query<Vec<(String, String)>>,
) -> Result<Response, Rejection> {
    let (provider, browser) = begin(&app, &caller)?;
    let stale = || answer::trouble(&caller, ErrorKind::StaleInteraction);
    let answered = Answered::read(answered).ok_or_else(stale)?;
    let browser = browser.digest();
    let attempt = app
        .act(caller.acts_as(Who::Visitor), async |tx| staff::upstream::redeem(tx, &answered.state, &browser).await)
        .await?;
    let attempt = attempt.ok_or_else(stale)?;
    match vouch(&app, provider, answered, attempt.clone()).await {
        Ok(vouched) => enter(&app, caller, &vouched, &attempt).await,
        Err(trouble) => Ok(refuse(&app, &caller, &trouble.to_string()).await?),
    }
}

/// The parameters of the answer, each at most once.
struct Answered {
    state: Secret,
    code: Option<String>,
    error: Option<String>,
    issuer: Option<String>,
}

impl Answered {
    fn read(pairs: Vec<(String, String)>) -> Option<Self> {
        let count = pairs.len();
        let mut fields: BTreeMap<String, String> = pairs.into_iter().collect();
        if fields.len() < count {
            return None;
        }
        let state = Secret::presented(&fields.remove("state")?);
        Some(Self { state, code: fields.remove("code"), error: fields.remove("error"), issuer: fields.remove("iss") })
    }
}

async fn vouch(
    app: &App,
    provider: &Provider,
    answered: Answered,
    attempt: UpstreamAttempt,
) -> Result<Vouched, Upstream> {
    // RFC 9207: an answer that names its issuer names the one that was asked.
    if answered.issuer.is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(Upstream::Distrusted("another issuer answered".to_owned()));
    }
    match (answered.code, answered.error) {
        (Some(code), None) => provider.arrive(code, attempt, app.clock.now()).await,
        (_, Some(error)) => Err(Upstream::Refused(error.chars().filter(|c| !c.is_control()).take(100).collect())),
        (None, None) => Err(Upstream::Distrusted("it answered neither a code nor an error".to_owned())),
    }
}

/// How the provider's word ended here.
enum End {
    Refused(RefusedIdentity),
    Judged(Outcome),
}

async fn enter(
    app: &App,
    mut caller: Caller,
    vouched: &Vouched,
    attempt: &UpstreamAttempt,
) -> Result<Response, Rejection> {
    let waiting = interaction::waiting(app, &mut caller, attempt.interaction).await?;
    let arrival = SignInStep::new(app, &caller)?.towards(waiting.as_ref(), attempt.back.as_deref());
    let end = app.act(caller.acts_as(Who::Visitor), async |tx| sign_in(tx, vouched, arrival.visit()).await).await?;
    match end {
        End::Refused(why) => Ok(refuse(app, &caller, why.as_str()).await?),
        End::Judged(outcome) => match arrival.end(outcome)? {
            Some(response) => Ok(response),
            None => Err(Fault::broken("a sign-in of staff", "it was judged as a contact's").into()),
        },
    }
}

async fn sign_in(tx: &mut Tx, said: &Vouched, visit: BrowserContext<'_>) -> Result<End, Fault> {
    let id = match recognise(tx, said).await? {
        Recognition::Staff(account) => account,
        Recognition::Refused(refused) => return Ok(End::Refused(refused)),
    };
    request::note_account(id);
    let account = Account { account: id, proven_at: said.proven_at, by_two_factors: said.by_two_factors };
    let outcome = vouched::enter_vouched(tx, account, visit).await?;
    follow(tx, id, said, matches!(outcome, Outcome::Entered(_))).await?;
    Ok(End::Judged(outcome))
}

/// Says that nobody was let in; why, the trail and the log know. A stranger learns no more.
async fn refuse(app: &App, caller: &Caller, why: &str) -> Result<Response, Fault> {
    let reference = answer::reference();
    tracing::warn!(%reference, why, "a sign-in at the vendor's provider let nobody in");
    let why: String = why.chars().take(300).collect();
    let deed = Deed::new(DeedKind::UpstreamRefused).reference(&reference).detail("because", why);
    app.act(caller.acts_as(Who::Visitor), async |tx| tx.record(deed).await).await?;
    let page = ErrorPage { reference: Some(reference), ..ErrorPage::new(caller.frame(app)?, ErrorKind::Upstream) };
    Ok(answer::page(ErrorKind::Upstream.status(), &page))
}

/// Where the sign-in page offers the provider.
pub(crate) fn offer(app: &App, interaction: Option<InteractionId>) -> Option<(String, String)> {
    app.upstream.as_ref().map(|provider| (provider.name().to_owned(), interaction::at(Place::Upstream, interaction)))
}

/// Where one of the staff proves there, for a page of ours, that they are still here.
pub(crate) fn offer_again(app: &App, back: &str) -> Option<(String, String)> {
    app.upstream.as_ref().map(|provider| (provider.name().to_owned(), wanted_by(Place::Upstream, back)))
}
