//! The staff's console: find a company or contact, see its standing with every condition explained, help; the vendor's
//! own people; the trail. Each page and each deed asks for its duty, and a contact finds nothing here (R-DEL-6).

pub mod audit;
pub mod companies;
pub mod contact;
pub mod contacts;
mod demand;
pub mod home;
pub mod people;
mod routes;

use crate::access::{Condition, Met};
use crate::app::App;
use crate::base::Place;
use crate::base::vocabulary::words;
use crate::http::Staff;
use crate::page::{self, Frame, Framed as _};
use crate::rights::StaffPermission;
use crate::web::list::ListQuery;

pub(super) use routes::routes;

/// The column that leads through the console: what the person's roles open.
#[derive(Clone, Debug)]
pub struct Menu(pub Vec<Entry>);

/// A line of the menu.
#[derive(Clone, Debug)]
pub struct Entry {
    pub place: Place,
    pub label: String,
    /// Whether it is the page being read.
    pub here: bool,
}

impl Menu {
    fn of(app: &App, staff: &Staff, frame: &Frame, here: Place) -> Self {
        let pages: [(Place, &str, &[StaffPermission]); 5] = [
            (Place::Staff, "staff-home", &[]),
            (Place::StaffCompanies, "staff-companies", &[StaffPermission::ViewCompanies]),
            (Place::StaffContacts, "staff-contacts", &[StaffPermission::ViewContacts]),
            (Place::StaffPeople, "staff-people", &[StaffPermission::ViewStaff]),
            (Place::StaffAudit, "staff-audit", &[StaffPermission::AuditCustomers, StaffPermission::AuditService]),
        ];
        let open = pages
            .into_iter()
            .filter(|(.., duties)| duties.is_empty() || duties.iter().any(|duty| staff.may(app, *duty)));
        Self(open.map(|(place, key, _)| Entry { place, label: frame.say(key), here: place == here }).collect())
    }
}

words! {
    /// What was just done, which the next page says.
    StaffDone, "deed" {
        Unlocked = "unlocked",
        /// There was nothing to open.
        NotLocked = "not-locked",
        SessionsEnded = "sessions-ended",
        /// An account was switched off.
        SwitchedOff = "switched-off",
        /// An account was switched on.
        SwitchedOn = "switched-on",
        /// A lost second factor is going to be taken away.
        ResetAsked = "reset-asked",
        /// It can't be: nobody could be warned.
        NobodyToTell = "nobody-to-tell",
        /// It isn't, after all.
        ResetStopped = "reset-stopped",
        /// A second factor is demanded.
        Demanded = "demanded",
        /// It no longer is.
        NotDemanded = "not-demanded",
        /// A company was blocked.
        Blocked = "blocked",
        /// A company was let in again.
        Unblocked = "unblocked",
        Invited = "invited",
        RolesChanged = "roles-changed",
    }
}

impl StaffDone {
    /// The address of a page that says so.
    fn at(self, path: &str) -> String {
        format!("{path}?done={self}")
    }
}

impl ListQuery {
    fn frame(&self, app: &App, staff: &Staff) -> Result<Frame, crate::base::Fault> {
        let mut frame = staff.frame(app)?;
        let done = self.done.parse::<StaffDone>().ok().map(|done| frame.say(&format!("staff-done-{done}")));
        frame.notice = done.or(frame.notice);
        Ok(frame)
    }
}

/// A condition as staff read it: what it asks, and why it isn't met.
pub(crate) fn condition(
    frame: &Frame,
    condition: Condition,
    met: Met,
    values: &[(&'static str, &str)],
) -> page::ConditionRow {
    let sentence =
        if met == Met::No { frame.tell(&format!("access-{condition}-staff"), values) } else { String::new() };
    page::ConditionRow {
        condition: condition.as_str(),
        met,
        label: frame.say(&format!("staff-condition-{condition}")),
        sentence,
    }
}
