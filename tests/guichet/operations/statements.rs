//! What a request costs the database: the statements and commits of the doors that everybody comes through, as people
//! review them. More of either needs a sentence in the commit that brings it.

use std::fmt::Write as _;

use crate::doors::assert_reviewed;
use crate::world::{Log, PASSWORD, both};

/// The golden table.
#[derive(Default)]
struct Table {
    text: String,
    /// What the door counted last said to the database.
    last: String,
}

impl Table {
    /// Adds the line of a door, and hands on what came of it.
    async fn count<T>(&mut self, door: &str, work: impl Future<Output = T>) -> T {
        let log = Log::listen("guichet::store=debug");
        let done = work.await;
        let lines = log.of("guichet::store::sql");
        let statements: Vec<&str> = lines.iter().filter_map(|line| line["fields"]["statement"].as_str()).collect();
        let commits = statements.iter().filter(|sql| **sql == "commit").count();
        let own = statements.iter().filter(|sql| !["begin", "begin immediate", "commit", "rollback"].contains(sql));
        writeln!(self.text, "{door:44}{:3} statements {commits:2} commits", own.count()).unwrap();
        self.last = statements.join("\n");
        done
    }
}

both! {
    async fn the_statements_and_commits_of_each_door_are_the_reviewed_ones(world) {
        let (portal, rs) = (world.client("portal"), world.client("demo-rs"));
        let mut table = Table::default();
        let mut browser = world.browser();
        table.count("sign-in from a new browser", browser.sign_in("alice", PASSWORD)).await;
        browser.open("/account").await;
        browser.forget_session();
        let known = table.count("sign-in again from a known browser", browser.sign_in("alice", PASSWORD)).await;
        assert_eq!(known.status(), 303, "{}", known.text());
        assert!(!table.last.contains("outbox"), "nothing about a letter: {}", table.last);
        portal.enter(&mut browser).await;
        table.count("a page, in a session", browser.get("/account")).await;
        let code = table.count("authorization, in a session", portal.authorize(&mut browser)).await;
        let tokens = table.count("code redeemed", portal.tokens(&code)).await;
        table.count("refresh", portal.refresh(&tokens.refresh)).await;
        table.count("userinfo", portal.userinfo(&tokens.access)).await;
        table.count("introspection", rs.finds_active(&tokens.access)).await;
        assert_reviewed(&table.text, "operations/statements.golden.txt");
    }
}
