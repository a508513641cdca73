login-title = Connexion
login-to-continue = pour accéder à { $client }
login-to-account = à votre compte { $service }
login-username = E-mail ou identifiant
login-password = Mot de passe
login-submit = Se connecter
login-username-missing = Saisissez votre e-mail ou votre identifiant
login-password-missing = Saisissez votre mot de passe
login-refused = Ce nom et ce mot de passe ne correspondent pas. Vérifiez les deux, puis réessayez.
login-too-often = { $count ->
    [one] Trop d’essais. Réessayez dans une minute.
   *[other] Trop d’essais. Réessayez dans { $count } minutes.
}
login-help = Vous n’arrivez pas à vous connecter ? Adressez-vous à l’administrateur des utilisateurs de votre société, ou écrivez au Service Clients ci-dessous.
company-choice-title = Pour quelle société venez-vous ?
company-choice-for = Vous verrez les données de cette société dans { $client }.
company-choice-lead = Vous êtes le contact de plusieurs sociétés.
company-choice-later = Vous pourrez changer de société à tout moment dans « Mon compte ».
company-here = Actuelle
login-upstream = Personnel : se connecter avec { $provider }
