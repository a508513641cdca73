-- The portal's own data. Companies are named by their ERP reference; everything else about them is the provider's.
create table if not exists orders (
    reference   text primary key,
    company     text not null,
    branch      text,
    kind        text not null check (kind in ('creation', 'termination', 'exchange')),
    state       text not null check (state in ('in_progress', 'shipped', 'failed', 'done', 'appointment', 'awaiting_return')),
    offer       text not null,
    site        text not null,
    access_id   text not null,
    ordered_on  text not null,
    appointment text,
    setup       integer not null, -- euro cents, once
    monthly     integer not null  -- euro cents a month
);
create index if not exists orders_of_a_company on orders (company, branch, ordered_on);
create table if not exists invoices (
    reference text primary key,
    company   text not null,
    branch    text,
    kind      text not null check (kind in ('invoice', 'credit_note')),
    issued_on text not null,
    due_on    text not null,
    paid_on   text,
    corrects  text references invoices (reference)
);
create index if not exists invoices_of_a_company on invoices (company, branch, issued_on);
create table if not exists invoice_lines (
    invoice  text not null references invoices (reference),
    position integer not null,
    label    text not null,
    quantity integer not null,
    unit     integer not null, -- euro cents before VAT, negative on a credit note
    primary key (invoice, position)
);
create table if not exists customers (
    company text primary key,
    name    text not null,
    street  text not null,
    town    text not null
);
create table if not exists tickets (
    reference text primary key,
    company   text not null,
    branch    text,
    subject   text not null,
    state     text not null check (state in ('open', 'waiting', 'solved', 'closed')),
    access_id text,
    opened_on text not null
);
create index if not exists tickets_of_a_company on tickets (company, branch, opened_on);
create table if not exists ticket_entries (
    ticket     text not null references tickets (reference),
    position   integer not null,
    written_on text not null,
    author     text not null,
    ours       boolean not null, -- written by the vendor's support
    body       text not null,
    primary key (ticket, position)
);
create table if not exists certificates (
    reference    text primary key,
    company      text not null,
    branch       text,
    e_service    text not null,
    environment  text not null check (environment in ('production', 'non_production')),
    published_on text not null,
    expires_on   text not null
);
create table if not exists sign_ins (
    state   blob primary key, -- SHA-256
    browser blob not null,    -- SHA-256 of the cookie of the browser that set out
    nonce   text not null,
    verifier text not null,
    back    text not null,
    silent  boolean not null,
    until   integer not null
);
create table if not exists sessions (
    secret       blob primary key, -- SHA-256
    sub          text not null,
    sid          text,             -- the sign-in at the provider, which a logout token names
    person       text not null,    -- JSON
    id_token     text not null,
    access_token text not null,
    usable_until integer not null,
    checked_at   integer not null,
    begun_at     integer not null,
    used_at      integer not null
);
create table if not exists logout_tokens (
    jti   text primary key, -- each is believed once
    until integer not null
);
