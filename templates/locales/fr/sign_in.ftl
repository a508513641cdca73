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
second-factor-title = Deuxième étape
second-factor-code = Code de votre application d’authentification
second-factor-recovery = Ou l’un de vos codes de secours
second-factor-remember = Ne plus demander de code dans ce navigateur pendant 30 jours
second-factor-submit = Continuer
second-factor-missing = Saisissez les six chiffres affichés par votre application, ou un code de secours
second-factor-refused = Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez.
second-factor-help = Vous avez perdu votre téléphone et vos codes de secours ? Le Service Clients, ci-dessous, vous aidera après s’être assuré que c’est bien vous.
enrol-first-title = Ajoutez une deuxième étape
enrol-first-lead = Votre société souhaite que votre compte soit protégé par plus qu’un mot de passe. Deux minutes suffisent, une fois pour toutes.
enrol-first-for = { $client } demande que votre compte soit protégé par plus qu’un mot de passe. Deux minutes suffisent, une fois pour toutes.
reauth-title = Confirmez que c’est bien vous
reauth-lead = Saisissez de nouveau votre mot de passe avant de continuer.
reauth-for = Saisissez de nouveau votre mot de passe pour continuer vers { $client }
reauth-as = Vous êtes connecté en tant que { $login }
reauth-submit = Confirmer
reauth-refused = Ce n’est pas le mot de passe de ce compte. Vérifiez-le, puis réessayez.
reauth-elsewhere = Je suis quelqu’un d’autre
