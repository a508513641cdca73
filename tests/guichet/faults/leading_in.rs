//! Fault 4, at mailed links: one that leads in is dead with the access of whom it leads in, and so is the choice of a
//! password that it led to. One that objects lets nobody in, and works all the same.

use crate::security::{ANOTHER, change_password};
use crate::world::{Browser, Cause, PASSWORD, World, both};

/// What a customer would choose.
const THIRD: &str = "Tasse-Verte-Pont-9?";

/// Somebody changes bruno's password; the link that objects.
async fn objection(world: &World) -> String {
    let mut thief = world.signed_in("bruno").await;
    assert_eq!(change_password(&mut thief, PASSWORD, ANOTHER).await.status(), 303);
    world.last_mail("bruno").await.1
}

/// Bruno objects; the link to a new password.
async fn way_back(world: &World) -> String {
    let objection = objection(world).await;
    let mut owner = world.browser();
    owner.get(&objection).await;
    assert_eq!(owner.submit("link-confirm", &[]).await.status(), 303);
    world.last_mail("bruno").await.1
}

/// And takes it up, as far as the page where a password is chosen.
async fn confirmed(world: &World) -> Browser {
    let link = way_back(world).await;
    let mut owner = world.browser();
    owner.get(&link).await;
    let answer = owner.submit("link-confirm", &[]).await;
    assert!(owner.follow(answer).await.shows("password-submit"));
    owner
}

both! {
    async fn what_leads_in_is_dead_with_the_access_and_what_objects_is_not(world) {
        let kind = world.database().kind();
        for cause in Cause::ALL {
            // Accounting may validate a company any day.
            let is_final = cause != Cause::CompanyNotValidated;
            let (opened, sent) = if is_final { (404, 404) } else { (200, 303) };

            let world = World::on(kind).await.unwrap();
            let (link, mut owner) = (way_back(&world).await, world.browser());
            owner.get(&link).await;
            cause.strike(&world, "bruno").await;
            assert_eq!(world.browser().get(&link).await.status(), opened, "{cause:?}: the page");
            assert_eq!(owner.submit("link-confirm", &[]).await.status(), sent, "{cause:?}: its button");

            let world = World::on(kind).await.unwrap();
            let mut owner = confirmed(&world).await;
            cause.strike(&world, "bruno").await;
            assert_eq!(owner.clone().get("/password").await.status(), opened, "{cause:?}: choosing");
            assert_eq!(
                owner.submit("password-submit", &[("password", THIRD)]).await.status(),
                sent,
                "{cause:?}: chosen"
            );

            let world = World::on(kind).await.unwrap();
            let objection = objection(&world).await;
            cause.strike(&world, "bruno").await;
            let works = if cause == Cause::AccountDisabled { 404 } else { 200 };
            assert_eq!(world.browser().get(&objection).await.status(), works, "{cause:?}: objecting");
        }
    }
}
