//! Fault 4: a disabled subject living on in another credential. Whatever ends an access or a sign-in × every door ×
//! whoever must be told (fault 2, R-DIR-3, R-OWN-4): `living_on.golden.txt` says what outlives what, and
//! people review it.

use guichet::audit::EndReason;
use guichet::{authorization, session};

use super::endings::{Hers, Services};
use super::holdings::{Held, Holdings, OPEN, SHUT};
use crate::doors::assert_reviewed_line;
use crate::world::{Browser, Cause, PASSWORD, Receiver, Server, World, both};

/// What ends an access, a session or a sign-in at a relying party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    AccessLost(Cause),
    AbsentFromAFullFile,
    SessionsOver(Over),
    ConsentWithdrawn,
    AtThePortal(Portals),
    ByHerself(Hers),
    ByCustomerService(Services),
    EverythingByTheOperator,
}

/// What ends every session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    SignOut,
    SignOutAtTheRelyingParty,
    EndedFromAnotherOne,
    EndedByTheOperator,
    ReplacedAtSignIn,
    Idle,
    TooOld,
}

/// What the portal does to each of its sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Portals {
    RefreshTokenRevoked,
    RefreshTokenReplayed,
    CodeReplayed,
}

impl Ending {
    /// Happens to alice. Her browsers keep their cookies, as thieves would.
    async fn strike(self, world: &World, holdings: &Holdings) {
        match self {
            Self::AccessLost(cause) => cause.strike(world, "alice").await,
            Self::AbsentFromAFullFile => world.import_all_without("alice").await,
            Self::SessionsOver(over) => over.strike(world, holdings).await,
            Self::ConsentWithdrawn => withdraw_consent(world, "Customer portal").await,
            Self::AtThePortal(portals) => portals.strike(world, &holdings.held[0]).await,
            Self::ByHerself(hers) => hers.strike(world).await,
            Self::ByCustomerService(services) => services.strike(world).await,
            Self::EverythingByTheOperator => {
                let alice = world.people("alice").await.remove(0).account;
                world
                    .as_operator(async |tx| authorization::end_account(tx, alice.id, None, EndReason::Operator).await)
                    .await;
            }
        }
    }
}

impl Over {
    async fn strike(self, world: &World, holdings: &Holdings) {
        match self {
            Self::SignOut => sign_out(holdings, "/account", "sign-out").await,
            Self::SignOutAtTheRelyingParty => {
                let hint = &holdings.held[0].untouched.tokens.id;
                let answer = holdings.behind.clone().get(&format!("/oauth2/logout?id_token_hint={hint}")).await;
                assert!(answer.shows("logged-out-title"), "{}", answer.text());
                sign_out(holdings, "/oauth2/logout", "logout-confirm").await;
            }
            Self::EndedFromAnotherOne => end_from_another_session(world, holdings).await,
            Self::EndedByTheOperator => {
                let alice = world.people("alice").await.remove(0).account;
                assert_eq!(
                    world.as_operator(async |tx| session::end_all(tx, alice.id, None, EndReason::Operator).await).await,
                    4
                );
            }
            Self::ReplacedAtSignIn => {
                let again = holdings.held[0].party.ask().with("prompt", "login").path();
                for browser in holdings.browsers() {
                    let mut browser = browser.clone();
                    browser.open(&again).await;
                    assert_eq!(browser.give_password("alice", PASSWORD).await.status(), 303);
                }
            }
            Self::Idle => world.advance("2h"),
            Self::TooOld => {
                for _ in 0..12 {
                    world.advance("1h");
                    for browser in holdings.browsers() {
                        browser.clone().get("/account").await;
                    }
                }
            }
        }
    }
}

impl Portals {
    async fn strike(self, world: &World, portal: &Held) {
        if self == Self::RefreshTokenReplayed {
            for granted in portal.granted() {
                assert_eq!(portal.party.refresh(&granted.tokens.refresh).await.status(), 200);
            }
            world.advance("11s");
        }
        for granted in portal.granted() {
            let (answer, status) = match self {
                Self::RefreshTokenRevoked => (portal.party.revoke(&granted.tokens.refresh).await, 200),
                Self::RefreshTokenReplayed => (portal.party.refresh(&granted.tokens.refresh).await, 400),
                Self::CodeReplayed => (portal.party.redeem(&granted.code).await, 400),
            };
            assert_eq!(answer.status(), status, "{}", answer.text());
        }
    }
}

async fn sign_out(holdings: &Holdings, page: &str, button: &str) {
    for browser in holdings.browsers() {
        let mut browser = browser.clone();
        if browser.get(page).await.shows(button) {
            browser.submit(button, &[]).await;
        }
    }
}

/// The values of one field in the forms of "security" that go to that path.
async fn listed(browser: &mut Browser, path: &str, field: &str) -> Vec<String> {
    browser.get("/account/security").await.page().values(path, field)
}

async fn end_from_another_session(world: &World, holdings: &Holdings) {
    let path = "/account/sessions/end";
    let sessions = listed(&mut holdings.behind.clone(), path, "session").await;
    assert_eq!(sessions.len(), 4);
    let mut other = world.signed_in("alice").await;
    other.get("/account/security").await;
    for session in sessions {
        other.send_form_to(path, ("session", &session)).await;
    }
}

async fn withdraw_consent(world: &World, name: &str) {
    let path = "/account/consents/withdraw";
    let mut other = world.signed_in("alice").await;
    let page = other.get("/account/security").await.page();
    let (names, consents) = (page.texts("#applications h3"), page.values(path, "consent"));
    assert_eq!((names.len(), consents.len()), (4, 4));
    let row = names.iter().position(|listed| listed == name).unwrap();
    other.send_form_to(path, ("consent", &consents[row])).await;
}

/// Who was told of the sign-in that no door was asked about, once each: a letter per relying party.
async fn told(server: &Server, receiver: &Receiver, holdings: &Holdings) -> String {
    for _ in 0..2 {
        server.run_due().await;
    }
    let sids = receiver.sids();
    let told = holdings.held.each_ref().map(|held| {
        let sid = held.untouched.tokens.id_claims()["sid"].clone();
        let times = sids.iter().filter(|told| **told == sid).count();
        assert!(times <= 1, "{} is told {times} times", held.party.id());
        (times == 1).then_some(held.party.id())
    });
    told.iter().flatten().copied().collect::<Vec<_>>().join(" ")
}

/// On PostgreSQL every door is tried at another server than the one at which it happened.
async fn assert_nothing_lives_on(world: &World, ending: Ending) {
    let receiver = Receiver::start().await;
    let listeners = ["portal", "demo-spa", "opaque", "demo-web"].map(|client| (client, &receiver));
    let other = world.telling(&listeners).await;
    let holdings = Holdings::of(world, "alice").await;
    other.run_due().await;
    assert_eq!(receiver.tokens().len(), 0, "nothing has ended");

    ending.strike(world, &holdings).await;
    let holdings = if world.database().is_shared() { holdings.at(&other) } else { holdings };
    let mut cells = holdings.try_every_door().await.to_vec();
    cells.push(told(&other, &receiver, &holdings).await);
    if let Ending::AccessLost(_) | Ending::AbsentFromAFullFile = ending {
        assert_eq!(cells[..7], SHUT, "{ending:?}: access is asked at every door");
        assert_eq!(other.browser().sign_in("alice", PASSWORD).await.status(), 403, "{ending:?}");
    }
    assert_reviewed_line(&format!("{ending:?}"), &cells, "faults/living_on.golden.txt");
}

macro_rules! every_ending {
    ($($name:ident: $ending:expr,)*) => {
        $(both! {
            async fn $name(world) {
                assert_nothing_lives_on(&world, $ending).await;
            }
        })*

        #[test]
        fn no_cause_is_left_out() {
            let struck = [$($ending),*];
            let causes = Cause::ALL.map(Ending::AccessLost).into_iter();
            let services = Services::ALL.map(Ending::ByCustomerService);
            let mut deeds = Hers::ALL.map(Ending::ByHerself).into_iter().chain(services).chain(causes);
            assert!(deeds.all(|ending| struck.contains(&ending)), "{struck:?}");
        }
    };
}

every_ending! {
    nothing_outlives_a_contact_that_the_erp_deactivates: Ending::AccessLost(Cause::ContactInactiveAtErp),
    nothing_outlives_a_contact_that_the_company_deactivates: Ending::AccessLost(Cause::ContactDisabled),
    nothing_outlives_the_block_of_the_company: Ending::AccessLost(Cause::CompanyBlocked),
    nothing_outlives_the_companys_validation: Ending::AccessLost(Cause::CompanyNotValidated),
    nothing_outlives_a_deactivated_membership: Ending::AccessLost(Cause::MembershipDisabled),
    nothing_outlives_a_detached_membership: Ending::AccessLost(Cause::MembershipDetached),
    nothing_outlives_a_deactivated_account: Ending::AccessLost(Cause::AccountDisabled),
    nothing_outlives_a_contact_absent_from_a_full_file: Ending::AbsentFromAFullFile,
    what_outlives_a_sign_out: Ending::SessionsOver(Over::SignOut),
    what_outlives_a_sign_out_at_a_relying_party: Ending::SessionsOver(Over::SignOutAtTheRelyingParty),
    what_outlives_a_session_ended_from_another_one: Ending::SessionsOver(Over::EndedFromAnotherOne),
    what_outlives_sessions_that_the_operator_ends: Ending::SessionsOver(Over::EndedByTheOperator),
    nothing_outlives_the_end_of_everything_by_the_operator: Ending::EverythingByTheOperator,
    what_outlives_a_session_replaced_at_sign_in: Ending::SessionsOver(Over::ReplacedAtSignIn),
    what_outlives_a_session_that_idled_out: Ending::SessionsOver(Over::Idle),
    what_outlives_a_session_grown_too_old: Ending::SessionsOver(Over::TooOld),
    what_outlives_the_end_of_all_other_sessions: Ending::ByHerself(Hers::OtherSessionsEnded),
    nothing_outlives_a_password_that_was_changed: Ending::ByHerself(Hers::PasswordChanged),
    nothing_outlives_a_password_chosen_by_a_mailed_link: Ending::ByHerself(Hers::PasswordChosenByLink),
    nothing_outlives_an_alarm: Ending::ByHerself(Hers::Alarm),
    nothing_outlives_an_account_closed_by_its_owner: Ending::ByHerself(Hers::AccountClosed),
    nothing_outlives_the_end_of_sessions_by_customer_service: Ending::ByCustomerService(Services::SessionsEnded),
    nothing_outlives_an_account_that_customer_service_switches_off:
        Ending::ByCustomerService(Services::AccountSwitchedOff),
    nothing_outlives_the_block_by_customer_service: Ending::ByCustomerService(Services::CompanyBlocked),
    what_outlives_a_consent_withdrawn: Ending::ConsentWithdrawn,
    what_outlives_a_refresh_token_given_back: Ending::AtThePortal(Portals::RefreshTokenRevoked),
    what_outlives_a_refresh_token_replayed: Ending::AtThePortal(Portals::RefreshTokenReplayed),
    what_outlives_a_code_replayed: Ending::AtThePortal(Portals::CodeReplayed),
}

both! {
    async fn while_access_holds_every_door_is_open_on_every_server(world) {
        let second = world.second_server().await;
        assert_eq!(Holdings::of(&world, "alice").await.try_every_door().await, OPEN, "the tables would prove nothing");
        assert_eq!(Holdings::of(&world, "alice").await.at(&second).try_every_door().await, OPEN);
    }
}

both! {
    /// R-DIR-3: what was final stays ended when the ERP changes its mind; what was passing works again.
    async fn after_a_final_cause_nothing_held_before_comes_back(world) {
        let holdings = Holdings::of(&world, "alice").await;
        Cause::ContactInactiveAtErp.strike(&world, "alice").await;
        holdings.try_every_door().await;
        world.import(&format!("{}\n", include_str!("../../../src/demo/contacts.csv").trim_end())).await;
        assert_eq!(holdings.try_every_door().await, SHUT);
        world.signed_in("alice").await;
    }
}

both! {
    async fn what_happens_to_one_person_leaves_their_colleagues_alone(world) {
        let holdings = Holdings::of(&world, "carl").await;
        for cause in [Cause::ContactInactiveAtErp, Cause::MembershipDisabled, Cause::AccountDisabled] {
            cause.strike(&world, "alice").await;
        }
        assert_eq!(holdings.try_every_door().await, OPEN);
    }
}
