//! `guichet policy`, and a server whose policies and relying parties change while it runs.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::desk::{Desk, Ran};
use super::directory;

/// A desk with policies in a folder of its own.
fn desk() -> Desk {
    let desk = Desk::new();
    assert!(desk.does("policy write mine").contains("`policies`"));
    desk.write("guichet.toml", "policies = \"mine\"");
    desk
}

fn rewrite(desk: &Desk, file: &str, from: &str, to: &str) {
    let file = desk.0.path().join(file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_folder_of_policies_is_written_tested_and_never_overwritten() {
    let desk = desk();
    assert_eq!(desk.does("policy test"), "All 1252 decisions are as people reviewed them.\n");
    assert!(desk.does("check-config").contains("policies         mine: 34 rules, 12 e-services"));
    desk.fails("policy write mine", &["mine/", "nothing is overwritten"]);
    fs::remove_file(desk.0.path().join("mine/order.csv")).unwrap();
    desk.does("keys create-master");
    for line in ["policy test", "policy show", "check-config", "serve"] {
        desk.fails(line, &["mine/order.csv", "guichet policy write"]);
    }
}

#[test]
fn each_decision_that_is_not_as_reviewed_is_printed_with_its_line() {
    let desk = desk();
    rewrite(&desk, "mine/decisions.csv", "complete,-,-,yes,yes,", "complete,-,-,no,maybe,");
    rewrite(&desk, "mine/staff/decisions.csv", "operator,no", "operator,yes");
    let ran = desk.run("policy test");
    assert_eq!(ran.code, Some(1));
    let told: Vec<&str> = ran.printed.lines().collect();
    let view =
        "mine/decisions.csv, line 5: complete,-,-, order.view: people say no, the rules say yes by order.csv, line 2";
    assert!(told[0].starts_with(view), "{}", ran.printed);
    assert!(told[1].contains("line 5: complete,-,-, order.view_amount: `maybe` is neither yes nor no"), "{}", told[1]);
    assert!(told[2].starts_with("mine/staff/decisions.csv, line 6: company.view: people say yes"), "{}", told[2]);
    assert_eq!((told.len(), ran.complained.lines().count()), (3, 1), "{}", ran.complained);
    desk.fails("check-config", &["mine/decisions.csv, line 5", "and 2 more: `guichet policy test`"]);
    assert!(desk.run("doctor").printed.contains("FAIL  policies: mine/decisions.csv, line 5"));
    rewrite(&desk, "mine/ticket.csv", "role:tickets", "role:ticket");
    desk.fails("policy test", &["mine/ticket.csv, line 5", "`ticket` is no role", "allowed: account_admin"]);
}

#[test]
fn policies_are_shown_in_words() {
    let shown = Desk::new().does("policy show");
    for words in [
        "policies/order.csv\n  line 2   allows view         any profile",
        "denies any          profile limited",
        "e-service e-just-fibre",
        "the e-service asked about",
        "  operator          staff.manage",
        "documents: Mes certificats numériques / My digital certificates, given to administrators",
    ] {
        assert!(shown.contains(words), "`{words}` is missing: {shown}");
    }
}

#[test]
fn a_decision_is_explained_by_the_line_that_decided() {
    let desk = directory();
    let explained = |question: &str, words: &[&str]| {
        let told = desk.does(&format!("policy explain {question}"));
        for word in words {
            assert!(told.contains(word), "`{word}` is missing: {told}");
        }
    };
    explained(
        "complete order view",
        &["yes: The contact’s profile “Complete” allows it.", "policies/order.csv, line 2: p, "],
    );
    explained(
        "limited,billing invoice pay",
        &["no: ", "“Limited” rules it out", "invoice.csv, line 3: p, profile:limited"],
    );
    explained(
        "limited,tickets,forcage ticket force",
        &["yes: ", "“Right to force an incident”", "ticket.csv, line 14"],
    );
    explained("complete,tao e_service:tao use", &["yes: ", "e_service.csv, line 2: p, asked:e_service"]);
    let refused = desk.does("policy explain complete certificate view");
    assert!(refused.starts_with("no: Neither the contact’s profile") && refused.lines().count() == 1, "{refused}");
    desk.does("import companies.csv contacts.csv");
    desk.does("account create --password-file password --contact D-BRUNO --branch LYO --profile limited");
    explained("bruno@durand.example order view", &["yes: ", "“Limited”"]);
    explained("bruno@durand.example order view --company C-1001 --branch PAR", &["no: ", "limited to one branch"]);
    desk.fails("policy explain bruno@durand.example order view --company C-1002", &["no such company", "C-1001"]);
    desk.fails("policy explain eve order view", &["`eve`", "limited,tickets,forcage"]);
    desk.fails("policy explain complete,KING order view", &["`KING` is no role", "account_admin"]);
    desk.fails("policy explain complete order burn", &["`burn` is no action on an order", "view_amount"]);
    desk.fails("policy explain complete e_service use", &["names its code"]);
    let french = desk.command("policy explain complete order view").env("LANG", "fr_FR.UTF-8").output().unwrap();
    assert!(Ran::of(french).printed.contains("Le profil « Complete » du contact le permet."));
}

const CLIENT: &str = "[[clients]]\nid = \"app\"\nname = \"App\"\nredirect_uris = [\"https://app.example/cb\"]\n";

#[test]
fn a_running_server_takes_up_all_of_it_or_nothing_on_sighup() {
    let desk = desk();
    desk.does("keys create-master");
    let mut server = desk.serve();
    let request = "/oauth2/authorize?client_id=app&redirect_uri=https://app.example/cb";
    let knows = |server: &super::desk::Server| !server.get(request).unwrap().contains("no client has this client_id");
    assert!(!knows(&server));
    desk.write("guichet.toml", &format!("policies = \"mine\"\n{CLIENT}"));
    rewrite(&desk, "mine/ticket.csv", "role:tickets, ticket, rate, allow", "role:tickets, ticket, rate, perhaps");
    let refused = server.hangs_up();
    let named = "mine/ticket.csv, line 8: `perhaps` is no effect; allowed: allow, deny";
    assert!(refused.contains("ERROR") && refused.contains(named), "{refused}");
    assert!(!knows(&server), "the client was fine, and isn't taken up by itself");
    rewrite(&desk, "mine/ticket.csv", "perhaps", "allow");
    let taken_up = server.hangs_up();
    assert!(taken_up.contains("INFO") && taken_up.contains("read again"), "{taken_up}");
    assert!(knows(&server));
    desk.write("guichet.toml", "[[clients]]\nid = \"app\"");
    assert!(server.hangs_up().contains("clients"), "a configuration that can't be read");
    assert!(knows(&server));
    server.stop();
}

#[test]
fn the_demonstration_ends_on_sighup() {
    let mut demo = Desk::new().command("demo --listen 127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
    let printed = BufReader::new(demo.stdout.take().unwrap());
    assert!(printed.lines().map_while(Result::ok).any(|line| line.starts_with("Open http")));
    assert!(Command::new("kill").args(["-HUP", &demo.id().to_string()]).status().unwrap().success());
    assert!(demo.wait().unwrap().success());
}
