"""Who somebody is to the board, and what that lets them see and do."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from streams import UserError

Role = Literal["viewer", "unit", "leader"]
TOKEN_PREFIX = "rytmi_"  # noqa: S105 - so that a scanner finds one that was committed
_TOKEN_BYTES = 32


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


def today() -> date:
    """The day, UTC."""
    return datetime.now(UTC).date()
