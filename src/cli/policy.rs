//! `guichet policy …`: the access policies, held against what people reviewed, shown and explained.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::access::{self, Snapshot};
use crate::account;
use crate::base::{Profile, SignInName};
use crate::config::Config;
use crate::rights::{Holdings, Policy, PolicyFiles, Question, Resource, Rule};
use crate::words::Words;

use super::{Failure, OpenedApp, output, tell};

/// The commands about policies.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Holds the rules against the reviewed decisions (decisions.csv), and prints each wrong line
    Test,
    /// Shows the rules, the duties of staff and the e-services
    Show,
    /// Says whether somebody may do something, why, and which line of which file decides it
    Explain(Explain),
    /// Writes the built-in policies into a folder, to change them there
    Write {
        /// The folder, which is made where there is none; nothing in it is overwritten
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

/// What `guichet policy explain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Who: a login or email of an account, or what somebody holds, like `limited,tickets,forcage`: a profile, then
    /// roles and e-services
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// What: order, invoice, ticket, certificate, subscription, contact, or an e-service like `e_service:tao`
    #[arg(value_name = "OBJECT")]
    object: String,
    /// What they would do with it, like `view`
    #[arg(value_name = "ACTION")]
    action: String,
    /// The company that an account acts for, by its reference at the ERP, where there are several
    #[arg(long, value_name = "REF")]
    company: Option<String>,
    /// The branch that the object belongs to
    #[arg(long, value_name = "CODE")]
    branch: Option<String>,
}

/// Does what the command says.
pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    if let Command::Write { folder } = &command {
        return write(folder);
    }
    let files = PolicyFiles::read(config.policies.as_deref())?;
    let policy = Policy::parse(&files).await?;
    match command {
        Command::Test => test(&policy, &files)?,
        Command::Explain(asked) => explain(config, &asked, &policy, &files).await?,
        Command::Show | Command::Write { .. } => show(&policy, &files),
    }
    Ok(())
}

fn test(policy: &Policy, files: &PolicyFiles) -> Result<(), Failure> {
    let report = policy.review(files);
    report.flaws.iter().for_each(tell);
    match report.flaws.len() {
        0 => {
            tell(format!("All {} decisions are as people reviewed them.", report.agreed));
            Ok(())
        }
        wrong => {
            let what = format!("{wrong} of the reviewed decisions can't be read or aren't what the rules say");
            Err(Failure::new(what, "correct the rules or the table; no server takes them up as they are"))
        }
    }
}

fn show(policy: &Policy, files: &PolicyFiles) {
    for rules in policy.rules().chunk_by(|one, next| one.place().0 == next.place().0) {
        tell(files.place(&rules[0].place().0));
        for rule in rules {
            let [effect, action, holder] = rule.in_words();
            tell(format!("  line {:<3} {effect} {action:<12} {holder}", rule.place().1));
        }
    }
    tell(files.place("staff"));
    for (role, duty) in policy.duties() {
        tell(format!("  {:<17} {duty}", role.as_str()));
    }
    tell(files.place("e_services.csv"));
    for one in policy.catalogue().iter() {
        let given = one.default_for.map_or_else(String::new, |whom| format!(", given to {whom}"));
        tell(format!("  {:<20} {}: {} / {}{given}", one.code.as_str(), one.group, one.names.fr, one.names.en));
    }
}

async fn explain(config: Config, asked: &Explain, policy: &Policy, files: &PolicyFiles) -> Result<(), Failure> {
    let (object, id) = asked.object.split_once(':').map_or((&*asked.object, None), |(kind, id)| (kind, Some(id)));
    let question = Question::parse(object, &asked.action, id)
        .map_err(|unknown| Failure::new("this question can't be asked", &unknown.to_string()))?;
    let holdings = match holdings(&asked.subject) {
        Some(held) => held.map_err(|why| Failure::new(format!("`{}` can't be held", asked.subject), &why))?,
        None => person(config, asked).await?.holdings(),
    };
    let resource = Resource { company: None, branch: asked.branch.as_deref() };
    let (decision, rule) = policy.explain(&holdings, &question, &resource);
    let answer = if decision.allowed { "yes" } else { "no" };
    tell(format!("{answer}: {}", decision.because.to_admin(Words::of(output::language()), policy.catalogue())));
    if let Some(rule) = rule {
        tell(format!("  {}: {rule}", place(files, rule)));
    }
    Ok(())
}

fn place(files: &PolicyFiles, rule: &Rule) -> String {
    let (file, line) = rule.place();
    format!("{}, line {line}", files.place(&file))
}

/// A profile and what else is held; nothing where the text doesn't begin with a profile.
fn holdings(subject: &str) -> Option<Result<Holdings, String>> {
    let mut words = subject.split(',').map(str::trim);
    let profile = words.next()?.parse::<Profile>().ok()?;
    let mut held = Holdings { company: String::new(), branch: None, profile, roles: [].into(), e_services: [].into() };
    for word in words {
        match (word.parse(), word.parse()) {
            (Ok(role), _) => drop(held.roles.insert(role)),
            (_, Ok(code)) => drop(held.e_services.insert(code)),
            (Err(no_role), Err(no_code)) => return Some(Err(format!("{no_role}; {no_code}"))),
        }
    }
    Some(Ok(held))
}

/// The account of that name, at the company meant.
async fn person(config: Config, asked: &Explain) -> Result<Snapshot, Failure> {
    let advice = "name a login or an email, or a profile with roles and e-services like `limited,tickets,forcage`";
    let unknown = || Failure::new(format!("no account goes by `{}`", asked.subject), advice);
    let name = SignInName::parse(&asked.subject).map_err(|_| unknown())?;
    let opened = OpenedApp::from(config).await?;
    let found = opened.look(async |view| account::by_name(&mut view.db, &name).await).await?.ok_or_else(unknown)?;
    let people = opened.look(async |view| access::of_account(&mut view.db, found.id).await).await?;
    if people.is_empty() {
        return Err(Failure::new(format!("{name} acts for no company"), advice));
    }
    let companies = people.iter().map(|person| person.company.reference.as_str()).collect::<Vec<_>>().join(", ");
    let mut meant = people
        .into_iter()
        .filter(|person| asked.company.as_ref().is_none_or(|company| *company == person.company.reference));
    match (meant.next(), meant.next()) {
        (Some(person), None) => Ok(person),
        (None, _) => Err(Failure::new(format!("{name} has no such company"), &format!("it has: {companies}"))),
        (Some(_), Some(_)) => {
            Err(Failure::new(format!("{name} has several companies"), &format!("name one with --company: {companies}")))
        }
    }
}

fn write(folder: &Path) -> Result<(), Failure> {
    for (name, text) in PolicyFiles::embedded().iter() {
        let file = folder.join(name);
        let made = file.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| File::create_new(&file)?.write_all(text.as_bytes())).map_err(|cause| {
            let advice = "name a new folder, or one that you may write to; nothing is overwritten";
            Failure::new(format!("{} can't be written ({cause})", file.display()), advice)
        })?;
    }
    tell(format!("The policies are in {}: name it as `policies` in the configuration.", folder.display()));
    Ok(())
}
