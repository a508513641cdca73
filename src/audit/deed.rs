//! A deed about to be told: what was done, to whom, and its particulars.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::base::Timestamp;
use crate::base::ids::{AccountId, CompanyId};

use super::deeds::DeedKind;
use super::end_reason::EndReason;
use super::letter::LetterKind;

/// Something done, about to be told.
#[derive(Clone, Debug)]
pub struct Deed {
    pub(super) what: DeedKind,
    pub(super) company: Option<CompanyId>,
    pub(super) account: Option<AccountId>,
    pub(super) row: Option<Uuid>,
    pub(super) subject: Option<String>,
    pub(super) because: Option<EndReason>,
    pub(super) until: Option<Timestamp>,
    pub(super) detail: Map<String, Value>,
    pub(super) reference: Option<String>,
    pub(super) without: Option<LetterKind>,
}

impl Deed {
    /// A deed of that name, concerning nobody yet.
    pub fn new(what: DeedKind) -> Self {
        Self {
            what,
            company: None,
            account: None,
            row: None,
            subject: None,
            because: None,
            until: None,
            detail: Map::new(),
            reference: None,
            without: None,
        }
    }

    /// The company whose administrators may read the line (R-DEL-2).
    #[must_use]
    pub fn company(self, company: CompanyId) -> Self {
        Self { company: Some(company), row: self.row.or(Some(company.0)), ..self }
    }

    /// The account it concerns, which is not always the one that acts.
    #[must_use]
    pub fn account(self, account: AccountId) -> Self {
        Self { account: Some(account), row: self.row.or(Some(account.0)), ..self }
    }

    /// The row it was done to, where that is neither the account nor the company: its event is about it.
    #[must_use]
    pub fn of_row(self, id: impl Into<Uuid>) -> Self {
        let id = id.into();
        Self { row: Some(id), subject: self.subject.or_else(|| Some(id.to_string())), ..self }
    }

    /// What was acted on: a client's or key's name, an id, a file.
    #[must_use]
    pub fn subject(self, subject: impl fmt::Display) -> Self {
        Self { subject: Some(subject.to_string()), ..self }
    }

    /// Why it ended.
    #[must_use]
    pub fn because(self, reason: EndReason) -> Self {
        Self { because: Some(reason), ..self }
    }

    /// Until when it holds, or when it comes true.
    #[must_use]
    pub fn until(self, until: Timestamp) -> Self {
        Self { until: Some(until), ..self }
    }

    /// A particular: ids and codes, never names, mail addresses or telephone numbers. JSON escapes control characters,
    /// so that none can pose as a line of its own.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Serialize) -> Self {
        self.detail.insert(name.to_owned(), serde_json::json!(value));
        self
    }

    /// The particulars of something that is one already.
    #[must_use]
    pub fn details(mut self, of: impl Serialize) -> Self {
        if let Value::Object(particulars) = serde_json::json!(of) {
            self.detail.extend(particulars);
        }
        self
    }

    /// What ties the line to another record: the reference an error page shows, a ticket.
    #[must_use]
    pub fn reference(self, reference: impl fmt::Display) -> Self {
        Self { reference: Some(reference.to_string()), ..self }
    }

    /// This one letter isn't sent: its link was handed over already, or it would lead nowhere.
    #[must_use]
    pub fn without(self, letter: LetterKind) -> Self {
        Self { without: Some(letter), ..self }
    }

    pub(super) fn particulars(&self) -> Map<String, Value> {
        let mut detail = self.detail.clone();
        detail.extend(self.because.map(|reason| ("because".to_owned(), Value::from(reason.as_str()))));
        detail.extend(self.until.map(|until| ("until".to_owned(), Value::from(until.to_string()))));
        detail
    }
}
