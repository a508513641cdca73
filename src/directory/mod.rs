//! The directory (R-DIR): companies, their branches and their contacts, as the vendor's ERP knows them.
//! Only this module writes those three tables. It knows nothing of accounts: a contact is a person's record, not their
//! means to sign in (R-DIR-5).

mod company;
mod contact;
mod correction;
pub mod import;
mod search;

#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization as _;

pub use company::{Branch, Company, block, branches, bump, company, company_by_ref, require_second_factor, unblock};
pub use contact::{Contact, contact, contact_by_ref, contacts_by_email};
pub use correction::{Correction, Field, TypedRecord, Unfit, correct};
pub use search::{CompanyFilter, ContactFilter, DirectorySearch, FoundContact, search_companies, search_contacts};

/// A reference in its one spelling: whoever types or sends one may leave its letters in parts.
fn composed(reference: &str) -> String {
    reference.nfc().collect()
}
