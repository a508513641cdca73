//! An invoice or a credit note: its sums, and what remains to be done about it.

use crate::clock::Moment;
use crate::layout::format::{Day, amount};
use crate::layout::words::Words;

/// French VAT, in per cent.
pub const VAT: i64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case")]
pub enum Kind {
    Invoice,
    CreditNote,
}

impl Kind {
    pub fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Invoice => w.invoice,
            Self::CreditNote => w.credit_note,
        }
    }
}

/// An invoice or a credit note, with its sum before VAT in euro cents.
#[derive(sqlx::FromRow)]
pub struct Invoice {
    pub reference: String,
    pub branch: Option<String>,
    pub kind: Kind,
    #[sqlx(try_from = "String")]
    pub issued_on: Day,
    #[sqlx(try_from = "String")]
    pub due_on: Day,
    pub paid_on: Option<String>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<String>,
    pub net: i64,
}

/// What is invoiced: so many of something at a price before VAT, in euro cents.
#[derive(sqlx::FromRow)]
pub struct Line {
    pub label: String,
    pub quantity: i64,
    pub unit: i64,
}

/// Whom the invoice is for.
#[derive(sqlx::FromRow)]
pub struct Recipient {
    pub company: String,
    pub name: String,
    pub street: String,
    pub town: String,
}

impl Invoice {
    /// The VAT on the sum, rounded half away from zero to the cent.
    pub fn vat(&self) -> i64 {
        (self.net * VAT + 50 * self.net.signum()) / 100
    }

    pub fn gross(&self) -> i64 {
        self.net + self.vat()
    }

    pub fn total(&self, w: &Words) -> String {
        amount(self.gross(), w.language)
    }

    /// Nobody owes a credit note.
    pub fn due(&self) -> Option<Day> {
        match self.kind {
            Kind::Invoice => Some(self.due_on),
            Kind::CreditNote => None,
        }
    }

    pub fn status(&self) -> PaymentStatus {
        match self.kind {
            Kind::CreditNote => PaymentStatus::Credited,
            Kind::Invoice if self.paid_on.is_some() => PaymentStatus::Paid,
            Kind::Invoice if self.due_on.0 < Moment::now().day() => PaymentStatus::Overdue,
            Kind::Invoice => PaymentStatus::Due,
        }
    }
}

/// What remains to be done about an invoice.
#[derive(Clone, Copy)]
pub enum PaymentStatus {
    Paid,
    Due,
    Overdue,
    Credited,
}

impl PaymentStatus {
    pub fn words(self, w: &Words) -> &'static str {
        match self {
            Self::Paid => w.invoice_paid,
            Self::Due => w.invoice_due,
            Self::Overdue => w.invoice_overdue,
            Self::Credited => w.invoice_credited,
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::Paid => "good",
            Self::Due => "waiting",
            Self::Overdue => "bad",
            Self::Credited => "quiet",
        }
    }
}
