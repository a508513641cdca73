//! The rules as `policies/*.csv` write them, read strictly: with a word that nobody knows the whole policy is refused,
//! instead of quietly granting or denying nothing.

use casbin::{Adapter as _, CoreApi as _, DefaultModel, Enforcer, MemoryAdapter};

use crate::base::vocabulary::{EServiceCode, Profile, Role, UnknownWord, words};

use super::e_services::Catalogue;
use super::files::{self, PolicyFiles};
use super::flaw::{Finding, Flaw};
use super::question::Object;

/// The word for every action on an object.
const ANY_ACTION: &str = "any";

/// How rules are read and which of them wins, for casbin.
pub(super) const MODEL: &str = "model.conf";

words! {
    /// What a rule does where it matches.
    Effect, "effect" {
        Allow = "allow",
        /// It denies, over any number of grants.
        Deny = "deny",
    }
}

/// Whom a rule is about: someone who holds this.
#[derive(Clone, Debug, PartialEq, Eq, derive_more::Display)]
pub(super) enum Principal {
    #[display("profile:any")]
    AnyProfile,
    #[display("profile:{_0}")]
    Profile(Profile),
    #[display("role:{_0}")]
    Role(Role),
    #[display("e_service:{_0}")]
    EService(EServiceCode),
    /// Whoever holds the very e-service that the question is about.
    #[display("asked:e_service")]
    EServiceAsked,
}

/// One line of a shard.
#[derive(Clone, Debug, PartialEq, Eq, derive_more::Display)]
#[display("p, {}", self.cells().join(", "))]
pub struct Rule {
    pub(super) holder: Principal,
    pub(super) object: Object,
    /// The action's word, or the word for any.
    pub(super) action: &'static str,
    pub(super) effect: Effect,
    pub(super) line: u64,
}

/// Reads all shards; e-services must be in the catalogue.
pub(super) fn read_all(texts: &PolicyFiles, catalogue: &Catalogue) -> Result<Vec<Rule>, Flaw> {
    let mut rules = Vec::new();
    for object in Object::ALL {
        let file = file(*object);
        rules.extend(read_shard(*object, texts.text(&file), catalogue).map_err(|finding| texts.flaw(&file, finding))?);
    }
    Ok(rules)
}

/// The file of the rules on that type of object.
fn file(object: Object) -> String {
    format!("{object}.csv")
}

/// Reads one shard.
pub(super) fn read_shard(object: Object, text: &str, catalogue: &Catalogue) -> Result<Vec<Rule>, Finding> {
    let mut rules: Vec<Rule> = Vec::new();
    for (number, line) in files::numbered(text) {
        let at = |why: String| (Some(number), why);
        let rule = read_rule(number, line).and_then(|rule| check(rule, object, catalogue)).map_err(at)?;
        if rules.iter().any(|above| above.cells() == rule.cells()) {
            return Err(at("the same rule stands above".to_owned()));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn read_rule(number: u64, line: &str) -> Result<Rule, String> {
    let ["p", holder, object, action, effect] = line.split(',').map(str::trim).collect::<Vec<_>>()[..] else {
        return Err("a rule is `p, holder, object, action, effect`".to_owned());
    };
    let holder = Principal::parse(holder)?;
    let object = object.parse::<Object>().map_err(|error| error.to_string())?;
    let allowed: Vec<_> = object.actions().into_iter().chain([ANY_ACTION]).collect();
    let action =
        allowed.iter().copied().find(|word| *word == action).ok_or_else(|| {
            UnknownWord { kind: "action of this object", found: action.to_owned(), allowed }.to_string()
        })?;
    let effect = effect.parse::<Effect>().map_err(|error| error.to_string())?;
    Ok(Rule { holder, object, action, effect, line: number })
}

/// What a rule may not say although each of its words is known.
fn check(rule: Rule, shard: Object, catalogue: &Catalogue) -> Result<Rule, String> {
    if rule.object != shard {
        return Err(format!("this file has the rules on `{shard}`, not on `{}`", rule.object));
    }
    match (&rule.holder, rule.effect) {
        (
            Principal::Role(_) | Principal::EService(_) | Principal::EServiceAsked | Principal::AnyProfile,
            Effect::Deny,
        ) => Err("only one profile denies; roles and e-services add (R-RGT-5)".to_owned()),
        (Principal::EService(code), Effect::Allow) if catalogue.get(code).is_none() => {
            Err(format!("`{code}` is no e-service of e_services.csv"))
        }
        (Principal::EServiceAsked, Effect::Allow) if shard != Object::EService => {
            Err(format!("no e-service is asked about with `{shard}`"))
        }
        (
            Principal::AnyProfile
            | Principal::Profile(_)
            | Principal::Role(_)
            | Principal::EService(_)
            | Principal::EServiceAsked,
            Effect::Allow | Effect::Deny,
        ) => Ok(rule),
    }
}

/// Rules as casbin evaluates them.
pub(super) async fn shard(model: &DefaultModel, rules: Vec<Vec<String>>) -> casbin::Result<Enforcer> {
    let mut adapter = MemoryAdapter::default();
    adapter.add_policies("p", "p", rules).await?;
    Enforcer::new(model.clone(), adapter).await
}

impl Principal {
    /// Reads a holder word: `profile:limited`, `profile:any`, `role:billing`, `e_service:forcage`, `asked:e_service`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("profile", "any")) => Ok(Self::AnyProfile),
            Some(("profile", word)) => word.parse::<Profile>().map(Self::Profile).map_err(|error| error.to_string()),
            Some(("role", word)) => word.parse::<Role>().map(Self::Role).map_err(|error| error.to_string()),
            Some(("asked", "e_service")) => Ok(Self::EServiceAsked),
            Some(("e_service", code)) => {
                EServiceCode::parse(code).map(Self::EService).map_err(|error| error.to_string())
            }
            Some(_) | None => Err(format!(
                "`{text}` is no holder; allowed: profile:…, profile:any, role:…, e_service:…, asked:e_service"
            )),
        }
    }
}

impl Rule {
    /// The file it stands in, and the line there.
    pub fn place(&self) -> (String, u64) {
        (file(self.object), self.line)
    }

    /// Whether it allows, which action it is about (`any` for every one), and who must hold what.
    pub fn in_words(&self) -> [String; 3] {
        let holder = match &self.holder {
            Principal::AnyProfile => "any profile".to_owned(),
            Principal::Profile(profile) => format!("profile {profile}"),
            Principal::Role(role) => format!("role {role}"),
            Principal::EService(code) => format!("e-service {code}"),
            Principal::EServiceAsked => "the e-service asked about".to_owned(),
        };
        let effect = match self.effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        };
        [effect.to_owned(), self.action.to_owned(), holder]
    }

    /// The rule as casbin's adapters want it.
    pub(super) fn cells(&self) -> Vec<String> {
        let object = self.object.to_string();
        vec![self.holder.to_string(), object, self.action.to_owned(), self.effect.to_string()]
    }
}
