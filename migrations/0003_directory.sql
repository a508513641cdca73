-- R-DIR-1, R-DIR-3. Blocked by the ERP or by staff: an import never lifts what staff decided. Networks: the vendor's list and the company's
-- own, each of which an address must be in (R-RGT-6). `revision` is bumped by whoever decides something over several rows of the company.
create table companies (
    id uuid primary key,
    ref text not null unique,
    name text not null,
    accounting_validated_at bigint,
    first_order_at bigint,
    erp_blocked_at bigint,
    blocked_at bigint,
    subscriptions jsonb not null,
    vendor_networks jsonb not null,
    own_networks jsonb not null,
    search text not null default '',
    second_factor_required_at bigint,
    revision bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
-- The console's lists, read page by page in this order: `search` is what a row is found by, folded, its name first.
create index companies_by_search on companies (search, id);

-- Who subscribes to an e-service, asked from its side: written with `companies.subscriptions`, by one function.
create table company_subscriptions (
    company uuid not null references companies (id),
    e_service text not null,
    primary key (e_service, company)
);
create index company_subscriptions_by_company on company_subscriptions (company);

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
    search text not null default '',
    created_at bigint not null,
    updated_at bigint not null,
    unique (company, email),
    unique (id, company),
    foreign key (company, branch) references branches (company, code),
    check (phone is not null or mobile is not null)
);
create index contacts_by_email on contacts (email);
create index contacts_by_search on contacts (search, id);
create index contacts_by_company on contacts (company, search, id);

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
