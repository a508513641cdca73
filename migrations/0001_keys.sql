-- Types are those both databases read alike: times are BIGINT milliseconds, sets are JSON lists, a flag is a nullable time.

-- The master keys this database was sealed with, known by their fingerprint only. One of them is in use.
create table master_keys (
    fingerprint text primary key,
    created_at bigint not null,
    replaced_at bigint
);
create unique index master_keys_in_use on master_keys ((replaced_at is null)) where replaced_at is null;

create table signing_keys (
    id uuid primary key,
    kid text not null unique,
    alg text not null,
    public_jwk text not null,
    sealed_private_jwk bytea not null,
    sealed_by text not null references master_keys (fingerprint),
    published_at bigint not null,
    signs_from bigint not null,
    signs_until bigint,
    gone_at bigint
);
-- Of two servers that start at once on an empty database, one makes the keys of each algorithm.
create unique index signing_keys_in_use on signing_keys (alg) where signs_until is null;
