"""The state in a sentence or a few: what somebody who looks for five seconds should take with them.

What cannot be known comes first; then what is critical and overdue, where it is, and how long one waits there; then
what stands in the way. Sentences that do not fit are left out, the least important first. A story tells of one reading
after the other what has come to an end: an outage, figures that were missing, sight that was lost.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from rich.text import Text

from processors.policy import CLOCKS
from streams.demo.figures import Figures
from streams.demo.reaction import lengths
from streams.demo.sums import CRITICAL, EVERYWHERE, Place
from streams.demo.tables import everywhere
from streams.demo.words import Length, Said, Status
from streams.metrics.names import WITHIN

BLIND_SECONDS = 5.0  # far more than it takes to read everything
_SOON, _LATER = WITHIN
_BAD, _GOOD = "\N{BLACK UP-POINTING TRIANGLE}", "\N{CHECK MARK}"
_REACTION = "acknowledge"
_ALIKE = 0.1  # lengths that differ by less say nothing: bins of a life table are that wide


class Sentence(NamedTuple):
    """What is to be said; those of the highest rank are left out first."""

    rank: int
    said: str


def state(status: Status, figures: Figures, width: int, lines: int) -> list[Text]:
    """The state, in at most so many lines."""
    sign, style, sentences = _state(status, figures)
    found = list(sentences)
    while True:
        said = " ".join(sentence.said for sentence in found)
        wrapped = textwrap.wrap(f"{sign} {said}", width - 2, subsequent_indent="  ", break_on_hyphens=False)
        if len(wrapped) <= lines or len(found) == 1:
            return [Text(f" {text} ", style) for text in wrapped[:lines]]
        found.remove(max(found, key=lambda sentence: sentence.rank))


def sentence(status: Status, figures: Figures) -> str:
    """All of it, in one line."""
    sign, _, sentences = _state(status, figures)
    return f"{sign} {' '.join(sentence.said for sentence in sentences)}"


def is_blind(status: Status, figures: Figures) -> bool:
    """Whether what is known of overdue cases lags behind."""
    return status.settled and figures.blind_for > BLIND_SECONDS


def _state(status: Status, figures: Figures) -> tuple[str, str, Iterator[Sentence]]:
    speaker = status.speaker

    if not status.settled:
        return " ", "dim", iter([Sentence(0, speaker.say("state.loading"))])
    if (unseen := _unseen(status, figures)) is not None:
        return "!", "bold reverse red", iter([unseen])
    every = everywhere(figures)
    if every.critical_late:
        return _BAD, "bold red", _overdue(status, figures, every.critical_late)
    if every.critical_unsure:
        unsure = Sentence(0, speaker.say("state.unsure", n=every.critical_unsure))
        return "?", "bold magenta", iter([unsure])
    return _GOOD, "bold green", _calm(status, figures, every)


def _unseen(status: Status, figures: Figures) -> Sentence | None:
    """Why nothing can be said; None where everything can."""
    speaker = status.speaker
    if not figures.complete:
        partitions = Said("partitions", {"owned": figures.partitions, "of": figures.partitions_of})
        return Sentence(0, speaker.say("state.incomplete", partitions=partitions))
    if not is_blind(status, figures):
        return None
    if figures.read_past_at is None:
        return Sentence(0, speaker.say("state.blind_ever"))
    return Sentence(0, speaker.say("state.blind", length=Length(figures.blind_for)))


def _overdue(status: Status, figures: Figures, late: int) -> Iterator[Sentence]:
    speaker = status.speaker
    found = [(figures.places[name].critical_overdue[clock], name, clock) for name in figures.places for clock in CLOCKS]
    most, worst, clock = max(found, key=lambda one: one[0])
    place, what = figures.places[worst], {"lacking": Said(f"lacking.{clock}"), "trend": Said(_trend(figures, worst))}
    key = "state.overdue" if most == late else "state.overdue_of"
    yield Sentence(0, speaker.say(key, n=late, most=most, place=worst, **what))
    if more := place.critical_due[_SOON]:
        yield Sentence(3, speaker.say("state.more", n=more, within=Length(WITHIN[_SOON] / 1000)))
    yield from _waiting(status, figures, worst, clock)
    yield from _cause(status, figures)


def _trend(figures: Figures, worst: str) -> str:
    before = None if figures.before is None else figures.before.get(worst)
    now = figures.places[worst].critical_late
    if before is None or before == now:
        return "trend.steady"
    return "trend.rising" if now > before else "trend.falling"


def _waiting(status: Status, figures: Figures, place: str, clock: str) -> Iterator[Sentence]:
    now, _ = lengths(status, figures, place, CRITICAL, clock)
    _, usual = lengths(status, figures, EVERYWHERE, CRITICAL, clock)  # elsewhere, too: an outage is much of its place
    if not now.started:
        return
    key = "state.waiting" if now.half is None else "state.half"
    half = {} if now.half is None else {"length": Length(now.half)}
    if usual.half is None or (now.half is not None and abs(now.half - usual.half) <= _ALIKE * usual.half):
        yield Sentence(1, status.speaker.say(f"{key}_new", **half))
    else:
        yield Sentence(1, status.speaker.say(key, **half, usual=Length(usual.half)))


def _cause(status: Status, figures: Figures) -> Iterator[Sentence]:
    cause, cases = max(figures.blocked.items(), key=lambda one: one[1], default=("", 0))
    if cases:
        yield Sentence(2, status.speaker.say("state.cause", cause=cause, n=cases))


def _calm(status: Status, figures: Figures, every: Place) -> Iterator[Sentence]:
    speaker = status.speaker
    if soon := every.critical_due[_SOON]:
        yield Sentence(0, speaker.say("state.soon", n=soon, within=Length(WITHIN[_SOON] / 1000)))
    elif later := every.critical_due[_LATER]:
        yield Sentence(0, speaker.say("state.soon", n=later, within=Length(WITHIN[_LATER] / 1000)))
    else:
        yield Sentence(0, speaker.say("state.calm", within=Length(WITHIN[_LATER] / 1000)))
    now, usual = lengths(status, figures, EVERYWHERE, EVERYWHERE, "decide")
    if now.half is not None and usual.half is not None:
        yield Sentence(1, speaker.say("state.decisions", length=Length(now.half), usual=Length(usual.half)))
    yield from _cause(status, figures)


class Story:
    """Looks at one reading after the other, and says what has come to an end."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._place: str | None = None
        self._incomplete_since: float | None = None
        self._blind_since: float | None = None

    def await_end(self, place: str) -> None:
        """From now on, say it when no critical case there is overdue for its first reaction any more."""
        self._place = place

    def take(self, figures: Figures) -> None:
        """The next reading."""
        if not self._status.settled:
            return
        self._incomplete_since = self._lasting(
            self._incomplete_since, not figures.complete, figures.at, "notice.complete"
        )
        blind = figures.complete and is_blind(self._status, figures)
        self._blind_since = self._lasting(self._blind_since, blind, figures.at, "notice.sight")
        if self._place is not None and figures.complete and not blind:
            place = figures.places.get(self._place)
            if place is not None and not place.critical_overdue[_REACTION] + place.critical_unsure:
                self._status.notice(Said("notice.normal", {"place": self._place}), figures.at)
                self._place = None

    def _lasting(self, since: float | None, is_so: bool, at: float, ended: str) -> float | None:
        """Since when something has been so; None, and a notice, once it is over."""
        if is_so:
            return at if since is None else since
        if since is not None:
            self._status.notice(Said(ended, {"length": Length(at - since)}), at)
        return None
