"""The Grafana of the settings, and what there is to be marked on it: strategic decisions, as the topic tells them.

With a mark for each of their stages, before and after are seen on screens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashboards.publish import Access, Grafana, Mark, PublishError
from streams import UserError
from streams.results.decisions import events
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


def marks_of(settings: Settings) -> list[Mark]:
    """A mark for each stage that a strategic decision has reached, when that was first told, oldest first.

    Its words are as in `Open on Sundays (stores): effective`.
    """
    first: dict[tuple[str, str], Mark] = {}
    for event in events(settings):
        if event.level == "strategic":
            where = f" ({event.unit})" if event.unit else ""
            words = f"{event.title or event.decision}{where}: {event.stage}"
            mark = Mark(event.decision, event.stage, event.at, words)
            known = first.get((mark.decision, mark.stage))
            if known is None or mark.at < known.at:
                first[mark.decision, mark.stage] = mark
    return sorted(first.values(), key=lambda mark: (mark.at, mark.decision, mark.stage))
