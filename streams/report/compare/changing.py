"""What has changed between two periods, for people (tables) and for programs (one JSON object)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from processors.canonical import rfc3339
from processors.measures.terms import ALL
from processors.periods.changes import Change
from processors.periods.figures import Figure
from processors.periods.intervals import Estimate
from processors.periods.period import Period
from streams.config.values import shown_ms
from streams.language.instants import wall
from streams.report.compare import figures
from streams.report.compare.periods import Compared

_MOST_ROWS = 15
_DIGITS = 6
_REPEATED = frozenset(("acknowledge", "decide", "effect", "tell"))  # whose number received says little besides
_CHANCE = 0.05
_LEAST = 1e-9
_WIDTHS = (26, 9, 9, 8, 18, 9)
_OWN = frozenset(("scale", "clock", "kind"))  # labels that say what is measured, not of whom


def as_json(found: Compared) -> dict[str, Any]:
    """For programs: every row. Lengths in seconds, shares on 0..1; `percent` is of the value before."""
    return {
        "before": _period(found.before, found.origins[0]),
        "after": _period(found.after, found.origins[1]),
        "notes": found.notes,
        "rows": [_row(change) for change in found.changes],
    }


def _period(period: Period, origin: str) -> dict[str, Any]:
    start, end, read_at = (rfc3339(at) for at in period[:3])
    return {"from": start, "to": end, "read_at": read_at, "source": origin}


def _row(change: Change) -> dict[str, Any]:
    percent = Estimate(*(None if x is None else 100 * (x - 1) for x in change.ratio))
    return {
        "measure": change.key.measure,
        "labels": change.labels,
        "value": change.key.value,
        "before": _figure(change.before),
        "after": _figure(change.after),
        "difference": _estimate(change.difference),
        "percent": _estimate(percent),
        "says": figures.verdict(change) or None,
        "logrank": None if change.test is None else {"p": change.test.each, "p_by_day": change.test.by_day},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {**_estimate(figure.estimate), "n": figure.n}


def _estimate(found: Estimate) -> dict[str, Any]:
    return {name: None if x is None else round(x, _DIGITS) for name, x in found._asdict().items()}


def tables(found: Compared, zone: ZoneInfo, is_everything: bool) -> Iterator[RenderableType]:
    """What there is to see, part by part: all rows, or the totals and what has clearly changed besides."""
    yield from _head(found, zone)
    chosen = (
        found.changes if is_everything else [one for one in found.changes if _is_total(one) and not _says_less(one)]
    )
    yield from _table(chosen)
    if is_everything:
        return
    parts = [one for one in found.changes if _is_part(one)]
    clear = sorted((one for one in parts if one.direction), key=_size, reverse=True)
    yield Text()
    if not clear:
        yield Text("Of no touchpoint, severity, cause or unit is it clear that it has changed.")
        return
    yield from _table(sorted(clear[:_MOST_ROWS], key=found.changes.index), "Where it has clearly changed")
    more = f"{len(clear) - _MOST_ROWS} more have: see --all. " if len(clear) > _MOST_ROWS else ""
    yield Text(
        f"{more}Of {len(parts):,} rows about {round(_CHANCE * len(parts)):,} would look changed by chance.", style="dim"
    )


def _head(found: Compared, zone: ZoneInfo) -> Iterator[RenderableType]:
    for name, period, origin in zip(("Before", "After "), (found.before, found.after), found.origins, strict=True):
        start, end = (f"{wall(at, zone):%a %Y-%m-%d %H:%M}" for at in (period.start, period.end))
        yield Text(f"{name} {start} to {end}, {period.exact_days:g} days, from {origin}")
    lag = found.after.read_at - found.after.end
    yield Text(
        f"Each read as of {'its end' if not lag else shown_ms(lag - lag % 60_000) + ' after its end'}.", style="dim"
    )
    for note in found.notes:
        yield Text(note, style="yellow")
    yield Text("Where nothing stands behind an interval, the change may be chance.", style="dim")
    yield Text()


def _is_total(change: Change) -> bool:
    """Of the whole organisation; scores and alignment are never mixed."""
    own = {"scale", "clock"} | ({"unit"} if change.key.measure == "alignment" else set())
    return all(
        name in own or label == ALL or (name == "kind" and label == "complaint")
        for name, label in change.labels.items()
    )


def _is_part(change: Change) -> bool:
    """Of one touchpoint, severity, cause ... alone."""
    of = [label for name, label in change.key.labels if name not in _OWN and label != ALL]
    return not _is_total(change) and not _says_less(change) and len(of) == 1


def _says_less(change: Change) -> bool:
    return change.key.value == "received_per_day" and change.labels["clock"] in _REPEATED


def _size(change: Change) -> float:
    """How far it has moved beyond chance, in widths of its interval."""
    one, none = (change.ratio, 1.0) if figures.has_percent(change) else (change.difference, 0.0)
    if one.value is None or one.low is None or one.high is None:
        return 0.0
    return abs(one.value - none) / max(one.high - one.low, _LEAST)


def _table(changes: Sequence[Change], title: str | None = None) -> Iterator[RenderableType]:
    if title:
        yield Text(title, style="bold")
    yield _columns([("", "before", "after", "change", "95 % interval", "")], "dim")
    for heading, rows in groupby(changes, key=_heading):
        listed = list(rows)
        test = next((one.test for one in listed if one.test), None)
        said = f", log-rank p {figures.probability(test.by_day)}" if test and test.by_day is not None else ""
        yield Text(heading, style="bold") + Text(said, style="dim")
        yield _columns(map(_cells, listed))


def _columns(rows: Iterable[tuple[str, ...]], style: str = "") -> Table:
    table = Table.grid(padding=0)
    for width, justify in zip(_WIDTHS, ("left", *["right"] * 4, "left"), strict=True):
        table.add_column(width=width, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row, style=style)
    return table


def _cells(one: Change) -> tuple[str, ...]:
    said = figures.verdict(one)
    return f"  {figures.NAMES[one.key.value]}", *figures.values(one), *figures.changed(one), f"  {said}" if said else ""


def _heading(change: Change) -> str:
    labels = change.labels
    named = " ".join(label for name, label in labels.items() if name == "clock" or label != ALL)
    return f"{change.key.measure} {named}".rstrip()
