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
-- What people read to Customer Service from a page that refused them, or broke.
create index audit_log_by_reference on audit_log (reference) where reference is not null;

-- Failed attempts by what they are counted by, each a digest. A row counts until its window ends; after that it counts from one again, or is swept.
create table limits (
    key bytea primary key,
    kind text not null,
    failures bigint not null,
    ends_at bigint not null
);
