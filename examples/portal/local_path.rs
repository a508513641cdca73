//! The way back to a page, which must not lead out of the portal.

/// A path within the portal, or its home where the text could lead elsewhere (`//host`, `/\host`, an absolute address)
/// or can't stand in a header.
pub fn local_path(text: Option<&str>) -> &str {
    let is_local = |path: &&str| {
        let stays = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        stays && !path.contains(char::is_control)
    };
    text.filter(is_local).unwrap_or("/")
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
        for control in (0..32).chain(127..160).filter_map(char::from_u32) {
            assert_eq!(local_path(Some(&format!("/orders{control}"))), "/", "{control:?}");
        }
        assert_eq!(local_path(None), "/");
    }
}
