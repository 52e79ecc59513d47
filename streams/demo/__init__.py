"""The demo: a whole organisation on one machine, from nothing to live figures, and nothing left behind.

`stack` starts the broker, the topics, Prometheus, Alertmanager, workers and board (`workers`), `conductor` loads the
history and goes on live, `figures` reads the workers' /metrics (`sums`) and what
Alertmanager holds (`alarms`), `wall` shows all of it in one line or as `screen` draws it: `state` in a sentence, tables
(`tables`, `reaction`; `grid`) and lines (`facts`). `words` says it in English or Finnish. `streams.demo.organisation`
makes the events.
"""
