//! A set of keys as one bound value, so that one statement can look up any number of rows:
//! `where ref in (select key from json_each($1))` means the same to both databases.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Postgres, Sqlite, Type};

use crate::base::Fault;

/// The number of the type `json`, the same in every PostgreSQL; its `json_each` takes no `jsonb`.
const POSTGRES_JSON: Oid = Oid(114);

/// How many keys one statement carries.
const PER_STATEMENT: usize = 1000;

/// Some keys, as a JSON object that has each as a name.
#[derive(Clone, Debug)]
pub struct Keyset(String);

impl Keyset {
    /// The keys in lots that one statement each can carry.
    pub fn lots<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Fault> {
        let keys: Vec<&str> = keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        keys.chunks(PER_STATEMENT).map(Self::of).collect()
    }

    /// The keys in one lot, where there are few by nature; none of them is fine too.
    pub fn few<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, Fault> {
        Self::of(&keys.into_iter().collect::<Vec<_>>())
    }

    fn of(keys: &[&str]) -> Result<Self, Fault> {
        let object: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
        serde_json::to_string(&object).map(Self).map_err(|error| Fault::broken("writing keys as JSON", error))
    }
}

impl Type<Sqlite> for Keyset {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Keyset {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode_by_ref(&self.0, buffer)
    }
}

impl Type<Postgres> for Keyset {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(POSTGRES_JSON)
    }
}

impl Encode<'_, Postgres> for Keyset {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0, buffer)
    }
}
