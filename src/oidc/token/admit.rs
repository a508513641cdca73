//! Whether somebody's access holds as their grant is redeemed: the phase that no grant can leave out.

use crate::access::{self, AuthorizationFacts};
use crate::audit::EndReason;
use crate::authorization;
use crate::base::ids::AuthorizationId;
use crate::base::{Address, Fault};
use crate::oidc::door;
use crate::oidc::errors::Error;
use crate::relying_party::RelyingParty;
use crate::store::Tx;

/// Who redeems, and from where.
#[derive(Clone, Copy)]
pub(super) struct Entering<'a> {
    pub(super) client: &'a RelyingParty,
    pub(super) address: Option<Address>,
}

/// Someone whose access was found to hold at this client, in this unit of work.
pub(super) struct Admitted<'a> {
    pub(super) client: &'a RelyingParty,
    pub(super) hanging: AuthorizationFacts,
}

/// Phase 5: access is asked at this door too (fault 2), of the rows as they are now.
pub(super) async fn admit<'a>(
    tx: &mut Tx,
    entering: Entering<'a>,
    sid: AuthorizationId,
) -> Result<Result<Admitted<'a>, Error>, Fault> {
    let (now, idle) = (tx.now, tx.lives.session_idle);
    let Some(hanging) = access::of_authorization(&mut tx.db, sid).await?.filter(|hanging| hanging.is_live(now, idle))
    else {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    };
    let standing = door::judge(entering.client, &hanging, entering.address, now, idle);
    if standing.is_final() {
        authorization::end(tx, sid, EndReason::AccessLost).await?;
    }
    if !standing.holds() {
        return Ok(Err(Error::grant("access does not hold for the person behind this grant")));
    }
    if hanging.tokens_issued_at.is_none() && !authorization::mark_tokens_issued(tx, sid).await? {
        return Ok(Err(Error::grant("the sign-in behind this grant has ended")));
    }
    Ok(Ok(Admitted { client: entering.client, hanging }))
}
