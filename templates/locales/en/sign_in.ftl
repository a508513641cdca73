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
