"""Who asks, and what they may: tokens, or a proxy that has already asked; roles; units.

People stand in a file (RYTMI_BOARD_PEOPLE) with the hashes of their tokens. It is read again when it changes, so
whoever is taken out is out at once. Without it the board listens on loopback only, and whoever is at this machine is
its leader.

A proxy's header counts only when the connection itself comes from one of the configured addresses
(RYTMI_BOARD_PROXIES): anybody can send a header. From elsewhere it is not looked at.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import logging
import os
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams import UserError

Role = Literal["viewer", "unit", "leader"]
TOKEN_PREFIX = "rytmi_"  # noqa: S105 - so that a scanner finds one that was committed
_TOKEN_BYTES = 32
_log = logging.getLogger(__name__)
_HEADER = "x-forwarded-user"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class AccessError(UserError):
    """The configuration of access is not what it should be."""


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


class People(_Strict):
    """The file, which is the list."""

    people: list[Person]


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


class Access:
    """How the board is entered, from the environment. Raises AccessError."""

    def __init__(self, env: Mapping[str, str] = os.environ, me: str | None = None) -> None:
        self._me = me or _user()
        self._path = Path(path) if (path := env.get("RYTMI_BOARD_PEOPLE", "").strip()) else None
        self._proxies = _networks(env.get("RYTMI_BOARD_PROXIES", ""))
        self._header = env.get("RYTMI_BOARD_PROXY_HEADER", "").strip().lower() or _HEADER
        self.url = env.get("RYTMI_BOARD_URL", "").strip().rstrip("/") or None
        """Where people reach the board from outside, if that is known."""
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise AccessError(f"RYTMI_BOARD_URL: {self.url!r} is no address; write https://board.example.org")
        if self._proxies and self._path is None:
            raise AccessError("RYTMI_BOARD_PROXIES is set and RYTMI_BOARD_PEOPLE is not: name the file with the roles")
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._wrong = ""
        self._people: dict[str, Person] = {}
        self._by_hash: dict[str, tuple[Person, Token]] = {}
        if self._path is not None:
            self._read(self._path)

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self._path is None

    def check_address(self, host: str) -> None:
        """Raises AccessError where everybody on a network would be let in."""
        if self.is_open and host not in LOOPBACK:
            raise AccessError(
                f"no access is configured, so the board listens on loopback only, not on {host}: name the people who "
                "may enter in a file, set RYTMI_BOARD_PEOPLE to it, and make tokens with `rytmi board-token`"
            )

    def hosts(self) -> list[str] | None:
        """The names under which the board may be asked for; None: any. (A page elsewhere may not borrow our name.)"""
        if self.url is not None:
            return [urlsplit(self.url).hostname or "", *LOOPBACK]
        return list(LOOPBACK) if self.is_open else None

    def names(self, unit: str) -> set[str]:
        """Who may act on the unit's cases, by the file."""
        if self._path is None:
            return {self._me}
        return {
            one.name for one in self._fresh().values() if one.role != "viewer" and (not one.units or unit in one.units)
        }

    def identify(self, peer: str | None, headers: Mapping[str, str], cookie: str | None, today: date) -> Identity:
        """Who asks. peer: the address that the connection comes from. Raises Denied."""
        if self._path is None:
            return Identity(self._me, "leader", None, "loopback")
        people = self._fresh()
        named = headers.get(self._header)
        if named is not None and self._trusts(peer):
            if (person := people.get(named)) is None:
                raise Denied("denied.unknown")
            return _identity(person, f"proxy/{person.name}", None)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._of_token(bearer.strip(), today, has_cookie=False)
        if cookie:
            return self._of_token(cookie, today, has_cookie=True)
        raise Denied("denied.nobody")

    def still(self, who: Identity, today: date) -> bool:
        """Whether they may still look: neither expired nor taken out, and as they were."""
        if self._path is None:
            return True
        person = self._fresh().get(who.name)
        if person is None or (who.expires is not None and who.expires < today):
            return False
        return (person.role, tuple(person.units) or None) == (who.role, who.units)

    def _of_token(self, token: str, today: date, has_cookie: bool) -> Identity:
        found = self._by_hash.get(hashed(token))
        if found is None:
            raise Denied("denied.token")
        person, kept = found
        if kept.expires is not None and kept.expires < today:
            raise Denied("denied.expired")
        return _identity(person, hashed(f"form/{token}") if has_cookie else None, kept.expires)

    def _trusts(self, peer: str | None) -> bool:
        try:
            address = ip_address(peer or "")
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

    def _fresh(self) -> Mapping[str, Person]:
        """As the file has it now; while it cannot be read, as it was: an edit gone wrong neither opens nor closes."""
        with self._lock:
            try:
                if self._path is not None and _stamp(self._path) != self._stamp:
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


class Forms:
    """Forms carry a sign that this board gave to this visitor: a page elsewhere cannot post in their name."""

    def __init__(self, path: Path) -> None:
        self._key = _kept(path)

    def sign(self, who: Identity) -> str:
        """What stands in a form of theirs."""
        return hmac.new(self._key, f"{who.name}\0{who.secret}".encode(), hashlib.sha256).hexdigest()

    def holds(self, who: Identity, given: str) -> bool:
        """Whether a form is theirs. Whoever sends a token with each request needs none: no browser does it for them."""
        return who.secret is None or hmac.compare_digest(self.sign(who).encode(), given.encode())


def new_token() -> str:
    """A token of 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(token: str) -> str:
    """What the file holds of a token. It has 256 bits of chance in it, so a plain hash cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def today() -> date:
    """The day, UTC."""
    return datetime.now(UTC).date()


def _identity(person: Person, secret: str | None, expires: date | None) -> Identity:
    return Identity(person.name, person.role, tuple(person.units) or None, secret, expires)


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(one.strip()) for one in text.split(",") if one.strip()]
    except ValueError as wrong:
        raise AccessError(f"RYTMI_BOARD_PROXIES: {wrong}; write 10.0.0.5 or 10.0.0.0/24, several with commas") from None


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "me"


def _kept(path: Path) -> bytes:
    """A key that stays over restarts and is shared by the boards of one home."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600, exist_ok=False)
    try:
        beside.write_bytes(secrets.token_bytes(32))
        with suppress(FileExistsError):  # of several that make one at the same time, the first wins
            path.hardlink_to(beside)
    finally:
        beside.unlink()
    return path.read_bytes()
