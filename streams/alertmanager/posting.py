"""One POST of alerts to one Alertmanager: done, or an exception that says whether trying again makes sense.

Proxies of the environment are not used: Alertmanager stands inside, and its address may well be loopback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import requests

from streams.alertmanager.alert import Wire

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 4.0
MOST_SECONDS = CONNECT_SECONDS + ANSWER_SECONDS
_WRONG_CONTENT = (400, 413, 422)
_WORDS = 200  # of an answer, in an error


class Unreachable(Exception):
    """Not delivered; it is tried again."""


class Refused(Exception):
    """Something in the batch was not accepted as it is. Alertmanager has taken the rest."""


@dataclass(frozen=True)
class Access:
    """How to be let in: user and password, or a token; `ca` is the path of a PEM file."""

    basic: tuple[str, str] | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    ca: str | None = None


OPEN = Access()  # for loopback and for closed networks


class Poster:
    """Posts to one Alertmanager, over one connection that is kept."""

    def __init__(self, url: str, access: Access) -> None:
        self._url = f"{url.rstrip('/')}/api/v2/alerts"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = access.basic
        self._session.verify = access.ca or True
        if access.bearer is not None:
            self._session.headers["Authorization"] = f"Bearer {access.bearer}"

    def __call__(self, alerts: Sequence[Wire]) -> None:
        """Raises Unreachable or Refused. An empty list is a sign of life."""
        try:
            # A redirect would be followed by a GET, whose answer says nothing of the alerts.
            answer = self._session.post(
                self._url, json=alerts, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unreachable(f"{type(error).__name__}: {error}"[:_WORDS]) from error
        if answer.status_code == requests.codes.ok:
            return
        words = f"HTTP {answer.status_code}: {answer.text[:_WORDS].strip()}"
        if alerts and answer.status_code in _WRONG_CONTENT:
            raise Refused(words)
        raise Unreachable(words)
