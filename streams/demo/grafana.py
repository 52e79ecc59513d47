"""The screens of the demo on a Grafana of this machine, where RYTMI_GRAFANA_URL names one."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from dashboards.provisioning import data_source
from dashboards.publish import UNCHANGED, Grafana, Plan, publish
from streams import UserError
from streams.results.grafana import grafana_of
from streams.settings import Settings

_OF_A_DEMO = "rytmiDemo"


def published(settings: Settings, prometheus: str) -> tuple[str | None, str]:
    """Put the screens there, with the demo's Prometheus as what they read; address of the first one, and what to say.

    A demo goes on without a Grafana that will not have it. Left as it is: one on another machine, which could not reach
    the demo's Prometheus; one whose screens read a Prometheus that was there before; and everybody's first page.
    """
    url = settings.grafana.url or ""
    if not _is_here(urlsplit(url).hostname or ""):
        return None, f"none: {url} is not on this machine, and could not read the demo's Prometheus"
    try:
        with grafana_of(settings) as grafana:
            theirs = _real(grafana, prometheus)
            if theirs is not None:
                return None, f"left as it is: its screens show {theirs}"
            done = list(publish(grafana, Plan(prometheus, home=False, noted={_OF_A_DEMO: True})))
    except UserError as wrong:
        return None, f"none. {wrong}"
    changed = sum(one.outcome != UNCHANGED for one in done)
    return f"{url}/d/rytmi-now?kiosk", f"screens published, {changed} of {len(done)} changed"


def _real(grafana: Grafana, prometheus: str) -> str | None:
    """The Prometheus that the screens which are there read, unless a demo put them there."""
    known = grafana.get(f"/datasources/uid/{data_source(prometheus)['uid']}")
    return None if known is None or known["jsonData"].get(_OF_A_DEMO) else str(known["url"])


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
