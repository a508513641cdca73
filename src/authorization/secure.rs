//! What an owner's alarm makes void, in one unit of work.

use crate::account::factor::reset;
use crate::account::{self, LinkPurpose, device, link, passkey};
use crate::audit::EndReason;
use crate::base::Fault;
use crate::base::ids::AccountId;
use crate::session;
use crate::store::Tx;

use super::end_all;

/// Nothing that was won before this stays: no password, no session, no token, no known browser. The second factor does:
/// whoever reads the mailbox alone must not get rid of it. One that somebody else enrolled is Customer Service's to
/// reset.
pub async fn secure(tx: &mut Tx, owner: AccountId) -> Result<(), Fault> {
    account::void_password(tx, owner).await?;
    passkey::confine(tx, owner).await?;
    session::end_all(tx, owner, EndReason::Alarm).await?;
    end_all(tx, owner, EndReason::Alarm).await?;
    device::forget_all(tx, owner).await?;
    reset::stop(tx, owner).await?;
    for purpose in
        [LinkPurpose::NotMe, LinkPurpose::PasswordChoice, LinkPurpose::NewPassword, LinkPurpose::StaffInvitation]
    {
        link::void(tx, owner, purpose).await?;
    }
    Ok(())
}
