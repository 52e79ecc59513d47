"""The screens of the demo on a Grafana, where RYTMI_GRAFANA_URL names one."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from dashboards.provisioning import data_source
from dashboards.publish import UNCHANGED, Grafana, Plan, publish
from streams import UserError
from streams.publishing import grafana_of
from streams.settings import Settings


def published(settings: Settings, prometheus: str) -> tuple[str | None, str]:
    """Put the screens there, with the demo's Prometheus as what they read; address of the first one, and what to say.

    A demo ends, and goes on without a Grafana that will not have it. One whose screens read a Prometheus on another
    machine is somebody's own: it is left as it is, and so is everybody's first page.
    """
    try:
        with grafana_of(settings) as grafana:
            theirs = _elsewhere(grafana, prometheus)
            if theirs is not None:
                return None, f"left as it is: its screens show {theirs}"
            done = list(publish(grafana, Plan(prometheus, home=False)))
    except UserError as wrong:
        return None, f"none. {wrong}"
    changed = sum(one.outcome != UNCHANGED for one in done)
    return f"{settings.grafana.url}/d/rytmi-now?kiosk", f"screens published, {changed} of {len(done)} changed"


def _elsewhere(grafana: Grafana, prometheus: str) -> str | None:
    """The Prometheus that the screens which are there read, unless it is on this machine."""
    known = grafana.get(f"/datasources/uid/{data_source(prometheus)['uid']}")
    url = known["url"] if known is not None else prometheus
    return None if _is_here(urlsplit(url).hostname or "") else url


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
