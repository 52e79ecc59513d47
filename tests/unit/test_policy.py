"""Which policy judges: the first match of the set in force."""

from __future__ import annotations

import pytest

from processors.policy import UNJUDGED, Classification, Policies, Policy, PolicySet, Touchpoint

TOUCHPOINTS = {
    "delivery": Touchpoint("delivery", "logistics", "purchase"),
    "web": Touchpoint("web"),
    "other": Touchpoint("other"),
}
ANYTHING = Policy("anything")


def policies(*named: Policy, **sets: tuple[int | None, tuple[Policy, ...]]) -> Policies:
    given = [PolicySet(None, "v", named)] if named else []
    given += [PolicySet(from_ms, version, of) for version, (from_ms, of) in sets.items()]
    return Policies(tuple(given), TOUCHPOINTS)


def judging(policy: Policy, touchpoint: str = "delivery", severity: str = "high", channel: str | None = None) -> bool:
    """Whether a policy matches a classification."""
    asked = policies(policy)
    return asked.match(asked.in_force(0), Classification(touchpoint, severity, channel)) is policy


def test_first_match_wins() -> None:
    first = Policy("first", {"severity": ("high", "critical")})
    asked = policies(first, ANYTHING)
    dated = asked.in_force(0)
    assert asked.match(dated, Classification("web", "critical", None)) is first
    assert asked.match(dated, Classification("web", "low", None)) is ANYTHING


def test_all_named_attributes_must_match_and_one_pattern_of_each_is_enough() -> None:
    policy = Policy("p", {"severity": ("low", "high"), "touchpoint": ("delivery",)})
    assert judging(policy)
    assert judging(policy, severity="low")
    assert not judging(policy, severity="normal")
    assert not judging(policy, touchpoint="web")


def test_attributes_of_the_touchpoint_match() -> None:
    assert judging(Policy("p", {"unit": ("logistics",), "path": ("purchase",)}))
    assert not judging(Policy("p", {"unit": ("finance",)}))


@pytest.mark.parametrize("attribute", ["channel", "unit", "path"])
def test_missing_attribute_matches_nothing_not_even_a_wildcard(attribute: str) -> None:
    for pattern in ("*", "", "None", "**"):
        assert not judging(Policy("p", {attribute: (pattern,)}), touchpoint="web")
    assert judging(Policy("p", {}), touchpoint="web")


def test_undeclared_touchpoint_has_neither_unit_nor_path() -> None:
    assert not judging(Policy("p", {"path": ("*",)}), touchpoint="elsewhere")
    assert judging(Policy("p", {"touchpoint": ("else*",)}), touchpoint="elsewhere")


@pytest.mark.parametrize(
    ("pattern", "channel", "matches"),
    [
        ("phone", "phone", True),
        ("phone", "phones", False),
        ("phone", "Phone", False),
        ("phone*", "phone", True),
        ("phone*", "phone-fi", True),
        ("*phone", "telephone", True),
        ("*", "anything", True),
        ("*", "two\nlines", True),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c", "acd", False),
        ("*i*i*", "delivery", False),
        ("*e*i*", "delivery", True),
        ("?hone", "phone", False),
        ("?hone", "?hone", True),
        ("e.mail", "e-mail", False),
        ("web[1]", "web1", False),
        ("web[1]", "web[1]", True),
        ("(a|b)+", "a", False),
        ("\\d", "7", False),
        ("$^", "$^", True),
    ],
)
def test_only_the_asterisk_is_special_in_a_pattern(pattern: str, channel: str, matches: bool) -> None:
    assert judging(Policy("p", {"channel": (pattern,)}), channel=channel) is matches


@pytest.mark.parametrize(("at", "version"), [(99, None), (100, "a"), (199, "a"), (200, "b"), (10**13, "b")])
def test_set_is_in_force_from_its_very_instant_until_the_next(at: int, version: str | None) -> None:
    # The order in which they are given does not matter.
    asked = policies(b=(200, (ANYTHING,)), a=(100, (ANYTHING,)))
    assert asked.in_force(at).version == version


def test_before_the_first_set_nothing_is_judged() -> None:
    asked = policies(a=(100, (ANYTHING,)))
    before = asked.in_force(99)
    found = asked.match(before, Classification("delivery", "high", None))
    assert found is UNJUDGED
    assert (found.name, found.targets, found.calendar.hours) == (None, {}, None)


def test_no_match_is_judged_around_the_clock_without_targets() -> None:
    asked = policies(Policy("p", {"severity": ("low",)}))
    assert asked.match(asked.in_force(0), Classification("web", "high", None)) is UNJUDGED


def test_answers_of_one_set_are_not_given_for_another() -> None:
    old, new = Policy("old"), Policy("new")
    asked = policies(a=(100, (old,)), b=(200, (new,)))
    seen = Classification("web", "low", None)
    assert [asked.match(asked.in_force(at), seen).name for at in (50, 150, 250, 150, 50)] == [
        None,
        "old",
        "new",
        "old",
        None,
    ]


def test_unit_is_that_of_the_declared_touchpoint() -> None:
    asked = policies(ANYTHING)
    assert [asked.unit(name) for name in ("delivery", "web", "elsewhere")] == ["logistics", None, None]
