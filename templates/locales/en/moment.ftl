moment-with-distance = { $moment }, { $distance }
moment-today = today { $hour }
moment-yesterday = yesterday { $hour }
moment-tomorrow = tomorrow { $hour }
moment-weekday-and-hour = { $weekday } { $hour }
moment-date-and-hour = { $date }, { $hour }
moment-exact = { $weekday } { $date }, { $hour } ({ $zone })
moment-date = { $day } { $month } { $year }
moment-hour = { $hour }:{ $minute }
moment-now = just now
moment-in-minutes = { $count ->
    [one] in a minute
   *[other] in { $count } minutes
}
moment-in-hours = { $count ->
    [one] in an hour
   *[other] in { $count } hours
}
moment-in-days = { $count ->
    [one] in a day
   *[other] in { $count } days
}
moment-minutes-ago = { $count ->
    [one] a minute ago
   *[other] { $count } minutes ago
}
moment-hours-ago = { $count ->
    [one] an hour ago
   *[other] { $count } hours ago
}
moment-days-ago = { $count ->
    [one] a day ago
   *[other] { $count } days ago
}
moment-weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
moment-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
