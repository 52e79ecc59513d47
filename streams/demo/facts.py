"""Lines about one thing each: obstacles by cause, decisions in flight, alarms, what is taken in, where to look.

Of the newest alarms a line each: which case, since when, who is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from rich.text import Text

from processors.alarms import BREACH, ESCALATION, LEVELS, WARNING
from processors.events import DECISION_LEVELS
from streams.demo.alarms import Alarm
from streams.demo.figures import Figures
from streams.demo.grid import BLANK, Column, line
from streams.demo.words import Length, Moment, Speaker, Status

INDENT = 13  # columns before what a line says
_WORST = 3
_BEHIND_SECONDS = 5.0  # more than the workers' polling explains
_OLD_SECONDS = 30.0  # measures come every few seconds; later ones are of a time that has passed
_MARKS = {
    WARNING: (" ", "yellow"),
    BREACH: ("\N{BLACK UP-POINTING TRIANGLE}", "bold red"),
    ESCALATION: ("\N{UPWARDS ARROW}", "bold magenta"),
}
_WIDE = 100  # columns from which there is room for seconds, and for how late it is


def about(status: Status, what: str, said: str | Text, style: str = "") -> Text:
    """A line that begins with what it is about."""
    return Text.assemble((f" {status.speaker.say(f'about.{what}'):<{INDENT - 1}}", "dim"), said, style=style)


def causes(status: Status, figures: Figures, width: int) -> str:
    """The worst causes, by the mean number that stood at once in the window; where there is room, what stands now."""
    speaker = status.speaker
    if figures.measures is None or figures.measures.at is None:
        return BLANK
    means = {cause: mean for (cause, window), mean in figures.measures.standing.items() if window == status.window}
    worst = sorted(means, key=lambda cause: (-means[cause], cause))[:_WORST]
    if not worst:
        return speaker.say("causes.nothing", window=speaker.window(status.window))

    def told(*keys: str) -> str:
        each = [
            speaker.say(key, cause=cause, mean=speaker.decimal(means[cause], 1), now=figures.causes[cause])
            for cause, key in zip(worst, keys, strict=False)
        ]
        return speaker.say("causes", causes=", ".join(each), window=speaker.window(status.window))

    full = told("causes.now", *["causes.also"] * _WORST)
    return full if figures.complete and len(full) <= width else told(*["causes.mean"] * _WORST)


def decisions(status: Status, figures: Figures) -> str:
    """In flight by level, and what became of decisions in the window."""
    if not figures.complete:
        return BLANK
    speaker = status.speaker
    by_level = {level: sum(n for (_, one), n in figures.decisions.items() if one == level) for level in DECISION_LEVELS}
    levels = ", ".join(speaker.say(f"level.{level}", n=count) for level, count in by_level.items())
    found = figures.measures
    if found is None or found.at is None:
        return speaker.say("decisions.unmeasured", levels=levels)
    made, effective = (found.stages[stage, status.window] for stage in ("made", "effective"))
    return speaker.say(
        "decisions",
        levels=levels,
        window=speaker.window(status.window),
        made=made,
        effective=effective,
    )


def alarms(status: Status, figures: Figures, width: int) -> Text:
    """What stands, and what Prometheus alarms of besides: as many names as there is room for, and how many more."""
    told = Text(standing(status, figures), "bold" if status.settled else "")
    others = figures.alarms.others if figures.alarms is not None else ()
    if not others:
        return told
    speaker = status.speaker
    further = speaker.say("alarms.others", n=len(others))
    for count in range(len(others), 0, -1):
        key = "alarms.further" if count == len(others) else "alarms.further_more"
        named = speaker.say(key, names=", ".join(others[:count]), n=len(others) - count)
        if len(told) + len(named) <= width:
            further = named
            break
    return Text.assemble(told, (further, "bold red"))


def _levels(speaker: Speaker, counts: Mapping[str, int]) -> str:
    """As in `3 escalations, 12 breaches, 7 warnings`, what is worst first."""
    return ", ".join(speaker.say(f"alarms.{level}", n=counts.get(level, 0)) for level in reversed(LEVELS))


def standing(status: Status, figures: Figures) -> str:
    """The alarms that stand, in a line."""
    speaker = status.speaker
    over = f"; {speaker.say('alarms.over', n=figures.over)}" if figures.over else ""
    if figures.alarms is not None:
        return f"{_levels(speaker, figures.alarms.levels)}{over}"
    key = "alarms.away" if status.alertmanager is not None else "alarms.topic"
    return f"{speaker.say(key, levels=_levels(speaker, figures.standing))}{over}"


def newest(status: Status, figures: Figures, rows: int, width: int) -> list[Text]:
    """The newest alarms, at most so many."""
    if figures.alarms is None:
        return []
    columns = _columns(status.speaker, figures.at, width)
    return [line(columns, alarm) for alarm in figures.alarms.newest[: max(0, rows)]]


def _columns(speaker: Speaker, at: float, width: int) -> list[Column[Alarm]]:
    is_wide = width >= _WIDE
    columns: list[Column[Alarm]] = [
        Column("", 13, lambda one: _level(speaker, one.level), True),
        Column("", 26, lambda one: one.case, True),
        Column("", 13, lambda one: speaker.say(f"name.{one.clock}"), True),
    ]
    if is_wide:
        columns.append(Column("", 9, lambda one: speaker.time(one.since)))
        columns.append(Column("", 23, lambda one: _due(speaker, one, at), True))
    else:
        columns.append(Column("", 6, lambda one: speaker.short_time(one.since)))
    used = sum(column.width for column in columns)
    columns.append(Column("", max(2, min(30, width - used)), lambda one: one.to, True))
    return columns


def _level(speaker: Speaker, level: str) -> Text:
    sign, style = _MARKS[level]
    return Text(f"{sign} {speaker.say(f'alarm.{level}')}", style)


def _due(speaker: Speaker, alarm: Alarm, at: float) -> str:
    if alarm.due is None:
        return ""
    key = "alarm.overdue" if alarm.due <= at else "alarm.due"
    return speaker.say(key, span=speaker.span(abs(at - alarm.due)))


def events(status: Status, figures: Figures, key: str = "events") -> str:
    """What has been taken in."""
    speaker, dead = status.speaker, figures.deadletters.total()
    reasons = f" ({', '.join(sorted(figures.deadletters))})" if dead else ""
    said = speaker.say(key, n=figures.events, rate=speaker.decimal(figures.rate, 1), dead=dead)
    return said + reasons


def workers(status: Status, figures: Figures) -> str:
    """How many answer."""
    return status.speaker.say("workers", n=figures.workers, of=figures.workers_of)


def partitions(status: Status, figures: Figures) -> str:
    """How many are owned by somebody."""
    return status.speaker.say("partitions", owned=figures.partitions, of=figures.partitions_of)


def lag(status: Status, figures: Figures) -> str:
    """How far what is shown lags behind."""
    speaker = status.speaker
    if figures.caught_up_at is None:
        return speaker.say("lag.unknown")
    behind = max(0.0, figures.at - figures.caught_up_at)
    if behind < _BEHIND_SECONDS:
        return speaker.say("lag", length=speaker.lag(behind))
    return speaker.say("lag.much", length=speaker.span(behind))


def measures(status: Status, figures: Figures) -> tuple[str, str]:
    """As of when they are, or why there are none."""
    speaker, found = status.speaker, figures.measures
    if found is None:
        return speaker.say("measures.none"), "bold red"
    if found.at is None and found.missing:
        return speaker.say("measures.missing", n=found.missing), "bold red"
    if found.at is None:
        return speaker.say("measures.reading"), "bold red"
    if status.settled and figures.at - found.at > _OLD_SECONDS:
        return speaker.say("measures.old", length=Length(figures.at - found.at)), "bold yellow"
    return speaker.say("measures", time=Moment(found.at)), ""


def addresses(status: Status) -> Iterator[Text]:
    """Where to look, a line each."""
    if status.board is not None:
        yield about(status, "board", status.board)
    if status.screens is not None:
        yield about(status, "screens", status.screens)
    yield about(status, "metrics", "  ".join(f"{address}/metrics" for address in status.addresses))
    if status.alertmanager is not None:
        yield about(status, "prometheus", status.prometheus or "")
        yield about(status, "alertmanager", status.speaker.say("amtool", url=status.alertmanager))


def short_addresses(status: Status) -> Text:
    """The same in one line: host once, and what comes after it."""
    host = status.addresses[0].rpartition(":")[0].removeprefix("http://")
    told = [] if status.board is None else [f"{status.speaker.say('about.board')} {_port(status.board)}"]
    if status.alertmanager is not None:
        told += [f"Prometheus {_port(status.prometheus or '')}", f"amtool {_port(status.alertmanager)}"]
    if status.screens is not None:
        there = urlsplit(status.screens)
        told.append(f"Grafana {f':{there.port}' if there.hostname == host else there.netloc}")
    told.append(f"/metrics {' '.join(map(_port, status.addresses))}")
    return Text.assemble((f" {host}  ", "dim"), "  ".join(told))


def _port(address: str) -> str:
    return ":" + address.rpartition(":")[2].partition("/")[0]
