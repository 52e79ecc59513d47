"""Who asks, and what they may: tokens, or a proxy that has already asked; roles; units.

People stand in a file (RYTMI_BOARD_PEOPLE) with the hashes of their tokens. It is read again when it changes, so
whoever is taken out is out at once. Without it the board listens on loopback only, and whoever is at this machine is
its leader.

A proxy's header counts only when the connection itself comes from one of the configured addresses
(RYTMI_BOARD_PROXIES): anybody can send a header. From elsewhere it is not looked at.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from streams.board.identity import AccessError, Denied, Identity, Register

_HEADER = "x-forwarded-user"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Access:
    """How the board is entered, from the environment. Raises AccessError."""

    def __init__(self, env: Mapping[str, str] = os.environ, me: str | None = None) -> None:
        self._me = me or _user()
        path = Path(named) if (named := env.get("RYTMI_BOARD_PEOPLE", "").strip()) else None
        self._proxies = _networks(env.get("RYTMI_BOARD_PROXIES", ""))
        self._header = env.get("RYTMI_BOARD_PROXY_HEADER", "").strip().lower() or _HEADER
        self.url = env.get("RYTMI_BOARD_URL", "").strip().rstrip("/") or None
        """Where people reach the board from outside, if that is known."""
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise AccessError(f"RYTMI_BOARD_URL: {self.url!r} is no address; write https://board.example.org")
        if self._proxies and path is None:
            raise AccessError("RYTMI_BOARD_PROXIES is set and RYTMI_BOARD_PEOPLE is not: name the file with the roles")
        self._register = Register(path) if path is not None else None

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self._register is None

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
        if self._register is None:
            return {self._me}
        return {
            one.name
            for one in self._register.people().values()
            if one.role != "viewer" and (not one.units or unit in one.units)
        }

    def identify(self, peer: str | None, headers: Mapping[str, str], cookie: str | None, today: date) -> Identity:
        """Who asks. peer: the address that the connection comes from. Raises Denied."""
        if self._register is None:
            return Identity(self._me, "leader", None, "loopback")
        named = headers.get(self._header)
        if named is not None and self._trusts(peer):
            if (person := self._register.people().get(named)) is None:
                raise Denied("denied.unknown")
            return person.identity(f"proxy/{person.name}")
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._register.of_token(bearer.strip(), today, has_cookie=False)
        if cookie:
            return self._register.of_token(cookie, today, has_cookie=True)
        raise Denied("denied.nobody")

    def still(self, who: Identity, today: date) -> bool:
        """Whether they may still look: neither expired nor taken out, and as they were."""
        if self._register is None:
            return True
        person = self._register.people().get(who.name)
        if person is None or (who.expires is not None and who.expires < today):
            return False
        return (person.role, tuple(person.units) or None) == (who.role, who.units)

    def _trusts(self, peer: str | None) -> bool:
        try:
            address = ip_address(peer or "")
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(one.strip()) for one in text.split(",") if one.strip()]
    except ValueError as wrong:
        raise AccessError(f"RYTMI_BOARD_PROXIES: {wrong}; write 10.0.0.5 or 10.0.0.0/24, several with commas") from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "me"
