-- Types are those both databases read alike: times are BIGINT milliseconds, sets are JSON lists, a flag is a nullable time.

-- The schema names the oldest server that can work on it, so that servers of two releases may run side by side.
create table schema_state (
    one bigint primary key check (one = 1),
    version bigint not null,
    oldest_server bigint not null
);
insert into schema_state (one, version, oldest_server) values (1, 1, 1);

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

-- R-DIR-1, R-DIR-3. Blocked by the ERP or by staff: an import never lifts what staff decided. `version` is bumped by whoever decides something over several rows of the company.
create table companies (
    id uuid primary key,
    ref text not null unique,
    name text not null,
    accounting_validated_at bigint,
    first_order_at bigint,
    erp_blocked_at bigint,
    blocked_at bigint,
    subscriptions jsonb not null,
    networks jsonb not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

create table branches (
    company uuid not null references companies (id),
    code text not null,
    name text not null,
    primary key (company, code)
);

-- R-DIR-2, R-DIR-7: `ref` is the ERP's, null where the company added the contact. Active takes two flags: the ERP's and the company's.
create table contacts (
    id uuid primary key,
    company uuid not null references companies (id),
    ref text unique,
    last_name text not null,
    first_name text not null,
    email text not null,
    phone text,
    mobile text,
    type text,
    title text,
    language text,
    newsletter boolean not null,
    branch text,
    erp_inactive_at bigint,
    disabled_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    unique (company, email),
    unique (id, company),
    foreign key (company, branch) references branches (company, code),
    check (phone is not null or mobile is not null)
);
create index contacts_by_email on contacts (email);

-- R-DEL-6: the kind is part of every key that only one kind may stand in.
create table accounts (
    id uuid primary key,
    kind text not null check (kind in ('contact', 'staff')),
    language text,
    password_hash text,
    password_set_at bigint,
    activated_at bigint,
    mailbox_proven_at bigint,
    disabled_at bigint,
    created_at bigint not null,
    unique (id, kind)
);

-- R-ADM-9: logins and emails share one namespace; a name stays when its account goes.
create table sign_in_names (
    name text primary key,
    account uuid not null references accounts (id),
    since bigint not null
);
create index sign_in_names_by_account on sign_in_names (account);

-- An account acting as one contact: all that a company's administrator touches.
create table memberships (
    id uuid primary key,
    account uuid not null,
    account_kind text not null default 'contact' check (account_kind = 'contact'),
    contact uuid not null,
    company uuid not null,
    profile text not null check (profile in ('complete', 'limited', 'invoicing')),
    roles jsonb not null,
    e_services jsonb not null,
    branch text,
    networks jsonb not null,
    requested_at bigint not null,
    approved_at bigint,
    approved_by uuid references accounts (id),
    refused_at bigint,
    disabled_at bigint,
    detached_at bigint,
    foreign key (account, account_kind) references accounts (id, kind),
    foreign key (contact, company) references contacts (id, company),
    foreign key (company, branch) references branches (company, code)
);
create unique index memberships_live on memberships (contact) where refused_at is null and detached_at is null;
create index memberships_by_account on memberships (account);
create index memberships_by_company on memberships (company);
create index memberships_by_contact on memberships (contact);

-- Browsers an account has signed in from.
create table devices (
    id uuid primary key,
    account uuid not null references accounts (id),
    hash bytea not null,
    user_agent text not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    unique (account, hash)
);

create table sessions (
    id uuid primary key,
    hash bytea not null unique,
    account uuid not null references accounts (id),
    membership uuid references memberships (id),
    acr text not null,
    amr jsonb not null,
    auth_time bigint not null,
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

create table consents (
    id uuid primary key,
    account uuid not null references accounts (id),
    client text not null,
    scope jsonb not null,
    granted_at bigint not null,
    withdrawn_at bigint
);
create unique index consents_live on consents (account, client) where withdrawn_at is null;

-- Authorization requests that wait for their person, bound to a browser once one has picked them up.
create table interactions (
    id uuid primary key,
    browser bytea,
    client text not null,
    request jsonb not null,
    created_at bigint not null,
    declined_at bigint,
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
    consent uuid not null references consents (id),
    scope jsonb not null,
    claims jsonb not null,
    acr text not null,
    amr jsonb not null,
    auth_time bigint not null,
    created_at bigint not null,
    tokens_issued_at bigint,
    closed_at bigint,
    ended_at bigint,
    ended_because text
);
create index authorizations_by_session on authorizations (session);
create index authorizations_by_account on authorizations (account);
create index authorizations_open on authorizations (account) where closed_at is null;

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

-- Assertions of relying parties that counted once (RFC 7523 section 3): each stays until no clock can still believe it.
create table client_assertions (
    client text not null,
    jti bytea not null,
    expires_at bigint not null,
    primary key (client, jti)
);
create index client_assertions_by_expiry on client_assertions (expires_at);

-- Letters waiting for the mail server, posted as intents: what is to be told is sealed, and so is the letter once it is written; both
-- are erased when the server took it. Without a recipient it goes to Customer Service. One that is void is dropped when it is taken up.
create table outbox (
    id uuid primary key,
    name text not null,
    recipient text,
    account uuid references accounts (id),
    language text not null,
    leads_to text,
    sealed_facts bytea,
    sealed_letter bytea,
    sealed_by text not null references master_keys (fingerprint),
    created_at bigint not null,
    due_at bigint not null,
    attempts bigint not null,
    voided_at bigint,
    sent_at bigint,
    given_up_at bigint,
    last_error text
);
create index outbox_due on outbox (due_at) where sent_at is null and given_up_at is null;
create index outbox_waiting on outbox (account) where sent_at is null and given_up_at is null;

-- What is to be done about what happened, written with the deed itself: each reaction to each event is carried out once, by itself.
create table reactions (
    id uuid primary key,
    at bigint not null,
    event text not null,
    subject uuid not null,
    reaction text not null,
    due_at bigint not null,
    attempts bigint not null,
    done_at bigint,
    last_error text
);
create index reactions_due on reactions (due_at) where done_at is null;
create index reactions_done on reactions (done_at) where done_at is not null;

-- Logout tokens on their way to relying parties, one per sign-in. They are signed when they leave: nothing here is secret.
create table logout_deliveries (
    id uuid primary key,
    sid uuid not null unique references authorizations (id),
    account uuid not null references accounts (id),
    client text not null,
    created_at bigint not null,
    due_at bigint not null,
    attempts bigint not null,
    delivered_at bigint,
    given_up_at bigint,
    last_error text
);
create index logout_deliveries_due on logout_deliveries (due_at) where delivered_at is null and given_up_at is null;
create index logout_deliveries_by_age on logout_deliveries (created_at);

-- Who, in whose name, what, when, from where.
create table audit_log (
    id uuid primary key,
    at bigint not null,
    actor_kind text not null,
    actor text,
    in_name_of uuid,
    address text,
    session uuid,
    deed text not null,
    company uuid,
    account uuid,
    subject text,
    detail jsonb not null,
    reference text
);
create index audit_log_by_time on audit_log (at);
create index audit_log_by_company on audit_log (company, at);
create index audit_log_by_account on audit_log (account, at);
