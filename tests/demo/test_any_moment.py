"""The demo on every day of the week, early, late, and when clocks are changed: what it shows hangs on no day."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streams.config import load
from tests.demo.memory import LANGUAGES, SIZES, course
from tests.demo.told import LIVE, LIVE_IN_FINNISH, alarmed, cases, overdue, still_open, unanswered

CONFIG = load(Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml")
ZONE = ZoneInfo("Europe/Helsinki")
MINUTES = 7
RELIEF_SECONDS = 180.0
MOMENTS = [
    *(
        f"2026-11-{day:02d}T{time}+02:00"
        for day in range(23, 30)  # Monday to Sunday
        for time in ("00:05", "09:00", "23:55")
    ),
    "2026-03-29T02:55+02:00",  # an hour is skipped in five minutes
    "2026-03-29T04:02+03:00",  # and was skipped two minutes ago
    "2026-10-25T03:30+03:00",  # in the hour that comes twice, the first time
    "2026-10-25T03:57+03:00",  # from the first into the second
    "2026-10-25T03:30+02:00",
    "2026-12-25T09:00+02:00",  # nobody works
    "2028-02-29T23:55+02:00",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_demo_has_its_outage_its_alarms_and_their_end_and_its_walls_fit_whenever_it_is(moment: str) -> None:
    begins = datetime.fromisoformat(moment).timestamp()
    seen = course(CONFIG, begins, MINUTES)
    place, looks = seen.place, seen.looks
    live = [look for look in looks if any(notice.said.key == "notice.live" for notice in look.notices)][1:]
    assert len(live) > 8

    for look in live:
        told = datetime.fromtimestamp(look.figures.at, ZONE)
        assert look.lines["en"].startswith(f"{told:%H:%M:%S} live for ")
        for code, patterns in (("en", LIVE), ("fi", LIVE_IN_FINNISH)):
            for pattern in patterns:
                assert re.search(pattern, look.lines[code]), f"{pattern} in {look.lines[code]}"
    for look in looks:
        for code in LANGUAGES:
            for height, width in SIZES:
                lines = look.walls[code, height, width]
                assert len(lines) <= height
                assert max(map(len, lines)) <= width
                assert "…" not in "\n".join(lines)

    until_relief = [look for look in live if look.figures.at < live[0].figures.at + RELIEF_SECONDS]
    newest = [found[1] for look in until_relief if (found := alarmed(place).search(look.lines["en"]))]
    assert len(set(newest)) >= 3, f"alarms of {place} come while one watches: {newest}"
    assert any(re.search(f"{unanswered(place)}, and rising", look.states["en"]) for look in until_relief)
    assert any(", määrä kasvaa" in look.states["fi"] for look in until_relief)

    over = [notice for notice in looks[-1].notices if notice.said.key == "notice.normal"]
    assert [notice.said.values for notice in over] == [{"place": place}], "the outage ends while one watches"
    waits = [look.figures.places[place].critical_overdue["acknowledge"] for look in live]
    assert any(after < before for before, after in pairwise(waits))
    assert any(look.figures.over > live[0].figures.over for look in live), "alarms end"

    found = cases(seen.backtest, round(seen.figures.at * 1000))
    shown = seen.figures.places.values()
    opened = Counter(case["touchpoint"] for case in still_open(found))
    assert {name: one.open for name, one in seen.figures.places.items() if one.open} == opened
    assert sum((one.overdue for one in shown), Counter()) == overdue(found)
    assert sum(one.critical for one in shown) == sum(one["severity"] == "critical" for one in still_open(found))
