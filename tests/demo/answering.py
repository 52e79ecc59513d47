"""What workers and an Alertmanager would answer to a demo, made from a backtest of what has been sent so far."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from processors.alarms import BREACH, WARNING
from processors.backtest import Backtest
from processors.measures.cells import Cells
from processors.measures.rows import kept, order, rows
from processors.measures.view import View
from processors.standing import Standings, of_case
from streams.alertmanager.alert import Alert, Style
from streams.alertmanager.labels import labels
from streams.alertmanager.text import Links
from streams.config import Config
from streams.measures.subscriber import frame
from streams.metrics.cases import PartitionStanding, cases_standing, decisions_in_flight, obstacles_standing
from streams.metrics.exposition import text_of
from streams.metrics.measures import MeasureMetrics
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack

PARTITIONS = 4
_FORESEEN_MS = 3_600_000  # alarms that come by themselves: longer than anybody watches

Record = dict[str, Any]


class Answering:
    """One worker that owns everything, and is the view. `now`: milliseconds since the epoch."""

    def __init__(self, config: Config, backtest: Backtest) -> None:
        self._config, self._backtest, self._frame = config, backtest, frame(config)
        self._known: dict[str, int] = {}  # cases: how many entries each had when it was read last
        self._standings = {kind: Standings() for kind in ("case", "obstacle", "decision")}
        self._alarms: dict[str, list[Record]] = {}  # by case, those to come among them
        self._cells = Cells(pack, unpack)
        self._view = View(kept(self._frame), 0, unpack)

    def metrics(self, now: int, sent: int, live_from: int) -> str:
        """The page of a worker."""
        self._take_in(now)
        policies, standings = self._config.policies, self._standings
        families = [
            *cases_standing([PartitionStanding(standings["case"], now, lambda _: now)], list(policies.touchpoints)),
            *obstacles_standing([standings["obstacle"]]),
            decisions_in_flight([standings["decision"]], policies.units),
        ]
        said = [
            f'rytmi_partitions_owned{{stage="cases"}} {PARTITIONS}',
            f'rytmi_events_total{{topic="touchpoint.feedback.v1",result="folded"}} {sent}',
            *(
                f'rytmi_caught_up_timestamp_seconds{{topic="t",partition="{n}"}} {now / 1000}'
                for n in range(PARTITIONS)
            ),
            *(
                f'rytmi_read_past_timestamp_seconds{{partition="{n}",touchpoint="t"}} {now / 1000}'
                for n in range(PARTITIONS)
            ),
        ]
        ended = (one for one in self._announced(now) if one["kind"] != "raised" and one["announced_at"] > live_from)
        for (level, kind), count in Counter((one["level"], one["kind"]) for one in ended).items():
            said.append(f'rytmi_alarms_total{{level="{level}",kind="{kind}"}} {count}')
        return text_of(families).decode() + self._measured(now) + "\n".join(said) + "\n"

    def alerts(self, now: int, live_from: int) -> str:
        """What Alertmanager has: no warning of what is overdue, and nothing at all while `live_from` is 0."""
        active = [one for one in self._announced(now) if one["kind"] == "raised"] if live_from else []
        overdue = {_clock(one) for one in active if one["level"] == BREACH}
        style = Style(Links(), ZoneInfo(self._config.timezone))
        wires = []
        for one in active:
            if one["level"] != WARNING or _clock(one) not in overdue:
                began = max(one["announced_at"], live_from)
                wires.append(Alert("", labels(one), one, style, began).wire(began, _FORESEEN_MS))
        return json.dumps(wires)

    def _announced(self, now: int) -> Iterator[Record]:
        """The newest record of every alarm."""
        for records in self._alarms.values():
            yield from {one["id"]: one for one in records if one["announced_at"] <= now}.values()

    def _take_in(self, now: int) -> None:
        """Read again the cases to which something has happened, and all that is not a case."""
        backtest = self._backtest
        assert not list(backtest.finish())
        sizes = {name: len(entries) for name, entries in backtest._cases.items()}
        for name, entries, judged in backtest.cases(n for n, size in sizes.items() if self._known.get(n) != size):
            self._standings["case"].replace(name, of_case(judged))
            self._cells.replace(name, backtest.contribution(entries, judged))
            self._alarms[name] = list(backtest.alarms(name, entries, judged, now + _FORESEEN_MS))
        self._known = sizes
        for kind, name in backtest.others():
            contribution, standing = backtest.other(kind, name)
            self._cells.replace(f"{kind} {name}", contribution)
            if kind in self._standings:
                self._standings[kind].replace(name, standing)

    def _measured(self, now: int) -> str:
        for where, packed in self._cells.take().items():
            self._view.put("", where, packed)
        self._view.advance(now)
        found = sorted(rows(self._view, self._frame), key=order)
        said = f"rytmi_view_complete 1\nrytmi_view_timestamp_seconds {now / 1000}\n"
        return text_of(MeasureMetrics(self._frame).families(found)).decode() + said


def _clock(alarm: Record) -> tuple[str, int, str]:
    return alarm["case"], alarm["cycle"], alarm["clock"]
