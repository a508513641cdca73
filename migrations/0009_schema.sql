-- Types are those both databases read alike: times are BIGINT milliseconds, sets are JSON lists, a flag is a nullable time.
-- The schema names the oldest server that can work on it, so that servers of two releases may run side by side.
create table schema_state (
    one bigint primary key check (one = 1),
    version bigint not null,
    oldest_server bigint not null
);

insert into schema_state (one, version, oldest_server) values (1, 9, 9);
