//! The audit trail, for staff: filtered by company, account, deed, day and reference, page by page.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::audit::{self, AuditLine, DeedKind, Search, Sight};
use crate::base::ids::{AccountId, AuditId, CompanyId};
use crate::base::{Fault, Place, SignInName, Timestamp};
use crate::http::Staff;
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::page::{Frame, Framed as _};
use crate::rights::StaffPermission;
use crate::store::{Found, View};
use crate::web::staff::Menu;
use crate::{account, directory};

/// The page.
#[derive(Debug, Template)]
#[template(path = "staff/audit.html")]
pub struct AuditPage {
    /// What every page shares.
    pub frame: Frame,
    /// The way through the console.
    pub menu: Menu,
    /// The filters as they were typed.
    pub filter: AuditQuery,
    /// The lines found, newest first.
    pub lines: Vec<LineView>,
    /// The address of the next page, where one follows.
    pub next: Option<String>,
}

/// What can be filtered by; empty is any.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// A company's ERP reference.
    pub company: String,
    /// A login or email.
    pub account: String,
    pub deed: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What a page showed.
    pub reference: String,
    /// The last line of the page before.
    pub before: String,
}

/// A line, in words.
#[derive(Clone, Debug)]
pub struct LineView {
    pub at: Timestamp,
    /// The deed's name.
    pub deed: String,
    /// What it was, in words.
    pub sentence: String,
    pub actor: String,
    pub about: Option<String>,
    pub address: Option<String>,
    /// The particulars, as they were written.
    pub detail: String,
    /// What ties it to a page somebody saw.
    pub reference: Option<String>,
}

/// Lists what the reader may see.
pub(in crate::web) async fn list(
    State(app): State<App>,
    staff: Staff,
    Query(filter): Query<AuditQuery>,
) -> Result<Response, Rejection> {
    let sight = match (staff.may(&app, StaffPermission::AuditCustomers), staff.may(&app, StaffPermission::AuditService))
    {
        (true, true) => Sight::Everything,
        (true, false) => Sight::Customers,
        (false, true) => Sight::Service,
        (false, false) => return Err(answer::trouble(&staff.caller, ErrorKind::NotPermitted).into()),
    };
    let (Found { items: lines, more }, names) = app.look(async |view| read(view, &app, &filter, sight).await).await?;
    let frame = staff.frame(&app)?;
    let next = lines.last().filter(|_| more).map(|last| filter.after(last.id));
    let page = AuditPage {
        menu: Menu::of(&app, &staff, &frame, Place::StaffAudit),
        lines: lines.into_iter().map(|line| LineView::new(&frame, line, &names)).collect(),
        filter,
        next,
        frame,
    };
    Ok(answer::page(StatusCode::OK, &page))
}

type Names = BTreeMap<AccountId, String>;

async fn read(
    view: &mut View,
    app: &App,
    filter: &AuditQuery,
    sight: Sight,
) -> Result<(Found<AuditLine>, Names), Fault> {
    let Some(search) = filter.understand(view, app, sight).await? else { return Ok((Found::NOTHING, Names::new())) };
    let found = audit::search(&mut view.db, &search).await?;
    let mut names = Names::new();
    let acting =
        |line: &AuditLine| line.actor.as_ref().filter(|_| line.actor_kind == "account").and_then(|id| id.parse().ok());
    let accounts: Vec<AccountId> =
        found.items.iter().flat_map(|line| line.account.into_iter().chain(acting(line))).collect();
    for account in accounts {
        if !names.contains_key(&account)
            && let Some(login) = account::login_of(&mut view.db, account).await?
        {
            names.insert(account, login);
        }
    }
    Ok((found, names))
}

impl AuditQuery {
    /// What is searched; nothing where a filter names what doesn't exist.
    async fn understand(&self, view: &mut View, app: &App, sight: Sight) -> Result<Option<Search>, Fault> {
        let all = [&self.company, &self.account, &self.deed, &self.reference];
        if all.iter().any(|text| text.contains('\0')) {
            return Ok(None);
        }
        let day = |text: &str, later, otherwise| match text.trim() {
            "" => Some(otherwise),
            text => app.brand.zone.day(text, later),
        };
        let (since, until) = (day(&self.from, 0, Timestamp::from_millis(0)), day(&self.to, 1, Timestamp::END));
        let (company, account) = (self.company(view).await?, self.account(view).await?);
        let deed = DeedKind::ALL.iter().find(|what| what.name() == self.deed).copied();
        let is_unknown = |text: &str, found: bool| !text.is_empty() && !found;
        if is_unknown(self.company.trim(), company.is_some())
            || is_unknown(self.account.trim(), account.is_some())
            || is_unknown(&self.deed, deed.is_some())
        {
            return Ok(None);
        }
        let (Some(since), Some(until)) = (since, until) else { return Ok(None) };
        let reference = Some(self.reference.trim().to_uppercase()).filter(|text| !text.is_empty());
        let before = self.before.parse::<AuditId>().ok();
        Ok(Some(Search { sight, company, account, deed, since, until, reference, before }))
    }

    async fn company(&self, view: &mut View) -> Result<Option<CompanyId>, Fault> {
        match self.company.trim() {
            "" => Ok(None),
            text => Ok(directory::company_by_ref(&mut view.db, text).await?.map(|company| company.id)),
        }
    }

    async fn account(&self, view: &mut View) -> Result<Option<AccountId>, Fault> {
        match SignInName::parse(&self.account) {
            Ok(name) => Ok(account::by_name(&mut view.db, &name).await?.map(|found| found.id)),
            Err(_) => Ok(None),
        }
    }

    /// The address of the page that follows a line.
    fn after(&self, last: AuditId) -> String {
        let query = serde_urlencoded::to_string(Self { before: last.to_string(), ..self.clone() }).unwrap_or_default();
        format!("{}?{query}", Place::StaffAudit.path())
    }
}

impl LineView {
    fn new(frame: &Frame, line: AuditLine, names: &Names) -> Self {
        let name_of = |id: &str| id.parse().ok().and_then(|id: AccountId| names.get(&id).cloned());
        let kind = line.actor_kind.as_str();
        let actor = line.actor.as_deref().map(|id| name_of(id).unwrap_or_else(|| id.to_owned()));
        let actor = actor.unwrap_or_else(|| match kind {
            "operator" => frame.say("staff-actor-operator"),
            "timetable" => frame.say("staff-actor-timetable"),
            _ => frame.say("staff-actor-visitor"),
        });
        let subject = line.subject.map(|subject| format!("{subject} ")).unwrap_or_default();
        let detail = if line.detail.as_object().is_some_and(serde_json::Map::is_empty) {
            String::new()
        } else {
            line.detail.to_string()
        };
        Self {
            at: line.at,
            about: line.account.and_then(|id| names.get(&id).cloned()).filter(|about| *about != actor),
            actor,
            // One that only a newer server than this one knows has its name only.
            sentence: DeedKind::of_name(&line.deed).map_or_else(|| line.deed.clone(), |what| frame.say(&what.key())),
            deed: line.deed,
            address: line.address,
            detail: format!("{subject}{detail}").trim_end().to_owned(),
            reference: line.reference,
        }
    }
}

impl AuditPage {
    /// Every deed there is, to choose from, each with whether it is chosen.
    fn deeds(&self) -> Vec<(&'static str, bool)> {
        DeedKind::ALL.iter().map(|what| (what.name(), what.name() == self.filter.deed)).collect()
    }
}
