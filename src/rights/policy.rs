//! The policy, read whole, and the decisions it gives.

use std::collections::{BTreeMap, BTreeSet};

use casbin::{CoreApi as _, DefaultModel, Enforcer};

use crate::base::StaffRole;

use super::e_services::Catalogue;
use super::files::PolicyFiles;
use super::flaw::Flaw;
use super::holdings::{Holdings, OutOfReach, Resource};
use super::question::{Object, Question};
use super::reason::{Decision, Reason};
use super::rules::{self, Effect, MODEL, Principal, Rule};
use super::staff_permission::{Duties, StaffPermission};

/// The rules in force, a shard per type of object.
pub struct Policy {
    shards: BTreeMap<Object, Enforcer>,
    rules: Vec<Rule>,
    catalogue: Catalogue,
    pub(super) duties: Duties,
}

impl Policy {
    /// Reads the rules, without a look at how they decide.
    pub async fn parse(files: &PolicyFiles) -> Result<Self, Flaw> {
        let catalogue = Catalogue::read(files)?;
        let rules = rules::read_all(files, &catalogue)?;
        let duties = Duties::read(files)?;
        let unusable = |error: casbin::Error| files.flaw(MODEL, (None, format!("casbin can't use it: {error}")));
        let model = DefaultModel::from_str(files.text(MODEL)).await.map_err(unusable)?;
        let duties = duties.enforced_by(&model).await.map_err(unusable)?;
        let policy = Self::of(&model, rules, catalogue).await.map_err(unusable)?;
        Ok(Self { duties, ..policy })
    }

    /// Answers a question about a resource. What can't be evaluated is refused, and logged.
    pub fn decide(&self, holdings: &Holdings, question: &Question, resource: &Resource<'_>) -> Decision {
        self.explain(holdings, question, resource).0
    }

    /// Answers a question about a resource, with the rule that decided, if one did.
    pub fn explain(
        &self,
        holdings: &Holdings,
        question: &Question,
        resource: &Resource<'_>,
    ) -> (Decision, Option<&Rule>) {
        let (because, rule) = match holdings.out_of_reach(resource) {
            Some(OutOfReach::Company) => (Reason::OtherCompany, None),
            Some(OutOfReach::Branch) => (Reason::OtherBranch, None),
            None => self.evaluate(holdings, question).unwrap_or_else(|error| {
                let (object, action) = (question.object(), question.action());
                tracing::error!(%error, %object, action, "a decision failed and is refused");
                (Reason::Undecidable, None)
            }),
        };
        (Decision::from(because), rule)
    }

    /// Whether one of these roles of the vendor's people has that duty.
    pub fn permits_staff(&self, roles: &BTreeSet<StaffRole>, duty: StaffPermission) -> bool {
        self.duties.allow(roles, duty)
    }

    /// The e-services there are.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The rules, in the order of their files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The duties of the vendor's people, a role and a duty each.
    pub fn duties(&self) -> impl Iterator<Item = (StaffRole, StaffPermission)> {
        let has = |role: StaffRole, duty| self.permits_staff(&[role].into(), duty).then_some((role, duty));
        StaffRole::ALL
            .iter()
            .flat_map(move |role| StaffPermission::ALL.iter().filter_map(move |duty| has(*role, *duty)))
    }

    pub(super) async fn of(model: &DefaultModel, rules: Vec<Rule>, catalogue: Catalogue) -> casbin::Result<Self> {
        let mut shards = BTreeMap::new();
        for object in Object::ALL {
            let cells = rules.iter().filter(|rule| rule.object == *object).map(Rule::cells).collect();
            shards.insert(*object, rules::shard(model, cells).await?);
        }
        Ok(Self { shards, rules, catalogue, duties: Duties::default() })
    }

    fn evaluate(&self, holdings: &Holdings, question: &Question) -> Result<(Reason, Option<&Rule>), String> {
        let object = question.object();
        let shard = self.shards.get(&object).ok_or("no rules on this type of object")?;
        let (allowed, matched) = shard
            .enforce_ex((held_words(holdings, question), object.as_str(), question.action()))
            .map_err(|error| error.to_string())?;
        let effect = if allowed { Effect::Allow } else { Effect::Deny };
        let Some(cells) = matched.iter().find(|cells| cells.last().is_some_and(|word| word == effect.as_str())) else {
            return if allowed { Err("allowed without a rule".to_owned()) } else { Ok((Reason::NothingGrants, None)) };
        };
        let rule = self.rules.iter().find(|rule| rule.cells() == *cells).ok_or("decided by no rule of the files")?;
        let because = match rule.effect {
            Effect::Allow => granted(&rule.holder, holdings, question)?,
            Effect::Deny => Reason::ProfileDenies(holdings.profile),
        };
        Ok((because, Some(rule)))
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

    use super::super::{Question, Reason, Resource};
    use super::{Policy, PolicyFiles};
    use crate::base::{Profile, Role};
    use crate::rights::tests::holding;

    #[tokio::test]
    async fn what_cannot_be_evaluated_is_refused() {
        let broken = |model: &str| model.replace("p.holder in r.held", "p.holder in r.nobody");
        let failing = Policy::parse(&PolicyFiles::embedded().with("model.conf", broken)).await.unwrap();
        let empty = Policy::parse(&PolicyFiles::embedded()).await.unwrap();
        for policy in [failing, Policy { shards: BTreeMap::new(), ..empty }] {
            let question = Question::parse("order", "view", None).unwrap();
            let decision = policy.decide(&holding(Profile::Complete, Role::ALL, &[]), &question, &Resource::default());
            assert_eq!((decision.allowed, decision.because), (false, Reason::Undecidable));
        }
    }
}
