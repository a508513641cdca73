use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::base::actor::Who;
use crate::base::{Actor, Clock, Email, Fault, Language, Life, Lifetimes};
use crate::mail::{self, CannotSend, Carrier, Intent, Mailbox, Route, Settings, Smtp, SmtpTls, post};
use crate::store::trial::{self, Glass, Trial};
use crate::store::{self, Start, Store};
use crate::words::brand::Brand;

use super::{Context, Delivery, Postman};

struct Bench {
    store: Store,
    clock: Clock,
    lives: Arc<Lifetimes>,
}

impl Bench {
    fn at(trial: &Trial) -> Self {
        Self { store: trial.store.clone(), clock: Clock::movable(), lives: Arc::default() }
    }

    fn start(&self) -> Start<'_> {
        Start { by: Actor::of(Who::Visitor), clock: &self.clock, lives: &self.lives }
    }

    async fn post(&self, to: &str) {
        self.store.act(self.start(), async |tx| post(tx, intent(to)).await).await.unwrap();
    }

    fn postman(&self, store: &Store, route: Route) -> Postman {
        self.postman_of(store, route, Brand::default())
    }

    fn postman_of(&self, store: &Store, route: Route, brand: Brand) -> Postman {
        Postman::new(Context {
            store: store.clone(),
            clock: self.clock.clone(),
            lives: Arc::clone(&self.lives),
            brand: Arc::new(brand),
            issuer: "http://localhost:8080".to_owned(),
            seal: Arc::new(Glass),
            route,
        })
    }

    fn smtp(&self, server: &Server) -> Postman {
        self.postman(&self.store, server.route())
    }

    /// Letters as (sent, given up, body kept, attempts, last error).
    async fn rows(&self) -> Vec<(bool, bool, bool, i64, Option<String>)> {
        let read = "select done_at is not null, given_up_at is not null, sealed_letter is not null, attempts, \
            last_error from outbox order by id";
        self.store
            .look(&self.clock, &self.lives, async |view| {
                store::all!(view.db, (bool, bool, bool, i64, Option<String>), read)
            })
            .await
            .unwrap()
    }
}

/// A letter without a link, to somebody nobody knows.
fn intent(to: &str) -> Intent {
    Intent {
        name: "company-unblocked",
        to: Some(Email::parse(to).unwrap()),
        account: None,
        language: Language::Fr,
        leads_to: None,
        facts: b"{}".to_vec(),
    }
}

fn settings() -> Settings {
    Settings {
        from: "Guichet <no-reply@guichet.example>".to_owned(),
        reply_to: Some("help@guichet.example".to_owned()),
        ..Settings::default()
    }
}

fn into(mailbox: &Mailbox) -> Route {
    Route::into_mailbox(&settings(), mailbox.clone()).unwrap()
}

/// As much of a mail server as lettre talks to: it answers RCPT as told and keeps what it takes.
struct Server {
    port: u16,
    answer: Arc<Mutex<&'static str>>,
    took: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn route(&self) -> Route {
        let smtp = Smtp { host: "127.0.0.1".to_owned(), port: Some(self.port), tls: SmtpTls::None, ..Smtp::default() };
        Route::open(&Settings { transport: Carrier::Smtp, smtp, ..settings() }).unwrap()
    }

    async fn open(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            answer: Arc::new(Mutex::new(answer)),
            took: Arc::default(),
        };
        let (answer, took) = (Arc::clone(&server.answer), Arc::clone(&server.took));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&answer), Arc::clone(&took)));
            }
        });
        server
    }

    fn answers(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    fn took(&self) -> Vec<String> {
        self.took.lock().unwrap().clone()
    }
}

async fn converse(stream: TcpStream, answer: Arc<Mutex<&'static str>>, took: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.unwrap();
    let (mut line, mut message, mut in_data) = (String::new(), String::new(), false);
    while stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
        let reply = match line.get(..4) {
            _ if in_data && line == ".\r\n" => {
                in_data = false;
                took.lock().unwrap().push(std::mem::take(&mut message));
                "250 taken"
            }
            _ if in_data => {
                message.push_str(&line);
                ""
            }
            Some("EHLO") => "250 test",
            Some("RCPT") => *answer.lock().unwrap(),
            Some("DATA") => {
                in_data = true;
                "354 go on"
            }
            _ => "250 fine",
        };
        if !reply.is_empty() {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        }
        line.clear();
    }
}

fn sent(n: u32) -> Delivery {
    Delivery { sent: n, ..Delivery::default() }
}

fn deferred(n: u32) -> Delivery {
    Delivery { deferred: n, ..Delivery::default() }
}

#[tokio::test]
async fn a_letter_the_server_takes_is_sent_once_and_erased() {
    for trial in trial::databases().await {
        let (bench, server) = (Bench::at(&trial), Server::open("250 ok").await);
        bench.post("alice@durand.example").await;
        let postman = bench.smtp(&server);
        assert_eq!(postman.deliver_due().await.unwrap(), sent(1));
        assert_eq!(postman.deliver_due().await.unwrap(), sent(0));
        assert_eq!(bench.rows().await, [(true, false, false, 1, None)]);
        let message = &server.took()[0];
        for header in [
            "From: Guichet <no-reply@guichet.example>",
            "To: alice@durand.example",
            "Reply-To: help@guichet.example",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
            "Message-ID: <",
            "Date: ",
        ] {
            assert!(message.contains(header), "{header} in\n{message}");
        }
    }
}

#[tokio::test]
async fn a_temporary_refusal_is_tried_again_later() {
    for trial in trial::databases().await {
        let (bench, server) = (Bench::at(&trial), Server::open("451 4.3.0 later").await);
        bench.post("alice@durand.example").await;
        let postman = bench.smtp(&server);
        assert_eq!(postman.deliver_due().await.unwrap(), deferred(1));
        assert_eq!(postman.deliver_due().await.unwrap(), sent(0), "not before a minute has passed");
        let row = bench.rows().await.remove(0);
        assert!(row.2 && row.4.unwrap().contains("451"));
        server.answers("250 ok");
        bench.clock.advance(Life::minutes(1));
        assert_eq!(postman.deliver_due().await.unwrap(), sent(1));
        assert_eq!(bench.rows().await, [(true, false, false, 2, None)]);
    }
}

#[tokio::test]
async fn an_address_refused_for_good_is_given_up_at_once() {
    for trial in trial::databases().await {
        let (bench, server) = (Bench::at(&trial), Server::open("550 5.1.1 no such user").await);
        bench.post("nobody@durand.example").await;
        let delivery = bench.smtp(&server).deliver_due().await.unwrap();
        assert_eq!(delivery.given_up[0].name, "company-unblocked");
        let row = bench.rows().await.remove(0);
        assert_eq!((row.0, row.1, row.2), (false, true, false));
    }
}

#[tokio::test]
async fn what_is_our_own_fault_is_retried_for_three_days() {
    for trial in trial::databases().await {
        let (bench, server) = (Bench::at(&trial), Server::open("554 5.7.1 relay access denied").await);
        bench.post("alice@durand.example").await;
        assert_eq!(bench.smtp(&server).deliver_due().await.unwrap(), deferred(1));
        let nobody_listens = Server { port: 1, answer: Arc::default(), took: Arc::default() };
        let postman = bench.smtp(&nobody_listens);
        for _ in 0..11 {
            bench.clock.advance(Life::hours(6));
            assert_eq!(postman.deliver_due().await.unwrap(), deferred(1));
        }
        bench.clock.advance(Life::hours(6));
        assert_eq!(postman.deliver_due().await.unwrap().given_up.len(), 1);
    }
}

#[tokio::test]
async fn two_servers_at_once_send_nothing_twice() {
    for trial in trial::databases().await {
        let (bench, mailbox) = (Bench::at(&trial), Mailbox::default());
        for n in 0..30 {
            bench.post(&format!("user{n}@durand.example")).await;
        }
        let stores = [trial.store.clone(), trial.second_server().await];
        let [one, two] = stores.each_ref().map(|store| bench.postman(store, into(&mailbox)));
        let deliveries = tokio::join!(one.deliver_due(), two.deliver_due(), one.deliver_due(), two.deliver_due());
        let sent = [deliveries.0, deliveries.1, deliveries.2, deliveries.3]
            .into_iter()
            .map(|delivery| delivery.unwrap().sent)
            .sum::<u32>();
        let mut recipients: Vec<_> = mailbox.letters().into_iter().map(|letter| letter.to).collect();
        recipients.sort();
        recipients.dedup();
        assert_eq!((sent, recipients.len()), (30, 30));
    }
}

#[tokio::test]
async fn a_letter_whose_server_died_leaves_with_the_next_under_the_same_id() {
    for trial in trial::databases().await {
        let (bench, server) = (Bench::at(&trial), Server::open("250 ok").await);
        bench.post("alice@durand.example").await;
        let claimed = bench.store.act(bench.start(), async |tx| mail::claim(tx).await).await.unwrap().unwrap();
        let postman = bench.smtp(&server);
        assert_eq!(postman.deliver_due().await.unwrap(), sent(0), "somebody is sending it");
        bench.clock.advance(Life::minutes(5));
        assert_eq!(postman.deliver_due().await.unwrap(), sent(1));
        assert!(server.took()[0].contains(&format!("Message-ID: <{}@guichet.example>", claimed.id)));
    }
}

#[tokio::test]
async fn a_letter_of_a_unit_of_work_that_failed_never_leaves() {
    let trial = trial::database().await;
    let (bench, mailbox) = (Bench::at(&trial), Mailbox::default());
    let failed = bench.store.act(bench.start(), async |tx| {
        post(tx, intent("a@b.example")).await?;
        Err::<(), _>(Fault::Busy("a test"))
    });
    assert!(failed.await.is_err());
    assert_eq!(bench.postman(&trial.store, into(&mailbox)).deliver_due().await.unwrap(), sent(0));
}

#[tokio::test]
async fn no_subject_adds_a_header() {
    let trial = trial::database().await;
    let (bench, server) = (Bench::at(&trial), Server::open("250 ok").await);
    bench.post("alice@durand.example").await;
    bench.post("élodie@télécom.example").await;
    let brand = Brand { name: "x\r\nBcc: eve@evil.example\r\n\r\nbody".to_owned(), ..Brand::default() };
    assert_eq!(
        bench.postman_of(&bench.store, server.route(), brand).deliver_due().await.unwrap().sent,
        1,
        "the server doesn't say that it takes accents before the @"
    );
    let message = &server.took()[0];
    assert!(message.contains("Subject: x  Bcc: eve@evil.example    body"), "{message}");
    let (headers, _) = message.split_once("\r\n\r\n").unwrap();
    assert!(!headers.lines().any(|line| line.starts_with("Bcc:")), "{headers}");
}

#[tokio::test]
async fn the_folder_gets_a_message_and_its_envelope() {
    let trial = trial::database().await;
    let bench = Bench::at(&trial);
    let folder = tempfile::tempdir().unwrap();
    let route = Route::open(&Settings { folder: folder.path().join("new"), ..settings() }).unwrap();
    bench.post("alice@durand.example").await;
    assert_eq!(bench.postman(&trial.store, route).deliver_due().await.unwrap(), sent(1));
    let mut endings: Vec<_> = std::fs::read_dir(folder.path().join("new"))
        .unwrap()
        .map(|file| file.unwrap().path().extension().unwrap().to_owned())
        .collect();
    endings.sort();
    assert_eq!(endings, ["eml", "json"]);
}

#[tokio::test]
async fn the_mailbox_keeps_what_the_demo_shows() {
    let trial = trial::database().await;
    let (bench, mailbox) = (Bench::at(&trial), Mailbox::default());
    bench.post("alice@durand.example").await;
    bench.postman(&trial.store, into(&mailbox)).deliver_due().await.unwrap();
    let letters = serde_json::to_value(mailbox.letters()).unwrap();
    let mut keys: Vec<_> = letters[0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["at", "html", "id", "links", "subject", "text", "to"]);
    assert!(letters[0]["links"][0].as_str().unwrap().starts_with("mailto:"), "{letters}");
}

#[tokio::test]
async fn settings_that_can_not_work_are_refused_with_advice() {
    let smtp = |smtp: Smtp| Route::open(&Settings { transport: Carrier::Smtp, smtp, ..settings() }).err();
    let user = Some("guichet".to_owned());
    assert!(matches!(smtp(Smtp { user: user.clone(), ..Smtp::default() }), Some(CannotSend::HalfCredentials)));
    let password_file = Some("/nonexistent/password".into());
    let with_password = Smtp { user, password_file, ..Smtp::default() };
    assert!(matches!(smtp(with_password.clone()), Some(CannotSend::PasswordFile { .. })));
    assert!(matches!(
        smtp(Smtp { host: "mx.example".to_owned(), tls: SmtpTls::None, ..with_password }),
        Some(CannotSend::OpenPassword)
    ));
    let address = Route::open(&Settings { from: "Guichet".to_owned(), ..settings() }).err().unwrap();
    assert!(address.to_string().contains("mail.from"), "{address}");
    assert!(
        serde_json::from_str::<Settings>(r#"{"transport": "mailbox"}"#).is_err(),
        "no configuration can keep mail in memory"
    );
}

#[tokio::test]
async fn a_letter_posted_while_nobody_waits_wakes_the_postman_all_the_same() {
    let trial = trial::database().await;
    let bench = Bench::at(&trial);
    let postman = bench.postman(&trial.store, into(&Mailbox::default()));
    bench.post("alice@durand.example").await;
    tokio::time::timeout(std::time::Duration::from_secs(1), postman.woken()).await.unwrap();
}
