login-title = Sign in
login-to-continue = to continue to { $client }
login-to-account = to your { $service } account
login-username = Email or login
login-password = Password
login-submit = Sign in
login-username-missing = Enter your email or your login
login-password-missing = Enter your password
login-refused = This name and password don’t go together. Check both and try again.
login-too-often = { $count ->
    [one] Too many attempts. Try again in a minute.
   *[other] Too many attempts. Try again in { $count } minutes.
}
login-help = Can’t get in? Ask your company’s user administrator, or write to Customer Service below.
company-choice-title = Which company are you acting for?
company-choice-for = You will see this company’s data in { $client }.
company-choice-lead = You are a contact of several companies.
company-choice-later = You can change the company at any time in “My account”.
company-here = Current
login-upstream = Staff: sign in with { $provider }
second-factor-title = Second step
second-factor-code = Code from your authenticator app
second-factor-recovery = Or one of your recovery codes
second-factor-remember = Don’t ask for a code in this browser for 30 days
second-factor-submit = Continue
second-factor-missing = Enter the six digits your app shows, or a recovery code
second-factor-refused = This code isn’t right, or was used before. Wait for the next one, then try again.
second-factor-help = Lost your phone and your recovery codes? Customer Service, below, can help you once they know it is you.
enrol-first-title = Set up a second step
enrol-first-lead = Your company wants your account to be safe with more than a password. It takes two minutes, once.
enrol-first-for = { $client } wants your account to be safe with more than a password. It takes two minutes, once.
reauth-title = Please confirm that it is you
reauth-lead = Enter your password again before you go on.
reauth-for = Enter your password again to go on to { $client }
reauth-as = You are signed in as { $login }
reauth-submit = Confirm
reauth-refused = That isn’t the password of this account. Check it, then try again.
reauth-elsewhere = I am somebody else
