//! What people do at their own pages, and Customer Service in the console, that ends what relying parties and browsers
//! hold.

use guichet::account::{LinkPurpose, link};
use guichet::base::Dice;

use crate::security::{ANOTHER, change_password};
use crate::staff::contact_page;
use crate::world::{Browser, PASSWORD, World};

/// What alice does in a browser of her own, apart from all that she holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hers {
    /// She changes her password.
    PasswordChanged,
    /// She chooses a password by a mailed link.
    PasswordChosenByLink,
    /// She presses "It wasn't me" in the letter about a sign-in.
    Alarm,
    /// She ends every session but the one she has.
    OtherSessionsEnded,
    /// She closes her account.
    AccountClosed,
}

/// What Customer Service does in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Services {
    /// Ends the sessions of a contact.
    SessionsEnded,
    /// Switches the account of a contact off.
    AccountSwitchedOff,
    /// Blocks a company.
    CompanyBlocked,
}

impl Hers {
    pub const ALL: [Self; 5] =
        [Self::PasswordChanged, Self::PasswordChosenByLink, Self::Alarm, Self::OtherSessionsEnded, Self::AccountClosed];

    pub async fn strike(self, world: &World) {
        let (answer, to) = match self {
            Self::PasswordChanged => {
                let mut browser = world.signed_in("alice").await;
                (change_password(&mut browser, PASSWORD, ANOTHER).await, "/account/security?done=password")
            }
            Self::PasswordChosenByLink => {
                let mut browser = confirmed(world, &new_password_link(world).await).await;
                browser.get("/password").await;
                (browser.submit("password-submit", &[("password", ANOTHER)]).await, "/password/done")
            }
            Self::Alarm => {
                world.signed_in("alice").await;
                let (_, link) = world.last_mail("alice").await;
                let mut browser = world.browser();
                browser.get(&link).await;
                (browser.submit("link-confirm", &[]).await, "/account/secured")
            }
            Self::OtherSessionsEnded => {
                let mut browser = world.signed_in("alice").await;
                browser.get("/account/security").await;
                (browser.submit("sessions-end-others", &[]).await, "/account/security?done=other-sessions")
            }
            Self::AccountClosed => {
                let mut browser = world.signed_in("alice").await;
                browser.get("/account/close").await;
                (browser.submit("close-submit", &[("password", PASSWORD)]).await, "/account/closed")
            }
        };
        assert_eq!(answer.header("location"), to, "{self:?}: {}", answer.text());
    }
}

/// Such a letter goes out after an alarm, which leaves nothing that the new password could end: here it comes without
/// one.
async fn new_password_link(world: &World) -> String {
    let (alice, secret) = (world.people("alice").await.remove(0).account, Dice.secret().unwrap());
    world.as_operator(async |tx| link::issue(tx, alice.id, LinkPurpose::NewPassword, &secret).await).await;
    format!("/links/{}", secret.expose())
}

/// A browser that opened a link and pressed its button.
async fn confirmed(world: &World, link: &str) -> Browser {
    let mut browser = world.browser();
    browser.get(link).await;
    assert_eq!(browser.submit("link-confirm", &[]).await.status(), 303);
    browser
}

impl Services {
    pub const ALL: [Self; 3] = [Self::SessionsEnded, Self::AccountSwitchedOff, Self::CompanyBlocked];

    pub async fn strike(self, world: &World) {
        let mut carole = world.signed_in("carole").await;
        let (page, button) = match self {
            Self::SessionsEnded => (contact_page(&mut carole, "alice").await, "sessions-end"),
            Self::AccountSwitchedOff => (contact_page(&mut carole, "alice").await, "account-disable"),
            Self::CompanyBlocked => ("/staff/companies/C-1001".to_owned(), "company-block"),
        };
        carole.get(&page).await;
        assert_eq!(carole.submit(button, &[]).await.status(), 303, "{self:?}");
    }
}
