language-fr = Français
language-en = English
layout-description = { $service }: sign in and manage your access.
layout-skip = Skip to the content
layout-language = Language
layout-sign-out = Sign out
layout-help = Customer Service:
customer-service = Customer Service
user-administrator = User administrator
whom-write = Write
reference = Reference:
# What stands between a label and its value.
colon = :
form-error-prefix = Error:
form-errors = { $count ->
    [one] There is a problem
   *[other] There are { $count } problems
}
welcome-title = Welcome
welcome-lead = { $service } opens the doors of your customer portal, with one account for all its services.
welcome-whom = No account yet? Your company’s user administrator or Customer Service can give you access.
