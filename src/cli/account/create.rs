//! `guichet account create`: an account for a contact of the directory, with rights at the contact's company.
//! The conditions of admission hold here too (R-ADM-1, 2, 6): a contact or company that isn't active gets no account.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::access;
use crate::account::password::{Hasher, RefusedWords, policy};
use crate::account::{self, Created};
use crate::audit::{Deed, DeedKind};
use crate::base::ids::MembershipId;
use crate::base::{EServiceCode, Fault, Networks, Profile, Role, SignInName};
use crate::cli::{Failure, OpenedApp, tell};
use crate::config::RefusedConfig;
use crate::directory::{self, Company, Contact};
use crate::membership::{self, Giver, Grant};
use crate::relying_party::RelyingParties;
use crate::rights::{Catalogue, PolicyFiles};
use crate::store::{Db, Tx};

use super::arguments::{AnyRole, parse_name, roles_of_a_contact};
use super::show::Sentences;
use super::{password, staff};

/// What `guichet account create` takes.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The ERP's reference of the contact
    #[arg(long, value_name = "REF", required_unless_present = "staff", conflicts_with = "staff")]
    contact: Option<String>,
    /// An account for one of the vendor's own people instead: prints a one-time link to choose a password with
    #[arg(
        long,
        requires = "email",
        requires = "name",
        conflicts_with_all = ["login", "e_service", "branch", "network", "password_file"],
    )]
    staff: bool,
    /// With --staff: what the person signs in with and is written to at
    #[arg(long, value_name = "EMAIL", requires = "staff")]
    email: Option<String>,
    /// With --staff: first and last name
    #[arg(long, value_name = "NAME", requires = "staff")]
    name: Option<String>,
    /// What the person signs in with besides the email, which it is by default
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
    /// How much of the company's data is seen: complete, limited or invoicing
    #[arg(long, value_name = "PROFILE", default_value_t = Profile::Complete)]
    profile: Profile,
    /// What may be done beyond seeing: account_admin, tickets, subscriptions or billing; for staff customer_service,
    /// support_agent or operator; may be given again
    #[arg(long, value_name = "ROLE")]
    role: Vec<AnyRole>,
    /// An e-service of the company, by its code; may be given again
    #[arg(long, value_name = "CODE")]
    e_service: Vec<EServiceCode>,
    /// The only branch whose data is seen
    #[arg(long, value_name = "CODE")]
    branch: Option<String>,
    /// A network the person may come from; may be given again, and without one it is any
    #[arg(long, value_name = "NET")]
    network: Vec<String>,
    /// A file that holds the password, or - for standard input; without it the terminal asks
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// What will be made, everything checked that can be before the unit of work.
struct Wish {
    contact: Contact,
    company: Company,
    names: Vec<SignInName>,
    grant: Grant,
    hash: String,
}

/// Why no account is made.
enum Refused {
    /// The contact has an account already, which goes by this login.
    HasAccount(String),
    /// The name is somebody's.
    Taken(SignInName),
    /// Conditions of access that would not hold, each in a sentence.
    Inadmissible(Vec<String>),
}

/// Makes the account and says what it may do.
pub(super) async fn run(opened: &OpenedApp, arguments: Arguments) -> Result<(), Failure> {
    if let (true, Some(email), Some(name)) = (arguments.staff, &arguments.email, &arguments.name) {
        return staff::create(opened, email, name, &arguments.role).await;
    }
    let wish = prepare(opened, arguments).await?;
    // Tried first, since what a unit of work wrote before it was refused would stay.
    opened.rehearse(async |tx| make(tx, &wish).await).await??;
    opened.act(async |tx| make(tx, &wish).await).await??;
    let names: Vec<&str> = wish.names.iter().map(SignInName::as_str).collect();
    let Wish { contact, company, grant, .. } = &wish;
    let (person, names) = (format!("{} {}", contact.first_name, contact.last_name), names.join(" or "));
    tell(format!("{person} of {} can sign in as {names}, with the profile {}.", company.name, grant.profile));
    Ok(())
}

async fn prepare(opened: &OpenedApp, arguments: Arguments) -> Result<Wish, Failure> {
    let reference = arguments.contact.as_deref().unwrap_or_default();
    let (contact, company) = opened.look(async |view| find(&mut view.db, reference).await).await?.ok_or_else(|| {
        Failure::new(format!("the directory has no contact {reference}"), "import it first, or check the reference")
    })?;
    let email = SignInName::from(&contact.email);
    let login = arguments.login.as_deref().map(parse_name).transpose()?.filter(|login| *login != email);
    let names: Vec<SignInName> = login.into_iter().chain([email]).collect();
    let grant = grant(opened, &arguments, &company).await?;
    let password = password::read(arguments.password_file.as_deref())?;
    let config = &opened.config;
    let mut known = vec![contact.first_name.as_str(), &contact.last_name, &company.name, &config.brand.name];
    known.extend(names.iter().map(SignInName::as_str));
    let relying_parties = RelyingParties::new(&config.clients).map_err(RefusedConfig::Value)?.names();
    known.extend(relying_parties.iter().map(String::as_str));
    let refused = RefusedWords::read(config.password.refused_file.as_deref()).map_err(RefusedConfig::Value)?;
    policy::check(&password, &known, &refused).map_err(|weak| {
        let advice = "take 12 to 128 characters with lower case, upper case, a digit and a special character";
        Failure::new(format!("the password is refused, since {weak}"), advice)
    })?;
    let hash = Hasher::new(&opened.config.password)?.hash(password).await?;
    Ok(Wish { contact, company, names, grant, hash })
}

async fn find(db: &mut Db, reference: &str) -> Result<Option<(Contact, Company)>, Fault> {
    let Some(contact) = directory::contact_by_ref(db, reference).await? else { return Ok(None) };
    let company = directory::company(db, contact.company).await?;
    Ok(company.map(|company| (contact, company)))
}

/// The rights asked for, inside the company's subscriptions and branches (R-RGT-3); administrators get what R-RGT-4
/// gives them.
async fn grant(opened: &OpenedApp, arguments: &Arguments, company: &Company) -> Result<Grant, Failure> {
    let roles: BTreeSet<Role> = roles_of_a_contact(&arguments.role)?;
    let mut e_services: BTreeSet<EServiceCode> = arguments.e_service.iter().cloned().collect();
    if let Some(foreign) = e_services.difference(&company.subscriptions).next() {
        return Err(Failure::new(
            format!("{} doesn't subscribe to {foreign}", company.name),
            &offer(&company.subscriptions),
        ));
    }
    if roles.contains(&Role::AccountAdmin) {
        let catalogue = Catalogue::read(&PolicyFiles::read(opened.config.policies.as_deref())?)?;
        e_services
            .extend(catalogue.given_to_administrators().filter(|code| company.subscriptions.contains(code)).cloned());
    }
    if let Some(branch) = &arguments.branch {
        let branches = opened.look(async |view| directory::branches(&mut view.db, company.id).await).await?;
        if !branches.iter().any(|one| one.code == *branch) {
            return Err(Failure::new(
                format!("{} has no branch {branch}", company.name),
                &offer(branches.iter().map(|one| &one.code)),
            ));
        }
    }
    let networks = arguments.network.join(",");
    let networks =
        Networks::parse(&networks).map_err(|error| Failure::new("--network can't be read", &error.to_string()))?;
    Ok(Grant { profile: arguments.profile, roles, e_services, branch: arguments.branch.clone(), networks })
}

fn offer<T: ToString>(choices: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = choices.into_iter().map(|choice| choice.to_string()).collect();
    if words.is_empty() { "there is none to choose".to_owned() } else { format!("choose among {}", words.join(", ")) }
}

async fn make(tx: &mut Tx, wish: &Wish) -> Result<Result<(), Refused>, Fault> {
    if let Some(login) = membership::login_of_contact(&mut tx.db, wish.contact.id).await? {
        return Ok(Err(Refused::HasAccount(login)));
    }
    let account = match account::create(tx, &wish.names).await? {
        Created::Account(account) => account,
        Created::NameTaken(name) => return Ok(Err(Refused::Taken(name))),
    };
    // The operator vouches for the mailbox (R-ADM-4).
    account::set_password(tx, account, &wish.hash, tx.now).await?;
    let membership =
        membership::admit(tx, account, (wish.contact.id, wish.company.id), Giver::Vendor, &wish.grant).await?;
    if wish.grant.roles.contains(&Role::AccountAdmin) {
        tx.record(Deed::new(DeedKind::AdministratorDesignated).account(account).company(wish.company.id)).await?;
    }
    let unmet = unmet(&mut tx.db, membership).await?;
    Ok(if unmet.is_empty() { Ok(()) } else { Err(Refused::Inadmissible(unmet)) })
}

/// What stands between the person and a sign-in, in sentences. Where they will come from isn't known yet.
async fn unmet(db: &mut Db, membership: MembershipId) -> Result<Vec<String>, Fault> {
    let Some(person) = access::of_membership(db, membership).await? else { return Ok(Vec::new()) };
    let sentences = Sentences::about(&person, None);
    let unmet = access::judge_without_caller(&person).unmet().into_iter();
    Ok(unmet.map(|condition| sentences.say(condition)).collect())
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::HasAccount(login) => Self::new(
                format!("this contact has an account already, {login}"),
                &format!("see `guichet account show {login}`"),
            ),
            Refused::Taken(name) => Self::new(
                format!("{name} is the name of another account"),
                "a name stays taken for good: name another one with --login, \
                 or correct the contact's email in the directory",
            ),
            Refused::Inadmissible(sentences) => Self::new(
                format!("no account is made for this contact ({})", sentences.join(" ")),
                "correct the directory first",
            ),
        }
    }
}
