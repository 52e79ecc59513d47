# ruff: noqa: RUF001 - Finnish writes ranges with an en dash
"""What `rytmi explain` says, without a broker: golden texts in both languages, and worlds of the oracle."""

from __future__ import annotations

import string
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from processors.backtest import Backtest
from processors.canonical import instant, parse
from processors.settled import row
from streams import config as configuration
from streams.config import Config
from streams.explain.facts import Facts, State
from streams.explain.gathering import gather
from streams.explain.story import story
from streams.explain.words import LANGUAGES
from streams.explain.words_en import ENGLISH
from streams.explain.words_fi import FINNISH
from streams.language.speaker import Language, Speaker
from tests.golden import story as stories
from tests.golden.story import OFFICE, ROUND_THE_CLOCK, Policy, Scenario
from tests.golden.truth_table import BY_SEVERITY
from tests.oracle.strategies import worlds

WIDTH, ENDLESS = 100, 10_000


def facts_of(config: Config, events: list[dict[str, Any]], at: int) -> list[Facts]:
    """The facts of every case, from a backtest; outcomes and alarms as the topics would hold them."""
    backtest = Backtest(config.policies)
    for event in events:
        if instant(event["at"]) <= at:
            try:
                backtest.add(parse(event))
            except ValueError:
                assert config.raw["unknown_touchpoint"] == "reject"
    assert list(backtest.finish()) == []
    found = []
    for name, entries, judged in backtest.cases():
        record = backtest.record(name, entries, judged)
        outcomes = [{**one, "revision": 1, "retracted": False} for one in backtest.outcomes(name, judged)]
        found.append(gather(record, outcomes, list(backtest.alarms(name, entries, judged, at)), at, config))
    return found


def page(facts: Facts, language: Language, timezone: str, width: int = WIDTH) -> list[list[str]]:
    """The lines of every part."""
    speaker = Speaker(language, ZoneInfo(timezone), facts.at)
    return [speaker.lines(part, width) for part in story(facts, timezone)]


def told(scenario: Scenario) -> Facts:
    """The facts of the one case of a scenario."""
    config = configuration.parse(stories.config(scenario))
    (facts,) = facts_of(config, stories.events(scenario.story), stories.instant(scenario.read))
    return facts


def scenario(policies: tuple[Policy, ...], read: str, *lines: str) -> Scenario:
    """A scenario of the truth table, less what is told there."""
    return Scenario("", policies, lines, read, (), "")


def one(calendar: str, *pausable: str, **targets: str) -> tuple[Policy, ...]:
    return (Policy(calendar, targets, pausable),)


FEEDBACK = "2026-03-02 09:00 feedback"
SCENARIOS: dict[str, tuple[Scenario, str]] = {  # by name: and the clock that is looked at, of the first cycle
    "running before due": (
        scenario(one(OFFICE, decide="6h"), "2026-03-02 17:00", "2026-03-02 12:00 feedback"),
        "decide",
    ),
    "overdue": (scenario(one(OFFICE, decide="2h"), "2026-03-02 17:00", FEEDBACK), "decide"),
    "stopped in time": (
        scenario(one(ROUND_THE_CLOCK, decide="4h"), "2026-03-02 18:00", FEEDBACK, "2026-03-02 11:30 decision made"),
        "decide",
    ),
    "stopped exactly when due": (
        scenario(one(ROUND_THE_CLOCK, resolve="2h"), "2026-03-02 18:00", FEEDBACK, "2026-03-02 11:00 closed"),
        "resolve",
    ),
    "stopped a millisecond late": (
        scenario(one(ROUND_THE_CLOCK, resolve="2h"), "2026-03-02 18:00", FEEDBACK, "2026-03-02 11:00:00.001 closed"),
        "resolve",
    ),
    "missed and closed": (
        scenario(
            one(OFFICE, "resolve", resolve="6h"),
            "2026-03-03 12:00",
            "2026-03-02 10:00 feedback",
            "2026-03-02 16:00 paused",
            "2026-03-03 09:00 resumed",
            "2026-03-03 10:00 closed",
        ),
        "resolve",
    ),
    "inside a pause": (
        scenario(one(OFFICE, "resolve", resolve="2h"), "2026-03-16 09:00", FEEDBACK, "2026-03-02 10:00 paused"),
        "resolve",
    ),
    "inside a pause that does not count": (
        scenario(one(OFFICE, resolve="2h"), "2026-03-02 16:00", FEEDBACK, "2026-03-02 10:00 paused"),
        "resolve",
    ),
    "target reached before the pause": (
        scenario(one(OFFICE, "resolve", resolve="1h"), "2026-03-02 12:00", FEEDBACK, "2026-03-02 10:00 paused"),
        "resolve",
    ),
    "stopped inside a pause": (
        scenario(
            one(OFFICE, "acknowledge", acknowledge="2h"),
            "2026-03-02 12:00",
            FEEDBACK,
            "2026-03-02 10:00 acknowledged",
            "2026-03-02 10:00 paused",
        ),
        "acknowledge",
    ),
    "a promise": (
        scenario(
            one(OFFICE, resolve="1h"),
            "2026-03-02 16:00",
            "2026-03-02 09:00 feedback promised 2026-03-03 09:00",
        ),
        "resolve",
    ),
    "withdrawn": (
        scenario(one(ROUND_THE_CLOCK, decide="2h"), "2026-03-02 18:00", FEEDBACK, "2026-03-02 10:00 withdrawn"),
        "decide",
    ),
    "missed and withdrawn": (
        scenario(one(ROUND_THE_CLOCK, decide="2h"), "2026-03-02 18:00", FEEDBACK, "2026-03-02 12:00 withdrawn"),
        "decide",
    ),
    "reopened before the customer was told": (
        scenario(
            one(ROUND_THE_CLOCK, tell="4h"),
            "2026-03-02 18:00",
            FEEDBACK,
            "2026-03-02 10:00 closed",
            "2026-03-02 12:00 reopened",
        ),
        "tell",
    ),
    "reclassified while it ran": (
        scenario(
            BY_SEVERITY,
            "2026-03-02 12:00",
            "2026-03-02 09:00 critical feedback",
            "2026-03-02 09:30 acknowledged",
            "2026-03-02 10:30 reclassified normal",
        ),
        "resolve",
    ),
    "reclassified after it had stopped": (
        scenario(
            BY_SEVERITY,
            "2026-03-02 12:00",
            "2026-03-02 09:00 critical feedback",
            "2026-03-02 09:30 acknowledged",
            "2026-03-02 10:30 reclassified normal",
        ),
        "acknowledge",
    ),
    "the hour that comes twice": (
        scenario(
            one(ROUND_THE_CLOCK, acknowledge="1h"),
            "2026-10-25 12:00",
            "2026-10-25 03:30+03:00 feedback",
            "2026-10-25 03:31+02:00 acknowledged",
        ),
        "acknowledge",
    ),
}


def part(facts: Facts, clock: str, language: Language) -> list[str]:
    """What is said of the first clock of that name."""
    return next(lines for lines in page(facts, language, "Europe/Helsinki") if f"({clock})" in lines[0])


NIGHT: dict[str, Any] = {
    "timezone": "Europe/Helsinki",
    "calendars": {"office": {"hours": {"mon-fri": ["08:00-12:00", "12:30-16:30"]}, "holidays": "FI"}},
    "units": [{"id": "logistics", "supervisor": "logistics-lead", "leader": "coo"}],
    "touchpoints": [{"id": "delivery", "unit": "logistics"}],
    "unknown_touchpoint": "other",
    "policies": [
        {
            "name": "critical",
            "match": {"severity": ["critical"]},
            "targets": {"acknowledge": "1h", "decide": "4h", "effect": "2d", "resolve": "5d", "tell": "1d"},
            "pausable": ["resolve"],
            "warn": [0.75],
            "escalate": [{"after": "0m", "to": "owner"}, {"after": "30m", "to": "supervisor"}],
        },
        {"name": "default", "calendar": "office", "targets": {"resolve": "10d"}},
    ],
}
_C = {"case": "K-17"}
EVENTS: list[dict[str, Any]] = [
    {
        "type": "feedback",
        "id": "f1",
        "at": "2026-03-02T20:10:00+02:00",
        **_C,
        "touchpoint": "delivery",
        "severity": "critical",
    },
    {
        "type": "action",
        "id": "a1",
        "at": "2026-03-02T20:40:00+02:00",
        **_C,
        "kind": "assigned",
        "actor": "sam",
        "owner": "anna",
    },
    {
        "type": "obstacle",
        "id": "o1",
        "at": "2026-03-02T21:00:00+02:00",
        "obstacle": "O-3",
        "stage": "raised",
        "touchpoint": "delivery",
        "cause": "carrier",
        "cases": ["K-17"],
    },
    {
        "type": "obstacle",
        "id": "o2",
        "at": "2026-03-01T12:00:00+02:00",
        "obstacle": "O-2",
        "stage": "raised",
        "touchpoint": "delivery",
        "cause": "stock",
        "cases": ["K-17"],
    },
    {
        "type": "obstacle",
        "id": "o3",
        "at": "2026-03-02T22:15:00+02:00",
        "obstacle": "O-2",
        "stage": "removed",
        "touchpoint": "delivery",
        "cause": "stock",
        "cases": ["K-17"],
    },
    {
        "type": "decision",
        "id": "d1",
        "at": "2026-03-02T21:30:00+02:00",
        "decision": "D-8",
        "stage": "made",
        "level": "operational",
        "unit": "logistics",
        "cases": ["K-17"],
        "obstacles": [],
    },
    {
        "type": "decision",
        "id": "d2",
        "at": "2026-03-02T22:00:00+02:00",
        "decision": "D-8",
        "stage": "revoked",
        "level": "operational",
        "unit": "logistics",
        "cases": ["K-17"],
        "obstacles": [],
    },
]


def night(at: str = "2026-03-03T01:00:00+02:00") -> tuple[Facts, Config]:
    """A critical case at one in the morning."""
    config = configuration.parse(NIGHT)
    (facts,) = facts_of(config, EVENTS, instant(at))
    return facts, config


# -- golden texts

GOLDEN = {
    ("running before due", "en"): """
Decision (decide): running, due Tue 3 Mar 10:00
  Runs since the feedback (Mon 2 Mar 12:00): nothing has been decided yet.
  Policy any (version 8c1582cce6b9): within 6 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 5 h; 4 h of that is worked time.
  It is not overdue: 2 h of worked time is left, which ends in 17 h.
  Calendar office hours is closed now and opens Tue 3 Mar 08:00.
""",
    ("running before due", "fi"): """
Päätös (decide): käynnissä, määräaika ti 3.3. klo 10.00
  Käynyt palautteesta (ma 2.3. klo 12.00) lähtien: mitään ei ole vielä päätetty.
  Sääntö any (versio 8c1582cce6b9): tavoite 6 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 5 h, josta työaikaa on 4 h.
  Ei myöhässä: työaikaa on jäljellä 2 h, ja se päättyy 17 h kuluttua.
  Kalenteri office hours on nyt kiinni ja aukeaa ti 3.3. klo 8.00.
""",
    ("overdue", "en"): """
Decision (decide): OVERDUE since Mon 2 Mar 11:00
  Runs since the feedback (Mon 2 Mar 09:00): nothing has been decided yet.
  Policy any (version 264d3a068ff1): within 2 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 8 h; 7 h of that is worked time.
  It is overdue: it was due Mon 2 Mar 11:00, 6 h ago.
  Calendar office hours is closed now and opens Tue 3 Mar 08:00.
  Mon 2 Mar 11:00: overdue, told to the owner (no name is configured).
""",
    ("overdue", "fi"): """
Päätös (decide): MYÖHÄSSÄ ma 2.3. klo 11.00 alkaen
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: mitään ei ole vielä päätetty.
  Sääntö any (versio 264d3a068ff1): tavoite 2 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 8 h, josta työaikaa on 7 h.
  Myöhässä: määräaika oli ma 2.3. klo 11.00, siitä on 6 h.
  Kalenteri office hours on nyt kiinni ja aukeaa ti 3.3. klo 8.00.
  Ma 2.3. klo 11.00: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
""",
    ("stopped in time", "en"): """
Decision (decide): in time
  From the feedback (Mon 2 Mar 09:00) to the decision (Mon 2 Mar 11:30).
  Policy any (version 2e5311ebe460): within 4 h, around the clock (calendar round the clock).
  The customer waited 2 h 30 min, and all of it counts.
  It was due Mon 2 Mar 13:00, 1 h 30 min later.
""",
    ("stopped in time", "fi"): """
Päätös (decide): ajoissa
  Mitattu palautteesta (ma 2.3. klo 9.00) päätökseen (ma 2.3. klo 11.30).
  Sääntö any (versio 2e5311ebe460): tavoite 4 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 2 h 30 min, ja kaikki lasketaan.
  Määräaika oli ma 2.3. klo 13.00, 1 h 30 min myöhemmin.
""",
    ("stopped exactly when due", "en"): """
Closing (resolve): in time
  From the feedback (Mon 2 Mar 09:00) to the closing (Mon 2 Mar 11:00).
  Policy any (version 7aa3e47e9881): within 2 h, around the clock (calendar round the clock).
  The customer waited 2 h, and all of it counts.
  It stopped exactly when it was due, Mon 2 Mar 11:00; that is in time.
""",
    ("stopped exactly when due", "fi"): """
Sulkeminen (resolve): ajoissa
  Mitattu palautteesta (ma 2.3. klo 9.00) sulkemiseen (ma 2.3. klo 11.00).
  Sääntö any (versio 7aa3e47e9881): tavoite 2 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 2 h, ja kaikki lasketaan.
  Kello pysähtyi täsmälleen määräaikana ma 2.3. klo 11.00; se on ajoissa.
""",
    ("stopped a millisecond late", "en"): """
Closing (resolve): 0.001 s late
  From the feedback (Mon 2 Mar 09:00:00.000) to the closing (Mon 2 Mar 11:00:00.001).
  Policy any (version 7aa3e47e9881): within 2 h, around the clock (calendar round the clock).
  The customer waited 2 h, and all of it counts.
  It was due Mon 2 Mar 11:00:00.000, 0.001 s earlier.
  Mon 2 Mar 11:00: overdue, told to the owner (no name is configured).
  Mon 2 Mar 11:00: alarm ended: overdue (the clock stopped).
""",
    ("stopped a millisecond late", "fi"): """
Sulkeminen (resolve): myöhästyi 0,001 s
  Mitattu palautteesta (ma 2.3. klo 9.00.00,000) sulkemiseen (ma 2.3. klo 11.00.00,001).
  Sääntö any (versio 7aa3e47e9881): tavoite 2 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 2 h, ja kaikki lasketaan.
  Määräaika oli ma 2.3. klo 11.00.00,000, 0,001 s aiemmin.
  Ma 2.3. klo 11.00: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
  Ma 2.3. klo 11.00: hälytys päättyi: myöhästyminen (kello pysähtyi).
""",
    ("missed and closed", "en"): """
Closing (resolve): 30 min late
  From the feedback (Mon 2 Mar 10:00) to the closing (Tue 3 Mar 10:00).
  Policy any (version f34837c2533a): within 6 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer waited 24 h; 6 h 30 min of that was worked time.
  The pause from Mon 2 Mar 16:00 to Tue 3 Mar 09:00 took off 1 h 30 min of worked time.
  It was due Tue 3 Mar 09:30, 30 min earlier.
  Tue 3 Mar 09:30: overdue, told to the owner (no name is configured).
  Tue 3 Mar 10:00: alarm ended: overdue (the clock stopped).
""",
    ("missed and closed", "fi"): """
Sulkeminen (resolve): myöhästyi 30 min
  Mitattu palautteesta (ma 2.3. klo 10.00) sulkemiseen (ti 3.3. klo 10.00).
  Sääntö any (versio f34837c2533a): tavoite 6 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas odotti 24 h, josta työaikaa oli 6 h 30 min.
  Keskeytys ma 2.3. klo 16.00 – ti 3.3. klo 9.00 vei työajasta 1 h 30 min.
  Määräaika oli ti 3.3. klo 9.30, 30 min aiemmin.
  Ti 3.3. klo 9.30: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
  Ti 3.3. klo 10.00: hälytys päättyi: myöhästyminen (kello pysähtyi).
""",
    ("inside a pause", "en"): """
Closing (resolve): standing still, paused
  Runs since the feedback (Mon 2 Mar 09:00): the case has not been closed yet.
  Policy any (version 26d3fdcef954): within 2 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 14 days; 1 h of that is worked time.
  It has stood still since Mon 2 Mar 10:00, as the case is paused.
  It is not overdue: nothing is due while it stands still.
  If the case is resumed now, this is due Mon 16 Mar 10:00.
""",
    ("inside a pause", "fi"): """
Sulkeminen (resolve): pysähdyksissä, tapaus on keskeytetty
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: tapausta ei ole vielä suljettu.
  Sääntö any (versio 26d3fdcef954): tavoite 2 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 14 vrk, josta työaikaa on 1 h.
  Kello on ollut pysähdyksissä ma 2.3. klo 10.00 alkaen, koska tapaus on keskeytetty.
  Ei myöhässä: määräaikaa ei ole, kun kello on pysähdyksissä.
  Jos käsittely jatkuu nyt, määräaika on ma 16.3. klo 10.00.
""",
    ("inside a pause that does not count", "en"): """
Closing (resolve): OVERDUE since Mon 2 Mar 11:00
  Runs since the feedback (Mon 2 Mar 09:00): the case has not been closed yet.
  Policy any (version d4f2e2ccf79c): within 2 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 7 h; 6 h 30 min of that is worked time.
  Pauses do not stop this clock.
  It is overdue: it was due Mon 2 Mar 11:00, 5 h ago.
  Mon 2 Mar 11:00: overdue, told to the owner (no name is configured).
""",
    ("inside a pause that does not count", "fi"): """
Sulkeminen (resolve): MYÖHÄSSÄ ma 2.3. klo 11.00 alkaen
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: tapausta ei ole vielä suljettu.
  Sääntö any (versio d4f2e2ccf79c): tavoite 2 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 7 h, josta työaikaa on 6 h 30 min.
  Keskeytykset eivät pysäytä tätä kelloa.
  Myöhässä: määräaika oli ma 2.3. klo 11.00, siitä on 5 h.
  Ma 2.3. klo 11.00: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
""",
    ("target reached before the pause", "en"): """
Closing (resolve): OVERDUE since Mon 2 Mar 10:00
  Runs since the feedback (Mon 2 Mar 09:00): the case has not been closed yet.
  Policy any (version a3055ee6d46f): within 1 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 3 h; 1 h of that is worked time.
  It is overdue: it was due Mon 2 Mar 10:00, 2 h ago.
  The target was reached before the pause that began Mon 2 Mar 10:00, so it does not move the due
    time.
  Calendar office hours is closed now and opens Mon 2 Mar 12:30.
  Mon 2 Mar 10:00: overdue, told to the owner (no name is configured).
""",
    ("target reached before the pause", "fi"): """
Sulkeminen (resolve): MYÖHÄSSÄ ma 2.3. klo 10.00 alkaen
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: tapausta ei ole vielä suljettu.
  Sääntö any (versio a3055ee6d46f): tavoite 1 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 3 h, josta työaikaa on 1 h.
  Myöhässä: määräaika oli ma 2.3. klo 10.00, siitä on 2 h.
  Tavoiteaika täyttyi ennen keskeytystä, joka alkoi ma 2.3. klo 10.00, joten se ei siirrä
    määräaikaa.
  Kalenteri office hours on nyt kiinni ja aukeaa ma 2.3. klo 12.30.
  Ma 2.3. klo 10.00: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
""",
    ("stopped inside a pause", "en"): """
First reaction (acknowledge): in time
  From the feedback (Mon 2 Mar 09:00) to the first reaction (Mon 2 Mar 10:00).
  Policy any (version 4425cd29fd1a): within 2 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer waited 1 h, and all of it counts.
  It stopped inside a pause, while nothing was due.
""",
    ("stopped inside a pause", "fi"): """
Ensireaktio (acknowledge): ajoissa
  Mitattu palautteesta (ma 2.3. klo 9.00) ensireaktioon (ma 2.3. klo 10.00).
  Sääntö any (versio 4425cd29fd1a): tavoite 2 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas odotti 1 h, ja kaikki lasketaan.
  Kello pysähtyi keskeytyksen aikana, jolloin määräaikaa ei ollut.
""",
    ("a promise", "en"): """
Closing (resolve): running, due Tue 3 Mar 09:00
  Runs since the feedback (Mon 2 Mar 09:00): the case has not been closed yet.
  A promise made to the customer sets the due time, Tue 3 Mar 09:00, whatever target and pauses say.
  Policy any (version a887e7048d3b): within 1 h of worked time. Calendar office hours: Mon-Fri
    08:00-12:00, 12:30-16:30; closed on public holidays (FI).
  The customer has waited 7 h; 6 h 30 min of that is worked time.
  It is not overdue: 17 h is left.
""",
    ("a promise", "fi"): """
Sulkeminen (resolve): käynnissä, määräaika ti 3.3. klo 9.00
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: tapausta ei ole vielä suljettu.
  Määräajan asettaa asiakkaalle annettu lupaus, ti 3.3. klo 9.00, sanoivatpa tavoite ja keskeytykset
    mitä tahansa.
  Sääntö any (versio a887e7048d3b): tavoite 1 h työaikaa. Kalenteri office hours: ma–pe 8.00–12.00,
    12.30–16.30; kiinni pyhäpäivinä (FI).
  Asiakas on odottanut 7 h, josta työaikaa on 6 h 30 min.
  Ei myöhässä: jäljellä on 17 h.
""",
    ("withdrawn", "en"): """
Decision (decide): called off
  Ran from the feedback (Mon 2 Mar 09:00) until the case was withdrawn (Mon 2 Mar 10:00).
  Policy any (version 408c94f7a04c): within 2 h, around the clock (calendar round the clock).
  The customer waited 1 h, and all of it counts.
  It would have been due Mon 2 Mar 11:00.
""",
    ("withdrawn", "fi"): """
Päätös (decide): raukesi
  Kävi palautteesta (ma 2.3. klo 9.00) tapauksen perumiseen (ma 2.3. klo 10.00).
  Sääntö any (versio 408c94f7a04c): tavoite 2 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 1 h, ja kaikki lasketaan.
  Määräaika olisi ollut ma 2.3. klo 11.00.
""",
    ("missed and withdrawn", "en"): """
Decision (decide): missed, then called off
  Ran from the feedback (Mon 2 Mar 09:00) until the case was withdrawn (Mon 2 Mar 12:00).
  Policy any (version 408c94f7a04c): within 2 h, around the clock (calendar round the clock).
  The customer waited 3 h, and all of it counts.
  It was due Mon 2 Mar 11:00, 1 h earlier.
  Mon 2 Mar 11:00: overdue, told to the owner (no name is configured).
  Mon 2 Mar 12:00: alarm ended: overdue (the clock was called off).
""",
    ("missed and withdrawn", "fi"): """
Päätös (decide): myöhästyi ja raukesi sitten
  Kävi palautteesta (ma 2.3. klo 9.00) tapauksen perumiseen (ma 2.3. klo 12.00).
  Sääntö any (versio 408c94f7a04c): tavoite 2 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 3 h, ja kaikki lasketaan.
  Määräaika oli ma 2.3. klo 11.00, 1 h aiemmin.
  Ma 2.3. klo 11.00: myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole asetuksissa).
  Ma 2.3. klo 12.00: hälytys päättyi: myöhästyminen (kello raukesi).
""",
    ("reopened before the customer was told", "en"): """
Telling the customer (tell): called off
  Ran from the closing (Mon 2 Mar 10:00) until the case began again (Mon 2 Mar 12:00).
  Policy any (version 1d20162ef0d4): within 4 h, around the clock (calendar round the clock).
  The customer waited 2 h, and all of it counts.
  It would have been due Mon 2 Mar 14:00.
""",
    ("reopened before the customer was told", "fi"): """
Kertominen asiakkaalle (tell): raukesi
  Kävi sulkemisesta (ma 2.3. klo 10.00) siihen, kun käsittely alkoi uudelleen (ma 2.3. klo 12.00).
  Sääntö any (versio 1d20162ef0d4): tavoite 4 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 2 h, ja kaikki lasketaan.
  Määräaika olisi ollut ma 2.3. klo 14.00.
""",
    ("reclassified while it ran", "en"): """
Closing (resolve): running, due Mon 2 Mar 17:00
  Runs since the feedback (Mon 2 Mar 09:00): the case has not been closed yet.
  Policy any (version a2170ea82072): within 8 h, around the clock (calendar round the clock).
  The case was reclassified, from critical at delivery to normal at delivery. A clock that runs is
    judged by what holds now, from its own start.
  The customer has waited 3 h, and all of it counts.
  It is not overdue: 5 h is left.
""",
    ("reclassified while it ran", "fi"): """
Sulkeminen (resolve): käynnissä, määräaika ma 2.3. klo 17.00
  Käynyt palautteesta (ma 2.3. klo 9.00) lähtien: tapausta ei ole vielä suljettu.
  Sääntö any (versio a2170ea82072): tavoite 8 h ympäri vuorokauden (kalenteri round the clock).
  Tapaus on luokiteltu uudelleen: aiemmin kriittinen (delivery), nyt tavallinen (delivery).
    Käynnissä oleva kello arvioidaan nykyisen luokituksen mukaan omasta alustaan lähtien.
  Asiakas on odottanut 3 h, ja kaikki lasketaan.
  Ei myöhässä: jäljellä on 5 h.
""",
    ("reclassified after it had stopped", "en"): """
First reaction (acknowledge): in time
  From the feedback (Mon 2 Mar 09:00) to the first reaction (Mon 2 Mar 09:30).
  Policy critical (version a2170ea82072): within 1 h, around the clock (calendar round the clock).
  It is judged as critical at delivery, which held when it stopped. The case was reclassified later,
    to normal at delivery; that changes nothing here.
  The customer waited 30 min, and all of it counts.
  It was due Mon 2 Mar 10:00, 30 min later.
""",
    ("reclassified after it had stopped", "fi"): """
Ensireaktio (acknowledge): ajoissa
  Mitattu palautteesta (ma 2.3. klo 9.00) ensireaktioon (ma 2.3. klo 9.30).
  Sääntö critical (versio a2170ea82072): tavoite 1 h ympäri vuorokauden (kalenteri round the clock).
  Arvioitu luokituksella kriittinen (delivery), joka oli voimassa kellon pysähtyessä. Tapaus
    luokiteltiin myöhemmin uudelleen: tavallinen (delivery). Se ei muuta tätä.
  Asiakas odotti 30 min, ja kaikki lasketaan.
  Määräaika oli ma 2.3. klo 10.00, 30 min myöhemmin.
""",
    ("the hour that comes twice", "en"): """
First reaction (acknowledge): 1 min late
  From the feedback (Sun 25 Oct 03:30 (UTC+03:00)) to the first reaction (Sun 25 Oct 03:31
    (UTC+02:00)).
  Policy any (version e595a6fa99ec): within 1 h, around the clock (calendar round the clock).
  The customer waited 1 h 1 min, and all of it counts.
  It was due Sun 25 Oct 03:30 (UTC+02:00), 1 min earlier.
  Sun 25 Oct 03:30 (UTC+02:00): overdue, told to the owner (no name is configured).
  Sun 25 Oct 03:31 (UTC+02:00): alarm ended: overdue (the clock stopped).
""",
    ("the hour that comes twice", "fi"): """
Ensireaktio (acknowledge): myöhästyi 1 min
  Mitattu palautteesta (su 25.10. klo 3.30 (UTC+03:00)) ensireaktioon (su 25.10. klo 3.31
    (UTC+02:00)).
  Sääntö any (versio e595a6fa99ec): tavoite 1 h ympäri vuorokauden (kalenteri round the clock).
  Asiakas odotti 1 h 1 min, ja kaikki lasketaan.
  Määräaika oli su 25.10. klo 3.30 (UTC+02:00), 1 min aiemmin.
  Su 25.10. klo 3.30 (UTC+02:00): myöhästyminen, ilmoitettu: vastuuhenkilö (nimeä ei ole
    asetuksissa).
  Su 25.10. klo 3.31 (UTC+02:00): hälytys päättyi: myöhästyminen (kello pysähtyi).
""",
}

NIGHT_TOLD = {
    "en": """
Case K-17 as of Tue 3 Mar 2026 01:00 (Europe/Helsinki)
  Overdue now: decision (since Tue 3 Mar 00:10).
  Next due: closing, Sat 7 Mar 20:10.
  Feedback came at touchpoint delivery, Mon 2 Mar 20:10. Severity: critical.
  Unit logistics answers for it.
  The case is open.

First reaction (acknowledge): in time
  From the feedback (Mon 2 Mar 20:10) to the first reaction (Mon 2 Mar 20:40).
  Policy critical (version 40d4a11777b4): within 1 h, around the clock (calendar always).
  The customer waited 30 min, and all of it counts.
  It was due Mon 2 Mar 21:10, 30 min later.

Decision (decide): OVERDUE since Tue 3 Mar 00:10
  Runs since the feedback (Mon 2 Mar 20:10): nothing has been decided yet.
  Policy critical (version 40d4a11777b4): within 4 h, around the clock (calendar always).
  The customer has waited 4 h 50 min, and all of it counts.
  It is overdue: it was due Tue 3 Mar 00:10, 50 min ago.
  Mon 2 Mar 23:10: warning at 75 % of the time, told to the owner (anna).
  Tue 3 Mar 00:10: overdue, told to the owner (anna).
  Tue 3 Mar 00:10: escalation 1, told to the owner (anna).
  Tue 3 Mar 00:40: escalation 2, 30 min after the breach, told to the supervisor (logistics-lead).

Closing (resolve): running, due Sat 7 Mar 20:10
  Runs since the feedback (Mon 2 Mar 20:10): the case has not been closed yet.
  Policy critical (version 40d4a11777b4): within 5 days, around the clock (calendar always).
  The customer has waited 4 h 50 min, and all of it counts.
  It is not overdue: 4 days 19 h is left.

Not started
  Effect of the decision (effect): no decision has been made yet.
  Telling the customer (tell): nothing has taken effect yet.

Decisions
  Decision D-8 (operational): made Mon 2 Mar 21:30 and revoked Mon 2 Mar 22:00. It does not count,
    as it was revoked before it took effect.

What stands in the way
  Obstacle O-3 (carrier) stands since Mon 2 Mar 21:00, for 4 h.
  Obstacle O-2 (stock) stood from Sun 1 Mar 12:00 to Mon 2 Mar 22:15, for 34 h 15 min.
""",
    "fi": """
Tapaus K-17, tilanne ti 3.3.2026 klo 1.00 (Europe/Helsinki)
  Myöhässä nyt: päätös (ti 3.3. klo 0.10 alkaen).
  Seuraava määräaika: sulkeminen, la 7.3. klo 20.10.
  Palaute tuli kosketuspisteeseen delivery ma 2.3. klo 20.10. Vakavuus: kriittinen.
  Vastuussa on yksikkö logistics.
  Tapaus on avoinna.

Ensireaktio (acknowledge): ajoissa
  Mitattu palautteesta (ma 2.3. klo 20.10) ensireaktioon (ma 2.3. klo 20.40).
  Sääntö critical (versio 40d4a11777b4): tavoite 1 h ympäri vuorokauden (kalenteri always).
  Asiakas odotti 30 min, ja kaikki lasketaan.
  Määräaika oli ma 2.3. klo 21.10, 30 min myöhemmin.

Päätös (decide): MYÖHÄSSÄ ti 3.3. klo 0.10 alkaen
  Käynyt palautteesta (ma 2.3. klo 20.10) lähtien: mitään ei ole vielä päätetty.
  Sääntö critical (versio 40d4a11777b4): tavoite 4 h ympäri vuorokauden (kalenteri always).
  Asiakas on odottanut 4 h 50 min, ja kaikki lasketaan.
  Myöhässä: määräaika oli ti 3.3. klo 0.10, siitä on 50 min.
  Ma 2.3. klo 23.10: ennakkovaroitus, 75 % ajasta käytetty, ilmoitettu: vastuuhenkilö (anna).
  Ti 3.3. klo 0.10: myöhästyminen, ilmoitettu: vastuuhenkilö (anna).
  Ti 3.3. klo 0.10: eskalointi 1, ilmoitettu: vastuuhenkilö (anna).
  Ti 3.3. klo 0.40: eskalointi 2, 30 min myöhästymisestä, ilmoitettu: esihenkilö (logistics-lead).

Sulkeminen (resolve): käynnissä, määräaika la 7.3. klo 20.10
  Käynyt palautteesta (ma 2.3. klo 20.10) lähtien: tapausta ei ole vielä suljettu.
  Sääntö critical (versio 40d4a11777b4): tavoite 5 vrk ympäri vuorokauden (kalenteri always).
  Asiakas on odottanut 4 h 50 min, ja kaikki lasketaan.
  Ei myöhässä: jäljellä on 4 vrk 19 h.

Ei alkanut
  Päätöksen voimaantulo (effect): päätöstä ei ole vielä tehty.
  Kertominen asiakkaalle (tell): mitään ei ole vielä tullut voimaan.

Päätökset
  Päätös D-8 (operatiivinen): tehty ma 2.3. klo 21.30 ja kumottu ma 2.3. klo 22.00. Sitä ei lasketa,
    koska se kumottiin ennen kuin se tuli voimaan.

Mikä on tiellä
  Este O-3 (carrier) on ollut tiellä ma 2.3. klo 21.00 alkaen, 4 h.
  Este O-2 (stock) oli tiellä su 1.3. klo 12.00 – ma 2.3. klo 22.15, 34 h 15 min.
""",
}


@pytest.mark.parametrize(("name", "code"), GOLDEN)
def test_clock_is_explained_in_these_words(name: str, code: str) -> None:
    happened, clock = SCENARIOS[name]
    assert part(told(happened), clock, LANGUAGES[code]) == GOLDEN[name, code].strip().split("\n")


@pytest.mark.parametrize("code", NIGHT_TOLD)
def test_whole_case_is_explained_in_these_words(code: str) -> None:
    facts, config = night()
    said = "\n\n".join("\n".join(lines) for lines in page(facts, LANGUAGES[code], config.timezone))
    assert said == NIGHT_TOLD[code].strip()


# -- whatever happens


STATES = {  # of a clock that runs, and of one that does not, by its outcome
    "running": ({State.RUNNING, State.STANDING, State.NEVER_DUE}, set()),
    "missed": ({State.OVERDUE}, {State.LATE, State.LATE_ENDED}),
    "met": (set(), {State.IN_TIME}),
    "cancelled": (set(), {State.CALLED_OFF}),
    "none": ({State.UNTARGETED}, {State.STOPPED}),
}


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_every_world_can_be_told_and_is_told_as_it_is(world: tuple[dict[str, Any], list[dict[str, Any]], int]) -> None:
    made, events, until = world
    config = configuration.parse(made)
    for facts in facts_of(config, events, until):
        for language in LANGUAGES.values():
            assert all("{" not in line for lines in page(facts, language, config.timezone) for line in lines)
        settled = row(facts.record, until, config.policies)
        for cycle, expected in zip(facts.cycles, settled["cycles"], strict=True):
            for clock in cycle.clocks:
                read = expected["clocks"][clock.name]
                assert clock.state in STATES[read["outcome"]][0 if clock.runs else 1]
                assert clock.rule is not None, "the configuration is the one that judged"
                assert clock.worked is not None
                assert (clock.elapsed / 1000, clock.worked / 1000) == (read["elapsed_s"], read["worked_s"])


def test_every_sentence_has_the_same_values_in_both_languages() -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert ENGLISH.sentences.keys() == FINNISH.sentences.keys()
    for key, text in ENGLISH.sentences.items():
        assert values(text) == values(FINNISH.sentences[key]), key


def test_finnish_bends_every_word_that_a_sentence_bends() -> None:
    origins = ("feedback", "beginning", "closing", "stop.decide", "stop.effect")
    ends = ("closing", "stop.acknowledge", "stop.decide", "stop.effect", "stop.tell")
    assert {f"{name}:ela" for name in origins} | {f"{name}:ill" for name in ends} <= FINNISH.words.keys()


# -- who was told


def alarm(**fields: Any) -> dict[str, Any]:
    """The breach of the case of the night, as it was announced."""
    facts, _ = night()
    (breach,) = (one for clock in facts.cycles[0].clocks for one in clock.alarms if one["level"] == "breach")
    return {**breach, **fields}


def told_of(*alarms: dict[str, Any], outcomes: tuple[dict[str, Any], ...] = (), **changed: Any) -> list[str]:
    """All lines of the case of the night with other alarms."""
    facts, config = night()
    again = gather({**facts.record, **changed}, outcomes, alarms, facts.at, config)
    return [line.strip() for lines in page(again, ENGLISH, config.timezone, ENDLESS) for line in lines]


def test_notice_that_was_held_says_when_its_level_was_reached() -> None:
    held = alarm(announced_at=alarm()["at"] + 2_400_000)
    assert "Tue 3 Mar 00:50: overdue, reached Tue 3 Mar 00:10, told to the owner (anna)." in told_of(held)


def test_overdue_clock_of_which_nobody_was_told_says_so() -> None:
    assert "Nobody has been told: there is no alarm about it." in told_of()


def test_alarm_that_came_twice_was_told_once_and_one_of_later_not_at_all() -> None:
    facts, _ = night()
    said = told_of(alarm(), alarm(), alarm(id="later", announced_at=facts.at + 1))
    assert [line for line in said if "told to" in line] == ["Tue 3 Mar 00:10: overdue, told to the owner (anna)."]


def test_alarm_without_an_owner_or_a_name_says_who_was_told() -> None:
    ownerless = told_of(alarm(owner=None, recipient="logistics-lead"))
    assert "Tue 3 Mar 00:10: overdue, told to logistics-lead, as the case has no owner." in ownerless
    assert "Tue 3 Mar 00:10: overdue, told to nobody by name." in told_of(alarm(to=None, recipient=None))


def test_alarms_that_end_together_are_told_together_and_retracted_ones_stay_visible() -> None:
    end = {"kind": "retracted", "reason": "late_event", "announced_at": alarm()["at"] + 600_000}
    warning = {"level": "warning", "share": 0.75, "step": 1, "id": "w"}
    said = told_of(alarm(), alarm(**end), alarm(**end, **warning))
    assert "Tue 3 Mar 00:10: overdue, told to the owner (anna)." in said
    what = "overdue and warning at 75 % of the time (an event came late: there had been no reason)"
    assert [line for line in said if "retracted" in line] == [f"Tue 3 Mar 00:20: alarm retracted: {what}."]


def test_alarm_of_a_clock_that_has_not_run_and_of_an_unreadable_feedback_are_told_apart() -> None:
    unread = {"about": "deadletter", "clock": None, "cycle": None, "reason": "invalid"}
    lead = {"to": "supervisor", "recipient": "logistics-lead"}
    said = told_of(alarm(id="x", clock="tell"), alarm(id="y", **unread, **lead))
    gone = (
        "overdue was announced (telling the customer), told to the owner (anna); as known now, that clock has not run."
    )
    assert said[-3:] == [
        "Other alarms",
        f"Tue 3 Mar 00:10: {gone}",
        "Tue 3 Mar 00:10: critical feedback could not be read (invalid), told to the supervisor (logistics-lead).",
    ]


# -- under which policy


def test_another_configuration_is_not_taken_for_the_one_that_judged() -> None:
    facts, _ = night()
    policies = [{**NIGHT["policies"][0], "targets": {"decide": "8h"}}, NIGHT["policies"][1]]
    other = configuration.parse({**NIGHT, "policies": policies})
    again = gather(facts.record, (), (), facts.at, other)
    said = [line.strip() for lines in page(again, ENGLISH, other.timezone) for line in lines]
    assert "Decision (decide): OVERDUE since Tue 3 Mar 00:10" in said, "what is stored is told all the same"
    assert any(line.startswith("It was judged by policies ") for line in said)
    assert not any("Policy critical" in line for line in said)


def test_hours_that_were_changed_under_the_same_policies_are_noticed() -> None:
    happened, _ = SCENARIOS["overdue"]
    facts = told(happened)
    made = stories.config(happened)
    made["calendars"] = {OFFICE: {"hours": {"mon-fri": ["10:00-12:00"]}}}
    other = configuration.parse(made)
    (clock,) = (c for c in gather(facts.record, (), (), facts.at, other).cycles[0].clocks if c.name == "decide")
    assert clock.rule is None
    assert clock.state == State.OVERDUE


def test_clock_whose_outcome_is_no_longer_kept_names_no_policy_that_did_not_judge_it() -> None:
    happened, _ = SCENARIOS["reclassified after it had stopped"]
    facts = told(happened)
    config = configuration.parse(stories.config(happened))
    first, *_ = gather(facts.record, (), (), facts.at, config).cycles[0].clocks
    assert (first.name, first.state, first.rule) == ("acknowledge", State.IN_TIME, None)


def test_outcome_that_was_retracted_or_corrected_counts_as_it_was_last_said() -> None:
    facts, config = night()
    said = {"id": "x", "cycle": 1, "clock": "acknowledge", "touchpoint": "delivery", "at": 0, "retracted": False}
    outcomes = (
        {**said, "severity": "low", "revision": 4},
        {**said, "severity": "high", "revision": 2},
        {**said, "id": "y", "severity": "high", "revision": 2, "clock": "decide"},
        {**said, "id": "y", "severity": "high", "revision": 3, "clock": "decide", "retracted": True},
    )
    clocks = {c.name: c.classified for c in gather(facts.record, outcomes, (), facts.at, config).cycles[0].clocks}
    assert clocks == {"acknowledge": ("delivery", "low"), "decide": ("delivery", "low"), "resolve": ("delivery", "low")}


def test_years_are_told_where_they_are_not_this_one() -> None:
    facts, config = night("2027-01-04T12:00:00+02:00")
    first, *_ = page(facts, FINNISH, config.timezone)
    assert "  Palaute tuli kosketuspisteeseen delivery ma 2.3.2026 klo 20.10. Vakavuus: kriittinen." in first
