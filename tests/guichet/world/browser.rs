//! A browser: cookies, an address, a language, the page it shows, and forms sent the way Chromium sends them.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::aftermath::Aftermath;
use super::page::Page;
use super::{Answer, ISSUER, PASSWORD, login};

/// A browser. A clone has the same cookies, as a second tab would, and then goes its own way.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    issuer: String,
    address: IpAddr,
    headers: BTreeMap<&'static str, String>,
    cookies: BTreeMap<String, String>,
    page: Option<Answer>,
    aftermath: Option<Arc<Aftermath>>,
}

impl Browser {
    pub(super) fn new(router: Router, issuer: String, aftermath: Option<Arc<Aftermath>>) -> Self {
        let headers = [("accept", "text/html"), ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0")];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self {
            router,
            issuer,
            address: [127, 0, 0, 1].into(),
            headers,
            cookies: BTreeMap::new(),
            page: None,
            aftermath,
        }
    }

    /// The same browser, connecting from that address.
    pub fn from(mut self, address: &str) -> Self {
        self.address = address.parse().unwrap();
        self
    }

    /// The same browser, whose every request carries that header.
    pub fn with(mut self, header: &'static str, value: &str) -> Self {
        self.headers.insert(header, value.to_owned());
        self
    }

    /// The same browser, whose requests a load balancer brings to another server.
    pub(super) fn at(mut self, router: Router) -> Self {
        self.router = router;
        self
    }

    /// The cookie whose name ends so.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(key, _)| key.ends_with(name)).map(|(_, value)| value.as_str())
    }

    /// Puts a cookie in place, as an attacker could.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The token of the page shown, as its forms send it.
    pub fn csrf(&self) -> String {
        self.shown().attribute("[name=csrf]", "value")
    }

    /// Where the script of the page shown asks for challenges.
    pub fn challenges_of_page(&self) -> Option<String> {
        self.page.as_ref()?.page().attributes("[data-challenge]", "data-challenge").into_iter().next()
    }

    /// The forms of the page shown.
    pub fn page_forms(&self) -> Vec<super::page::Form> {
        self.shown().forms()
    }

    /// The same browser in the tab that shows what that one shows.
    pub fn showing(&mut self, tab: &Self) {
        self.page.clone_from(&tab.page);
    }

    fn shown(&self) -> Page {
        self.page.as_ref().expect("no page is shown").page()
    }

    /// The browser is closed and opened again: only lasting cookies stay, and here that is the device's.
    pub fn forget_session(&mut self) {
        self.cookies.retain(|name, _| !name.ends_with("guichet_session"));
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends fields as a form, with nothing added to them.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(
            Request::post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(body))
                .unwrap(),
        )
        .await
    }

    /// Presses a button of the page shown, after typing into its form.
    pub async fn submit(&mut self, button: &str, typed: &[(&str, &str)]) -> Answer {
        self.send_form(&format!("#{button}"), typed).await
    }

    /// Presses the first button with that name and value.
    pub async fn press(&mut self, name: &str, value: &str) -> Answer {
        self.send_form(&format!("button[name={name:?}][value={value:?}]"), &[]).await
    }

    /// Sends the form of the page shown that goes to that path and holds that field.
    pub async fn send_form_to(&mut self, path: &str, field: (&str, &str)) -> Answer {
        let holds = |form: &super::page::Form| {
            form.action == path && form.fields.iter().any(|(name, value)| (name.as_str(), value.as_str()) == field)
        };
        let form = self.page_forms().into_iter().find(holds);
        let form = form.unwrap_or_else(|| panic!("no form to {path} with {field:?}"));
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post_like_a_page(&form.action, &fields).await
    }

    async fn send_form(&mut self, button: &str, typed: &[(&str, &str)]) -> Answer {
        let page = self.shown();
        let mut form = page.form_of(button);
        for (name, value) in typed {
            match form.fields.iter_mut().find(|(key, _)| key == name) {
                Some((_, field)) => (*value).clone_into(field),
                None if page.has_box(name) => form.fields.push(((*name).to_owned(), (*value).to_owned())),
                None => panic!("the form has no field {name}"),
            }
        }
        let fields: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if form.posts {
            self.post_like_a_page(&form.action, &fields).await
        } else {
            let query = Serializer::new(String::new()).extend_pairs(&fields).finish();
            self.get(&format!("{}?{query}", form.action)).await
        }
    }

    /// Under `Referrer-Policy: no-referrer`, Chromium calls the origin of a page's own form null.
    async fn post_like_a_page(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut chromium = self.clone();
        chromium.headers.entry("origin").or_insert("null".to_owned());
        chromium.headers.entry("sec-fetch-site").or_insert("same-origin".to_owned());
        let answer = chromium.post(path, fields).await;
        (self.cookies, self.page) = (chromium.cookies, chromium.page);
        answer
    }

    /// Goes on where answers send it, as long as that is here.
    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            match answer.location() {
                Some(to) if to.as_str().starts_with(&format!("{}/", self.issuer)) => {
                    answer = self.get(&to[url::Position::BeforePath..]).await;
                }
                Some(_) | None => return answer,
            }
        }
        panic!("redirected in circles: {:?}", answer.location());
    }

    /// Opens an address and goes on where it sends.
    pub async fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    /// Opens a page that wants a fresh proof, and gives the password again where it does.
    pub async fn open_freshly(&mut self, path: &str) -> Answer {
        let answer = self.open(path).await;
        if !answer.shows("reauth-submit") {
            return answer;
        }
        let answer = self.submit("reauth-submit", &[("password", PASSWORD)]).await;
        self.follow(answer).await
    }

    /// Signs in at `/login`.
    pub async fn sign_in(&mut self, who: &str, password: &str) -> Answer {
        let page = self.get("/login").await;
        assert_eq!(page.status(), 200, "{}", page.text());
        self.give_password(who, password).await
    }

    /// Signs in at `/login` under exactly that name.
    pub async fn sign_in_as(&mut self, name: &str, password: &str) -> Answer {
        self.get("/login").await;
        self.submit("login-submit", &[("username", name), ("password", password)]).await
    }

    /// Fills in the sign-in page shown.
    pub async fn give_password(&mut self, who: &str, password: &str) -> Answer {
        self.submit("login-submit", &[("username", &login(who)), ("password", password)]).await
    }

    /// Sends a request with what this browser adds to all of them.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        self.address_within(&mut request);
        for (name, value) in &self.headers {
            request.headers_mut().entry(*name).or_insert(value.parse().unwrap());
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let router = self.router.clone();
        let asking = async { Answer::read(router.oneshot(request).await.unwrap()).await };
        let answer = match &self.aftermath {
            Some(aftermath) => aftermath.of(asking).await,
            None => asking.await,
        };
        self.keep_cookies(&answer);
        self.assert_within(&answer);
        // HEAD brings no page.
        if answer.header("content-type").starts_with("text/html") && !answer.text().is_empty() {
            // Whoever asks nothing of a page learns as well that it isn't well formed.
            answer.page();
            self.page = Some(answer.clone());
        }
        answer
    }

    /// The issuer's path.
    fn prefix(&self) -> &str {
        self.issuer.strip_prefix(ISSUER).unwrap_or_default()
    }

    /// Tests name paths as they are without the issuer's own.
    fn address_within(&self, request: &mut Request<Body>) {
        let (prefix, asked) = (self.prefix(), request.uri().to_string());
        if !asked.starts_with(prefix) && !asked.ends_with(prefix) {
            *request.uri_mut() = format!("{prefix}{asked}").parse().unwrap();
        }
    }

    /// Behind a path everything stays there: where answers and pages lead, what they load, cookies.
    fn assert_within(&self, answer: &Answer) {
        let prefix = self.prefix();
        if prefix.is_empty() {
            return;
        }
        let mut leads = vec![answer.header("location").to_owned()];
        if answer.header("content-type").starts_with("text/html") && !answer.text().is_empty() {
            for attribute in ["href", "src", "action", "data-challenge"] {
                leads.extend(answer.page().attributes(&format!("[{attribute}]"), attribute));
            }
        }
        for lead in leads.iter().filter(|lead| lead.starts_with('/')) {
            assert!(lead.starts_with(&format!("{prefix}/")), "{lead} leads out of {prefix}");
        }
        for cookie in answer.cookies() {
            assert!(
                cookie.contains(&format!("Path={prefix};")) || cookie.ends_with(&format!("Path={prefix}")),
                "{cookie}"
            );
        }
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
