create table sessions (
    id uuid primary key,
    hash bytea not null unique,
    account uuid not null references accounts (id),
    membership uuid references memberships (id),
    acr text not null,
    amr jsonb not null,
    auth_time bigint not null,
    second_factor_at bigint,
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    address text,
    user_agent text not null,
    ended_at bigint,
    ended_because text
);
create index sessions_by_account on sessions (account);
-- Those that may run out: the timetable looks through them.
create index sessions_open on sessions (expires_at) where ended_at is null;
-- What is over is looked for by when it ended.
create index sessions_over on sessions (ended_at) where ended_at is not null;

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

-- Sign-ins on their way to the vendor's own OpenID provider, each bound to the browser that began it and good for one answer.
-- `back` is the page of ours for which somebody proves there, in a running session, that they are still there.
create table upstream_attempts (
    state bytea primary key,
    browser bytea not null,
    nonce text not null,
    verifier text not null,
    interaction uuid,
    back text,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index upstream_attempts_by_expiry on upstream_attempts (expires_at);
