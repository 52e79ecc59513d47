"""What the lines of a demo say on any day, as patterns, and what it must count of the cases that it was sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from processors.backtest import Backtest
from processors.settled import row

_LENGTHS = r"half (?:in [^,]+|not yet), 90% (?:in [^,]+|not yet), done only [^,;]+"
LIVE = (  # in every line
    r"^\d\d:\d\d:\d\d live for .*: partitions 4 of 4, workers 2 of 2, .*open [1-9]",
    r"; critical: overdue [1-9]\d*, due in 1 h [1-9]\d*, due in 4 h \d+; measures as of [\d:]+; ",
    rf"; reaction 1 d: acknowledge {_LENGTHS}, decide {_LENGTHS}; in the way, ",
    r"; in the way, (?:mean of 1 d: \S+ [\d.]+(?: \(now \d+\)|[,;])|nothing, 1 d; )",  # some days nothing is
    r"; decided in 1 d \d+%, 7 d \S+%, 28 d \S+%; alignment: online .*; decisions in flight \d+; ",
    r"alarms: [1-9]\d* escalations?, [1-9]\d* breach",
)
LIVE_IN_FINNISH = (
    r"käynnissä .*: osioita 4/4, työprosesseja 2/2, luettu .*; avoinna [1-9]",
    r"; mittarit klo [\d.]+; reaktio 1 vrk: ensireaktio puolet ",
)
_STOPPED = {  # what has to be null for a clock to run on
    "acknowledge": "acknowledged_at",
    "decide": "decided_at",
    "effect": "effective_at",
    "resolve": "closed_at",
    "tell": "told_at",
}


def unanswered(place: str) -> str:
    """The state while the outage is the worst there is."""
    return rf"▲ \d+ critical cases overdue(?:, \d+)? at {place}.* without a first reaction"


def alarmed(place: str) -> re.Pattern[str]:
    """The newest alarm, of a case there that nobody has answered; its group is the case."""
    return re.compile(rf"alarms: .*; newest: (?:breach|escalation) ({re.escape(place)}-\S+) acknowledge [\d:]+ to \S+")


def cases(backtest: Backtest, until_ms: int) -> list[dict[str, Any]]:
    """The rows of cases.jsonl."""
    return [row(backtest.record(*case), until_ms, backtest.policies) for case in backtest.cases()]


def still_open(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases whose last cycle has not ended."""
    return [case for case in found if not case["cycles"][-1]["closed_at"] and not case["cycles"][-1]["withdrawn_at"]]


def overdue(found: Iterable[dict[str, Any]]) -> Counter[str]:
    """Clocks that are missed and still run, over the last cycles of cases."""
    late: Counter[str] = Counter()
    for case in found:
        last = case["cycles"][-1]
        for clock, reading in last["clocks"].items():
            ended = last[_STOPPED[clock]] or last["withdrawn_at"]
            if reading and reading["outcome"] == "missed" and not ended:
                late[clock] += 1
    return late
