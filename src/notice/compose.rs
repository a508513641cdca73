//! Writes a letter out of the facts that its deed fixed: only ids and codes were kept, so that it says what is so when
//! it leaves.

use crate::access;
use crate::account;
use crate::audit::{Facts, LetterKind};
use crate::base::ids::{AccountId, ContactId};
use crate::base::{Fault, Place, Secret};
use crate::directory;
use crate::mail::{ClaimedLetter, Letter};
use crate::notice::letters::{Alarm, NewPassword, Origin, SecurityChange, StaffInvitation, Stationery, TakeBack};
use crate::notice::postman::Postman;
use crate::store::{Db, View};
use crate::words::{UserAgent, Words};

/// Whom a letter speaks of, in words.
#[derive(Default)]
struct Names {
    /// Its reader.
    reader: String,
    /// What the account signs in with.
    login: String,
    company: String,
    /// The person, with the companies they are at, for somebody who doesn't know them.
    person: String,
}

impl Postman {
    /// The letter, and the link in it, which works once both are kept.
    pub(super) async fn compose(&self, claimed: &ClaimedLetter) -> Result<(Letter, Option<Secret>), Fault> {
        let facts = claimed.facts(self.context.seal.as_ref())?;
        let facts: Facts = serde_json::from_slice(&facts).map_err(|cause| Fault::broken("reading a letter", cause))?;
        let kind: LetterKind = claimed.name.parse().map_err(|cause| Fault::broken("reading a letter", cause))?;
        let names = self.look(async |view| names(view, claimed.account, &facts).await).await?;
        let link = Self::fresh_link(claimed)?;
        let letter = self.write(kind, claimed, (&facts, names), link.as_ref())?;
        Ok((letter, link))
    }

    fn write(
        &self,
        kind: LetterKind,
        claimed: &ClaimedLetter,
        (facts, names): (&Facts, Names),
        link: Option<&Secret>,
    ) -> Result<Letter, Fault> {
        let (words, brand, now) = (Words::of(claimed.language), self.context.brand.clone(), self.context.clock.now());
        let on = Stationery { words, brand, now };
        let way = link.zip(claimed.leads_to).map(|(link, purpose)| TakeBack {
            link: format!("{}{}", self.context.issuer, Place::link(link.expose())),
            until: now + purpose.life(&self.context.lives),
        });
        match (kind, way) {
            (LetterKind::NewPassword, Some(way)) => {
                NewPassword { name: names.reader, login: names.login, link: way.link, until: way.until }.write(&on)
            }
            (LetterKind::StaffInvitation, Some(way)) => {
                StaffInvitation { name: names.reader, login: names.login, link: way.link, until: way.until }.write(&on)
            }
            (LetterKind::Alarm, _) => Alarm {
                person: names.person,
                login: names.login,
                reference: facts.reference.clone().unwrap_or_default(),
                at: claimed.turn.created_at,
                home: format!("{}{}", self.context.issuer, Place::Root.path()),
            }
            .write(&on),
            (what, not_me) => SecurityChange {
                name: names.reader,
                what,
                company: names.company,
                at: claimed.turn.created_at,
                origin: origin(facts, &on),
                due: facts.until,
                not_me,
            }
            .write(&on),
        }
    }
}

fn origin(facts: &Facts, on: &Stationery) -> Option<Origin> {
    let address = facts.address.clone().unwrap_or_else(|| on.words.say("access-address-unknown"));
    let device = UserAgent::from_user_agent(facts.user_agent.as_deref()?);
    Some(Origin { device, address })
}

async fn names(view: &mut View, reader: Option<AccountId>, facts: &Facts) -> Result<Names, Fault> {
    let db = &mut view.db;
    let mut names = Names { reader: reader_s_name(db, reader, facts.contact).await?, ..Names::default() };
    if let Some(company) = facts.company {
        names.company = directory::company(db, company).await?.map(|company| company.name).unwrap_or_default();
    }
    let Some(account) = facts.account else { return Ok(names) };
    names.login = account::login_of(db, account).await?.unwrap_or_default();
    names.person.clone_from(&names.login);
    if reader.is_none() {
        let people = access::of_account(db, account).await?;
        let companies: Vec<&str> = people.iter().map(|person| person.company.name.as_str()).collect();
        if let Some(person) = people.first() {
            names.person = format!("{} ({})", person.contact.full_name(), companies.join(", "));
        }
    }
    Ok(names)
}

async fn reader_s_name(db: &mut Db, reader: Option<AccountId>, contact: Option<ContactId>) -> Result<String, Fault> {
    if let Some(contact) = contact {
        let contact = directory::contact(db, contact).await?;
        return Ok(contact.map(|one| format!("{} {}", one.first_name, one.last_name)).unwrap_or_default());
    }
    let Some(account) = reader else { return Ok(String::new()) };
    Ok(access::of_staff(db, account).await?.map(|staff| staff.name).unwrap_or_default())
}
