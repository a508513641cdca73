//! The few files that pages load. They are part of the program; one of them is written from the operator's colour.

use std::borrow::Cow;

use crate::base::{Digest, Place};
use crate::words::brand::Brand;

/// A file under `/assets/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    Stylesheet,
    /// The operator's accent colour; kept apart since the pages' policy allows no inline style.
    BrandStylesheet,
    /// The script that sends the page of a form-post answer.
    FormPostScript,
    /// The script that speaks with authenticators.
    PasskeyScript,
    /// The mark shown as the browser tab's icon.
    Icon,
}

impl Asset {
    pub const ALL: [Self; 5] =
        [Self::Stylesheet, Self::BrandStylesheet, Self::FormPostScript, Self::PasskeyScript, Self::Icon];

    /// Finds an asset by its file name.
    pub fn from_file(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.file() == name)
    }

    pub const fn file(self) -> &'static str {
        match self {
            Self::Stylesheet => "guichet.css",
            Self::BrandStylesheet => "brand.css",
            Self::FormPostScript => "form_post.js",
            Self::PasskeyScript => "passkeys.js",
            Self::Icon => "guichet.svg",
        }
    }

    /// The media type it is served as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Stylesheet | Self::BrandStylesheet => "text/css; charset=utf-8",
            Self::FormPostScript | Self::PasskeyScript => "text/javascript; charset=utf-8",
            Self::Icon => "image/svg+xml",
        }
    }

    pub fn path(self) -> String {
        Place::Asset.path().replace("{file}", self.file())
    }

    /// What is in it.
    pub fn body(self, brand: &Brand) -> Cow<'static, str> {
        match self {
            Self::Stylesheet => include_str!("../../templates/assets/guichet.css").into(),
            Self::BrandStylesheet => brand_stylesheet(brand).into(),
            Self::FormPostScript => include_str!("../../templates/assets/form_post.js").into(),
            Self::PasskeyScript => include_str!("../../templates/assets/passkeys.js").into(),
            Self::Icon => include_str!("../../templates/assets/guichet.svg").into(),
        }
    }

    /// Changes when the content does, so that browsers may keep each version for good.
    pub fn version(self, brand: &Brand) -> String {
        let mut digest = Digest::of(self.body(brand).as_bytes()).base64url();
        digest.truncate(12);
        digest
    }
}

fn brand_stylesheet(brand: &Brand) -> String {
    let (day, night) = (brand.accent.by_day(), brand.accent.by_night());
    let (day_ink, night_ink) = (day.ink(), night.ink());
    format!(
        ":root{{--accent:{day};--accent-ink:{day_ink}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{--accent:{night};--accent-ink:{night_ink}}}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::Asset;
    use crate::words::brand::{Accent, Brand};

    #[test]
    fn the_stylesheet_stays_small_and_a_new_colour_is_a_new_version() {
        let brand = Brand::default();
        assert!(Asset::Stylesheet.body(&brand).len() < 20_000);
        let red = Brand { accent: Accent::parse("#c1121f").unwrap(), ..Brand::default() };
        assert_ne!(Asset::BrandStylesheet.version(&brand), Asset::BrandStylesheet.version(&red));
        assert_eq!(Asset::Stylesheet.version(&brand), Asset::Stylesheet.version(&red));
        for asset in Asset::ALL {
            assert_eq!(Asset::from_file(asset.file()), Some(asset));
        }
    }
}
