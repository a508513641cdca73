-- Links that were mailed or printed, known by the digest of their secret (R-OWN-6). Of each purpose an account has one that works:
-- a newer one takes the row of the older.
create table links (
    id uuid primary key,
    hash bytea not null unique,
    account uuid not null references accounts (id),
    purpose text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create unique index links_open on links (account, purpose) where used_at is null;
create index links_by_expiry on links (expires_at);

-- The vendor's people. R-DEL-6: no account of a contact can stand here, and none of theirs can act as a contact.
create table staff (
    account uuid primary key,
    account_kind text not null default 'staff' check (account_kind = 'staff'),
    name text not null,
    email text not null unique,
    roles jsonb not null,
    invited_at bigint not null,
    upstream_subject text unique,
    version bigint not null,
    foreign key (account, account_kind) references accounts (id, kind)
);

-- Sign-ins on their way to the vendor's own OpenID provider, each bound to the browser that began it and good for one answer.
create table upstream_attempts (
    state bytea primary key,
    browser bytea not null,
    nonce text not null,
    verifier text not null,
    interaction uuid,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index upstream_attempts_by_expiry on upstream_attempts (expires_at);

-- What people read to Customer Service from a page that refused them, or broke.
create index audit_log_by_reference on audit_log (reference) where reference is not null;

-- The console's lists, read page by page in this order.
create index companies_by_name on companies (name, id);
create index contacts_by_name on contacts (last_name, first_name, id);
create index contacts_by_company on contacts (company, last_name, first_name, id);

-- A server of the schema before works beside one of this: it knows no staff, and lets none in.
update schema_state set version = 5;
