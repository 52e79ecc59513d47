"""Two periods of the same organisation: which they are, whether they are known, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from processors.canonical import instant, rfc3339
from processors.panes import DAY_MS
from processors.periods.changes import Change, compare, figures
from processors.periods.days import FEWEST
from processors.periods.period import Period, aligned, both
from streams import UserError
from streams.config import Config
from streams.config.values import shown_ms
from streams.report.compare.baseline import Baseline, configuration, judged_by
from streams.results.cells import KnownCells

Span = tuple[int, int]

_WEEK_MS = 7 * DAY_MS
_IDLE_MS = DAY_MS  # a log may begin with an idle day


class Side(NamedTuple):
    """A period and the cells that tell of it."""

    span: Span
    known: KnownCells


class Compared(NamedTuple):
    """Both periods, what has changed, and what the reader should know of the comparison."""

    before: Period
    after: Period
    origins: tuple[str, str]
    changes: list[Change]
    notes: list[str]


def span(text: str) -> Span:
    """The period that `FROM/TO` says. Raises ValueError."""
    first, slash, last = text.partition("/")
    if not slash:
        raise ValueError(f"{text!r} is not FROM/TO, such as 2026-01-05T00:00:00+02:00/2026-02-02T00:00:00+02:00")
    start, end = aligned(instant(first), instant(last))
    if start >= end:
        raise ValueError(f"{text!r} ends before it begins, or is shorter than five minutes")
    return start, end


def around(split: int, length: int) -> tuple[Span, Span]:
    """The period that ends at an instant, and the one that begins there."""
    (start, middle), (_, end) = aligned(split - length, split), aligned(split, split + length)
    return (start, middle), (middle, end)


def side(name: str, wanted: Span, known: KnownCells) -> Side:
    """A period that is covered by what is known. Raises UserError."""
    start, end = wanted
    said = f"the period {name}, {rfc3339(start)} to {rfc3339(end)},"
    if end > known.at:
        left = shown_ms((known.at - start) // DAY_MS * DAY_MS)
        shorter = f"; with --length {left} it would be" if known.at - start >= DAY_MS else ""
        raise UserError(f"{said} is not over: {known.origin} says what is known as of {rfc3339(known.at)}{shorter}")
    if known.since is None:
        raise UserError(f"{said} is not covered: in {known.origin} nothing has happened at all")
    if start < known.since - _IDLE_MS:
        raise UserError(
            f"{said} is not covered: {known.origin} knows what happened since {rfc3339(known.since)}. Take a later "
            "one, or one that was pinned in time (--baseline)"
        )
    return Side(wanted, known)


def changes(before: Side, after: Side, config: Config, baseline: Baseline | None) -> Compared:
    """Everything that differs. Raises UserError if the periods overlap."""
    if before.span[0] < after.span[1] and after.span[0] < before.span[1]:
        raise UserError("the periods overlap: what belongs to both says nothing of a change")
    was, now = both(before.span, after.span, before.known.at, after.known.at)
    policies = config.policies
    found = compare(
        figures(before.known.cells, was, policies),
        figures(after.known.cells, now, policies),
        (was.exact_days, now.exact_days),
    )
    notes = list(_notes(before, after, config, baseline))
    return Compared(was, now, (before.known.origin, after.known.origin), found, notes)


def _notes(before: Side, after: Side, config: Config, baseline: Baseline | None) -> Iterator[str]:
    if baseline is not None and baseline.configuration != configuration(config):
        yield (
            f"The baseline is of another configuration ({baseline.configuration}, now {configuration(config)}): "
            "touchpoints, calendars or policies have changed since it was pinned."
        )
    judged = baseline.policies if baseline else judged_by(config, before.span), judged_by(config, after.span)
    if judged[0] != judged[1]:
        first, last = (" then ".join(version or "none" for version in versions) for versions in judged)
        yield f"Policies {first} judged before, {last} after: what was met and missed is not of the same promise."
    lengths = [end - start for start, end in (before.span, after.span)]
    if lengths[0] != lengths[1]:
        yield "The periods differ in length: what began in the longer one had longer to come to an end."
    if any(length % _WEEK_MS for length in lengths):
        yield "The periods are not of whole weeks: they hold different weekdays."
    if min(lengths) < FEWEST * DAY_MS:
        yield f"A period has fewer than {FEWEST} days: nothing is said of chance."
