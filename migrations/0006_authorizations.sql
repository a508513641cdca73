create table consents (
    id uuid primary key,
    account uuid not null references accounts (id),
    client text not null,
    scope jsonb not null,
    granted_at bigint not null,
    withdrawn_at bigint
);
create unique index consents_live on consents (account, client) where withdrawn_at is null;
create index consents_withdrawn on consents (withdrawn_at) where withdrawn_at is not null;

-- Authorization requests that wait for their person, bound to a browser once one has picked them up.
create table interactions (
    id uuid primary key,
    browser bytea,
    client text not null,
    request jsonb not null,
    created_at bigint not null,
    declined_at bigint,
    allowed_at bigint,
    expires_at bigint not null
);
create index interactions_by_expiry on interactions (expires_at);

-- One row per sign-in at a relying party: every code and token hangs from it and lives as long as it and its ancestors do.
-- `tokens_issued_at` says when the relying party got its first tokens, `closed_at` when the reaction to whatever ended the sign-in reached it.
create table authorizations (
    id uuid primary key,
    session uuid references sessions (id),
    account uuid not null references accounts (id),
    membership uuid not null references memberships (id),
    client text not null,
    consent uuid references consents (id),
    scope jsonb not null,
    claims jsonb not null,
    acr text not null,
    amr jsonb not null,
    auth_time bigint not null,
    second_factor_at bigint,
    created_at bigint not null,
    tokens_issued_at bigint,
    closed_at bigint,
    ended_at bigint,
    ended_because text
);
create index authorizations_by_session on authorizations (session);
create index authorizations_by_account on authorizations (account);
create index authorizations_open on authorizations (account) where closed_at is null;
create index authorizations_ended on authorizations (ended_at) where ended_at is not null;
create index consents_of_authorizations on authorizations (consent);

create table codes (
    hash bytea primary key,
    sid uuid not null references authorizations (id),
    redirect_uri text not null,
    challenge text,
    nonce text,
    wants_auth_time boolean not null,
    expires_at bigint not null,
    spent_at bigint
);
create index codes_by_sid on codes (sid);
create index codes_by_expiry on codes (expires_at);

-- Each authorization has one family of refresh tokens, and of each family one token is live: the index would refuse a second.
-- Used ones stay until they would have expired, so that a replay is recognised.
create table refresh_tokens (
    hash bytea primary key,
    sid uuid not null references authorizations (id),
    wants_auth_time boolean not null,
    issued_at bigint not null,
    expires_at bigint not null,
    family_expires_at bigint not null,
    used_at bigint,
    used_again_at bigint,
    successor bytea
);
create unique index refresh_tokens_live on refresh_tokens (sid) where used_at is null;
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);
create index refresh_tokens_by_sid on refresh_tokens (sid);

-- Access tokens that say nothing by themselves. A service's own hang from no authorization.
create table access_tokens (
    hash bytea primary key,
    sid uuid references authorizations (id),
    client text not null,
    scope jsonb not null,
    issued_at bigint not null,
    expires_at bigint not null
);
create index access_tokens_by_expiry on access_tokens (expires_at);
create index access_tokens_by_sid on access_tokens (sid);

-- Signed access tokens taken back before their time, by their `jti`.
create table revoked_tokens (
    jti uuid primary key,
    expires_at bigint not null
);
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);

-- Assertions of relying parties that counted once (RFC 7523 section 3): each stays until no clock can still believe it.
create table client_assertions (
    client text not null,
    jti bytea not null,
    expires_at bigint not null,
    primary key (client, jti)
);
create index client_assertions_by_expiry on client_assertions (expires_at);
