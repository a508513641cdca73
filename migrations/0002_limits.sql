-- Failed attempts by what they are counted by, each a digest. A row counts until its window ends; after that it counts from one again, or is swept.
create table limits (
    key bytea primary key,
    kind text not null,
    failures bigint not null,
    ends_at bigint not null
);

-- A server of the first schema works beside one of this: it only counts nothing.
update schema_state set version = 2, oldest_server = 1;
