//! What a relying party asks for, in words, before and after consent.

use super::frame::Frame;

/// The scopes that have a sentence.
pub const SCOPES: [&str; 8] = ["openid", "profile", "email", "phone", "address", "company", "rights", "offline_access"];

/// What scopes mean in words, in the order people are shown.
pub fn in_words<'s>(frame: &Frame, scopes: impl IntoIterator<Item = &'s str>) -> Vec<String> {
    let asked: Vec<&str> = scopes.into_iter().collect();
    SCOPES.iter().filter(|scope| asked.contains(scope)).map(|scope| frame.say(&format!("scope-{scope}"))).collect()
}
