//! What an owner's alarm makes void, in one unit of work.

use super::{Because, end_all};
use crate::account::factor::reset;
use crate::account::{self, Purpose, device, link, passkey};
use crate::base::Fault;
use crate::base::ids::AccountId;
use crate::session;
use crate::store::Tx;

/// Nothing that was won before this stays: no password, no session, no token, no known browser. The second factor does:
/// whoever reads the mailbox alone must not get rid of it. One that somebody else enrolled is Customer Service's to
/// reset.
pub async fn secure(tx: &mut Tx, owner: AccountId) -> Result<(), Fault> {
    account::void_password(tx, owner).await?;
    passkey::confine(tx, owner).await?;
    session::end_all(tx, owner, session::Because::Alarm).await?;
    end_all(tx, owner, Because::Alarm).await?;
    device::forget_all(tx, owner).await?;
    reset::stop(tx, owner).await?;
    for purpose in [Purpose::NotMe, Purpose::PasswordChoice, Purpose::NewPassword, Purpose::StaffInvitation] {
        link::void(tx, owner, purpose).await?;
    }
    Ok(())
}
