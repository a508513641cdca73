//! The catalogue of e-services: which exist, under which heading they are shown, and who is given one without asking.
//! Which of them a company subscribes to is the directory's to say.

use crate::base::vocabulary::{EServiceCode, words};
use crate::base::{Language, Names};

use super::files::{self, PolicyFiles};
use super::flaw::{Finding, Flaw};

const FILE: &str = "e_services.csv";
const COLUMNS: [&str; 5] = ["code", "group", "default_for", "name_fr", "name_en"];

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
    pub fn key(self) -> String {
        format!("rights-group-{self}")
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
    /// What people call it.
    pub names: Names,
}

/// Every e-service there is, in the order people are shown.
#[derive(Clone, Debug)]
pub struct Catalogue {
    e_services: Vec<EService>,
}

impl Catalogue {
    /// Reads the catalogue.
    pub fn read(files: &PolicyFiles) -> Result<Self, Flaw> {
        Self::parse(files.text(FILE)).map_err(|finding| files.flaw(FILE, finding))
    }

    /// The e-service with this code.
    pub fn get(&self, code: &EServiceCode) -> Option<&EService> {
        self.e_services.iter().find(|e_service| e_service.code == *code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &EService> {
        self.e_services.iter()
    }

    /// What people call it. A code outside the catalogue is shown as it is.
    pub fn name<'a>(&'a self, code: &'a EServiceCode, language: Language) -> &'a str {
        self.get(code).map_or(code.as_str(), |e_service| e_service.names.of(language))
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

    fn parse(table: &str) -> Result<Self, Finding> {
        let (header, records) = files::table(table);
        if !header.iter().eq(COLUMNS) {
            return Err((files::line(&header), format!("the header is `{}`", COLUMNS.join(","))));
        }
        let mut catalogue = Self { e_services: Vec::new() };
        for record in records {
            let at = |why| (files::line(&record), why);
            let e_service = read(&record).map_err(at)?;
            if catalogue.get(&e_service.code).is_some() {
                return Err(at(format!("`{}` stands twice", e_service.code)));
            }
            catalogue.e_services.push(e_service);
        }
        Ok(catalogue)
    }
}

fn read(record: &csv::StringRecord) -> Result<EService, String> {
    let [code, group, default_for, fr, en] = record.iter().collect::<Vec<_>>()[..] else {
        return Err(format!("a line has {} cells", COLUMNS.len()));
    };
    if fr.is_empty() || en.is_empty() {
        return Err("an e-service has a name in French and one in English".to_owned());
    }
    let default_for = match default_for {
        "" => None,
        word => Some(word.parse::<DefaultFor>().map_err(|error| error.to_string())?),
    };
    let group = group.parse::<Group>().map_err(|error| error.to_string())?;
    let code = EServiceCode::parse(code).map_err(|error| error.to_string())?;
    Ok(EService { code, group, default_for, names: Names { fr: fr.to_owned(), en: en.to_owned() } })
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, Group, PolicyFiles};
    use crate::base::Language;
    use crate::rights::tests::code;

    #[test]
    fn e_services_stand_under_the_headings_of_the_contract() {
        let catalogue = Catalogue::read(&PolicyFiles::embedded()).unwrap();
        let under = |group| catalogue.of(group).map(|e_service| e_service.code.as_str()).collect::<Vec<_>>();
        assert_eq!(under(Group::PreSales), ["eligibilite", "e-pricer", "tao"]);
        assert_eq!(under(Group::Orders), ["fci", "e-rdv", "e-just-fibre", "suivi-commandes"]);
        assert_eq!(under(Group::AfterSales), ["e-sav-test", "e-sav-signalisation", "forcage"]);
        assert_eq!(under(Group::Documents), ["documents", "certificats"]);
    }

    #[test]
    fn administrators_are_given_certificates_and_nothing_else() {
        let catalogue = Catalogue::read(&PolicyFiles::embedded()).unwrap();
        let given: Vec<_> = catalogue.given_to_administrators().map(ToString::to_string).collect();
        assert_eq!(given, ["certificats"]);
    }

    #[test]
    fn an_e_service_has_a_name_per_language_and_an_unknown_code_is_its_own() {
        let catalogue = Catalogue::read(&PolicyFiles::embedded()).unwrap();
        assert_eq!(catalogue.name(&code("eligibilite"), Language::Fr), "Éligibilité");
        assert_eq!(catalogue.name(&code("eligibilite"), Language::En), "Eligibility");
        assert_eq!(catalogue.name(&code("e-fax"), Language::Fr), "e-fax");
    }

    #[test]
    fn a_bad_line_is_named() {
        let refused = |lines: &str| {
            let table = format!("# Ours.\ncode,group,default_for,name_fr,name_en\n{lines}");
            Catalogue::read(&PolicyFiles::embedded().with("e_services.csv", |_| table)).unwrap_err().to_string()
        };
        let tao = "tao,pre-sales,,TAO,TAO\n";
        assert!(
            refused(&format!("{tao}TAO,orders,,a,b")).starts_with("policies/e_services.csv, line 4: `TAO` is no e-")
        );
        assert!(refused("tao,sales,,a,b").contains("`sales` is no group of e-services; allowed: pre-sales, orders"));
        assert!(refused("tao,orders,everyone,a,b").contains("allowed: administrators"));
        assert!(refused(&format!("{tao}\n{tao}")).ends_with("line 5: `tao` stands twice"));
        assert!(refused("tao,orders,,TAO").ends_with("line 3: a line has 5 cells"));
        assert!(refused("tao,orders,,TAO,").ends_with("line 3: an e-service has a name in French and one in English"));
        let headless = PolicyFiles::embedded().with("e_services.csv", |_| tao.to_owned());
        assert!(Catalogue::read(&headless).unwrap_err().to_string().contains("line 1: the header is `code,group"));
    }
}
