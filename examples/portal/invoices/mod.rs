//! Invoices and credit notes: the list, and each as a PDF, again and again (R-POR-2).

mod invoice;
mod invoice_pdf;
mod pdf;

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use sqlx::SqlitePool;

use crate::layout::{Answer, Shell};
use crate::provider::claims::Company;
use crate::rights::View;
use crate::sign_in::guard::Customer;
use crate::sign_in::session::Fault;

use invoice::{Invoice, Line, Recipient};

#[derive(Template)]
#[template(path = "portal/invoices/list.html")]
struct List<'a> {
    shell: &'a Shell,
    invoices: Vec<Invoice>,
    branches: bool,
}

/// `/invoices`.
pub async fn list(customer: Customer) -> Answer {
    customer.require(View::Invoices)?;
    let (shell, company) = (&customer.shell, &customer.person.company);
    let invoices = find(&customer.portal.database, company).await.map_err(|fault| shell.broken(&fault))?;
    shell.page(&List { shell, invoices, branches: company.branch.is_none() })
}

/// `/invoices/{reference}.pdf`. The document is in French whoever reads it: it is the vendor's accounting record.
pub async fn document(customer: Customer, Path(file): Path<String>) -> Answer {
    customer.require(View::Invoices)?;
    let shell = &customer.shell;
    let reference = file.strip_suffix(".pdf").ok_or_else(|| shell.not_found())?;
    let (database, company) = (&customer.portal.database, &customer.person.company);
    let invoice = one(database, company, reference)
        .await
        .map_err(|fault| shell.broken(&fault))?
        .ok_or_else(|| shell.not_found())?;
    let lines = lines(database, reference).await.map_err(|fault| shell.broken(&fault))?;
    let recipient = recipient(database, company).await.map_err(|fault| shell.broken(&fault))?;
    let name = format!("inline; filename=\"{}.pdf\"", invoice.reference);
    let pdf = invoice_pdf::draw(&invoice, &lines, &recipient);
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, name)], pdf).into_response())
}

async fn find(database: &SqlitePool, company: &Company) -> Result<Vec<Invoice>, Fault> {
    Ok(sqlx::query_as(
        "select invoices.*, (select sum(quantity * unit) from invoice_lines where invoice = reference) as net
         from invoices where company = $1 and ($2 is null or branch = $2)
         order by issued_on desc, reference desc",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_all(database)
    .await?)
}

async fn one(database: &SqlitePool, company: &Company, reference: &str) -> Result<Option<Invoice>, Fault> {
    Ok(sqlx::query_as(
        "select invoices.*, (select sum(quantity * unit) from invoice_lines where invoice = reference) as net
         from invoices where company = $1 and ($2 is null or branch = $2) and reference = $3",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .bind(reference)
    .fetch_optional(database)
    .await?)
}

async fn lines(database: &SqlitePool, invoice: &str) -> Result<Vec<Line>, Fault> {
    Ok(sqlx::query_as("select label, quantity, unit from invoice_lines where invoice = $1 order by position")
        .bind(invoice)
        .fetch_all(database)
        .await?)
}

/// The address in the portal's books; a company that isn't in them yet is at least named.
async fn recipient(database: &SqlitePool, company: &Company) -> Result<Recipient, Fault> {
    let filed: Option<Recipient> = sqlx::query_as("select * from customers where company = $1")
        .bind(&company.reference)
        .fetch_optional(database)
        .await?;
    Ok(filed.unwrap_or_else(|| Recipient {
        company: company.reference.clone(),
        name: company.name.clone(),
        street: String::new(),
        town: String::new(),
    }))
}

/// How many invoices are not paid yet.
pub async fn unpaid(database: &SqlitePool, company: &Company) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from invoices
         where company = $1 and ($2 is null or branch = $2) and kind = 'invoice' and paid_on is null",
    )
    .bind(&company.reference)
    .bind(&company.branch)
    .fetch_one(database)
    .await?)
}
