"""A desk that slowly stops answering, as its completed cases show it and as all of its cases do: docs/waiting.svg."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import NamedTuple

from processors.canonical import instant, render
from streams.config import parse
from streams.demo.organisation import Organisation, Plan, beginning
from streams.measures.subscriber import frame
from streams.results.backtest import run

CONFIG = {
    "timezone": "Europe/Helsinki",
    "calendars": {"office": {"hours": {"mon-fri": ["08:00-16:00"]}}},
    "units": [{"id": "care"}],
    "touchpoints": [{"id": "support", "path": "help", "stage": "use", "unit": "care", "mode": "customer-service"}],
    "policies": [{"name": "default", "match": {}, "calendar": "office", "targets": {"resolve": "5d"}}],
}
FADES = instant("2026-03-16T00:00:00+02:00")
END = instant("2026-05-25T00:00:00+03:00")
_WEEKS, _SEED = 13, 5
_WEEK_MS = 7 * 86_400_000
_DAY_S = 86_400


class Week(NamedTuple):
    """What is said of the cases of 28 days, at an instant (milliseconds). Lengths in seconds; None: not reached."""

    at: int
    received: int
    running: int
    completed: float | None
    counted: float | None


def weeks(folder: Path) -> list[Week]:
    """The time from feedback to closing, week by week."""
    config = parse(CONFIG)
    begin = beginning(END, _WEEKS, config.timezone)
    organisation = Organisation(config, _SEED, begin, Plan(fading=(("support", FADES),)))
    lines = [json.dumps(render(event)).encode() for event in organisation.until(END)]
    found = []
    for at in range(begin + 3 * _WEEK_MS, END + 1, _WEEK_MS):
        run(frame(config), lines, at, folder, lambda _: None)
        found.append(_read(folder / "measures.jsonl", at))
    return found


def _read(path: Path, at: int) -> Week:
    wanted = {"touchpoint": "support", "severity": "*", "clock": "resolve"}
    for line in path.read_bytes().splitlines():
        row = json.loads(line)
        if row["measure"] == "clock" and row["window"] == "28d" and row["labels"] == wanted:
            values = row["values"]
            return Week(at, values["received"], values["running"], values["completed_p50_s"], values["p50_s"])
    raise AssertionError(f"{path} says nothing of {wanted}")


_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 400, 64, 210, 64, 48
_LOW_S, _HIGH_S = 0.25 * _DAY_S, 16 * _DAY_S
_TICKS = ((0.25, "6 h"), (0.5, "12 h"), (1, "1 d"), (2, "2 d"), (4, "4 d"), (8, "8 d"), (16, "16 d"))


def drawn(found: list[Week]) -> str:
    """The plot."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            'aria-labelledby="title about" font-family="system-ui, sans-serif" font-size="13">'
        ),
        '<title id="title">A desk that slowly stops answering</title>',
        (
            '<desc id="about">Median time to close over 28 days: that of completed cases falls, that of all cases, '
            "the waiting counted, rises until it is not reached any more.</desc>"
        ),
        (
            "<style>text{fill:#333}.grid{stroke:#ccc}.axis{fill:#666}.true{stroke:#0072b2}.lie{stroke:#d55e00}"
            ".t{fill:#0072b2}.l{fill:#d55e00}@media(prefers-color-scheme:dark){text{fill:#ddd}.axis{fill:#aaa}"
            ".grid{stroke:#444}.true{stroke:#56b4e9}.t{fill:#56b4e9}.lie{stroke:#e69f00}.l{fill:#e69f00}}</style>"
        ),
        f'<text x="{_LEFT}" y="26" font-size="17" font-weight="600">A desk that slowly stops answering</text>',
        f'<text class="axis" x="{_LEFT}" y="46">Median time from feedback to closing, cases of the last 28 days</text>',
    ]
    for days, label in _TICKS:
        y = _y(days * _DAY_S)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="axis" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for i in range(0, len(found), 2):
        x, week = _x(found, found[i].at), (found[i].at - FADES) // _WEEK_MS
        label = "stops answering" if week == 0 else f"{week:+d} weeks".replace("-", "\N{MINUS SIGN}")
        parts.append(f'<text class="axis" x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{label}</text>')
    parts += _line(found, "lie", [(one.at, one.completed) for one in found], 'stroke-dasharray="7 4"')
    parts += _line(found, "true", [(one.at, one.counted) for one in found], "")
    reached = [one for one in found if one.counted is not None]
    last, end = reached[-1], found[-1]
    waiting = f"{end.running / end.received:.0%} still wait: not reached"
    x, y = _x(found, last.at), _y(last.counted or _HIGH_S)
    parts.append(
        f'<line class="true" x1="{x:.1f}" y1="{y:.1f}" x2="{x + 42:.1f}" y2="{_TOP + 4}" stroke-width="2.5" '
        'stroke-dasharray="2 4"/>'
    )
    parts.append(f'<text class="t" x="{x + 50:.1f}" y="{_TOP + 8}" font-weight="600">the waiting counted</text>')
    parts.append(f'<text class="t" x="{x + 50:.1f}" y="{_TOP + 26}">at the end {waiting}</text>')
    y = _y(end.completed or _LOW_S)
    parts.append(
        f'<text class="l" x="{_WIDTH - _RIGHT + 10}" y="{y:.1f}" font-weight="600">completed cases only</text>'
    )
    parts.append(f'<text class="l" x="{_WIDTH - _RIGHT + 10}" y="{y + 18:.1f}">faster, it says</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(found: list[Week], kind: str, points: list[tuple[int, float | None]], style: str) -> list[str]:
    placed = [(_x(found, at), _y(seconds)) for at, seconds in points if seconds is not None]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    dots = [f'<circle class="{kind[0]}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in placed]
    return [f'<polyline class="{kind}" fill="none" stroke-width="2.5" {style} points="{path}"/>', *dots]


def _x(found: list[Week], at: int) -> float:
    share = (at - found[0].at) / (found[-1].at - found[0].at)
    return _LEFT + 30 + share * (_WIDTH - _LEFT - _RIGHT - 40)


def _y(seconds: float) -> float:
    share = math.log(seconds / _LOW_S) / math.log(_HIGH_S / _LOW_S)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)
