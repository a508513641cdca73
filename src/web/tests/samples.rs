//! The pages as people of the demo world see them.

use std::sync::Arc;

use askama::Template;

use crate::access::Condition;
use crate::account::Purpose;
use crate::account::policy::Weak;
use crate::base::brand::Brand;
use crate::base::{Language, Life, Place, Timestamp};
use crate::directory::{Field, Unfit};
use crate::http::consent::{self, ConsentPage};
use crate::http::error::{ErrorPage, Trouble};
use crate::http::form_post::FormPostPage;
use crate::http::logout::{LoggedOutPage, LogoutPage};
use crate::http::page::{Frame, Link, SignedIn, Whom};
use crate::http::refusal::{Around, RefusalPage, Standing, Wish};
use crate::mail::Letter;
use crate::mail::letters::{Alarm, Change, NewDevice, NewPassword, Origin, SecurityChange, Stationery};
use crate::web::account::{AccessView, AccountPage, EServiceGroup, PersonView};
use crate::web::alarm::SecuredPage;
use crate::web::close::{ClosePage, ClosedPage};
use crate::web::company_choice::{CompanyChoicePage, CompanyOption};
use crate::web::links::LinkPage;
use crate::web::login::LoginPage;
use crate::web::mailbox::{MailView, MailboxPage};
use crate::web::new_password::{NewPasswordPage, PasswordDonePage};
use crate::web::record::{Fields, RecordPage};
use crate::web::security::SecurityPage;
use crate::web::security::password::ChangePasswordPage;
use crate::web::security::views::{ActivityView, ApplicationView, DeviceView, SessionView};
use crate::web::welcome::WelcomePage;
use crate::words::{Device, Words};

const PORTAL: &str = "Customer portal";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

type Named = Vec<(String, String)>;

pub fn pages(language: Language) -> Named {
    let mut pages = sign_in(language);
    pages.extend(troubles(language));
    pages.extend(console(language));
    pages.extend(links(language));
    pages
}

pub fn letters(language: Language) -> Named {
    let letter = new_device(language);
    let mut letters = vec![("new-device".to_owned(), letter)];
    letters.extend(safety(language));
    let both = |(name, letter): (String, Letter)| {
        let text = format!("<pre>{}\n\n{}</pre>", letter.subject, letter.text);
        [(name.clone(), letter.html), (format!("{name}-text"), text)]
    };
    letters.into_iter().flat_map(both).collect()
}

fn safety(language: Language) -> Vec<(String, Letter)> {
    let on = Stationery { words: Words::of(language), brand: Arc::new(Brand::default()), now: now() };
    let link = || "https://id.example/links/xq7f".to_owned();
    let origin = || Some(Origin { device: Device::from_user_agent(CHROME), address: "203.0.113.7".to_owned() });
    let name = || "Alice Durand".to_owned();
    let change = |what: &Change| SecurityChange { name: name(), what: *what, at: now(), origin: origin(), due: None, not_me: Some(link()) };
    let mut letters: Vec<_> = Change::ALL.iter().map(|what| (what.to_string(), change(what).write(&on).unwrap())).collect();
    let way_back = NewPassword { name: name(), login: "alice".to_owned(), link: link(), until: now() + Life::minutes(30) };
    letters.push(("new-password".to_owned(), way_back.write(&on).unwrap()));
    let (person, home) = (format!("{} (Durand Télécom)", name()), "https://id.example/".to_owned());
    let alarm = Alarm { person, login: "alice".to_owned(), reference: "K7WQ".to_owned(), at: now(), home };
    letters.push(("alarm".to_owned(), alarm.write(&on).unwrap()));
    letters
}

fn now() -> Timestamp {
    Timestamp::parse("2026-03-13T13:30:00Z").unwrap()
}

fn frame(language: Language) -> Frame {
    Frame {
        words: Words::of(language),
        brand: Arc::new(Brand::default()),
        now: now(),
        csrf: "token".to_owned(),
        here: "/login?errand=1&x=\"2\"".to_owned(),
        person: None,
        notice: None,
    }
}

fn signed_in(language: Language) -> Frame {
    let person = SignedIn { name: "Inès Aubert-Lefèvre".to_owned(), company: Some("Durand Télécom".to_owned()) };
    Frame { person: Some(person), ..frame(language) }
}

fn named(name: &str, page: &impl Template) -> (String, String) {
    (name.to_owned(), page.render().unwrap())
}

fn sign_in(language: Language) -> Named {
    let login = || LoginPage::new(frame(language), Some("e1".to_owned()), Some(PORTAL.to_owned()));
    let choice = CompanyChoicePage {
        frame: frame(language),
        errand: Some("e1".to_owned()),
        relying_party: Some(PORTAL.to_owned()),
        companies: companies(false),
    };
    let sights = consent::in_words(&frame(language), ["openid", "profile", "email", "company", "rights", "unknown"]);
    let asked = |added: Vec<String>| ConsentPage {
        frame: signed_in(language),
        errand: "e1".to_owned(),
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
        named("login-too-often", &login().named("alice").too_often(Life::minutes(15))),
        named("company-choice", &choice),
        named("consent", &asked(Vec::new())),
        named("consent-grown", &asked(consent::in_words(&frame(language), ["phone", "offline_access"]))),
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
        purpose: Purpose::StaffInvitation,
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
    for trouble in Trouble::ALL {
        let mut page = ErrorPage::new(frame(language), trouble);
        if trouble == Trouble::BadRequest {
            page.detail = Some("invalid_request: redirect_uri is not registered <script>".to_owned());
            page.reference = Some("01935f3e-7c1a".to_owned());
        }
        pages.push(named(&format!("error-{}", trouble.name()), &page));
    }
    pages
}

fn refusal(language: Language) -> RefusalPage {
    let frame = frame(language);
    let around = Around { company: "Durand Télécom", address: Some("127.0.0.1"), e_service: Some("e-Just Fibre") };
    let standing = Condition::ALL.iter().map(|one| Standing::new(&frame, *one, *one != Condition::Network, around)).collect();
    let whom = vec![Whom::administrator(&frame, "Alice Durand", "alice@durand.example"), Whom::customer_service(&frame)];
    let links = vec![Link::to_place(Place::Login, frame.say("logged-out-again"))];
    RefusalPage { wish: Wish::Enter(PORTAL.to_owned()), standing, links, whom, reference: "01935f3e-7c1a".to_owned(), frame }
}

fn console(language: Language) -> Named {
    let letter = new_device(language);
    let mail = MailView {
        to: "alice@durand.example".to_owned(),
        subject: letter.subject,
        at: now(),
        text: letter.text,
        html: letter.html,
        links: vec!["http://localhost:8080/account".to_owned()],
    };
    let record = || {
        let fields = Fields {
            first_name: "<Inès>".to_owned(),
            last_name: "Aubert-Lefèvre".to_owned(),
            title: "Mme".to_owned(),
            phone: "01 99 00 12 34".to_owned(),
            mobile: String::new(),
            language: language.code().to_owned(),
        };
        RecordPage::new(signed_in(language), "Durand Télécom".to_owned(), fields)
    };
    let unfit = Field::ALL.iter().map(|field| (*field, Unfit::Unreadable)).collect();
    let changing = || ChangePasswordPage::new(signed_in(language), "ines".to_owned());
    vec![
        named("account", &account(language)),
        named("account-empty", &AccountPage { companies: Vec::new(), access: bare(), ..account(language) }),
        named("security", &security(language)),
        named("security-empty", &SecurityPage { devices: Vec::new(), applications: Vec::new(), ..security(language) }),
        named("change-password", &changing()),
        named("change-password-refused", &changing().refused()),
        named("change-password-too-often", &changing().too_often(Life::minutes(15))),
        named("record", &record()),
        named("record-refused", &record().refused(&unfit)),
        named("secured", &SecuredPage { whom: vec![Whom::customer_service(&frame(language))], frame: frame(language) }),
        named("close", &ClosePage::new(signed_in(language), "ines".to_owned(), Vec::new())),
        named("close-last", &ClosePage::new(signed_in(language), "ines".to_owned(), vec!["Durand <Télécom>".to_owned()])),
        named("closed", &ClosedPage { frame: frame(language) }),
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

fn security(language: Language) -> SecurityPage {
    let frame = signed_in(language);
    let session = |device: &str, hours: i64, here: bool| SessionView {
        id: device.to_owned(),
        device: Device::from_user_agent(device).in_words(frame.words),
        address: "2001:db8:85a3::8a2e:370:7334".to_owned(),
        since: now() - Life::hours(hours),
        seen: now() - Life::minutes(hours * 3 - 3),
        here,
    };
    let happened = |what: &str, by: Option<&str>, device: Option<&str>| ActivityView {
        what: frame.say(what),
        by: by.map(|by| frame.say(by)),
        at: now() - Life::hours(3),
        address: device.map(|_| "203.0.113.7".to_owned()),
        device: device.map(|device| Device::from_user_agent(device).in_words(frame.words)),
    };
    SecurityPage {
        password_since: Some(now() - Life::days(40)),
        sessions: vec![session(CHROME, 1, true), session("Firefox/1 Linux", 20, false), session("", 30, false)],
        applications: vec![ApplicationView {
            id: "a".to_owned(),
            name: PORTAL.to_owned(),
            sights: consent::in_words(&frame, ["openid", "profile", "rights"]),
            since: now() - Life::days(12),
        }],
        devices: vec![DeviceView {
            id: "d".to_owned(),
            device: "Chrome".to_owned(),
            since: now() - Life::days(3),
            seen: now(),
            here: true,
        }],
        activity: vec![
            happened("activity-session-began", None, Some(CHROME)),
            happened("activity-limit-closed", Some("activity-by-itself"), None),
        ],
        frame,
    }
}

fn new_device(language: Language) -> Letter {
    let on = Stationery { words: Words::of(language), brand: Arc::new(Brand::default()), now: now() };
    let letter = NewDevice {
        name: "Alice Durand".to_owned(),
        at: now(),
        device: Device::from_user_agent(CHROME),
        address: "203.0.113.7".to_owned(),
        account: "https://id.example/account".to_owned(),
    };
    letter.write(&on).unwrap()
}
