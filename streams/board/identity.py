"""Who somebody is to the board, what that lets them see and do, and the file that says so (RYTMI_BOARD_PEOPLE).

The file names people with their roles, their units and the hashes of their tokens. It is read again when it changes.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams import UserError

Role = Literal["viewer", "unit", "leader"]
TOKEN_PREFIX = "rytmi_"  # noqa: S105 - so that a scanner finds one that was committed
_TOKEN_BYTES = 32
_log = logging.getLogger(__name__)


class AccessError(UserError):
    """The configuration of access is not what it should be."""


@dataclass(frozen=True)
class Identity:
    """Who asks. units: whose cases they see, None: all. secret: what their forms are bound to; None: no cookie."""

    name: str
    role: Role
    units: tuple[str, ...] | None
    secret: str | None
    expires: date | None = None

    def sees(self, unit: str) -> bool:
        """Whether cases of the unit are theirs to see."""
        return self.units is None or unit in self.units

    def acts(self, unit: str) -> bool:
        """Whether they may act on the unit's cases."""
        return self.role != "viewer" and self.sees(unit)

    def sees_person(self, name: str) -> bool:
        """A person's page is their own, and their leader's."""
        return name == self.name or self.role == "leader"


class Denied(Exception):
    """Nobody is let in. key: of the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def new_token() -> str:
    """A token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(token: str) -> str:
    """What the file holds of a token. It has 256 bits of chance in it, so a plain hash cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def day(at_ms: int) -> date:
    """The day of an instant, UTC: tokens open until the end of one."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Token(_Strict):
    """expires: the last day, UTC, on which it opens."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    expires: date | None = None


class Person(_Strict):
    """units: whose cases they see; none: everybody's."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    role: Role
    units: list[str] = []
    tokens: list[Token] = []

    def identity(self, secret: str | None, expires: date | None = None) -> Identity:
        """Who they are, let in until some day. secret: what their forms are bound to."""
        return Identity(self.name, self.role, tuple(self.units) or None, secret, expires)


class People(_Strict):
    """The file, which is the list."""

    people: list[Person]


class Register:
    """Who is in the file. Raises AccessError if it cannot be read at first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._wrong = ""
        self._people: dict[str, Person] = {}
        self._by_hash: dict[str, tuple[Person, Token]] = {}
        self._read(path)

    def of_token(self, token: str, today: date, has_cookie: bool) -> Identity:
        """Who has a token. Raises Denied."""
        self.people()
        found = self._by_hash.get(hashed(token))
        if found is None:
            raise Denied("denied.token")
        person, kept = found
        if kept.expires is not None and kept.expires < today:
            raise Denied("denied.expired")
        return person.identity(hashed(f"form/{token}") if has_cookie else None, kept.expires)

    def people(self) -> Mapping[str, Person]:
        """As the file has it now; while it cannot be read, as it was: an edit gone wrong neither opens nor closes."""
        with self._lock:
            try:
                if _stamp(self._path) != self._stamp:
                    self._read(self._path)
            except (AccessError, OSError) as wrong:
                if str(wrong) != self._wrong:
                    self._wrong = str(wrong)
                    _log.error("the people are as they were: %s", wrong)
        return self._people

    def _read(self, path: Path) -> None:
        try:
            stamp = _stamp(path)
            found = People.model_validate({"people": yaml.safe_load(path.read_text("utf-8"))})
        except OSError as wrong:
            raise AccessError(f"RYTMI_BOARD_PEOPLE: {path} cannot be read ({wrong.strerror})") from wrong
        except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as wrong:
            raise AccessError(f"RYTMI_BOARD_PEOPLE: {path} is not as docs/board.md says: {wrong}") from wrong
        names = [one.name for one in found.people]
        if twice := {name for name in names if names.count(name) > 1}:
            raise AccessError(f"RYTMI_BOARD_PEOPLE: {path} has {min(twice)!r} twice; several tokens stand in one entry")
        self._people = {one.name: one for one in found.people}
        self._by_hash = {token.sha256: (one, token) for one in found.people for token in one.tokens}
        self._stamp = stamp


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
