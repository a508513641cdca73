language-fr = Français
language-en = English
layout-description = { $service } : connectez-vous et gérez vos accès.
layout-skip = Aller au contenu
layout-language = Langue
layout-sign-out = Se déconnecter
layout-help = Service Clients :
customer-service = Service Clients
user-administrator = Administrateur des utilisateurs
whom-write = Écrire
reference = Référence :
# Ce qui sépare un libellé de sa valeur.
colon = {" "}:
form-error-prefix = Erreur :
form-errors = { $count ->
    [one] Un point est à corriger
   *[other] { $count } points sont à corriger
}
welcome-title = Bienvenue
welcome-lead = { $service } vous ouvre votre espace client, avec un seul compte pour tous ses services.
welcome-whom = Pas encore de compte ? L’administrateur des utilisateurs de votre société ou le Service Clients peut vous donner un accès.
