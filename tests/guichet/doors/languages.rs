//! French and English: the switch, then `ui_locales` of the page, then the browser's own preference; English otherwise.

use crate::world::{Answer, both};

fn language(answer: &Answer) -> String {
    answer.page().attribute("html", "lang")
}

both! {
    async fn pages_speak_the_language_the_browser_prefers(world) {
        for (preferred, spoken) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
            ("en-GB,en;q=0.9", "en"),
            ("de-DE,en;q=0.5,fr;q=0.4", "en"),
            ("en;q=0.1, fr;q=0.9", "fr"),
            ("de", "en"),
            ("fr;q=0, en;q=0.1", "en"),
            (";;;q=", "en"),
        ] {
            let page = world.browser().with("accept-language", preferred).get("/login").await;
            assert_eq!(language(&page), spoken, "{preferred}");
        }
        assert_eq!(language(&world.browser().get("/login").await), "en");
    }
}

both! {
    async fn the_switch_lasts_and_comes_back_to_its_page(world) {
        let mut browser = world.browser().with("accept-language", "fr");
        let page = browser.get("/login").await;
        let switch = page.page().attribute("#language-en", "href");
        assert!(page.shows("language-fr"));
        let answer = browser.get(&switch).await;
        assert_eq!(answer.header("location"), "/login");
        assert_eq!(language(&browser.follow(answer).await), "en");
        assert_eq!(language(&browser.get("/").await), "en");
    }
}

both! {
    async fn a_relying_party_proposes_the_language_with_ui_locales(world) {
        let portal = world.client("portal");
        for (locales, spoken) in [("en fr", "en"), ("de fr en", "fr"), ("xx", "fr")] {
            let mut browser = world.browser().with("accept-language", "fr");
            let page = browser.open(&portal.ask().with("ui_locales", locales).path()).await;
            assert!(page.shows("login-submit"), "{}", page.text());
            assert_eq!(language(&page), spoken, "{locales}");
        }
    }
}
