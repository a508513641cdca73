//! Support tickets: the list, and one with its history.

use askama::Template;
use axum::extract::Path;
use sqlx::SqlitePool;

use crate::layout::format::Day;
use crate::layout::words::Words;
use crate::layout::{Answer, Shell};
use crate::provider::claims::Company;
use crate::rights::View;
use crate::sign_in::guard::Customer;
use crate::sign_in::session::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
enum State {
    Open,
    /// The customer's answer is awaited.
    Waiting,
    Solved,
    Closed,
}

impl State {
    fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Open => w.ticket_open,
            Self::Waiting => w.ticket_waiting,
            Self::Solved => w.ticket_solved,
            Self::Closed => w.ticket_closed,
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Open => "going",
            Self::Waiting => "waiting",
            Self::Solved => "good",
            Self::Closed => "quiet",
        }
    }
}

#[derive(sqlx::FromRow)]
struct Ticket {
    reference: String,
    branch: Option<String>,
    subject: String,
    state: State,
    access_id: Option<String>,
    #[sqlx(try_from = "String")]
    opened_on: Day,
}

/// One message of a ticket's history.
#[derive(sqlx::FromRow)]
struct Entry {
    #[sqlx(try_from = "String")]
    written_on: Day,
    author: String,
    ours: bool,
    body: String,
}

#[derive(Template)]
#[template(path = "portal/tickets/list.html")]
struct List<'a> {
    shell: &'a Shell,
    tickets: Vec<Ticket>,
    branches: bool,
}

#[derive(Template)]
#[template(path = "portal/tickets/detail.html")]
struct Detail<'a> {
    shell: &'a Shell,
    ticket: Ticket,
    history: Vec<Entry>,
}

/// `/tickets`.
pub async fn list(customer: Customer) -> Answer {
    customer.require(View::Tickets)?;
    let (shell, company) = (&customer.shell, &customer.person.company);
    let tickets = find(&customer.portal.database, company).await.map_err(|fault| shell.broken(&fault))?;
    shell.page(&List { shell, tickets, branches: company.branch.is_none() })
}

/// `/tickets/{reference}`.
pub async fn detail(customer: Customer, Path(reference): Path<String>) -> Answer {
    customer.require(View::Tickets)?;
    let (shell, database) = (&customer.shell, &customer.portal.database);
    let ticket = one(database, &customer.person.company, &reference)
        .await
        .map_err(|fault| shell.broken(&fault))?
        .ok_or_else(|| shell.not_found())?;
    let history = history(database, &ticket.reference).await.map_err(|fault| shell.broken(&fault))?;
    shell.page(&Detail { shell, ticket, history })
}

async fn find(database: &SqlitePool, company: &Company) -> Result<Vec<Ticket>, Fault> {
    Ok(sqlx::query_as(
        "select * from tickets where company = $1 and ($2 is null or branch = $2)
         order by opened_on desc, reference desc",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_all(database)
    .await?)
}

async fn one(database: &SqlitePool, company: &Company, reference: &str) -> Result<Option<Ticket>, Fault> {
    Ok(sqlx::query_as("select * from tickets where company = $1 and ($2 is null or branch = $2) and reference = $3")
        .bind(&company.reference)
        .bind(&company.branch)
        .bind(reference)
        .fetch_optional(database)
        .await?)
}

async fn history(database: &SqlitePool, ticket: &str) -> Result<Vec<Entry>, Fault> {
    Ok(sqlx::query_as("select * from ticket_entries where ticket = $1 order by position")
        .bind(ticket)
        .fetch_all(database)
        .await?)
}

/// How many tickets are not settled yet.
pub async fn open(database: &SqlitePool, company: &Company) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from tickets
         where company = $1 and ($2 is null or branch = $2) and state in ('open', 'waiting')",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_one(database)
    .await?)
}
