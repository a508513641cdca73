//! The elements that scripts, styles, tests and people's own tools find by their ids: none is lost unseen.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::world::Answer;

/// The ids of each page met, by who met it: the page is known by its door and its status.
#[derive(Default)]
pub struct Elements(BTreeMap<(String, BTreeSet<String>), BTreeSet<&'static str>>);

impl Elements {
    /// Notes the page that somebody got, where it was one.
    pub fn note(&mut self, door: &str, who: &'static str, answer: &Answer) {
        if answer.header("content-type").starts_with("text/html") {
            let page = format!("{door} {}", answer.status());
            let ids = answer.page().attributes("[id]", "id").iter().map(|id| steady(id)).collect();
            self.0.entry((page, ids)).or_default().insert(who);
        }
    }

    /// Two lines for each page: its door and status with who got it, and its ids.
    pub fn text(&self) -> String {
        let page = |((page, ids), who): (&(String, BTreeSet<String>), &BTreeSet<&str>)| {
            let (ids, who): (Vec<_>, Vec<_>) = (ids.iter().cloned().collect(), who.iter().copied().collect());
            format!("{page}: {}\n  {}\n", who.join(", "), ids.join(" "))
        };
        self.0.iter().map(page).collect()
    }
}

/// Rows have other ids in each run.
fn steady(id: &str) -> String {
    match id.get(id.len().saturating_sub(36)..).filter(|end| Uuid::parse_str(end).is_ok()) {
        Some(uuid) => id.replace(uuid, "{id}"),
        None => id.to_owned(),
    }
}
