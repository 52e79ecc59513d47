"""Both languages say everything, with the same values in it, and nothing that nobody says."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from processors.canonical import instant
from streams.report.speech import LANGUAGES, Speech

FOLDER = Path(__file__).resolve().parents[3] / "streams" / "report"
ENGLISH, FINNISH = (LANGUAGES[code].sentences for code in ("en", "fi"))
EN, FI = (Speech(code, ZoneInfo("Europe/Helsinki")) for code in ("en", "fi"))
SPACE = "\u00a0"


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_every_key() -> None:
    assert list(ENGLISH) == list(FINNISH)
    assert all(ENGLISH.values())
    assert all(FINNISH.values())


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_put_the_same_values_in(key: str) -> None:
    assert values(ENGLISH[key]) == values(FINNISH[key])
    if key.endswith(".one"):
        assert values(ENGLISH[key]) <= values(ENGLISH[key.removesuffix(".one")]) | {"n"}


def test_finnish_is_finnish() -> None:
    """What is the same in both is a name, a unit or a sign."""
    same = {key for key in ENGLISH if ENGLISH[key] == FINNISH[key]}
    assert same <= {
        *("unknown", "scale.nps", "scale.csat", "scale.ces", "fig.nps", "moved.clearly"),
    }


def source() -> str:
    """The code and the templates of reports, without the words themselves."""
    files = [path for path in FOLDER.rglob("*") if path.suffix in (".py", ".html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if not path.name.startswith("words_"))


def test_every_word_that_is_asked_for_by_name_is_there() -> None:
    asked = set(re.findall(r'\bt\(\s*"([a-z0-9_.]+)"', source()))
    assert len(asked) > 100
    assert asked - set(ENGLISH) == set()


def test_every_word_is_asked_for() -> None:
    """By its name; or as one of a family, by a name that is put together."""
    text = source()
    together = [found for found in re.findall(r'f"([a-z0-9_.{}]+)"', text) if "{" in found]
    together += [f"{family}.{{}}" for family in re.findall(r't\.term\("([a-z]+)"', text)]
    together += [f"{family}.{{}}" for family in re.findall(r'self\.term\("([a-z]+)"', text)]
    families = [re.compile(re.sub(r"\{[^}]*\}", "[a-z0-9_.]+", found.replace(".", r"\."))) for found in together]
    unasked = [
        key
        for key in ENGLISH
        if f'"{key.removesuffix(".one")}"' not in text and not any(one.fullmatch(key) for one in families)
    ]
    assert unasked == []


def test_numbers_are_written_as_the_language_does() -> None:
    assert (EN.number(1234567.25, 1), FI.number(1234567.25, 1)) == ("1,234,567.2", f"1{SPACE}234{SPACE}567,2")
    assert (EN.percent(0.421), FI.percent(0.421)) == ("42%", f"42{SPACE}%")
    assert (EN.signed(-0.5, 1), FI.signed(0.25, 2)) == ("\N{MINUS SIGN}0.5", "+0,25")
    assert EN.signed(-0.001, 1) == EN.signed(0.001, 1) == "0.0"
    assert [EN.percent(x) for x in (0.0, 0.004, 0.09, 0.5, 0.99, 0.996, 0.9999, 1.0)] == [
        *("0%", "0.4%", "9.0%", "50%", "99%", "99.6%", "99.9%", "100%")
    ]
    assert [EN.amount(x) for x in (0.0, 0.04, 0.7, 12.34, 123.4)] == ["0", "0.04", "0.7", "12.3", "123"]
    assert [EN.counted(x) for x in (5.0, 5.5, 102.5)] == ["5", "5.5", "102"]
    assert [EN.number(None), EN.percent(None), EN.length(None), EN.of_hundred(None)] == ["\N{EN DASH}"] * 4


def test_lengths_are_told_in_the_largest_unit_that_fits() -> None:
    said = [EN.length(seconds) for seconds in (0, 40, 90, 3_000, 5_400, 100_000, 129_600, 3_000_000)]
    assert said == [f"{n}{SPACE}{unit}" for n, unit in zip(*_LENGTHS, strict=True)]
    assert FI.length(3.4 * 86_400) == f"3,4{SPACE}vrk"
    assert EN.round_length(3 * 86_400) == f"3{SPACE}d"


_LENGTHS = (("0", "40", "1.5", "50", "1.5", "28", "1.5", "35"), ("s", "s", "min", "min", "h", "h", "d", "d"))


def test_instants_are_those_of_the_zone() -> None:
    at = instant("2026-03-01T22:05:00Z")
    assert (EN.instant(at), FI.instant(at)) == ("Mon 2 Mar 2026, 00:05", "ma 2.3.2026 klo 0.05")
    assert (EN.date(at), FI.date(at)) == ("2 Mar", "2.3.")


def test_one_is_told_as_one() -> None:
    assert EN("moved.weeks", n=1) == "a week before and after"
    assert FI("moved.weeks", n=3) == "3 viikkoa ennen ja jälkeen"


def test_names_from_outside_are_shown_without_what_turns_or_hides_text() -> None:
    assert EN.name("re\u202elease\x00\n note") == "release note"
    assert len(EN.name("x" * 500)) == 120
    assert EN.name("\u202e") == "\N{EN DASH}"
    assert EN.term("level", "tactical") == "Tactical"
    assert EN.term("level", "<b>") == "<b>"
    assert EN.term("unit", "d") == "d"  # a unit of the organisation, not a length
