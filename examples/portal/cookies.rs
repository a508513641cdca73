//! The portal's cookies: HttpOnly, SameSite=Lax, for the whole site. Names start with `portal_`, because ports share
//! cookies and the provider may live on the same host.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// How long the browser keeps a cookie.
#[derive(Clone, Copy)]
pub enum Life {
    Browser,
    Year,
    Gone,
}

/// The value of a cookie that the browser sent.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A `Set-Cookie` value.
///
/// The sample speaks plain HTTP on loopback, so `Secure` is not set; a portal on https adds it and the `__Host-`
/// prefix.
pub fn set(name: &str, value: &str, life: Life) -> String {
    let kept = match life {
        Life::Browser => "",
        Life::Year => "; Max-Age=31536000",
        Life::Gone => "; Max-Age=0",
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{kept}")
}

/// A `Set-Cookie` value that removes a cookie.
pub fn forget(name: &str) -> String {
    set(name, "", Life::Gone)
}
