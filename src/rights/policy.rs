//! The policy, loaded once, and the decisions it gives.

use std::collections::{BTreeMap, BTreeSet};

use casbin::{Adapter as _, CoreApi as _, DefaultModel, Enforcer, MemoryAdapter};

use crate::base::{Fault, StaffRole};

use super::e_services::Catalogue;
use super::holdings::{Holdings, OutOfReach, Resource};
use super::question::{Object, Question};
use super::reason::{Decision, Reason};
use super::rules::{self, Effect, MODEL, Principal, Rule};
use super::staff_permission::{Duties, StaffPermission};

const LOADING: &str = "loading the policy";

/// The rules in force, a shard per type of object.
pub struct Policy {
    shards: BTreeMap<Object, Enforcer>,
    /// What the shards were made of: the review asks which e-services the rules name.
    #[cfg(test)]
    pub(super) rules: Vec<Rule>,
    catalogue: Catalogue,
    duties: Duties,
}

impl Policy {
    /// Reads the embedded rules. A line with an unknown object, action, holder or effect is a fault that names file and
    /// line.
    pub async fn load() -> Result<Self, Fault> {
        let catalogue = Catalogue::load().map_err(|error| Fault::broken(LOADING, error))?;
        let rules = rules::read_all(&catalogue).map_err(|error| Fault::broken(LOADING, error))?;
        let policy = Self::of(rules, catalogue).await.map_err(|error| Fault::broken(LOADING, error))?;
        let duties = Duties::load().await.map_err(|error| Fault::broken(LOADING, error))?;
        Ok(Self { duties, ..policy })
    }

    /// Answers a question about a resource. What can't be evaluated is refused, and logged.
    #[must_use]
    pub fn decide(&self, holdings: &Holdings, question: &Question, resource: &Resource<'_>) -> Decision {
        let because = match holdings.out_of_reach(resource) {
            Some(OutOfReach::Company) => Reason::OtherCompany,
            Some(OutOfReach::Branch) => Reason::OtherBranch,
            None => self.evaluate(holdings, question).unwrap_or_else(|error| {
                let (object, action) = (question.object(), question.action());
                tracing::error!(%error, %object, action, "a decision failed and is refused");
                Reason::Undecidable
            }),
        };
        Decision::from(because)
    }

    /// Whether one of these roles of the vendor's people has that duty.
    #[must_use]
    pub fn permits_staff(&self, roles: &BTreeSet<StaffRole>, duty: StaffPermission) -> bool {
        self.duties.allow(roles, duty)
    }

    /// The e-services there are.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(super) async fn of(rules: Vec<Rule>, catalogue: Catalogue) -> casbin::Result<Self> {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut shards = BTreeMap::new();
        for object in Object::ALL {
            let cells = rules.iter().filter(|rule| rule.object == *object).map(Rule::cells).collect();
            let mut adapter = MemoryAdapter::default();
            adapter.add_policies("p", "p", cells).await?;
            shards.insert(*object, Enforcer::new(model.clone(), adapter).await?);
        }
        Ok(Self {
            shards,
            #[cfg(test)]
            rules,
            catalogue,
            duties: Duties::default(),
        })
    }

    fn evaluate(&self, holdings: &Holdings, question: &Question) -> Result<Reason, String> {
        let shard = self.shards.get(&question.object()).ok_or("no rules on this type of object")?;
        let (allowed, matched) = shard
            .enforce_ex((held_words(holdings, question), question.object().as_str(), question.action()))
            .map_err(|error| error.to_string())?;
        let effect = if allowed { Effect::Allow } else { Effect::Deny };
        match matched.iter().find(|cells| cells.last().is_some_and(|word| word == effect.as_str())) {
            Some(cells) if allowed => granted(&Principal::parse(&cells[0])?, holdings, question),
            Some(_) => Ok(Reason::ProfileDenies(holdings.profile)),
            None if allowed => Err("allowed without a rule that allows".to_owned()),
            None => Ok(Reason::NothingGrants),
        }
    }
}

/// Everything held, in the words that rules use.
fn held_words(holdings: &Holdings, question: &Question) -> Vec<String> {
    let asked = question.e_service().is_some_and(|code| holdings.e_services.contains(code));
    [Principal::AnyProfile, Principal::Profile(holdings.profile)]
        .into_iter()
        .chain(holdings.roles.iter().copied().map(Principal::Role))
        .chain(holdings.e_services.iter().cloned().map(Principal::EService))
        .chain(asked.then_some(Principal::EServiceAsked))
        .map(|holder| holder.to_string())
        .collect()
}

fn granted(holder: &Principal, holdings: &Holdings, question: &Question) -> Result<Reason, String> {
    match holder {
        Principal::AnyProfile | Principal::Profile(_) => Ok(Reason::ProfileGrants(holdings.profile)),
        Principal::Role(role) => Ok(Reason::RoleGrants(*role)),
        Principal::EService(code) => Ok(Reason::EServiceGrants(code.clone())),
        Principal::EServiceAsked => {
            let code = question.e_service().ok_or("no e-service was asked about")?;
            Ok(Reason::EServiceGrants(code.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter};

    use super::super::{Catalogue, Holdings, Object, Question, Reason, Resource};
    use super::{Duties, Policy};
    use crate::base::{Profile, Role};

    #[tokio::test]
    async fn what_cannot_be_evaluated_is_refused() {
        let broken = super::MODEL.replace("p.holder in r.held", "p.holder in r.nobody");
        let model = DefaultModel::from_str(&broken).await.unwrap();
        let mut adapter = MemoryAdapter::default();
        let rule = ["profile:any", "order", "view", "allow"].map(str::to_owned).to_vec();
        casbin::Adapter::add_policy(&mut adapter, "p", "p", rule).await.unwrap();
        let failing = BTreeMap::from([(Object::Order, Enforcer::new(model, adapter).await.unwrap())]);
        let roles = Role::ALL.iter().copied().collect();
        let holdings =
            Holdings { company: String::new(), branch: None, profile: Profile::Complete, roles, e_services: [].into() };
        for shards in [failing, BTreeMap::new()] {
            let policy =
                Policy { shards, rules: Vec::new(), catalogue: Catalogue::load().unwrap(), duties: Duties::default() };
            let question = Question::parse("order", "view", None).unwrap();
            let decision = policy.decide(&holdings, &question, &Resource::default());
            assert_eq!((decision.allowed, decision.because), (false, Reason::Undecidable));
        }
    }
}
