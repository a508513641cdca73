//! The named conditions of access. A new rule is one condition here, one row in [`super::door`], one sentence per
//! language, one test.

use crate::base::vocabulary::words;

words! {
    /// Something that must hold for a person to act as a contact.
    Condition, "condition" {
        /// R-DIR-1: Accounting has validated the company's record.
        CompanyValidated = "company-validated",
        /// R-DIR-1: the company has already ordered.
        CompanyOrdered = "company-ordered",
        /// R-DIR-1: neither the ERP nor staff have blocked the company.
        CompanyOpen = "company-open",
        /// R-DIR-3: the contact is active at the ERP.
        ContactListed = "contact-listed",
        /// R-DIR-3, R-DIR-5: the company hasn't deactivated the contact.
        ContactEnabled = "contact-enabled",
        /// R-ADM-5: the account was approved for this contact.
        MembershipApproved = "membership-approved",
        /// R-DEL-2: the account's access as this contact isn't deactivated.
        MembershipEnabled = "membership-enabled",
        /// The account itself isn't deactivated.
        AccountEnabled = "account-enabled",
        /// R-ADM-8: the account was activated by its owner.
        AccountActivated = "account-activated",
        /// R-ADM-4: its owner proved to own the mailbox.
        MailboxProven = "mailbox-proven",
        /// R-ADM-6: a password is set.
        PasswordSet = "password-set",
        /// Where two factors are demanded, the second one was proven in this sign-in, or in its browser not long
        /// before.
        SecondFactor = "second-factor",
        /// R-RGT-6: the caller's address lies in the networks of the company and of the contact.
        Network = "network",
        /// R-RGT-3: the relying party is tied to an e-service that the person holds.
        EService = "e-service",
    }
}

/// What an unmet condition means for what hangs on the access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// Refuse now; what the person holds may work again once the condition is met.
    Passing,
    /// End what hangs on it: sessions and tokens don't come back with the access.
    Final,
}

/// Who can mend an unmet condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mender {
    /// The person, at a page of ours.
    Person,
    /// The company's own administrators.
    Administrators,
    CustomerService,
}

impl Condition {
    #[expect(clippy::match_same_arms, reason = "one row for each condition")]
    const fn nature(self) -> (Mender, Lasting) {
        match self {
            Self::CompanyValidated => (Mender::CustomerService, Lasting::Passing),
            Self::CompanyOrdered => (Mender::CustomerService, Lasting::Passing),
            Self::CompanyOpen => (Mender::CustomerService, Lasting::Final),
            Self::ContactListed => (Mender::CustomerService, Lasting::Final),
            Self::ContactEnabled => (Mender::Administrators, Lasting::Final),
            Self::MembershipApproved => (Mender::Administrators, Lasting::Final),
            Self::MembershipEnabled => (Mender::Administrators, Lasting::Final),
            Self::AccountEnabled => (Mender::CustomerService, Lasting::Final),
            Self::AccountActivated => (Mender::Person, Lasting::Passing),
            Self::MailboxProven => (Mender::Person, Lasting::Passing),
            Self::PasswordSet => (Mender::Person, Lasting::Passing),
            Self::SecondFactor => (Mender::Person, Lasting::Passing),
            Self::Network => (Mender::Administrators, Lasting::Passing),
            Self::EService => (Mender::Administrators, Lasting::Passing),
        }
    }

    /// Whether the company's own administrators can mend it; else Customer Service can.
    pub fn is_the_companys(self) -> bool {
        self.nature().0 == Mender::Administrators
    }

    /// Whether the person can mend it, at a page of ours.
    pub fn is_the_persons(self) -> bool {
        self.nature().0 == Mender::Person
    }

    /// Whether what hangs on the access ends with it.
    pub const fn lasting(self) -> Lasting {
        self.nature().1
    }
}
