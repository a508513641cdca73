//! What mails say. A letter is one purpose: the sentence, the button, the bare link, why you get it, what happens if
//! you do nothing.

mod security;
mod sheet;
mod staff_invitation;

use std::sync::Arc;

use askama::Template;

use crate::base::{Fault, Timestamp};
use crate::words::Words;
use crate::words::brand::{Accent, Brand};

pub use security::{Alarm, NewPassword, Origin, SecurityChange, TakeBack};
pub use staff_invitation::StaffInvitation;

/// What every mail needs: the reader's language and the operator's name.
#[derive(Clone, Debug)]
pub struct Stationery {
    /// The sentences of the reader's language.
    pub words: Words,
    /// Whose mail it is.
    pub brand: Arc<Brand>,
    /// The instant of writing.
    pub now: Timestamp,
}

impl Stationery {
    pub(super) fn accent(&self) -> Accent {
        self.brand.accent.by_day()
    }

    pub(super) fn ink(&self) -> Accent {
        self.accent().ink()
    }
}

pub(super) fn rendered(template: &impl Template) -> Result<String, Fault> {
    template.render().map_err(|error| Fault::broken("writing a mail", error))
}
