# ruff: noqa: RUF001 - Finnish writes ranges with an en dash
"""How English and Finnish write numbers, percent, lists and dates. All that differs between them is in two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

NO_BREAK = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"


class Locale(NamedTuple):
    """The habits of one language.

    thousands, decimal: between digits. percent: a template for a number that is already written. units: of time, `d`,
    `h`, `min` and `s`; days: of two days and more in a sentence. tight: between number and unit in a narrow column.
    date, instant: templates; year: what follows a date. hour: a format. colon: between hours, minutes and seconds.
    dash: from one to another. last_comma: before the last thing of a list.
    """

    code: str
    thousands: str
    decimal: str
    percent: str
    units: Mapping[str, str]
    days: str
    tight: str
    weekdays: Sequence[str]
    months: Sequence[str]
    date: str
    year: str
    instant: str
    hour: str
    colon: str
    dash: str
    last_comma: str

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits after the point, marks between thousands, and a minus sign: `1,234.5`."""
        return self._marked(f"{value:,.{digits}f}".replace("-", _MINUS))

    def narrow(self, value: float, digits: int) -> str:
        """The same for a column of a terminal: nothing between thousands, and the minus of ASCII."""
        return self._marked(f"{value:.{digits}f}")

    def shortest(self, value: float) -> str:
        """With as many digits as it has, six at most: `12.5`."""
        return self._marked(f"{value:g}")

    def listed(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return ", ".join(items[:-1]) + self.last_comma + items[-1]

    def _marked(self, text: str) -> str:
        return text.replace(",", self.thousands).replace(".", self.decimal)


ENGLISH = Locale(
    code="en",
    thousands=",",
    decimal=".",
    percent="{}%",
    units={"d": "d", "h": "h", "min": "min", "s": "s"},
    days="days",
    tight="",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    date="{day} {month}",
    year=" {year}",
    instant="{day} {time}",
    hour="02d",
    colon=":",
    dash="-",
    last_comma=" and ",
)
FINNISH = Locale(
    code="fi",
    thousands=NO_BREAK,
    decimal=",",
    percent=f"{{}}{NO_BREAK}%",
    units={"d": "vrk", "h": "h", "min": "min", "s": "s"},
    days="vrk",
    tight=" ",
    weekdays=("ma", "ti", "ke", "to", "pe", "la", "su"),
    months=tuple(str(number) for number in range(1, 13)),
    date="{day}.{month}.",
    year="{year}",
    instant="{day} klo {time}",
    hour="d",
    colon=".",
    dash="–",
    last_comma=" ja ",
)
