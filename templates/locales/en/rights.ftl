# Profiles (R-RGT-1): the names in the documents, and what they mean.
rights-profile-complete = Complete
rights-profile-complete-explained = Sees all of the company’s data: orders and amounts, invoices, tickets, subscriptions and contacts.
rights-profile-limited = Limited
rights-profile-limited-explained = Sees neither invoices nor the amounts of orders; sees everything else.
rights-profile-invoicing = Invoicing
rights-profile-invoicing-explained = Sees invoices and credit notes only.

# Roles (R-RGT-2)
rights-role-account-admin = Account administrator
rights-role-account-admin-explained = Manages the company’s contacts and their rights, and may do all that the other roles allow.
rights-role-tickets = Manage tickets
rights-role-tickets-explained = Reaches customer service through the portal: opens tickets, comments on them, shares and rates them.
rights-role-subscriptions = Manage subscriptions and services
rights-role-subscriptions-explained = Uses the control panels of services. Webmasters, web designers and web developers need it.
rights-role-billing = Billing administrator
rights-role-billing-explained = Pays outstanding invoices.

# Groups of e-services (R-RGT-3)
rights-group-pre-sales = Pre-sales
rights-group-orders = Orders
rights-group-after-sales = After-sales
rights-group-documents = Documents

# Why a decision is what it is: one sentence for the person, one for an administrator.
rights-profile-grants-person = Your profile “{ $held }” allows it.
rights-profile-grants-admin = The contact’s profile “{ $held }” allows it.
rights-role-grants-person = Your role “{ $held }” allows it.
rights-role-grants-admin = The contact’s role “{ $held }” allows it.
rights-e-service-grants-person = Your e-service “{ $held }” allows it.
rights-e-service-grants-admin = The contact’s e-service “{ $held }” allows it.
rights-profile-denies-person = Your profile “{ $held }” doesn’t allow it. An administrator of your company can change your profile.
rights-profile-denies-admin = The contact’s profile “{ $held }” rules it out, whatever roles and e-services they hold. Only another profile would allow it.
rights-nothing-grants-person = You don’t have this right. An administrator of your company can give it to you.
rights-nothing-grants-admin = Neither the contact’s profile nor their roles or e-services allow it. Tick the role or e-service that does.
rights-other-company-person = This doesn’t belong to the company you are signed in for.
rights-other-company-admin = What was asked for belongs to another company than the contact’s.
rights-other-branch-person = Your access is limited to one branch, and this belongs to another. An administrator of your company can change that limit.
rights-other-branch-admin = The contact’s access is limited to one branch, and what was asked for belongs to another.
rights-undecidable-person = We couldn’t check your rights. Try again in a moment; if it happens again, contact customer service.
rights-undecidable-admin = The contact’s rights couldn’t be checked, so access is refused to be safe. The server’s log has the cause.
