"""The view of the topics in SQLite: one file, one writer that follows, many readers.

Whatever is read and how far it was read are one transaction, so a board that is killed goes on where it was. A view of
another cluster, prefix or version of these tables is emptied: it costs a minute of reading, never a wrong page.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from processors.settled import is_open

VERSION = "1"
NOWHERE = "other"  # the unit of what no unit answers for, as in the measures
_TABLES = ("offsets", "cases", "said", "standing", "windows", "audits")
_BUSY_SECONDS = 30.0

Record = dict[str, Any]
_dump = msgspec.json.encode
_load = msgspec.json.decode


class Held(NamedTuple):
    """A case as the view holds it."""

    record: Record
    revision: int
    unit: str


class Store:
    """Each thread has a connection of its own; SQLite's write-ahead log lets them read while one writes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        with self.writing() as to:
            to.executescript(files("streams.board").joinpath("schema.sql").read_text("utf-8"))

    @property
    def reading(self) -> sqlite3.Connection:
        """The connection of the thread that asks."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=OFF")  # what a power cut takes is read again
            self._local.connection = found
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, whole or not at all."""
        connection = self.reading
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    # -- what it is a view of

    def belongs_to(self, source: str) -> bool:
        """Whether it holds what was read from there, by these tables."""
        found = self.reading.execute("SELECT value FROM meta WHERE name = 'source'").fetchone()
        return found is not None and found[0] == f"{VERSION}/{source}"

    def empty(self, source: str) -> None:
        """Forget everything; from now on it is a view of `source`."""
        with self.writing() as to:
            for table in _TABLES:
                to.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            to.execute("INSERT OR REPLACE INTO meta VALUES ('source', ?)", (f"{VERSION}/{source}",))

    def offsets(self) -> dict[tuple[str, int], int]:
        """The next offset to be read, by topic and partition."""
        return {(topic, part): at for topic, part, at in self.reading.execute("SELECT * FROM offsets")}

    # -- reading

    def case(self, case: str) -> Held | None:
        """The case, if it is known."""
        found = self.reading.execute("SELECT record, revision, unit FROM cases WHERE id = ?", (case,)).fetchone()
        return None if found is None else Held(_load(found[0]), found[1], found[2])

    def said(self, case: str) -> Iterator[tuple[str, bytes]]:
        """Topic and value of every clock and alarm record of the case, oldest first in each topic."""
        yield from self.reading.execute("SELECT topic, value FROM said WHERE id = ? ORDER BY topic, part, off", (case,))

    def audits(self, case: str) -> list[Record]:
        """What was asked for of the case through a board, oldest first."""
        return self._loaded("SELECT record FROM audits WHERE id = ? ORDER BY at", (case,))

    def latest_audits(self, units: Sequence[str] | None, most: int) -> list[Record]:
        """The newest of all, newest first."""
        where, values = among("unit", units)
        query = f"SELECT record FROM audits WHERE {where} ORDER BY at DESC LIMIT ?"  # noqa: S608 - placeholders only
        return self._loaded(query, (*values, most))

    def records(self, where: str, values: Iterable[object], order: str, most: int, skip: int = 0) -> list[Record]:
        """Cases by a condition of ours, in the fields of rytmi.case.v1."""
        query = f"SELECT record FROM cases WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - ours
        return self._loaded(query, (*values, most, skip))

    def standing(self, unit: str, most: int) -> list[Record]:
        """The alarms of a unit that stand: what is worst first, then what is newest."""
        query = (
            "SELECT record FROM standing WHERE unit = ? ORDER BY instr('warning breach escalation', level) DESC, "
            "announced_at DESC LIMIT ?"
        )
        return self._loaded(query, (unit, most))

    def levels(self, unit: str) -> dict[str, int]:
        """How many alarms of a unit stand, by level."""
        return dict(self.reading.execute("SELECT level, count(*) FROM standing WHERE unit = ? GROUP BY level", (unit,)))

    def windows(self) -> list[Record]:
        """The measures as they run."""
        return self._loaded("SELECT record FROM windows", ())

    def owners(self, units: Sequence[str] | None) -> list[str]:
        """Everybody who owns a case."""
        where, values = among("unit", units)
        query = f"SELECT DISTINCT owner FROM cases WHERE owner IS NOT NULL AND {where}"  # noqa: S608 - placeholders only
        return sorted(one for (one,) in self.reading.execute(query, values))

    def _loaded(self, query: str, values: tuple[object, ...]) -> list[Record]:
        return [_load(one) for (one,) in self.reading.execute(query, values)]

    # -- writing

    def note(self, audit: Record) -> None:
        """What has just been asked for; it comes back through its topic."""
        with self.writing() as to:
            put_audit(to, audit)


def among(column: str, units: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """A condition that a column is one of these, and its values; None: anything."""
    if units is None:
        return "1", ()
    return f"{column} IN ({', '.join('?' * len(units))})", tuple(units)


def put_case(to: sqlite3.Connection, record: Record) -> None:
    """An enriched case in place of the earlier one."""
    last = record["cycles"][-1]
    due = [one["due_at"] for one in last["clocks"] if one["stopped_at"] is None and one["due_at"] is not None]
    to.execute(
        "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record["case"],
            record["unit"] or NOWHERE,
            record["touchpoint"],
            record["severity"],
            record["owner"],
            is_open(last),
            last["received_at"],
            min(due, default=None),
            record["revision"],
            record["last_at"],
            _dump(record),
        ),
    )


def drop_case(to: sqlite3.Connection, case: str) -> None:
    """A case that was purged, and its story."""
    for table in ("cases", "said", "standing"):
        to.execute(f"DELETE FROM {table} WHERE id = ?", (case,))  # noqa: S608 - our own names


def put_said(to: sqlite3.Connection, topic: str, part: int, offset: int, case: str, value: bytes) -> None:
    """A record of a case."""
    to.execute("INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?)", (topic, part, offset, case, value))


def put_alarm(to: sqlite3.Connection, alarm: Record) -> None:
    """An alarm stands from `raised` to what ends it."""
    if alarm["kind"] == "raised":
        values = (alarm["id"], alarm["case"], alarm["unit"] or NOWHERE, alarm["level"], alarm["announced_at"])
        to.execute("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?)", (*values, _dump(alarm)))
    else:
        to.execute("DELETE FROM standing WHERE alarm = ?", (alarm["id"],))


def put_window(to: sqlite3.Connection, key: str, record: Record | None) -> None:
    """A row of measures, or None where it has gone."""
    if record is None:
        to.execute("DELETE FROM windows WHERE key = ?", (key,))
    else:
        to.execute("INSERT OR REPLACE INTO windows VALUES (?, ?, ?)", (key, record["measure"], _dump(record)))


def put_audit(to: sqlite3.Connection, audit: Record) -> None:
    """Of an id the last one stands; a `failed` is not undone by its own `asked` that comes back later."""
    to.execute(
        "INSERT INTO audits VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (audit) DO UPDATE SET "
        "outcome = excluded.outcome, record = excluded.record WHERE excluded.outcome != 'asked'",
        (audit["id"], audit["case"], audit["at"], audit["outcome"], audit["unit"] or NOWHERE, _dump(audit)),
    )


def put_offset(to: sqlite3.Connection, topic: str, part: int, after: int) -> None:
    """How far a partition was read."""
    to.execute("INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", (topic, part, after))
