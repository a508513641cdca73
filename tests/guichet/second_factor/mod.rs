//! Second factors: no path signs in with one factor where two are demanded, each code counts once, and
//! nothing new is enrolled before what exists was proven.

pub mod chromium;
mod enrolment;
mod limits;
mod lost;
mod races;
mod sign_in;
mod step_up;

use guichet::{directory, membership};

use crate::world::World;

/// The company of everybody at `durand.example` demands a second factor, or no longer.
async fn company_requires(world: &World, required: bool) {
    let company = world.people("alice").await[0].company.id;
    assert!(world.as_operator(async |tx| directory::require_second_factor(tx, company, required).await).await);
}

/// A second factor is demanded of one person.
pub async fn person_must(world: &World, who: &str) {
    let membership = world.people(who).await[0].membership.id;
    assert!(world.as_operator(async |tx| membership::require_second_factor(tx, membership, true).await).await);
}

/// The names of the mails to somebody, by their subjects.
async fn subjects(world: &World, who: &str) -> Vec<String> {
    let to = crate::world::login(who);
    world.mails().await.into_iter().filter(|mail| mail.to == to).map(|mail| mail.subject).collect()
}
