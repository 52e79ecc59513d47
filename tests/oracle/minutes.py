"""Working hours minute by minute: what hangs on the wall is read at every minute, and the open ones are crossed off.

Nothing here knows of offsets, of folds or of sums over intervals. A stretch of days is a list of the wall times that
its minutes show. An interval begins with the first minute that shows its opening and ends with the last that shows its
closing; where no minute shows it, the clocks jumped over it, and the minute at which they did stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
MARGIN_DAYS = 4  # an interval of a day may end two days later, and a date is up to half a day beside UTC's
Pause = tuple[int, int | None]


class Week(NamedTuple):
    """Hours a day (Monday first) in minutes after midnight, as (opening, closing); nothing opens on the days off."""

    zone: str
    days: tuple[tuple[tuple[int, int], ...], ...]
    days_off: frozenset[date] = frozenset()


class Stretch(NamedTuple):
    """The minutes of some days and what the wall shows at each; questions may be asked from `begin_ms` to `end_ms`."""

    first: date
    last: date
    begin_ms: int
    end_ms: int
    zero_ms: int  # the instant of minute 0
    walls: list[datetime]
    shown: dict[datetime, list[int]]
    jumps: list[tuple[datetime, datetime, int]]  # wall before, wall after, first minute after


def midnight_ms(day: date) -> int:
    return round(datetime.combine(day, time(), UTC).timestamp()) * 1000


def stretch(zone: str, first: date, last: date) -> Stretch:
    """The days from first to last of UTC, with days beside them for intervals that reach in."""
    info = ZoneInfo(zone)
    zero_ms = midnight_ms(first - timedelta(days=MARGIN_DAYS))
    count = (midnight_ms(last + timedelta(days=MARGIN_DAYS)) - zero_ms) // MINUTE_MS
    walls = [
        datetime.fromtimestamp(zero_ms // 1000 + 60 * minute, info).replace(tzinfo=None, fold=0)
        for minute in range(count)
    ]
    assert not any(wall.second for wall in walls), "minutes are enough only where offsets are whole minutes"
    shown: dict[datetime, list[int]] = {}
    for minute, wall in enumerate(walls):
        shown.setdefault(wall, []).append(minute)
    jumps = [
        (before, after, minute)
        for minute, (before, after) in enumerate(pairwise(walls), 1)
        if after - before > timedelta(minutes=1)
    ]
    return Stretch(first, last, midnight_ms(first), midnight_ms(last), zero_ms, walls, shown, jumps)


class Minutes:
    """A week's hours over a stretch of days. Answers are None where they lie behind its end."""

    def __init__(self, week: Week, seen: Stretch) -> None:
        self.seen = seen
        self.open = bytearray(len(seen.walls))
        day = seen.first - timedelta(days=MARGIN_DAYS - 1)
        while day <= seen.last + timedelta(days=1):
            for opens, closes in () if day in week.days_off else week.days[day.weekday()]:
                midnight = datetime.combine(day, time())
                begin = self._shows(midnight + timedelta(minutes=opens))[0]
                end = self._shows(midnight + timedelta(minutes=closes))[-1]
                for minute in range(begin, end):
                    self.open[minute] = 1
            day += timedelta(days=1)

    def _shows(self, wall: datetime) -> list[int]:
        if wall in self.seen.shown:
            return self.seen.shown[wall]
        return [minute for before, after, minute in self.seen.jumps if before < wall < after]

    def opening(self, at_ms: int) -> int | None:
        """The first open instant from `at` on: inside an open minute it is `at` itself."""
        minute = self._minute(at_ms)
        if self.open[minute]:
            return at_ms
        found = self.open.find(1, minute)
        return None if found < 0 or self._begins(found) >= self.seen.end_ms else self._begins(found)

    def worked(self, start_ms: int, end_ms: int) -> int:
        """Open minutes are counted; the first lacks what lies before the start, of the last a part is added."""
        if end_ms <= start_ms:
            return 0
        first, last = self._minute(start_ms), self._minute(end_ms)
        before_start = self.open[first] * (start_ms - self._begins(first))
        until_end = self.open[last] * (end_ms - self._begins(last))
        return self.open.count(1, first, last) * MINUTE_MS - before_start + until_end

    def worked_less(self, start_ms: int, end_ms: int, pauses: Sequence[Pause]) -> int:
        return sum(end - begin for begin, end in self._pieces(start_ms, end_ms, pauses))

    def after(self, start_ms: int, worked_ms: int, pauses: Sequence[Pause] = ()) -> int | None:
        """The first instant by which that much has been worked outside the pauses."""
        if worked_ms <= 0:
            return start_ms
        for begin, end in self._pieces(start_ms, self.seen.end_ms, pauses):
            if end - begin >= worked_ms:
                return begin + worked_ms
            worked_ms -= end - begin
        return None

    def _minute(self, at_ms: int) -> int:
        return (at_ms - self.seen.zero_ms) // MINUTE_MS

    def _begins(self, minute: int) -> int:
        return self.seen.zero_ms + minute * MINUTE_MS

    def _pieces(self, start_ms: int, end_ms: int, pauses: Sequence[Pause]) -> Iterator[tuple[int, int]]:
        """What is open and not paused, in pieces: minutes that follow each other, cut where a pause begins or ends."""
        cuts = sorted({end_ms, *(at for pause in pauses for at in pause if at is not None)})
        at_ms: int | None = self.opening(start_ms)
        while at_ms is not None and at_ms < end_ms:
            closed = self.open.find(0, self._minute(at_ms))
            until = min(self._begins(closed if closed >= 0 else len(self.open)), *(cut for cut in cuts if cut > at_ms))
            if not any(begun <= at_ms and (resumed is None or at_ms < resumed) for begun, resumed in pauses):
                yield at_ms, until
            at_ms = self.opening(until)


def changes(zone: str, first_year: int, last_year: int) -> list[tuple[datetime, datetime, int]]:
    """Every clock change of those years: the wall time that would have come, the one that came, and the instant (ms).
    Looked for hour by hour, and then minute by minute.
    """
    info = ZoneInfo(zone)

    def ahead(at: int) -> timedelta | None:
        return datetime.fromtimestamp(at, info).utcoffset()

    found = []
    begin, end = (midnight_ms(date(year, 1, 1)) // 1000 for year in (first_year, last_year + 1))
    for hour in range(begin, end, 3600):
        if ahead(hour) != ahead(hour + 3600):
            at = next(at for at in range(hour + 60, hour + 3601, 60) if ahead(at) != ahead(hour))
            came = datetime.fromtimestamp(at, info).replace(tzinfo=None, fold=0)
            before = datetime.fromtimestamp(at - 60, info).replace(tzinfo=None, fold=0)
            found.append((before + timedelta(minutes=1), came, at * 1000))
    return found
