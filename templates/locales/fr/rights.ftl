# Profils (R-RGT-1) : les noms des documents, et ce qu'ils veulent dire.
rights-profile-complete = Complete
rights-profile-complete-explained = Voit toutes les données de la société : commandes et montants, factures, tickets, abonnements et contacts.
rights-profile-limited = Limited
rights-profile-limited-explained = Ne voit ni les factures ni les montants des commandes ; voit tout le reste.
rights-profile-invoicing = Invoicing
rights-profile-invoicing-explained = Ne voit que les factures et les avoirs.

# Rôles (R-RGT-2)
rights-role-account-admin = Administrateur du compte
rights-role-account-admin-explained = Gère les contacts de la société et leurs droits, et peut tout ce que permettent les autres rôles.
rights-role-tickets = Gérer les tickets
rights-role-tickets-explained = Contacte le service clientèle depuis le portail : ouvre des tickets, les commente, les partage et les évalue.
rights-role-subscriptions = Gérer les abonnements et services
rights-role-subscriptions-explained = Accède aux panneaux de contrôle des services. Indispensable aux webmasters, webdesigners et développeurs web.
rights-role-billing = Administrateur de facturation
rights-role-billing-explained = Règle les factures en suspens.

# Groupes d'e-services (R-RGT-3)
rights-group-pre-sales = Avant-vente
rights-group-orders = Gestion des commandes
rights-group-after-sales = SAV
rights-group-documents = Espace documentaire

# Pourquoi une décision est ce qu'elle est : une phrase pour la personne, une pour un administrateur.
rights-profile-grants-person = Votre profil « { $held } » vous le permet.
rights-profile-grants-admin = Le profil « { $held } » du contact le permet.
rights-role-grants-person = Votre rôle « { $held } » vous le permet.
rights-role-grants-admin = Le rôle « { $held } » du contact le permet.
rights-e-service-grants-person = Votre e-service « { $held } » vous le permet.
rights-e-service-grants-admin = L’e-service « { $held } » du contact le permet.
rights-profile-denies-person = Votre profil « { $held } » ne le permet pas. Un administrateur de votre société peut changer votre profil.
rights-profile-denies-admin = Le profil « { $held } » du contact l’exclut, quels que soient ses rôles et ses e-services. Seul un autre profil le permettrait.
rights-nothing-grants-person = Vous n’avez pas ce droit. Un administrateur de votre société peut vous le donner.
rights-nothing-grants-admin = Ni le profil, ni les rôles, ni les e-services du contact ne le permettent. Cochez le rôle ou l’e-service qui convient.
rights-other-company-person = Cet élément n’appartient pas à la société pour laquelle vous êtes connecté.
rights-other-company-admin = L’élément demandé appartient à une autre société que celle du contact.
rights-other-branch-person = Votre accès est limité à une agence, et cet élément appartient à une autre. Un administrateur de votre société peut changer cette limite.
rights-other-branch-admin = L’accès du contact est limité à une agence, et l’élément demandé appartient à une autre.
rights-undecidable-person = Nous n’avons pas pu vérifier vos droits. Réessayez dans un instant ; si cela se reproduit, contactez le service client.
rights-undecidable-admin = Les droits du contact n’ont pas pu être vérifiés ; par prudence, l’accès est refusé. La cause est dans le journal du serveur.
