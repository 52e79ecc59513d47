"""Lengths of time in words: in two units where a person acts on them, in one where they are estimates."""

from __future__ import annotations

from streams.language.locales import ENGLISH, Locale

SECONDS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
"""The units of time, the largest first."""
_TWO_DAYS_MS = 172_800_000


def spoken(ms: int, locale: Locale, worked: bool = False) -> str:
    """`2 days 3 h`, `26 h`, `1 h 5 min`, `12.5 s`: in a sentence. Days from two on, unless they are working time."""
    if ms < 60_000:
        return f"{locale.shortest(ms / 1000)} {locale.units['s']}"
    units = ("h", "min") if worked or ms < _TWO_DAYS_MS else ("d", "h")
    parts = [(number, unit) for number, unit in _largest(ms // 1000, *units) if number]
    return " ".join(f"{number} {locale.days if unit == 'd' else locale.units[unit]}" for number, unit in parts)


def passed(ms: int) -> str:
    """`1 h 30 min`, `2 d`, `45 s`, in English: cut, never rounded up to a time that is not over yet."""
    first, *rest = _largest(max(0, ms) // 1000, *SECONDS)
    return " ".join(f"{number} {ENGLISH.units[unit]}" for number, unit in (first, *(part for part in rest if part[0])))


def tight(seconds: float, locale: Locale) -> str:
    """`6d 3h`, `1h 0min`, `59min`, `45s`: in a narrow column."""
    whole = max(0, int(seconds))
    parts = _largest(whole, *(("s",) if whole < 60 else ("d", "h", "min")))
    return " ".join(f"{number}{locale.tight}{locale.units[unit]}" for number, unit in parts)


def _largest(seconds: int, *units: str) -> list[tuple[int, str]]:
    """The largest of the units that fits, and the one below it if there is one; cut."""
    place = next((place for place, unit in enumerate(units[:-1]) if seconds >= SECONDS[unit]), len(units) - 1)
    found = []
    for unit in units[place : place + 2]:
        number, seconds = divmod(seconds, SECONDS[unit])
        found.append((number, unit))
    return found


def rough(seconds: float, locale: Locale) -> str:
    """`5.1 d`, `16 h`, `59 s`: in one unit with two or three digits. What a life table gives is no finer."""
    unit = next((unit for unit, until in (("s", 60), ("min", 3_600), ("h", 48 * 3_600)) if seconds < until), "d")
    amount = seconds / SECONDS[unit]
    digits = 1 if amount < 9.95 and unit in ("h", "d") and amount != int(amount) else 0
    return f"{locale.narrow(amount, digits)} {locale.units[unit]}"


def fitting(seconds: float) -> str:
    """The unit in which a length is compared with others: the largest of which it has one and a half."""
    return next((unit for unit, size in SECONDS.items() if seconds >= 1.5 * size), "s")
