//! One question, asked at every door: may this person act, as this contact, here, now?
//! It reads every subject's rows, in one query and never from a cache, and calls none of them.

mod condition;
mod door;
mod snapshot;
mod standing;

pub use condition::{Condition, Lasting};
pub use door::{Door, Whose, counts, table};
pub use snapshot::{
    Hanging, HangingToken, Snapshot, administrators, of_account, of_authorization, of_membership, of_opaque_token, of_token,
};
pub use standing::{Asked, Standing, Unmet, judge};
