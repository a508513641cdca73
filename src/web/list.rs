//! The consoles' lists: a search, a state to choose, and pages that follow one another.

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::page::Frame;
use crate::store::Found;

/// What a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    pub q: String,
    /// One of the states offered; anything else is any.
    pub state: String,
    /// The last row of the page before.
    pub after: String,
    /// What was just done.
    pub done: String,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// The address of its page, without what it is asked for.
    pub path: String,
    pub q: String,
    pub states: Vec<StateChoice>,
    pub rows: Vec<T>,
    /// The last row, where more follow.
    pub last: Option<String>,
}

/// A state to choose.
#[derive(Clone, Debug)]
pub struct StateChoice {
    pub code: &'static str,
    pub label: String,
    pub is_chosen: bool,
}

impl ListQuery {
    /// The page that was found; `id` is what the next one continues after.
    pub(super) fn list<R, T>(
        self,
        path: String,
        found: Found<R>,
        id: fn(&R) -> String,
        row: impl Fn(R) -> T,
    ) -> List<T> {
        let last = found.items.last().filter(|_| found.more).map(id);
        let rows = found.items.into_iter().map(row).collect();
        List { path, q: self.q, states: Vec::new(), rows, last }
    }

    /// The states to choose from, each in words.
    pub(super) fn states(&self, frame: &Frame, codes: impl IntoIterator<Item = &'static str>) -> Vec<StateChoice> {
        let choice =
            |code| StateChoice { code, label: frame.say(&format!("list-state-{code}")), is_chosen: self.state == code };
        codes.into_iter().map(choice).collect()
    }
}

impl<T> List<T> {
    pub(super) fn with(self, states: Vec<StateChoice>) -> Self {
        Self { states, ..self }
    }

    /// The address of the next page, where one follows.
    pub fn next(&self) -> Option<String> {
        let mut query = Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if let Some(state) = self.states.iter().find(|state| state.is_chosen) {
            query.append_pair("state", state.code);
        }
        let last = self.last.as_ref()?;
        Some(format!("{}?{}", self.path, query.append_pair("after", last).finish()))
    }
}
