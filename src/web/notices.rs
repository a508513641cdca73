//! Letters to an account's owner about what happened to their sign-in. They are written before anybody knows whether they are needed:
//! nothing is rendered inside a unit of work.

use crate::access;
use crate::app::App;
use crate::base::ids::AccountId;
use crate::base::{Email, Fault, Language, Place};
use crate::http::Caller;
use crate::mail::letters::{Change, NewDevice, SecurityChange, Stationery};
use crate::mail::{self, Outgoing};
use crate::store::Tx;
use crate::words::{Device, Words};

/// An account's owner, to be written to.
pub(super) struct Owner<'a> {
    app: &'a App,
    caller: &'a Caller,
    to: Email,
    name: String,
    on: Stationery,
}

impl<'a> Owner<'a> {
    /// The owner of an account. Only a contact that may sign in is told: the address of one that was removed may be somebody else's by now.
    pub(super) async fn of(app: &'a App, caller: &'a Caller, account: AccountId) -> Result<Option<Self>, Fault> {
        if let Some(staff) = app.look(async |view| access::of_staff(&mut view.db, account).await).await? {
            let words = Words::of(staff.language.unwrap_or(caller.language));
            let on = Stationery { words, brand: app.brand.clone(), now: app.clock.now() };
            return Ok(Some(Self { app, caller, to: staff.email, name: staff.name, on }));
        }
        let people = app.look(async |view| access::of_account(&mut view.db, account).await).await?;
        let now = app.clock.now();
        let asked = access::Asked {
            door: access::Door::SignIn,
            address: caller.address,
            e_service: None,
            // Whoever guesses at the second factor hasn't proven it, and the owner is to hear of it all the more.
            second_factor_at: Some(now),
        };
        let Some(person) = people.iter().find(|person| access::judge(person, asked).holds()) else { return Ok(None) };
        let Ok(to) = Email::parse(&person.email) else { return Ok(None) };
        let language = person.language.as_deref().and_then(Language::from_tag).unwrap_or(caller.language);
        let on = Stationery { words: Words::of(language), brand: app.brand.clone(), now };
        Ok(Some(Self { app, caller, to, name: person.full_name(), on }))
    }

    /// A sign-in from a browser that wasn't known.
    pub(super) fn of_new_device(&self) -> Result<Outgoing, Fault> {
        let letter = NewDevice {
            name: self.name.clone(),
            at: self.on.now,
            device: self.device(),
            address: self.address(),
            account: self.app.config.url(Place::Account.path()),
        };
        Ok(Outgoing { name: "new_device", to: self.to.clone(), letter: letter.write(&self.on)? })
    }

    /// What people sign in with changed, or somebody tries to get past it.
    pub(super) fn of_change(&self, what: Change) -> Result<Outgoing, Fault> {
        let letter = SecurityChange {
            name: self.name.clone(),
            what,
            at: self.on.now,
            device: self.device(),
            address: self.address(),
            page: self.app.config.url(about(what).path()),
        };
        Ok(Outgoing { name: what.as_str(), to: self.to.clone(), letter: letter.write(&self.on)? })
    }

    fn device(&self) -> Device {
        Device::from_user_agent(&self.caller.user_agent)
    }

    fn address(&self) -> String {
        self.caller.address.map_or_else(|| self.on.words.say("access-address-unknown"), |address| address.to_string())
    }
}

/// The page about it.
const fn about(what: Change) -> Place {
    match what {
        Change::PasskeyEnrolled | Change::PasskeyRemoved | Change::PasskeyCopied => Place::Passkeys,
        Change::TotpEnrolled | Change::TotpRemoved | Change::RecoveryCodesMade | Change::RecoveryCodeUsed | Change::CodesGuessed => {
            Place::Totp
        }
    }
}

/// A letter about a change, where there is somebody to write to.
pub(super) async fn of_change(app: &App, caller: &Caller, (account, what): (AccountId, Change)) -> Result<Option<Outgoing>, Fault> {
    Owner::of(app, caller, account).await?.map(|owner| owner.of_change(what)).transpose()
}

/// Puts a letter into the outbox, where there is one.
pub(super) async fn post(tx: &mut Tx, app: &App, letter: Option<Outgoing>) -> Result<(), Fault> {
    if let Some(letter) = letter {
        mail::post(tx, app.envelope.as_ref(), letter).await?;
    }
    Ok(())
}
