"""The Grafana of the settings, and what there is to be marked on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashboards.publish import Access, Grafana, Mark, PublishError
from streams import UserError
from streams.results.strategic import strategic
from streams.settings import Settings


@contextmanager
def grafana_of(settings: Settings) -> Iterator[Grafana]:
    """The Grafana that RYTMI_GRAFANA_URL names. What goes wrong with it is the user's to mend: raises UserError."""
    access = settings.grafana
    if access.url is None:
        raise UserError("RYTMI_GRAFANA_URL: missing; write the address of the Grafana, as in http://grafana:3000")
    if access.token is None:
        raise UserError(
            "RYTMI_GRAFANA_TOKEN: missing; set it, or RYTMI_GRAFANA_TOKEN_FILE, to a service account's token"
        )
    try:
        yield Grafana(Access(access.url, access.token, access.ca))
    except PublishError as wrong:
        raise UserError(str(wrong)) from wrong


def marks_of(settings: Settings) -> tuple[Mark, ...]:
    """A mark for each stage of each strategic decision in Kafka."""
    return tuple(Mark(step.decision, step.stage, step.at, step.words) for step in strategic(settings))
