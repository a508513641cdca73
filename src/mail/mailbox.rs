//! A mailbox in memory that takes every letter: what the demo shows and tests read. No configuration can name it.

use serde::Serialize;
use tokio::sync::watch;

use crate::base::Timestamp;
use crate::base::ids::MailId;
use crate::mail::Letter;

/// The oldest letters go when there are more.
const KEPT: usize = 1_000;

/// All mail of a demo or a test.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(watch::Sender<Vec<Sent>>);

/// A letter that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The outbox row it came from.
    pub id: MailId,
    /// Who it is for.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where the HTML part leads.
    pub links: Vec<String>,
    /// When it was sent.
    pub at: Timestamp,
}

impl Mailbox {
    /// Every letter, oldest first.
    pub fn letters(&self) -> Vec<Sent> {
        self.0.borrow().clone()
    }

    /// Waits until there is a letter.
    #[cfg(test)]
    pub(crate) async fn filled(&self) {
        // It can't be closed: a sender is here.
        drop(self.0.subscribe().wait_for(|letters| !letters.is_empty()).await);
    }

    pub(super) fn take(&self, id: MailId, to: &str, letter: Letter, at: Timestamp) {
        let links = links(&letter.html);
        let Letter { subject, text, html } = letter;
        self.0.send_modify(|letters| {
            if letters.len() >= KEPT {
                letters.remove(0);
            }
            letters.push(Sent { id, to: to.to_owned(), subject, text, html, links, at });
        });
    }
}

/// The targets of links in HTML that our own templates wrote: quoted, with the ampersand escaped.
fn links(html: &str) -> Vec<String> {
    let targets = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    targets.map(|target| target.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn links_are_what_a_browser_would_follow() {
        let html = [
            r#"<a href="http://localhost:8080/links/a?b=c&#38;d=e">x</a>"#,
            r#"<a class="button" href="http://h/?a=1&amp;b=2">y</a>"#,
        ]
        .join(" ");
        assert_eq!(links(&html), ["http://localhost:8080/links/a?b=c&d=e", "http://h/?a=1&b=2"]);
    }
}
