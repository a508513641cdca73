//! Judging what a passkey signed, whatever it is for: the challenge is taken up once, the key looked up, the signature
//! verified, and what is wrong recorded. Nobody guesses at signatures, so that no limit closes here.

use crate::account::passkey::{self, Binding, PasskeyFlaw, SignedChallenge, StoredPasskey, VerifiedPasskey};
use crate::app::App;
use crate::audit::{Deed, DeedKind};
use crate::base::Fault;
use crate::base::actor::Who;
use crate::http::Caller;
use crate::web::passkey::Answered;

/// Verifies an answer; nothing for one that doesn't count, whatever is wrong with it (R-ADM-7).
pub(crate) async fn verify(
    app: &App,
    caller: &Caller,
    bound: &Binding,
    answered: &Answered,
) -> Result<Option<VerifiedPasskey>, Fault> {
    let (Some(site), Some(ceremony), Some(answer)) =
        (&app.site, answered.ceremony(), SignedChallenge::parse(&answered.credential))
    else {
        return Ok(None);
    };
    let state = app.act(caller.acts_as(Who::Visitor), async |tx| passkey::redeem(tx, bound, ceremony).await).await?;
    let Some(state) = state else { return Ok(None) };
    let kept = app.look(async |view| passkey::find(&mut view.db, answer.credential_id()).await).await?;
    let Some(kept) = kept else {
        refuse(app, caller, None, "no such passkey").await?;
        return Ok(None);
    };
    if bound.whose.is_some_and(|(account, _)| account != kept.account) {
        refuse(app, caller, Some(&kept), "it is another account's").await?;
        return Ok(None);
    }
    if bound.whose.is_none() && kept.confined_at.is_some() {
        refuse(app, caller, Some(&kept), "it signs in beside a password only").await?;
        return Ok(None);
    }
    match site.judge_signature(state, &answer, kept.clone()) {
        Ok(verified) => Ok(Some(verified)),
        Err(flaw) => {
            tell(app, caller, &kept, &flaw).await?;
            Ok(None)
        }
    }
}

async fn tell(app: &App, caller: &Caller, kept: &StoredPasskey, flaw: &PasskeyFlaw) -> Result<(), Fault> {
    refuse(app, caller, Some(kept), flaw.why()).await?;
    match flaw {
        PasskeyFlaw::Invalid(_) => Ok(()),
        PasskeyFlaw::Copied => app.act(caller.acts_as(Who::Visitor), async |tx| passkey::doubt(tx, kept).await).await,
    }
}

/// A line of the trail, about whom a stranger chose to name.
async fn refuse(app: &App, caller: &Caller, kept: Option<&StoredPasskey>, why: &str) -> Result<(), Fault> {
    let deed = Deed::new(DeedKind::SessionRefused).detail("unmet", ["passkey"]).detail("because", why);
    let deed = match kept {
        Some(kept) => deed.account(kept.account).subject(kept.id),
        None => deed,
    };
    app.act(caller.acts_as(Who::Visitor), async |tx| tx.record(deed).await).await
}
