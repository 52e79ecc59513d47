"""Putting the screens onto a Grafana through its HTTP API, so that doing it again changes nothing.

Everything is found again by what stays: uid of data source, folder and dashboards, name of the playlist, tag of a mark.
"""

from dashboards.publish.grafana import Access, Clash, Grafana, PublishError
from dashboards.publish.marks import Mark
from dashboards.publish.steps import UNCHANGED, Done, Plan, differences, publish

__all__ = ["UNCHANGED", "Access", "Clash", "Done", "Grafana", "Mark", "Plan", "PublishError", "differences", "publish"]
