device-browser-and-system = { $browser } on { $system }
device-unknown = Unknown device
