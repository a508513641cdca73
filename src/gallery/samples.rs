//! The pages as people of the demo world see them.

use super::scene::{Named, PORTAL, frame, named, now, signed_in};
use super::{own_account, second_factors};
use crate::access::Condition;
use crate::account::LinkPurpose;
use crate::account::password::policy::Weak;
use crate::base::ids::MailId;
use crate::base::{Language, Life, Place};
use crate::demo::mailbox::MailboxPage;
use crate::http::error::ErrorKind;
use crate::http::refusal::Attempted;
use crate::mail::Letter;
use crate::mail::Sent;
use crate::oidc::authorize::consent_page::ConsentPage;
use crate::oidc::authorize::form_post::FormPostPage;
use crate::page::ErrorPage;
use crate::page::scopes;
use crate::page::{ConditionRow, ConditionValues, RefusalPage};
use crate::page::{Frame, HelpContact, Link};
use crate::page::{LoggedOutPage, LogoutPage};
use crate::web::account::home::{AccessView, AccountPage, EServiceGroup, PersonView};
use crate::web::links::LinkPage;
use crate::web::links::new_password::{NewPasswordPage, PasswordDonePage};
use crate::web::sign_in::company::{CompanyChoicePage, CompanyOption};
use crate::web::sign_in::password::LoginPage;
use crate::web::sign_in::welcome::WelcomePage;

/// Every page there is, by name.
pub fn pages(language: Language) -> Named {
    let mut pages = sign_in(language);
    pages.extend(second_factors::pages(language));
    pages.extend(own_account::pages(language));
    pages.extend(troubles(language));
    pages.extend(console(language));
    pages.extend(links(language));
    pages.extend(super::staff::pages(language));
    pages
}

/// Every letter there is, as HTML and as text.
pub fn letters(language: Language) -> Named {
    let both = |(name, letter): (String, Letter)| {
        let text = format!("<pre>{}\n\n{}</pre>", letter.subject, letter.text);
        [(name.clone(), letter.html), (format!("{name}-text"), text)]
    };
    own_account::letters(language).into_iter().flat_map(both).collect()
}

fn sign_in(language: Language) -> Named {
    let login =
        || LoginPage::new(frame(language), Some("e1".to_owned()), Some(PORTAL.to_owned())).taking_passkeys(true);
    let choice = CompanyChoicePage {
        frame: frame(language),
        interaction: Some("e1".to_owned()),
        relying_party: Some(PORTAL.to_owned()),
        companies: companies(false),
    };
    let sights = scopes::in_words(&frame(language), ["openid", "profile", "email", "company", "rights", "unknown"]);
    let asked = |added: Vec<String>| ConsentPage {
        frame: signed_in(language),
        interaction: "e1".to_owned(),
        relying_party: "Demo web".to_owned(),
        host: "localhost:9001".to_owned(),
        company: "Durand Télécom".to_owned(),
        sights: sights.clone(),
        added,
    };
    vec![
        named("login", &login()),
        named("login-own", &LoginPage::new(frame(language), None, None).named("alice")),
        named("login-refused", &login().named("<alice>").refused()),
        named("login-incomplete", &login().incomplete("")),
        named("login-passkey-refused", &login().passkey_refused()),
        named("login-too-often", &login().named("alice").too_often(Life::minutes(15))),
        named("company-choice", &choice),
        named("consent", &asked(Vec::new())),
        named("consent-grown", &asked(scopes::in_words(&frame(language), ["phone", "offline_access"]))),
        named(
            "logout",
            &LogoutPage {
                frame: signed_in(language),
                relying_party: Some(PORTAL.to_owned()),
                place: Place::RelyingPartyLogout,
                carried: vec![("state", "x".to_owned())],
            },
        ),
        named(
            "logged-out",
            &LoggedOutPage {
                frame: frame(language),
                back: Some(Link { to: "http://localhost:8090/".to_owned(), text: PORTAL.to_owned() }),
            },
        ),
        named("form-post", &form_post(language)),
        named("welcome", &WelcomePage { frame: frame(language) }),
    ]
}

fn links(language: Language) -> Named {
    let link = LinkPage {
        frame: frame(language),
        token: "secret".to_owned(),
        purpose: LinkPurpose::StaffInvitation,
        login: "carole@guichet.example".to_owned(),
        expires_at: now() + Life::days(7),
    };
    let choice = || NewPasswordPage::new(frame(language), "carole@guichet.example".to_owned());
    vec![
        named("link-staff-invitation", &link),
        named("new-password", &choice()),
        named("new-password-refused", &choice().refused(false, &Weak::Contains("<carole>".to_owned()))),
        named("password-done", &PasswordDonePage { frame: frame(language) }),
    ]
}

fn form_post(language: Language) -> FormPostPage {
    FormPostPage {
        frame: frame(language),
        action: "http://localhost:8090/callback".to_owned(),
        host: "localhost".to_owned(),
        fields: vec![("code", "c".to_owned()), ("state", "\"><b>".to_owned())],
    }
}

fn troubles(language: Language) -> Named {
    let mut pages = vec![named("refusal", &refusal(language))];
    for &trouble in ErrorKind::ALL {
        let mut page = ErrorPage::new(frame(language), trouble);
        if trouble == ErrorKind::BadRequest {
            page.detail = Some("invalid_request: redirect_uri is not registered <script>".to_owned());
            page.reference = Some("01935f3e-7c1a".to_owned());
        }
        pages.push(named(&format!("error-{trouble}"), &page));
    }
    pages
}

fn refusal(language: Language) -> RefusalPage {
    let frame = frame(language);
    let around =
        ConditionValues { company: "Durand Télécom", address: Some("127.0.0.1"), e_service: Some("e-Just Fibre") };
    let standing = Condition::ALL
        .iter()
        .map(|one| ConditionRow::new(&frame, *one, (*one != Condition::Network).into(), around))
        .collect();
    let whom = vec![
        HelpContact::administrator(&frame, "Alice Durand", "alice@durand.example"),
        HelpContact::customer_service(&frame),
    ];
    let links = vec![Link::to_place(Place::Login, frame.say("logged-out-again"))];
    RefusalPage {
        wish: Attempted::Enter(PORTAL.to_owned()),
        standing,
        links,
        whom,
        reference: "01935f3e-7c1a".to_owned(),
        frame,
    }
}

fn console(language: Language) -> Named {
    let letter = own_account::new_device(language);
    let mail = Sent {
        id: MailId(uuid::Uuid::nil()),
        to: "alice@durand.example".to_owned(),
        subject: letter.subject,
        at: now(),
        text: letter.text,
        html: letter.html,
        links: vec!["http://localhost:8080/account".to_owned()],
    };
    vec![
        named("account", &account(language)),
        named("account-empty", &AccountPage { companies: Vec::new(), access: bare(), ..account(language) }),
        named("mailbox", &MailboxPage { frame: frame(language), mails: vec![mail] }),
        named("mailbox-empty", &MailboxPage { frame: frame(language), mails: Vec::new() }),
    ]
}

fn companies(with_current: bool) -> Vec<CompanyOption> {
    [("C-1001", "Durand Télécom", "Invoicing"), ("C-1002", "Petit Réseau", "Complete")]
        .map(|(reference, name, profile)| CompanyOption {
            reference: reference.to_owned(),
            name: name.to_owned(),
            profile: profile.to_owned(),
            here: with_current && reference == "C-1001",
        })
        .to_vec()
}

fn bare() -> AccessView {
    AccessView {
        company: "Durand Télécom".to_owned(),
        reference: "C-1001".to_owned(),
        branch: None,
        profile: "Limited".to_owned(),
        profile_means: String::new(),
        roles: Vec::new(),
        e_services: Vec::new(),
        networks: Vec::new(),
    }
}

fn account(language: Language) -> AccountPage {
    let frame = Frame { notice: Some("Chrome – OK".to_owned()), ..signed_in(language) };
    let group = |name: &str, e_services: &[&str]| EServiceGroup {
        name: name.to_owned(),
        e_services: e_services.iter().map(|one| (*one).to_owned()).collect(),
    };
    AccountPage {
        person: PersonView {
            name: "Inès Aubert-Lefèvre".to_owned(),
            login: "ines".to_owned(),
            email: "ines@compta.example".to_owned(),
            language,
            phone: None,
        },
        access: AccessView {
            branch: Some("Lyon".to_owned()),
            profile_means: "Access to everything, but neither invoices nor order amounts.".to_owned(),
            roles: vec!["Tickets".to_owned(), "Billing".to_owned()],
            e_services: vec![
                group("Pre-sales", &["Eligibility", "e-pricer", "TAO"]),
                group("Orders", &["FCI", "e-RDV", "e-Just Fibre"]),
                group("After-sales", &["e-SAV Test"]),
                group("Documents", &["Mes certificats numériques"]),
            ],
            networks: vec!["192.0.2.0/24".to_owned()],
            ..bare()
        },
        companies: companies(true),
        frame,
    }
}
