"""English: plain sentences for whoever is on duty."""

from __future__ import annotations

from datetime import datetime

from processors.calendar import Hours
from streams.explain.words import Language, clock_face, is_all_day, parts_of, weekly

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SENTENCES = {
    "case": "Case {case} as of {at} ({zone})",
    "cycle": "Cycle {number}",
    "not_started": "Not started",
    "decisions": "Decisions",
    "obstacles": "What stands in the way",
    "other_alarms": "Other alarms",
    "term": "{term}",
    # The case.
    "overdue_now": "Overdue now: {clocks}.",
    "overdue_item": "{clock} (since {due})",
    "nothing_overdue": "Nothing is overdue.",
    "next_due": "Next due: {clock}, {due}.",
    "standing_now": "Standing still in a pause: {clocks}.",
    "received": "Feedback came at touchpoint {touchpoint}, {received}. Severity: {severity}.",
    "received_again": "It began again at touchpoint {touchpoint}, {received}, by reopening or new feedback. "
    "Severity: {severity}.",
    "unit": "Unit {unit} answers for it.",
    "paused": "Paused from {begun} to {ended}.",
    "paused_since": "Paused since {begun}.",
    "open": "The case is open.",
    "closed": "The case was closed {at}.",
    "withdrawn": "The case was withdrawn {at}.",
    "other_rules": "It was judged by policies {version}. This configuration has others for that time, so targets, "
    "calendars and worked time are not told: use the configuration of the worker.",
    # How a clock stands.
    "clock.running": "{clock} ({name}): running, due {due}",
    "clock.standing": "{clock} ({name}): standing still, paused",
    "clock.overdue": "{clock} ({name}): OVERDUE since {due}",
    "clock.never_due": "{clock} ({name}): running, never due",
    "clock.untargeted": "{clock} ({name}): running, without a target",
    "clock.in_time": "{clock} ({name}): in time",
    "clock.late": "{clock} ({name}): {late} late",
    "clock.late_ended": "{clock} ({name}): missed, then called off",
    "clock.called_off": "{clock} ({name}): called off",
    "clock.stopped": "{clock} ({name}): done, without a target",
    # From where to where.
    "span": "From {from} ({started}) to {to} ({ended}).",
    "span_withdrawn": "Ran from {from} ({started}) until the case was withdrawn ({ended}).",
    "span_succeeded": "Ran from {from} ({started}) until the case began again ({ended}).",
    "running.acknowledge": "Runs since {from} ({started}): nobody has reacted yet.",
    "running.decide": "Runs since {from} ({started}): nothing has been decided yet.",
    "running.effect": "Runs since {from} ({started}): it has not taken effect yet.",
    "running.resolve": "Runs since {from} ({started}): the case has not been closed yet.",
    "running.tell": "Runs since {from} ({started}): nobody has told the customer yet.",
    # Under which rule.
    "promise": "A promise made to the customer sets the due time, {due}, whatever target and pauses say.",
    "target": "Policy {policy} (version {version}): within {target} of worked time. Calendar {calendar}: {hours}.",
    "target_always": "Policy {policy} (version {version}): within {target}, around the clock (calendar {calendar}).",
    "no_target": "Policy {policy} (version {version}) sets no target for it.",
    "no_policy": "No policy matches, so there is no target.",
    "rule_unknown": "Its policy cannot be told: this configuration is not the one that judged it.",
    "reclassified_running": "The case was reclassified, from {then} at {then_at} to {now} at {now_at}. A clock that "
    "runs is judged by what holds now, from its own start.",
    "reclassified_since": "It is judged as {then} at {then_at}, which held when it stopped. The case was reclassified "
    "later, to {now} at {now_at}; that changes nothing here.",
    # How long.
    "waiting": "The customer has waited {elapsed}.",
    "waiting.all": "The customer has waited {elapsed}, and all of it counts.",
    "waiting.part": "The customer has waited {elapsed}; {worked} of that is worked time.",
    "waited": "The customer waited {elapsed}.",
    "waited.all": "The customer waited {elapsed}, and all of it counts.",
    "waited.part": "The customer waited {elapsed}; {worked} of that was worked time.",
    # Pauses.
    "pauses_ignored": "Pauses do not stop this clock.",
    "pause": "The pause from {begun} to {ended} took off {taken} of worked time.",
    "pause_idle": "The pause from {begun} to {ended} took nothing off, as nobody works then.",
    "pause_lasts": "The pause that began {begun} took off {taken} of worked time.",
    "pause_lasts_idle": "The pause that began {begun} took nothing off.",
    "stands_still": "It has stood still since {begun}, as the case is paused.",
    # Why it is overdue or not.
    "standing_why": "It is not overdue: nothing is due while it stands still.",
    "if_resumed": "If the case is resumed now, this is due {due}.",
    "never_why": "It cannot become overdue: its calendar never opens for long enough.",
    "met_in_pause": "It stopped inside a pause, while nothing was due.",
    "met_early": "It was due {due}, {gap} later.",
    "met_exactly": "It stopped exactly when it was due, {due}; that is in time.",
    "late_why": "It was due {due}, {gap} earlier.",
    "called_off_why": "It would have been due {due}.",
    "overdue_why": "It is overdue: it was due {due}, {gap} ago.",
    "due_in": "It is not overdue: {gap} is left.",
    "due_in_worked": "It is not overdue: {left} of worked time is left, which ends in {gap}.",
    "reached_before": "The target was reached before the pause that began {begun}, so it does not move the due time.",
    "closed_now": "Calendar {calendar} is closed now and opens {opens}.",
    # Who was told.
    "nobody_told": "Nobody has been told: there is no alarm about it.",
    "told.raised": "{announced}: {what}, told to {who}.",
    "told.raised_later": "{announced}: {what}, reached {at}, told to {who}.",
    "told.resolved": "{at}: alarm ended: {what} ({reason}).",
    "told.retracted": "{at}: alarm retracted: {what} ({reason}).",
    "told.deadletter": "{at}: critical feedback could not be read ({reason}), told to {who}.",
    "told.other": "{at}: {what} {kind} ({clock}), told to {who}; as known now, that clock has not run.",
    "warning_at": "warning at {percent} % of the time",
    "escalation": "escalation {step}",
    "escalation_after": "escalation {step}, {after} after the breach",
    "who.named": "the {role} ({recipient})",
    "who.unnamed": "the {role} (no name is configured)",
    "who.ownerless": "{recipient}, as the case has no owner",
    "who.none": "nobody by name",
    # What has not started.
    "not_started.effect.open": "Effect of the decision (effect): no decision has been made yet.",
    "not_started.effect.closed": "Effect of the decision (effect): the case was closed without a decision.",
    "not_started.effect.withdrawn": "Effect of the decision (effect): withdrawn before a decision was made.",
    "not_started.tell.open": "Telling the customer (tell): nothing has taken effect yet.",
    "not_started.tell.withdrawn": "Telling the customer (tell): withdrawn before anything took effect.",
    # Decisions and obstacles.
    "decision": "Decision {decision}: {steps}.{verdict}",
    "decision_of_level": "Decision {decision} ({level}): {steps}.{verdict}",
    "decision.made": "made {at}",
    "decision.effective": "took effect {at}",
    "decision.revoked": "revoked {at}",
    "decision.void": " It does not count, as it was revoked before it took effect.",
    "decision.counts": " It counts all the same, as it had taken effect.",
    "decision.waiting": " It has not taken effect yet.",
    "decision.done": "",
    "no_obstacle": "No obstacle that names the case stands now.",
    "obstacle_stands": "Obstacle {obstacle} ({cause}) stands since {raised}, for {length}.",
    "obstacle_removed": "Obstacle {obstacle} ({cause}) stood from {raised} to {removed}, for {length}.",
}

_WORDS = {
    "acknowledge": "first reaction",
    "decide": "decision",
    "effect": "effect of the decision",
    "resolve": "closing",
    "tell": "telling the customer",
    "feedback": "the feedback",
    "beginning": "the start of this cycle",
    "closing": "the closing",
    "stop.acknowledge": "the first reaction",
    "stop.decide": "the decision",
    "stop.effect": "the effect",
    "stop.tell": "when the customer was told",
    "breach": "overdue",
    "kind.raised": "was announced",
    "kind.resolved": "ended",
    "kind.retracted": "was retracted",
    "reason.stopped": "the clock stopped",
    "reason.ended": "the clock was called off",
    "reason.changed": "reclassified, paused or corrected, so that it is due later or not at all",
    "reason.taken": "somebody took the case on",
    "reason.late_event": "an event came late: there had been no reason",
    "reason.purged": "the case was purged",
}


def _instant(wall: datetime, year: bool, fine: bool) -> str:
    day = f"{_DAYS[wall.weekday()]} {wall.day} {_MONTHS[wall.month - 1]}{f' {wall.year}' if year else ''}"
    return f"{day} {wall:%H:%M}" + (f":{wall:%S}.{wall.microsecond // 1000:03d}" if fine else "")


def _length(ms: int, with_days: bool) -> str:
    if ms < 60_000:
        return f"{ms / 1000:g} s"
    named = [(number, f"{unit}s" if unit == "day" else unit) for number, unit in parts_of(ms, with_days)]
    return " ".join(f"{number} {unit}" for number, unit in named)


def _hours(hours: Hours, zone: str | None) -> str:
    said = []
    for first, last, intervals in weekly(hours):
        days = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
        times = ", ".join(f"{_time(start)}-{_time(end)}" for start, end in intervals)
        said.append(f"{days} {'all day' if is_all_day(intervals) else times}")
    off = [f"public holidays ({hours.holidays})"] if hours.holidays else []
    off += [f"{len(hours.closed)} other day{'s' if len(hours.closed) > 1 else ''}"] if hours.closed else []
    text = "; ".join(said) + (f"; closed on {' and '.join(off)}" if off else "")
    return f"{text}; {zone}" if zone else text


def _time(minutes: int) -> str:
    return "{:02d}:{:02d}".format(*clock_face(minutes))


ENGLISH = Language("en", _SENTENCES, _WORDS, _instant, _length, _hours, ", ", " and ")
