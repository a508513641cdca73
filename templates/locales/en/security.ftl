totp-title = Two-step sign-in
totp-lead = With an authenticator app, nobody gets in with your password alone: a code from your phone is asked for as well.
totp-scan = Open an authenticator app on your phone and scan this square.
totp-type = You can’t scan it? Type this key into the app instead:
totp-first-code = Enter the six digits that the app shows now.
totp-enable = Switch on
totp-wrong-first-code = This isn’t the code the app shows now. Check that you scanned this square, and that your phone’s clock is right.
totp-on = On
totp-since = since
totp-replace-title = A new phone
totp-replace-lead = Set up the app on another phone; the old one then stops working here.
totp-replace = Set up another app
totp-replacing = Once you switch on the new app, the old one and your recovery codes stop working. You get new recovery codes.
totp-remove-title = Switch off
totp-removing = Your password alone will let you in. Your app, your recovery codes and the browsers you asked us to remember no longer count.
totp-remove = Switch off two-step sign-in
totp-required = Two-step sign-in is required of you, so it can’t be switched off. You can set up another app.
recovery-codes-title = Recovery codes
recovery-codes-left = { $count ->
    [0] You have no recovery code left.
    [one] You have one recovery code left.
   *[other] You have { $count } recovery codes left.
}
recovery-codes-renewing = If you make new ones, the old ones stop working.
recovery-codes-renew = Make new recovery codes
recovery-codes-made = Your recovery codes
recovery-codes-keep = They let you in when you don’t have your phone. Print them, or write them down, and keep them where only you can reach them.
recovery-codes-once = Each works once. We can’t show them to you again; you can make new ones at any time.
recovery-codes-go-on = I have kept them
