# ruff: noqa: RUF001 - Finnish writes ranges with an en dash
"""Numbers, lengths, instants, opening hours and sentences, as English and Finnish write them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from processors.calendar import Hours
from processors.canonical import instant
from streams.language.lengths import fitting, spoken
from streams.language.locales import ENGLISH, FINNISH, Locale
from streams.language.speaker import Language, Speaker
from streams.language.statements import Instant, Length, Rough, Statement, Term, TimeOfDay, Value

HELSINKI = ZoneInfo("Europe/Helsinki")
NOON = instant("2026-03-02T12:00:00+02:00")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SENTENCES = {
    "value": "{x}",
    "cases": "{n} cases",
    "cases.one": "a case",
    "until": "until {what:ill}",
    "hours.all_day": "all day",
    "hours.closed": "closed on {days}",
    "hours.holidays": "holidays ({calendar})",
    "hours.other_days": "{n} days",
    "hours.other_days.one": "a day",
}
WORDS = {"decision": "päätös", "decision:ill": "päätökseen"}


def said(value: Value, locale: Locale = ENGLISH) -> str:
    return Speaker(Language(locale, SENTENCES, WORDS), HELSINKI, NOON).say("value", x=value)


def test_numbers_have_the_marks_of_the_language_and_a_real_minus() -> None:
    assert [one.number(-1234.5, 1) for one in (ENGLISH, FINNISH)] == ["−1,234.5", "−1\u00a0234,5"]
    assert [one.narrow(1234.5, 1) for one in (ENGLISH, FINNISH)] == ["1234.5", "1234,5"]
    assert [one.percent.format(one.number(42)) for one in (ENGLISH, FINNISH)] == ["42%", "42\u00a0%"]
    assert said(1_204) == "1,204"


def test_lists_end_with_a_word() -> None:
    assert [ENGLISH.listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert said(tuple(Statement("value", {"x": name}) for name in "abc"), FINNISH) == "a, b ja c"


@pytest.mark.parametrize(
    ("ms", "english", "finnish"),
    [
        (0, "0 s", "0 s"),
        (1_500, "1.5 s", "1,5 s"),
        (MINUTE - 1, "59.999 s", "59,999 s"),
        (MINUTE, "1 min", "1 min"),
        (HOUR, "1 h", "1 h"),
        (2 * DAY - 1, "47 h 59 min", "47 h 59 min"),
        (2 * DAY, "2 days", "2 vrk"),
        (2 * DAY + HOUR + MINUTE, "2 days 1 h", "2 vrk 1 h"),
    ],
)
def test_a_length_is_spoken_in_two_units_and_days_begin_with_two(ms: int, english: str, finnish: str) -> None:
    assert (said(Length(ms)), said(Length(ms), FINNISH)) == (english, finnish)


def test_working_time_has_no_days() -> None:
    assert spoken(50 * HOUR, ENGLISH, worked=True) == "50 h"


def test_an_estimate_is_told_in_one_unit() -> None:
    assert [said(Rough(seconds), FINNISH) for seconds in (59.4, 3_960.0, 442_368.0)] == ["59 s", "1,1 h", "5,1 vrk"]
    assert [fitting(seconds) for seconds in (0, 89, 90, 5_399, 5_400, 129_600)] == ["s", "s", "min", "min", "h", "d"]


def test_instants_have_a_year_where_it_is_another_and_a_zone_where_the_clocks_show_them_twice() -> None:
    assert [said(Instant(NOON), one) for one in (ENGLISH, FINNISH)] == ["Mon 2 Mar 12:00", "ma 2.3. klo 12.00"]
    assert said(Instant(NOON + 7, fine=True, year=True)) == "Mon 2 Mar 2026 12:00:00.007"
    assert said(Instant(NOON + 7, fine=True, year=True), FINNISH) == "ma 2.3.2026 klo 12.00.00,007"
    assert said(Instant(NOON - 100 * DAY)) == "Sat 22 Nov 2025 12:00"
    repeated = [instant(f"2026-10-25T03:30:00{offset}") for offset in ("+03:00", "+02:00")]
    assert [said(Instant(at))[-17:] for at in repeated] == ["03:30 (UTC+03:00)", "03:30 (UTC+02:00)"]
    assert [said(TimeOfDay(NOON / 1000 + 5), one) for one in (ENGLISH, FINNISH)] == ["12:00:05", "12.00.05"]


@pytest.mark.parametrize(
    ("weekly", "more", "expected"),
    [
        ((((480, 960),),) * 5 + ((),) * 2, {}, "Mon-Fri 08:00-16:00"),
        ((((0, 1440),),) * 7, {}, "Mon-Sun all day"),
        (
            (((480, 720), (780, 1500)),) + ((),) * 5 + (((600, 1440),),),
            {},
            "Mon 08:00-12:00, 13:00-01:00; Sun 10:00-24:00",
        ),
        ((((480, 960),),) + ((),) * 6, {"holidays": "FI"}, "Mon 08:00-16:00; closed on holidays (FI)"),
        (
            (((480, 960),),) + ((),) * 6,
            {"holidays": "FI", "closed": frozenset({date(2026, 5, 4)})},
            "Mon 08:00-16:00; closed on holidays (FI) and a day",
        ),
        ((((480, 960),),) + ((),) * 6, {"timezone": "Asia/Tokyo"}, "Mon 08:00-16:00; Asia/Tokyo"),
    ],
)
def test_opening_hours_are_told_by_the_week(weekly: Any, more: dict[str, Any], expected: str) -> None:
    assert said(Hours(**{"timezone": "Europe/Helsinki", "weekly": weekly, **more})) == expected


def test_one_is_told_as_one_and_words_are_bent() -> None:
    speaker = Speaker(Language(FINNISH, SENTENCES, WORDS))
    assert [speaker.say("cases", n=n) for n in (0, 1, 2_000)] == ["0 cases", "a case", "2\u00a0000 cases"]
    assert speaker.say("until", what=Term("decision")) == "until päätökseen"
    assert speaker.say("until", what=Term("unknown")) == "until unknown"
    assert speaker.sentence(Statement("value", {"x": Term("decision")})) == "Päätös"
