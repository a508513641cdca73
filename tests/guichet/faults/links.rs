//! Fault 1 for mailed links (R-OWN-6): fifty presses of the button at once, on two servers and in two browsers, do once
//! what it is for; and of fifty passwords that are chosen with it one counts.

use futures_util::future::BoxFuture;
use guichet::account::{self, LinkPurpose, link};
use guichet::base::{Dice, SignInName};

use crate::world::at_once::{AT_ONCE, all_at_once, at_once, count, most, on_two_servers};
use crate::world::{Answer, Browser, PASSWORD, Server, World, both, login};

/// Everything that is mailed as a link, and to whom.
const MAILED: [(LinkPurpose, &str); 3] =
    [(LinkPurpose::StaffInvitation, "sam"), (LinkPurpose::NewPassword, "bruno"), (LinkPurpose::NotMe, "carl")];

/// A new link, opened in two browsers.
async fn opened(world: &World, (purpose, who): (LinkPurpose, &str)) -> [Browser; 2] {
    let (name, secret) = (SignInName::parse(&login(who)).unwrap(), Dice.secret().unwrap());
    let issue = world.as_operator(async |tx| {
        let owner = account::by_name(&mut tx.db, &name).await?.expect("nobody goes by that name").id;
        link::issue(tx, owner, purpose, &secret).await
    });
    issue.await;
    let mut browsers = [world.browser(), world.browser()];
    for browser in &mut browsers {
        assert!(browser.get(&format!("/links/{}", secret.expose())).await.shows("link-confirm"), "{purpose}");
    }
    browsers
}

fn pressing<'s>(
    servers: [&'s Server; 2],
    browsers: &'s [Browser; 2],
) -> impl Fn(usize) -> BoxFuture<'static, Answer> + 's {
    move |index| {
        let mut browser = servers[index % 2].taking_over(&browsers[index / 2 % 2]);
        Box::pin(async move { browser.submit("link-confirm", &[]).await })
    }
}

/// The password that one of fifty chooses.
fn wished(index: usize) -> String {
    format!("Velo-Rouge-Lune-{index}!")
}

fn choosing<'s>(servers: [&'s Server; 2], browser: &'s Browser) -> impl Fn(usize) -> BoxFuture<'static, Answer> + 's {
    move |index| {
        let mut browser = servers[index % 2].taking_over(browser);
        Box::pin(async move { browser.submit("password-submit", &[("password", &wished(index))]).await })
    }
}

/// A browser that confirmed a link, at the page that asks for a password.
async fn choice(world: &World, confirmed: &Answer) -> Browser {
    let cookie = confirmed.cookie("guichet_link").expect("no password may be chosen");
    let (name, rest) = cookie.split_once('=').unwrap();
    let mut browser = world.browser();
    browser.plant(name, rest.split(';').next().unwrap());
    assert!(browser.get("/password").await.shows("password-submit"));
    browser
}

/// Whoever isn't told that it is done is told that the link works no more.
fn done(answers: &[Answer]) -> usize {
    let done = count(answers, 303);
    assert_eq!(
        done + count(answers, 404),
        answers.len(),
        "{:?}",
        answers.iter().map(Answer::status).collect::<Vec<_>>()
    );
    done
}

on_two_servers! {
    async fn of_fifty_presses_of_a_links_button_one_does_what_it_is_for(world, second) {
        let servers = [&*world, &second];
        for (purpose, who) in MAILED {
            let browsers = opened(&world, (purpose, who)).await;
            let answers = all_at_once(pressing(servers, &browsers)).await;
            assert_eq!(done(&answers), 1, "{purpose}");
            if purpose == LinkPurpose::NotMe {
                continue;
            }
            let confirmed = answers.iter().find(|answer| answer.status() == 303).unwrap();
            assert_eq!(answers.iter().filter(|answer| answer.cookie("guichet_link").is_some()).count(), 1, "{purpose}");
            let browser = choice(&world, confirmed).await;
            let answers = all_at_once(choosing(servers, &browser)).await;
            assert_eq!(done(&answers), 1, "{purpose}: passwords");
            let winner = answers.iter().position(|answer| answer.status() == 303).unwrap();
            assert_eq!(world.browser().sign_in(who, &wished(winner)).await.status(), 303, "{purpose}");
            for loser in [wished((winner + 1) % AT_ONCE), wished((winner + 2) % AT_ONCE), PASSWORD.to_owned()] {
                assert_eq!(world.browser().sign_in(who, &loser).await.status(), 401, "{purpose}");
            }
        }
        let alarms = world.mails().await.into_iter().filter(|mail| mail.to == world.app.brand.support).count();
        assert_eq!(alarms, 1, "Customer Service is told once");
    }
}

on_two_servers! {
    /// Whoever got no answer may have done it; nobody does it again.
    async fn of_fifty_presses_that_are_cut_off_at_most_one_does_it(world, second) {
        let servers = [&*world, &second];
        for (round, (purpose, who)) in MAILED.into_iter().cycle().take(9).enumerate() {
            let browsers = opened(&world, (purpose, who)).await;
            let press = pressing(servers, &browsers);
            let mut answers = at_once(&press, most(round)).await;
            answers.extend([press(0).await, press(1).await]);
            assert!(done(&answers) <= 1, "{purpose}");
            assert_eq!(done(&answers[answers.len() - 1..]), 0, "{purpose}: it was used by now");
        }
    }
}

on_two_servers! {
    async fn of_fifty_choices_that_are_cut_off_at_most_one_counts(world, second) {
        let servers = [&*world, &second];
        for round in 0..4 {
            let mut browsers = opened(&world, (LinkPurpose::NewPassword, "bruno")).await;
            let confirmed = browsers[0].submit("link-confirm", &[]).await;
            let browser = choice(&world, &confirmed).await;
            let choose = choosing(servers, &browser);
            let mut answers = at_once(&choose, most(round)).await;
            answers.extend([choose(0).await, choose(1).await]);
            assert!(done(&answers) <= 1);
            assert_eq!(done(&answers[answers.len() - 1..]), 0, "one was chosen by now");
        }
    }
}

both! {
    /// The secret that lets this browser choose a password is never mailed: as a link it answers like none, and is
    /// still good for what it is.
    async fn what_a_browser_keeps_of_a_link_is_no_link(world) {
        let mut browsers = opened(&world, (LinkPurpose::NewPassword, "bruno")).await;
        let confirmed = browsers[0].submit("link-confirm", &[]).await;
        let mut browser = choice(&world, &confirmed).await;
        let (kept, nothing) = (browser.cookie("guichet_link").unwrap().to_owned(), "A".repeat(43));
        let path = |secret: &str| format!("/links/{secret}");
        let (found, missing) = (browser.clone().get(&path(&kept)).await, browser.clone().get(&path(&nothing)).await);
        assert_eq!((found.status(), missing.status()), (404, 404));
        assert_eq!(found.text_without(&[&kept]), missing.text_without(&[&nothing]));
        let token = browser.csrf();
        assert_eq!(browser.clone().post(&path(&kept), &[("csrf", &token)]).await.status(), 404);
        assert_eq!(
            browser.submit("password-submit", &[("password", &wished(0))]).await.header("location"),
            "/password/done"
        );
    }
}
