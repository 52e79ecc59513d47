"""What must hold of alarms: each was true when it was announced, and ends when, and only when, its reason does."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from processors.alarms import named, passed
from processors.backtest import Backtest
from processors.enriched import judge
from processors.ledger import digest
from streams.alertmanager.labels import labels
from tests.simulation.evidence import Difference, Evidence, same
from tests.simulation.setting import SETTLE_MS, SILENT_AFTER_MS

Alarm = dict[str, Any]
# When it was announced, how many events were known by then, and what was known of the case's owner, of its latest
# event, and of a pause that has begun since it was due and holds the clock.
_BY_ARRIVAL = {"announced_at", "revision", "last_kind", "last_at", "owner", "recipient", "due_at"}


def alarms(evidence: Evidence) -> None:
    """Each was true when it was raised; those of cases that came in time, and those that stand, are the backtest's."""
    told: defaultdict[str, list[Alarm]] = defaultdict(list)
    for _, alarm in evidence.alarms:
        told[alarm["id"]].append(alarm)
        if alarm["kind"] == "raised" and alarm["about"] == "clock":
            _was_heard(evidence, alarm)
            _was_true(evidence, alarm)
    _alternate(told)
    same("alarms of dead letters", _letters(evidence), dict.fromkeys(evidence.traffic.alarmed, 1))
    truth, wanted = evidence.truth, defaultdict[str, list[Alarm]](list)
    for name, (entries, judged) in evidence.cases.items():
        for alarm in truth.alarms(name, entries, judged, evidence.now):
            wanted[alarm["id"]].append(alarm)
    for name, found in told.items():
        if found[0]["about"] == "clock" and _is_plain(evidence, found[0]["case"]):
            known = [_content(alarm) for alarm in wanted[name]]
            if strange := [one for one in map(_content, found) if one not in known]:
                raise Difference("alarms in time", f"\n found {strange}\nwanted {known}")
    active = {name: of[-1] for name, of in wanted.items() if of[-1]["kind"] == "raised"}
    same("alarms that stand", sorted(standing(evidence)), sorted(active))
    for name, alarm in standing(evidence).items():
        if _is_plain(evidence, alarm["case"]):
            same("what is said of an alarm that stands", _content(alarm), _content(active[name]))


def _is_plain(evidence: Evidence, case: str) -> bool:
    """Whether nothing came late or moved a level that had been reached: then nobody was told of it as it was later."""
    _, judged = evidence.cases[case]
    cycles = [one.cycle for one in judged]
    is_moved = any(len(cycle.changes) > 1 or cycle.promised is not None for cycle in cycles)
    return evidence.is_in_time(case) and not is_moved and not evidence.is_revoked(case)


def standing(evidence: Evidence) -> dict[str, Alarm]:
    """The alarms of clocks that stand by what the topic says, by id."""
    found: dict[str, Alarm] = {}
    for _, alarm in evidence.alarms:
        if alarm["about"] != "clock":
            continue
        if alarm["kind"] == "raised":
            found[alarm["id"]] = alarm
        else:
            found.pop(alarm["id"], None)
    return found


def shown(evidence: Evidence) -> None:
    """Alertmanager shows what stands, and nothing else; what nothing ends, it may."""
    active = {tuple(sorted(labels(alarm).items())) for alarm in standing(evidence).values()}
    ends = evidence.world.alertmanager.ends
    found = {one for one, end in ends.items() if end > evidence.now and ("alertname", "RytmiDeadLetter") not in one}
    same("alarms at Alertmanager", sorted(found), sorted(active))
    letters = [alarm for _, alarm in evidence.alarms if alarm["about"] == "deadletter"]
    known = {tuple(sorted(labels(alarm).items())) for _, alarm in evidence.alarms}
    if strange := ends.keys() - known:
        raise Difference("alarms at Alertmanager", f"never announced: {strange}, of {len(letters)} dead letters")


def _content(alarm: Alarm) -> Alarm:
    """What follows from the case's events alone. That it is over is told with whatever is read first."""
    left_out = _BY_ARRIVAL if alarm["kind"] == "raised" else {*_BY_ARRIVAL, "at", "reason"}
    return {name: value for name, value in alarm.items() if name not in left_out}


def _alternate(told: dict[str, list[Alarm]]) -> None:
    """An alarm is raised once, and again only when it had ended because its reason had gone and came back."""
    for name, found in told.items():
        kinds = [alarm["kind"] for alarm in found]
        wanted = ["raised" if at % 2 == 0 else kinds[at] for at in range(len(kinds))]
        if kinds != wanted or "raised" in kinds[1::2]:
            raise Difference("alarms twice", f"{name}: {kinds}")
        if again := [one for one in found[1:-1:2] if one["reason"] == "taken"]:
            raise Difference("alarms twice", f"raised again though somebody had taken it: {again}")


def _letters(evidence: Evidence) -> dict[str, int]:
    return dict(Counter(alarm["id"] for _, alarm in evidence.alarms if alarm["about"] == "deadletter"))


def _was_true(evidence: Evidence, alarm: Alarm) -> None:
    """Its level was reached by all that had been appended at some instant between when it was due and when it came.

    Of a case that came in time more is asked elsewhere: here something may have been on its way for long.
    """
    announced, sent = alarm["announced_at"], evidence.sent_of[alarm["case"]]
    for until in (announced, *(one.appended for one in sent if alarm["at"] + SETTLE_MS < one.appended < announced)):
        for behind in (SETTLE_MS, 0):
            then = Backtest(evidence.world.config.policies)
            for one in sent:
                if one.appended < until and one.event.at < until - behind:
                    then.add(one.event)
            list(then.finish())
            known = sorted(then._cases.get(alarm["case"], {}).values())
            levels = passed(known, judge(known, then.policies), {}, until)
            if alarm["id"] in {digest(alarm["case"], *named(level.code)) for level in levels}:
                return
    raise Difference("alarms that were not true", str(alarm))


def _was_heard(evidence: Evidence, alarm: Alarm) -> None:
    """Nothing is claimed of the time of a backfill while it is under way, or after a source was last heard."""
    at, announced, traffic = alarm["at"], alarm["announced_at"], evidence.traffic
    for begun, ended in traffic.backfills:
        if begun <= announced < ended and at >= begun - SETTLE_MS:
            raise Difference("alarms in a backfill", f"from {begun} to {ended}: {alarm}")
    if evidence.world.config.file.sources and alarm["touchpoint"] == "desk":
        heard = max((one for one in traffic.heard if one <= announced), default=0)
        if heard < announced - SILENT_AFTER_MS and at > heard:
            raise Difference("alarms of a silent source", f"last heard at {heard}: {alarm}")
