"""The decisions of a window by level and unit."""

from __future__ import annotations

from collections.abc import Iterator

from streams.report.material import Material
from streams.report.model import Note, Part, Table, cells
from streams.report.parts import Writer

_LEVELS = ("strategic", "tactical", "operational")


def levels(material: Material, writer: Writer, window: str) -> Iterator[Part]:
    """The decisions of a window by level and unit."""
    t, rows = writer.t, []
    for level in _LEVELS:
        for row in material.rows("decision", window):
            if row.labels["level"] == level:
                values = row.values
                counts = [t.number(values[name]) for name in ("made", "effective", "revoked")]
                p50, p90 = (
                    writer.reached(values[name], (values["made"] or 0) - (values["revoked"] or 0))
                    for name in ("p50_s", "p90_s")
                )
                unit = t.term("unit", row.labels["unit"])
                rows.append(
                    cells(
                        t.term("level", level),
                        unit,
                        *counts,
                        p50,
                        p90,
                        t.number(values["cases"]),
                        t.number(values["reopened"]),
                    )
                )
    if not rows:
        yield Note(t("decisions.nothing"))
        return
    names = ("level_of", "unit", "made", "effective", "revoked", "p50_effect", "p90_effect", "cases", "reopened")
    yield Table(t("decisions.caption"), [t(f"col.{name}") for name in names], rows, texts=(0, 1))
