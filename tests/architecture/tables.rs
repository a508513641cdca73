//! Anyone may read a table; only its owner writes it.

use crate::source::{Kind, Source};

/// Every write, by a module that doesn't own it, to a table of `owners` (table, module); and every
/// write to a table that has no owner. Test modules may plant the rows they need.
pub fn trespasses(sources: &[Source], owners: &[(&str, &str)]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.within("src")) {
        let writer = source.subject().unwrap_or("main");
        source.walk(|tokens, at, module| {
            if tokens[at].kind != Kind::Text || module.contains(&"tests") {
                return;
            }
            for (offset, table) in written(tokens[at].text) {
                let rule = match owner(owners, &table) {
                    Some(owner) if owner == writer => continue,
                    Some(owner) => format!("`{writer}` writes `{table}`, which `{owner}` owns"),
                    None => format!("`{writer}` writes `{table}`, a table without a listed owner"),
                };
                violations.push(source.violation(tokens[at].line + offset, &rule));
            }
        });
    }
    violations
}

/// Every statement that updates one of these columns of a table.
pub fn updates(source: &Source, table: &str, columns: &[&str], rule: &str) -> Vec<String> {
    let mut violations = Vec::new();
    source.walk(|tokens, at, module| {
        let is_text = tokens[at].kind == Kind::Text && !module.contains(&"tests");
        if is_text && written(tokens[at].text).iter().any(|(_, found)| found == table) {
            let words = words(tokens[at].text);
            let set = words.iter().map(|(_, word)| word.as_str()).skip_while(|word| *word != "set");
            if set.take_while(|word| *word != "where").any(|word| columns.contains(&word)) {
                violations.push(source.violation(tokens[at].line, rule));
            }
        }
    });
    violations
}

/// Every table made in these migrations that has no owner.
pub fn ownerless(migrations: &[Source], owners: &[(&str, &str)]) -> Vec<String> {
    let mut violations = Vec::new();
    for migration in migrations {
        for (offset, table) in made(&migration.text) {
            if owner(owners, &table).is_none() {
                let rule = format!("`{table}` has no owner: list the module that writes it");
                violations.push(migration.violation(1 + offset, &rule));
            }
        }
    }
    violations
}

fn owner<'a>(owners: &[(&str, &'a str)], table: &str) -> Option<&'a str> {
    owners.iter().find(|(owned, _)| *owned == table).map(|(_, owner)| *owner)
}

/// The tables a text writes, each with the number of lines before it.
fn written(text: &str) -> Vec<(usize, String)> {
    let words = words(text);
    // What `store::sweep!` removes rows from.
    if let [(offset, from), (_, table)] = &words[..]
        && from == "from"
    {
        return vec![(*offset, table.clone())];
    }
    found(&words, |rest| match rest {
        ["insert" | "replace", "into", table, "(" | "as" | "select" | "values" | "default", ..]
        | ["insert", "or", _, "into", table, ..]
        | ["delete", "from", table]
        | ["delete", "from", table, "where" | "returning" | "using" | "as" | ";", ..] => Some(*table),
        ["update", table, "set", ..] | ["update", table, "as", _, "set", ..] | ["update", table, _, "set", ..]
            if *table != "set" =>
        {
            Some(*table)
        }
        _ => None,
    })
}

/// The tables a migration makes, each with the number of lines before it.
fn made(text: &str) -> Vec<(usize, String)> {
    let uncommented: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or("")).collect();
    found(&words(&uncommented.join("\n")), |rest| match rest {
        ["create", "table", "if", "not", "exists", table, ..] | ["create", "table", table, ..] => Some(*table),
        _ => None,
    })
}

fn found(words: &[(usize, String)], table: impl for<'a> Fn(&[&'a str]) -> Option<&'a str>) -> Vec<(usize, String)> {
    let texts: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    (0..texts.len()).filter_map(|at| table(&texts[at..]).map(|table| (words[at].0, table.to_owned()))).collect()
}

/// The text's words in lower case, and its `(` and `;`, each with the number of lines before it.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (line, content) in text.lines().enumerate() {
        let spaced = content.to_lowercase().replace('(', " ( ").replace(';', " ; ");
        let separated = spaced.split(|mark: char| !mark.is_alphanumeric() && !"_(;".contains(mark));
        let kept = separated.filter(|word| !word.is_empty());
        words.extend(kept.map(|word| (line, word.to_owned())));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNERS: &[(&str, &str)] = &[("accounts", "account"), ("companies", "directory")];

    fn tables(text: &str) -> Vec<String> {
        written(text).into_iter().map(|(_, table)| table).collect()
    }

    fn judged(path: &str, text: &str) -> Vec<String> {
        trespasses(&[Source::new(path, text)], OWNERS)
    }

    #[test]
    fn every_kind_of_write_is_seen_in_any_case_and_over_lines() {
        assert_eq!(tables("INSERT INTO Accounts (id) values ($1)"), ["accounts"]);
        assert_eq!(tables("insert or ignore into accounts values (1)"), ["accounts"]);
        assert_eq!(tables("update\n  accounts\n  set x = 1"), ["accounts"]);
        assert_eq!(tables("update accounts as a set x = 1"), ["accounts"]);
        assert_eq!(tables("with x as (delete from \"accounts\" where 1=1) select 1"), ["accounts"]);
        assert_eq!(tables("update \\\n accounts \\\n set x = 1"), ["accounts"]);
    }

    #[test]
    fn reads_upserts_and_prose_are_no_writes() {
        assert!(tables("select * from accounts where id = $1").is_empty());
        assert_eq!(
            tables("insert into companies (id) values ($1) on conflict (id) do update set a = 1"),
            ["companies"]
        );
        assert!(tables("we delete from the list, then update your browser").is_empty());
    }

    #[test]
    fn only_the_owner_writes() {
        let sql = "fn f() {\n  execute!(db,\n    \"\n update accounts set x = 1\") }";
        assert!(judged("src/account/names.rs", sql).is_empty());
        let trespass = judged("src/directory.rs", sql);
        assert_eq!(trespass, ["src/directory.rs:4: `directory` writes `accounts`, which `account` owns"]);
        assert_eq!(judged("src/main.rs", "\"delete from companies\"").len(), 1);
    }

    #[test]
    fn a_table_without_an_owner_is_named() {
        assert_eq!(judged("src/account.rs", "\"delete from mysteries\"").len(), 1);
        let migration = Source::new(
            "migrations/1.sql",
            "-- create table prose\ncreate table accounts (id uuid);\nCREATE TABLE IF NOT EXISTS other (id uuid);",
        );
        assert_eq!(
            ownerless(&[migration], OWNERS),
            ["migrations/1.sql:3: `other` has no owner: list the module that writes it"]
        );
    }

    #[test]
    fn test_modules_may_plant_rows() {
        assert!(judged("src/access.rs", "mod tests { fn f() { \"delete from companies\"; } }").is_empty());
        assert!(judged("src/access/tests.rs", "\"delete from companies\"").is_empty());
    }
}
