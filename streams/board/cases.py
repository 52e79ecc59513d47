"""Cases as lines of tables (what is due first, both waits, whose it is), and the first page: what is overdue and what
soon will be, by unit and owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from processors.events import SEVERITIES
from processors.policy import Policies
from processors.settled import is_overdue, is_paused, lengths
from streams.board.identity import Identity
from streams.board.store import NOWHERE, Record, Store, among

HOUR = 3_600_000
SOON = {"4h": 4 * HOUR, "1d": 24 * HOUR, "7d": 7 * 24 * HOUR}
NOBODY = "-"  # in an address: cases without an owner
_PAGE = 50
_SOON_SHOWN = 20
_OWNERS_SHOWN = 12
_LAST_PAGE = 100_000
_WORST_FIRST = "severity <> 'critical', due_at"  # a customer in distress before one who has waited longer


class Row(NamedTuple):
    """clock: what is due first, or has run longest. late: how many others are overdue as well. Lengths in ms.

    gap: how long it is overdue, or until it is due. worked: None where this configuration is not the one that judged.
    """

    case: str
    severity: str
    touchpoint: str
    unit: str
    owner: str | None
    state: str
    due_at: int | None
    gap: int
    clock: str | None
    late: int
    elapsed: int
    worked: int | None


def row(record: Record, now: int, soon: int, policies: Policies) -> Row:
    """The line of a case as of `now`. soon: milliseconds within which what is due is due soon."""
    last = record["cycles"][-1]
    running = [one for one in last["clocks"] if one["stopped_at"] is None]
    due = sorted((one for one in running if one["due_at"] is not None), key=lambda one: int(one["due_at"]))
    first = due[0] if due else next(iter(running), None)
    due_at = first["due_at"] if first is not None else None
    late = sum(is_overdue(one, now) for one in due)
    if due_at is None:
        state = "paused" if is_paused(last) else "idle"
    else:
        state = "overdue" if due_at < now else "soon" if due_at < now + soon else "running"
    elapsed, worked = lengths(last, first, now, policies) if first is not None else (0, None)
    return Row(
        record["case"],
        record["severity"],
        record["touchpoint"],
        record["unit"] or NOWHERE,
        record["owner"],
        state,
        due_at,
        0 if due_at is None else abs(due_at - now),
        first["clock"] if first is not None else None,
        max(0, late - 1),
        elapsed,
        worked,
    )


class Filter(NamedTuple):
    """What is asked for; empty: any. page: of the overdue ones, from 0."""

    unit: str = ""
    owner: str = ""
    severity: str = ""
    soon: str = "1d"
    find: str = ""
    page: int = 0

    def url(self, **changes: Any) -> str:
        """The address of the page under another filter."""
        found = self._replace(**{"page": 0, **changes})
        return "/?" + urlencode({name: value for name, value in found._asdict().items() if value})


class Sum(NamedTuple):
    """Counts of a unit or an owner. oldest: when the oldest open one was received."""

    name: str
    open: int
    overdue: int
    soon: int
    oldest: int | None


def asked(query: Mapping[str, str]) -> Filter:
    """From an address; what makes no sense is left out."""
    page = query.get("page", "")
    return Filter(
        query.get("unit", "")[:300],
        query.get("owner", "")[:300],
        severity if (severity := query.get("severity", "")) in SEVERITIES else "",
        soon if (soon := query.get("soon", "")) in SOON else "1d",
        query.get("find", "").strip()[:300],
        min(int(page), _LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 8 else 0,
    )


def show(store: Store, policies: Policies, filtered: Filter, who: Identity, now: int) -> dict[str, Any]:
    """What the page shows."""
    soon = SOON[filtered.soon]
    where, values = _where(filtered, who)
    units = _sums(store, "unit", where, values, now, soon)
    owners = _sums(store, "owner", where, values, now, soon)
    counts = {"open": sum(u.open for u in units), "overdue": sum(u.overdue for u in units)}
    counts["soon"] = sum(u.soon for u in units)
    skip = min(filtered.page, max(0, counts["overdue"] - 1) // _PAGE) * _PAGE
    late = store.records(f"{where} AND due_at < ?", (*values, now), _WORST_FIRST, _PAGE, skip)
    near = f"{where} AND due_at >= ? AND due_at < ?"
    coming = store.records(near, (*values, now, now + soon), _WORST_FIRST, _SOON_SHOWN)
    found = None
    if filtered.find:
        escaped = filtered.find.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        matching = store.records(f"{where} AND id LIKE ? ESCAPE '\\'", (*values, f"{escaped}%"), "id", _SOON_SHOWN)
        found = [row(one, now, soon, policies) for one in matching]
    return {
        "filter": filtered,
        "units": units,
        "owners": owners[:_OWNERS_SHOWN],
        "more_owners": max(0, len(owners) - _OWNERS_SHOWN),
        "all_owners": store.owners(who.units),
        "counts": counts,
        "overdue": [row(one, now, soon, policies) for one in late],
        "soon": [row(one, now, soon, policies) for one in coming],
        "found": found,
        "skip": skip,
        "page_size": _PAGE,
        "soon_ms": soon,
        "severities": SEVERITIES,
        "nobody": NOBODY,
    }


def _where(filtered: Filter, who: Identity) -> tuple[str, tuple[object, ...]]:
    condition, values = among("unit", who.units)
    parts, found = [condition], [*values]
    for column, wanted in (("unit", filtered.unit), ("severity", filtered.severity)):
        if wanted:
            parts.append(f"{column} = ?")
            found.append(wanted)
    if filtered.owner == NOBODY:
        parts.append("owner IS NULL")
    elif filtered.owner:
        parts.append("owner = ?")
        found.append(filtered.owner)
    return " AND ".join(parts), tuple(found)


def _sums(store: Store, column: str, where: str, values: Sequence[object], now: int, soon: int) -> list[Sum]:
    """By unit or owner, what is worst first."""
    found = store.reading.execute(
        f"SELECT {column}, sum(is_open), sum(due_at < ?) AS late, sum(due_at >= ? AND due_at < ?) AS near, "  # noqa: S608
        f"min(CASE WHEN is_open THEN received_at END) FROM cases WHERE {where} AND (is_open OR due_at IS NOT NULL) "
        f"GROUP BY {column} ORDER BY late DESC, near DESC, {column}",
        (now, now, now + soon, *values),
    )
    return [Sum(name or "", is_open, late or 0, near or 0, oldest) for name, is_open, late, near, oldest in found]
