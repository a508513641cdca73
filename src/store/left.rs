//! What a left join brought, or nothing.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

/// A row that may be missing from a left join.
pub trait Joined {
    /// The column of its id, null where the row is missing.
    const KEY: &'static str;
}

/// A row, if the left join found one; to be flattened into the row it was joined to.
#[derive(Clone, Debug)]
pub struct Left<T>(pub Option<T>);

impl<'r, R, T> FromRow<'r, R> for Left<T>
where
    R: Row,
    T: FromRow<'r, R> + Joined,
    &'static str: ColumnIndex<R>,
    Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let found = row.try_get::<Option<Uuid>, _>(T::KEY)?;
        Ok(Self(found.map(|_| T::from_row(row)).transpose()?))
    }
}
