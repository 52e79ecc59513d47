"""The truth table: small stories with an answer that a hand worked out by the design text, in groups.

2026-03-02 is a Monday. Helsinki is two hours ahead of UTC, three from 29 March to 25 October.
"""

from __future__ import annotations

from tests.golden.story import (
    NIGHTS,
    OFFICE,
    ROUND_THE_CLOCK,
    SUNDAY_REPEATED,
    SUNDAY_SKIPPED,
    Policy,
    Scenario,
)

NO = "not started"
NEVER = ("", "", "")


def _one(calendar: str, *pausable: str, **targets: str) -> tuple[Policy, ...]:
    return (Policy(calendar, targets, pausable),)


BY_SEVERITY = (
    Policy(ROUND_THE_CLOCK, {"acknowledge": "1h", "resolve": "2h"}, (), "critical"),
    Policy(ROUND_THE_CLOCK, {"acknowledge": "2h", "resolve": "4h"}, ("resolve",), "high"),
    Policy(ROUND_THE_CLOCK, {"acknowledge": "4h", "resolve": "8h"}, ("resolve",)),
)

PAUSES = (
    Scenario(
        "Paused in the night only",
        _one(OFFICE, "resolve", resolve="7h"),
        ("2026-03-02 10:00 feedback", "2026-03-02 17:00 paused", "2026-03-03 07:00 resumed", "2026-03-03 08:30 closed"),
        "2026-03-03 12:00",
        (("resolve", "met", "Tue 3 Mar 09:00", "22 h 30 min", "6 h 30 min"),),
        "Nobody works between 16:30 and 08:00, so that pause takes nothing away and moves nothing.",
    ),
    Scenario(
        "Paused from the afternoon over the night",
        _one(OFFICE, "resolve", resolve="6h", decide="6h"),
        ("2026-03-02 10:00 feedback", "2026-03-02 16:00 paused", "2026-03-03 09:00 resumed", "2026-03-03 10:00 closed"),
        "2026-03-03 12:00",
        (
            ("decide", "missed", "Mon 2 Mar 16:30", "24 h", "8 h"),
            ("resolve", "missed", "Tue 3 Mar 09:30", "24 h", "6 h 30 min"),
        ),
        "The pause takes half an hour of Monday and one of Tuesday off `resolve`; `decide` is not pausable and goes "
        "on. Six hours are reached at the very end of Monday's hours, and due then, not on Tuesday morning.",
    ),
    Scenario(
        "Paused over a holiday",
        _one(OFFICE, "resolve", resolve="8h"),
        ("2026-04-02 10:00 feedback", "2026-04-02 15:00 paused", "2026-04-07 09:00 resumed", "2026-04-07 11:00 closed"),
        "2026-04-07 12:00",
        (("resolve", "met", "Tue 7 Apr 13:00", "121 h", "6 h 30 min"),),
        "From Good Friday to Easter Monday nobody works; the pause costs what it covers of Thursday and Tuesday, 2 "
        "h 30 min.",
    ),
    Scenario(
        "Paused twice",
        _one(OFFICE, "resolve", resolve="4h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 paused",
            "2026-03-02 11:00 resumed",
            "2026-03-02 14:00 paused",
            "2026-03-02 15:00 resumed",
            "2026-03-02 16:00 closed",
        ),
        "2026-03-02 18:00",
        (("resolve", "missed", "Mon 2 Mar 15:30", "7 h", "4 h 30 min"),),
        "Both pauses are taken off, and so is lunch: 1 h, 1 h, 1 h 30 min, and half an hour more reach the 4 h.",
    ),
    Scenario(
        "Paused again while paused",
        _one(OFFICE, "resolve", resolve="2h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 paused",
            "2026-03-02 13:00 paused",
            "2026-03-02 14:00 resumed",
            "2026-03-02 15:00 closed",
        ),
        "2026-03-02 18:00",
        (("resolve", "met", "Mon 2 Mar 15:00", "6 h", "2 h"),),
        "Repeated pauses are one, from 10:00 to 14:00, and one `resumed` ends it.",
    ),
    Scenario(
        "Paused and never resumed",
        _one(OFFICE, "resolve", resolve="2h", decide="2h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 paused"),
        "2026-03-16 09:00",
        (
            ("decide", "missed", "Mon 2 Mar 11:00", "336 h", "80 h"),
            ("resolve", "running", "", "336 h", "1 h"),
        ),
        "Inside a pause nothing is due, however long it lasts. `decide` is not pausable, and late since 11:00.",
    ),
    Scenario(
        "Paused when the target was just reached, and never resumed",
        _one(OFFICE, "resolve", resolve="1h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 paused"),
        "2026-03-02 12:00",
        (("resolve", "missed", "Mon 2 Mar 10:00", "3 h", "1 h"),),
        "The hour was up when the pause began, so the pause cannot take the due time away.",
    ),
    Scenario(
        "Closed while paused",
        _one(OFFICE, "resolve", resolve="2h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 paused", "2026-03-02 15:00 closed"),
        "2026-03-02 18:00",
        (("resolve", "met", "Mon 2 Mar 16:00", "6 h", "1 h"),),
        "Closing ends the pause, and a clock that stops at the end of a pause stops outside it: one hour was left "
        "at 15:00.",
    ),
    Scenario(
        "Acknowledged at the instant a pause begins",
        _one(OFFICE, "acknowledge", acknowledge="2h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 acknowledged", "2026-03-02 10:00 paused"),
        "2026-03-02 12:00",
        (("acknowledge", "met", "", "1 h", "1 h"),),
        "A pause covers the instant at which it begins: the clock stopped inside it, so it had no due time, and is "
        "met.",
    ),
    Scenario(
        "Acknowledged at the instant a pause ends",
        _one(OFFICE, "acknowledge", acknowledge="2h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 09:30 paused",
            "2026-03-02 10:00 resumed",
            "2026-03-02 10:00 acknowledged",
        ),
        "2026-03-02 12:00",
        (("acknowledge", "met", "Mon 2 Mar 11:30", "1 h", "30 min"),),
        "A pause does not cover the instant at which it ends: half an hour was worked, an hour and a half was left "
        "at 10:00.",
    ),
)

TELLING = (
    Scenario(
        "Told before the decision takes effect",
        _one(ROUND_THE_CLOCK, acknowledge="2h", effect="2h", tell="1h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 told",
            "2026-03-02 11:00 decision made",
            "2026-03-02 14:00 decision effective",
        ),
        "2026-03-02 18:00",
        (
            ("acknowledge", "met", "Mon 2 Mar 11:00", "1 h", "1 h"),
            ("effect", "missed", "Mon 2 Mar 13:00", "3 h", "3 h"),
            ("tell", "met", "Mon 2 Mar 15:00", "0 min", "0 min"),
        ),
        "Telling the customer is a first reaction, too; `tell` starts with the effect and stops at once, as it was "
        "done.",
    ),
    Scenario(
        "Told after closing",
        _one(ROUND_THE_CLOCK, acknowledge="2h", tell="1h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 12:00 closed", "2026-03-02 13:30 told"),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 11:00", "3 h", "3 h"),
            ("tell", "missed", "Mon 2 Mar 13:00", "1 h 30 min", "1 h 30 min"),
        ),
        "Closing is an effect, so `tell` runs from it, and telling still counts; everything else had stopped at the "
        "closing.",
    ),
    Scenario(
        "Told after reopening",
        _one(ROUND_THE_CLOCK, acknowledge="2h", tell="4h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 closed",
            "2026-03-02 12:00 reopened",
            "2026-03-02 13:00 told",
        ),
        "2026-03-02 18:00",
        (
            ("acknowledge (cycle 1)", "met", "Mon 2 Mar 11:00", "1 h", "1 h"),
            ("tell (cycle 1)", "cancelled", "Mon 2 Mar 14:00", "2 h", "2 h"),
            ("acknowledge (cycle 2)", "met", "Mon 2 Mar 14:00", "1 h", "1 h"),
            ("tell (cycle 2)", NO, *NEVER),
        ),
        "Reopening ends the first cycle's `tell`; what is told then is the first reaction of the second cycle, in "
        "which nothing has taken effect yet.",
    ),
    Scenario(
        "Told after reopening, when telling was late already",
        _one(ROUND_THE_CLOCK, tell="1h"),
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 closed",
            "2026-03-02 12:00 reopened",
            "2026-03-02 13:00 told",
        ),
        "2026-03-02 18:00",
        (
            ("tell (cycle 1)", "missed", "Mon 2 Mar 11:00", "2 h", "2 h"),
            ("tell (cycle 2)", NO, *NEVER),
        ),
        "What was missed before the cycle ended stays missed.",
    ),
)

REOPENING = (
    Scenario(
        "Reopened within working hours",
        _one(OFFICE, resolve="4h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 11:00 closed", "2026-03-02 15:00 reopened"),
        "2026-03-03 10:00",
        (
            ("resolve (cycle 1)", "met", "Mon 2 Mar 13:30", "2 h", "2 h"),
            ("resolve (cycle 2)", "running", "Tue 3 Mar 10:30", "19 h", "3 h 30 min"),
        ),
        "The first cycle stays as it was; the second starts anew at 15:00, with 1 h 30 min on Monday.",
    ),
    Scenario(
        "Reopened after working hours",
        _one(OFFICE, resolve="4h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 11:00 closed", "2026-03-02 20:00 reopened"),
        "2026-03-03 10:00",
        (
            ("resolve (cycle 1)", "met", "Mon 2 Mar 13:30", "2 h", "2 h"),
            ("resolve (cycle 2)", "running", "Tue 3 Mar 12:00", "14 h", "2 h"),
        ),
        "The customer waits from 20:00, work starts at 08:00; due at 12:00, when the morning ends, and not after "
        "lunch.",
    ),
    Scenario(
        "New feedback on a closed case",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 closed", "2026-03-02 12:00 critical feedback"),
        "2026-03-02 13:30",
        (
            ("acknowledge (cycle 1)", "met", "Mon 2 Mar 13:00", "1 h", "1 h"),
            ("resolve (cycle 1)", "met", "Mon 2 Mar 17:00", "1 h", "1 h"),
            ("acknowledge (cycle 2)", "missed", "Mon 2 Mar 13:00", "1 h 30 min", "1 h 30 min"),
            ("resolve (cycle 2)", "running", "Mon 2 Mar 14:00", "1 h 30 min", "1 h 30 min"),
        ),
        "It starts a second cycle with the classification that it brings.",
    ),
)

CALENDAR_EDGES = (
    Scenario(
        "Created on a holiday",
        _one(OFFICE, acknowledge="1h"),
        ("2026-01-06 10:00 feedback", "2026-01-07 08:45 acknowledged"),
        "2026-01-07 12:00",
        (("acknowledge", "met", "Wed 7 Jan 09:00", "22 h 45 min", "45 min"),),
        "Epiphany is a Tuesday without hours: work starts on Wednesday at 08:00. The customer waited since the "
        "holiday.",
    ),
    Scenario(
        "Created on the afternoon before Easter",
        _one(OFFICE, acknowledge="1h"),
        ("2026-04-02 16:00 feedback",),
        "2026-04-07 08:30",
        (("acknowledge", "running", "Tue 7 Apr 08:30", "112 h 30 min", "1 h"),),
        "Half an hour on Thursday, the other half after Easter. At exactly the due time it is not late.",
    ),
    Scenario(
        "A night shift in which the clocks go forward",
        _one(NIGHTS, acknowledge="6h"),
        ("2026-03-28 23:00 feedback", "2026-03-29 06:00 acknowledged"),
        "2026-03-29 12:00",
        (("acknowledge", "met", "Sun 29 Mar 06:00", "6 h", "6 h"),),
        "From 23:00 to 06:00 it is seven hours on the wall and six in the world: the hour from 03:00 to 04:00 does "
        "not exist.",
    ),
    Scenario(
        "Created in the hour that a clock change skips",
        _one(NIGHTS, acknowledge="2h"),
        ("2026-03-29 03:30+02:00 feedback", "2026-03-29 22:30 acknowledged"),
        "2026-03-29 23:00",
        (("acknowledge", "met", "Sun 29 Mar 22:30", "18 h", "2 h"),),
        "A sender that has not changed its clock writes 03:30 winter time: the instant is 04:30 summer time. 1 h 30 "
        "min are left of that night.",
    ),
    Scenario(
        "Created before hours that open in the skipped hour",
        _one(SUNDAY_SKIPPED, acknowledge="30m"),
        ("2026-03-29 02:30 feedback", "2026-03-29 05:30 acknowledged"),
        "2026-03-29 12:00",
        (("acknowledge", "missed", "Sun 29 Mar 04:30", "2 h", "1 h"),),
        "03:30 does not exist on that day; the hours open at the change, 04:00.",
    ),
    Scenario(
        "Created in the hour that a clock change repeats",
        _one(ROUND_THE_CLOCK, acknowledge="1h"),
        ("2026-10-25 03:30+03:00 feedback", "2026-10-25 03:30+02:00 acknowledged"),
        "2026-10-25 12:00",
        (("acknowledge", "met", "Sun 25 Oct 03:30 (+02:00)", "1 h", "1 h"),),
        "03:30 comes twice, an hour apart. Instants are compared, not what a clock on the wall shows.",
    ),
    Scenario(
        "Created in the first of two repeated hours, inside hours that run through both",
        _one(SUNDAY_REPEATED, acknowledge="1h"),
        ("2026-10-25 03:30+03:00 feedback", "2026-10-25 03:31+02:00 acknowledged"),
        "2026-10-25 12:00",
        (("acknowledge", "missed", "Sun 25 Oct 03:30 (+02:00)", "1 h 1 min", "1 h 1 min"),),
        "They open at the first 03:15 and close at the second 03:45: an hour and a half on that day.",
    ),
    Scenario(
        "Created in the second of two repeated hours, inside hours that run through both",
        _one(SUNDAY_REPEATED, acknowledge="30m"),
        ("2026-10-25 03:30+02:00 feedback", "2026-11-01 03:20 acknowledged"),
        "2026-11-01 12:00",
        (("acknowledge", "met", "Sun 1 Nov 03:30", "167 h 50 min", "20 min"),),
        "15 minutes are left until the second 03:45; the other 15 come on the Sunday after.",
    ),
)

RECLASSIFIED = (
    Scenario(
        "Reclassified up while it runs",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 10:30 acknowledged", "2026-03-02 10:30 reclassified critical"),
        "2026-03-02 10:45",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "1 h 30 min", "1 h 30 min"),
            ("resolve", "running", "Mon 2 Mar 11:00", "1 h 45 min", "1 h 45 min"),
        ),
        "`resolve` is judged anew from its own start, 09:00. A change at the very instant at which a clock stops "
        "counts for it: `acknowledge` is judged as critical.",
    ),
    Scenario(
        "Reclassified up after a clock has stopped",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 10:30 acknowledged", "2026-03-02 12:00 reclassified critical"),
        "2026-03-02 12:00",
        (
            ("acknowledge", "met", "Mon 2 Mar 13:00", "1 h 30 min", "1 h 30 min"),
            ("resolve", "missed", "Mon 2 Mar 11:00", "3 h", "3 h"),
        ),
        "What has stopped stays as it was. What runs is late at once, and missed at 11:00, not when it was "
        "reclassified.",
    ),
    Scenario(
        "Reclassified down while it runs",
        BY_SEVERITY,
        ("2026-03-02 09:00 critical feedback", "2026-03-02 09:30 acknowledged", "2026-03-02 10:30 reclassified normal"),
        "2026-03-02 12:00",
        (
            ("acknowledge", "met", "Mon 2 Mar 10:00", "30 min", "30 min"),
            ("resolve", "running", "Mon 2 Mar 17:00", "3 h", "3 h"),
        ),
        "From its own start it has eight hours instead of two.",
    ),
    Scenario(
        "Reclassified up while paused",
        BY_SEVERITY,
        (
            "2026-03-02 09:00 feedback",
            "2026-03-02 10:00 paused",
            "2026-03-02 11:00 reclassified high",
            "2026-03-02 12:30 resumed",
            "2026-03-02 13:00 closed",
        ),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 11:00", "4 h", "4 h"),
            ("resolve", "met", "Mon 2 Mar 15:30", "4 h", "1 h 30 min"),
        ),
        "The pause goes on under the new policy, which names `resolve` pausable too: three of four hours were left "
        "at 12:30.",
    ),
    Scenario(
        "Reclassified while paused to a policy without pauses",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 10:00 paused", "2026-03-02 11:00 reclassified critical"),
        "2026-03-02 11:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "2 h", "2 h"),
            ("resolve", "running", "Mon 2 Mar 11:00", "2 h", "2 h"),
        ),
        "A pause counts only where the policy says so: judged as critical, the clock never stood still.",
    ),
    Scenario(
        "Reclassified down while paused",
        BY_SEVERITY,
        (
            "2026-03-02 09:00 high feedback",
            "2026-03-02 10:00 paused",
            "2026-03-02 11:00 reclassified normal",
            "2026-03-02 12:30 resumed",
        ),
        "2026-03-02 13:00",
        (
            ("acknowledge", "running", "Mon 2 Mar 13:00", "4 h", "4 h"),
            ("resolve", "running", "Mon 2 Mar 19:30", "4 h", "1 h 30 min"),
        ),
        "One of eight hours was worked before the pause, seven were left at 12:30.",
    ),
    Scenario(
        "Reclassified up after a breach",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 18:00 reclassified critical"),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "9 h", "9 h"),
            ("resolve", "missed", "Mon 2 Mar 11:00", "9 h", "9 h"),
        ),
        "It was late since 17:00; as critical it is late since 11:00.",
    ),
    Scenario(
        "Reclassified down after a breach",
        BY_SEVERITY,
        (
            "2026-03-02 09:00 critical feedback",
            "2026-03-02 10:30 acknowledged",
            "2026-03-02 12:00 reclassified normal",
            "2026-03-02 16:00 closed",
        ),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "1 h 30 min", "1 h 30 min"),
            ("resolve", "met", "Mon 2 Mar 17:00", "7 h", "7 h"),
        ),
        "`acknowledge` had stopped late and stays missed. `resolve` was late from 11:00 to 12:00, and is judged by "
        "what was in force when it stopped.",
    ),
    Scenario(
        "Reclassified at the instant of closing",
        BY_SEVERITY,
        ("2026-03-02 09:00 critical feedback", "2026-03-02 12:00 closed", "2026-03-02 12:00 reclassified normal"),
        "2026-03-02 18:00",
        (
            ("acknowledge", "met", "Mon 2 Mar 13:00", "3 h", "3 h"),
            ("resolve", "met", "Mon 2 Mar 17:00", "3 h", "3 h"),
        ),
        "At one instant a reclassification comes before a closing, whichever arrived first.",
    ),
    Scenario(
        "Reclassified a millisecond after closing",
        BY_SEVERITY,
        (
            "2026-03-02 09:00 critical feedback",
            "2026-03-02 12:00 closed",
            "2026-03-02 12:00:00.001 reclassified normal",
        ),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "3 h", "3 h"),
            ("resolve", "missed", "Mon 2 Mar 11:00", "3 h", "3 h"),
        ),
        "Nothing but telling counts after closing.",
    ),
    Scenario(
        "More severe feedback on an open case",
        BY_SEVERITY,
        ("2026-03-02 09:00 feedback", "2026-03-02 10:30 critical feedback", "2026-03-02 10:45 low feedback"),
        "2026-03-02 11:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "2 h", "2 h"),
            ("resolve", "running", "Mon 2 Mar 11:00", "2 h", "2 h"),
        ),
        "It starts no clock, but raises the severity; less severe feedback does not lower it.",
    ),
)

EXACTLY = (
    Scenario(
        "Stopped exactly when due",
        _one(ROUND_THE_CLOCK, resolve="2h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 11:00 closed"),
        "2026-03-02 12:00",
        (("resolve", "met", "Mon 2 Mar 11:00", "2 h", "2 h"),),
        "At the due time or before it is in time.",
    ),
    Scenario(
        "Stopped a millisecond later",
        _one(ROUND_THE_CLOCK, resolve="2h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 11:00:00.001 closed"),
        "2026-03-02 12:00",
        (("resolve", "missed", "Mon 2 Mar 11:00", "2 h 0.001 s", "2 h 0.001 s"),),
        "After the due time is late, by however little.",
    ),
    Scenario(
        "Not stopped, read exactly when due",
        _one(ROUND_THE_CLOCK, resolve="2h"),
        ("2026-03-02 09:00 feedback",),
        "2026-03-02 11:00",
        (("resolve", "running", "Mon 2 Mar 11:00", "2 h", "2 h"),),
        "It can still be stopped in time.",
    ),
    Scenario(
        "Not stopped, read a millisecond later",
        _one(ROUND_THE_CLOCK, resolve="2h"),
        ("2026-03-02 09:00 feedback",),
        "2026-03-02 11:00:00.001",
        (("resolve", "missed", "Mon 2 Mar 11:00", "2 h 0.001 s", "2 h 0.001 s"),),
        "Now nothing can make it timely any more; it was missed at the due time, not when somebody looked.",
    ),
)

_MADE = ("2026-03-02 09:00 feedback", "2026-03-02 10:00 decision made")
_EFFECTIVE = "2026-03-02 12:00 decision effective"

DECISIONS = (
    Scenario(
        "Decision revoked before its effect, which never comes",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d"),
        (*_MADE, "2026-03-02 11:00 decision revoked"),
        "2026-03-02 14:00",
        (("decide", "missed", "Mon 2 Mar 13:00", "5 h", "5 h"), ("effect", NO, *NEVER)),
        "It does not count at all: the customer's case is as undecided as it was.",
    ),
    Scenario(
        "Decision revoked a millisecond before its effect",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d"),
        (*_MADE, "2026-03-02 11:59:59.999 decision revoked", _EFFECTIVE),
        "2026-03-02 14:00",
        (("decide", "missed", "Mon 2 Mar 13:00", "5 h", "5 h"), ("effect", NO, *NEVER)),
        "It does not count, although somebody put it into effect afterwards.",
    ),
    Scenario(
        "Decision revoked at the instant of its effect",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d"),
        (*_MADE, "2026-03-02 12:00 decision revoked", _EFFECTIVE),
        "2026-03-02 14:00",
        (
            ("decide", "met", "Mon 2 Mar 13:00", "1 h", "1 h"),
            ("effect", "met", "Tue 3 Mar 10:00", "2 h", "2 h"),
        ),
        "It took effect, if for no time: it counts.",
    ),
    Scenario(
        "Decision revoked after its effect",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d"),
        (*_MADE, _EFFECTIVE, "2026-03-02 13:00 decision revoked"),
        "2026-03-02 14:00",
        (
            ("decide", "met", "Mon 2 Mar 13:00", "1 h", "1 h"),
            ("effect", "met", "Tue 3 Mar 10:00", "2 h", "2 h"),
        ),
        "What the customer has felt is not undone.",
    ),
    Scenario(
        "Closed without any decision",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d", tell="1d"),
        ("2026-03-02 09:00 feedback", "2026-03-02 12:00 closed"),
        "2026-03-02 14:00",
        (
            ("decide", "met", "Mon 2 Mar 13:00", "3 h", "3 h"),
            ("effect", NO, *NEVER),
            ("tell", "running", "Tue 3 Mar 12:00", "2 h", "2 h"),
        ),
        "Closing decides and takes effect, but there was no decision whose effect anybody waited for.",
    ),
    Scenario(
        "Decided before the feedback came",
        _one(ROUND_THE_CLOCK, decide="4h", effect="1d"),
        ("2026-03-02 08:00 decision made", "2026-03-02 09:00 feedback"),
        "2026-03-02 14:00",
        (
            ("decide", "met", "Mon 2 Mar 13:00", "0 min", "0 min"),
            ("effect", "running", "Tue 3 Mar 09:00", "5 h", "5 h"),
        ),
        "What came before the first feedback counts as of it; nobody waited for that decision.",
    ),
)

PROMISES = (
    Scenario(
        "A promise to the customer",
        _one(OFFICE, "resolve", resolve="1h"),
        (
            "2026-03-02 09:00 feedback promised 2026-03-03 09:00",
            "2026-03-02 10:00 paused",
            "2026-03-03 09:00 closed",
        ),
        "2026-03-03 12:00",
        (("resolve", "met", "Tue 3 Mar 09:00", "24 h", "1 h"),),
        "The promise is the due time, whatever the target and the pause say.",
    ),
    Scenario(
        "Withdrawn",
        _one(ROUND_THE_CLOCK, acknowledge="1h", decide="2h", resolve="8h", tell="1h"),
        ("2026-03-02 09:00 feedback", "2026-03-02 11:00 withdrawn", "2026-03-02 11:30 told"),
        "2026-03-02 18:00",
        (
            ("acknowledge", "missed", "Mon 2 Mar 10:00", "2 h", "2 h"),
            ("decide", "cancelled", "Mon 2 Mar 11:00", "2 h", "2 h"),
            ("resolve", "cancelled", "Mon 2 Mar 17:00", "2 h", "2 h"),
            ("tell", NO, *NEVER),
        ),
        "What runs is cancelled, at exactly its due time too; what was missed before stays missed; nothing counts "
        "afterwards.",
    ),
)

GROUPS: dict[str, tuple[Scenario, ...]] = {
    "Pauses": PAUSES,
    "Telling the customer": TELLING,
    "Reopening": REOPENING,
    "Holidays and clock changes": CALENDAR_EDGES,
    "Reclassification": RECLASSIFIED,
    "Exactly when due": EXACTLY,
    "Decisions": DECISIONS,
    "Promises and withdrawal": PROMISES,
}

ANY_ORDER = Scenario(
    "Events in every order of arrival",
    _one(OFFICE, "resolve", decide="1h", resolve="4h"),
    (
        "2026-03-02 09:00 feedback",
        "2026-03-02 10:00 decision made",
        "2026-03-02 10:00 paused",
        "2026-03-02 12:00 resumed",
        "2026-03-02 13:00 closed",
    ),
    "2026-03-02 18:00",
    (
        ("decide", "met", "Mon 2 Mar 10:00", "1 h", "1 h"),
        ("resolve", "met", "Mon 2 Mar 15:30", "4 h", "1 h 30 min"),
    ),
    "Events are put in the order in which they happened, whenever they arrive. An hour was worked before the "
    "pause, and half of one after lunch.",
)
