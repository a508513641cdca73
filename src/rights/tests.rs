//! The policy against the table that people reviewed, and against what must hold for anything anyone could hold.

mod decisions;
mod properties;
mod refusals;
mod words;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::base::vocabulary::{EServiceCode, Profile, Role};

use super::{Decision, Holdings, Policy, Question, Resource};

static POLICY: LazyLock<Policy> = LazyLock::new(|| wait(Policy::load()).unwrap());

/// Waits for what only loading needs to wait for.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn code(text: &str) -> EServiceCode {
    EServiceCode::parse(text).unwrap()
}

/// Someone at C-1001 who isn't limited to a branch.
fn holding(profile: Profile, roles: &[Role], e_services: &[&str]) -> Holdings {
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
