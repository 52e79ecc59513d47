"""Alarms to people: what rytmi.alarm.v1 says is told to Alertmanager, which groups, routes, silences and pages.

`book` keeps what is active, `line` brings it to one Alertmanager and keeps it alive there, `sink` is what a worker
calls, `labels` and `text` are what an alarm looks like. Nothing here decides whether something is overdue.
"""

from streams.alertmanager.posting import Access
from streams.alertmanager.sink import Sink
from streams.alertmanager.text import Links

__all__ = ["Access", "Links", "Sink"]
