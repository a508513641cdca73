//! Who lives in the demonstration: the directory files, the accounts and the relying parties.

use serde::Deserialize;

use crate::account::factor::{self, Offer, Replacing, Seed};
use crate::account::{self, Created};
use crate::app::{App, CannotStart};
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Actor, EServiceCode, Fault, Networks, Profile, Role, Seal, SignInName};
use crate::directory::{self, import};
use crate::keys::KeyPurpose;
use crate::membership::{self, Giver, Grant};
use crate::relying_party;
use crate::store::Tx;

use super::cells::{each, unreadable};
use super::staff;

/// Everybody's password, of which the accounts have the hash: the policy refuses it.
pub const PASSWORD: &str = "Guichet-2026!";

/// A password that newcomers can choose.
pub const NEW_PASSWORD: &str = "Vexil-7tq-Orm4";

const COMPANIES: &str = include_str!("companies.csv");
const CONTACTS: &str = include_str!("contacts.csv");
const ACCOUNTS: &str = include_str!("accounts.csv");

/// Somebody with an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Persona {
    /// What they sign in with.
    pub login: String,
    contacts: String,
    profiles: String,
    roles: String,
    e_services: String,
    branch: Option<String>,
    networks: String,
    /// The seed of their authenticator app, for whoever wants to sign in as them.
    pub seed: Option<String>,
    /// What they show, in a few words.
    pub about: String,
}

/// Everybody with an account.
pub fn personas() -> Result<Vec<Persona>, Fault> {
    let mut reader = csv::Reader::from_reader(ACCOUNTS.as_bytes());
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::broken("reading the demonstration's accounts", error))
}

/// Brings the world into a database that may hold it already.
pub async fn build(app: &App) -> Result<(), CannotStart> {
    for (name, text) in [("companies.csv", COMPANIES), ("contacts.csv", CONTACTS)] {
        let file = import::read(name, text.as_bytes()).map_err(|refused| CannotStart::Settings(refused.to_string()))?;
        app.act(Actor::of(Who::Operator), async |tx| import::apply(tx, &file, import::ImportOptions::default()).await)
            .await?;
    }
    for persona in personas()? {
        let hash = app.hasher.hash(PASSWORD.to_owned()).await?;
        let seal = app.keys.master().sealer(KeyPurpose::TotpSeeds);
        app.act(Actor::of(Who::Operator), async |tx| {
            tx.post_no_letters();
            move_in(tx, &seal, &persona, &hash).await
        })
        .await?;
    }
    for member in staff::members()? {
        let hash = app.hasher.hash(PASSWORD.to_owned()).await?;
        app.act(Actor::of(Who::Operator), async |tx| {
            tx.post_no_letters();
            staff::move_in(tx, &member, &hash).await
        })
        .await?;
    }
    Ok(())
}

async fn move_in(tx: &mut Tx, seal: &dyn Seal, persona: &Persona, hash: &str) -> Result<(), Fault> {
    let name = SignInName::parse(&persona.login).map_err(unreadable)?;
    if account::credentials(&mut tx.db, &name).await?.is_some() {
        return Ok(());
    }
    let account = match account::create(tx, &[name]).await? {
        Created::Account(account) => account,
        Created::NameTaken(name) => return Err(unreadable(format!("{name} is taken"))),
    };
    account::set_password(tx, account, hash, tx.now).await?;
    for (contact, profile) in persona.contacts.split('|').zip(persona.profiles.split('|')) {
        let contact = directory::contact_by_ref(&mut tx.db, contact)
            .await?
            .ok_or_else(|| unreadable(format!("no contact {contact}")))?;
        membership::admit(tx, account, (contact.id, contact.company), Giver::Vendor, &persona.grant(profile)?).await?;
    }
    match &persona.seed {
        Some(seed) => enrol(tx, seal, account, seed).await,
        None => Ok(()),
    }
}

/// Enrols an authenticator app that everybody can have.
async fn enrol(tx: &mut Tx, seal: &dyn Seal, account: AccountId, seed: &str) -> Result<(), Fault> {
    let seed = Seed::parse(seed).ok_or_else(|| unreadable("no seed"))?;
    let offer = Offer { account, to: account.0 };
    let id = factor::offer(tx, seal, offer, &seed).await?;
    factor::prove(tx, offer, id, 0, Replacing::Nothing).await.map(drop)
}

impl Persona {
    fn grant(&self, profile: &str) -> Result<Grant, Fault> {
        Ok(Grant {
            profile: profile.parse::<Profile>().map_err(unreadable)?,
            roles: each(&self.roles, |word| word.parse::<Role>().map_err(unreadable))?,
            e_services: each(&self.e_services, |word| EServiceCode::parse(word).map_err(unreadable))?,
            branch: self.branch.clone().filter(|branch| !branch.is_empty()),
            networks: Networks::parse(&self.networks).map_err(unreadable)?,
        })
    }
}

/// The relying parties of the demonstration, as a configuration would declare them.
pub fn clients(portal_port: u16) -> Result<Vec<relying_party::Settings>, Fault> {
    declared(&include_str!("clients.toml").replace("8090", &portal_port.to_string()))
}

/// The relying parties that a text declares.
pub(super) fn declared(text: &str) -> Result<Vec<relying_party::Settings>, Fault> {
    #[derive(Deserialize)]
    struct File {
        clients: Vec<relying_party::Settings>,
    }
    let file: File =
        toml::from_str(text).map_err(|error| Fault::broken("the demonstration's relying parties", error))?;
    Ok(file
        .clients
        .into_iter()
        .map(|client| relying_party::Settings { of_the_demonstration: true, ..client })
        .collect())
}
