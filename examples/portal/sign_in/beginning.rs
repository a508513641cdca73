//! Where a sign-in begins.

/// The address that begins a sign-in and returns to `back`. A `silent` one only asks whether the session still lives.
pub fn address(back: &str, silent: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("back", back);
    if silent {
        query.append_pair("silent", "true");
    }
    format!("/sign-in?{}", query.finish())
}
