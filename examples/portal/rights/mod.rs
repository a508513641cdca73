//! What a signed-in person may see (R-RGT-1, 2, 5). It knows the claims of the provider and nothing of pages.

pub mod refusals;

use serde::{Deserialize, Serialize};

use crate::provider::claims::{Company, CustomerClaims};

/// The e-service that opens the certificates (R-RGT-4).
const CERTIFICATES: &str = "certificats";

/// The three profiles of R-RGT-1. Where the claim names another one, nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    Complete,
    Limited,
    Invoicing,
}

impl Profile {
    fn parse(claim: &str) -> Option<Self> {
        match claim {
            "complete" => Some(Self::Complete),
            "limited" => Some(Self::Limited),
            "invoicing" => Some(Self::Invoicing),
            _ => None,
        }
    }
}

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Orders,
    OrderAmounts,
    Invoices,
    Tickets,
    Certificates,
}

/// A person acting for one company: the pair `(sub, company.id)` identifies them here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub sub: String,
    pub name: String,
    pub company: Company,
    pub profile: Profile,
    pub roles: Vec<String>,
    pub entitlements: Vec<String>,
}

impl Person {
    /// `None` for whoever the provider knows but doesn't describe as a customer's contact with a known profile.
    pub fn of(sub: &str, name: Option<String>, claims: &CustomerClaims) -> Option<Self> {
        let company = claims.company.clone()?;
        let profile = Profile::parse(claims.access_profile.as_deref()?)?;
        Some(Self {
            sub: sub.to_owned(),
            name: name.unwrap_or_else(|| company.name.clone()),
            company,
            profile,
            roles: claims.roles.clone(),
            entitlements: claims.entitlements.clone(),
        })
    }

    /// The profile decides first and its denials win; an e-service only adds to it (R-RGT-5).
    pub fn may(&self, view: View) -> bool {
        match (self.profile, view) {
            (Profile::Complete, View::OrderAmounts | View::Invoices)
            | (Profile::Complete | Profile::Limited, View::Orders | View::Tickets)
            | (Profile::Invoicing, View::Invoices) => true,
            (Profile::Complete | Profile::Limited, View::Certificates) => {
                self.entitlements.iter().any(|code| code == CERTIFICATES)
            }
            (Profile::Limited, View::OrderAmounts | View::Invoices)
            | (Profile::Invoicing, View::Orders | View::OrderAmounts | View::Tickets | View::Certificates) => false,
        }
    }

    /// Whether both are the same person for the same company.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.sub == other.sub && self.company.id == other.company.id
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn person(profile: Profile, roles: &[&str], entitlements: &[&str]) -> Person {
        Person {
            sub: "0191".into(),
            name: "Alice Durand".into(),
            company: Company {
                id: "0192".into(),
                reference: "C-1001".into(),
                name: "Durand Télécom".into(),
                branch: None,
            },
            profile,
            roles: roles.iter().map(ToString::to_string).collect(),
            entitlements: entitlements.iter().map(ToString::to_string).collect(),
        }
    }

    const VIEWS: [View; 5] = [View::Orders, View::OrderAmounts, View::Invoices, View::Tickets, View::Certificates];

    fn seen(person: &Person) -> Vec<View> {
        VIEWS.into_iter().filter(|view| person.may(*view)).collect()
    }

    #[test]
    fn a_profile_opens_its_pages() {
        let complete = person(Profile::Complete, &[], &[]);
        assert_eq!(seen(&complete), [View::Orders, View::OrderAmounts, View::Invoices, View::Tickets]);
        assert_eq!(seen(&person(Profile::Limited, &[], &[])), [View::Orders, View::Tickets]);
        assert_eq!(seen(&person(Profile::Invoicing, &[], &[])), [View::Invoices]);
    }

    #[test]
    fn certificates_need_their_e_service() {
        assert!(person(Profile::Complete, &[], &["certificats"]).may(View::Certificates));
        assert!(person(Profile::Limited, &[], &["certificats"]).may(View::Certificates));
        assert!(!person(Profile::Complete, &["account_admin"], &["documents"]).may(View::Certificates));
    }

    #[test]
    fn a_denial_of_the_profile_wins_over_every_role_and_e_service() {
        let all_roles = ["account_admin", "tickets", "subscriptions", "billing"];
        assert_eq!(seen(&person(Profile::Invoicing, &all_roles, &["certificats"])), [View::Invoices]);
        assert_eq!(seen(&person(Profile::Limited, &all_roles, &[])), [View::Orders, View::Tickets]);
    }

    #[test]
    fn an_unknown_profile_or_no_company_is_nobody() {
        let company = person(Profile::Complete, &[], &[]).company;
        let of = |company, profile: &str| {
            let claims = CustomerClaims { company, access_profile: Some(profile.into()), ..CustomerClaims::default() };
            Person::of("0191", None, &claims)
        };
        assert!(of(Some(company.clone()), "complete").is_some());
        assert!(of(Some(company), "everything").is_none());
        assert!(of(None, "complete").is_none());
    }
}
