//! Lists page by page: a statement asks for one row more than a page has, which says whether another page follows.

/// One page of a list, and whether another follows.
#[derive(Clone, Debug)]
pub struct Found<T> {
    pub items: Vec<T>,
    pub more: bool,
}

impl<T> Found<T> {
    /// No page at all.
    pub const NOTHING: Self = Self { items: Vec::new(), more: false };

    /// How many rows to ask the database for.
    pub const fn asked(page: u32) -> i64 {
        page as i64 + 1
    }

    /// The rows of a page, of those that the database answered.
    pub fn of(mut rows: Vec<T>, page: u32) -> Self {
        let more = rows.len() > page as usize;
        rows.truncate(page as usize);
        Self { items: rows, more }
    }
}
