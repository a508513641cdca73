//! The program as an operator runs it: what it answers, and how it fails.

mod desk;
mod policy;

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;

use crate::security::ANOTHER;
use crate::world::wire::Refusing;
use crate::world::{Database, Kind};

use desk::{Desk, Ran};

#[test]
fn a_bad_configuration_is_one_clear_line() {
    Desk::with("[store]\nurll = \"sqlite:a.db\"").fails("check-config", &["`store.urll`", "`url`"]);
    Desk::with("[lives]\nsession = \"soon\"").fails("serve", &["lives.session", "30min"]);
    Desk::with("issuer = \"http://login.example.com\"").fails("migrate", &["issuer", "https"]);
    Desk::with("issuer = ").fails("check-config", &["configuration"]);
    Desk::new().fails("check-config --config nowhere.toml", &["nowhere.toml", "--config"]);
    let ran = Desk::with("[store]\nurll = 1").run("doctor");
    assert!(ran.code == Some(1) && ran.printed.starts_with("FAIL  configuration: "), "{}", ran.printed);
    let overridden = Ran::of(Desk::new().command("check-config").env("GUICHET_LIVES__SESION", "1h").output().unwrap());
    overridden.is_one_clear_line("check-config", &["`lives.sesion`", "`session`"]);
    let filtered = Ran::of(Desk::new().command("check-config").env("GUICHET_LOG", "guichet=loud").output().unwrap());
    filtered.is_one_clear_line("check-config", &["GUICHET_LOG"]);
}

#[test]
fn what_nobody_can_write_or_read_is_one_clear_line() {
    let desk = Desk::new();
    desk.write(
        "text",
        "no database, but long enough to be mistaken for one, if nobody looked at the first sixteen bytes of it\n",
    );
    fs::create_dir(desk.0.path().join("folder")).unwrap();
    for file in ["nowhere/guichet.db", "text/guichet.db", "folder", "text"] {
        desk.write("guichet.toml", &format!("[store]\nurl = \"sqlite:{file}\""));
        desk.fails("migrate", &[file]);
    }
    desk.write("guichet.toml", "[store]\nurl = \"mysql://u:secret@h/d\"");
    desk.fails("migrate", &["store.url", "sqlite:FILE"]);
    desk.write("guichet.toml", "[store]\nurl_file = \"nowhere\"");
    desk.fails("migrate", &["store.url_file", "nowhere"]);
    desk.fails("keys create-master nowhere/master.key", &["nowhere/master.key"]);
    desk.fails("keys create-master text", &["never overwritten"]);
    desk.write("guichet.toml", "[mail]\nfolder = \"text/mail\"");
    desk.does("keys create-master");
    desk.fails("serve", &["mail.folder"]);
}

#[test]
fn a_busy_port_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let desk = Desk::new();
    desk.does("keys create-master");
    let refused = desk.command("serve").env("GUICHET_LISTEN", address.to_string()).output().unwrap();
    Ran::of(refused).is_one_clear_line("serve", &[&address.to_string(), "listen"]);
    desk.fails(&format!("demo --listen {address}"), &[&address.to_string(), "listen"]);
    desk.fails("demo --listen 0.0.0.0:0", &["loopback"]);
    desk.fails("demo --listen 127.0.0.1:0 --issuer http://login.example", &["http://login.example", "https"]);
    desk.fails("demo --listen 127.0.0.1:0 --conformance http://suite.example", &["http://suite.example", "https"]);
}

#[tokio::test]
async fn postgresql_away_is_one_clear_line_soon_and_without_the_password() {
    let closed = Refusing::new();
    let desk = Desk::with(&format!("[store]\nurl = \"postgres://guichet:hidden@{}/guichet\"", closed.address()));
    desk.does("keys create-master");
    for line in ["serve", "migrate", "keys list", "account show alice@durand.example"] {
        desk.fails(line, &["guichet on 127.0.0.1", "PostgreSQL"]);
        assert!(!desk.run(line).complained.contains("hidden"));
    }
    let doctor = desk.run("doctor");
    assert!(
        doctor.code == Some(1) && doctor.printed.contains("FAIL  database: ") && !doctor.printed.contains("hidden"),
        "{}",
        doctor.printed
    );
    assert!(!desk.does("check-config").contains("hidden"));
}

#[tokio::test]
async fn a_newer_database_is_one_clear_line_and_an_older_one_on_postgresql_too() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(database) = Database::fresh(kind).await else { continue };
        let desk = Desk::on(&database);
        desk.does("keys create-master");
        database.execute("update schema_state set version = 999, oldest_server = 999").await;
        for line in ["serve", "migrate", "keys list", "account disable alice@durand.example"] {
            desk.fails(line, &["newer Guichet", "999", "upgrade"]);
        }
        assert!(desk.run("doctor").printed.contains("FAIL  database: "));
        if kind == Kind::Postgres {
            database.execute("update schema_state set version = 0, oldest_server = 0").await;
            desk.fails("serve", &["guichet migrate"]);
        }
    }
}

#[tokio::test]
async fn a_wrong_or_missing_master_key_is_one_clear_line() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(database) = Database::fresh(kind).await else { continue };
        let desk = Desk::on(&database);
        desk.fails("serve", &["guichet.key", "guichet keys create-master"]);
        desk.does("keys create-master");
        desk.fails("serve", &["sealed with the master key", "secrets.master_key_file"]);
        assert!(desk.run("doctor").printed.contains("FAIL  sealing: "));
        desk.write("guichet.key", "not a key");
        desk.fails("serve", &["guichet.key", "32 bytes"]);
    }
}

#[test]
fn the_documented_example_is_a_configuration() {
    let desk = Desk::new();
    let example = desk.does("check-config --example");
    let defaults = desk.does("check-config");
    desk.write("guichet.toml", &example);
    let read = desk.does("check-config");
    assert_eq!(read.split_once('\n').unwrap().1, defaults.split_once('\n').unwrap().1, "the example is the defaults");
}

#[test]
fn the_programs_own_variables_are_no_keys_of_the_configuration() {
    let desk = Desk::new();
    let file = desk.write("elsewhere.toml", "brand.name = \"Elsewhere\"\n");
    let ran =
        Ran::of(desk.command("check-config").env("GUICHET_LOG", "info").env("GUICHET_CONFIG", &file).output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.complained);
    assert!(ran.printed.contains("elsewhere.toml is fine"), "{}", ran.printed);
}

#[test]
fn check_config_names_what_it_will_use_and_no_secret() {
    let client = "[[clients]]\nid = \"app\"\nname = \"App\"\nsecret = \"hidden-hidden-hidden\"\n";
    let desk = Desk::with(&format!("[store]\nurl = \"postgres://guichet:hidden@db.example/guichet\"\n{client}"));
    let printed = desk.does("check-config");
    assert!(
        printed.contains("guichet.toml is fine")
            && printed.contains("db.example")
            && printed.contains("app (with a secret)"),
        "{printed}"
    );
    assert!(!printed.contains("hidden"), "{printed}");
}

#[test]
fn a_command_line_nobody_understands_ends_with_64() {
    for line in [
        "",
        "frobnicate",
        "import",
        "account create",
        "serve --log-format loud",
        "account create --contact D-ALICE --role king",
    ] {
        assert_eq!(Desk::new().run(line).code, Some(64), "{line}");
    }
    assert_eq!(Desk::new().run("--help").code, Some(0));
    assert_eq!(Desk::new().run("--version").code, Some(0));
}

/// The demonstration's directory.
fn directory() -> Desk {
    let desk = Desk::with("[password]\nmemory_kib = 8\npasses = 1");
    for name in ["companies.csv", "contacts.csv"] {
        let file = format!("{}/src/demo/{name}", env!("CARGO_MANIFEST_DIR"));
        fs::copy(file, desk.0.path().join(name)).unwrap();
    }
    desk.write("password", ANOTHER);
    desk
}

#[test]
fn an_import_tells_clean_refused_and_broken_by_its_exit_code() {
    let desk = directory();
    assert_eq!(desk.run("import contacts.csv").code, Some(2), "their companies aren't there yet");
    let printed = desk.does("import contacts.csv companies.csv");
    assert!(printed.contains("companies.csv (companies): 4 created"), "{printed}");
    assert!(desk.does("import companies.csv").contains("4 unchanged"));
    assert_eq!(desk.run("import nowhere.csv").code, Some(1));
    assert_eq!(desk.run("import --full contacts.csv contacts.csv").code, Some(64));
    desk.write(
        "bad.csv",
        "company_ref,ref,last_name,first_name,email,phone,mobile\nC-1001,X-1,,Xavier,xavier@durand.example,1,\n",
    );
    let ran = desk.run("import bad.csv");
    assert!(ran.code == Some(2) && ran.printed.contains("line 2, last_name"), "{}", ran.printed);
}

/// `password.refused_file`: what an operator's own people would think of first.
#[test]
fn an_operators_file_of_refused_words_is_read_and_checked() {
    let desk = directory();
    desk.write("words.txt", "Opalys\n");
    desk.write("guichet.toml", "[password]\nmemory_kib = 8\npasses = 1\nrefused_file = \"words.txt\"");
    desk.does("check-config");
    desk.does("import companies.csv contacts.csv");
    desk.write("password", "Op4lys-2026!!!");
    desk.fails("account create --password-file password --contact D-BRUNO", &["programs that guess"]);
    desk.write("guichet.toml", "[password]\nrefused_file = \"nowhere.txt\"");
    desk.fails("check-config", &["password.refused_file nowhere.txt can't be read"]);
}

#[test]
fn an_account_is_made_shown_switched_off_and_on() {
    let desk = directory();
    desk.does("import companies.csv contacts.csv");
    let create = "account create --password-file password --contact";
    let made = desk.does(&format!("{create} D-ALICE --role account_admin --login Durand/PAR"));
    assert!(
        made.contains("Alice Durand of Durand Télécom can sign in as durand/par or alice@durand.example"),
        "{made}"
    );
    let shown = desk.does("account show DURAND/par");
    for words in
        ["durand/par, alice@durand.example", "profile complete", "roles: account_admin", "certificats", "ok    network"]
    {
        assert!(shown.contains(words), "`{words}` is missing: {shown}");
    }
    desk.fails(&format!("{create} D-ALICE"), &["has an account already", "durand/par"]);
    assert!(desk.does("account disable alice@durand.example").contains("switched off"));
    assert!(desk.does("account show durand/par").contains("unmet account-enabled: Alice Durand"));
    let french = desk.command("account show durand/par").env("LANG", "fr_FR.UTF-8").output().unwrap();
    assert!(Ran::of(french).printed.contains("unmet account-enabled: Le compte"));
    assert!(desk.does("account enable alice@durand.example").contains("switched on"));
    assert!(desk.does("account end-sessions alice@durand.example").contains("had no session"));
    assert!(desk.does("account reset-factor alice@durand.example").contains("has no second factor"));
    desk.fails("account show nobody@durand.example", &["nobody@durand.example"]);
}

#[test]
fn no_account_is_made_against_the_rules_of_admission() {
    let desk = directory();
    desk.does("import companies.csv contacts.csv");
    let create = "account create --password-file password --contact";
    desk.fails(&format!("{create} X-NOBODY"), &["X-NOBODY"]);
    desk.fails(&format!("{create} N-GILLES"), &["Nouveau Client", "ordered"]);
    desk.fails(&format!("{create} D-EVE"), &["inactive", "correct the directory"]);
    desk.fails(&format!("{create} P-FANNY --e-service tao"), &["doesn't subscribe to tao", "eligibilite"]);
    desk.fails(&format!("{create} D-BRUNO --branch NCE"), &["no branch NCE", "LYO", "PAR"]);
    desk.fails(&format!("{create} D-BRUNO --network 192.0.2.0/33"), &["--network", "192.0.2.0/24"]);
    for (weak, why) in [
        ("Aa1!", "fewer than 12"),
        ("guichet-2026!", "upper-case"),
        ("Bruno-is-here-7", "`bruno`"),
        ("Guichet2026!!!", "`guichet`"),
        ("Motdepasse2026!", "programs that guess"),
    ] {
        desk.write("password", weak);
        desk.fails(&format!("{create} D-BRUNO"), &["password", why]);
    }
    desk.fails("account create --contact D-BRUNO", &["no terminal", "--password-file"]);
    desk.fails("account show bruno@durand.example", &["bruno@durand.example"]);
    let mut piped = desk
        .command("account create --contact D-BRUNO --profile limited --password-file -")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(ANOTHER.as_bytes()).unwrap();
    assert!(piped.wait().unwrap().success());
    assert!(desk.does("account show bruno@durand.example").contains("profile limited"));
}

#[test]
fn a_server_answers_is_found_healthy_and_stops_when_told_to() {
    let desk = Desk::new();
    desk.does("keys create-master");
    let server = desk.serve();
    let doctor = Ran::of(desk.command("doctor").env("GUICHET_ISSUER", &server.issuer).output().unwrap());
    assert_eq!(doctor.code, Some(0), "{}", doctor.printed);
    for words in ["ok    sealing", "ok    signing keys: 2", &format!("ok    issuer: {} answers", server.issuer)] {
        assert!(doctor.printed.contains(words), "`{words}` is missing: {}", doctor.printed);
    }
    assert_eq!(desk.does("keys list").lines().count(), 3);
    let _ = server.get("/%0d%0aforged%1b%5b2K");
    let issuer = server.issuer.clone();
    let logged = server.stop();
    assert!(
        logged.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok_and(|line| line.is_object())),
        "{logged}"
    );
    let said: Vec<&str> = logged.lines().rev().take(2).collect();
    assert!(said[0].contains("Guichet has stopped"), "{logged}");
    assert!(said[1].contains("Guichet serves") && said[1].contains(&issuer), "where to is said last: {logged}");
    assert!(!logged.contains("tokio_cron_scheduler"), "{logged}");
    assert_eq!(desk.printed(), "", "no access log unless it is asked for");
}

#[test]
fn the_access_log_is_printed_and_the_rest_is_not() {
    let desk = Desk::with("[log]\naccess = true");
    desk.does("keys create-master");
    let server = desk.serve();
    assert!(server.get("/links/c2VjcmV0?next=elsewhere").unwrap().contains("x-request-id: "));
    let logged = server.stop();
    assert!(logged.contains("Guichet serves") && !logged.contains("guichet::access"), "{logged}");
    let printed = desk.printed();
    let lines = printed.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let of_link = lines.inspect(|line| assert_eq!(line["target"], "guichet::access"));
    let of_link: Vec<_> = of_link.filter(|line| line["fields"]["route"] == "/links/{token}").collect();
    assert_eq!((of_link.len(), &of_link[0]["fields"]["status"]), (1, &404.into()), "{printed}");
    assert!(!printed.contains("c2VjcmV0") && !printed.contains("elsewhere"), "{printed}");
}

/// R-DEL-6: staff are invited by a link that works once; a contact stays a customer.
#[test]
fn somebody_of_the_staff_is_invited_and_given_roles() {
    let desk = directory();
    desk.does("import companies.csv contacts.csv");
    let create = "account create --staff --name Oscar --email";
    let made = desk.does(&format!("{create} oscar@guichet.example --role operator"));
    assert!(made.contains("/links/") && made.contains("7 days"), "{made}");
    assert_ne!(desk.does("account invite oscar@guichet.example"), made, "a newer link");
    desk.fails(&format!("{create} alice@durand.example --role operator"), &["stays a customer", "vendor's"]);
    desk.fails(&format!("{create} oscar@guichet.example --role operator"), &["another account"]);
    desk.fails(&format!("{create} x@guichet.example --role tickets"), &["role of contacts", "operator"]);
    desk.fails("account create --contact D-ALICE --role operator", &["stays a customer"]);
    assert!(
        desk.does("account roles oscar@guichet.example --role support_agent --role operator").contains("from now on")
    );
    assert!(desk.does("account show oscar@guichet.example").contains("roles: support_agent, operator"));
    desk.fails("audit show NOTHING1", &["NOTHING1", "spelling"]);
}
