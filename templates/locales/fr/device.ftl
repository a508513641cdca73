device-browser-and-system = { $browser } sur { $system }
device-unknown = Appareil inconnu
