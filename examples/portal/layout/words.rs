//! Every label of the portal, in French and in English side by side. A label that lacks one of them doesn't compile.

use crate::layout::language::Language;

impl Language {
    pub fn words(self) -> &'static Words {
        match self {
            Self::Fr => &FRENCH,
            Self::En => &ENGLISH,
        }
    }
}

macro_rules! words {
    ($($name:ident: $french:literal / $english:literal;)*) => {
        /// The labels in one language.
        pub struct Words {
            pub language: Language,
            $(pub $name: &'static str,)*
        }

        pub static FRENCH: Words = Words { language: Language::Fr, $($name: $french,)* };
        pub static ENGLISH: Words = Words { language: Language::En, $($name: $english,)* };
    };
}

words! {
    portal: "Espace clients" / "Customer portal";
    skip: "Aller au contenu" / "Skip to content";
    language_switch: "Langue" / "Language";
    menu: "Menu" / "Menu";
    home: "Accueil" / "Home";
    orders: "Commandes" / "Orders";
    invoices: "Factures et avoirs" / "Invoices and credit notes";
    tickets: "Tickets" / "Tickets";
    certificates: "Mes certificats numériques" / "My digital certificates";
    my_account: "Mon compte" / "My account";
    sign_in: "Se connecter" / "Sign in";
    sign_out: "Se déconnecter" / "Sign out";
    signed_in_as: "Connecté en tant que" / "Signed in as";
    profile: "Profil" / "Profile";
    roles: "Rôles" / "Roles";
    no_roles: "aucun" / "none";
    branch: "Agence" / "Branch";
    footer: "Portail d’exemple de Guichet. Les sociétés, commandes et factures sont fictives."
        / "Guichet’s sample portal. Companies, orders and invoices are fictitious.";

    profile_complete: "Complete\u{a0}: toutes les données" / "Complete: all data";
    profile_limited: "Limited\u{a0}: ni factures, ni montants des commandes"
        / "Limited: neither invoices nor order amounts";
    profile_invoicing: "Invoicing\u{a0}: factures et avoirs uniquement" / "Invoicing: invoices and credit notes only";
    role_account_admin: "Administrateur des utilisateurs" / "User administrator";
    role_tickets: "Gérer les tickets" / "Manage tickets";
    role_subscriptions: "Gérer les abonnements et services" / "Manage subscriptions and services";
    role_billing: "Consulter et régler les factures" / "Billing administrator";

    welcome: "Vos commandes, factures et tickets" / "Your orders, invoices and tickets";
    welcome_text: "Suivez vos commandes, retrouvez vos factures en PDF et l’avancement de vos tickets."
        / "Follow your orders, and find your invoices as PDF and the progress of your tickets.";
    welcome_how: "Vous vous connectez avec votre compte Guichet, puis revenez ici."
        / "You sign in with your Guichet account, then come back here.";
    goodbye: "Vous êtes déconnecté." / "You are signed out.";

    dashboard: "Tableau de bord" / "Dashboard";
    dashboard_orders: "Vos commandes" / "Your orders";
    dashboard_attention: "À suivre" / "For your attention";
    invoices_to_pay: "Factures à régler" / "Invoices to pay";
    tickets_open: "Tickets en cours" / "Open tickets";
    certificates_expiring: "Certificats à renouveler" / "Certificates to renew";

    kind: "Type" / "Kind";
    kind_creation: "Création" / "Creation";
    kind_termination: "Résiliation" / "Termination";
    kind_exchange: "Échange de box" / "Box exchange";
    state: "État" / "State";
    state_in_progress: "En cours" / "In progress";
    state_shipped: "Expédiée" / "Shipped";
    state_failed: "En échec" / "Failed";
    state_done: "Terminée" / "Done";
    state_appointment: "Rendez-vous à reprendre" / "Appointment to take again";
    state_awaiting_return: "En attente de restitution" / "Awaiting return";
    advice_in_progress: "Nous préparons cette commande. Vous n’avez rien à faire."
        / "We are preparing this order. There is nothing for you to do.";
    advice_shipped: "La box est partie. Le technicien l’installe au rendez-vous."
        / "The box is on its way. The technician installs it at the appointment.";
    advice_failed: "La commande n’a pas abouti. Ouvrez un ticket en indiquant sa référence."
        / "The order has failed. Open a ticket and give its reference.";
    advice_done: "Cette commande est terminée." / "This order is done.";
    advice_appointment: "Le rendez-vous n’a pas eu lieu. Reprenez-en un avec e-RDV, sur la référence de l’accès."
        / "The appointment didn’t take place. Take another one with e-RDV, under the access reference.";
    advice_awaiting_return: "Nous attendons le retour de l’ancienne box. Le bon de retour est dans le colis."
        / "We are waiting for the old box. The return slip is in the parcel.";

    order: "Commande" / "Order";
    reference: "Référence" / "Reference";
    offer: "Offre" / "Offer";
    site: "Site" / "Site";
    access_id: "Référence de l’accès" / "Access reference";
    ordered_on: "Commandée le" / "Ordered on";
    appointment: "Rendez-vous" / "Appointment";
    setup: "Mise en service" / "Set-up";
    monthly: "Abonnement mensuel" / "Monthly fee";
    amounts_note: "Montants hors taxes." / "Amounts before VAT.";
    filtered_by: "Filtre" / "Filter";
    clear_filter: "Effacer le filtre" / "Clear the filter";
    no_orders: "Aucune commande ici." / "No orders here.";
    no_orders_now: "Vos commandes apparaissent dès leur enregistrement."
        / "Your orders appear as soon as they are recorded.";
    back_to_orders: "Toutes les commandes" / "All orders";

    number: "Numéro" / "Number";
    invoice: "Facture" / "Invoice";
    credit_note: "Avoir" / "Credit note";
    issued_on: "Date" / "Date";
    due_on: "Échéance" / "Due";
    total: "Total TTC" / "Total with VAT";
    document: "Document" / "Document";
    download_pdf: "PDF" / "PDF";
    invoice_paid: "Réglée" / "Paid";
    invoice_due: "À régler" / "To pay";
    invoice_overdue: "En retard" / "Overdue";
    invoice_credited: "Déduit" / "Credited";
    no_invoices: "Aucune facture pour le moment." / "No invoices yet.";
    no_invoices_now: "La première paraît au début du mois qui suit votre première commande."
        / "The first one appears at the start of the month after your first order.";

    ticket: "Ticket" / "Ticket";
    subject: "Objet" / "Subject";
    opened_on: "Ouvert le" / "Opened on";
    ticket_open: "Ouvert" / "Open";
    ticket_waiting: "En attente de votre réponse" / "Waiting for your answer";
    ticket_solved: "Résolu" / "Solved";
    ticket_closed: "Clos" / "Closed";
    history: "Historique" / "History";
    support: "Assistance" / "Support";
    no_tickets: "Aucun ticket." / "No tickets.";
    no_tickets_now: "Une question, une panne\u{a0}? Écrivez à notre service clients, nous ouvrons un ticket pour vous."
        / "A question, a fault? Write to our customer service, and we open a ticket for you.";
    back_to_tickets: "Tous les tickets" / "All tickets";

    label: "Libellé" / "Label";
    e_service: "E-service" / "E-service";
    environment: "Environnement" / "Environment";
    production: "Production" / "Production";
    non_production: "Hors-production" / "Non-production";
    published_on: "Publié le" / "Published on";
    expires_on: "Expire le" / "Expires on";
    validity: "Validité" / "Validity";
    certificate_good: "En cours de validité" / "Valid";
    certificate_soon: "Expire bientôt" / "Expires soon";
    certificate_over: "Expiré" / "Expired";
    no_certificates: "Aucun certificat." / "No certificates.";
    no_certificates_now: "Vos certificats sont déposés ici dès l’ouverture d’un e-service."
        / "Your certificates are put here as soon as an e-service is opened.";

    back_home: "Retour à l’accueil" / "Back to the home page";
    try_again: "Réessayer" / "Try again";
    ask_service: "Écrire au service clients" / "Write to customer service";
    error_reference: "Référence à rappeler" / "Reference to quote";
    not_found: "Cette page n’existe pas" / "This page doesn’t exist";
    not_found_why: "L’adresse ou la référence est inconnue, ou ne fait pas partie de vos données."
        / "The address or reference is unknown, or isn’t part of your data.";
    not_found_what_now: "Vérifiez la référence, ou cherchez-la dans vos listes."
        / "Check the reference, or look for it in your lists.";
    unreachable: "La connexion est momentanément impossible" / "Signing in is not possible right now";
    unreachable_why: "Le service d’identification ne répond pas, et sans lui nous ne pouvons vérifier vos droits."
        / "The identity service does not answer, and without it we can’t check your rights.";
    unreachable_what_now: "Réessayez dans un instant. Vos données ne risquent rien."
        / "Try again in a moment. Your data is safe.";
    broken: "Une erreur est survenue de notre côté" / "Something went wrong on our side";
    broken_what_now: "Réessayez dans un instant. Si cela se répète, écrivez-nous en rappelant la référence."
        / "Try again in a moment. If it happens again, write to us and quote the reference.";
    not_signed_in: "Vous n’êtes pas connecté" / "You are not signed in";
    not_signed_in_why: "La connexion a été refusée ou abandonnée." / "The sign-in was refused or given up.";
    not_signed_in_what_now: "Vous pouvez réessayer. Si l’accès vous est refusé, votre administrateur ou notre service \
        clients vous dira pourquoi."
        / "You can try again. If access is refused, your administrator or our customer service will tell you why.";
    failed_why: "La réponse du service d’identification n’est plus valable."
        / "The answer of the identity service is no longer good.";
    failed_what_now: "Réessayez\u{a0}: une nouvelle connexion suffit le plus souvent."
        / "Try again: a new sign-in is usually enough.";
    foreign: "Cette connexion n’a pas commencé ici" / "This sign-in didn’t start here";
    foreign_why: "La réponse reçue n’est pas celle d’une connexion que ce navigateur a demandée, ou elle a déjà \
        servi, ou elle est trop ancienne."
        / "The answer doesn’t belong to a sign-in that this browser asked for, or it was used already, \
            or it is too old.";
    foreign_what_now: "Par prudence, rien n’a changé. Réessayez depuis ce bouton."
        / "To be safe, nothing has changed. Try again with this button.";
    no_customer: "Ce portail est réservé aux clients" / "This portal is for customers";
    no_customer_why: "Votre compte n’agit au nom d’aucune société cliente."
        / "Your account doesn’t act for any customer company.";
    no_customer_what_now: "Si vous pensez que c’est une erreur, écrivez à notre service clients."
        / "If you think this is a mistake, write to our customer service.";
    half_out: "Vous n’êtes déconnecté que du portail" / "You are signed out of the portal only";
    half_out_why: "Le service d’identification ne répond pas\u{a0}: votre session peut y rester ouverte."
        / "The identity service does not answer: your session there may still be open.";
    half_out_what_now: "Sur un poste partagé, fermez toutes les fenêtres du navigateur."
        / "On a shared computer, close all windows of the browser.";
    forged: "Vous n’avez pas été déconnecté" / "You were not signed out";
    forged_why: "La demande ne venait pas d’une page ouverte de ce portail."
        / "The request didn’t come from an open page of this portal.";
    forged_what_now: "Revenez à l’accueil et utilisez «\u{a0}Se déconnecter\u{a0}»."
        / "Go back to the home page and use “Sign out”.";
}
