"""The indicators of every function: customers' and its own, side by side; what is missing, and what is not fresh."""

from __future__ import annotations

from collections.abc import Iterator

from processors.events import INDICATOR_KINDS
from streams.report.material import Material, Values
from streams.report.model import LATE, Cell, Note, Part, Table, cell
from streams.report.parts import Writer


def indicators(material: Material, writer: Writer) -> Iterator[Part]:
    """By function: those that are declared in their order, then the others."""
    t = writer.t
    declared = {row.labels["function"]: row.values for row in material.rows("function", None)}
    heard = {row.labels["function"] for row in material.rows("indicator", None)}
    rows = [
        [cell(t.name(function)), *(_indicators(material, writer, function, kind, fresh) for kind in INDICATOR_KINDS)]
        for function in [*material.frame.functions, *sorted(heard - declared.keys())]
        for fresh in [declared.get(function, {})]
    ]
    if not rows:
        yield Note(t("indicators.nothing"))
        return
    head = [t("col.function"), *(t(f"col.{kind}") for kind in INDICATOR_KINDS)]
    yield Table(t("indicators.caption"), head, rows, texts=(0, 1, 2))


def _indicators(material: Material, writer: Writer, function: str, kind: str, fresh: Values) -> Cell:
    t = writer.t
    said = [
        f"{t.name(row.labels['indicator'])} {t.counted(float(row.values['value'] or 0))} "
        f"({t.date(int(row.values['value_at'] or 0))})"
        for row in material.rows("indicator", None)
        if (row.labels["function"], row.labels["kind"]) == (function, kind)
    ]
    if not said:
        return cell(t("indicators.missing"), LATE)
    is_stale = fresh.get(f"{kind}_fresh") == 0
    first, *also = sorted(said)
    return Cell(first, LATE if is_stale else "", t("indicators.stale") if is_stale else "", also)
