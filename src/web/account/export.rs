//! A copy of one's own data, as one file: the record, what one may do, whom one let in, where one is signed in, what
//! happened. No secret is in it, nor the digest of one.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::access::{self, Snapshot};
use crate::app::App;
use crate::audit::activity::Happened;
use crate::audit::{self, Deed, DeedKind};
use crate::authorization::consent::{self, Consent};
use crate::base::{Fault, Timestamp};
use crate::directory::{self, Contact};
use crate::http::Person;
use crate::http::answer::Rejection;
use crate::store::View;
use crate::{account, session};

/// The most lines of activity; two years have fewer.
const ACTIVITY: u32 = 10_000;

/// Answers the file, and notes that it was taken.
pub(crate) async fn download(State(app): State<App>, person: Person) -> Result<Response, Rejection> {
    let account = person.session.account;
    let data = app.look(async |view| gather(view, &person).await).await?;
    app.act(person.actor(), async |tx| tx.record(Deed::new(DeedKind::AccountExported).account(account)).await).await?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\"")], Json(data)).into_response())
}

async fn gather(view: &mut View, person: &Person) -> Result<Value, Fault> {
    let account = person.session.account;
    let people = access::of_account(&mut view.db, account).await?;
    let mut records = Vec::new();
    for one in &people {
        if let Some(contact) = directory::contact(&mut view.db, one.contact.id).await? {
            records.push(record(one, &contact));
        }
    }
    let sessions = session::list(&mut view.db, account, view.now, view.lives.session_idle).await?;
    let devices = account::device::list(&mut view.db, account, view.now).await?;
    let consents = consent::of_account(&mut view.db, account).await?;
    let activity = audit::activity::activity(&mut view.db, account, ACTIVITY).await?;
    Ok(json!({
        "exported_at": time(view.now),
        "account": {
            "id": account,
            "names": account::names(&mut view.db, account).await?,
            "language": person.snapshot.language(),
            "activated_at": person.snapshot.account.activated_at.map(time),
            "mailbox_proven_at": person.snapshot.account.mailbox_proven_at.map(time),
            "password_set_at": person.snapshot.account.password_set_at.map(time),
        },
        "records": records,
        "memberships": people.iter().map(membership).collect::<Vec<_>>(),
        "consents": consents.iter().map(allowed).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|session| json!({
            "began_at": time(session.created_at),
            "last_used_at": time(session.last_seen_at),
            "address": session.address,
            "browser": session.user_agent,
        })).collect::<Vec<_>>(),
        "devices": devices.iter().map(|device| json!({
            "first_seen_at": time(device.first_seen_at),
            "last_seen_at": time(device.last_seen_at),
            "browser": device.user_agent,
        })).collect::<Vec<_>>(),
        "activity": activity.iter().map(happened).collect::<Vec<_>>(),
    }))
}

fn time(at: Timestamp) -> String {
    at.to_string()
}

fn record(person: &Snapshot, contact: &Contact) -> Value {
    json!({
        "company": { "ref": person.company.reference, "name": person.company.name },
        "ref": contact.reference,
        "title": contact.title,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email.as_str(),
        "phone": contact.phone,
        "mobile": contact.mobile,
        "type": contact.kind,
        "language": contact.language,
        "newsletter": contact.newsletter,
        "branch": contact.branch,
    })
}

fn membership(person: &Snapshot) -> Value {
    json!({
        "company": { "ref": person.company.reference, "name": person.company.name },
        "approved_at": person.membership.approved_at.map(time),
        "access_profile": person.membership.profile,
        "roles": person.membership.roles,
        "entitlements": person.entitlements(),
        "branch": person.membership.branch,
        "networks": person.membership.networks,
    })
}

fn allowed(consent: &Consent) -> Value {
    json!({ "application": consent.client, "scope": *consent.scope, "granted_at": time(consent.granted_at) })
}

fn happened(happened: &Happened) -> Value {
    json!({
        "at": time(happened.at),
        "what": happened.what().map(DeedKind::name),
        "by": if happened.is_own { "you" } else { happened.actor_kind.as_str() },
        "subject": happened.subject,
        "address": happened.address,
        "browser": happened.user_agent,
    })
}
