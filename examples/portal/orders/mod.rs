//! Orders: the list, one order, and how many there are of each kind and state (R-POR-1). Amounts follow R-RGT-1.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use serde::Deserialize;
use sqlx::SqlitePool;

use crate::layout::format::{Day, amount};
use crate::layout::words::Words;
use crate::layout::{Answer, Shell};
use crate::provider::claims::Company;
use crate::rights::View;
use crate::sign_in::guard::Customer;
use crate::sign_in::session::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum Kind {
    Creation,
    Termination,
    Exchange,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Creation, Self::Termination, Self::Exchange];

    pub fn code(self) -> &'static str {
        match self {
            Self::Creation => "creation",
            Self::Termination => "termination",
            Self::Exchange => "exchange",
        }
    }

    pub fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Creation => w.kind_creation,
            Self::Termination => w.kind_termination,
            Self::Exchange => w.kind_exchange,
        }
    }

    /// The states that an order of this kind can be in, in the order of its life.
    pub fn states(self) -> &'static [State] {
        match self {
            Self::Creation => &[State::InProgress, State::Shipped, State::Appointment, State::Failed, State::Done],
            Self::Termination => &[State::InProgress, State::AwaitingReturn, State::Failed, State::Done],
            Self::Exchange => &[State::InProgress, State::Shipped, State::AwaitingReturn, State::Failed, State::Done],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum State {
    InProgress,
    Shipped,
    Failed,
    Done,
    /// The appointment has to be taken again.
    Appointment,
    /// The old box is expected back.
    AwaitingReturn,
}

impl State {
    pub fn code(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Shipped => "shipped",
            Self::Failed => "failed",
            Self::Done => "done",
            Self::Appointment => "appointment",
            Self::AwaitingReturn => "awaiting_return",
        }
    }

    pub fn words(self, w: &Words) -> &'static str {
        match self {
            Self::InProgress => w.state_in_progress,
            Self::Shipped => w.state_shipped,
            Self::Failed => w.state_failed,
            Self::Done => w.state_done,
            Self::Appointment => w.state_appointment,
            Self::AwaitingReturn => w.state_awaiting_return,
        }
    }

    /// The colour of the state's badge, always next to its words.
    pub fn tone(self) -> &'static str {
        match self {
            Self::InProgress | Self::Shipped => "going",
            Self::Failed => "bad",
            Self::Done => "good",
            Self::Appointment | Self::AwaitingReturn => "waiting",
        }
    }

    /// What the customer can do about it, where there is something.
    fn advice(self, w: &Words) -> &'static str {
        match self {
            Self::InProgress => w.advice_in_progress,
            Self::Shipped => w.advice_shipped,
            Self::Failed => w.advice_failed,
            Self::Done => w.advice_done,
            Self::Appointment => w.advice_appointment,
            Self::AwaitingReturn => w.advice_awaiting_return,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Order {
    reference: String,
    branch: Option<String>,
    kind: Kind,
    state: State,
    offer: String,
    site: String,
    access_id: String,
    #[sqlx(try_from = "String")]
    ordered_on: Day,
    appointment: Option<String>,
    setup: i64,
    monthly: i64,
}

impl Order {
    fn appointment(&self) -> Option<Day> {
        self.appointment.clone().and_then(|text| Day::try_from(text).ok())
    }

    fn setup(&self, w: &Words) -> String {
        amount(self.setup, w.language)
    }

    fn monthly(&self, w: &Words) -> String {
        amount(self.monthly, w.language)
    }
}

/// How many orders there are of a kind in a state.
#[derive(sqlx::FromRow)]
pub struct Count {
    pub kind: Kind,
    pub state: State,
    pub number: i64,
}

/// What the list is narrowed to.
#[derive(Clone, Copy, Default, Deserialize)]
pub struct Filter {
    kind: Option<Kind>,
    state: Option<State>,
}

impl Filter {
    fn is_set(self) -> bool {
        self.kind.is_some() || self.state.is_some()
    }
}

#[derive(Template)]
#[template(path = "portal/orders/list.html")]
struct List<'a> {
    shell: &'a Shell,
    orders: Vec<Order>,
    filter: Filter,
    amounts: bool,
    branches: bool,
}

#[derive(Template)]
#[template(path = "portal/orders/detail.html")]
struct Detail<'a> {
    shell: &'a Shell,
    order: Order,
    amounts: bool,
}

/// `/orders`, narrowed by `kind` and `state`; a filter that isn't one is left out.
pub async fn list(customer: Customer, filter: Result<Query<Filter>, QueryRejection>) -> Answer {
    customer.require(View::Orders)?;
    let (shell, person) = (&customer.shell, &customer.person);
    let filter = filter.map(|Query(filter)| filter).unwrap_or_default();
    let orders =
        find(&customer.portal.database, &person.company, filter).await.map_err(|fault| shell.broken(&fault))?;
    let (amounts, branches) = (person.may(View::OrderAmounts), person.company.branch.is_none());
    shell.page(&List { shell, orders, filter, amounts, branches })
}

/// `/orders/{reference}`.
pub async fn detail(customer: Customer, Path(reference): Path<String>) -> Answer {
    customer.require(View::Orders)?;
    let (shell, person) = (&customer.shell, &customer.person);
    let order = one(&customer.portal.database, &person.company, &reference)
        .await
        .map_err(|fault| shell.broken(&fault))?
        .ok_or_else(|| shell.not_found())?;
    shell.page(&Detail { shell, order, amounts: person.may(View::OrderAmounts) })
}

async fn find(database: &SqlitePool, company: &Company, filter: Filter) -> Result<Vec<Order>, Fault> {
    Ok(sqlx::query_as(
        "select * from orders where company = $1 and ($2 is null or branch = $2)
         and ($3 is null or kind = $3) and ($4 is null or state = $4)
         order by ordered_on desc, reference desc",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .bind(filter.kind)
    .bind(filter.state)
    .fetch_all(database)
    .await?)
}

async fn one(database: &SqlitePool, company: &Company, reference: &str) -> Result<Option<Order>, Fault> {
    Ok(sqlx::query_as("select * from orders where company = $1 and ($2 is null or branch = $2) and reference = $3")
        .bind(&company.reference)
        .bind(&company.branch)
        .bind(reference)
        .fetch_optional(database)
        .await?)
}

/// Counts what `company` (and its branch, where limited) may see.
pub async fn count(database: &SqlitePool, company: &Company) -> Result<Vec<Count>, Fault> {
    Ok(sqlx::query_as(
        "select kind, state, count(*) as number from orders
         where company = $1 and ($2 is null or branch = $2) group by kind, state",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_all(database)
    .await?)
}
