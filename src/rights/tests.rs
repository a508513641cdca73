//! The policy against the table that people reviewed, and against what must hold for anything anyone could hold.

mod decisions;
mod properties;
mod refusals;
mod words;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::base::vocabulary::{EServiceCode, Profile, Role};

use super::{Decision, Holdings, Policy, PolicyFiles, Question, Resource};

pub(super) static POLICY: LazyLock<Policy> = LazyLock::new(|| wait(Policy::load(&PolicyFiles::embedded())).unwrap());

/// Waits for what only loading needs to wait for.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

pub(super) fn code(text: &str) -> EServiceCode {
    EServiceCode::parse(text).unwrap()
}

/// What is wrong with the policy in these files, a line each.
pub(super) fn flaws(files: &PolicyFiles) -> String {
    let refused = match wait(Policy::parse(files)) {
        Ok(policy) => policy.review(files).flaws,
        Err(flaw) => vec![flaw],
    };
    refused.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Someone at C-1001 who isn't limited to a branch.
pub(super) fn holding(profile: Profile, roles: &[Role], e_services: &[&str]) -> Holdings {
    Holdings {
        company: "C-1001".to_owned(),
        branch: None,
        profile,
        roles: roles.iter().copied().collect(),
        e_services: e_services.iter().map(|text| code(text)).collect::<BTreeSet<_>>(),
    }
}

/// Asks about the contact's own company.
fn ask(holdings: &Holdings, object: &str, action: &str) -> Decision {
    let question = Question::parse(object, action, Some("forcage")).unwrap();
    POLICY.decide(holdings, &question, &Resource::default())
}
