"""The alarm table: small stories, and who is told when, worked out by hand by the design text, in groups.

2026-03-02 is a Monday. Stories are told as in story.py, and in these words too: `assigned to Onni`,
`told taken by Onni` (an action by which somebody takes the case), `reclassified web` (to another touchpoint).
"""

from __future__ import annotations

from typing import NamedTuple

from tests.golden.story import OFFICE, ROUND_THE_CLOCK

Row = tuple[str, str, str, str, str]
"""Who is told, when, of what; when it was reached, if earlier; until when it stands, and why no longer."""

NOBODYS = "Sari (nobody owns it)"
ONNI, VILLE = "Onni, the owner", "Ville, the owner"
SARI, LIISA = "Sari, the supervisor", "Liisa, the leader"
WARNING, BREACH, STEP_1, STEP_2 = "half the time is over", "breach", "30 min after", "2 h after"

STEPS = (("30m", "supervisor"), ("2h", "leader"))


class Policy(NamedTuple):
    """Who judges: `targets` by clock, as rytmi.yaml writes them; `severity` None: any."""

    calendar: str
    targets: dict[str, str]
    pausable: tuple[str, ...] = ()
    severity: str | None = None
    warn: tuple[float, ...] = (0.5,)
    escalate: tuple[tuple[str, str], ...] = STEPS


class Scenario(NamedTuple):
    """rows: who has been told by `read`, worked out by hand, in the order of telling."""

    title: str
    policies: tuple[Policy, ...]
    story: tuple[str, ...]
    read: str
    rows: tuple[Row, ...]
    why: str


def _one(calendar: str, *pausable: str, **targets: str) -> tuple[Policy, ...]:
    return (Policy(calendar, targets, pausable),)


def _told(at: str, who: str, what: str, reached: str = "", until: str = "") -> Row:
    """A row of Monday 2 March where `at` is a time of day alone."""

    def dated(text: str) -> str:
        return f"Mon 2 Mar {text}" if text[2:3] == ":" else text

    return dated(at), who, what, dated(reached), dated(until)


RESOLVE = _one(ROUND_THE_CLOCK, resolve="2h")
RESOLVE_IN_OFFICE = _one(OFFICE, resolve="2h")
DECIDE = _one(ROUND_THE_CLOCK, decide="2h")
BY_SEVERITY = (
    Policy(ROUND_THE_CLOCK, {"resolve": "2h"}, (), "critical"),
    Policy(ROUND_THE_CLOCK, {"resolve": "8h"}),
)
EVENING = "2026-03-02 18:00"
_FEEDBACK = "2026-03-02 09:00 feedback"

TAKING = (
    Scenario(
        "Acknowledged before the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 09:30 acknowledged"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING),
            _told("11:00", NOBODYS, BREACH),
            _told("11:30", SARI, STEP_1),
            _told("13:00", LIISA, STEP_2),
        ),
        "An acknowledgement from before the breach does not silence what follows it.",
    ),
    Scenario(
        "Acknowledged after the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:45 acknowledged"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING),
            _told("11:00", NOBODYS, BREACH),
            _told("11:30", SARI, STEP_1, "", "11:45, taken"),
        ),
        "Somebody has seen that it is late: escalation ends. The breach itself stands until the case is closed.",
    ),
    Scenario(
        "Acknowledged after the breach, before anybody else is told",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:15 acknowledged"),
        EVENING,
        (_told("10:00", NOBODYS, WARNING), _told("11:00", NOBODYS, BREACH)),
        "There is nothing to escalate.",
    ),
    Scenario(
        "Acknowledged at the very instant of the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:00 acknowledged"),
        "2026-03-02 12:00",
        (_told("10:00", NOBODYS, WARNING), _told("11:00", NOBODYS, BREACH), _told("11:30", SARI, STEP_1)),
        "That is not after it.",
    ),
    Scenario(
        "Acknowledged at the very instant of a step",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:30 acknowledged"),
        EVENING,
        (_told("10:00", NOBODYS, WARNING), _told("11:00", NOBODYS, BREACH)),
        "Nobody is told of what has been done by then.",
    ),
    Scenario(
        "Never acknowledged",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 15:00 closed"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING, "", "15:00, stopped"),
            _told("11:00", NOBODYS, BREACH, "", "15:00, stopped"),
            _told("11:30", SARI, STEP_1, "", "15:00, stopped"),
            _told("13:00", LIISA, STEP_2, "", "15:00, stopped"),
        ),
        "Each level once; all of them end when the clock stops.",
    ),
    Scenario(
        "Assigned and reassigned before the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 09:10 assigned to Onni", "2026-03-02 10:30 assigned to Ville"),
        EVENING,
        (
            _told("10:00", ONNI, WARNING),
            _told("11:00", VILLE, BREACH),
            _told("11:30", SARI, STEP_1),
            _told("13:00", LIISA, STEP_2),
        ),
        "Told is who owns the case at that instant. What was assigned before the breach takes nothing off anybody.",
    ),
    Scenario(
        "Assigned after the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 09:10 assigned to Onni", "2026-03-02 12:00 assigned to Ville"),
        EVENING,
        (
            _told("10:00", ONNI, WARNING),
            _told("11:00", ONNI, BREACH),
            _told("11:30", SARI, STEP_1, "", "12:00, taken"),
        ),
        "Assigning the case anew ends escalation as an acknowledgement does.",
    ),
    Scenario(
        "Taken after the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:45 told taken by Onni"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING),
            _told("11:00", NOBODYS, BREACH),
            _told("11:30", SARI, STEP_1, "", "11:45, taken"),
        ),
        "Whatever the action is by which somebody takes the case.",
    ),
    Scenario(
        "Closed exactly when due",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:00 closed"),
        EVENING,
        (_told("10:00", NOBODYS, WARNING, "", "11:00, stopped"),),
        "It was in time.",
    ),
    Scenario(
        "Closed a millisecond later",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:00:00.001 closed"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING, "", "11:00:00.001, stopped"),
            _told("11:00", NOBODYS, BREACH, "", "11:00:00.001, stopped"),
        ),
        "It was late, if for no time. Escalation has not begun.",
    ),
)

_TUESDAY = "Tue 3 Mar 08:00"

HOURS = (
    Scenario(
        "At night, round the clock",
        _one(ROUND_THE_CLOCK, resolve="2h"),
        ("2026-03-02 22:30 feedback",),
        "2026-03-03 12:00",
        (
            _told("23:30", NOBODYS, WARNING),
            _told("Tue 3 Mar 00:30", NOBODYS, BREACH),
            _told("Tue 3 Mar 01:00", SARI, STEP_1),
            _told("Tue 3 Mar 02:30", LIISA, STEP_2),
        ),
        "Who is responsible round the clock is told round the clock.",
    ),
    Scenario(
        "In the evening, office hours",
        RESOLVE_IN_OFFICE,
        ("2026-03-02 13:45 feedback",),
        "2026-03-03 12:00",
        (
            _told("14:45", NOBODYS, WARNING),
            _told("15:45", NOBODYS, BREACH),
            _told("16:15", SARI, STEP_1),
            _told(_TUESDAY, LIISA, STEP_2, "17:45"),
        ),
        "Steps are reached in real time, and held until the hours begin.",
    ),
    Scenario(
        "Due when the hours end",
        RESOLVE_IN_OFFICE,
        ("2026-03-02 14:30 feedback",),
        "2026-03-03 12:00",
        (
            _told("15:30", NOBODYS, WARNING),
            _told(_TUESDAY, NOBODYS, BREACH, "16:30"),
            _told(_TUESDAY, SARI, STEP_1, "17:00"),
            _told(_TUESDAY, LIISA, STEP_2, "18:30"),
        ),
        "At 16:30 nobody is there any more.",
    ),
    Scenario(
        "Acknowledged in the night, before anybody could be told",
        RESOLVE_IN_OFFICE,
        ("2026-03-02 14:30 feedback", "2026-03-02 23:00 acknowledged"),
        "2026-03-03 12:00",
        (_told("15:30", NOBODYS, WARNING), _told(_TUESDAY, NOBODYS, BREACH, "16:30")),
        "What is held is asked again in the morning: it is late still, and somebody has it.",
    ),
    Scenario(
        "Closed at the very instant at which the hours begin",
        RESOLVE_IN_OFFICE,
        ("2026-03-02 14:30 feedback", "2026-03-03 08:00 closed"),
        "2026-03-03 12:00",
        (_told("15:30", NOBODYS, WARNING, "", "Tue 3 Mar 08:00, stopped"),),
        "Nobody is told in the morning of what was done by then.",
    ),
    Scenario(
        "Over Easter",
        RESOLVE_IN_OFFICE,
        ("2026-04-02 14:00 feedback",),
        "2026-04-07 12:00",
        (
            _told("Thu 2 Apr 15:00", NOBODYS, WARNING),
            _told("Thu 2 Apr 16:00", NOBODYS, BREACH),
            _told("Tue 7 Apr 08:00", SARI, STEP_1, "Thu 2 Apr 16:30"),
            _told("Tue 7 Apr 08:00", LIISA, STEP_2, "Thu 2 Apr 18:00"),
        ),
        "From Good Friday to Easter Monday nobody is there.",
    ),
    Scenario(
        "Over lunch",
        RESOLVE_IN_OFFICE,
        ("2026-03-02 09:45 feedback",),
        "2026-03-02 12:45",
        (
            _told("10:45", NOBODYS, WARNING),
            _told("11:45", NOBODYS, BREACH),
            _told("12:30", SARI, STEP_1, "12:15"),
        ),
        "A quarter of an hour may wait until lunch is over.",
    ),
)

CYCLES = (
    Scenario(
        "Reopened",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 10:30 closed", "2026-03-02 12:00 reopened"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING, "", "10:30, stopped"),
            _told("13:00", NOBODYS, f"{WARNING} (cycle 2)"),
            _told("14:00", NOBODYS, f"{BREACH} (cycle 2)"),
            _told("14:30", SARI, f"{STEP_1} (cycle 2)"),
            _told("16:00", LIISA, f"{STEP_2} (cycle 2)"),
        ),
        "The second cycle has levels of its own, counted from 12:00.",
    ),
    Scenario(
        "Withdrawn before the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 10:30 withdrawn"),
        EVENING,
        (_told("10:00", NOBODYS, WARNING, "", "10:30, ended"),),
        "There is nobody left to serve.",
    ),
    Scenario(
        "Withdrawn after the breach",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:45 withdrawn"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING, "", "11:45, ended"),
            _told("11:00", NOBODYS, BREACH, "", "11:45, ended"),
            _told("11:30", SARI, STEP_1, "", "11:45, ended"),
        ),
        "It was missed and stays so; but nothing can be done about it any more.",
    ),
    Scenario(
        "Closed without telling the customer, then reopened",
        _one(ROUND_THE_CLOCK, tell="2h"),
        (_FEEDBACK, "2026-03-02 09:30 closed", "2026-03-02 11:00 reopened"),
        EVENING,
        (_told("10:30", NOBODYS, WARNING, "", "11:00, ended"),),
        "`tell` ends with its cycle; in the second nothing has taken effect that could be told.",
    ),
)

RECLASSIFIED = (
    Scenario(
        "Reclassified up, and overdue at once",
        BY_SEVERITY,
        (_FEEDBACK, "2026-03-02 12:00 reclassified critical"),
        EVENING,
        (
            _told("12:00", NOBODYS, WARNING, "10:00"),
            _told("12:00", NOBODYS, BREACH, "11:00"),
            _told("12:00", SARI, STEP_1, "11:30"),
            _told("13:00", LIISA, STEP_2),
        ),
        "It was missed at 11:00, but nobody could know before 12:00: what has become due is told then.",
    ),
    Scenario(
        "Reclassified down",
        BY_SEVERITY,
        ("2026-03-02 09:00 critical feedback", "2026-03-02 12:00 reclassified normal"),
        "2026-03-02 20:00",
        (
            _told("10:00", NOBODYS, WARNING, "", "12:00, changed"),
            _told("11:00", NOBODYS, BREACH, "", "12:00, changed"),
            _told("11:30", SARI, STEP_1, "", "12:00, changed"),
            _told("13:00", NOBODYS, WARNING),
            _told("17:00", NOBODYS, BREACH),
            _told("17:30", SARI, STEP_1),
            _told("19:00", LIISA, STEP_2),
        ),
        "Due at 17:00 now: what was said ends, and is said again when it is so.",
    ),
    Scenario(
        "Reclassified down before anybody was told",
        BY_SEVERITY,
        ("2026-03-02 09:00 critical feedback", "2026-03-02 10:00 reclassified normal"),
        EVENING,
        (_told("13:00", NOBODYS, WARNING), _told("17:00", NOBODYS, BREACH), _told("17:30", SARI, STEP_1)),
        "A change at the very instant of a level counts: of the old ones nobody is told.",
    ),
    Scenario(
        "Moved to another touchpoint when late",
        RESOLVE,
        (_FEEDBACK, "2026-03-02 11:45 reclassified web"),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING),
            _told("11:00", NOBODYS, BREACH),
            _told("11:30", SARI, STEP_1),
            _told("13:00", "Lauri, the leader", STEP_2),
        ),
        "It is as late as it was, so everything stands. Who is told from then on is another unit's matter.",
    ),
)

PAUSES = (
    Scenario(
        "Paused before a warning, and resumed",
        _one(ROUND_THE_CLOCK, "resolve", resolve="2h"),
        (_FEEDBACK, "2026-03-02 09:30 paused", "2026-03-02 12:00 resumed"),
        EVENING,
        (
            _told("12:30", NOBODYS, WARNING),
            _told("13:30", NOBODYS, BREACH),
            _told("14:00", SARI, STEP_1),
            _told("15:30", LIISA, STEP_2),
        ),
        "The pause moves every level by its length.",
    ),
    Scenario(
        "Paused after a warning, and never resumed",
        _one(ROUND_THE_CLOCK, "resolve", resolve="2h"),
        (_FEEDBACK, "2026-03-02 10:30 paused"),
        "2026-03-16 09:00",
        (_told("10:00", NOBODYS, WARNING),),
        "Half the time is over, and stays so.",
    ),
)

PROMISES = (
    Scenario(
        "A promise for Saturday, office hours",
        _one(OFFICE, resolve="8h"),
        ("2026-03-05 10:00 feedback promised 2026-03-07 10:00",),
        "2026-03-09 12:00",
        (
            _told("Fri 6 Mar 10:00", NOBODYS, WARNING),
            _told("Mon 9 Mar 08:00", NOBODYS, BREACH, "Sat 7 Mar 10:00"),
            _told("Mon 9 Mar 08:00", SARI, STEP_1, "Sat 7 Mar 10:30"),
            _told("Mon 9 Mar 08:00", LIISA, STEP_2, "Sat 7 Mar 12:00"),
        ),
        "The customer's time is real time: half of it is over after 24 h. On Saturday nobody is there.",
    ),
    Scenario(
        "A promise for Saturday, round the clock",
        _one(ROUND_THE_CLOCK, resolve="8h"),
        ("2026-03-05 10:00 feedback promised 2026-03-07 10:00",),
        "2026-03-09 12:00",
        (
            _told("Fri 6 Mar 10:00", NOBODYS, WARNING),
            _told("Sat 7 Mar 10:00", NOBODYS, BREACH),
            _told("Sat 7 Mar 10:30", SARI, STEP_1),
            _told("Sat 7 Mar 12:00", LIISA, STEP_2),
        ),
        "The target of 8 h does not matter: the promise stands in its place.",
    ),
    Scenario(
        "A promise that was made late in its own time",
        _one(ROUND_THE_CLOCK, acknowledge="1d"),
        (_FEEDBACK, "2026-03-02 12:00 feedback promised 2026-03-02 13:00", "2026-03-02 12:30 closed"),
        EVENING,
        (_told("12:00", NOBODYS, WARNING, "11:00", "12:30, stopped"),),
        "From 09:00 to 13:00 the half is 11:00. Told is when the promise is made.",
    ),
)

DECISIONS = (
    Scenario(
        "Decision revoked before its effect",
        DECIDE,
        (_FEEDBACK, "2026-03-02 09:30 decision made", "2026-03-02 12:00 decision revoked"),
        EVENING,
        (
            _told("12:00", NOBODYS, WARNING, "10:00"),
            _told("12:00", NOBODYS, BREACH, "11:00"),
            _told("12:00", SARI, STEP_1, "11:30"),
            _told("13:00", LIISA, STEP_2),
        ),
        "It does not count at all, so the case has been undecided for three hours; nobody could know before 12:00.",
    ),
    Scenario(
        "Decision revoked at night, office hours",
        _one(OFFICE, decide="2h"),
        ("2026-03-02 13:45 feedback", "2026-03-02 14:00 decision made", "2026-03-02 20:00 decision revoked"),
        "2026-03-03 12:00",
        (
            _told(_TUESDAY, NOBODYS, WARNING, "14:45"),
            _told(_TUESDAY, NOBODYS, BREACH, "15:45"),
            _told(_TUESDAY, SARI, STEP_1, "16:15"),
            _told(_TUESDAY, LIISA, STEP_2, "17:45"),
        ),
        "Due since the afternoon, known since 20:00, told in the morning.",
    ),
    Scenario(
        "Decision after a warning, revoked, then closed",
        DECIDE,
        (
            _FEEDBACK,
            "2026-03-02 10:30 decision made",
            "2026-03-02 10:45 decision revoked",
            "2026-03-02 11:15 closed",
        ),
        EVENING,
        (
            _told("10:00", NOBODYS, WARNING, "", "10:30, stopped"),
            _told("10:45", NOBODYS, WARNING, "10:00", "11:15, stopped"),
            _told("11:00", NOBODYS, BREACH, "", "11:15, stopped"),
        ),
        "What had stopped the clock is void: the warning is due again. Closing decides, too.",
    ),
)

GROUPS: dict[str, tuple[Scenario, ...]] = {
    "Who has it": TAKING,
    "Nights, holidays, lunch": HOURS,
    "Reopening and withdrawal": CYCLES,
    "Reclassification": RECLASSIFIED,
    "Pauses": PAUSES,
    "Promises": PROMISES,
    "Decisions": DECISIONS,
}
