"""rytmi.yaml: what is right becomes the core's values, what is wrong is named with its place and its remedy."""

import contextlib
import copy
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from processors.calendar import Hours
from processors.canonical import instant
from processors.policy import Classification, Policies, Policy, Touchpoint
from streams.cli.config import weekly_minutes
from streams.cli.main import main
from streams.config import Config, ConfigError, load, parse
from streams.config.problems import written
from streams.config.values import days, duration_ms, interval, shown_ms

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def sound() -> dict[str, Any]:
    """A configuration with something of everything, to be changed by tests."""
    return {
        "timezone": "Europe/Helsinki",
        "calendars": {
            "always": {},
            "office": {
                "hours": {"mon-fri": ["08:00-12:00", "12:30-16:30"]},
                "holidays": "FI",
                "closed": [date(2026, 12, 24)],
            },
            "night": {"hours": {"mon-sun": ["22:00-06:00"], "sat": ["00:00-24:00"]}, "timezone": "America/New_York"},
        },
        "units": [{"id": "logistics", "supervisor": "s", "leader": "coo"}],
        "touchpoints": [
            {
                "id": "delivery",
                "path": "purchase",
                "stage": "delivery",
                "unit": "logistics",
                "intended": {"standing": 2},
            },
            {"id": "web", "path": "purchase"},
        ],
        "functions": [{"id": "sales", "stale_after": "2d"}],
        "policies": [
            {
                "name": "critical",
                "match": {"severity": ["critical"]},
                "calendar": "always",
                "targets": {"acknowledge": "1h", "resolve": "6.38h"},
                "pausable": ["resolve"],
                "warn": [0.5, 0.9],
                "escalate": [{"after": "0m", "to": "owner"}, {"after": "2h", "to": "leader"}],
            },
            {"name": "default", "match": {}, "calendar": "office", "targets": {"resolve": "10d"}},
        ],
        "windows": ["15m", "28d", "1h"],
        "retention": "60d",
    }


def policy(changes: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda config: config["policies"][0].update(changes)


def top(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda config: config.update(changes)


def office(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda config: config["calendars"]["office"].update(changes)


def place(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda config: config["touchpoints"][0].update(changes)


def test_example_is_right_and_leaves_no_doubt() -> None:
    config = load(EXAMPLE)
    assert config.doubts == ()
    assert len(config.policies.touchpoints) == 6
    assert {"critical", "default"} <= {found.name for found in config.policies.sets[0].policies}


def test_configuration_becomes_the_values_of_the_core() -> None:
    config = parse(sound())
    assert isinstance(config, Config)
    assert isinstance(config.policies, Policies)
    (dated,) = config.policies.sets
    assert dated.from_ms is None
    assert dated.policies[0] == Policy(
        name="critical",
        match={"severity": ("critical",)},
        calendar=config.calendars["always"],
        targets={"acknowledge": HOUR_MS, "resolve": 22_968_000},
        pausable=frozenset({"resolve"}),
        warn=(0.5, 0.9),
        escalate=((0, "owner"), (2 * HOUR_MS, "leader")),
    )
    assert dated.policies[1].calendar is config.calendars["office"]
    assert config.policies.touchpoints["delivery"] == Touchpoint("delivery", "logistics", "purchase")
    assert config.policies.touchpoints["other"] == Touchpoint("other")
    assert (config.retention_ms, config.timezone, config.policies.reject_unknown) == (
        60 * DAY_MS,
        "Europe/Helsinki",
        False,
    )
    assert list(config.windows.items()) == [("15m", 900_000), ("1h", HOUR_MS), ("28d", 28 * DAY_MS)]
    assert config.raw == sound()


def test_calendars_have_their_days_merged_and_their_own_zone() -> None:
    calendars = parse(sound()).calendars
    day = ((480, 720), (750, 990))
    assert calendars["office"].hours == Hours(
        "Europe/Helsinki", (*(day,) * 5, (), ()), "FI", frozenset({date(2026, 12, 24)})
    )
    night = ((1320, 1800),)
    assert calendars["night"].hours == Hours("America/New_York", (*(night,) * 5, ((0, 1800),), night))
    assert calendars["always"].hours is None
    assert [weekly_minutes(calendars[name]) for name in ("office", "night", "always")] == [40 * 60, 72 * 60, 168 * 60]


def test_calendar_with_days_off_and_no_hours_is_open_all_day_on_the_others() -> None:
    data = sound()
    data["calendars"]["weekdays"] = {"holidays": "DE-BY"}
    hours = parse(data).calendars["weekdays"].hours
    assert hours == Hours("Europe/Helsinki", (((0, 1440),),) * 7, "DE-BY")


def test_least_configuration_judges_nothing_and_keeps_sixty_days() -> None:
    config = parse({"policies": []})
    assert config.policies.match(config.policies.in_force(0), Classification("web", "low", None)).name is None
    assert config.retention_ms == 60 * DAY_MS
    assert list(config.windows) == ["15m", "1h", "1d", "7d", "28d"]


def test_declared_other_has_what_was_declared_of_it() -> None:
    config = parse({"touchpoints": [{"id": "other", "unit": "care"}], "policies": []})
    assert config.policies.touchpoints == {"other": Touchpoint("other", "care")}


@pytest.mark.parametrize(
    ("written", "length_ms"),
    [
        ("30m", 1_800_000),
        ("1h", HOUR_MS),
        ("1h30m", 5_400_000),
        ("2d", 2 * DAY_MS),
        ("6.38h", 22_968_000),
        ("0.1h", 360_000),
        ("0m", 0),
        ("1d12h", 129_600_000),
        ("45s", 45_000),
        ("0.0001s", 0),
        ("0.0006s", 1),
        ("90m", 5_400_000),
    ],
)
def test_duration_is_read_to_the_millisecond(written: str, length_ms: int) -> None:
    assert duration_ms(written) == length_ms


@pytest.mark.parametrize(
    "written", ["", "5", "h", "1 h", "-1h", "1h1d", "1h1h", "1w", "1.h", "½h", 5, None, 1.5, "99999999d"]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"duration|hundred years"):
        duration_ms(written)


@given(st.integers(0, 36_500 * DAY_MS))
def test_duration_shown_is_the_duration_read(length_ms: int) -> None:
    assert duration_ms(shown_ms(length_ms)) == length_ms


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("mon", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("mon,wed", (0, 2)),
        ("fri-mon", (0, 4, 5, 6)),
        ("mon-tue, sun", (0, 1, 6)),
    ],
)
def test_days_are_named_one_by_one_and_in_ranges(written: str, named: tuple[int, ...]) -> None:
    assert days(written) == named


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("08:00-16:30", (480, 990)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-06:00", (1320, 1800)),
        ("20:00-00:00", (1200, 1440)),
    ],
)
def test_interval_runs_over_midnight_where_it_ends_before_it_starts(written: str, minutes: tuple[int, int]) -> None:
    assert interval(written) == minutes


@pytest.mark.parametrize(
    "written", ["8-16", "08:00", "08:00-08:00", "24:00-06:00", "08:60-09:00", "08:00-24:01", 480, "25:00-26:00"]
)
def test_what_is_no_interval_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"interval|time of day|whole day"):
        interval(written)


WRONG: list[tuple[Callable[[dict[str, Any]], None], str, str]] = [
    (top(timezone="Europe/Helsinky"), "timezone", "did you mean 'Europe/Helsinki'?"),
    (top(touchpoint=[]), "touchpoint", "no key 'touchpoint'; did you mean 'touchpoints'?"),
    (top(retention="56d"), "retention", "at least 57d"),
    (top(windows=["40d"]), "retention", "at least 81d"),
    (top(retention=60), "retention", "60 is not a duration; write 30m"),
    (top(windows="15m"), "windows", "put it in [brackets]"),
    (top(windows=["60m", "1h"]), "windows[1]", "1h is as long as 60m"),
    (top(windows=["1m"]), "windows[0]", "the shortest window is 5m"),
    (top(windows=["soon"]), "windows[0]", "'soon' is not a duration"),
    (top(unknown_touchpoint="ignore"), "unknown_touchpoint", "it must be 'other' or 'reject'"),
    (top(policies=None), "", "neither policies nor"),
    (top(policy_sets=[{"from": "2026-01-01T00:00:00Z", "policies": []}]), "", "both policies and policy_sets"),
    (office(hours={"mon-fry": ["08:00-12:00"]}), "calendars.office.hours.mon-fry", "write mon-fri, sat or mon,wed"),
    (office(hours={"mon": ["8-12"]}), "calendars.office.hours.mon[0]", '"08:00-16:30"'),
    (office(hours={"mon": []}), "calendars.office.hours.mon", "leave the days out"),
    (office(hours={}), "calendars.office.hours", "at least 1 item"),
    (office(holidays="fi"), "calendars.office.holidays", "did you mean 'FI'?"),
    (office(holidays="DE-BZ"), "calendars.office.holidays", "no part of DE 'BZ'"),
    (office(holidays=False), "calendars.office.holidays", "put it in quotes"),
    (office(closed=["24.12."]), "calendars.office.closed[0]", "write 2026-12-24"),
    (office(open="08:00"), "calendars.office.open", "no key 'open'; there is hours"),
    (lambda c: c["calendars"].update(always={"holidays": "FI"}), "calendars.always", "choose another name"),
    (place(unit="logistic"), "touchpoints[0].unit", "did you mean 'logistics'?"),
    (place(id="all"), "touchpoints[0].id", "cannot be declared"),
    (place(id="del*"), "touchpoints[0].id", "cannot be declared"),
    (place(id=7), "touchpoints[0].id", "found 7; a text is wanted here"),
    (place(id=""), "touchpoints[0].id", "no name"),
    (place(id="web"), "touchpoints[1].id", "the id of number 1 too"),
    (place(intended={"emotion": 3}), "touchpoints[0].intended.emotion", "less than or equal to 1"),
    (place(intended={"standing": float("nan")}), "touchpoints[0].intended.standing", "finite"),
    (lambda c: c["touchpoints"][0].pop("id"), "touchpoints[0].id", "is missing"),
    (policy({"calendar": "ofice"}), "policies[0].calendar", "did you mean 'office'?"),
    (policy({"match": {"touchpoint": ["delivry"]}}), "policies[0].match.touchpoint[0]", "did you mean 'delivery'?"),
    (policy({"match": {"unit": ["nobody"]}}), "policies[0].match.unit[0]", "there is logistics"),
    (policy({"match": {"path": ["purchases"]}}), "policies[0].match.path[0]", "did you mean 'purchase'?"),
    (policy({"match": {"severity": ["Critical"]}}), "policies[0].match.severity[0]", "did you mean 'critical'?"),
    (policy({"match": {"severity": "critical"}}), "policies[0].match.severity", "put it in [brackets]"),
    (policy({"match": {"severity": []}}), "policies[0].match.severity", "leave it out"),
    (policy({"match": {"severty": ["low"]}}), "policies[0].match.severty", "did you mean 'severity'?"),
    (policy({"targets": {"resolv": "1h"}}), "policies[0].targets.resolv", "did you mean 'resolve'?"),
    (policy({"targets": {"resolve": "0h"}}), "policies[0].targets.resolve", "longer than 0"),
    (policy({"pausable": ["resolved"]}), "policies[0].pausable[0]", "did you mean 'resolve'?"),
    (policy({"warn": [0.9, 0.5]}), "policies[0].warn", "write [0.5, 0.9]"),
    (policy({"warn": [50]}), "policies[0].warn[0]", "less than 1"),
    (policy({"warn": [0]}), "policies[0].warn[0]", "greater than 0"),
    (policy({"escalate": [{"after": 0, "to": "owner"}]}), "policies[0].escalate[0].after", "write 30m"),
    (policy({"escalate": [{"after": "0m", "to": "boss"}]}), "policies[0].escalate[0].to", "'supervisor' or 'leader'"),
    (
        policy({"escalate": [{"after": "1h", "to": "owner"}, {"after": "0m", "to": "leader"}]}),
        "policies[0].escalate",
        "must be in the order of `after`",
    ),
    (policy({"name": "default"}), "policies[1].name", "each needs its own"),
]


@pytest.mark.parametrize(("change", "path", "remedy"), WRONG, ids=[f"{path}: {remedy}" for _, path, remedy in WRONG])
def test_fault_is_named_with_file_path_and_remedy(
    change: Callable[[dict[str, Any]], None], path: str, remedy: str
) -> None:
    data = copy.deepcopy(sound())
    change(data)
    with pytest.raises(ConfigError) as wrong:
        parse(data, "shop.yaml")
    assert str(wrong.value).startswith(f"shop.yaml: {path}: " if path else "shop.yaml: found ")
    assert remedy.removesuffix(" nor") in str(wrong.value)
    assert len(wrong.value.problems) == 1


SHAPE_AND_REFERENCE = [case for case in WRONG if case[1]]  # at the top there is no other policy to be wrong


@pytest.mark.parametrize(
    ("change", "path"), [case[:2] for case in SHAPE_AND_REFERENCE], ids=[": ".join(c[1:]) for c in SHAPE_AND_REFERENCE]
)
def test_fault_hides_no_other_fault_of_shape_or_reference(change: Callable[[dict[str, Any]], None], path: str) -> None:
    data = copy.deepcopy(sound())
    change(data)
    data["functions"][0]["stale_after"] = "soon"
    data["policies"][1]["calendar"] = "ofice"
    with pytest.raises(ConfigError) as wrong:
        parse(data)
    told = sorted(written(problem.path) for problem in wrong.value.problems)
    assert told == sorted([path, "functions[0].stale_after", "policies[1].calendar"])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda c: c.update(touchpoint=c.pop("touchpoints")), "touchpoint"),
        (lambda c: c.update(policys=c.pop("policies")), "policys"),
        (top(touchpoints="web"), "touchpoints"),
        (top(touchpoints=["web", {"id": "delivery"}]), "touchpoints[0]"),
        (top(calendars=[]), "calendars"),
        (lambda c: c["calendars"].update({"all": c["calendars"].pop("office")}), "calendars.all"),
        (lambda c: c["units"][0].pop("id"), "units[0].id"),
        (lambda c: c["touchpoints"][0].update(pth=c["touchpoints"][0].pop("path")), "touchpoints[0].pth"),
        (top(policies={}), "policies"),
        (top(policies=None, policy_sets=[]), "policy_sets"),
        (top(policies=None, policy_sets=[{"from": "2026-01-01T00:00:00Z"}]), "policy_sets[0].policies"),
        (top(retention="long", windows=["40d"]), "retention"),
    ],
)
def test_what_cannot_be_read_is_not_held_against_what_uses_it(
    change: Callable[[dict[str, Any]], None], path: str
) -> None:
    data = copy.deepcopy(sound())
    data["policies"][0]["match"] = {"touchpoint": ["delivery"], "unit": ["logistics"], "path": ["purchase"]}
    data["touchpoints"].pop(1)
    change(data)
    with pytest.raises(ConfigError) as wrong:
        parse(data)
    assert [written(problem.path) for problem in wrong.value.problems] == [path]


JUNK = (
    None,
    1,
    1.5,
    "x",
    "all",
    "*",
    "",
    [],
    {},
    [1],
    {"a": 1},
    {1: 2},
    True,
    float("nan"),
    ["x", "x"],
    [None],
    10**30,
)


@pytest.mark.parametrize("seed", range(200))
def test_whatever_stands_in_a_file_it_is_right_or_its_faults_are_told(seed: int) -> None:
    dice, data = Random(seed), copy.deepcopy(sound())
    for _ in range(3):
        holder, key = dice.choice(list(places(data)))
        holder[key] = copy.deepcopy(dice.choice(JUNK))
    with contextlib.suppress(ConfigError):
        parse(data)


def places(of: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that has a value: what holds it, and its key or index."""
    for key in of if isinstance(of, dict) else range(len(of)) if isinstance(of, list) else ():
        yield of, key
        yield from places(of[key])


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rytmi.yaml"
    file.write_text(
        "touchpoints:\n  - {id: web, unit: shop}\nunits:\n  - {id: store}\npolicies:\n"
        "  - name: a\n    calendar: office\n  - {name: a}\n"
    )
    with pytest.raises(ConfigError) as wrong:
        load(file)
    assert str(wrong.value).splitlines() == [
        f"{file} has 3 faults",
        f"{file}:2: touchpoints[0].unit: no unit 'shop'; there is store",
        f"{file}:7: policies[0].calendar: no calendar 'office'; there is always",
        f"{file}:8: policies[1].name: is the name of number 1 too; each needs its own",
    ]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("policies: [1\nwindows: 1", ":2:8", "expected ',' or ']'"),
        ("policies: []\npolicies: []", ":2:1", "'policies' is given twice"),
        ("policies:\n\t- a", ":2:1", "not valid YAML"),
        ("a: *nobody", ":1:4", "undefined alias"),
        ("a: !!python/object:os.system {}", ":1:4", "could not determine a constructor"),
        ("a: 1\n---\nb: 2", ":2:1", "expected a single document"),
        ("", "", "is empty"),
        ("- a", ":1", "no keys and values"),
        ("a: \x00", "", "not valid YAML"),
    ],
)
def test_what_is_no_yaml_is_named_with_line_and_column(tmp_path: Path, text: str, place: str, said: str) -> None:
    file = tmp_path / "rytmi.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        load(file)
    assert str(wrong.value).startswith(f"{file}{place}: ")
    assert said in str(wrong.value)


def test_file_that_is_missing_or_no_text_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; name another with --config"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"# \xe4\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "latin.yaml")


def test_yaml_is_read_as_people_mean_it(tmp_path: Path) -> None:
    """In YAML 1.1 `NO` is false, `on` is true, `12:30` is 750 and `2026-12-24` is a date."""
    file = tmp_path / "rytmi.yaml"
    file.write_text(
        "calendars:\n  oslo: {holidays: NO, closed: [2026-12-24], timezone: Europe/Oslo}\n"
        "touchpoints: [{id: on}, {id: 12:30}]\npolicies: [{name: no, calendar: oslo}]\n"
    )
    config = load(file)
    hours = config.calendars["oslo"].hours
    assert hours is not None
    assert (hours.holidays, hours.closed) == ("NO", frozenset({date(2026, 12, 24)}))
    assert set(config.policies.touchpoints) == {"other", "on", "12:30"}
    assert config.policies.sets[0].policies[0].name == "no"


def test_pattern_with_a_wildcard_may_speak_of_what_is_not_declared_yet() -> None:
    data = sound()
    data["policies"][0]["match"] = {"touchpoint": ["shop*"], "channel": ["phone"]}
    assert parse(data).policies.sets[0].policies[0].match["touchpoint"] == ("shop*",)


def dated(*begins: object) -> dict[str, Any]:
    data = sound()
    policies = data.pop("policies")
    return data | {"policy_sets": [{"from": begin, "policies": policies} for begin in begins]}


def test_sets_are_taken_in_the_order_of_their_begin() -> None:
    sets = parse(dated("2026-07-01T00:00:00+03:00", "2026-01-01T00:00:00+02:00")).policies.sets
    assert [found.from_ms for found in sets] == [
        instant("2025-12-31T22:00:00Z"),
        instant("2026-06-30T21:00:00Z"),
    ]
    assert len({found.version for found in sets}) == 2


@pytest.mark.parametrize(
    "begin",
    [
        "2026-01-01T00:00:00+02:00",
        "2025-12-31T22:00:00Z",
        datetime(2025, 12, 31, 22, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_begin_may_be_a_text_or_a_time_in_any_zone(begin: object) -> None:
    (found,) = parse(dated(begin)).policies.sets
    assert found.from_ms == instant("2025-12-31T22:00:00Z")
    assert found.version == parse(dated("2026-01-01T00:00:00+02:00")).policies.sets[0].version


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        ("2026-01-01T00:00:00", "has no offset"),
        (datetime(2026, 1, 1), "has no offset"),  # noqa: DTZ001 - that is the fault
        ("2026-01-01", "has no offset"),
        ("yesterday", "is not a time"),
        (2026, "is not a time"),
        ("0001-01-01T00:00:00+14:00", "is not a time"),
    ],
)
def test_begin_without_offset_is_no_instant(begin: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as wrong:
        parse(dated(begin))
    assert wrong.value.problems[0].path == ("policy_sets", 0, "from")


def test_two_sets_cannot_begin_at_once() -> None:
    with pytest.raises(ConfigError, match=r"policy_sets\[1\].from: is the begin of number 1 too"):
        parse(dated("2026-01-01T00:00:00+02:00", "2025-12-31T22:00:00Z"))


def version_of(change: Callable[[dict[str, Any]], None]) -> str | None:
    data = sound()
    change(data)
    return parse(data).policies.sets[0].version


def test_version_is_that_of_the_canonical_text() -> None:
    """Held to a value computed without our code: what is stamped on cycles must not move."""
    data = {"policies": [{"name": "ä", "match": {"severity": ["low", "high"]}, "targets": {"decide": "60m"}}]}
    # printf '%s' '{"from":null,"policies":[{"calendar":"always","escalate":[],"match":{"severity":["high","low"]},
    #   "name":"ä","pausable":[],"targets":{"decide":3600000},"warn":[]}]}' | sha256sum    (in one line)
    assert parse(data).policies.sets[0].version == "5f42bb24dc45"


@pytest.mark.parametrize(
    "change",
    [
        policy({"targets": {"acknowledge": "60m", "resolve": "6.38h"}}),
        policy({"targets": {"resolve": "22968s", "acknowledge": "1h"}}),
        policy({"match": {"severity": ["critical", "critical"]}}),
        top(timezone="UTC", retention="90d", touchpoints=[]),
        office(closed=[]),
    ],
)
def test_version_does_not_depend_on_how_a_policy_is_written(change: Callable[[dict[str, Any]], None]) -> None:
    assert version_of(change) == version_of(lambda _: None)


@pytest.mark.parametrize(
    "change",
    [
        policy({"targets": {"acknowledge": "61m", "resolve": "6.38h"}}),
        policy({"name": "another"}),
        policy({"calendar": "office"}),
        policy({"match": {}}),
        policy({"pausable": []}),
        policy({"warn": [0.5]}),
        policy({"escalate": []}),
        lambda config: config["policies"].reverse(),
    ],
)
def test_version_changes_with_what_a_policy_says(change: Callable[[dict[str, Any]], None]) -> None:
    assert version_of(change) != version_of(lambda _: None)


def test_policy_behind_one_that_matches_everything_is_doubted() -> None:
    data = sound()
    data["policies"].reverse()
    (doubt,) = parse(data).doubts
    assert doubt.path == ("policies", 1)
    assert "'critical' never judges: 'default' before it matches all cases" in doubt.message


def test_command_shows_what_a_configuration_says() -> None:
    result = CliRunner().invoke(main, ["config", "check", "--config", str(EXAMPLE)])
    assert result.exit_code == 0, result.output
    for shown in (
        "office",
        "40",
        "mon-fri 08:00-12:00 12:30-16:30",
        "severity=critical",
        "5d*",
        "leader +2h",
        "delivery",
    ):
        assert shown in result.stdout


def test_command_says_what_is_wrong_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "rytmi.yaml"
    file.write_text("policies: [{name: a, calendar: ofice}]\ncalendars: {office: {}}\n")
    result = CliRunner().invoke(main, ["config", "check", "--config", str(file)])
    assert result.exit_code == 1
    assert f"{file}:1: policies[0].calendar: no calendar 'ofice'; did you mean 'office'?" in result.stderr
    assert result.stdout == ""


def test_command_doubts_aloud_and_still_succeeds(tmp_path: Path) -> None:
    file = tmp_path / "rytmi.yaml"
    file.write_text("policies: [{name: all of it}, {name: rest}]\n")
    result = CliRunner().invoke(main, ["config", "check", "--config", str(file)])
    assert result.exit_code == 0
    assert "note: policies[1]: 'rest' never judges" in result.stderr
