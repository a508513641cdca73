//! The pages by which people look after their own account, and the letters about it.

use std::sync::Arc;

use super::scene::{CHROME, Named, PORTAL, frame, named, now, signed_in};
use crate::account::LinkPurpose;
use crate::audit::LetterKind;
use crate::base::{Language, Life};
use crate::directory::{Field, TypedRecord, Unfit};
use crate::mail::Letter;
use crate::notice::letters::{Alarm, NewPassword, Origin, SecurityChange, Stationery, TakeBack};
use crate::page::{HelpContact, scopes};
use crate::web::account::close::{ClosePage, ClosedPage};
use crate::web::account::record::RecordPage;
use crate::web::links::LinkPage;
use crate::web::links::not_me::SecuredPage;
use crate::web::security::overview::SecurityPage;
use crate::web::security::password::ChangePasswordPage;
use crate::web::security::views::{ActivityView, ApplicationView, DeviceView, SecondFactorView, SessionView};
use crate::words::brand::Brand;
use crate::words::{UserAgent, Words};

/// Its pages.
pub fn pages(language: Language) -> Named {
    let record = || {
        let fields = TypedRecord {
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
    let link = |purpose| LinkPage {
        frame: frame(language),
        token: "secret".to_owned(),
        purpose,
        login: "ines@compta.example".to_owned(),
        expires_at: now() + Life::days(7),
    };
    let bare = SecondFactorView { app_since: None, passkeys: 0, codes_left: 0, reset_due: None };
    let empty =
        SecurityPage { second_factor: bare, devices: Vec::new(), applications: Vec::new(), ..security(language) };
    vec![
        named("security", &security(language)),
        named("security-empty", &empty),
        named("change-password", &changing()),
        named("change-password-refused", &changing().refused()),
        named("change-password-too-often", &changing().too_often(Life::minutes(15))),
        named("record", &record()),
        named("record-refused", &record().refused(&unfit)),
        named(
            "secured",
            &SecuredPage { whom: vec![HelpContact::customer_service(&frame(language))], frame: frame(language) },
        ),
        named("close", &ClosePage::new(signed_in(language), "ines".to_owned(), Vec::new())),
        named(
            "close-last",
            &ClosePage::new(signed_in(language), "ines".to_owned(), vec!["Durand <Télécom>".to_owned()]),
        ),
        named("closed", &ClosedPage { frame: frame(language) }),
        named("link-not-me", &link(LinkPurpose::NotMe)),
        named("link-new-password", &link(LinkPurpose::NewPassword)),
    ]
}

fn security(language: Language) -> SecurityPage {
    let frame = signed_in(language);
    let session = |device: &str, hours: i64, here: bool| SessionView {
        id: device.to_owned(),
        device: UserAgent::from_user_agent(device).in_words(frame.words),
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
        device: device.map(|device| UserAgent::from_user_agent(device).in_words(frame.words)),
    };
    SecurityPage {
        password_since: Some(now() - Life::days(40)),
        second_factor: SecondFactorView {
            app_since: Some(now() - Life::days(9)),
            passkeys: 2,
            codes_left: 1,
            reset_due: Some(now() + Life::hours(20)),
        },
        sessions: vec![session(CHROME, 1, true), session("Firefox/1 Linux", 20, false), session("", 30, false)],
        applications: vec![ApplicationView {
            id: "a".to_owned(),
            name: PORTAL.to_owned(),
            sights: scopes::in_words(&frame, ["openid", "profile", "rights"]),
            since: now() - Life::days(12),
        }],
        devices: vec![DeviceView {
            id: "d".to_owned(),
            device: "Chrome".to_owned(),
            since: now() - Life::days(3),
            seen: now(),
            spared_until: Some(now() + Life::days(27)),
            here: true,
        }],
        activity: vec![
            happened("activity-session-began", None, Some(CHROME)),
            happened("activity-limit-closed", Some("activity-by-itself"), None),
        ],
        frame,
    }
}

/// Its letters, by name.
pub fn letters(language: Language) -> Vec<(String, Letter)> {
    let on = Stationery { words: Words::of(language), brand: Arc::new(Brand::default()), now: now() };
    let mut letters: Vec<_> = changes().map(|what| (what.to_string(), change(language, *what))).collect();
    let link = "https://id.example/links/xq7f".to_owned();
    let way_back =
        NewPassword { name: NAME.to_owned(), login: "alice".to_owned(), link, until: now() + Life::minutes(30) };
    letters.push(("new-password".to_owned(), way_back.write(&on).unwrap()));
    let (person, home) = (format!("{NAME} (Durand Télécom)"), "https://id.example/".to_owned());
    let alarm = Alarm { person, login: "alice".to_owned(), reference: "K7WQ".to_owned(), at: now(), home };
    letters.push(("alarm".to_owned(), alarm.write(&on).unwrap()));
    letters
}

/// The letters about a change; the others have words of their own.
pub fn changes() -> impl Iterator<Item = &'static LetterKind> {
    let own = [LetterKind::NewPassword, LetterKind::StaffInvitation, LetterKind::Alarm];
    LetterKind::ALL.iter().filter(move |kind| !own.contains(kind))
}

const NAME: &str = "Alice Durand";

/// What an owner is written about a browser that is new.
pub fn new_device(language: Language) -> Letter {
    change(language, LetterKind::NewDevice)
}

fn change(language: Language, what: LetterKind) -> Letter {
    let on = Stationery { words: Words::of(language), brand: Arc::new(Brand::default()), now: now() };
    let not_me = TakeBack { link: "https://id.example/links/xq7f".to_owned(), until: now() + Life::days(7) };
    let letter = SecurityChange {
        name: NAME.to_owned(),
        what,
        company: "Durand Télécom".to_owned(),
        at: now(),
        origin: Some(Origin { device: UserAgent::from_user_agent(CHROME), address: "203.0.113.7".to_owned() }),
        due: (what == LetterKind::FactorResetAsked).then(|| now() + Life::hours(24)),
        not_me: what.leads_to().map(|_| not_me),
    };
    letter.write(&on).unwrap()
}
