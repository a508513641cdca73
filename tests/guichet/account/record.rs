//! One's own record (R-DIR-8): what may be corrected and what not, and what becomes of it when the ERP sends its file
//! again.

use guichet::directory::{self, Contact};

use crate::world::{Answer, Browser, World, both, login};

async fn record(world: &World, who: &str) -> Contact {
    let contact = world.people(who).await.remove(0).contact;
    world.app.look(async |view| directory::contact(&mut view.db, contact.id).await).await.unwrap().unwrap()
}

/// Types into the form as it stands.
async fn correct(browser: &mut Browser, typed: &[(&str, &str)]) -> Answer {
    assert_eq!(browser.get("/account/record").await.status(), 200);
    browser.submit("record-save", typed).await
}

/// The whole line of a person as the ERP sends it, with these values in it.
async fn import(world: &World, (first_name, phone): (&str, &str)) {
    let csv = format!(
        "company_ref,ref,last_name,first_name,email,phone,mobile\nC-1001,{},Lindqvist,{first_name},{},{phone},\n",
        record(world, "carl").await.reference.unwrap(),
        login("carl"),
    );
    world.import(&csv).await;
}

both! {
    async fn a_contact_corrects_their_own_record_and_is_told(world) {
        let mut browser = world.signed_in("bruno").await;
        let before = record(&world, "bruno").await;
        let answer = correct(
            &mut browser,
            &[("first_name", "  Brünö "), ("title", "Dr"), ("mobile", "+33 6 39 98 00 12"), ("language", "fr")],
        )
        .await;
        assert_eq!(answer.header("location"), "/account?done=record", "{}", answer.text());
        let page = browser.follow(answer).await;
        assert!(page.text().contains("Votre fiche est corrigée"), "in the language just chosen: {}", page.text());
        let after = record(&world, "bruno").await;
        assert_eq!((after.first_name.as_str(), after.title.as_deref()), ("Brünö", Some("Dr")));
        assert_eq!((after.email, after.branch, after.last_name), (before.email, before.branch, before.last_name));
        let (mail, link) = world.last_mail("bruno").await;
        assert!(link.starts_with("/links/") && mail.subject.contains("fiche"), "{}", mail.subject);
        assert_eq!(
            world.database().execute("update record_changes set at = at where seq = 1").await,
            1,
            "the feed has it"
        );
        let told = world.mails().await.len();
        assert_eq!(correct(&mut browser, &[]).await.status(), 303);
        assert_eq!(world.mails().await.len(), told, "nothing changed, nobody is told");
        assert_eq!(world.database().execute("update record_changes set at = at").await, 1);
    }
}

both! {
    async fn each_field_that_cant_be_taken_is_named_and_nothing_is_changed(world) {
        let mut browser = world.signed_in("bruno").await;
        let before = record(&world, "bruno").await;
        for (typed, field) in [
            (vec![("first_name", " ")], "record-first-name"),
            (vec![("last_name", "")], "record-last-name"),
            (vec![("last_name", "a\u{202e}b")], "record-last-name"),
            (vec![("phone", ""), ("mobile", "")], "record-phone"),
            (vec![("mobile", "call me")], "record-mobile"),
            (vec![("language", "de")], "record-language"),
        ] {
            let answer = correct(&mut browser, &typed).await;
            assert_eq!(answer.status(), 422, "{typed:?}");
            assert_eq!(answer.page().attribute(&format!("#{field}"), "aria-invalid"), "true", "{typed:?}");
        }
        assert_eq!(record(&world, "bruno").await, before);
        assert_eq!(correct(&mut browser, &[("title", "<b>&\"'")]).await.status(), 303);
        assert!(!browser.get("/account/record").await.text().contains("<b>"));
    }
}

both! {
    /// R-DIR-8: never status, rights or email, whatever the form sends.
    async fn nothing_but_the_forms_own_fields_is_corrected(world) {
        let mut browser = world.signed_in("bruno").await;
        let before = record(&world, "bruno").await;
        let aline = record(&world, "aline").await;
        browser.get("/account/record").await;
        let csrf = browser.csrf();
        let fields = [
            ("csrf", csrf.as_str()),
            ("first_name", &before.first_name),
            ("last_name", &before.last_name),
            ("title", ""),
            ("phone", before.phone.as_deref().unwrap_or("0199001002")),
            ("mobile", before.mobile.as_deref().unwrap_or_default()),
            ("language", "en"),
            ("email", "evil@evil.example"),
            ("branch", "PAR"),
            ("contact", &aline.id.to_string()),
            ("roles", "account_admin"),
        ];
        assert_eq!(browser.post("/account/record", &fields).await.status(), 303);
        let after = record(&world, "bruno").await;
        assert_eq!((after.email, after.branch, after.id), (before.email, before.branch, before.id));
        assert_eq!(record(&world, "aline").await, aline);
    }
}

both! {
    /// The directory mirrors the ERP, but an ERP that hasn't heard of a correction doesn't undo it.
    async fn an_import_that_brings_the_old_value_doesnt_undo_a_correction(world) {
        let mut browser = world.signed_in("carl").await;
        let old = record(&world, "carl").await;
        let phone = old.phone.clone().unwrap_or_default();
        assert_eq!(correct(&mut browser, &[("first_name", "Carlo")]).await.status(), 303);
        for _ in 0..2 {
            import(&world, (&old.first_name, &phone)).await;
            assert_eq!(record(&world, "carl").await.first_name, "Carlo");
        }
        import(&world, (&old.first_name, "01 99 00 77 77")).await;
        let after = record(&world, "carl").await;
        assert_eq!(
            (after.first_name.as_str(), after.phone.as_deref()),
            ("Carlo", Some("01 99 00 77 77")),
            "what nobody corrected is the ERP's"
        );
    }
}

both! {
    async fn once_the_erp_took_a_correction_or_knows_better_its_word_counts_again(world) {
        let mut browser = world.signed_in("carl").await;
        let old = record(&world, "carl").await;
        let phone = old.phone.clone().unwrap_or_default();
        for told in ["Carlo", "Karl"] {
            assert_eq!(correct(&mut browser, &[("first_name", "Carlo")]).await.status(), 303);
            import(&world, (told, &phone)).await;
            assert_eq!(record(&world, "carl").await.first_name, told);
            import(&world, (&old.first_name, &phone)).await;
            assert_eq!(record(&world, "carl").await.first_name, old.first_name, "the ERP changed it after it knew");
        }
    }
}
