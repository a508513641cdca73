//! `guichet account show`: what there is to know about an account when its owner calls.

use crate::access::{self, Condition, Met, Snapshot};
use crate::account::{self, AccountRecord};
use crate::base::Address;
use crate::cli::failure::one_line;
use crate::cli::{Failure, OpenedApp, output, tell};
use crate::session::{self, Session};
use crate::staff;
use crate::words::Words;

use super::arguments::Named;

/// What `guichet account show` takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// Judge as if the person came from this address
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
}

/// Prints the account: names, times, each company with its standing and rights, sessions.
pub(super) async fn run(opened: &OpenedApp, arguments: &Arguments) -> Result<(), Failure> {
    let from = arguments.from.as_deref().map(parse_address).transpose()?;
    let (_, found) = arguments.named.find(opened).await?;
    let read = opened.look(async |view| {
        let names = account::names(&mut view.db, found.id).await?;
        let people = access::of_account(&mut view.db, found.id).await?;
        let sessions = session::list(&mut view.db, found.id, view.now, view.lives.session_idle).await?;
        Ok((names, people, sessions))
    });
    let (names, people, sessions) = read.await?;
    show_account(&found, &names);
    if let Some(member) = opened.look(async |view| staff::find(&mut view.db, found.id).await).await? {
        tell(format!("\nOne of the vendor's people, {}", one_line(&member.name)));
        list("roles", member.roles.iter());
        show_sessions(&sessions);
        return Ok(());
    }
    for person in &people {
        show_person(person, from);
    }
    if people.is_empty() {
        tell("\nIt may act for no company.");
    }
    show_sessions(&sessions);
    Ok(())
}

fn parse_address(text: &str) -> Result<Address, Failure> {
    Address::parse(text).ok_or_else(|| Failure::new(format!("`{text}` is no address"), "write it like 192.0.2.7"))
}

fn show_account(found: &AccountRecord, names: &[String]) {
    tell(format!("{}  ({} {})", names.join(", "), found.kind, found.id));
    let times = [
        ("created", Some(found.created_at)),
        ("activated", found.activated_at),
        ("mailbox confirmed", found.mailbox_proven_at),
        ("password set", found.password_set_at),
        ("switched off", found.disabled_at),
    ];
    for (what, at) in times {
        if let Some(at) = at {
            tell(format!("  {what} {at}"));
        }
    }
}

fn show_person(person: &Snapshot, from: Option<Address>) {
    let (company, name) = (one_line(&person.company.name), one_line(&person.contact.full_name()));
    tell(format!("\n{company} ({}), as {name} <{}>", person.company.reference, person.contact.email));
    tell(format!("  profile {}", person.membership.profile));
    list("roles", person.membership.roles.iter());
    list("e-services", person.entitlements().iter());
    list("branch", person.membership.branch.iter());
    list("networks of the person", person.membership.networks.iter());
    list("networks of the company", person.company.vendor_networks.iter());
    list("networks of the company's own", person.company.own_networks.iter());
    let sentences = Sentences::about(person, from);
    for (condition, met) in access::judge_from(person, from).conditions() {
        match met {
            Met::Yes => tell(format!("  ok    {condition}")),
            Met::Unknown => tell(format!("  ?     {condition}: --from ADDRESS judges a sign-in from there")),
            Met::No => tell(format!("  unmet {condition}: {}", sentences.say(condition))),
        }
    }
}

fn list<T: ToString>(what: &str, items: impl Iterator<Item = T>) {
    let words: Vec<String> = items.map(|item| item.to_string()).collect();
    if !words.is_empty() {
        tell(format!("  {what}: {}", words.join(", ")));
    }
}

fn show_sessions(sessions: &[Session]) {
    tell(if sessions.is_empty() { "\nNo session is open." } else { "\nSessions" });
    for session in sessions {
        let address = session.address.as_deref().unwrap_or("an unknown address");
        // What a browser says of itself may hold anything.
        let browser = one_line(&session.user_agent);
        tell(format!(
            "  {} since {}, last used {} from {address}, {browser}",
            session.id, session.created_at, session.last_seen_at
        ));
    }
}

/// The sentences that explain unmet conditions to the operator.
pub(super) struct Sentences {
    words: Words,
    company: String,
    person: String,
    address: String,
}

impl Sentences {
    /// About a person who comes from there, in the language of the operator's terminal.
    pub(super) fn about(person: &Snapshot, from: Option<Address>) -> Self {
        let words = Words::of(output::language());
        let address = from.map_or_else(|| words.say("access-address-unknown"), |address| address.to_string());
        Self { words, company: person.company.name.clone(), person: person.contact.full_name(), address }
    }

    /// Why the condition isn't met, and who can do something about it.
    pub(super) fn say(&self, condition: Condition) -> String {
        let values =
            [("company", self.company.as_str()), ("person", &self.person), ("address", &self.address), ("service", "")];
        one_line(&self.words.tell(&format!("access-{condition}-staff"), &values))
    }
}
