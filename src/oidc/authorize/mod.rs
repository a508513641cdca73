//! The authorization endpoint (`/oauth2/authorize`): reads a request, parks it while its person is busy elsewhere, and
//! answers.

mod answer;
mod claims_parameter;
pub mod consent;
pub mod consent_page;
mod dispatch;
pub mod form_post;
mod request;
#[cfg(test)]
mod tests;

pub use dispatch::{get, post};
