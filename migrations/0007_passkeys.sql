-- Who an account is to authenticators (WebAuthn section 5.4.3, user handle): random, for it is not to tell who somebody is.
alter table accounts add column passkey_handle uuid;
create unique index accounts_by_passkey_handle on accounts (passkey_handle);

-- Passkeys. What is kept of one is public: its key, its counter, whether it is backed up. The counter stands beside it, so that the
-- row decides which of two assertions with the same one counts. One that is confined signs in beside a password only: its account's
-- owner said that somebody else had been there, and it may be theirs.
create table passkeys (
    id uuid primary key,
    account uuid not null references accounts (id),
    credential_id bytea not null unique,
    credential jsonb not null,
    counter bigint not null,
    name text not null,
    created_at bigint not null,
    last_used_at bigint,
    confined_at bigint
);
create index passkeys_by_account on passkeys (account, created_at);

-- Challenges on their way to an authenticator and back, each for one browser, one purpose and one answer. Where it is known whose
-- answer it must be, the account is named; `bound_to` is the session or half-made sign-in that waits for it.
create table passkey_ceremonies (
    id uuid primary key,
    browser bytea not null,
    purpose text not null,
    account uuid references accounts (id),
    bound_to uuid,
    state jsonb not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index passkey_ceremonies_by_expiry on passkey_ceremonies (expires_at);

-- A server of an earlier schema would let people in by password alone whose second factor is a passkey.
update schema_state set version = 7, oldest_server = 7;
