"""The wall speaks two languages: every key in both, with the same values, and numbers as each writes them."""

from __future__ import annotations

import re
import time
from datetime import UTC, timedelta, timezone
from pathlib import Path
from string import Formatter

import pytest

from processors.alarms import LEVELS
from processors.events import DECISION_LEVELS
from processors.policy import CLOCKS
from streams.demo import words
from streams.demo.words import Length, Moment, Said, language_of, speaker
from streams.demo.words_en import ENGLISH
from streams.demo.words_fi import FINNISH

DEMO = Path(words.__file__).parent
KATHMANDU = timezone(timedelta(hours=5, minutes=45))


def values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_key_has_a_sentence_with_the_same_values_in_both_languages() -> None:
    assert ENGLISH.sentences.keys() == FINNISH.sentences.keys()
    for key, sentence in ENGLISH.sentences.items():
        assert values(sentence) == values(FINNISH.sentences[key]), key


def test_every_sentence_is_one_that_something_says() -> None:
    code = [path.read_text(encoding="utf-8") for path in DEMO.glob("*.py") if not path.name.startswith("words_")]
    code.append((DEMO.parent / "cli/demo.py").read_text(encoding="utf-8"))
    said = set(re.findall(r"[\"']([a-z0-9_]+(?:\.[a-z0-9_]+)*)[\"']", "\n".join(code)))
    families = {"clock": CLOCKS, "name": CLOCKS, "lacking": CLOCKS, "places": CLOCKS, "alarm": LEVELS, "alarms": LEVELS}
    families |= {"level": DECISION_LEVELS, "about": ("causes", "decisions", "alarms", "events")}
    families["about"] += ("board", "screens", "metrics", "prometheus", "alertmanager")
    said |= {f"{family}.{name}" for family, names in families.items() for name in names}
    said |= {f"units.{clock}.{rhythm}" for clock in ("decide", "effect") for rhythm in ("daily", "weekly", "monthly")}
    said |= {"reaction.critical", "reaction.all", "state.half_new", "state.waiting_new"}
    assert {key.removesuffix(".one") for key in ENGLISH.sentences} <= said


def test_one_is_told_as_one() -> None:
    assert speaker("en").say("alarms.breach", n=1) == "1 breach"
    assert speaker("en").say("alarms.breach", n=1_204) == "1,204 breaches"
    assert speaker("fi").say("alarms.escalation", n=1) == "1 eskalointi"
    assert speaker("fi").say("alarms.escalation", n=1_204) == "1\N{NO-BREAK SPACE}204 eskalointia"


@pytest.mark.parametrize(
    ("seconds", "english", "finnish"),
    [
        (0.2, "0 s", "0 s"),
        (59.4, "59 s", "59 s"),
        (60, "1 min", "1 min"),
        (3_599, "60 min", "60 min"),
        (3_600, "1 h", "1 h"),
        (3_960, "1.1 h", "1,1 h"),
        (16.2 * 3600, "16 h", "16 h"),
        (48 * 3600, "2 d", "2 vrk"),
        (5.12 * 86_400, "5.1 d", "5,1 vrk"),
        (28 * 86_400, "28 d", "28 vrk"),
    ],
)
def test_length_is_told_in_one_unit(seconds: float, english: str, finnish: str) -> None:
    assert (speaker("en").length(seconds), speaker("fi").length(seconds)) == (english, finnish)


def test_spans_are_told_in_their_two_largest_units() -> None:
    told = {0.9: "0s", 59.9: "59s", 60: "1min", 3599: "59min", 3600: "1h 0min", 86_399: "23h 59min", 90_000: "1d 1h"}
    assert {seconds: speaker("en").span(seconds) for seconds in told} == told
    assert [speaker("fi").span(seconds) for seconds in (59, 3600, 90_000)] == ["59 s", "1 h 0 min", "1 vrk 1 h"]


def test_times_and_windows_are_told_as_the_language_writes_them() -> None:
    at = 1_772_442_905.0  # 9:15:05 UTC
    assert [speaker(code, UTC).time(at) for code in ("en", "fi")] == ["09:15:05", "9.15.05"]
    assert [speaker(code, KATHMANDU).time(at) for code in ("en", "fi")] == ["15:00:05", "15.00.05"]
    assert [speaker(code, KATHMANDU).short_time(at) for code in ("en", "fi")] == ["15:00", "15.00"]
    assert [speaker("en").window(label) for label in ("15m", "1h", "7d", "1h30m")] == ["15 min", "1 h", "7 d", "1h30m"]
    assert speaker("fi").window("28d") == "28 vrk"


@pytest.mark.parametrize("hour", [0, 12])
def test_times_of_day_are_those_of_the_machines_zone_unless_one_is_named(hour: int) -> None:
    at = 1_772_409_600.0 + hour * 3_600
    here = time.localtime(at)
    assert speaker("en").time(at) == f"{here.tm_hour:02d}:{here.tm_min:02d}:{here.tm_sec:02d}"


def test_values_of_a_sentence_are_written_as_the_language_writes_them() -> None:
    worker = {"number": "1", "manner": Said("manner.signal", {"name": "SIGKILL"}), "pid": "12345"}
    assert speaker("en").say("notice.worker", **worker) == "worker 1 ended by SIGKILL; it runs again as process 12345"
    finnish = "työprosessi 1 päättyi (SIGKILL); käy taas, prosessi 12345"
    assert speaker("fi").said(Said("notice.worker", worker)) == finnish
    assert speaker("fi").say("phase.live", length=Length(4_000)) == "käynnissä 1,1 h"
    assert speaker("fi").say("measures", time=Moment(0.0)).startswith("mittarit klo ")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "fi"}, "fi"),
        ({"LANG": "fil_PH.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "fi_FI.UTF-8", "LC_MESSAGES": "fi_FI", "LC_ALL": "C"}, "en"),
        ({"LANG": "fi_FI.UTF-8", "LC_ALL": ""}, "fi"),  # set to nothing is not set
        ({"LC_ALL": "FI-fi@euro"}, "fi"),
    ],
)
def test_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
