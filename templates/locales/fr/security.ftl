totp-title = Connexion en deux étapes
totp-lead = Avec une application d’authentification, votre mot de passe ne suffit plus pour entrer : un code de votre téléphone est aussi demandé.
totp-scan = Ouvrez une application d’authentification sur votre téléphone et scannez ce carré.
totp-type = Vous ne pouvez pas le scanner ? Saisissez cette clé dans l’application :
totp-first-code = Saisissez les six chiffres que l’application affiche maintenant.
totp-enable = Activer
totp-wrong-first-code = Ce n’est pas le code que l’application affiche maintenant. Vérifiez que vous avez scanné ce carré et que l’heure de votre téléphone est juste.
totp-on = Activée
totp-since = depuis
totp-replace-title = Un nouveau téléphone
totp-replace-lead = Installez l’application sur un autre téléphone ; l’ancien ne fonctionnera plus ici.
totp-replace = Installer une autre application
totp-replacing = Dès que la nouvelle application sera activée, l’ancienne et vos codes de secours ne fonctionneront plus. Vous recevrez de nouveaux codes de secours.
totp-remove-title = Désactiver
totp-removing = Votre mot de passe suffira pour entrer. Votre application, vos codes de secours et les navigateurs mémorisés ne compteront plus.
totp-remove = Désactiver la connexion en deux étapes
totp-required = La connexion en deux étapes est obligatoire pour vous : elle ne peut pas être désactivée. Vous pouvez installer une autre application.
recovery-codes-title = Codes de secours
recovery-codes-left = { $count ->
    [0] Il ne vous reste aucun code de secours.
    [one] Il vous reste un code de secours.
   *[other] Il vous reste { $count } codes de secours.
}
recovery-codes-renewing = Si vous en créez de nouveaux, les anciens ne fonctionneront plus.
recovery-codes-renew = Créer de nouveaux codes de secours
recovery-codes-made = Vos codes de secours
recovery-codes-keep = Ils vous permettent d’entrer quand vous n’avez pas votre téléphone. Imprimez-les ou notez-les, et gardez-les à un endroit que vous seul pouvez atteindre.
recovery-codes-once = Chacun ne sert qu’une fois. Nous ne pourrons plus vous les montrer ; vous pouvez en créer d’autres à tout moment.
recovery-codes-go-on = Je les ai conservés
