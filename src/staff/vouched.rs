//! Signing in as one of the vendor's people, once the vendor's own provider said who it is.

use crate::account::{self, LinkPurpose, link};
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, Timestamp};
use crate::session::Proof;
use crate::session::sign_in::{BrowserContext, Judged, Outcome};
use crate::store::Tx;

/// Somebody whom the vendor's own provider vouches for.
#[derive(Clone, Copy, Debug)]
pub struct VouchedAccount {
    pub account: AccountId,
    /// When they proved to the provider who they are.
    pub proven_at: Timestamp,
    /// Whether the provider says that it saw a second factor.
    pub by_two_factors: bool,
}

/// Lets in whom the vendor's own provider vouches for, where their access holds. What the provider proved activates an
/// invitation.
pub async fn enter_vouched(tx: &mut Tx, vouched: VouchedAccount, visit: BrowserContext<'_>) -> Result<Outcome, Fault> {
    tx.by.who = Who::Account(vouched.account);
    account::take_up(tx, vouched.account).await?;
    // The account is taken up: what was sent to take it up opens it no more.
    link::void(tx, vouched.account, LinkPurpose::StaffInvitation).await?;
    let proof = Proof::vouched(vouched.by_two_factors, vouched.proven_at);
    match Judged::by(tx, vouched.account, proof, visit).await? {
        Judged::Contact(_) => Err(Fault::broken("a sign-in of staff", "an account that is none of theirs")),
        staff @ Judged::Staff(..) => staff.admit(tx, vouched.account, proof, visit).await,
    }
}
