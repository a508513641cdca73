//! Posts letters as intents: a deed fixes in its own unit of work the mailbox, the Message-ID (the row's id), the
//! language and the ids and codes of what a letter tells; no word of it is written yet, and no link made. `notice` does
//! both when the letter is taken up, if what it leads to still stands.

use crate::access::{self, Reader};
use crate::base::Fault;
use crate::base::actor::Who;
use crate::base::ids::MailId;
use crate::mail::{self, Intent};
use crate::store::Tx;

use super::deed::Deed;
use super::letter::{Facts, LetterKind, Recipient};

/// Posts the letters of a deed. Answers the last one's id; nothing, where there is nobody to write to.
pub(super) async fn post(tx: &mut Tx, deed: &Deed) -> Result<Option<MailId>, Fault> {
    let by_reason = deed.because.and_then(|reason| reason.letter(deed.what));
    let mut posted = None;
    for (letter, recipient) in deed.what.letters().iter().copied().chain(by_reason) {
        if deed.without == Some(letter) {
            continue;
        }
        let readers = match (recipient, deed.account, deed.company) {
            (Recipient::Owner, Some(account), _) => access::reader(&mut tx.db, account).await?.into_iter().collect(),
            (Recipient::Administrators, _, Some(company)) => access::readers_at(&mut tx.db, company).await?,
            (Recipient::CustomerService, ..) => {
                posted = send(tx, deed, letter, None).await?;
                continue;
            }
            (Recipient::Owner, None, _) | (Recipient::Administrators, _, None) => Vec::new(),
        };
        for reader in &readers {
            posted = send(tx, deed, letter, Some(reader)).await?;
        }
    }
    Ok(posted)
}

async fn send(tx: &mut Tx, deed: &Deed, letter: LetterKind, reader: Option<&Reader>) -> Result<Option<MailId>, Fault> {
    // In whose browser others did it is none of the reader's business.
    let is_own = match tx.by.who {
        Who::Account(by) => deed.account == Some(by),
        Who::Visitor => true,
        Who::Client(_) | Who::Operator | Who::Timetable => false,
    };
    let browser = tx.by.browser.clone().filter(|_| is_own);
    let language = reader.and_then(|reader| reader.language).or(browser.as_ref().map(|browser| browser.language));
    let facts = Facts {
        account: deed.account,
        contact: reader.and_then(|reader| reader.contact),
        company: deed.company,
        address: tx.by.address.filter(|_| browser.is_some()).map(|address| address.to_string()),
        user_agent: browser.map(|browser| browser.user_agent),
        until: deed.until,
        reference: deed.reference.clone(),
    };
    let intent = Intent {
        name: letter.as_str(),
        to: reader.map(|reader| reader.mailbox.clone()),
        account: reader.map(|reader| reader.account),
        language: language.unwrap_or_default(),
        leads_to: letter.leads_to(),
        facts: serde_json::to_vec(&facts).map_err(|cause| Fault::broken("writing a letter's facts", cause))?,
    };
    mail::post(tx, intent).await
}
