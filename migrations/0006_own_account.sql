-- The link "it wasn't me" stands in every letter about a change: of these an account may have several that work.
drop index links_open;
create unique index links_open on links (account, purpose) where used_at is null and purpose <> 'not-me';

-- What contacts corrected in their own records (R-DIR-8), for the ERP: `record_feed` numbers the changes in the order of their commits.
create table record_feed (
    one bigint primary key check (one = 1),
    last_seq bigint not null
);
insert into record_feed (one, last_seq) values (1, 0);

create table record_changes (
    seq bigint primary key,
    contact uuid not null references contacts (id),
    before jsonb not null,
    after jsonb not null,
    at bigint not null,
    by_account uuid references accounts (id)
);
create index record_changes_by_contact on record_changes (contact);

-- The values that were corrected: an import that still brings one, empty where there was none, leaves the correction as it is.
create table corrections (
    contact uuid not null references contacts (id),
    field text not null,
    was text not null,
    primary key (contact, field, was)
);

-- Closed by their owners, for good.
alter table accounts add column closed_at bigint;

-- Second factors to be taken away because their owners lost them: `told_at` says when the letter about it was written, and the day until
-- `due_at` begins with it. One at a time waits.
create table factor_resets (
    id uuid primary key,
    account uuid not null references accounts (id),
    asked_by uuid references accounts (id),
    asked_at bigint not null,
    told_at bigint,
    due_at bigint not null,
    cancelled_at bigint,
    done_at bigint
);
create unique index factor_resets_waiting on factor_resets (account) where done_at is null and cancelled_at is null;
create index factor_resets_due on factor_resets (due_at) where done_at is null and cancelled_at is null;

-- A server of an earlier schema makes its links by the index as it was, and can't any more.
update schema_state set version = 6, oldest_server = 6;
