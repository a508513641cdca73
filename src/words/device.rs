//! A browser in words: "Chrome on Windows". A table of our own, since only people read the result and nothing is
//! decided by it.

use super::Words;

/// What a `User-Agent` header tells about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAgent {
    browser: Option<&'static str>,
    system: Option<&'static str>,
}

/// The first mark found names the browser: those that pass for others come first.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Likewise for systems: Android calls itself Linux, and an iPhone is "like Mac OS X".
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl UserAgent {
    /// Reads a `User-Agent` header (RFC 9110 section 10.1.5).
    pub fn from_user_agent(header: &str) -> Self {
        let first = |table: &[(&str, &'static str)]| {
            table.iter().find(|(mark, _)| header.contains(mark)).map(|(_, name)| *name)
        };
        Self { browser: first(&BROWSERS), system: first(&SYSTEMS) }
    }

    /// The device as people would call it.
    pub fn in_words(self, words: Words) -> String {
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => {
                words.tell("device-browser-and-system", &[("browser", browser), ("system", system)])
            }
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => words.say("device-unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UserAgent;
    use crate::base::Language;
    use crate::words::Words;

    #[test]
    fn a_browser_is_told_by_name_and_system() {
        for (header, english, french) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
                 Safari/537.36",
                "Chrome on Windows",
                "Chrome sur Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 \
                 Safari/537.36 Edg/131.0",
                "Edge on Windows",
                "Edge sur Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox on Linux",
                "Firefox sur Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
                "Safari sur iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 \
                 Chrome/122.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
                "Samsung Internet sur Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.1 Safari/605.1.15",
                "Safari on macOS",
                "Safari sur macOS",
            ),
            ("curl/8.5.0", "curl", "curl"),
            ("", "Unknown device", "Appareil inconnu"),
        ] {
            let device = UserAgent::from_user_agent(header);
            assert_eq!(device.in_words(Words::of(Language::En)), english);
            assert_eq!(device.in_words(Words::of(Language::Fr)), french);
        }
    }
}
