//! The page that carries an authorization answer to the relying party in a form (OAuth 2.0 Form Post Response Mode):
//! a script sends it, or the person does where no script runs.

use askama::Template;

use crate::page::Frame;

/// The page.
#[derive(Debug, Template)]
#[template(path = "authorize/form_post.html")]
pub struct FormPostPage {
    /// What every page shares.
    pub frame: Frame,
    /// The redirect URI.
    pub action: String,
    /// Its host, which people recognise.
    pub host: String,
    /// The parameters of the answer.
    pub fields: Vec<(&'static str, String)>,
}
