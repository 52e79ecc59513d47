"""The wall of the demo: what one can rely on first, blank instead of low, words and signs beside colours, 80 by 24."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from streams.demo.figures import Figures
from streams.demo.state import sentence
from streams.demo.sums import EVERYWHERE, Clocks, Lengths, Measures, Place
from streams.demo.wall import line
from streams.demo.words import Length, Said
from streams.demo.words_en import ENGLISH
from streams.language.statements import Value
from tests.unit.wall import (
    ALERTMANAGER,
    AT,
    BOARD,
    DAY,
    HOUR,
    LANGUAGES,
    PROMETHEUS,
    UNITS,
    alarms,
    blind,
    calm,
    incomplete,
    measures,
    outage,
    places,
    row,
    shown,
    status,
    unmeasured,
)

STATES: dict[str, Callable[[], Figures]] = {
    "outage": outage,
    "calm": calm,
    "soon": lambda: calm({"1h": 2, "4h": 3}),
    "incomplete": incomplete,
    "blind": blind,
    "unmeasured": unmeasured,
    "no view": lambda: replace(outage(), measures=None),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", [(24, 80), (40, 120), (60, 200)])
def test_wall_fits_its_screen_in_every_state_and_language(language: str, state: str, size: tuple[int, int]) -> None:
    height, width = size
    one = status(language)
    one.notice(
        Said("notice.worker", {"number": "1", "manner": Said("manner.signal", {"name": "SIGKILL"}), "pid": "4"}), AT
    )
    one.notice(Said("notice.outage", {"place": "store", "since": "10:05"}), AT)
    lines = shown(one, STATES[state](), height, width)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert "…" not in "\n".join(lines), "nothing of a usual organisation is cut off"


@pytest.mark.parametrize(
    "manner", [Said("manner.signal", {"name": "SIGVTALRM"}), Said("manner.status", {"status": "127"})]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_has_happened_is_told_whole_at_80_columns(language: str, manner: Said) -> None:
    """With the longest values that the example has."""
    one = status(language)
    values: dict[str, Value] = {
        "place": max(UNITS, key=len),
        "since": one.speaker.short_time(AT),
        "lag": one.speaker.lag(999.9),
        "length": Length(3_540),
        "name": "Alertmanager",
        "number": "16",  # the most workers
        "manner": manner,
        "pid": str(2**22),  # the highest of Linux
    }
    for key in (key for key in ENGLISH.sentences if key.startswith("notice.")):
        one.notice(Said(key, values), AT)
        assert shown(one, calm())[-1].strip() == f"{one.speaker.time(AT)} {one.speaker.say(key, **values)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_wall_fits_80_columns_and_24_lines_however_much_there_is(language: str) -> None:
    names = {f"a-touchpoint-with-a-long-name-{n}": f"a-unit-with-a-long-name-{n}" for n in range(30)}
    place = Place(
        99_999, 9, AT - 9e6, Counter(decide=9_999), Counter(tell=9), 9_999, 9, Counter(decide=9_999), 9_999, 99
    )
    busy = replace(
        outage(),
        places=dict.fromkeys(names, place),
        deadletters=Counter(invalid=12, undecodable=9),
        read_past_at=AT - 4,
        blocked=Counter({"a-cause-that-takes-a-great-many-words-to-tell": 99_999}),
        decisions=Counter({(unit, "operational"): 9_999 for unit in names.values()}),
        before=dict.fromkeys(names, 0),
    )
    one = status(language, units=names)
    one.notice(
        Said("notice.relief", {"place": "a-touchpoint-with-a-name-that-nobody-would-want-to-read-to-its-end"}), AT
    )
    for found in (busy, replace(busy, alarms=replace(alarms(99), others=("RytmiBlind", "RytmiNoWorker")))):
        for height in (24, 30, 40, 80):
            lines = shown(one, found, height)
            assert len(lines) <= height
            assert max(map(len, lines)) <= 80
        assert any("25" in text and "…" not in text for text in shown(one, found)), "how many units are left out"


# -- the state


def test_outage_is_told_in_a_sentence_or_two() -> None:
    told = "▲ 14 critical cases overdue, 12 at store without a first reaction, and rising."
    more = "105 more there will be within 1 h. More than half still wait; usually half wait over 34 min."
    cause = "In the way of 12 cases: carrier."
    assert sentence(status(), outage()) == f"{told} {more} {cause}"
    lines = shown(status(), outage())
    assert " ".join(" ".join(text.split()) for text in lines[1:4]) == f"{told} {more} {cause}"


def test_outage_is_told_in_finnish() -> None:
    assert sentence(status("fi"), outage()) == (
        "▲ 14 kriittistä tapausta myöhässä, 12 pisteessä store ilman ensireaktiota, määrä kasvaa. Siellä myöhästyy 1 h "
        "kuluessa 105 lisää. Yli puolet odottaa yhä; yleensä puolet yli 34 min. 12 tapauksen tiellä: carrier."
    )


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (None, "reaction. "),
        ({}, "reaction. "),
        ({"store": 12}, "reaction. "),
        ({"store": 15}, "reaction, and falling. "),
    ],
)
def test_trend_is_that_of_the_worst_touchpoint_over_a_minute(before: dict[str, int] | None, said: str) -> None:
    assert f"12 at store without a first {said}" in sentence(status(), replace(outage(), before=before))


def test_single_case_is_told_as_one() -> None:
    place = Place(1, 1, AT, critical_late=1, critical_overdue=Counter(decide=1))
    found = replace(outage(), places={"store": place}, blocked=Counter(carrier=1), before=None)
    said = "▲ 1 critical case overdue at store, without a decision. In the way of 1 case: carrier."
    assert sentence(status(), found) == said
    in_finnish = "▲ 1 kriittinen tapaus myöhässä pisteessä store ilman päätöstä. 1 tapauksen tiellä: carrier."
    assert sentence(status("fi"), found) == in_finnish


@pytest.mark.parametrize(
    ("half", "said"),
    [
        (1.4 * HOUR, "Half there wait over 1.4 h, usually 34 min."),
        (36 * 60, "Half there wait over 36 min."),  # as usual, within what a life table tells apart
        (None, "More than half still wait; usually half wait over 34 min."),
    ],
)
def test_waiting_is_compared_with_what_is_usual(half: float | None, said: str) -> None:
    found = outage()
    assert found.measures is not None
    found.measures.lengths[Clocks("store", "critical", "acknowledge", "1d")] = Lengths(half, None, None, 120)
    assert said in sentence(status(), found)


def test_calm_says_what_comes_next() -> None:
    usual = "Half of all cases wait longer than 29 h for a decision, usually 35 h. In the way of 12 cases: carrier."
    assert sentence(status(), calm()) == f"✓ Nothing critical is overdue, or will be within 4 h. {usual}"
    assert sentence(status(), calm({"4h": 3})) == f"✓ Nothing critical is overdue; 3 cases will be within 4 h. {usual}"
    soon = sentence(status("fi"), calm({"1h": 1, "4h": 3}))
    assert soon.startswith("✓ Mikään kriittinen ei ole myöhässä; 1 h kuluessa myöhästyy 1 tapaus.")


def test_what_cannot_be_known_is_no_calm() -> None:
    found = replace(calm(), places={"website": Place(9, 2, AT, critical_unsure=2, unsure=2)}, read_past_at=AT - 3)
    assert sentence(status(), found).startswith("? 2 critical cases may be overdue")
    lines = shown(status(), found)
    assert row(lines, "online").startswith("online 0+2? 0 0")
    assert "unless something says otherwise" in row(lines, "+2?")


def test_missing_partitions_blank_the_figures_and_say_why() -> None:
    lines = shown(status(), incomplete())
    assert lines[1].strip() == "! INCOMPLETE: partitions 2 of 4. No figures rather than low ones."
    assert row(lines, "stores") == "stores - - - - 75 - - no pulse -"
    assert row(lines, "all") == "all - - - - 62 99 100 -"
    assert row(lines, "in flight") == "in flight -"
    assert row(lines, "in the way") == "in the way mean of 1 d: carrier 3.0, stock 1.5, staff 0.9"
    told = line(status(), incomplete())
    assert told.endswith("; INCOMPLETE")
    assert "open" not in told
    assert "VAJAA: osioita 2/4" in shown(status("fi"), incomplete())[1]


def test_measures_that_are_missing_are_blank_and_said_to_be() -> None:
    lines = shown(status(), unmeasured())
    assert "NO MEASURES: 3 sources missing" in lines[0]
    assert row(lines, "stores") == "stores ▲ 12 105 110 12 - - - - 0"
    assert row(lines, "first reaction") == "first reaction - - - - - - -"
    assert row(lines, "in the way") == "in the way -"
    assert "without a first reaction" in lines[1], "cases are told all the same"
    assert "NO MEASURES: 3 sources missing; decisions in flight 434" in line(status(), unmeasured())
    assert "NO MEASURES: nobody sums up" in shown(status(), replace(outage(), measures=None))[0]
    assert "NO MEASURES YET" in shown(status(), replace(outage(), measures=Measures(None, 0)))[0]


def test_measures_say_of_when_they_are() -> None:
    assert "measures as of " in shown(status(), outage())[0]
    found = replace(outage(), measures=replace(measures(), at=AT - 95))
    assert "MEASURES 2 min OLD" in shown(status(), found)[0]


@pytest.mark.parametrize(("lag", "said"), [(4.9, None), (61, "BLIND for 61 s"), (None, "BLIND:")])
def test_blindness_is_told_once_what_is_read_lies_more_than_five_seconds_back(
    lag: float | None, said: str | None
) -> None:
    found = replace(outage(), read_past_at=None if lag is None else AT - lag)
    if said is None:
        assert "BLIND" not in "\n".join(shown(status(), found))
        assert "BLIND" not in line(status(), found)
    else:
        assert said.replace("61 s", "1 min") in shown(status(), found)[1]
        assert "; BLIND" in line(status(), found)
    loading = status()
    loading.settled = False
    assert "BLIND" not in "\n".join(shown(loading, found))


def test_while_the_history_is_read_nothing_is_called_overdue() -> None:
    loading = status()
    loading.settled, loading.phase = False, Said("phase.loading", {"n": 12_500})
    lines = shown(loading, outage())
    assert "loading the history: 12,500 events" in lines[0]
    assert "of a day that has passed" in lines[1]
    assert "▲" not in "\n".join(lines[:10])


# -- the tables


def test_table_of_units_says_what_is_critical_and_the_rhythm_and_alignment_with_its_level() -> None:
    lines = shown(status(), outage())
    assert row(lines, "online") == "online ▲ 2 0 0 31 25 99 100 0.71 (0.32) 430"
    assert row(lines, "stores") == "stores ▲ 12 105 110 12 75 - - no pulse 0"
    assert row(lines, "logistics") == "logistics 0 0 0 1 - - - no data 0"
    assert row(lines, "care") == "care 0 0 0 0 - - - no scores 3"
    assert row(lines, "other") == "other 0 0 0 0 - - - no data 1"
    assert row(lines, "all") == "all ▲ 14 105 110 44 62 99 100 434"  # shares by how many there are


def test_unit_of_nobody_is_shown_only_where_there_is_any_of_it() -> None:
    found = replace(outage(), decisions=Counter())
    assert not [text for text in shown(status(), found) if text.strip().startswith("other")]


def test_wide_table_has_how_soon_decisions_take_effect_and_what_is_open() -> None:
    found = outage()
    assert found.measures is not None
    found.measures.rhythm["online", "daily", "effect"] = found.measures.rhythm["stores", "daily", "decide"]
    assert row(shown(status(), found, 40, 120), "online") == "online ▲ 2 0 0 31 25 99 100 75 - - 0.71 (0.32) 430 412"


def test_reaction_counts_those_that_wait_and_has_the_others_alone_beside() -> None:
    lines = shown(status(), outage())
    assert row(lines, "first reaction") == "first reaction 1.4 h ↑ 2 h 34 min 2.2 h ↓ 38 h 1.4 h 3.2 h"
    assert row(lines, "decision") == "decision not yet not yet 2.4 h 29 h 5.1 d 5.7 h 35 h"
    finnish = shown(status("fi"), outage())
    assert row(finnish, "ensireaktio") == "ensireaktio 1,4 h ↑ 2 h 34 min 2,2 h ↓ 38 h 1,4 h 3,2 h"
    assert row(finnish, "päätös ") == "päätös ei vielä ei vielä 2,4 h 29 h 5,1 vrk 5,7 h 35 h"


def test_large_screen_shows_every_clock_every_touchpoint_and_addresses_in_full() -> None:
    lines = shown(status(), outage(), 60, 120)
    assert row(lines, "customer told") == "customer told - - - - - - -"
    assert row(lines, "website") == "website 412 6d 3h 0 31 0 0 0 2 0"
    assert row(lines, "cases") == f"cases {BOARD}"
    assert row(lines, "Prometheus") == f"Prometheus {PROMETHEUS}"
    assert row(lines, "people get") == f"people get amtool alert --alertmanager.url={ALERTMANAGER}"
    unsure = places() | {"website": Place(9, 0, AT - DAY, Counter(decide=4), Counter(decide=2, tell=3))}
    lines = shown(status(), replace(outage(), places=unsure), 60, 120)
    assert row(lines, "website") == "website 9 1d 0h 0 4+2? 0 0 0+3? 0 0"


def test_small_screen_shows_where_to_look_in_a_line() -> None:
    told = "127.0.0.1 cases :8080 Prometheus :21235 amtool :21234 /metrics :6066 :6067"
    assert row(shown(status(), outage()), "127.0.0.1") == told
    assert row(shown(status(monitored=False), outage()), "127.0.0.1") == "127.0.0.1 cases :8080 /metrics :6066 :6067"


# -- the lines


def test_worst_three_causes_are_told_by_their_mean_and_what_stands_now() -> None:
    told = "in the way mean of 1 d: carrier 3.0 (now 4), stock 1.5 (2), staff 0.9 (0)"
    assert row(shown(status(), outage()), "in the way") == told
    found = replace(outage(), measures=replace(measures(), standing=Counter()))
    assert row(shown(status(), found), "in the way") == "in the way nothing, 1 d"


def test_decisions_in_flight_are_told_by_level() -> None:
    told = "in flight operat. 430, tact. 3, strat. 1; 1 d: made 151, effective 134"
    assert row(shown(status(), outage()), "in flight") == told


def test_rates_and_dead_letters_are_told() -> None:
    told = "events 31,204, 1.4/s, dead letters 0; workers 2 of 2, partitions 4 of 4"
    assert row(shown(status(), outage()), "events") == told
    dead = replace(outage(), deadletters=Counter(invalid=12))
    assert "dead letters 12 (invalid)" in row(shown(status(), dead), "events")
    assert row(shown(status("fi"), outage()), "tapahtumat") == (
        "tapahtumat 31 204, 1,4/s, sivuun 0; työprosesseja 2/2, osioita 4/4"
    )


def test_panel_shows_what_stands_by_level_and_the_newest_with_who_is_told() -> None:
    found = replace(outage(), alarms=replace(alarms(2), others=("RytmiBlind",)))
    lines = shown(status(), found)
    assert row(lines, "alarms") == "alarms 1 escalation, 2 breaches, 0 warnings; 7 over; RytmiBlind"
    since = status().speaker.time(AT - 9)
    newest = "▲ breach store-7-260302-00002 acknowledge"
    assert row(lines, "▲ breach     store-7-260302-00002") == f"{newest} {since[:5]} store-manager"
    wide = row(shown(status(), found, 40, 120), "▲ breach     store-7-260302-00002")
    assert wide == f"{newest} {since} overdue 1min store-manager"
    assert f"newest: breach store-7-260302-00002 acknowledge {since} to store-manager" in line(status(), found)


def test_what_prometheus_alarms_of_is_named_where_there_is_room() -> None:
    others = ("RytmiBlind", "RytmiMissedFast", "RytmiMissedLasting")
    found = replace(outage(), alarms=replace(alarms(2), others=others))
    said = "alarms 1 escalation, 2 breaches, 0 warnings; 7 over; "
    assert row(shown(status(), found), "alarms") == f"{said}RytmiBlind +2"
    assert row(shown(status(), found, 40, 120), "alarms") == said + ", ".join(others)
    many = replace(outage(), alarms=replace(alarms(99_999), others=others), over=12_345)
    assert row(shown(status(), many), "alarms").endswith("12,345 over; 3 others")


def test_without_alertmanager_it_is_said_and_the_workers_own_counts_are_shown() -> None:
    found = replace(outage(), alarms=None)
    said = "topic only: 0 escalations, 2 breaches, 3 warnings; 7 over"
    assert row(shown(status(monitored=False), found), "alarms") == f"alarms {said}"
    assert line(status(monitored=False), found).endswith(f"alarms: {said}")
    away = row(shown(status(), found), "alarms")
    assert away == "alarms Alertmanager is away: 0 escalations, 2 breaches, 3 warnings; 7 over"


def test_large_screen_has_more_alarms_and_notices() -> None:
    one = status()
    for number in range(9):
        one.notice(Said("notice.relief", {"place": f"place-{number}"}), AT)
    few, many = ("\n".join(shown(one, outage(), height)) for height in (24, 62))
    assert (few.count("▲ breach"), few.count("somebody takes")) == (1, 1)
    assert (many.count("▲ breach"), many.count("somebody takes")) == (15, 5)
    assert "place-8" in few


def test_line_has_the_sums() -> None:
    said = line(status(), outage())
    assert "live for 12 min: partitions 4 of 4, workers 2 of 2, 31,204 taken in, 1.4/s, dead letters 0, 0.6 s" in said
    sums = "open 730, oldest 6d 3h, overdue: acknowledge 12, decide 31, effect 0, resolve 1, tell 0"
    assert f"{sums}; critical: overdue 14, due in 1 h 105, due in 4 h 110; measures as of " in said
    reaction = (
        "acknowledge half in 2.2 h, 90% in 38 h, done only 1.4 h, decide half in 29 h, 90% in 5.1 d, done only 5.7 h"
    )
    assert (
        f"reaction 1 d: {reaction}; in the way, mean of 1 d: carrier 3.0 (now 4), stock 1.5 (2), staff 0.9 (0)" in said
    )
    assert "decided in 1 d 62%, 7 d 99%, 28 d 100%; alignment: online 0.71 (0.32), stores no pulse, " in said
    assert "decisions in flight 434; obstacles 6; alarms: 1 escalation, 99 breaches, 0 warnings; 7 over" in said


def test_line_in_finnish_has_the_same_figures() -> None:
    said = line(status("fi"), outage())
    assert "käynnissä 12 min: osioita 4/4, työprosesseja 2/2, luettu 31\N{NO-BREAK SPACE}204, 1,4/s, sivuun 0" in said
    assert "kriittisiä: myöhässä 14, 1 h kuluessa 105, 4 h kuluessa 110; mittarit klo " in said
    assert "päätetty 1 vrk 62 %, 7 vrk 99 %, 28 vrk 100 %; yhteneväisyys: online 0,71 (0,32), stores ei pulssia" in said


def test_what_was_not_reached_is_told_from_what_has_not_begun() -> None:
    found = outage()
    assert found.measures is not None
    found.measures.lengths[Clocks(EVERYWHERE, EVERYWHERE, "decide", "1d")] = Lengths(None, None, None, 0)
    assert "decide half -, 90% -, done only -" in line(status(), found)
    found.measures.lengths[Clocks(EVERYWHERE, EVERYWHERE, "decide", "1d")] = Lengths(7_200, None, 1_800, 9)
    assert "decide half in 2 h, 90% not yet, done only 30 min" in line(status(), found)
    assert "puolet 2 h, 90 % ei vielä, vain valmiit 30 min" in line(status("fi"), found)
