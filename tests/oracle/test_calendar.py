"""The calendar, and due times over pauses, against hours that are crossed off minute by minute."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import combinations

import holidays
import pytest

from processors.calendar import ALWAYS, Calendar, Hours
from processors.clocks import due_at, worked_between
from processors.policy import Policy

from .minutes import MINUTE_MS, Minutes, Pause, Stretch, Week, changes, midnight_ms, stretch

WEEKS = int(os.environ.get("RYTMI_CALENDAR_WEEKS", "400"))
SEED = int(os.environ.get("RYTMI_ORACLE_SEED", "20261123"))
WEEKS_A_STRETCH = 20
HOUR_MS, DAY_MS = 60 * MINUTE_MS, 1440 * MINUTE_MS
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

# Ten years each, from the one given; chosen so that what is odd about the zone lies in them.
ZONES = {
    "Europe/Helsinki": 2017,
    "America/New_York": 2017,
    "Australia/Lord_Howe": 2017,  # half an hour
    "Antarctica/Troll": 2017,  # two hours
    "America/Sao_Paulo": 2010,  # skips 00:00, and goes back into the day before
    "America/Havana": 2017,  # skips 00:00, and repeats it
    "America/St_Johns": 2002,  # changes at 00:01
    "Asia/Gaza": 2014,  # on dates that differ from year to year
    "Africa/Casablanca": 2012,  # up to four times a year
    "Pacific/Apia": 2011,  # skips the whole of 30 December 2011
}
HOLIDAYS = [None, "FI", "US", "DE-BY", "BR"]


class Tally:
    """How much was compared: by kind of question."""

    def __init__(self) -> None:
        self.made: dict[str, int] = {}

    def same(self, kind: str, said: object, expected: object, asked: object) -> None:
        self.made[kind] = self.made.get(kind, 0) + 1
        assert said == expected, f"{kind}: {said} instead of {expected} for {asked}"

    def __str__(self) -> str:
        parts = ", ".join(f"{count:,} of {kind}" for kind, count in sorted(self.made.items()))
        return f"{sum(self.made.values()):,} comparisons: {parts}"


def calendar_of(week: Week, code: str | None = None) -> Calendar:
    """The core's, with holidays by their code; the week of the oracle lists them among its days off."""
    return Calendar(Hours(week.zone, week.days, code, week.days_off))


def compare(core: Calendar, slow: Minutes, marks: Iterable[int], starts: int, tally: Tally) -> None:
    """Openings at all marks, worked time between all of them, and due instants from some."""
    instants = sorted({at for at in marks if slow.seen.begin_ms <= at < slow.seen.end_ms})
    asked = core.hours
    for at in instants:
        expected = slow.opening(at)
        if expected is not None:
            tally.same("opening", core.opening(at), expected, (asked, at))
    for start, end in combinations(instants, 2):
        tally.same("worked", core.worked(start, end), slow.worked(start, end), (asked, start, end))
    for start in instants[:: max(1, len(instants) // starts)]:
        whole = slow.worked(start, instants[-1])
        half = slow.worked(start, instants[len(instants) // 2])
        for length in {1, half, half + 1, whole - 1, whole, whole + 1}:
            expected = slow.after(start, length)
            if expected is not None and length >= 0:
                tally.same("after", core.after(start, length), expected, (asked, start, length))


def edges(slow: Minutes) -> list[int]:
    """Where the hours of a stretch begin and end, and a millisecond beside."""
    seen = slow.seen
    first, last = ((at - seen.zero_ms) // MINUTE_MS for at in (seen.begin_ms, seen.end_ms))
    turns = [minute for minute in range(first, last) if slow.open[minute] != slow.open[minute - 1]]
    return [seen.zero_ms + minute * MINUTE_MS + beside for minute in turns for beside in (-1, 0, 1)]


def weekly(spans: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Wall times of a week as hours a day: each belongs to the day on which it starts."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for opens, closes in spans:
        midnight = datetime.combine(opens, time())
        days[opens.weekday()].append(((opens - midnight) // MINUTE, (closes - midnight) // MINUTE))
    return tuple(tuple(day) for day in days)


def weeks_around(
    would: datetime, came: datetime, dice: random.Random
) -> Iterator[tuple[tuple[tuple[int, int], ...], ...]]:
    """Hours that begin and end before, at, inside and after what a change skips or repeats, and a minute beside."""
    low, high = sorted((would, came))
    beside = [low - 60 * MINUTE, low - MINUTE, low, low + MINUTE, low + (high - low) // 2]
    walls = sorted({*beside, high - MINUTE, high, high + MINUTE, high + 60 * MINUTE})
    for opens, closes in combinations(walls, 2):
        yield weekly([(opens, closes)])
    for _ in range(3):  # touching, overlapping, one inside the other, apart
        first, second, third, fourth = sorted(dice.sample(walls, 4))
        yield weekly([(first, second), (second, third)])
        yield weekly(dice.sample([(first, third), (second, fourth)], 2))
        yield weekly([(second, third), (first, fourth)])
        yield weekly([(first, second), (third, fourth)])
    yield (((0, 1440),),) * 7
    yield (((1320, 1800),),) * 7
    yield (((480, 720), (750, 990)),) * 5 + ((), ())
    yield tuple(((0, 1440),) if day == would.weekday() else () for day in range(7))


@pytest.mark.parametrize("zone", ZONES)
def test_every_clock_change_of_ten_years(zone: str) -> None:
    tally, dice, calendars = Tally(), random.Random(SEED), 0
    found = changes(zone, ZONES[zone], ZONES[zone] + 9)
    for would, came, at in found:
        day = datetime.fromtimestamp(at / 1000, UTC).date()
        seen = stretch(zone, day - DAY, day + 3 * DAY)
        around = [at + minutes * MINUTE_MS for minutes in (-1440, -60, -30, -1, 0, 1, 30, 60, 1440)]
        for days in weeks_around(would, came, dice):
            week = Week(zone, days, frozenset({came.date()} if dice.random() < 0.05 else ()))
            slow = Minutes(week, seen)
            compare(calendar_of(week), slow, [*around, at - 1, at + 1, *edges(slow)[:18]], 3, tally)
            calendars += 1
    assert len(found) >= 15
    print(f"{zone}: {len(found)} changes, {calendars:,} calendars, {tally}")


@cache
def national(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def random_day(dice: random.Random) -> tuple[tuple[int, int], ...]:
    """No hours, the whole day, or up to four intervals, some over midnight, some touching or overlapping."""
    kind = dice.random()
    if kind < 0.25:
        return ()
    if kind < 0.35:
        return ((0, 1440),)
    ends = [0, 60, 90, 119, 120, 121, 150, 180, 240, 480, 720, 750, 990, 1320, 1380, 1439, dice.randrange(1440)]
    spans = []
    for _ in range(dice.choice([1, 1, 2, 3, 4])):
        opens = dice.choice([*ends, *(closes for _, closes in spans if closes < 1440)])
        closes = dice.choice([*ends, opens + 1, 1440])
        spans.append((opens, closes if closes > opens else closes + 1440))
    return tuple(spans)


def random_stretch(dice: random.Random) -> tuple[str, Stretch]:
    """Nine days around a clock change, a year's end, the end of February or any day of a zone's ten years."""
    zone = dice.choice(list(ZONES))
    year = ZONES[zone] + dice.randrange(10)
    days = [date(year, 1, 1), date(year, 12, 25), date(year, 3, 1), date(year, 1, 1) + dice.randrange(365) * DAY]
    days += [datetime.fromtimestamp(at / 1000, UTC).date() for _, _, at in changes(zone, year, year)]
    middle = dice.choice(days)
    return zone, stretch(zone, middle - 4 * DAY, middle + 5 * DAY)


def random_weeks(dice: random.Random) -> Iterator[tuple[Calendar, Minutes]]:
    for _ in range(max(1, WEEKS // WEEKS_A_STRETCH)):
        zone, seen = random_stretch(dice)
        span = [seen.first + n * DAY for n in range(-5, 12)]
        for _ in range(WEEKS_A_STRETCH):
            days = tuple(random_day(dice) for _ in range(7))
            code, closed = dice.choice(HOLIDAYS), frozenset(dice.sample(span, dice.choice([0, 0, 1, 3])))
            named = frozenset(day for day in span if code is not None and day in national(code, day.year))
            core = calendar_of(Week(zone, days, closed), code)
            for _ in range(dice.choice([0, 0, 1])):  # what was asked before must not matter
                core.opening(midnight_ms(seen.first + dice.randrange(-900, 900) * DAY))
            yield core, Minutes(Week(zone, days, closed | named), seen)


def random_instants(dice: random.Random, slow: Minutes, count: int) -> list[int]:
    """Half of them where hours begin and end or a millisecond beside."""
    beside = edges(slow) or [slow.seen.begin_ms]
    anywhere = [dice.randrange(slow.seen.begin_ms, slow.seen.end_ms) for _ in range(count)]
    return [dice.choice((dice.choice(beside), at)) for at in anywhere]


def test_random_weeks() -> None:
    tally, dice, calendars = Tally(), random.Random(SEED), 0
    for core, slow in random_weeks(dice):
        compare(core, slow, random_instants(dice, slow, 16), 3, tally)
        calendars += 1
    print(f"{calendars:,} weeks, seed {SEED} (RYTMI_CALENDAR_WEEKS, RYTMI_ORACLE_SEED choose others), {tally}")


def random_pauses(dice: random.Random, slow: Minutes) -> list[Pause]:
    """Up to four, in order and apart or touching; the last one may stand."""
    ends = sorted(set(random_instants(dice, slow, 2 * dice.randrange(5))))
    found: list[Pause] = list(zip(ends[::2], ends[1::2], strict=False))
    if len(found) > 1 and dice.random() < 0.3:
        found[1] = (found[0][1] or 0, found[1][1])
    return [*found, (ends[-1], None)] if len(ends) % 2 else found


def as_known(pauses: Sequence[Pause], judged: int | None) -> list[Pause]:
    """The pauses that have begun by then; one that has not ended by then stands."""
    if judged is None:
        return list(pauses)
    return [
        (begun, resumed if resumed is not None and resumed <= judged else None)
        for begun, resumed in pauses
        if begun <= judged
    ]


def test_due_times_over_pauses() -> None:
    tally, dice, paused = Tally(), random.Random(SEED + 1), 0
    for core, slow in random_weeks(dice):
        pauses = random_pauses(dice, slow)
        turns = [at for pause in pauses for at in pause if at is not None]
        instants = [*random_instants(dice, slow, 6), *turns]
        for start in dice.choices(instants, k=12):
            end = dice.choice(instants)
            expected = slow.worked_less(start, end, pauses) if start < end else 0
            if start <= end:
                asked = (core.hours, pauses, start, end)
                tally.same("worked less pauses", worked_between(core, pauses, start, end), expected, asked)
            target = max(1, expected + dice.choice((-1, 0, 1)))
            policy = Policy("p", {}, core, {"resolve": target}, frozenset({"resolve"}))
            for judged in (None, max(start, dice.choice(instants) + dice.choice((-1, 0, 1)))):
                known = as_known(pauses, judged)
                due = slow.after(start, target, known)
                stands = any(resumed is None for _, resumed in known)
                if due is None and not stands:
                    continue  # behind the end of the stretch
                asked = (core.hours, pauses, start, target, judged)
                tally.same("due", due_at(start, policy, "resolve", pauses, judged), due, asked)
                paused += due is None
    print(f"{WEEKS:,} weeks with pauses, {paused:,} without a due time inside one, {tally}")


def test_a_year_with_its_holidays() -> None:
    tally, dice, code, zone = Tally(), random.Random(SEED), "FI", "Europe/Helsinki"
    seen = stretch(zone, date(2026, 6, 1), date(2027, 7, 1))
    off = national(code, 2026) | national(code, 2027)
    summer = frozenset(date(2026, 7, 1) + n * DAY for n in range(31))
    for days in ((((480, 720), (750, 990)),) * 5 + ((), ()), (((1320, 1800),),) * 7, ((),) * 6 + (((600, 601),),)):
        slow = Minutes(Week(zone, days, off | summer), seen)
        compare(calendar_of(Week(zone, days, summer), code), slow, random_instants(dice, slow, 60), 6, tally)
    print(f"13 months of {zone}: {tally}")


def test_it_opens_after_many_closed_years_or_never() -> None:
    monday, days = date(2036, 3, 3), (((480, 720),),) * 7
    start = midnight_ms(date(2026, 3, 2))
    closed = frozenset(date(2026, 3, 1) + n * DAY for n in range((monday - date(2026, 3, 1)).days))
    assert calendar_of(Week("UTC", days, closed)).opening(start) == midnight_ms(monday) + 8 * HOUR_MS
    assert calendar_of(Week("UTC", days, closed)).after(start, 1) == midnight_ms(monday) + 8 * HOUR_MS + 1
    assert calendar_of(Week("UTC", ((),) * 7)).opening(start) is None
    assert ALWAYS.opening(start + 1) == start + 1
