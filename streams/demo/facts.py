"""Lines about one thing each: obstacles by cause, decisions in flight, alarms, what is taken in, where to look."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from rich.text import Text

from processors.events import DECISION_LEVELS
from streams.demo import panel
from streams.demo.figures import Figures
from streams.demo.grid import BLANK
from streams.demo.status import Status
from streams.demo.words import Length, Moment

INDENT = 13  # columns before what a line says
_WORST = 3
_BEHIND_SECONDS = 5.0  # more than the workers' polling explains
_OLD_SECONDS = 30.0  # measures come every few seconds; later ones are of a time that has passed


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
    told = Text(panel.summary(status, figures), "bold" if status.settled else "")
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
