-- Where a second factor is demanded of people whether they have enrolled one or not: of a whole company, of one contact, of one account.
alter table companies add column second_factor_required_at bigint;
alter table memberships add column second_factor_required_at bigint;
alter table accounts add column second_factor_required_at bigint;

-- When the second factor behind a sign-in was proven: in it, or in the remembered device before it.
alter table sessions add column second_factor_at bigint;
alter table authorizations add column second_factor_at bigint;
alter table devices add column second_factor_at bigint;

-- Authenticator apps (RFC 6238). A seed is an offer, shown to one session or half-made sign-in only, until a first code proves it.
-- `last_step` is the step of the last code that counted: none counts twice, nor an older one after it.
create table totp_factors (
    id uuid primary key,
    account uuid not null references accounts (id),
    offered_to uuid not null,
    sealed_seed bytea not null,
    sealed_by text not null references master_keys (fingerprint),
    created_at bigint not null,
    proven_at bigint,
    last_step bigint
);
create unique index totp_factors_proven on totp_factors (account) where proven_at is not null;
create unique index totp_factors_offered on totp_factors (account, offered_to) where proven_at is null;
create index totp_factors_by_age on totp_factors (created_at) where proven_at is null;

-- What stands in for a lost authenticator app, each once.
create table recovery_codes (
    account uuid not null references accounts (id),
    hash bytea not null,
    made_at bigint not null,
    used_at bigint,
    primary key (account, hash)
);

-- Sign-ins half made: the password was right, and a second factor is still to be proven or enrolled. Known by the hash of a cookie.
-- With a session it is that session that is strengthened in the end; without, one begins.
create table pending_sign_ins (
    id uuid primary key,
    hash bytea not null unique,
    account uuid not null references accounts (id),
    password_digest bytea not null,
    session uuid references sessions (id) on delete cascade,
    interaction uuid,
    back text,
    created_at bigint not null,
    expires_at bigint not null,
    finished_at bigint
);
create index pending_sign_ins_by_expiry on pending_sign_ins (expires_at);

-- A server of an earlier schema would let people in by password alone.
update schema_state set version = 4, oldest_server = 4;
