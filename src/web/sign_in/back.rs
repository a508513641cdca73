//! The page of ours to which somebody comes back after a step: never a page of another site.

use serde::Deserialize;

/// What the page's address carries besides the interaction.
#[derive(Deserialize)]
pub struct For {
    #[serde(rename = "for")]
    back: Option<String>,
}

impl For {
    /// The page of ours that wants it.
    pub(crate) fn page(self) -> Option<String> {
        self.back.filter(|back| is_ours(back))
    }
}

/// Only a path of this very site: browsers take `//elsewhere` and `/\elsewhere` for another one.
pub(crate) fn is_ours(back: &str) -> bool {
    back.starts_with('/')
        && !back.starts_with("//")
        && !back.contains('\\')
        && back.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn the_switch_never_leads_to_another_site() {
        for (back, ours) in [
            ("/login?interaction=1", true),
            ("/", true),
            ("", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/a\r\nSet-Cookie: x", false),
            ("/a\tb", false),
        ] {
            assert_eq!(is_ours(back), ours, "{back:?}");
        }
    }
}
