"""The board: cases as people work on them, in a browser. It consumes our own topics, as any downstream system would.

From the topics to a page: `projection` reads them into `store`, a SQLite view that can be thrown away, and `hub` tells
the pages that show what has changed. `pages` says what each page shows (with `cases`, `timeline`, `person`,
`unit_page`), `templates` renders it, `words` has its languages.

From a click to an event: `app` has the routes. `sign_in` and `access` say who asks, `identity` what they may, `forms`
whether their form is from a page of ours. `commands` turns it into an Action event and an audit, or refuses it with a
reason, and `sending` sends both. `serving` is the server.

The board holds no truth: an action changes nothing here but a note that it is under way. What it did is shown when the
case comes back through the stream.
"""
