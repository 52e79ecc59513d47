"""`rytmi config`: is rytmi.yaml right, and what does it say?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from processors.calendar import Calendar
from processors.canonical import rfc3339
from processors.policy import CLOCKS, Policy, PolicySet
from streams.config import Config, load
from streams.config.problems import written
from streams.config.values import DAY_MINUTES, DAYS, shown_ms

Table = list[tuple[str, ...]]


@click.group("config")
def command() -> None:
    """The organisation's configuration, rytmi.yaml.

    \b
    rytmi config check                              # exit 1 and every fault, if there is one
    rytmi config check --config examples/rytmi.yaml
    """


@command.command()
@click.option("--config", "path", default="rytmi.yaml", show_default=True, help="The file to check.")
def check(path: str) -> None:
    """Check a configuration and show what it says: calendars, policies with their targets, touchpoints.

    \b
    rytmi config check --config examples/rytmi.yaml

    Every fault is one line: file, line, path in the file, what was found and what would be right.
    """
    config = load(path)
    for doubt in config.doubts:
        click.echo(f"note: {written(doubt.path)}: {doubt.message}", err=True)
    click.echo("\n".join(_summary(config)))


def _summary(config: Config) -> Iterator[str]:
    unknown = "are dead-lettered" if config.policies.reject_unknown else "count as `other`"
    kept = shown_ms(config.retention_ms)
    yield f"{config.source} is right: time zone {config.timezone}, what has ended is kept for {kept},"
    yield f"windows {' '.join(config.windows)}, unknown touchpoints {unknown}."
    yield from ("", *_table([("CALENDAR", "H/WEEK", "OPEN", "CLOSED ON", "TIME ZONE"), *_calendars(config)]))
    names = {id(calendar): name for name, calendar in config.calendars.items()}
    for dated in config.policies.sets:
        begin = "for all time" if dated.from_ms is None else f"from {rfc3339(dated.from_ms)}"
        yield from ("", f"Policies {begin}, version {dated.version}; the first match judges")
        yield from _table(_policies(dated, names))
    yield from ("", *_table([("TOUCHPOINT", "UNIT", "PATH", "STAGE"), *_touchpoints(config)]))


def _calendars(config: Config) -> Iterator[tuple[str, ...]]:
    for name, calendar in config.calendars.items():
        hours = calendar.hours
        if hours is None:
            yield name, "168", "always", "-", "-"
            continue
        off = [f"holidays of {hours.holidays}"] if hours.holidays else []
        off += [f"{len(hours.closed)} {'more' if off else 'days'}"] if hours.closed else []
        yield name, f"{weekly_minutes(calendar) / 60:g}", _open(hours.weekly), ", ".join(off) or "-", hours.timezone


def weekly_minutes(calendar: Calendar) -> int:
    """Minutes that a calendar is open in a week without holidays and clock changes."""
    if calendar.hours is None:
        return 7 * DAY_MINUTES
    week = 7 * DAY_MINUTES
    spans = [
        (day * DAY_MINUTES + o, day * DAY_MINUTES + c) for day, of in enumerate(calendar.hours.weekly) for o, c in of
    ]
    return len({minute % week for opening, closing in spans for minute in range(opening, closing)})


def _open(weekly: tuple[tuple[tuple[int, int], ...], ...]) -> str:
    """`mon-fri 08:00-12:00 12:30-16:30, sat 10:00-14:00`: neighbouring days of the same hours together."""
    groups: list[tuple[int, int]] = []
    for day in range(7):
        if groups and weekly[groups[-1][0]] == weekly[day]:
            groups[-1] = groups[-1][0], day
        else:
            groups.append((day, day))
    parts = []
    for first, last in groups:
        if weekly[first]:
            name = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
            parts.append(f"{name} {' '.join(f'{_time(o)}-{_time(c)}' for o, c in weekly[first])}")
    return ", ".join(parts)


def _time(minute: int) -> str:
    minute = minute if minute <= DAY_MINUTES else minute - DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _policies(dated: PolicySet, names: dict[int, str]) -> Table:
    rows: Table = [("POLICY", "MATCHES", "CALENDAR", *(clock.upper() for clock in CLOCKS), "WARN", "TELL WHOM")]
    for policy in dated.policies:
        targets = [
            shown_ms(policy.targets[c]) + "*" * (c in policy.pausable) if c in policy.targets else "-" for c in CLOCKS
        ]
        warn = " ".join(f"{share:.0%}" for share in policy.warn) or "-"
        steps = ", ".join(f"{to} +{shown_ms(after_ms)}" for after_ms, to in policy.escalate) or "-"
        rows.append((str(policy.name), _matches(policy), names[id(policy.calendar)], *targets, warn, steps))
    if any("*" in cell for row in rows[1:] for cell in row[3 : 3 + len(CLOCKS)]):
        rows.append(("* stands still while the case is paused",))
    return rows


def _matches(policy: Policy) -> str:
    return ", ".join(f"{name}={'|'.join(patterns)}" for name, patterns in policy.match.items()) or "everything"


def _touchpoints(config: Config) -> Iterator[tuple[str, ...]]:
    stages = {touchpoint.id: touchpoint.stage for touchpoint in config.file.touchpoints}
    for name, touchpoint in config.policies.touchpoints.items():
        yield name, touchpoint.unit or "-", touchpoint.path or "-", stages.get(name) or "-"


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest cell; a row of one cell is a remark and sets no width."""
    lines = list(rows)
    widths = [max(len(row[i]) for row in lines if len(row) > 1) for i in range(len(lines[0]))]
    for row in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
