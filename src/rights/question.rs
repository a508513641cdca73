//! What can be asked: one action on one type of object. A pair that the vocabulary doesn't have can't be built.

use crate::base::vocabulary::{EServiceCode, NotACode, UnknownWord, words};

words! {
    /// The types of objects that relying parties ask about.
    Object, "type of object" {
        Order = "order",
        /// An invoice, a credit note or an annex (R-RGT-1).
        Invoice = "invoice",
        Ticket = "ticket",
        Certificate = "certificate",
        /// A service with its control panel.
        Subscription = "subscription",
        /// A person at the company.
        Contact = "contact",
        EService = "e_service",
    }
}

words! {
    /// What can be done with an order.
    OrderAction, "action on an order" {
        /// See it, amounts apart.
        View = "view",
        ViewAmount = "view_amount",
        Create = "create",
        /// Exchange what was delivered.
        Exchange = "exchange",
        /// Terminate what was ordered.
        Terminate = "terminate",
    }
}

words! {
    /// What can be done with an invoice.
    InvoiceAction, "action on an invoice" {
        /// See and download it.
        View = "view",
        Pay = "pay",
    }
}

words! {
    /// What can be done with a support case.
    TicketAction, "action on a ticket" {
        View = "view",
        Open = "open",
        /// Comment on it, with attachments.
        Comment = "comment",
        /// Share it with another person.
        Share = "share",
        /// Rate it at the close.
        Rate = "rate",
        /// File it although the diagnosis is OK (R-POR-3).
        Force = "force",
    }
}

words! {
    /// What can be done with a certificate.
    CertificateAction, "action on a certificate" {
        /// See that it exists, and its dates.
        View = "view",
        Download = "download",
    }
}

words! {
    /// What can be done with a subscription.
    SubscriptionAction, "action on a subscription" {
        View = "view",
        /// Change it in its control panel.
        Manage = "manage",
    }
}

words! {
    /// What can be done with a contact.
    ContactAction, "action on a contact" {
        View = "view",
        /// Change it, and what they hold.
        Manage = "manage",
    }
}

words! {
    /// What can be done with an e-service.
    EServiceAction, "action on an e-service" {
        Use = "use",
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Order(OrderAction),
    Invoice(InvoiceAction),
    /// About a support case.
    Ticket(TicketAction),
    Certificate(CertificateAction),
    Subscription(SubscriptionAction),
    /// About a person at the company.
    Contact(ContactAction),
    /// About the e-service with this code.
    EService(EServiceAction, EServiceCode),
}

/// Why words make no question. Nothing unknown is ever allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The type of object or the action isn't in the vocabulary.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// A question about an e-service doesn't say which.
    #[error("a question about an e_service names its code as the id")]
    NoCode,
    /// The id of an e-service can't be one.
    #[error(transparent)]
    Code(#[from] NotACode),
}

impl Question {
    /// Reads a question from the words of an AuthZEN request; `id` matters for e-services only, where it is the code.
    pub fn parse(object: &str, action: &str, id: Option<&str>) -> Result<Self, Unknown> {
        Ok(match object.parse()? {
            Object::Order => Self::Order(action.parse()?),
            Object::Invoice => Self::Invoice(action.parse()?),
            Object::Ticket => Self::Ticket(action.parse()?),
            Object::Certificate => Self::Certificate(action.parse()?),
            Object::Subscription => Self::Subscription(action.parse()?),
            Object::Contact => Self::Contact(action.parse()?),
            Object::EService => {
                let action = action.parse()?;
                Self::EService(action, EServiceCode::parse(id.ok_or(Unknown::NoCode)?)?)
            }
        })
    }

    /// The type of object asked about.
    pub fn object(&self) -> Object {
        match self {
            Self::Order(_) => Object::Order,
            Self::Invoice(_) => Object::Invoice,
            Self::Ticket(_) => Object::Ticket,
            Self::Certificate(_) => Object::Certificate,
            Self::Subscription(_) => Object::Subscription,
            Self::Contact(_) => Object::Contact,
            Self::EService(_, _) => Object::EService,
        }
    }

    /// The e-service asked about, if the question is about one.
    pub fn e_service(&self) -> Option<&EServiceCode> {
        match self {
            Self::EService(_, code) => Some(code),
            Self::Order(_)
            | Self::Invoice(_)
            | Self::Ticket(_)
            | Self::Certificate(_)
            | Self::Subscription(_)
            | Self::Contact(_) => None,
        }
    }

    /// The word of the action asked about.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Order(action) => action.as_str(),
            Self::Invoice(action) => action.as_str(),
            Self::Ticket(action) => action.as_str(),
            Self::Certificate(action) => action.as_str(),
            Self::Subscription(action) => action.as_str(),
            Self::Contact(action) => action.as_str(),
            Self::EService(action, _) => action.as_str(),
        }
    }
}

impl Object {
    /// The words of every action on objects of this type.
    pub fn actions(self) -> Vec<&'static str> {
        match self {
            Self::Order => OrderAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::Invoice => InvoiceAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::Ticket => TicketAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::Certificate => CertificateAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::Subscription => SubscriptionAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::Contact => ContactAction::ALL.iter().map(|action| action.as_str()).collect(),
            Self::EService => EServiceAction::ALL.iter().map(|action| action.as_str()).collect(),
        }
    }
}
