-- An account acting as one contact: all that a company's administrator touches. The sets are what access reads.
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
    second_factor_required_at bigint,
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

-- Who holds a role or an e-service, asked from its side: written with the sets of `memberships`, by one function.
create table membership_roles (
    role text not null,
    company uuid not null,
    membership uuid not null references memberships (id),
    primary key (role, company, membership)
);
create index membership_roles_by_membership on membership_roles (membership);

create table membership_e_services (
    e_service text not null,
    company uuid not null,
    membership uuid not null references memberships (id),
    primary key (e_service, company, membership)
);
create index membership_e_services_by_membership on membership_e_services (membership);
