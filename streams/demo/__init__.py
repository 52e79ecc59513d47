"""The demo: a whole organisation on one machine, from nothing to live figures, and nothing left behind.

`stack` starts the broker, the topics, Prometheus, Alertmanager, the workers (`workers`) and the board (`board`),
`conductor` loads the history and goes on live, `figures` reads the workers' own /metrics (`sums`; `measured`: those of
the view) and what Alertmanager holds (`alarms`), `story` tells what has come to an end, `wall` shows all of it as
`screen` draws it: `state` in a sentence, tables (`units`, `reaction`, `table`, `panel`; `grid`) and lines
(`facts`), or as one `line`. `words` says it in English or Finnish. `streams.demo.organisation` makes the events.
"""
