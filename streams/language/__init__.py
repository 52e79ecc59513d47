"""What the shell says to people, in English and in Finnish: how sentences, numbers, lengths and instants are written.

`locales` holds what differs between the two languages as data; `lengths`, `instants` and `hours` write from it.
`statements` are what is to be said, `speaker` turns them into sentences by the catalogue of a room: the words
themselves stay with the room that says them. `outside` cleans names that others have chosen. No clock is read here.
"""
