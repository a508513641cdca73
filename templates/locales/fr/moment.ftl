moment-with-distance = { $moment }, { $distance }
moment-today = aujourd’hui à { $hour }
moment-yesterday = hier à { $hour }
moment-tomorrow = demain à { $hour }
moment-weekday-and-hour = { $weekday } à { $hour }
moment-date-and-hour = { $date } à { $hour }
moment-exact = { $weekday } { $date } à { $hour } ({ $zone })
moment-date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
moment-hour = { $hour } h { $minute }
moment-now = à l’instant
moment-in-minutes = { $count ->
    [one] dans une minute
   *[other] dans { $count } minutes
}
moment-in-hours = { $count ->
    [one] dans une heure
   *[other] dans { $count } heures
}
moment-in-days = { $count ->
    [one] dans un jour
   *[other] dans { $count } jours
}
moment-minutes-ago = { $count ->
    [one] il y a une minute
   *[other] il y a { $count } minutes
}
moment-hours-ago = { $count ->
    [one] il y a une heure
   *[other] il y a { $count } heures
}
moment-days-ago = { $count ->
    [one] il y a un jour
   *[other] il y a { $count } jours
}
moment-weekday = { $weekday ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}
moment-month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
