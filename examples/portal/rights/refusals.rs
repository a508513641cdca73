//! The sentences of a refusal, by what was asked for and what stands against it.

use crate::layout::language::Language;
use crate::rights::{Person, Profile, View};

pub struct Refusal {
    pub title: &'static str,
    pub sentences: Vec<String>,
}

/// Why a person doesn't see something, and who could change that.
pub fn of(person: &Person, view: View, language: Language) -> Refusal {
    Refusal {
        title: title(view, language),
        sentences: vec![why(person, view, language).to_owned(), whom(person, language)],
    }
}

fn title(view: View, language: Language) -> &'static str {
    match (view, language) {
        (View::Orders, Language::Fr) => "Vous ne pouvez pas consulter les commandes",
        (View::Orders, Language::En) => "You can’t see the orders",
        (View::OrderAmounts, Language::Fr) => "Vous ne pouvez pas consulter les montants",
        (View::OrderAmounts, Language::En) => "You can’t see the amounts",
        (View::Invoices, Language::Fr) => "Vous ne pouvez pas consulter les factures",
        (View::Invoices, Language::En) => "You can’t see the invoices",
        (View::Tickets, Language::Fr) => "Vous ne pouvez pas consulter les tickets",
        (View::Tickets, Language::En) => "You can’t see the tickets",
        (View::Certificates, Language::Fr) => "Vous ne pouvez pas consulter les certificats",
        (View::Certificates, Language::En) => "You can’t see the certificates",
    }
}

/// The profile's denial comes first: an e-service would not help against it (R-RGT-5).
fn why(person: &Person, view: View, language: Language) -> &'static str {
    match (person.profile, view, language) {
        (Profile::Invoicing, _, Language::Fr) => {
            "Votre profil Invoicing donne accès aux factures et avoirs uniquement."
        }
        (Profile::Invoicing, _, Language::En) => "Your profile, Invoicing, opens invoices and credit notes only.",
        (Profile::Complete | Profile::Limited, View::Certificates, Language::Fr) => {
            "L’e-service «\u{a0}Mes certificats numériques\u{a0}» ne vous a pas été attribué."
        }
        (Profile::Complete | Profile::Limited, View::Certificates, Language::En) => {
            "The e-service “My digital certificates” hasn’t been given to you."
        }
        (Profile::Complete | Profile::Limited, _, Language::Fr) => {
            "Votre profil Limited n’affiche ni les factures ni les montants des commandes."
        }
        (Profile::Complete | Profile::Limited, _, Language::En) => {
            "Your profile, Limited, shows neither invoices nor order amounts."
        }
    }
}

fn whom(person: &Person, language: Language) -> String {
    let company = &person.company.name;
    match language {
        Language::Fr => format!(
            "L’administrateur des utilisateurs de {company} peut vous donner cet accès\u{a0}; si votre société n’en a \
             pas, adressez-vous à notre service clients."
        ),
        Language::En => format!(
            "The user administrator of {company} can give you this access; if your company has none, please ask our \
             customer service."
        ),
    }
}
