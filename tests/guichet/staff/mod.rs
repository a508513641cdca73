//! The vendor's own people: what each role opens, what stays shut to contacts, invitations, and the console (R-DEL-6,
//! R-DIR-4, faults 3 and 4).

mod invitations;
mod own_access;
mod upstream;

use crate::world::{Answer, Browser, Cause, PASSWORD, both, login};

/// Every page of the console that can be opened without an id, and the roles it is for.
const PAGES: [(&str, &[&str]); 5] = [
    ("/staff", &["carole", "sam", "oscar"]),
    ("/staff/companies", &["carole", "sam"]),
    ("/staff/contacts", &["carole", "sam"]),
    ("/staff/people", &["oscar"]),
    ("/staff/audit", &["carole", "oscar"]),
];

const STAFF: [&str; 3] = ["carole", "sam", "oscar"];

/// Where the console shows somebody.
pub(crate) async fn contact_page(browser: &mut Browser, who: &str) -> String {
    let found = browser.get(&format!("/staff/contacts?q={}", login(who).replace('@', "%40"))).await;
    found.page().attribute("[href^='/staff/contacts/']", "href")
}

/// Does what a button of the contact's page does.
async fn press(browser: &mut Browser, page: &str, button: &str) -> Answer {
    assert_eq!(browser.get(page).await.status(), 200);
    let done = browser.submit(button, &[]).await;
    assert_eq!(done.status(), 303, "{button}: {}", done.text());
    browser.follow(done).await
}

both! {
    async fn staff_sign_in_at_the_same_door_and_begin_at_the_console(world) {
        for who in STAFF {
            let mut browser = world.browser();
            let answer = browser.sign_in(who, PASSWORD).await;
            assert_eq!((answer.status(), answer.header("location")), (303, "/staff"), "{who}: {}", answer.text());
            assert_eq!(browser.follow(answer).await.status(), 200);
            for path in ["/", "/login", "/account", "/login/company"] {
                assert_eq!(browser.get(path).await.header("location"), "/staff", "{who} at {path}");
            }
            assert_eq!(world.browser().sign_in(who, "wrong").await.status(), 401);
        }
    }
}

both! {
    async fn each_page_opens_to_the_roles_it_is_for_and_to_nobody_else(world) {
        for who in STAFF {
            let mut browser = world.signed_in(who).await;
            for (path, roles) in PAGES {
                let answer = browser.get(path).await;
                let expected = if roles.contains(&who) { 200 } else { 403 };
                assert_eq!(answer.status(), expected, "{who} at {path}");
                assert!(expected == 200 || answer.shows("error-title"), "{who} at {path}");
            }
        }
        for path in PAGES.map(|(path, _)| path) {
            assert_eq!(world.browser().get(path).await.header("location"), "/login", "{path}");
        }
    }
}

both! {
    /// R-DEL-6: to a contact the console is no door at all, and looks like any other page that isn't there.
    async fn a_contact_finds_no_console(world) {
        let mut carole = world.signed_in("carole").await;
        let contact = contact_page(&mut carole, "bruno").await;
        let mut alice = world.signed_in("alice").await;
        let nowhere =
            alice.get("/staff/no-such-page").await.text_without(&["/staff/no-such-page", "%2Fstaff%2Fno-such-page"]);
        for path in PAGES.map(|(path, _)| path).iter().copied().chain([contact.as_str(), "/staff/companies/C-1001"]) {
            let answer = alice.get(path).await;
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.text_without(&[path, &path.replace('/', "%2F")]), nowhere, "{path}");
        }
        alice.get("/account").await;
        let csrf = alice.csrf();
        for deed in ["unlock", "sessions/end", "switch"] {
            let answer = alice.post(&format!("{contact}/{deed}"), &[("csrf", &csrf), ("on", "false")]).await;
            assert_eq!(answer.status(), 404, "{deed}");
        }
        let invite =
            [("csrf", csrf.as_str()), ("name", "Alice"), ("email", "alice@guichet.example"), ("operator", "on")];
        assert_eq!(alice.post("/staff/people", &invite).await.status(), 404);
    }
}

both! {
    async fn a_deed_takes_its_duty_and_what_is_not_there_is_not_found(world) {
        let mut carole = world.signed_in("carole").await;
        let bruno = contact_page(&mut carole, "bruno").await;
        let unknown = "/staff/contacts/01900000-0000-7000-8000-000000000000";
        let nobodys = contact_page(&mut carole, "david").await;
        for (who, page, expected) in [
            ("sam", bruno.as_str(), 403),
            ("oscar", bruno.as_str(), 403),
            ("oscar", unknown, 403),
            ("carole", unknown, 404),
            ("carole", "/staff/contacts/no-id", 404),
            ("carole", nobodys.as_str(), 404),
        ] {
            let mut browser = world.signed_in(who).await;
            browser.get("/staff").await;
            let csrf = browser.csrf();
            for deed in ["unlock", "sessions/end", "switch"] {
                let answer = browser.post(&format!("{page}/{deed}"), &[("csrf", &csrf), ("on", "false")]).await;
                assert_eq!(answer.status(), expected, "{who} {page} {deed}");
            }
        }
        assert_eq!(carole.get(unknown).await.status(), 404);
        for path in ["/staff/contacts/no-id", "/staff/companies/C-9999", "/staff/companies/%00"] {
            assert_eq!(carole.get(path).await.status(), 404, "{path}");
        }
        assert_eq!(carole.get("/staff/contacts?q=%00&after=x").await.status(), 200);
    }
}

both! {
    async fn companies_and_contacts_are_found_by_what_callers_say(world) {
        let mut carole = world.signed_in("carole").await;
        for (search, found) in [
            ("durand", 1),
            ("C-1002", 1),
            ("T%C3%A9l%C3%A9com", 1),
            ("TELECOM", 1),
            ("soci%C3%A9t%C3%A9-bloquee", 1),
            ("client+nouveau", 1),
            ("&state=blocked", 0),
            ("&state=erp-blocked", 1),
            ("&state=unheard-of", 4),
            ("%25", 0),
            ("", 4),
            ("nobody", 0),
        ] {
            let page = carole.get(&format!("/staff/companies?q={search}")).await.page();
            assert_eq!(page.all("[data-ref]").len(), found, "{search}");
        }
        for (search, found) in [
            ("ines", 2),
            ("ines%40compta.example", 2),
            ("INÈS+petit", 1),
            ("D-BRUNO", 1),
            ("_", 0),
            ("nobody", 0),
            ("petit&state=with-account", 2),
            ("petit&state=without-account", 1),
            ("&state=inactive", 1),
        ] {
            let page = carole.get(&format!("/staff/contacts?q={search}")).await.page();
            assert_eq!(page.all("[data-email]").len(), found, "{search}");
        }
    }
}

both! {
    async fn a_list_is_read_page_by_page_in_the_order_of_folded_names_and_the_search_goes_along(world) {
        let names: Vec<String> =
            (0..30).map(|number| format!("{}cole {number:02}", if number % 2 == 0 { 'É' } else { 'e' })).collect();
        let rows: Vec<String> =
            names.iter().map(|name| format!("E-{},{name},2020-01-01,2020-02-01,0,", &name[name.len() - 2..])).collect();
        let header = "ref,name,accounting_validated_at,first_order_at,blocked,branches";
        world.import(&format!("{header}\n{}\n", rows.join("\n"))).await;
        let mut carole = world.signed_in("carole").await;
        let first = carole.get("/staff/companies?q=ECOLE").await.page();
        let mut found = first.texts("[data-ref] a");
        assert_eq!(found.len(), 25);
        let last = carole.get(&first.attribute("#next-page", "href")).await.page();
        assert_eq!((last.all("#next-page").len(), last.attribute("#search-text", "value").as_str()), (0, "ECOLE"));
        found.extend(last.texts("[data-ref] a"));
        assert_eq!(found, names);
    }
}

both! {
    async fn a_contacts_standing_is_shown_with_every_condition_explained(world) {
        let mut carole = world.signed_in("carole").await;
        for (who, unmet) in [
            ("alice", vec![]),
            ("eve", vec!["contact-listed"]),
            ("nina", vec!["network"]),
            ("lea", vec!["company-open"]),
            ("gilles", vec!["company-ordered", "membership-approved"]),
            ("david", vec!["membership-approved"]),
        ] {
            let page = contact_page(&mut carole, who).await;
            let answer = carole.get(&page).await;
            assert_eq!(answer.unmet(), unmet, "{who}");
            assert!(answer.shows("standing") && answer.standing().len() >= 6, "{who}");
            assert!(!answer.text().contains("$argon2"), "{who}");
        }
    }
}

both! {
    async fn customer_service_unlocks_an_account_that_somebody_guessed_at(world) {
        for _ in 0..10 {
            world.browser().from("198.51.100.9").sign_in("bruno", "wrong").await;
        }
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 429);
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "bruno").await;
        assert!(carole.get(&page).await.text().contains("data-locked=\"true\""));
        let after = press(&mut carole, &page, "account-unlock").await;
        assert!(after.text().contains("data-locked=\"false\""), "{}", after.text());
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 303);
    }
}

both! {
    async fn customer_service_ends_sessions_and_switches_accounts(world) {
        let mut bruno = world.signed_in("bruno").await;
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "bruno").await;
        press(&mut carole, &page, "sessions-end").await;
        assert_eq!(bruno.get("/account").await.header("location"), "/login");
        press(&mut carole, &page, "account-disable").await;
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.unmet(), ["account-enabled"]);
        press(&mut carole, &page, "account-enable").await;
        assert_eq!(world.browser().sign_in("bruno", PASSWORD).await.status(), 303);
    }
}

both! {
    /// R-DIR-1: a blocked company loses access at once; an import doesn't lift what staff decided.
    async fn customer_service_blocks_a_company_and_lets_it_in_again(world) {
        let mut bruno = world.signed_in("bruno").await;
        let mut carole = world.signed_in("carole").await;
        let blocked = press(&mut carole, "/staff/companies/C-1001", "company-block").await;
        assert_eq!(blocked.unmet(), ["company-open"]);
        assert_eq!(bruno.get("/account").await.status(), 403);
        Cause::CompanyNotValidated.strike(&world, "alice").await;
        assert!(carole.get("/staff/companies/C-1001").await.unmet().contains(&"company-open".to_owned()));
        press(&mut carole, "/staff/companies/C-1001", "company-unblock").await;
        let unmet = world.browser().sign_in("bruno", PASSWORD).await.unmet();
        assert!(!unmet.contains(&"company-open".to_owned()), "{unmet:?}");
    }
}

both! {
    async fn customer_service_demands_a_second_factor_of_a_company_or_of_one_contact(world) {
        let mut carole = world.signed_in("carole").await;
        let page = contact_page(&mut carole, "bruno").await;
        for (whose, everybody) in [(page.as_str(), false), ("/staff/companies/C-1001", true)] {
            let first_steps =
                async |who: &str| world.browser().sign_in(who, PASSWORD).await.header("location").to_owned();
            press(&mut carole, whose, "factor-demand").await;
            assert_eq!(first_steps("bruno").await, "/login/second-factor", "{whose}");
            assert_eq!(
                first_steps("carl").await,
                if everybody { "/login/second-factor" } else { "/account" },
                "{whose}"
            );
            press(&mut carole, whose, "factor-demand-end").await;
            assert_eq!(first_steps("bruno").await, "/account", "{whose}");
        }
    }
}

both! {
    /// Somebody who reads a reference to Customer Service is found by it.
    async fn the_reference_of_a_refusal_is_found_in_the_trail(world) {
        let refused = world.browser().sign_in("eve", PASSWORD).await;
        let reference = refused.page().text("#error-reference");
        let mut carole = world.signed_in("carole").await;
        let found = carole.get(&format!("/staff/audit?reference={}", reference.to_lowercase())).await;
        assert_eq!(deeds(&found), ["access.refused"], "{}", found.text());
        assert!(found.text().contains("eve@durand.example") && found.text().contains("contact-listed"));
        let mut oscar = world.signed_in("oscar").await;
        let unseen = oscar.get(&format!("/staff/audit?reference={reference}")).await;
        assert!(deeds(&unseen).is_empty() && !unseen.text().contains("eve@"), "operators see no customer data");
    }
}

both! {
    async fn the_trail_is_filtered_and_read_page_by_page(world) {
        for _ in 0..60 {
            world.signed_in("alice").await;
        }
        let mut carole = world.signed_in("carole").await;
        let mine = carole.get("/staff/audit?account=alice%40durand.example&deed=session.began").await;
        assert_eq!(deeds(&mine).len(), 50);
        let next = mine.page().attribute("#next-page", "href");
        let rest = carole.get(&next).await;
        assert_eq!((deeds(&rest).len(), rest.shows("next-page")), (10, false));
        for (filter, found) in [
            ("company=C-1001&deed=membership.approved", true),
            ("company=C-1003&deed=membership.approved", false),
            ("company=nowhere", false),
            ("account=nobody%40durand.example", false),
            ("deed=no.such", false),
            ("from=2999-01-01", false),
            ("to=1999-01-01", false),
            ("from=1999-01-01&to=2999-01-01", true),
            ("from=yesterday", false),
            ("company=%00", false),
        ] {
            let answer = carole.get(&format!("/staff/audit?{filter}")).await;
            assert_eq!((answer.status(), !deeds(&answer).is_empty()), (200, found), "{filter}");
        }
        let services = deeds(&world.signed_in("oscar").await.get("/staff/audit").await);
        assert!(
            services.contains(&"session.began".to_owned()) && !services.contains(&"membership.approved".to_owned()),
            "{services:?}"
        );
        assert!(deeds(&carole.get("/staff/audit?account=oscar%40guichet.example").await).is_empty());
    }
}

fn deeds(answer: &Answer) -> Vec<String> {
    answer.page().attributes("[data-deed]", "data-deed")
}

both! {
    /// R-DEL-6, by the schema: whatever the program does.
    async fn no_statement_makes_a_contacts_account_one_of_staff(world) {
        let of = |who: &str| format!("(select account from sign_in_names where name = '{}')", login(who));
        let plant = |account: &str| {
            format!(
                "insert into staff (account, name, email, roles, invited_at, version) \
                 values ({account}, 'x', 'x@y.example', '[]', 1, 1)"
            )
        };
        for sql in [
            plant(&of("alice")),
            format!("update accounts set kind = 'staff' where id = {}", of("alice")),
            format!("update accounts set kind = 'contact' where id = {}", of("oscar")),
            format!("update staff set account = {} where email = '{}'", of("alice"), login("oscar")),
            format!("update memberships set account = {} where account = {}", of("oscar"), of("alice")),
            format!("update memberships set account_kind = 'staff' where account = {}", of("alice")),
            format!(
                "insert into sign_in_names (name, account, kind, created_at) values ('{}', {}, 'email', 1)",
                login("alice"),
                of("oscar")
            ),
        ] {
            assert!(world.database().refuses(&sql).await, "{sql}");
        }
    }
}
