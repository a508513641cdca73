logout-title = Se déconnecter ?
logout-asked-by = { $client } demande votre déconnexion.
logout-means = Vous serez déconnecté de { $service } dans ce navigateur, et des applications ouvertes avec ce compte.
logout-confirm = Se déconnecter
logout-cancel = Rester connecté
logged-out-title = Vous êtes déconnecté
logged-out-means = Sur un ordinateur partagé, fermez aussi le navigateur.
logged-out-again = Se reconnecter
