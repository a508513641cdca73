//! The process is killed in a storm of sign-ins, twenty times: what was answered is there afterwards, what was spent
//! stays spent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use tokio::sync::Notify;

use crate::world::wire::{Process, Wire};
use crate::world::{Answer, Ask, Code, Database, Kind, PASSWORD, Seed, VERIFIER, login};

const KILLS: usize = 20;

/// How many people sign in at the same time.
const AT_ONCE: usize = 6;

/// At most so many answers before the process is killed.
const MOST_ANSWERS: u8 = 60;

/// What became of a code, as far as its relying party was told.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// It arrived, and nobody tried it yet.
    Given,
    /// It was tried, and the answer never came: either is right.
    Unknown,
    /// It was redeemed for this access token.
    Spent(String),
}

/// What was answered so far.
#[derive(Default)]
struct Ledger {
    sessions: Vec<Wire>,
    codes: BTreeMap<String, Fate>,
    answers: usize,
    until: usize,
}

type Book = Arc<(Mutex<Ledger>, Notify)>;

fn write(book: &Book, entry: impl FnOnce(&mut Ledger)) {
    let mut ledger = book.0.lock().unwrap();
    entry(&mut ledger);
    ledger.answers += 1;
    if ledger.answers >= ledger.until {
        book.1.notify_one();
    }
}

fn ask() -> Ask {
    Ask::new("old-fashioned", "http://localhost:9102/callback", "openid")
}

/// One person after another signs in and redeems, until nothing is answered any more.
async fn keep_signing_in(visitor: Wire, book: Book) -> Option<()> {
    loop {
        let mut browser = visitor.clone();
        browser.sign_in(&login("alice"), PASSWORD).await?;
        write(&book, |ledger| ledger.sessions.push(browser.clone()));
        for redeems in [true, false, true] {
            let code = browser.code(&ask()).await?;
            write(&book, |ledger| drop(ledger.codes.insert(code.clone(), Fate::Given)));
            if redeems {
                book.0.lock().unwrap().codes.insert(code.clone(), Fate::Unknown);
                let answer = redeem(&browser, &code).await?;
                assert_eq!(answer.status(), 200, "{}", answer.text());
                let access = answer.json()["access_token"].as_str().unwrap().to_owned();
                write(&book, |ledger| drop(ledger.codes.insert(code.clone(), Fate::Spent(access))));
            }
        }
    }
}

async fn redeem(wire: &Wire, secret: &str) -> Option<Answer> {
    let verifier = Some(VERIFIER.to_owned());
    let code = Code { secret: secret.to_owned(), verifier, redirect_uri: "http://localhost:9102/callback".to_owned() };
    let client = [("client_id", "old-fashioned"), ("client_secret", "old-fashioned-secret-of-the-tests")];
    wire.clone().post("/oauth2/token", &[code.redemption(), client.to_vec()].concat()).await
}

/// Kills the process somewhere in the storm; what had been answered by then.
async fn storm(process: &mut Process, dice: u8) -> Ledger {
    let book: Book = Arc::default();
    book.0.lock().unwrap().until = usize::from(dice % MOST_ANSWERS) + 1;
    let people: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(keep_signing_in(process.visitor(), book.clone()))).collect();
    book.1.notified().await;
    process.kill();
    for person in people {
        assert_eq!(person.await.unwrap(), None, "nobody stops before the process does");
    }
    std::mem::take(&mut *book.0.lock().unwrap())
}

async fn assert_nothing_answered_is_lost(process: &Process, ledger: &Ledger) {
    join_all(ledger.sessions.iter().map(async |session| {
        let answer = session.clone().at(process).get("/account").await.unwrap();
        assert_eq!(answer.status(), 200, "an answered session is gone");
    }))
    .await;
    join_all(ledger.codes.iter().map(async |(code, fate)| {
        let wire = process.visitor();
        let userinfo = async |access: &str| wire.clone().userinfo(access).await.unwrap().status();
        if let Fate::Spent(access) = fate {
            assert_eq!(userinfo(access).await, 200, "an answered token is gone");
        }
        let again = redeem(&wire, code).await.unwrap().status();
        match fate {
            Fate::Given => assert_eq!(again, 200, "an answered code is gone"),
            Fate::Unknown => assert!([200, 400].contains(&again), "{again}"),
            Fate::Spent(access) => {
                assert_eq!(again, 400, "a spent code came back");
                assert_eq!(userinfo(access).await, 401, "a replay left the token alive");
            }
        }
        assert_eq!(redeem(&wire, code).await.unwrap().status(), 400, "a code was redeemed twice");
    }))
    .await;
}

async fn killed_twenty_times(kind: Kind) {
    let Some(database) = Database::fresh(kind).await else { return };
    let seed = Seed::of_this_run();
    let mut process = Process::start(database.url()).await;
    let mut first = process.visitor();
    first.sign_in(&login("alice"), PASSWORD).await.unwrap();
    first.consent(&ask()).await;
    let (mut sessions, mut codes) = (0, 0);
    for kill in 0..KILLS {
        let [dice, ..] = seed.dice(&format!("kill {kill}"));
        let ledger = storm(&mut process, dice).await;
        process.restart().await;
        assert_nothing_answered_is_lost(&process, &ledger).await;
        (sessions, codes) = (sessions + ledger.sessions.len(), codes + ledger.codes.len());
    }
    assert_eq!(first.at(&process).get("/account").await.unwrap().status(), 200, "a session from before all of it");
    assert!(sessions > KILLS && codes > KILLS, "{sessions} sessions and {codes} codes are no storm");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_and_nothing_spent_comes_back_when_the_process_is_killed_twenty_times_sqlite() {
    killed_twenty_times(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_and_nothing_spent_comes_back_when_the_process_is_killed_twenty_times_postgres() {
    killed_twenty_times(Kind::Postgres).await;
}
