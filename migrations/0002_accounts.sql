-- R-DEL-6: the kind is part of every key that only one kind may stand in. `totp_since` and `passkey_since` say of the rows of
-- `totp_factors` and `passkeys` since when there is one. `passkey_handle` is who the account is to authenticators (WebAuthn section
-- 5.4.3, user handle): random, for it is not to tell who somebody is. Closed by their owners, for good.
create table accounts (
    id uuid primary key,
    kind text not null check (kind in ('contact', 'staff')),
    language text,
    password_hash text,
    password_set_at bigint,
    activated_at bigint,
    mailbox_proven_at bigint,
    second_factor_required_at bigint,
    totp_since bigint,
    passkey_since bigint,
    passkey_handle uuid unique,
    disabled_at bigint,
    closed_at bigint,
    created_at bigint not null,
    unique (id, kind)
);

-- R-ADM-9: logins and emails share one namespace; a name stays when its account goes. An account has one login, which may be its email,
-- and never changes. `proven_at` says when its owner last proved to read the account's mailbox.
create table sign_in_names (
    name text primary key,
    account uuid not null references accounts (id),
    kind text not null check (kind in ('login', 'email')),
    created_at bigint not null,
    proven_at bigint
);
create unique index sign_in_names_login on sign_in_names (account) where kind = 'login';
create index sign_in_names_by_account on sign_in_names (account);

-- Links that were mailed or printed, known by the digest of their secret (R-OWN-6), each about one subject. Of each purpose a subject has
-- one that works: a newer one takes the row of the older. Not so those that object to a change, for each letter has its own.
create table links (
    id uuid primary key,
    hash bytea not null unique,
    subject_kind text not null check (subject_kind = 'account'),
    subject uuid not null,
    purpose text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create unique index links_open on links (subject_kind, subject, purpose) where used_at is null and purpose <> 'not-me';
create index links_by_expiry on links (expires_at);

-- The vendor's people. R-DEL-6: no account of a contact can stand here, and none of theirs can act as a contact.
create table staff (
    account uuid primary key,
    account_kind text not null default 'staff' check (account_kind = 'staff'),
    name text not null,
    email text not null unique,
    roles jsonb not null,
    search text not null default '',
    invited_at bigint not null,
    upstream_subject text unique,
    version bigint not null,
    foreign key (account, account_kind) references accounts (id, kind)
);

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

-- Second factors to be taken away because their owners lost them: `told_at` says when the mail server took the letter about it, and the
-- day until `due_at` begins with it. One at a time waits.
create table factor_resets (
    id uuid primary key,
    account uuid not null references accounts (id),
    asked_by uuid references accounts (id),
    asked_at bigint not null,
    told_at bigint,
    letter uuid,
    due_at bigint not null,
    cancelled_at bigint,
    done_at bigint
);
create unique index factor_resets_waiting on factor_resets (account) where done_at is null and cancelled_at is null;
create index factor_resets_due on factor_resets (due_at) where done_at is null and cancelled_at is null;

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

-- Browsers an account has signed in from.
create table devices (
    id uuid primary key,
    account uuid not null references accounts (id),
    hash bytea not null,
    user_agent text not null,
    second_factor_at bigint,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    unique (account, hash)
);
