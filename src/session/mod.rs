//! Sessions: how somebody signs in, in which browsers an account is signed in now, and what ends that.
//! Whether access holds is asked of `access`; what relying parties were given hangs from `authorization`.

mod attempt;
mod live;
mod loss;
pub mod pending;
mod proof;
pub mod sign_in;
mod unlock;

pub use attempt::{Guess, LoginAttempt};
pub use live::{
    Begin, Session, Strengthening, begin, choose, end, end_all, end_run_out, find, holds, is_stale, list, renew,
    strengthen, sweep, touch,
};
pub use loss::{lose, lose_all};
pub use pending::void_pending;
pub use proof::{Acr, Proof, strongest};
pub use unlock::{locked, unlock};
