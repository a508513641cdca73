//! The headers that every answer carries, whatever door gave it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use tower::util::MapResponseLayer;

use crate::app::App;
use crate::base::redirect_uri::origin;
use crate::words::brand::Logo;

/// Nothing is loaded from elsewhere, nothing runs, nothing frames us; forms lead nowhere but home.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors \
    'none'; base-uri 'none'";

/// The policy of a page whose form leads on to a relying party: browsers hold `form-action` against every redirect that
/// follows.
fn policy_towards(origin: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"))).ok()
}

/// Lets the page's forms lead on to this URI: browsers hold `form-action` against every redirect that follows.
pub fn admit_forms_to(mut response: Response, uri: &str) -> Response {
    if let Some(policy) = origin(uri).as_deref().and_then(policy_towards) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The policy of the page that posts an authorization answer: the same, and our own script may send the form.
pub fn policy_of_form_post(origin: &str) -> Option<HeaderValue> {
    let policy = policy_towards(origin)?;
    HeaderValue::from_str(&format!("{}; script-src 'self'", policy.to_str().ok()?)).ok()
}

/// Lets a page run our own script, and that script ask us: whatever policy the page has stays as it is otherwise.
pub fn admit_script(mut response: Response) -> Response {
    let policy = response
        .headers()
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .unwrap_or(POLICY);
    if let Ok(wider) = HeaderValue::from_str(&format!("{policy}; script-src 'self'; connect-src 'self'")) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, wider);
    }
    response
}

// No `Cross-Origin-Opener-Policy`: with it, WebKit shows our sign-in form under a relying party's origin.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The operator's logo may lie elsewhere: whatever policy an answer has, pictures may come from there too.
fn admit_pictures_of(origin: &str, headers: &mut HeaderMap) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let wider = policy.map(|policy| policy.replace("img-src 'self'", &format!("img-src 'self' {origin}")));
    if let Some(Ok(wider)) = wider.map(|policy| HeaderValue::from_str(&policy)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, wider);
    }
}

/// Doors name our own places by their path: whoever follows needs the issuer's before it.
fn lead_within(prefix: &str, headers: &mut HeaderMap) {
    let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).filter(|to| to.starts_with('/'));
    if let Some(Ok(within)) = to.map(|to| HeaderValue::try_from(format!("{prefix}{to}"))) {
        headers.insert(header::LOCATION, within);
    }
}

/// Adds to every answer what the door didn't set itself.
pub fn secure(app: &App) -> MapResponseLayer<impl Fn(Response) -> Response + Clone + use<>> {
    let https = app.config.is_https();
    let prefix = app.config.prefix().to_owned();
    let logo = app.config.brand.logo.as_ref().and_then(Logo::origin);
    MapResponseLayer::new(move |mut response: Response| {
        let headers = response.headers_mut();
        headers.reserve(ALWAYS.len() + 1);
        for (name, value) in ALWAYS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if !prefix.is_empty() {
            lead_within(&prefix, headers);
        }
        if let Some(logo) = &logo {
            admit_pictures_of(logo, headers);
        }
        if https {
            headers.insert(
                header::STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static("max-age=31536000; includeSubDomains"),
            );
        }
        response
    })
}
