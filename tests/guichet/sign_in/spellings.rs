//! What people and programs spell in two ways is one thing (fault 5): passwords, mailboxes, references.

use guichet::directory;

use crate::security::change_password;
use crate::world::{PASSWORD, World, both};

const COMPOSED: &str = "Cl\u{e9}matite-\u{1ebf}-42-Orme";
const DECOMPOSED: &str = "Cle\u{301}matite-e\u{302}\u{301}-42-Orme";

both! {
    /// NIST SP 800-63B section 3.1.1.2.
    async fn a_password_gets_in_however_the_keyboard_composes_its_letters(world) {
        for (set, typed, current) in [(COMPOSED, DECOMPOSED, PASSWORD), (DECOMPOSED, COMPOSED, "Velo-Rouge-Lune-4!")] {
            let mut browser = world.browser();
            assert_eq!(browser.sign_in("bruno", current).await.status(), 303);
            assert_eq!(change_password(&mut browser, current, set).await.status(), 303);
            assert_eq!(world.browser().sign_in("bruno", typed).await.status(), 303);
            assert_eq!(world.browser().sign_in("bruno", &typed.replace("42", "43")).await.status(), 401);
            let same = change_password(&mut browser, set, typed).await;
            assert_eq!(same.status(), 422, "another spelling is the same password: {}", same.text());
            assert_eq!(change_password(&mut browser, typed, "Velo-Rouge-Lune-4!").await.status(), 303);
        }
    }
}

const HEADER: &str =
    "company_ref,ref,last_name,first_name,email,phone,mobile,type,title,language,newsletter,branch,active";

impl World {
    async fn has_contact(&self, reference: &str) -> bool {
        self.app.look(async |view| directory::contact_by_ref(&mut view.db, reference).await).await.unwrap().is_some()
    }
}

both! {
    /// RFC 5890: browsers and mail programs write a domain in its own letters, servers in the DNS's.
    async fn a_mailbox_signs_in_in_every_spelling_of_its_domain(world) {
        let row = |email: &str| format!("{HEADER}\nC-1001,D-JOSE,Roux,José,{email},+33 1 00 00 00 00,,,,fr,no,,yes\n");
        world.import(&row("jose@mu\u{308}ller.example")).await;
        world.gives_account("D-JOSE", "jose@m\u{fc}ller.example").await;
        for name in ["jose@xn--mller-kva.example", "JOSE@M\u{dc}LLER.example", "jose@mu\u{308}ller.example"] {
            assert_eq!(world.browser().sign_in(name, PASSWORD).await.status(), 303, "{name}");
        }
        world.import(&row("jose@XN--MLLER-KVA.example")).await;
        assert_eq!(world.browser().sign_in("jose@m\u{fc}ller.example", PASSWORD).await.status(), 303);
    }
}

both! {
    async fn a_reference_is_one_however_a_program_composes_its_letters(world) {
        let row = |reference: &str, first: &str| {
            format!("{HEADER}\nC-1001,{reference},Roux,{first},zoe@durand.example,+33 1 00 00 00 00,,,,fr,no,,yes\n")
        };
        world.import(&row("D-ZO\u{c9}", "Zoé")).await;
        assert!(world.has_contact("D-ZO\u{c9}").await && world.has_contact("D-ZOE\u{301}").await);
        world.import(&row("D-ZOE\u{301}", "Zoe\u{301}")).await;
        let find = async |view: &mut guichet::store::View| directory::contact_by_ref(&mut view.db, "D-ZO\u{c9}").await;
        assert_eq!(world.app.look(find).await.unwrap().unwrap().first_name, "Zo\u{e9}");
    }
}
