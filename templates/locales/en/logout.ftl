logout-title = Sign out?
logout-asked-by = { $client } asks to sign you out.
logout-means = You will be signed out of { $service } in this browser, and of the applications you entered with it.
logout-confirm = Sign out
logout-cancel = Stay signed in
logged-out-title = You are signed out
logged-out-means = On a shared computer, close the browser as well.
logged-out-again = Sign in again
