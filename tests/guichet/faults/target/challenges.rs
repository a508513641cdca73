//! Another person's challenge at each door that takes answers of passkeys.

use super::{NOBODYS, PASSKEYS, naming};
use crate::world::{Answer, Browser, PASSWORD, Passkey, Settled, World, both};

/// Somebody in front of each door that takes answers of passkeys, and their passkey.
struct Challenged {
    passkey: Passkey,
    doors: [(&'static str, Browser); 4],
}

impl Challenged {
    async fn of(world: &World, who: &str) -> Self {
        let mut passkey = world.browser().with_passkey(who).await;
        let [mut at_login, mut pending, mut back, mut adding] =
            [world.browser(), world.browser(), world.browser(), world.browser()];
        at_login.get("/login").await;
        let answer = pending.sign_in(who, PASSWORD).await;
        pending.follow(answer).await;
        for (browser, page) in [(&mut back, "/reauthenticate"), (&mut adding, PASSKEYS)] {
            assert_eq!(browser.sign_in_by(&mut passkey).await.status(), 303);
            browser.open(page).await;
        }
        let doors = [
            ("/login/passkey", at_login),
            ("/login/second-factor/passkey", pending),
            ("/reauthenticate/passkey", back),
            (PASSKEYS, adding),
        ];
        Self { passkey, doors }
    }
}

both! {
    /// A ceremony is a browser's: an answer to another person's challenge that is right otherwise counts nowhere, and
    /// spends nothing.
    async fn another_persons_challenge_answers_like_a_missing_one_and_stays_good(world) {
        let (alice, mut carl) = (Challenged::of(&world, "alice").await, Challenged::of(&world, "carl").await);
        let mut passkey = alice.passkey;
        let tried: Vec<_> = alice.doors.iter().map(|(door, _)| *door).collect();
        assert!(
            naming("ceremony").all(|probe| tried.contains(&probe.place.path())),
            "a door of passkeys isn't tried here"
        );
        for ((door, mut hers), (_, his)) in alice.doors.into_iter().zip(carl.doors) {
            let challenge = hers.challenge().await;
            let adds = door == PASSKEYS;
            let button = if adds { "passkey-add" } else { "passkey-submit" };
            let answered =
                |passkey: &mut Passkey| if adds { Passkey::made_for(&challenge).1 } else { passkey.sign(&challenge) };
            let his_answer = answered(&mut carl.passkey);
            let nobodys = Settled { ceremony: NOBODYS.to_owned(), ..his_answer.clone() };
            let (theirs, none) =
                (his.clone().settle(button, &his_answer).await, his.clone().settle(button, &nobodys).await);
            assert!([401, 422].contains(&theirs.status()), "{door}: {} {:?}", theirs.status(), theirs.location());
            let without = |answer: &Answer| answer.text_without(&[&his_answer.ceremony, NOBODYS]);
            assert_eq!((theirs.status(), without(&theirs)), (none.status(), without(&none)), "{door}");
            let own = answered(&mut passkey);
            assert_eq!(hers.settle(button, &own).await.status(), 303, "{door}: it is still good");
        }
    }
}
