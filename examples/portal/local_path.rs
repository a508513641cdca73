//! The way back to a page, which must not lead out of the portal.

/// A path within the portal, or its home where the text could lead elsewhere (`//host`, `/\host`, an absolute address).
pub fn local_path(text: Option<&str>) -> &str {
    match text {
        Some(path)
            if path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t', '\0']) =>
        {
            path
        }
        Some(_) | None => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_way_back_stays_in_the_portal() {
        assert_eq!(local_path(Some("/orders?state=done")), "/orders?state=done");
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "orders", "", "/\t/evil.example"] {
            assert_eq!(local_path(Some(foreign)), "/", "{foreign}");
        }
        assert_eq!(local_path(None), "/");
    }
}
