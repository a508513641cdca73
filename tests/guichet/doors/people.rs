//! The doors of people: who in front of a browser gets what, by every page and every form.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use guichet::authorization::consent;
use guichet::relying_party::Scope;
use guichet::{account, session};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::elements::Elements;
use super::probes::{By, PROBES, Probe};
use super::{Table, address, assert_reviewed};
use crate::world::{Answer, Browser, PASSWORD, World, both};

/// Who comes. A new kind of person is a line in each of these three.
const WHO: [(&str, Who); 11] = [
    ("nobody", Who::Nobody),
    ("password only", Who::Halfway),
    ("no company yet", Who::Undecided),
    ("person", Who::Person),
    ("administrator", Who::Administrator),
    ("access refused", Who::Refused),
    ("admin. without token", Who::Tokenless),
    ("admin. from elsewhere", Who::FromElsewhere),
    ("customer service", Who::CustomerService),
    ("support agent", Who::SupportAgent),
    ("operator", Who::Operator),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A browser that is signed in nowhere.
    Nobody,
    /// Somebody who gave the right password, and has a second factor still to prove.
    Halfway,
    /// Somebody of two companies who has yet to say which.
    Undecided,
    /// A contact without any role of weight.
    Person,
    /// A company's administrator.
    Administrator,
    /// Somebody signed in whose access doesn't hold where they are now.
    Refused,
    /// The administrator's browser, led here by a page that isn't ours: the form lacks our token.
    Tokenless,
    /// The same, with a token that was found out: the browser says that the form stood elsewhere.
    FromElsewhere,
    /// One of the vendor's people who looks after customers.
    CustomerService,
    /// One who helps them.
    SupportAgent,
    /// One who runs the service.
    Operator,
}

impl Who {
    const fn login(self) -> &'static str {
        match self {
            Self::Nobody | Self::Administrator | Self::Tokenless | Self::FromElsewhere => "alice",
            Self::Halfway => "theo",
            Self::Undecided => "ines",
            Self::Person => "bruno",
            Self::Refused => "nina",
            Self::CustomerService => "carole",
            Self::SupportAgent => "sam",
            Self::Operator => "oscar",
        }
    }

    const fn is_staff(self) -> bool {
        matches!(self, Self::CustomerService | Self::SupportAgent | Self::Operator)
    }

    const fn is_forged(self) -> bool {
        matches!(self, Self::Tokenless | Self::FromElsewhere)
    }
}

/// A browser in front of a door, with what a right request of its person's names.
pub struct Visitor {
    /// The browser, signed in or not.
    pub browser: Browser,
    named: BTreeMap<&'static str, String>,
}

impl Visitor {
    /// An administrator with nothing wrong about them.
    pub async fn administrator(world: &World) -> Self {
        Self::of(world, Who::Administrator).await
    }

    /// Somebody of that kind.
    pub async fn of(world: &World, who: Who) -> Self {
        let mut browser = world.browser().from("192.0.2.7");
        if who.is_staff() {
            return Self::of_staff(world, (browser, who)).await;
        }
        if who != Who::Nobody {
            assert_eq!(browser.sign_in(who.login(), PASSWORD).await.status(), 303, "{who:?}");
        }
        let interaction = send_on_interaction(world, &mut browser).await;
        if who == Who::Halfway {
            browser.get("/login/second-factor").await;
        }
        let mut named = BTreeMap::from([("{interaction}", interaction), ("csrf", browser.csrf())]);
        let account = world.people(who.login()).await[0].account.id;
        let scope = [Scope::Openid].into_iter().collect();
        let to =
            async |client: &str| world.as_operator(async |tx| consent::grant(tx, account, client, &scope).await).await;
        to("portal").await;
        let consent = to("demo-native").await;
        named.insert("{consent}", consent.to_string());
        let idle = world.app.config.lives.session_idle;
        let sessions =
            world.app.look(async |view| session::list(&mut view.db, account, view.now, idle).await).await.unwrap();
        named.insert("{session}", sessions.first().map_or(Uuid::nil(), |session| session.id.0).to_string());
        let devices =
            world.app.look(async |view| account::device::list(&mut view.db, account, view.now).await).await.unwrap();
        named.insert("{device}", devices.first().map_or(Uuid::nil(), |device| device.id.0).to_string());
        browser = match who {
            Who::Refused => browser.from("198.51.100.1"),
            Who::FromElsewhere => browser.with("origin", "https://evil.example").with("sec-fetch-site", "cross-site"),
            Who::Nobody | Who::Halfway | Who::Undecided | Who::Person | Who::Administrator | Who::Tokenless => browser,
            Who::CustomerService | Who::SupportAgent | Who::Operator => unreachable!("they have no interaction"),
        };
        if who == Who::Tokenless {
            named.remove("csrf");
        }
        Self { browser, named }
    }

    /// No relying party sees them: whatever interaction there is began before they signed in, and nothing of a
    /// contact's is theirs.
    async fn of_staff(world: &World, (mut browser, who): (Browser, Who)) -> Self {
        let interaction = send_on_interaction(world, &mut browser).await;
        assert_eq!(browser.sign_in(who.login(), PASSWORD).await.status(), 303, "{who:?}");
        browser.get("/staff").await;
        let nobodys = Uuid::nil().to_string();
        let named = [
            ("{interaction}", interaction),
            ("csrf", browser.csrf()),
            ("{session}", nobodys.clone()),
            ("{device}", nobodys.clone()),
            ("{consent}", nobodys),
        ];
        Self { browser, named: named.into() }
    }

    async fn probe(&self, world: &World, probe: &Probe) -> Answer {
        let request = self.request(&address(world, probe.place).await, probe);
        self.browser.clone().send(request).await
    }

    /// The right request of this visitor's, at that address.
    pub fn request(&self, address: &str, probe: &Probe) -> Request<Body> {
        let filled = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (*name, self.named.get(value).map_or(*value, String::as_str)));
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        let (mut query, mut fields) = (filled(probe.query), filled(probe.fields));
        if !query.is_empty() {
            query.insert(0, '?');
        }
        if let Some(token) = self.named.get("csrf").filter(|_| probe.method == "POST") {
            fields = format!("csrf={token}&{fields}");
        }
        let request = Request::builder().method(probe.method).uri(format!("{address}{query}"));
        request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(fields)).unwrap()
    }
}

/// Where an authorization request leads, with the interaction that it is parked as.
async fn send_on_interaction(world: &World, browser: &mut Browser) -> String {
    browser.open(&world.client("demo-web").ask().with("prompt", "consent").path()).await;
    let forms = browser.page_forms();
    let interaction = forms
        .iter()
        .find_map(|form| form.fields.iter().find(|(name, _)| name == "interaction"))
        .expect("no form is on an interaction");
    interaction.1.clone()
}

/// What somebody got, in a few words.
fn outcome(answer: &Answer) -> String {
    let over = answer.cookie("guichet_session").is_some_and(|cookie| cookie.contains("Max-Age=0"));
    let Some(to) = answer.location() else {
        return format!("{}{}", answer.status(), if over { " signed out" } else { "" });
    };
    let ours = to.as_str().starts_with(crate::world::ISSUER);
    match (answer.parameter("code"), answer.parameter("error")) {
        (Some(_), _) => format!("{} code", answer.status()),
        (None, Some(error)) => format!("{} {error}", answer.status()),
        (None, None) if ours => format!("{} {}", answer.status(), without_ids(to.path().trim_start_matches("/auth"))),
        (None, None) => format!("{} elsewhere", answer.status()),
    }
}

/// Ids are others in each run.
fn without_ids(path: &str) -> String {
    let pieces = path.split('/').map(|piece| if Uuid::parse_str(piece).is_ok() { "{id}" } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

both! {
    async fn every_page_and_form_answers_everybody_as_the_table_says(world) {
        assert_answers_as_reviewed(&world).await;
    }
}

both! {
    async fn behind_a_path_every_page_and_form_answers_as_the_same_table_says(world behind "/auth") {
        assert_answers_as_reviewed(&world).await;
    }
}

async fn assert_answers_as_reviewed(world: &World) {
    let mut elements = Elements::default();
    let mut table = Table::new(&[45, 30], &WHO.map(|(name, _)| name));
    let mut waiting = Vec::new();
    for (_, who) in WHO {
        waiting.push(Visitor::of(world, who).await);
    }
    for probe in PROBES.iter().filter(|probe| probe.by == By::Browser) {
        let mut cells = Vec::new();
        for ((name, who), waiting) in WHO.iter().zip(&waiting) {
            // What changes nothing needs nobody anew.
            let answer = match (probe.method, who.is_forged()) {
                ("GET", true) => {
                    cells.push(String::new());
                    continue;
                }
                ("GET", false) | (_, true) => waiting.probe(world, probe).await,
                (_, false) => Visitor::of(world, *who).await.probe(world, probe).await,
            };
            elements.note(&probe.line(), name, &answer);
            cells.push(outcome(&answer));
        }
        table.line(&probe.line(), cells);
    }
    for (name, who) in WHO.iter().filter(|(_, who)| !who.is_forged()) {
        for probe in PROBES.iter().filter(|probe| probe.by == By::Browser && !probe.fields.is_empty()) {
            let empty = Probe { fields: &[], ..*probe };
            let answer = Visitor::of(world, *who).await.probe(world, &empty).await;
            elements.note(&format!("{} left empty", probe.name()), name, &answer);
        }
    }
    assert_reviewed(&table.text, "doors/people.golden.txt");
    assert_reviewed(&elements.text(), "doors/elements.golden.txt");
}
