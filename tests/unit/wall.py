"""Figures for a wall, as in an outage at the store, and what a screen shows of them."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone

from rich.console import Console

from streams.demo.alarms import Alarm, Alarms
from streams.demo.figures import Figures
from streams.demo.screen import screen
from streams.demo.sums import CRITICAL, EVERYWHERE, Alignment, Clocks, Lengths, Measures, Place, Share
from streams.demo.words import Length, Said, Status, speaker

AT = 1_772_442_900.0
ZONE = timezone(timedelta(hours=13, minutes=45))  # it is 23:00 there: times of day are as long as they get
HOUR, DAY = 3600.0, 86_400.0
ALERTMANAGER, PROMETHEUS = "http://127.0.0.1:21234", "http://127.0.0.1:21235/classic/alerts"
BOARD = "http://127.0.0.1:8080"
ADDRESSES = ("http://127.0.0.1:6066", "http://127.0.0.1:6067")
UNITS = {"website": "online", "store": "stores", "delivery": "logistics", "support": "care", "billing": "finance"}
LANGUAGES = ("en", "fi")


def status(language: str = "en", monitored: bool = True, units: dict[str, str] | None = None) -> Status:
    units = UNITS if units is None else units
    return Status(
        speaker(language, ZONE),
        list(units),
        units | {"other": "other"},
        ADDRESSES,
        alertmanager=ALERTMANAGER if monitored else None,
        prometheus=PROMETHEUS if monitored else None,
        board=BOARD,
        phase=Said("phase.live", {"length": Length(720)}),
        settled=True,
    )


def places() -> dict[str, Place]:
    """Twelve cases at the store lack a first reaction, two at the website a decision."""
    return {
        "website": Place(
            412,
            7,
            AT - 6 * DAY - 3 * HOUR,
            Counter(decide=31),
            late=31,
            critical_late=2,
            critical_overdue=Counter(decide=2),
        ),
        "store": Place(
            230,
            140,
            AT - 2 * HOUR,
            Counter(acknowledge=12),
            late=12,
            critical_overdue=Counter(acknowledge=12),
            critical_late=12,
            critical_due=Counter({"1h": 105, "4h": 110}),
            obstacles=2,
        ),
        "delivery": Place(88, 0, AT - 7200, Counter(resolve=1), late=1, obstacles=4),
        "support": Place(),
        "billing": Place(),
    }


def measures() -> Measures:
    everywhere, store = (EVERYWHERE, CRITICAL), ("store", CRITICAL)
    lengths = {
        Clocks(*everywhere, "acknowledge", "1d"): Lengths(1.4 * HOUR, 2 * HOUR, 34 * 60, 130),
        Clocks(*everywhere, "acknowledge", "28d"): Lengths(34 * 60, 12 * HOUR, 33 * 60),
        Clocks(*everywhere, "decide", "1d"): Lengths(None, None, 2.4 * HOUR, 140),
        Clocks(EVERYWHERE, EVERYWHERE, "acknowledge", "1d"): Lengths(2.2 * HOUR, 1.6 * DAY, 1.4 * HOUR, 400),
        Clocks(EVERYWHERE, EVERYWHERE, "acknowledge", "28d"): Lengths(3.2 * HOUR, 1.6 * DAY, 3 * HOUR),
        Clocks(EVERYWHERE, EVERYWHERE, "decide", "1d"): Lengths(29 * HOUR, 5.1 * DAY, 5.7 * HOUR, 300),
        Clocks(EVERYWHERE, EVERYWHERE, "decide", "28d"): Lengths(35 * HOUR, 6 * DAY, 24 * HOUR),
        Clocks(*store, "acknowledge", "1d"): Lengths(None, None, 30 * 60, 120),
    }
    return Measures(
        AT - 2,
        0,
        lengths,
        Counter({("carrier", "1d"): 3.02, ("stock", "1d"): 1.46, ("staff", "1d"): 0.9, ("weather", "1d"): 0.2}),
        {
            ("online", "daily", "decide"): Share(0.25, 40),
            ("stores", "daily", "decide"): Share(0.75, 120),
            ("online", "weekly", "decide"): Share(0.995, 400),
            ("online", "monthly", "decide"): Share(1.0, 900),
        },
        {
            "online": Alignment(0.32, 0.61, 0.71),
            "stores": Alignment(customer=0.44),
            "care": Alignment(employee=0.7),
        },
        Counter({("made", "1d"): 151, ("effective", "1d"): 134}),
    )


def alarms(count: int = 1) -> Alarms:
    """The newest of them a few seconds old."""
    newest = tuple(
        Alarm(
            AT - 9 - n, AT - 70 - n, f"store-7-260302-{count - n:05}", "store", "acknowledge", "breach", "store-manager"
        )
        for n in range(count)
    )
    return Alarms(Counter(breach=count, escalation=1), newest, ())


def outage() -> Figures:
    return Figures(
        at=AT,
        workers=2,
        workers_of=2,
        partitions=4,
        partitions_of=4,
        places=places(),
        causes=Counter(carrier=4, stock=2),
        events=31_204,
        rate=1.44,
        deadletters=Counter(),
        caught_up_at=AT - 0.6,
        read_past_at=AT - 0.4,
        standing=Counter(warning=3, breach=2),
        over=7,
        alarms=alarms(99),
        blocked=Counter(carrier=12, stock=5),
        decisions=Counter({("online", "operational"): 430, ("care", "tactical"): 3, ("other", "strategic"): 1}),
        before={"store": 9},
        measures=measures(),
    )


def calm(due: dict[str, int] | None = None) -> Figures:
    """Nothing is overdue; so many critical cases will be."""
    place = Place(9, 2, AT - HOUR, critical_due=Counter(due or {}))
    return replace(outage(), places={"website": place}, before={})


def incomplete() -> Figures:
    """Two of four partitions have no owner."""
    nothing: dict[str, Place] = {}
    blank = replace(outage(), partitions=2, places=nothing, causes=Counter(), blocked=Counter(), decisions=Counter())
    return replace(blank, caught_up_at=None, read_past_at=None)


def blind() -> Figures:
    return replace(outage(), read_past_at=AT - 61)


def unmeasured() -> Figures:
    """The view lacks sources."""
    return replace(outage(), measures=Measures(None, 3))


def shown(state: Status, found: Figures, height: int = 24, width: int = 80) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(screen(state, found, height, width))
    return capture.get().rstrip("\n").split("\n")


def row(lines: list[str], begin: str) -> str:
    """The one line that begins so, with single spaces."""
    (found,) = (text for text in lines if text.strip().startswith(begin))
    return " ".join(found.split())
