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
    done_at bigint,
    given_up_at bigint,
    last_error text
);
create index outbox_due on outbox (due_at) where done_at is null and given_up_at is null;
create index outbox_waiting on outbox (account) where done_at is null and given_up_at is null;
create index outbox_over on outbox (created_at) where sealed_facts is null;

-- What is to be done about what happened, written with the deed itself: each reaction to each event is carried out once, by itself.
create table reactions (
    id uuid primary key,
    event text not null,
    subject uuid not null,
    reaction text not null,
    created_at bigint not null,
    due_at bigint not null,
    attempts bigint not null,
    done_at bigint,
    given_up_at bigint,
    last_error text
);
create index reactions_due on reactions (due_at) where done_at is null and given_up_at is null;
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
    done_at bigint,
    given_up_at bigint,
    last_error text
);
create index logout_deliveries_due on logout_deliveries (due_at) where done_at is null and given_up_at is null;
create index logout_deliveries_by_age on logout_deliveries (created_at);

-- Each job's last run, as operators see it. Without `leased_until`, or once that is over, any server may run it.
create table jobs (
    name text primary key,
    started_at bigint,
    took_ms bigint,
    last_error text,
    next_at bigint,
    leased_until bigint
);
