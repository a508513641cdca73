//! The catalogue of e-services: which exist, under which heading they are shown, and who is given one without asking.
//! Which of them a company subscribes to is the directory's to say.

use crate::base::vocabulary::{EServiceCode, words};

use super::bad_line::BadLine;

const FILE: &str = "policies/e_services.csv";
const TABLE: &str = include_str!("../../policies/e_services.csv");

words! {
    /// The headings under which e-services are ticked (R-RGT-3).
    Group, "group of e-services" {
        PreSales = "pre-sales",
        Orders = "orders",
        AfterSales = "after-sales",
        Documents = "documents",
    }
}

impl Group {
    /// The key of the heading.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::PreSales => "rights-group-pre-sales",
            Self::Orders => "rights-group-orders",
            Self::AfterSales => "rights-group-after-sales",
            Self::Documents => "rights-group-documents",
        }
    }
}

words! {
    /// Who is given an e-service without anyone ticking it.
    DefaultFor, "group of people" {
        /// Whoever is designated administrator (R-RGT-4).
        Administrators = "administrators",
    }
}

/// One e-service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EService {
    pub code: EServiceCode,
    /// The heading it is shown under.
    pub group: Group,
    /// Who is given it when they become that.
    pub default_for: Option<DefaultFor>,
}

/// Every e-service there is, in the order people are shown.
#[derive(Clone, Debug)]
pub struct Catalogue {
    e_services: Vec<EService>,
}

impl Catalogue {
    /// Reads the catalogue; the error names the line.
    pub fn load() -> Result<Self, BadLine> {
        Self::parse(TABLE)
    }

    /// The e-service with this code.
    #[must_use]
    pub fn get(&self, code: &EServiceCode) -> Option<&EService> {
        self.e_services.iter().find(|e_service| e_service.code == *code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &EService> {
        self.e_services.iter()
    }

    /// The e-services under one heading.
    pub fn of(&self, group: Group) -> impl Iterator<Item = &EService> {
        self.e_services.iter().filter(move |e_service| e_service.group == group)
    }

    /// The e-services that a contact is given when designated administrator (R-RGT-4).
    pub fn given_to_administrators(&self) -> impl Iterator<Item = &EServiceCode> {
        self.e_services
            .iter()
            .filter(|e_service| e_service.default_for == Some(DefaultFor::Administrators))
            .map(|e_service| &e_service.code)
    }

    fn parse(table: &str) -> Result<Self, BadLine> {
        let mut catalogue = Self { e_services: Vec::new() };
        for (number, line) in (1..).zip(table.lines()) {
            if number == 1 {
                if line != "code,group,default_for" {
                    return Err(BadLine::new(FILE, number, "the header is `code,group,default_for`"));
                }
                continue;
            }
            let e_service = read(line).map_err(|why| BadLine::new(FILE, number, why))?;
            if catalogue.get(&e_service.code).is_some() {
                return Err(BadLine::new(FILE, number, format!("`{}` stands twice", e_service.code)));
            }
            catalogue.e_services.push(e_service);
        }
        Ok(catalogue)
    }
}

fn read(line: &str) -> Result<EService, String> {
    let [code, group, default_for] = line.split(',').collect::<Vec<_>>()[..] else {
        return Err("a line has three cells".to_owned());
    };
    let default_for = match default_for {
        "" => None,
        word => Some(word.parse::<DefaultFor>().map_err(|error| error.to_string())?),
    };
    let group = group.parse::<Group>().map_err(|error| error.to_string())?;
    let code = EServiceCode::parse(code).map_err(|error| error.to_string())?;
    Ok(EService { code, group, default_for })
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, Group};

    #[test]
    fn e_services_stand_under_the_headings_of_the_contract() {
        let catalogue = Catalogue::load().unwrap();
        let under = |group| catalogue.of(group).map(|e_service| e_service.code.as_str()).collect::<Vec<_>>();
        assert_eq!(under(Group::PreSales), ["eligibilite", "e-pricer", "tao"]);
        assert_eq!(under(Group::Orders), ["fci", "e-rdv", "e-just-fibre", "suivi-commandes"]);
        assert_eq!(under(Group::AfterSales), ["e-sav-test", "e-sav-signalisation", "forcage"]);
        assert_eq!(under(Group::Documents), ["documents", "certificats"]);
    }

    #[test]
    fn administrators_are_given_certificates_and_nothing_else() {
        let catalogue = Catalogue::load().unwrap();
        let given: Vec<_> = catalogue.given_to_administrators().map(ToString::to_string).collect();
        assert_eq!(given, ["certificats"]);
    }

    #[test]
    fn a_bad_line_is_named() {
        let refused =
            |lines: &str| Catalogue::parse(&format!("code,group,default_for\n{lines}")).unwrap_err().to_string();
        assert!(refused("tao,pre-sales,\nTAO,orders,").starts_with("policies/e_services.csv, line 3: `TAO` is no"));
        assert!(refused("tao,sales,").contains("`sales` is no group of e-services; allowed: pre-sales, orders"));
        assert!(refused("tao,orders,everyone").contains("allowed: administrators"));
        assert!(refused("tao,orders,\ntao,orders,").ends_with("line 3: `tao` stands twice"));
        assert!(refused("tao,orders").ends_with("three cells"));
        assert!(Catalogue::parse("tao,orders,\n").is_err());
    }
}
