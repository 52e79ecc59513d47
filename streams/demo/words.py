"""What the wall says beside the figures, and to whom: sentences by key, numbers, lengths and times of day.

The sentences of a language are in `words_en` and `words_fi`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple

from processors.panes import DAY_MS
from processors.policy import OTHER
from streams.config import Config
from streams.demo.words_en import ENGLISH
from streams.demo.words_fi import FINNISH
from streams.language import lengths
from streams.language import speaker as speaking
from streams.language.statements import Rough as Length
from streams.language.statements import Statement as Said
from streams.language.statements import TimeOfDay as Moment

__all__ = ["Length", "Moment", "Notice", "Said", "Speaker", "Status", "language_of", "speaker", "status_of"]
_MOST_NOTICES = 8  # kept; how many are shown follows from the height
_LANGUAGES = {"en": ENGLISH, "fi": FINNISH}


class Speaker(speaking.Speaker):
    """Says things in a language, as there is room for them on a wall."""

    def said(self, what: Said) -> str:
        """The sentence of what is to be said."""
        return self.phrase(what)

    def number(self, value: int) -> str:
        """A whole number."""
        return self.locale.number(value)

    def decimal(self, value: float, digits: int) -> str:
        """A number with so many digits after the point."""
        return self.locale.narrow(value, digits)

    def length(self, seconds: float) -> str:
        """A length of time in one unit."""
        return lengths.rough(seconds, self.locale)

    def lag(self, seconds: float) -> str:
        """A short length in tenths of a second."""
        return f"{self.decimal(seconds, 1)} {self.locale.units['s']}"

    def span(self, seconds: float) -> str:
        """A length of time in its two largest units, as in `6d 3h`."""
        return lengths.tight(seconds, self.locale)

    def window(self, label: str) -> str:
        """A window by its label, as the configuration writes lengths: `7d`."""
        number = label.rstrip("smhd")
        unit = {"m": "min"}.get(label[len(number) :], label[len(number) :])
        known = number.isdecimal() and unit in self.locale.units
        return f"{number} {self.locale.units[unit]}" if known else label

    def time(self, at: float) -> str:
        """A time of day with seconds; `at`: seconds since the epoch."""
        return str(self.written(Moment(at)))

    def short_time(self, at: float) -> str:
        """A time of day without seconds."""
        return self.time(at)[:-3]


class Notice(NamedTuple):
    """Something that has happened, and when (seconds since the epoch)."""

    at: float
    said: Said


@dataclass
class Status:
    """What is told to one viewer beside the figures, and what has to be known of the organisation to show them."""

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
    """That of a demo that starts."""
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


def language_of(environment: Mapping[str, str]) -> str:
    """`fi` or `en`, by the first that is set of LC_ALL, LC_MESSAGES and LANG; English for every other language."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "fi" if named.lower().replace("-", "_").split(".")[0].split("_")[0] == "fi" else "en"


def speaker(code: str, zone: tzinfo | None = None) -> Speaker:
    """One who speaks `en` or `fi`, and tells times of day in that zone; None: in this machine's."""
    return Speaker(_LANGUAGES[code], zone)
