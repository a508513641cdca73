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

-- Signed access tokens taken back before their time, by their `jti`.
create table revoked_tokens (
    jti uuid primary key,
    expires_at bigint not null
);
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);

-- What is over is looked for by when it ended.
create index sessions_over on sessions (ended_at) where ended_at is not null;
create index authorizations_ended on authorizations (ended_at) where ended_at is not null;
create index consents_withdrawn on consents (withdrawn_at) where withdrawn_at is not null;
create index consents_of_authorizations on authorizations (consent);
create index access_tokens_by_sid on access_tokens (sid);
create index refresh_tokens_by_sid on refresh_tokens (sid);
create index outbox_over on outbox (created_at) where sealed_facts is null;

-- A server of an earlier schema would honour signed tokens that were taken back: none works beside one of this.
update schema_state set version = 3, oldest_server = 3;
