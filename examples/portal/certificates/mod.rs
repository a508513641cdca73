//! « Mes certificats numériques »: the certificates by e-service and environment (R-POR-4, so far the list).

use askama::Template;
use sqlx::SqlitePool;

use crate::clock::Moment;
use crate::layout::format::Day;
use crate::layout::words::Words;
use crate::layout::{Answer, Shell};
use crate::provider::claims::Company;
use crate::rights::View;
use crate::sign_in::guard::Customer;
use crate::sign_in::session::Fault;

/// A certificate that ends within this many days needs its successor soon.
const SOON: i64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
enum Environment {
    Production,
    NonProduction,
}

impl Environment {
    fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Production => w.production,
            Self::NonProduction => w.non_production,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Certificate {
    reference: String,
    e_service: String,
    environment: Environment,
    #[sqlx(try_from = "String")]
    published_on: Day,
    #[sqlx(try_from = "String")]
    expires_on: Day,
}

/// How long a certificate still serves.
#[derive(Clone, Copy)]
enum Validity {
    Good,
    Soon,
    Over,
}

impl Validity {
    fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Good => w.certificate_good,
            Self::Soon => w.certificate_soon,
            Self::Over => w.certificate_over,
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Soon => "waiting",
            Self::Over => "bad",
        }
    }
}

impl Certificate {
    fn validity(&self) -> Validity {
        let left = (self.expires_on.0 - Moment::now().day()).get_days();
        match i64::from(left) {
            ..0 => Validity::Over,
            0..=SOON => Validity::Soon,
            _ => Validity::Good,
        }
    }
}

#[derive(Template)]
#[template(path = "portal/certificates/list.html")]
struct List<'a> {
    shell: &'a Shell,
    certificates: Vec<Certificate>,
}

/// `/certificates`.
pub async fn list(customer: Customer) -> Answer {
    customer.require(View::Certificates)?;
    let shell = &customer.shell;
    let certificates =
        find(&customer.portal.database, &customer.person.company).await.map_err(|fault| shell.broken(&fault))?;
    shell.page(&List { shell, certificates })
}

async fn find(database: &SqlitePool, company: &Company) -> Result<Vec<Certificate>, Fault> {
    Ok(sqlx::query_as(
        "select * from certificates where company = $1 and ($2 is null or branch = $2)
         order by e_service, environment desc, expires_on",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_all(database)
    .await?)
}

/// How many certificates are over, or end soon.
pub async fn expiring(database: &SqlitePool, company: &Company) -> Result<i64, Fault> {
    let certificates = find(database, company).await?;
    let due = certificates.iter().filter(|certificate| !matches!(certificate.validity(), Validity::Good));
    Ok(i64::try_from(due.count()).unwrap_or(i64::MAX))
}
