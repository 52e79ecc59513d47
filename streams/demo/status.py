"""What the wall says beside the figures, and what it has to know of the organisation to show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from processors.panes import DAY_MS
from processors.policy import OTHER
from streams.config import Config
from streams.demo.words import Said, Speaker

_MOST_NOTICES = 8  # kept; how many are shown follows from the height


class Notice(NamedTuple):
    """Something that has happened, and when (seconds since the epoch)."""

    at: float
    said: Said


@dataclass
class Status:
    """One viewer's."""

    speaker: Speaker
    touchpoints: Sequence[str]  # in the order of the configuration
    units: Mapping[str, str]  # by touchpoint
    addresses: Sequence[str]  # of the workers
    window: str = "1d"  # what is shown of the measures, where they have windows
    usual: str = "28d"  # what that is compared with
    alertmanager: str | None = None  # its address; None: alarms stay in their topic
    prometheus: str | None = None  # address of its page of alerts
    board: str | None = None  # address of the board
    screens: str | None = None  # address of the first screen on a Grafana
    phase: Said = Said("phase.starting")  # noqa: RUF009 - a value that nothing changes
    settled: bool = False  # the history has been taken in: before, figures are true of some past day
    notices: list[Notice] = field(default_factory=list)

    def notice(self, said: Said, at: float) -> None:
        """Something that happened, to stay visible for a while."""
        self.notices = [*self.notices, Notice(at, said)][-_MOST_NOTICES:]

    @property
    def unit_names(self) -> list[str]:
        """In the order of the configuration; what belongs to nobody comes last."""
        names = dict.fromkeys(self.units[place] for place in self.touchpoints)
        return [name for name in names if name != OTHER] + [OTHER]


def status_of(config: Config, speaker: Speaker, addresses: Sequence[str]) -> Status:
    """The status of a demo that starts."""
    places = [one.id for one in config.file.touchpoints]
    windows = list(config.windows)
    return Status(
        speaker,
        places,
        {place: config.policies.unit(place) or OTHER for place in (*places, OTHER)},
        addresses,
        window=next((label for label, length in config.windows.items() if length >= DAY_MS), windows[-1]),
        usual=windows[-1],
    )
