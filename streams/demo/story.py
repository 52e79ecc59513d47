"""What the figures tell as time goes by: an outage that ends, figures that come back, sight that comes back."""

from __future__ import annotations

from streams.demo.figures import Figures
from streams.demo.state import is_blind
from streams.demo.status import Status
from streams.demo.words import Length, Said

_REACTION = "acknowledge"


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
