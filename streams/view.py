"""The wall in a terminal: what is open, overdue and in the way, by touchpoint, and who is alarmed of what.

It fits 80 columns and 24 lines. What a colour says, a sign and a word say too. Where partitions are missing, the cells
are blank and the reason is told: a figure that is too low would look like a good one. Likewise what cannot be known to
be overdue is shown beside what is, and never as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from processors.policy import CLOCKS
from streams.demo import panel
from streams.demo.figures import Figures
from streams.demo.table import BLANK, age, everywhere, known, table
from streams.demo.words import span, time_of_day

BLIND_SECONDS = 5.0  # far more than it takes to read everything
_LAG_SECONDS = 1.0  # what it takes; so long anything that has just become due may be unknown
_AROUND_TABLE = 15  # lines of the screen that are neither touchpoints nor of monitoring, at most
_MONITORING = 4  # lines: two addresses, and alarms at least
_MOST_ALARMS = 15
_MOST_CAUSES = 5
_BEHIND_SECONDS = 5.0  # more than the workers' polling explains
_MOST_NOTICES = 2


@dataclass
class Status:
    """What the wall says beside the figures."""

    touchpoints: Sequence[str]  # in the order of the configuration
    addresses: Sequence[str]  # of the workers
    alertmanager: str | None = None  # its address; None: alarms stay in their topic
    prometheus: str | None = None  # address of its page of alerts
    phase: str = ""
    settled: bool = False  # the history has been taken in: before, figures are true of some past day
    notices: list[str] = field(default_factory=list)
    board: str | None = None  # address of the board

    def notice(self, words: str, at: float) -> None:
        """Something that happened, to stay visible for a while."""
        self.notices = [*self.notices, f"{time_of_day(at)} {words}"][-_MOST_NOTICES:]


def screen(status: Status, figures: Figures, height: int = 24, width: int = 80) -> RenderableType:
    """The whole wall."""
    head = Table.grid(expand=True)
    head.add_column(no_wrap=True, overflow="ellipsis")
    head.add_column(no_wrap=True, justify="right")
    head.add_row(
        Text.assemble((" RYTMI ", "bold reverse"), f"  {status.phase}"),
        Text.assemble(("Ctrl-C ends all of it   ", "dim"), f"{time_of_day(figures.at)} "),
    )
    room = height - _AROUND_TABLE - (_MONITORING if status.alertmanager is not None else 0)
    room -= status.board is not None
    shown = status.touchpoints if len(status.touchpoints) <= room else status.touchpoints[: max(1, room - 1)]
    more, told, below = [], _alarms(status, figures), _lines(status, figures)
    if len(shown) < len(status.touchpoints):
        more = [Text(f" and {len(status.touchpoints) - len(shown)} more touchpoints, in the line of all")]
    for text in (*told, *below):
        text.truncate(1_000)
        text.no_wrap, text.overflow = True, "ellipsis"
    # Beside them: the head, an empty line, headings and sums of the table, another empty line.
    left = height - len(shown) - len(more) - len(told) - len(below) - 7
    alarms = panel.newest(figures, max(0, min(left, _MOST_ALARMS)), width)
    return Group(head, Text(), table(shown, figures, status.settled), *more, Text(), *told, alarms, *below)


def line(status: Status, figures: Figures) -> str:
    """The wall in one line, for output that is no terminal."""
    said = (
        f"{time_of_day(figures.at)} {status.phase}: {_partitions(figures)}, workers {_answering(figures)}, "
        f"{_events(figures)}"
    )
    if not figures.complete:
        return f"{said}; INCOMPLETE"
    every = everywhere(figures)
    late = ", ".join(f"{clock} {known(every, clock)}" for clock in CLOCKS)
    said += (
        f", {_caught_up(figures)}; open {every.open}, oldest {age(every, figures.at)}, overdue: {late}; "
        f"obstacles {every.obstacles}; alarms: {panel.summary(figures, status.alertmanager is not None)}"
    )
    if figures.alarms is not None and figures.alarms.newest:
        newest = figures.alarms.newest[0]
        said += f"; newest: {newest.level} {newest.case} {newest.clock} {time_of_day(newest.since)} to {newest.to}"
    return f"{said}; BLIND{_blind_for(figures)}" if _is_blind(status, figures) else said


def _alarms(status: Status, figures: Figures) -> list[Text]:
    told = panel.summary(figures, status.alertmanager is not None)
    lines = [Text.assemble((" alarms      ", "dim"), (told, "bold" if status.settled else ""))]
    if figures.alarms is not None and figures.alarms.others:
        others = ", ".join(figures.alarms.others)
        lines.append(Text.assemble((" and further ", "dim"), (others, "bold red")))
    return lines


def _lines(status: Status, figures: Figures) -> list[Text]:
    causes = ", ".join(f"{cause} {count}" for cause, count in figures.causes.most_common(_MOST_CAUSES))
    dead = figures.deadletters.total()
    lines = [
        Text.assemble((" in the way  ", "dim"), causes or (BLANK if not figures.complete else "nothing")),
        Text.assemble((" events      ", "dim"), _events(figures), style="bold red" if dead else ""),
        Text.assemble(
            (" workers     ", "dim"), f"{_answering(figures)} answer, {_partitions(figures)}, {_caught_up(figures)}"
        ),
        Text.assemble((" metrics     ", "dim"), "  ".join(f"{address}/metrics" for address in status.addresses)),
    ]
    if status.board is not None:
        lines.append(Text.assemble((" cases       ", "dim"), status.board))
    if status.alertmanager is not None:
        lines.append(Text.assemble((" Prometheus  ", "dim"), status.prometheus or ""))
        lines.append(Text.assemble((" people get  ", "dim"), f"amtool alert --alertmanager.url={status.alertmanager}"))
    if not figures.complete:
        words = f" INCOMPLETE: {_partitions(figures)}. No figures rather than low ones. "
        lines.append(Text(words, "bold reverse red"))
    elif _is_blind(status, figures):
        words = f" BLIND{_blind_for(figures)}: not everything is read, so nothing more can be called overdue. "
        lines.append(Text(words, "bold reverse red"))
    elif status.settled and figures.blind_for > _LAG_SECONDS and everywhere(figures).unknown.total():
        lines.append(Text(" +2?         overdue as well, unless something says otherwise that is not read yet", "dim"))
    return lines + [Text(f" {notice}", "yellow") for notice in status.notices]


def _is_blind(status: Status, figures: Figures) -> bool:
    return status.settled and figures.blind_for > BLIND_SECONDS


def _blind_for(figures: Figures) -> str:
    return f" for {span(figures.blind_for)}" if figures.read_past_at is not None else ""


def _events(figures: Figures) -> str:
    dead = figures.deadletters.total()
    reasons = f" ({', '.join(sorted(figures.deadletters))})" if dead else ""
    return f"{figures.events:,} taken in, {figures.rate:,.1f}/s, dead letters {dead:,}{reasons}"


def _answering(figures: Figures) -> str:
    return f"{figures.workers} of {figures.workers_of}"


def _partitions(figures: Figures) -> str:
    return f"partitions {figures.partitions} of {figures.partitions_of}"


def _caught_up(figures: Figures) -> str:
    if figures.caught_up_at is None:
        return "catching up"
    behind = max(0.0, figures.at - figures.caught_up_at)
    return f"{behind:.1f} s behind" if behind < _BEHIND_SECONDS else f"BEHIND by {span(behind)}"
