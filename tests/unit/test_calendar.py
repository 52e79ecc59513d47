"""Working hours at their edges. Times are written as Helsinki's unless an offset says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.calendar import ALWAYS, Calendar, Hours

HELSINKI = "Europe/Helsinki"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEKDAYS = range(5)
EVERY_DAY = range(7)
SATURDAY, SUNDAY = 5, 6


def ms(text: str) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(HELSINKI))
    return round(at.astimezone(UTC).timestamp() * 1000)


def minutes(text: str) -> tuple[int, int]:
    """`22:00-06:00` as (1320, 1800)."""
    opening, closing = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return opening, closing if closing > opening else closing + 1440


def calendar(
    days: range | tuple[int, ...],
    *spans: str,
    zone: str = HELSINKI,
    holidays: str | None = None,
    closed: tuple[date, ...] = (),
) -> Calendar:
    hours = tuple(minutes(span) for span in spans)
    weekly = tuple(hours if day in days else () for day in range(7))
    return Calendar(Hours(zone, weekly, holidays, frozenset(closed)))


OFFICE = calendar(WEEKDAYS, "08:00-12:00", "12:30-16:30", holidays="FI")
NIGHT = calendar(EVERY_DAY, "22:00-06:00")


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00", 0),
        ("2026-03-02 11:00", "2026-03-02 10:00", 0),  # nothing is worked backwards
        ("2026-03-02 07:00", "2026-03-02 08:00", 0),
        ("2026-03-02 07:00", "2026-03-02 08:00:00.001", 1),
        ("2026-03-02 11:59:59.999", "2026-03-02 12:30", 1),
        ("2026-03-02 12:00", "2026-03-02 12:30", 0),
        ("2026-03-02 12:00", "2026-03-02 12:30:00.001", 1),
        ("2026-03-02 00:00", "2026-03-03 00:00", 8 * HOUR),
        ("2026-03-06 16:00", "2026-03-09 08:30", HOUR),  # over a weekend
        ("2026-04-02 16:30", "2026-04-07 08:00", 0),  # over Easter
        ("2026-03-02 00:00", "2026-03-09 00:00", 40 * HOUR),
    ],
)
def test_several_intervals_a_day_are_half_open(start: str, end: str, worked: int) -> None:
    assert OFFICE.worked(ms(start), ms(end)) == worked


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2026-03-02 10:00", 2 * HOUR, "2026-03-02 12:00"),  # reached at the end of an interval: due there
        ("2026-03-02 10:00", 2 * HOUR + 1, "2026-03-02 12:30:00.001"),
        ("2026-03-02 10:00", 6 * HOUR, "2026-03-02 16:30"),
        ("2026-03-02 12:00", 1, "2026-03-02 12:30:00.001"),
        ("2026-03-02 12:10", 4 * HOUR, "2026-03-02 16:30"),
        ("2026-03-06 16:30", HOUR, "2026-03-09 09:00"),
        ("2026-03-02 08:00", 40 * HOUR, "2026-03-06 16:30"),
        ("2026-03-07 12:00", 0, "2026-03-07 12:00"),  # nothing to work is done at once
    ],
)
def test_due_instant_is_the_first_at_which_the_target_is_worked(start: str, length: int, due: str) -> None:
    assert OFFICE.after(ms(start), length) == ms(due)


def test_shift_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    friday = calendar((4,), "22:00-06:00")
    assert friday.worked(ms("2026-03-06 00:00"), ms("2026-03-06 22:00")) == 0
    assert friday.worked(ms("2026-03-06 22:00"), ms("2026-03-07 06:00")) == 8 * HOUR
    assert friday.worked(ms("2026-03-07 00:00"), ms("2026-03-09 00:00")) == 6 * HOUR


def test_holiday_drops_what_starts_on_it_and_nothing_else() -> None:
    shift = calendar(EVERY_DAY, "22:00-06:00", holidays="FI")
    assert shift.worked(ms("2026-01-06 00:00"), ms("2026-01-06 06:00")) == 6 * HOUR  # began on the fifth
    assert shift.worked(ms("2026-01-06 06:00"), ms("2026-01-07 22:00")) == 0
    assert shift.after(ms("2026-01-06 05:30"), HOUR) == ms("2026-01-07 22:30")


def test_closed_day_is_a_holiday_too() -> None:
    shop = calendar(EVERY_DAY, "09:00-17:00", closed=(date(2026, 12, 24),))
    assert shop.after(ms("2026-12-23 16:00"), 2 * HOUR) == ms("2026-12-25 10:00")


def test_holidays_of_a_part_of_a_country_are_its_own() -> None:
    bavaria, germany = (
        calendar(WEEKDAYS, "08:00-16:00", zone="Europe/Berlin", holidays=code) for code in ("DE-BY", "DE")
    )
    epiphany = ms("2026-01-06T00:00+01:00"), ms("2026-01-07T00:00+01:00")
    assert bavaria.worked(*epiphany) == 0
    assert germany.worked(*epiphany) == 8 * HOUR


def test_overlapping_and_touching_intervals_count_once() -> None:
    union = calendar(EVERY_DAY, "08:00-12:00", "10:00-14:00", "14:00-15:00", "09:00-10:00")
    assert union.worked(ms("2026-03-02 00:00"), ms("2026-03-03 00:00")) == 7 * HOUR
    assert union.after(ms("2026-03-02 08:00"), 7 * HOUR) == ms("2026-03-02 15:00")


def test_whole_saturday_and_the_nights_beside_it_make_one_interval() -> None:
    weekly = tuple(((1320, 1800), (0, 1440)) if day == SATURDAY else ((1320, 1800),) for day in range(7))
    both = Calendar(Hours(HELSINKI, weekly))
    assert both.worked(ms("2026-03-06 12:00"), ms("2026-03-08 12:00")) == 32 * HOUR
    assert both.after(ms("2026-03-06 22:00"), 32 * HOUR) == ms("2026-03-08 06:00")


def test_day_until_24_00_has_all_its_hours() -> None:
    saturday = calendar((SATURDAY,), "00:00-24:00")
    assert saturday.worked(ms("2026-03-06 00:00"), ms("2026-03-09 00:00")) == DAY
    assert saturday.after(ms("2026-03-06 00:00"), DAY) == ms("2026-03-08 00:00")


@pytest.mark.parametrize(
    ("span", "opens", "closes"),
    [
        ("02:00-05:00", "2026-03-29T02:00+02:00", "2026-03-29T05:00+03:00"),  # around the skipped hour
        ("03:30-05:00", "2026-03-29T04:00+03:00", "2026-03-29T05:00+03:00"),  # opens in it: at the change
        ("02:00-03:30", "2026-03-29T02:00+02:00", "2026-03-29T04:00+03:00"),  # closes in it: at the change
        ("03:00-04:00", None, None),  # swallowed whole
        ("03:15-03:45", None, None),
    ],
)
def test_wall_time_that_spring_skips_is_the_instant_of_the_change(
    span: str, opens: str | None, closes: str | None
) -> None:
    sunday = calendar((SUNDAY,), span)
    night = ms("2026-03-29 00:00"), ms("2026-03-30 00:00")
    if opens is None or closes is None:
        assert sunday.worked(*night) == 0
        return
    assert sunday.worked(*night) == ms(closes) - ms(opens)
    assert sunday.after(night[0], 1) == ms(opens) + 1
    assert sunday.after(night[0], ms(closes) - ms(opens)) == ms(closes)


@pytest.mark.parametrize(
    ("span", "opens", "closes"),
    [
        ("02:00-05:00", "2026-10-25T02:00+03:00", "2026-10-25T05:00+02:00"),
        ("03:30-05:00", "2026-10-25T03:30+03:00", "2026-10-25T05:00+02:00"),  # opens at the first
        ("02:00-03:30", "2026-10-25T02:00+03:00", "2026-10-25T03:30+02:00"),  # closes at the second
        ("03:15-03:45", "2026-10-25T03:15+03:00", "2026-10-25T03:45+02:00"),
        ("03:00-04:00", "2026-10-25T03:00+03:00", "2026-10-25T04:00+02:00"),
    ],
)
def test_wall_time_that_autumn_repeats_opens_at_its_first_and_closes_at_its_second(
    span: str, opens: str, closes: str
) -> None:
    sunday = calendar((SUNDAY,), span)
    night = ms("2026-10-25 00:00"), ms("2026-10-26 00:00")
    assert sunday.worked(*night) == ms(closes) - ms(opens)
    assert sunday.after(night[0], 1) == ms(opens) + 1
    assert sunday.after(night[0], ms(closes) - ms(opens)) == ms(closes)


def test_hours_that_meet_in_the_repeated_hour_count_once() -> None:
    sunday = calendar((SUNDAY,), "02:00-03:30", "03:30-05:00")
    assert sunday.worked(ms("2026-10-25 00:00"), ms("2026-10-26 00:00")) == 4 * HOUR


def test_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    assert NIGHT.worked(ms("2026-03-28 12:00"), ms("2026-03-29 12:00")) == 7 * HOUR
    assert NIGHT.worked(ms("2026-10-24 12:00"), ms("2026-10-25 12:00")) == 9 * HOUR


def test_clocks_that_change_at_midnight_keep_the_day_of_a_shift() -> None:
    # Havana skips 2026-03-08 00:00 to 01:00: Saturday's shift ends at the change, Sunday's day starts with it.
    zone = "America/Havana"
    assert (
        calendar((SATURDAY,), "20:00-24:00", zone=zone).worked(
            ms("2026-03-07T12:00-05:00"), ms("2026-03-09T00:00-04:00")
        )
        == 4 * HOUR
    )
    assert (
        calendar((SUNDAY,), "00:00-24:00", zone=zone).worked(ms("2026-03-07T12:00-05:00"), ms("2026-03-09T12:00-04:00"))
        == 23 * HOUR
    )


def test_calendar_has_the_hours_of_its_own_zone() -> None:
    tokyo = calendar(WEEKDAYS, "09:00-17:00", zone="Asia/Tokyo")
    assert tokyo.after(ms("2026-03-02T00:00Z"), HOUR) == ms("2026-03-02T01:00Z")
    assert tokyo.worked(ms("2026-03-01T00:00Z"), ms("2026-03-03T00:00Z")) == 8 * HOUR


def test_calendar_that_is_never_open_reaches_no_target() -> None:
    never = calendar((), "08:00-16:00")
    assert never.worked(ms("2026-01-01 00:00"), ms("2027-01-01 00:00")) == 0
    assert never.after(ms("2026-03-02 10:00"), 1) is None
    assert never.after(ms("2026-03-02 10:00"), 0) == ms("2026-03-02 10:00")


def test_target_of_many_years_is_found_and_not_given_up() -> None:
    sunday = calendar((SUNDAY,), "10:00-11:00")
    due = sunday.after(ms("2026-03-01 00:00"), 520 * HOUR)
    assert due is not None
    assert sunday.worked(ms("2026-03-01 00:00"), due) == 520 * HOUR
    assert datetime.fromtimestamp(due / 1000, ZoneInfo(HELSINKI)).year == 2036


def test_calendar_without_hours_is_always_open() -> None:
    assert ALWAYS.worked(ms("2026-03-28 23:00"), ms("2026-03-29 06:00")) == 6 * HOUR
    assert ALWAYS.after(ms("2026-03-28 23:00"), 6 * HOUR) == ms("2026-03-29 06:00")
    assert ALWAYS.after(5, 0) == 5


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    asked = calendar(WEEKDAYS, "08:00-12:00", "12:30-16:30", holidays="FI")
    for year in (2026, 2031, 2024, 2099, 2000):
        start, end = ms(f"{year}-12-30 10:00"), ms(f"{year}-12-31 23:00")
        fresh = calendar(WEEKDAYS, "08:00-12:00", "12:30-16:30", holidays="FI")
        assert asked.worked(start, end) == fresh.worked(start, end)
        assert asked.after(start, 20 * HOUR) == fresh.after(start, 20 * HOUR)


_INSTANTS = st.integers(ms("2026-03-20 00:00"), ms("2026-04-10 00:00"))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([OFFICE, NIGHT]), _INSTANTS, st.integers(1, 60 * HOUR))
def test_due_instant_is_worked_exactly_and_a_millisecond_before_it_is_not(
    hours: Calendar, start: int, length: int
) -> None:
    due = hours.after(start, length)
    assert due is not None
    assert hours.worked(start, due) == length
    assert hours.worked(start, due - 1) == length - 1


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([OFFICE, NIGHT, ALWAYS]), st.lists(_INSTANTS, min_size=3, max_size=3))
def test_worked_time_adds_up_over_any_cut(hours: Calendar, instants: list[int]) -> None:
    first, middle, last = sorted(instants)
    assert hours.worked(first, last) == hours.worked(first, middle) + hours.worked(middle, last)
    assert 0 <= hours.worked(first, last) <= last - first
