"""The values of a mapping as functions of one moment: a row, the row of its case before it, and where a span began.

Everything that can be looked up once (columns, formats, maps) is looked up when the
function is made, because it then runs for each of many rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from processors.canonical import instant
from streams.mapping.rules import Scalar, Value

Cells = tuple[str | None, ...]
Compute = Callable[["Moment"], object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_HOLE = re.compile(r"\{([^{}]+)\}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_KNOWN_TIMES = 200_000  # texts of times remembered; logs repeat them


class CellError(ValueError):
    """A cell that a mapping cannot use; the text names the column, the cell and the remedy."""


class Moment:
    """What a value or a condition can see: a row, the row before it in its case, and the moment a span began.

    `number` counts rows from 1 over all files, `case_row` those of the case in the order of the mapping.
    """

    __slots__ = ("began", "case_row", "number", "previous", "row")

    def __init__(self, row: Cells, number: int, case_row: int, previous: Cells | None) -> None:
        self.row, self.number, self.case_row, self.previous = row, number, case_row, previous
        self.began: Moment | None = None


class Layout:
    """The columns that a mapping uses, in the order in which rows hold them, with the first place that names each."""

    def __init__(self) -> None:
        self.named_at: dict[str, str] = {}

    def index(self, column: str, path: str) -> int:
        """Where a row holds that column."""
        self.named_at.setdefault(column, path)
        return list(self.named_at).index(column)


class TimeReader:
    """Texts of times to milliseconds since the epoch.

    A wall time that a clock change repeats is taken at its first occurrence; one that it skips, as much after the
    change as it says.
    """

    def __init__(self, formats: Sequence[str], zone: str) -> None:
        self._formats, self._zone = tuple(formats), ZoneInfo(zone)
        self._known: dict[str, int] = {}

    def ms(self, text: object) -> int:
        """Raises CellError for what fits no format."""
        text = str(text)
        at_ms = self._known.get(text)
        if at_ms is None:
            if len(self._known) >= _KNOWN_TIMES:
                self._known.clear()
            at_ms = self._known[text] = self._read(text)
        return at_ms

    def _read(self, text: str) -> int:
        for form in self._formats:
            try:
                if form == "rfc3339":
                    return instant(text)
                if form in ("epoch_s", "epoch_ms"):
                    return round(float(text) * 1000) if form == "epoch_s" else round(float(text))
                wall = datetime.strptime(text, form)  # noqa: DTZ007 (the zone follows)
            except (ValueError, OverflowError):
                continue
            return ((wall if wall.tzinfo else wall.replace(tzinfo=self._zone)) - _EPOCH) // _MS
        forms = " or ".join(self._formats)
        raise CellError(f"{text!r} is not a time of the form {forms}; add its form to `time.formats`")


def template(text: str, layout: Layout, path: str) -> Compute:
    """A text with {columns} in it; missing if any of them is missing.

    {row} and {case_row} number the row; {began.NAME} is NAME in the first row of a span.
    """
    pieces = _HOLE.split(text)
    computes = [_hole(piece, layout, path) if i % 2 else _constant(piece) for i, piece in enumerate(pieces) if piece]
    if not computes:
        return _constant("")
    if len(computes) == 1:
        return computes[0]
    if len(computes) == 2 and len(pieces) == 3 and not pieces[0]:  # {number}-closed, the usual id
        first, rest = computes[0], pieces[2]
        return lambda moment: None if (cell := first(moment)) is None else f"{cell}{rest}"

    def joined(moment: Moment) -> object:
        texts = [compute(moment) for compute in computes]
        return None if None in texts else "".join(texts)  # type: ignore[arg-type]

    return joined


def _constant(value: object) -> Compute:
    return lambda _: value


def _hole(hole: str, layout: Layout, path: str) -> Compute:
    if hole.startswith("began."):
        compute = _hole(hole.removeprefix("began."), layout, path)
        return lambda moment: None if moment.began is None else compute(moment.began)
    name, _, form = hole.partition(":")
    if name == "row":
        return lambda moment: format(moment.number, form)
    if name == "case_row":
        return lambda moment: format(moment.case_row, form)
    index = layout.index(name, path)
    if not form:
        return lambda moment: moment.row[index]
    return lambda moment: None if (cell := moment.row[index]) is None else format(cell, form)


def slug(text: str) -> str:
    """Letters and digits in lower case, other runs of characters as one hyphen: `Self service` -> `self-service`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain.lower()).strip("-")


def value(declared: Value, maps: Mapping[str, Mapping[str, Scalar]], layout: Layout, path: str) -> Compute:
    """The function for a value; it gives None where the value is missing."""
    if declared.constant is not None:
        return _constant(declared.constant)
    if declared.each is not None:
        computes = [template(text, layout, path) for text in declared.each]
        return lambda moment: [text for compute in computes if (text := compute(moment)) is not None]
    source = f"{{{declared.column}}}" if declared.column is not None else declared.text or ""
    raw = template(source, layout, path)
    mapping = maps[declared.map_named] if declared.map_named is not None else declared.map
    if not (declared.slug or declared.split or mapping or declared.default is not None):
        return raw
    where = f"`values.{declared.map_named}`" if declared.map_named else f"the map at {path}"
    default, separator = declared.default, declared.split

    def change(text: str) -> object:
        if declared.slug:
            text = slug(text)
        if mapping is None:
            return text
        found = mapping.get(text, default)
        if found is None:
            known = ", ".join(mapping)
            raise CellError(f"{source}: {text!r} is not in {where} ({known}); add it there, or give a `default`")
        return found

    def changed(moment: Moment) -> object:
        text = raw(moment)
        if text is None:
            return default
        if separator is not None:
            return [change(part.strip()) for part in str(text).split(separator) if part.strip()]
        return change(str(text))

    return changed
