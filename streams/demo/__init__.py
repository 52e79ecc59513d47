"""The demo: a whole organisation on one machine, from nothing to live figures, and nothing left behind.

`stack` starts the broker, the topics, Prometheus, Alertmanager and the workers (`workers`), `conductor` loads the
history and goes on live, `figures` reads the workers' own /metrics (`sums`) and what Alertmanager holds (`alarms`),
`wall` shows them as `streams.view` draws them (`table`, `panel`), `streams.simulation` makes the events.
"""
