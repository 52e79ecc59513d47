"""The board: cases as people work on them, in a browser. It consumes our own topics, as any downstream system would.

The way in: `projection` (topics into `store`, a SQLite view that can be thrown away) and `hub` (who looks at what has
changed). The way out: `access` (who asks, and what they may), `commands` (what is asked for becomes an Action event and
an audit, or is refused with a reason), `sending`. Pages: `app` (routes), `cases`, `case_page`, `person`, `unit_page`
(what they show), `words` (how it is said).

The board holds no truth: an action changes nothing here but a note that it is under way. What it did is shown when the
case comes back through the stream.
"""
